"""Clearing away what has had its day, so that no table grows for ever.

Every process with a worker does it; of two at once, the second finds nothing.
"""

import asyncio
from datetime import timedelta

import structlog

from medea.kernel.bus.inbox import purge_inbox
from medea.kernel.context import Ports
from medea.kernel.web.idempotency import purge_answers
from medea.modules.identity import facade as identity

EVERY_SECONDS = 3600.0
FIRST_SECONDS = 60.0
"""After the start, when nobody waits for it any more."""
INBOX_KEPT = timedelta(days=30)

_log = structlog.get_logger()


async def clear_away(ports: Ports) -> dict[str, int]:
    """Delete answers kept for repeated requests, handled messages, sessions and links that have had their time.

    Returns:
        How many rows went, by what they were.
    """
    now = ports.clock.now()
    async with ports.database.system(durable=False) as sql:
        gone = {"answers": await purge_answers(sql), "messages": await purge_inbox(sql, now - INBOX_KEPT)}
    return gone | await identity.purge_expired(ports)


async def keep_house(ports: Ports) -> None:
    """Clear away for ever, an hour apart."""
    pause = FIRST_SECONDS
    while True:
        await asyncio.sleep(pause)
        pause = EVERY_SECONDS
        try:
            _log.info("housekeeping.done", **await clear_away(ports))
        except Exception as error:  # noqa: BLE001 - the next round may fare better
            _log.warning("housekeeping.failed", error=repr(error))
