"""Clearing away what has had its day, so that no table grows for ever."""

from datetime import timedelta

from medea.kernel.bus.inbox import purge_inbox
from medea.kernel.bus.periodic import periodic
from medea.kernel.context import Context, Ports
from medea.kernel.outbound.ledger import purge_egress
from medea.kernel.web.idempotency import purge_answers
from medea.modules.billing import facade as billing
from medea.modules.identity import facade as identity
from medea.modules.tools import facade as tools

INBOX_KEPT = timedelta(days=30)


async def clear_away(ports: Ports) -> dict[str, int]:
    """Delete what has had its time.

    Answers kept for repetitions, handled messages, the door's log, sessions, links, attempts at OAuth left open.

    Returns:
        How many rows went, by what they were.
    """
    now = ports.clock.now()
    async with ports.database.system(durable=False) as sql:
        gone = {"answers": await purge_answers(sql), "messages": await purge_inbox(sql, now - INBOX_KEPT)}
        door = ports.settings.outbound
        too_old = now - timedelta(days=door.log_days)
        gone["egress_calls"] = await purge_egress(sql, before=too_old, per_tenant=door.log_calls)
    return gone | await identity.purge_expired(ports) | await billing.purge(ports) | await tools.purge(ports)


@periodic("housekeeping.clear_away", every=timedelta(hours=1), timeout=600)
async def keep_house(ctx: Context) -> None:
    """Clear away once an hour."""
    ctx.log.info("housekeeping.done", **await clear_away(ctx.ports))
