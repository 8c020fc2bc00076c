"""Background jobs of knowledge. All wait in the queue `slow`, never in front of a turn."""

from datetime import timedelta

from medea.kernel.bus.periodic import periodic
from medea.kernel.bus.task import task
from medea.kernel.context import Context
from medea.kernel.ids import DocumentId, KnowledgeBaseId, SourceId
from medea.kernel.vectors.port import VectorStoreAway
from medea.modules.knowledge.index import copies, graphs, switching
from medea.modules.knowledge.ingestion import batches, queueing, steps
from medea.modules.knowledge.models import EMBEDDING_FAILED, Failure
from medea.modules.knowledge.service import sweeping, visiting

_MODEL_AWAY = "The embedding model could not be reached; the document is found by its words alone. Try again later."
_INTERNAL = "Something on our side failed several times; it has been logged. Try again later."


@task(queueing.INGEST, queue="slow", timeout=900, retries=3)
async def ingest_document(ctx: Context, document_id: DocumentId, version: int) -> None:
    """Read a version of a document, cut it, and put it into the index."""
    await steps.ingest(ctx, document_id, version)


@ingest_document.on_dead
async def give_up_ingesting(ctx: Context, reason: str, document_id: DocumentId, version: int) -> None:
    """Say on the document that it could not be taken in."""
    await _give_up(ctx, reason, document_id, version)


@task(queueing.EMBED, queue="slow", timeout=3600, retries=8)
async def embed_document(ctx: Context, document_id: DocumentId, version: int) -> None:
    """Make the vectors that a document lacks."""
    await steps.embed(ctx, document_id, version)


@embed_document.on_dead
async def give_up_embedding(ctx: Context, reason: str, document_id: DocumentId, version: int) -> None:
    """Say on the document that it is found by its words alone."""
    ctx.log.error("knowledge.embedding_given_up", document=str(document_id), version=version, reason=reason)
    await steps.fail(ctx, document_id, version, Failure(EMBEDDING_FAILED, _MODEL_AWAY))


@task(queueing.INGEST_TEXTS, queue="slow", timeout=900, retries=2)
async def ingest_texts(ctx: Context, base_id: KnowledgeBaseId, document_ids: list[DocumentId]) -> None:
    """Cut new texts that came together, and put them into the index."""
    await batches.ingest_texts(ctx, base_id, document_ids)


@ingest_texts.on_dead
async def take_texts_apart(ctx: Context, reason: str, base_id: KnowledgeBaseId, document_ids: list[DocumentId]) -> None:
    """Let each be tried alone."""
    ctx.log.error("knowledge.texts_taken_apart", base=str(base_id), documents=len(document_ids), reason=reason)
    await batches.take_apart(ctx, document_ids)


@task(queueing.EMBED_TEXTS, queue="slow", timeout=3600, retries=8)
async def embed_texts(ctx: Context, base_id: KnowledgeBaseId, document_ids: list[DocumentId]) -> None:
    """Make the vectors that texts that came together lack."""
    await batches.embed_texts(ctx, base_id, document_ids)


@embed_texts.on_dead
async def give_up_embedding_texts(
    ctx: Context, reason: str, base_id: KnowledgeBaseId, document_ids: list[DocumentId]
) -> None:
    """Say on them that they are found by their words alone, and let each be tried alone."""
    ctx.log.error("knowledge.embedding_given_up", base=str(base_id), documents=len(document_ids), reason=reason)
    await batches.take_embedding_apart(ctx, document_ids, _MODEL_AWAY)


@task(queueing.TEND, queue="slow", timeout=14_400, retries=8)
async def tend_base(ctx: Context, base_id: KnowledgeBaseId) -> None:
    """Bring a base's vectors to the model that its settings name, and index them if they are many."""
    await switching.switch_model(ctx, base_id, progress=_silent)
    await graphs.tend_graph(ctx, base_id)


@tend_base.on_dead
async def give_up_tending(ctx: Context, reason: str, base_id: KnowledgeBaseId) -> None:
    """Tell the operator; searches go on with the vectors that are there, and the base says that it is switching."""
    ctx.log.error("knowledge.tending_given_up", base=str(base_id), reason=reason)


