"""Knowledge: documents that tenants bring, cut into chunks, searched by words and by meaning.

Owns the tables `knowledge_bases`, `knowledge_sources` (web pages and sitemaps that documents are fetched from),
`knowledge_documents`, `knowledge_contents` (each version of what a document says: original and text) and those
of the index.

Beside the house's files: `values` is what travels between its parts, `chunking` cuts texts into chunks,
`ingestion` takes a document from upload to index step by step, `crawling` reads web pages and sitemaps, `index`
keeps chunks, words and vectors, `retrieval` searches, `citations` holds answers against passages, `links` signs
addresses at which a cited place may be opened.

Invariants: the same content is in a base once; a search sees the chunks of one version of a document, whole; what
is deleted is in no table and no file any more.

Announces `knowledge.document_ready`, `knowledge.document_failed`, `knowledge.document_deleted`.
"""
