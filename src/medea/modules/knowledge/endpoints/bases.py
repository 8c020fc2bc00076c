"""HTTP of knowledge bases and of what is used."""

from medea.kernel.ids import KnowledgeBaseId
from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import ListOf, Paging
from medea.modules.knowledge.errors import BaseNotFound, InvalidSettings, KnowledgeFull
from medea.modules.knowledge.ingestion import room
from medea.modules.knowledge.permissions import Read, Write
from medea.modules.knowledge.schemas import BaseCreate, BaseRead, BaseUpdate, KnowledgeUsageRead
from medea.modules.knowledge.service import bases

router = make_router("/knowledge-bases", "Knowledge")
usage = make_router("/knowledge", "Knowledge")


@router.get("")
async def list_knowledge_bases(ctx: Read, paging: Paging) -> ListOf[BaseRead]:
    """List knowledge bases, newest first."""
    return ListOf.of(await bases.list_bases(ctx, paging), BaseRead.model_validate)


@router.post("", status_code=201, responses=problems(KnowledgeFull, InvalidSettings))
async def create_knowledge_base(body: BaseCreate, ctx: Write) -> BaseRead:
    """Make an empty knowledge base."""
    base = await bases.create_base(ctx, name=body.name, description=body.description, settings=body.base_settings())
    return BaseRead.model_validate(base)


@router.get("/{base_id}", responses=problems(BaseNotFound))
async def get_knowledge_base(base_id: KnowledgeBaseId, ctx: Read) -> BaseRead:
    """Read a knowledge base."""
    return BaseRead.model_validate(await bases.get_base(ctx, base_id))


@router.patch("/{base_id}", responses=problems(BaseNotFound, InvalidSettings))
async def update_knowledge_base(base_id: KnowledgeBaseId, body: BaseUpdate, ctx: Write) -> BaseRead:
    """Change a knowledge base.

    Another length of chunks cuts its documents anew, another model embeds them anew; searches go on meanwhile.
    """
    return BaseRead.model_validate(await bases.update_base(ctx, base_id, body.changes()))


@router.delete("/{base_id}", status_code=204, responses=problems(BaseNotFound))
async def delete_knowledge_base(base_id: KnowledgeBaseId, ctx: Write) -> None:
    """Delete a knowledge base with everything in it, for good."""
    await bases.delete_base(ctx, base_id)


@usage.get("/usage")
async def get_knowledge_usage(ctx: Read) -> KnowledgeUsageRead:
    """Read what the company keeps as knowledge, and how much it may keep."""
    used, may = await room.measure_use(ctx)
    return KnowledgeUsageRead.of(used, may, ctx.ports.settings.knowledge)