@task(queueing.DROP_GRAPHS, queue="slow", timeout=600, retries=8)
async def drop_graphs(ctx: Context, number: int) -> None:
    """Drop the vector index of a base that is gone."""
    await graphs.drop_graphs(ctx, number)


@task(queueing.FOLLOW, queue="slow", timeout=14_400, retries=3)
async def follow_vectors(ctx: Context, number: int) -> None:
    """Make the vector store have of a base what PostgreSQL has; where it is away, others follow once it is back."""
    try:
        await copies.bring_in_line(ctx, number, progress=_silent)
    except VectorStoreAway as error:
        ctx.log.warning("knowledge.store_away", reason=str(error.__cause__ or error))


@periodic("knowledge.find_unfollowed", every=timedelta(minutes=1))
async def find_unfollowed(ctx: Context) -> None:
    """Find bases of which the vector store does not have all: it was away, or is a new one."""
    await sweeping.hand_out_unfollowed(ctx)


async def _silent(_done: int, _total: int) -> None:
    return


@task(queueing.VISIT, queue="slow", timeout=600, retries=3)
async def visit_source(ctx: Context, source_id: SourceId) -> None:
    """Visit a web page or a sitemap."""
    await visiting.visit(ctx, source_id)


@visit_source.on_dead
async def give_up_visit(ctx: Context, reason: str, source_id: SourceId) -> None:
    """Say on the source that it could not be visited."""
    ctx.log.error("knowledge.visit_given_up", source=str(source_id), reason=reason)
    await visiting.fail_source(ctx, source_id, Failure("internal", _INTERNAL))


@task(queueing.FETCH, queue="slow", timeout=120, retries=3)
async def fetch_page(ctx: Context, document_id: DocumentId) -> None:
    """Fetch the page of a document."""
    await visiting.fetch_page(ctx, document_id)


@fetch_page.on_dead
async def give_up_page(ctx: Context, reason: str, document_id: DocumentId) -> None:
    """Say on the document that its page could not be fetched."""
    ctx.log.error("knowledge.page_given_up", document=str(document_id), reason=reason)
    await visiting.fail_page(ctx, document_id, Failure("internal", _INTERNAL))


@periodic("knowledge.refresh_sources", every=timedelta(minutes=1))
async def refresh_sources(ctx: Context) -> None:
    """Let the sources be visited whose time has come."""
    await visiting.hand_out_due(ctx)


@periodic("knowledge.find_unembedded", every=timedelta(minutes=20), timeout=600)
async def find_unembedded(ctx: Context) -> None:
    """Let the vectors be tried again that could not be made."""
    await sweeping.hand_out_unembedded(ctx)


@task(queueing.REMOVE_FILES, queue="slow", timeout=300, retries=10)
async def remove_files(ctx: Context, prefix: str) -> None:
    """Delete the files below a prefix."""
    await ctx.ports.storage.delete_all(ctx.tenant, prefix)


@periodic("knowledge.find_sweeps", every=timedelta(days=1), offset=timedelta(hours=4))
async def find_sweeps(ctx: Context) -> None:
    """Let every tenant's files be looked through, at night."""
    await sweeping.hand_out_sweeps(ctx)


@task(queueing.SWEEP, queue="slow", timeout=3600, retries=3)
async def sweep_files(ctx: Context) -> None:
    """Delete files that nothing names, and compare the vector store with PostgreSQL."""
    await sweeping.sweep_files(ctx)
    try:
        await copies.sweep(ctx)
    except VectorStoreAway as error:
        ctx.log.warning("knowledge.store_away", reason=str(error.__cause__ or error))


async def _give_up(ctx: Context, reason: str, document_id: DocumentId, version: int) -> None:
    ctx.log.error("knowledge.given_up", document=str(document_id), version=version, reason=reason)
    await steps.fail(ctx, document_id, version, Failure("internal", _INTERNAL))
