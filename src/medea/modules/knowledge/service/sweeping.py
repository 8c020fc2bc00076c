"""Files that no row names: what a process left behind that was killed between storing an original and saying so."""

from datetime import UTC, datetime, timedelta

from medea.kernel.context import Context
from medea.kernel.ids import DocumentId, TenantId
from medea.modules.knowledge.ingestion import queueing
from medea.modules.knowledge.repository import bases, contents

_YOUNG = timedelta(days=1)  # within this an upload may still be under way


async def hand_out_sweeps(ctx: Context) -> int:
    """Let the files of all tenants be looked through; return how many tenants there are."""
    async with ctx.ports.database.system() as sql:
        tenants = await bases.list_tenants(sql)
    for tenant_id in tenants:
        async with ctx.in_tenant(TenantId(tenant_id)) as theirs:
            queueing.enqueue_sweep(theirs)
    return len(tenants)


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
