"""Reading the outbound door's log."""

from typing import Any

from medea.kernel.context import Context
from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.ids import EgressCallId
from medea.modules.egress import repository


async def list_calls(
    ctx: Context, page: PageRequest, *, host: str | None, purpose: str | None, is_refused: bool | None
) -> Page[dict[str, Any]]:
    """Return the company's calls, the newest first; see `repository.list_calls`.

    Raises:
        Invalid: the cursor is none of ours.
    """
    before = page.id_key(EgressCallId)
    wanted = host.strip().lower() if host else None
    async with ctx.transaction(durable=False) as sql:
        rows = await repository.list_calls(
            sql, host=wanted or None, purpose=purpose, is_refused=is_refused, before=before, limit=page.limit + 1
        )
    return page.page(rows, lambda row: [str(row["id"])])
