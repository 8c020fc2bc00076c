"""The SQL that writes the index."""

LOCK_INDEX = """
SELECT number, next_chunk, chunk_count, embedding_model, embedding_version
FROM knowledge_indexes WHERE tenant_id = $1 AND base_id = $2 FOR UPDATE
"""

TAKE_TIME = "SET LOCAL idle_in_transaction_session_timeout = '5min'"
"""Otherwise PostgreSQL ends a transaction that says nothing for seconds, as while a long text is analysed."""

MAKE_INDEX = "INSERT INTO knowledge_indexes (tenant_id, base_id) VALUES ($1, $2) ON CONFLICT DO NOTHING"

CHUNKS_OF_DOCUMENTS = """
SELECT document_id, id, number, ordinal, page_from, page_to, char_from, char_to, language, content_hash, analysis_hash,
    terms
FROM knowledge_chunks WHERE tenant_id = $1 AND document_id = ANY($2::uuid[]) ORDER BY document_id, ordinal
"""

INSERT_CHUNKS = """
INSERT INTO knowledge_chunks (
    tenant_id, base_number, document_id, language, id, number, ordinal, text, heading_path,
    page_from, page_to, char_from, char_to, tokens, content_hash, analysis_hash, terms, heading_terms
)
SELECT $1, $2, c.document, c.language, c.id, c.number, c.ordinal, c.text, string_to_array(c.headings, E'\\x1f'),
    c.page_from, c.page_to, c.char_from, c.char_to, c.tokens, c.content, c.analysis, c.terms, c.heading_terms
FROM unnest(
    $3::uuid[], $4::text[], $5::uuid[], $6::int[], $7::int[], $8::text[], $9::text[], $10::int[], $11::int[],
    $12::int[], $13::int[], $14::int[], $15::bytea[], $16::bytea[], $17::bytea[], $18::smallint[]
) AS c (
    document, language, id, number, ordinal, text, headings, page_from, page_to, char_from, char_to, tokens, content,
    analysis, terms, heading_terms
)
"""
"""Arrays of arrays must not be ragged, so headings come joined by the unit separator."""

MOVE_CHUNKS = """
UPDATE knowledge_chunks AS k
SET ordinal = c.ordinal, page_from = c.page_from, page_to = c.page_to, char_from = c.char_from, char_to = c.char_to
FROM unnest($2::uuid[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[])
    AS c (id, ordinal, page_from, page_to, char_from, char_to)
WHERE k.tenant_id = $1 AND k.id = c.id
"""

REANALYSE_CHUNKS = """
UPDATE knowledge_chunks AS k
SET language = $2, analysis_hash = c.analysis, terms = c.terms, heading_terms = c.heading_terms
FROM unnest($3::uuid[], $4::bytea[], $5::bytea[], $6::smallint[]) AS c (id, analysis, terms, heading_terms)
WHERE k.tenant_id = $1 AND k.id = c.id
"""

INSERT_POSTINGS = """
INSERT INTO knowledge_postings (tenant_id, base_number, term, chunk_number, frequency, length)
SELECT $1, $2, p.term, p.chunk, p.frequency, p.length
FROM unnest($3::int[], $4::int[], $5::smallint[], $6::smallint[]) AS p (term, chunk, frequency, length)
"""

DELETE_POSTINGS = """
DELETE FROM knowledge_postings AS k USING unnest($3::int[], $4::int[]) AS p (term, chunk)
WHERE k.tenant_id = $1 AND k.base_number = $2 AND k.term = p.term AND k.chunk_number = p.chunk
"""

COUNT_TERMS = """
INSERT INTO knowledge_terms AS t (tenant_id, base_number, term, chunk_count)
SELECT $1, $2, c.term, c.by FROM unnest($3::int[], $4::int[]) AS c (term, by)
ON CONFLICT (tenant_id, base_number, term) DO UPDATE SET chunk_count = t.chunk_count + excluded.chunk_count
"""

FORGET_TERMS = """
DELETE FROM knowledge_terms
WHERE tenant_id = $1 AND base_number = $2 AND term = ANY($3::int[]) AND chunk_count <= 0
"""

COUNT_BASE = """
UPDATE knowledge_indexes AS k
SET chunk_count = chunk_count + $3, term_count = term_count + $4, next_chunk = $5, languages = coalesce(
    (SELECT jsonb_object_agg(language, count) FROM (
        SELECT language, sum(count::int) AS count
        FROM (SELECT * FROM jsonb_each_text(k.languages) UNION ALL SELECT * FROM jsonb_each_text($6))
            AS counted (language, count)
        GROUP BY language
    ) AS summed WHERE count > 0),
    '{}'
)
WHERE tenant_id = $1 AND number = $2
"""

_NOTED = """
WITH changed AS ({statement} RETURNING base_number, version, chunk_number, vector_dims(embedding) AS dimensions)
INSERT INTO knowledge_copy_changes (tenant_id, base_number, version, chunk_number, dimensions)
SELECT $1, h.base_number, h.version, h.chunk_number, h.dimensions
FROM changed AS h JOIN knowledge_copies AS c ON c.tenant_id = $1 AND c.base_number = h.base_number
"""


def noted(statement: str) -> str:
    """Return a statement that changes rows of `knowledge_vectors`, and notes which where a store copies the base."""
    return _NOTED.format(statement=statement)


