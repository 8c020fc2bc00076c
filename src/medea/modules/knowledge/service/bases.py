"""Use cases of knowledge bases."""

from collections.abc import Sequence
from typing import Any

import msgspec

from medea.kernel.context import Context
from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.ids import KnowledgeBaseId
from medea.modules.knowledge.errors import BaseNotFound
from medea.modules.knowledge.index import documents as index
from medea.modules.knowledge.index.models import check_models
from medea.modules.knowledge.ingestion import queueing
from medea.modules.knowledge.ingestion.room import check_room
from medea.modules.knowledge.models import KnowledgeBase
from medea.modules.knowledge.repository import bases as repository
from medea.modules.knowledge.repository import documents, sources
from medea.modules.knowledge.values import BaseSettings


async def list_bases(ctx: Context, paging: PageRequest) -> Page[KnowledgeBase]:
    """Return bases, newest first."""
    async with ctx.transaction(durable=False) as sql:
        return await repository.list_bases(sql, paging)


async def get_base(ctx: Context, base_id: KnowledgeBaseId) -> KnowledgeBase:
    """Return a base.

    Raises:
        BaseNotFound: there is none.
    """
    async with ctx.transaction(durable=False) as sql:
        base = await repository.find_base(sql, base_id)
    if base is None:
        raise BaseNotFound()
    return base


async def create_base(ctx: Context, *, name: str, description: str = "", settings: BaseSettings) -> KnowledgeBase:
    """Make an empty base.

    Raises:
        KnowledgeFull: the tenant has as many as it may.
        InvalidSettings: they name a model that the operator does not offer.
    """
    check_models(ctx, msgspec.to_builtins(settings))
    base_id = KnowledgeBaseId.new()
    async with ctx.transaction() as sql:
        await check_room(ctx, sql, bases=1)
        await repository.insert_base(
            sql,
            ctx.tenant,
            base_id,
            name=name,
            description=description,
            settings=settings,
            at=ctx.now(),
            by=ctx.principal.user_id,
        )
    return await get_base(ctx, base_id)


async def list_names(ctx: Context, base_ids: Sequence[KnowledgeBaseId]) -> dict[KnowledgeBaseId, str]:
    """Return the names of these bases; those that there are not are left out."""
    async with ctx.transaction(durable=False) as sql:
        return await repository.list_names(sql, list(base_ids))


async def find_named(ctx: Context, name: str) -> KnowledgeBaseId | None:
    """Return the oldest base of a name, if there is one."""
    async with ctx.transaction(durable=False) as sql:
        return await repository.find_named(sql, name)


async def update_base(ctx: Context, base_id: KnowledgeBaseId, changes: dict[str, Any]) -> KnowledgeBase:
    """Change a base. Other lengths of chunks cut its documents anew; another model embeds them anew.

    Args:
        ctx: who and where.
        base_id: which.
        changes: `name`, `description`, `settings` (a mapping of those that change).

    Raises:
        BaseNotFound: there is none.
        InvalidSettings: they name a model that the operator does not offer.
    """
    check_models(ctx, changes.get("settings", {}))
    async with ctx.transaction() as sql:
        before = await repository.find_settings(sql, base_id, for_update=True)
        if before is None:
            raise BaseNotFound()
        after = msgspec.structs.replace(before, **changes.pop("settings", {}))
        if after != before:
            changes["settings"] = msgspec.to_builtins(after)
        await repository.update_base(sql, base_id, ctx.now(), changes)
        if after.embedding_model != before.embedding_model:
            queueing.enqueue_tending(ctx, base_id)
        if after.chunk_tokens != before.chunk_tokens:
            # whoever wrote to the index before this has committed; whoever does so later sees the new length
            await index.lock_index(sql, ctx.tenant, base_id)
            for document_id, version in await documents.list_ids(sql, base_id):
                queueing.enqueue_indexing(ctx, document_id, version)
    return await get_base(ctx, base_id)


async def delete_base(ctx: Context, base_id: KnowledgeBaseId) -> None:
    """Delete a base with everything in it: documents, chunks, vectors, files.

    Raises:
        BaseNotFound: there is none.
    """
    async with ctx.transaction() as sql:
        # the order of everybody: base, sitemaps, documents by id, index
        if not await repository.lock_base(sql, base_id):
            raise BaseNotFound()
        await sources.lock_sitemaps(sql, base_id)
        await documents.lock_of_base(sql, base_id)
        number = await index.remove_base(sql, ctx.tenant, base_id)
        queueing.enqueue_graph_removal(ctx, number)
        queueing.enqueue_following(ctx, number)
        await repository.delete_base(sql, base_id)
        queueing.enqueue_removal(ctx, queueing.base_prefix(base_id))
