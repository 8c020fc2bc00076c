"""HTTP of sources."""

from medea.kernel.ids import KnowledgeBaseId, SourceId
from medea.kernel.outbound.errors import OutboundRefused
from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import ListOf, Paging
from medea.modules.knowledge.errors import BaseNotFound, KnowledgeFull, SourceExists, SourceNotFound
from medea.modules.knowledge.permissions import Read, Write
from medea.modules.knowledge.schemas import SourceCreate, SourceRead, SourceUpdate
from medea.modules.knowledge.service import sources
from medea.modules.knowledge.service.sources import Wanted

of_base = make_router("/knowledge-bases/{base_id}/sources", "Knowledge")
router = make_router("/sources", "Knowledge")


@of_base.get("", responses=problems(BaseNotFound))
async def list_sources(base_id: KnowledgeBaseId, ctx: Read, paging: Paging) -> ListOf[SourceRead]:
    """List the web pages and sitemaps that a base fetches documents from, newest first."""
    return ListOf.of(await sources.list_sources(ctx, base_id, paging), SourceRead.model_validate)


@of_base.post("", status_code=202, responses=problems(BaseNotFound, SourceExists, OutboundRefused, KnowledgeFull))
async def create_source(base_id: KnowledgeBaseId, body: SourceCreate, ctx: Write) -> SourceRead:
    """Fetch documents from a web page or a sitemap, now and as often as asked for."""
    wanted = Wanted(body.kind, body.url, body.refresh_hours, body.max_pages, body.metadata)
    source, _ = await sources.create_source(ctx, base_id, wanted)
    return SourceRead.model_validate(source)


@router.get("/{source_id}", responses=problems(SourceNotFound))
async def get_source(source_id: SourceId, ctx: Read) -> SourceRead:
    """Read a source."""
    return SourceRead.model_validate(await sources.get_source(ctx, source_id))


@router.patch("/{source_id}", responses=problems(SourceNotFound))
async def update_source(source_id: SourceId, body: SourceUpdate, ctx: Write) -> SourceRead:
    """Change how often a source is visited, how many of its pages are fetched, or their metadata."""
    return SourceRead.model_validate(await sources.update_source(ctx, source_id, body.changes()))


@router.delete("/{source_id}", status_code=204, responses=problems(SourceNotFound))
async def delete_source(source_id: SourceId, ctx: Write) -> None:
    """Delete a source with the documents that were fetched from it."""
    await sources.delete_source(ctx, source_id)


@router.post("/{source_id}/refresh", status_code=202, responses=problems(SourceNotFound))
async def refresh_source(source_id: SourceId, ctx: Write) -> SourceRead:
    """Visit a source now."""
    return SourceRead.model_validate(await sources.refresh_source(ctx, source_id))