_REMOVE_CHUNKS = "DELETE FROM {table} WHERE tenant_id = $1 AND base_number = $2 AND {column} = ANY($3::int[])"
REMOVE_CHUNKS = (
    noted(_REMOVE_CHUNKS.format(table="knowledge_vectors", column="chunk_number")),
    _REMOVE_CHUNKS.format(table="knowledge_token_vectors", column="chunk_number"),
    _REMOVE_CHUNKS.format(table="knowledge_chunks", column="number"),
)

REMOVE_BASE = tuple(
    f"DELETE FROM {table} WHERE tenant_id = $1 AND {column} = $2"
    for table, column in (
        ("knowledge_vectors", "base_number"),
        ("knowledge_token_vectors", "base_number"),
        ("knowledge_postings", "base_number"),
        ("knowledge_terms", "base_number"),
        ("knowledge_chunks", "base_number"),
        ("knowledge_indexes", "number"),
    )
)
"""Notes nothing for a store: a copy of a base that is gone is found to be one (`copies`)."""

FIND_NUMBER = "SELECT number FROM knowledge_indexes WHERE tenant_id = $1 AND base_id = $2"

COUNT_PENDING = """
SELECT c.document_id, count(*) AS pending FROM knowledge_chunks AS c
JOIN knowledge_indexes AS i ON i.tenant_id = c.tenant_id AND i.number = c.base_number
JOIN knowledge_bases AS b ON b.tenant_id = c.tenant_id AND b.id = i.base_id
WHERE c.tenant_id = $1 AND c.document_id = ANY($2::uuid[]) AND i.number = $3
AND b.settings -> 'embedding_model' IS DISTINCT FROM 'null' AND NOT EXISTS (
    SELECT FROM knowledge_vectors AS v
    WHERE v.tenant_id = $1 AND v.base_number = $3 AND v.version = i.embedding_version AND v.chunk_number = c.number
)
GROUP BY c.document_id
"""

FIND_TARGETS = """
SELECT i.number, i.embedding_model, i.embedding_version, i.next_model, i.next_version,
    CASE WHEN b.settings ? 'embedding_model' THEN b.settings ->> 'embedding_model' ELSE 'medea/minilm' END AS wanted
FROM knowledge_indexes AS i
JOIN knowledge_bases AS b ON b.tenant_id = i.tenant_id AND b.id = i.base_id
WHERE i.tenant_id = $1 AND i.base_id = $2
"""

BEGIN_MODEL = """
UPDATE knowledge_indexes SET embedding_model = $3
WHERE tenant_id = $1 AND number = $2 AND embedding_model IS NULL
"""

COUNT_VECTORS = """
SELECT count(*) AS total, count(v.chunk_number) AS done
FROM knowledge_chunks AS c LEFT JOIN knowledge_vectors AS v
    ON v.tenant_id = $1 AND v.base_number = $2 AND v.version = $3 AND v.chunk_number = c.number
WHERE c.tenant_id = $1 AND c.base_number = $2 AND ($4::uuid[] IS NULL OR c.document_id = ANY($4))
"""

FIND_PENDING = """
SELECT c.number, c.text, c.heading_path, c.tokens, c.language, CASE
        WHEN c.ordinal = 0 AND (d.kind = 'page' OR d.kind = 'text' AND NOT EXISTS (
            SELECT FROM knowledge_contents AS f
            WHERE f.tenant_id = $1 AND f.document_id = d.id AND f.version = d.live_version AND f.filename IS NOT NULL
        )) AND NOT EXISTS (
            SELECT FROM knowledge_chunks AS o WHERE o.tenant_id = $1 AND o.document_id = d.id AND o.ordinal = 1
        ) THEN d.name
    END AS title
FROM knowledge_chunks AS c JOIN knowledge_documents AS d ON d.tenant_id = $1 AND d.id = c.document_id
WHERE c.tenant_id = $1 AND c.base_number = $2 AND ($4::uuid[] IS NULL OR c.document_id = ANY($4)) AND c.number > $5
AND NOT EXISTS (
    SELECT FROM knowledge_vectors AS v
    WHERE v.tenant_id = $1 AND v.base_number = $2 AND v.version = $3 AND v.chunk_number = c.number
)
ORDER BY c.number LIMIT $6
"""

_INSERT_FOUND = """
INSERT INTO {table} (tenant_id, base_number, version, chunk_number, {column})
SELECT $1, $2, $3, n.number, n.value{cast} FROM unnest($4::int[], $5::{type}[]) AS n (number, value)
JOIN knowledge_chunks AS c ON c.tenant_id = $1 AND c.base_number = $2 AND c.number = n.number
FOR KEY SHARE OF c
ON CONFLICT DO NOTHING
"""
"""A chunk that went meanwhile gets nothing, and one that is about to go waits."""

INSERT_VECTORS = noted(
    _INSERT_FOUND.format(table="knowledge_vectors", column="embedding", cast="::halfvec", type="text")
)
INSERT_WORDS = _INSERT_FOUND.format(table="knowledge_token_vectors", column="vectors", cast="", type="bytea")

NOTE_DIMENSIONS = """
UPDATE knowledge_indexes SET embedding_dimensions = $4
WHERE tenant_id = $1 AND number = $2 AND embedding_version = $3 AND embedding_dimensions IS DISTINCT FROM $4
"""
