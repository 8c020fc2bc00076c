"""What all tenants need now and then.

Files that no row names: what a process left behind that was killed between storing an original and saying so. Bases
of which a vector store does not have all. Documents whose vectors could not be made.
"""

from datetime import UTC, datetime, timedelta
from itertools import groupby

from medea.kernel.context import Context
from medea.kernel.ids import DocumentId, TenantId
from medea.kernel.vectors.port import VectorStoreUnusable
from medea.modules.knowledge.index import copies
from medea.modules.knowledge.ingestion import queueing
from medea.modules.knowledge.repository import bases, contents, documents

_AT_ONCE = 500
"""Documents of one tenant whose vectors are tried again at a time."""
_FOLLOWED_AT_ONCE = 200
_UNEMBEDDED_FOR = timedelta(hours=1)
_YOUNG = timedelta(days=1)  # within this an upload may still be under way


async def hand_out_unembedded(ctx: Context) -> int:
    """Let vectors be made that could not be made an hour ago or longer; return of how many documents.

    Where they have come another way (an operator's retry, another model) the job finds that, and the document is ready.
    """
    async with ctx.ports.database.system(durable=False) as sql:
        found = await documents.list_unembedded(sql, ctx.now() - _UNEMBEDDED_FOR, _AT_ONCE)
    for tenant_id, of_tenant in groupby(found, key=lambda each: each[0]):
        async with ctx.in_tenant(tenant_id) as theirs:
            for _, document_id, version in of_tenant:
                queueing.enqueue_embedding(theirs, document_id, version)
    return len(found)


async def hand_out_sweeps(ctx: Context) -> int:
    """Let the files of all tenants be looked through; return how many tenants there are."""
    async with ctx.ports.database.system() as sql:
        tenants = await bases.list_tenants(sql)
    for tenant_id in tenants:
        async with ctx.in_tenant(TenantId(tenant_id)) as theirs:
            queueing.enqueue_sweep(theirs)
    return len(tenants)


async def hand_out_unfollowed(ctx: Context) -> int:
    """Let the vector store be told of bases that it does not have as they are; return of how many.

    Of none while it does not answer: each would wait for it in vain, in a place where documents are read.
    """
    store = ctx.ports.vectors
    if store is None:
        return 0
    async with ctx.ports.database.system() as sql:
        found = await copies.list_some_unfollowed(sql, store.name, _FOLLOWED_AT_ONCE)
    if not found:
        return 0
    try:
        await store.check()
    except VectorStoreUnusable as unusable:
        ctx.log.warning("knowledge.store_away", store=store.name, reason=str(unusable))
        return 0
    for tenant_id, number in found:
        async with ctx.in_tenant(tenant_id) as theirs:
            theirs.enqueue(queueing.FOLLOW, number=number, key=str(number), priority=-1)
    return len(found)


async def sweep_files(ctx: Context) -> int:
    """Delete files that no content names and that are older than a day; return how many."""
    stored = await ctx.ports.storage.list_keys(ctx.tenant, queueing.TOP)
    async with ctx.transaction(durable=False) as sql:
        known = await contents.list_keys(sql)
    gone = 0
    for key in stored:
        if key not in known and _age(key, ctx.now()) > _YOUNG:
            gone += await ctx.ports.storage.delete_all(ctx.tenant, key)
    if gone:
        ctx.log.warning("knowledge.files_swept", count=gone)
    return gone


def _age(key: str, now: datetime) -> timedelta:
    """Return how old a file is: its key ends in an id, or in a number below a document's id; ids hold their time."""
    *_, document, version = key.split("/")
    named = DocumentId.find(f"{DocumentId.prefix}_{version}") or DocumentId.find(document)
    if named is None:
        return timedelta(0)
    return now - datetime.fromtimestamp((named.int >> 80) / 1000, UTC)
