"""Which job does what, and where a document's files are kept."""

from collections.abc import Sequence
from datetime import timedelta

from medea.kernel.context import Context
from medea.kernel.ids import DocumentId, KnowledgeBaseId, SourceId

INGEST = "knowledge.ingest_document"
EMBED = "knowledge.embed_document"
INGEST_TEXTS = "knowledge.ingest_texts"
EMBED_TEXTS = "knowledge.embed_texts"
TEND = "knowledge.tend_base"
DROP_GRAPHS = "knowledge.drop_graphs"
REMOVE_FILES = "knowledge.remove_files"
VISIT = "knowledge.visit_source"
FETCH = "knowledge.fetch_page"
SWEEP = "knowledge.sweep_files"
FOLLOW = "knowledge.follow_vectors"

TOP = "knowledge"
"""The storage prefix of all files of this module."""


def base_prefix(base_id: KnowledgeBaseId) -> str:
    """Return the storage prefix of a base's files."""
    return f"{TOP}/{base_id}"


def document_prefix(base_id: KnowledgeBaseId, document_id: DocumentId) -> str:
    """Return the storage prefix of a document's files."""
    return f"{base_prefix(base_id)}/{document_id}"


def content_key(base_id: KnowledgeBaseId, document_id: DocumentId, version: int) -> str:
    """Return the storage key of a version's original."""
    return f"{document_prefix(base_id, document_id)}/{version}"


def enqueue_indexing(ctx: Context, document_id: DocumentId, version: int) -> None:
    """Let a version be read where it is not yet, cut and put into the index. Often asked for, done once."""
    ctx.enqueue(INGEST, document_id=document_id, version=version, key=f"{document_id}/{version}")


def enqueue_embedding(ctx: Context, document_id: DocumentId, version: int) -> None:
    """Let the vectors that a document lacks be made; after all that waits for its words."""
    ctx.enqueue(EMBED, document_id=document_id, version=version, key=f"{document_id}/{version}", priority=-1)


def enqueue_texts(ctx: Context, base_id: KnowledgeBaseId, document_ids: Sequence[DocumentId]) -> None:
    """Let new texts of a base be cut and put into the index together."""
    ctx.enqueue(INGEST_TEXTS, base_id=base_id, document_ids=list(document_ids))


def enqueue_embedding_texts(ctx: Context, base_id: KnowledgeBaseId, document_ids: Sequence[DocumentId]) -> None:
    """Let the vectors that texts of a base lack be made together; after all that waits for its words."""
    ctx.enqueue(EMBED_TEXTS, base_id=base_id, document_ids=list(document_ids), priority=-1)


def enqueue_removal(ctx: Context, prefix: str) -> None:
    """Let the files below a prefix be deleted, once nothing names them any more."""
    ctx.enqueue(REMOVE_FILES, prefix=prefix)


def enqueue_fetching(ctx: Context, document_id: DocumentId, *, after: timedelta | None = None) -> None:
    """Let a web page be fetched, at once or after a while; what waits for later keeps nobody from fetching it now."""
    if after is None:
        ctx.enqueue(FETCH, document_id=document_id, key=str(document_id))
    else:
        ctx.enqueue(FETCH, document_id=document_id, key=f"{document_id}/later", run_at=ctx.now() + after)


def enqueue_visit(ctx: Context, source_id: SourceId) -> None:
    """Let a source be visited: its pages fetched, those that are gone removed."""
    ctx.enqueue(VISIT, source_id=source_id, key=str(source_id))


def enqueue_tending(ctx: Context, base_id: KnowledgeBaseId) -> None:
    """Let a base's vectors be brought to the model that its settings name, and indexed as their number asks."""
    ctx.enqueue(TEND, base_id=base_id, key=str(base_id), priority=-1)


def enqueue_graph_removal(ctx: Context, number: int) -> None:
    """Let the vector index of a base that is gone be dropped."""
    ctx.enqueue(DROP_GRAPHS, number=number, key=str(number), priority=-1)


def enqueue_sweep(ctx: Context) -> None:
    """Let the tenant's files be looked through for such that nothing names."""
    ctx.enqueue(SWEEP, key="sweep")


def enqueue_following(ctx: Context, number: int | None) -> None:
    """Let the vector store, where there is one, be told of a base's changes.

    Args:
        ctx: the base's tenant.
        number: of the base, which may be gone; None: nothing of it was ever in the index.
    """
    if number is not None and ctx.ports.vectors is not None:
        ctx.enqueue(FOLLOW, number=number, key=str(number), priority=-1)
