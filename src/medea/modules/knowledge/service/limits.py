"""What a tenant may keep, and whether there is room for more."""

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.modules.knowledge.errors import KnowledgeFull
from medea.modules.knowledge.models import Used
from medea.modules.knowledge.repository import bases as repository


async def measure_use(ctx: Context) -> Used:
    """Return what the tenant keeps."""
    async with ctx.transaction(durable=False) as sql:
        return await repository.measure_use(sql)


async def check_room(ctx: Context, sql: Sql, *, documents: int = 0, size: int = 0) -> None:
    """See that so much more may be kept; nobody else of this tenant adds until the transaction ends.

    Raises:
        KnowledgeFull: a limit would be passed; says which, `used` and `limit`.
    """
    await repository.lock_tenant(sql, ctx.tenant)
    used, limits = await repository.measure_use(sql), ctx.ports.settings.knowledge
    if used.documents + documents > limits.max_documents:
        raise full("documents", used.documents, limits.max_documents, f"{limits.max_documents:,} documents")
    if used.bytes + size > limits.max_bytes:
        raise full("bytes", used.bytes, limits.max_bytes, f"{limits.max_bytes / 1e9:.3g} GB of documents")
    if used.pages > limits.max_pages:
        raise full("pages", used.pages, limits.max_pages, f"{limits.max_pages:,} pages")


def full(what: str, used: int, limit: int, shown: str) -> KnowledgeFull:
    """Return the refusal of a limit that is reached."""
    detail = f"This company may keep {shown} as knowledge; delete something or ask the operator for more."
    return KnowledgeFull(detail, resource=what, used=used, limit=limit)
