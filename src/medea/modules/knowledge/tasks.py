"""Background jobs of knowledge. All wait in the queue `slow`, never in front of a turn."""

from medea.kernel.bus.task import task
from medea.kernel.context import Context
from medea.kernel.ids import DocumentId
from medea.modules.knowledge.ingestion import queueing, steps
from medea.modules.knowledge.models import Failure


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
    words = "The embedding model could not be reached; the document is found by its words alone. Try again later."
    await steps.fail(ctx, document_id, version, Failure("embedding_failed", words))


@task(queueing.REMOVE_FILES, queue="slow", timeout=300, retries=10)
async def remove_files(ctx: Context, prefix: str) -> None:
    """Delete the files below a prefix."""
    await ctx.ports.storage.delete_all(ctx.tenant, prefix)


async def _give_up(ctx: Context, reason: str, document_id: DocumentId, version: int) -> None:
    ctx.log.error("knowledge.given_up", document=str(document_id), version=version, reason=reason)
    words = "Something on our side failed several times; it has been logged. Try again later."
    await steps.fail(ctx, document_id, version, Failure("internal", words))
