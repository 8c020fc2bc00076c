"""What a tenant may keep, and whether there is room for more."""

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.ids import DocumentId
from medea.kernel.limits.allowance import Room
from medea.modules.knowledge.errors import KnowledgeFull
from medea.modules.knowledge.models import Used
from medea.modules.knowledge.repository import bases as repository
from medea.modules.tenancy import facade as tenancy


async def measure_use(ctx: Context) -> tuple[Used, Room]:
    """Return what the tenant keeps, and what it may."""
    async with ctx.transaction(durable=False) as sql:
        return await repository.measure_use(sql), await tenancy.find_room(ctx.ports, sql, ctx.tenant)


async def check_room(
    ctx: Context,
    sql: Sql,
    *,
    bases: int = 0,
    documents: int = 0,
    size: int = 0,
    replaced: DocumentId | None = None,
) -> None:
    """See that so much more may be kept; nobody else of this tenant adds until the transaction ends.

    Args:
        ctx: whose room it is.
        sql: the caller's transaction. Documents that it locks, it has locked before.
        bases: how many come.
        documents: how many come.
        size: bytes that come.
        replaced: the document whose content they take the place of. What there is of it is not counted, for it goes.

    Raises:
        KnowledgeFull: a limit would be passed; says which, `used` and `limit`.
    """
    await repository.lock_tenant(sql, ctx.tenant)
    used = await repository.measure_use(sql, without=replaced)
    room = await tenancy.find_room(ctx.ports, sql, ctx.tenant)
    if bases and used.bases + bases > room.bases:
        raise _full("bases", used.bases, room.bases, f"{room.bases:,} knowledge bases")
    if documents and used.documents + documents > room.documents:
        raise _full("documents", used.documents, room.documents, f"{room.documents:,} documents")
    if size and used.bytes + size > room.bytes:
        raise _full("bytes", used.bytes, room.bytes, f"{room.bytes / 1e9:.3g} GB of documents")
    if (documents or size) and used.pages > room.pages:
        raise _full("pages", used.pages, room.pages, f"{room.pages:,} pages")


async def check_pages(ctx: Context, sql: Sql, document_id: DocumentId, pages: int) -> None:
    """See that a document of so many pages may be kept; nobody else of this tenant adds until the transaction ends.

    How many a document has is known once it was read. What an earlier version of it has is not counted, for it goes.

    Raises:
        KnowledgeFull: it may not.
    """
    await repository.lock_tenant(sql, ctx.tenant)
    used = await repository.count_pages(sql, without=document_id)
    limit = (await tenancy.find_room(ctx.ports, sql, ctx.tenant)).pages
    if used + pages > limit:
        detail = (
            f"This document has {pages:,} pages; of the {limit:,} that this company may keep as knowledge"
            f" {max(0, limit - used):,} are left. Delete something or ask the operator for more, then try again."
        )
        raise KnowledgeFull(detail, resource="pages", used=used, limit=limit)


def _full(what: str, used: int, limit: int, shown: str) -> KnowledgeFull:
    detail = f"This company may keep {shown} as knowledge; delete something or ask the operator for more."
    return KnowledgeFull(detail, resource=what, used=used, limit=limit)
