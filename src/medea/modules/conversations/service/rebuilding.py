"""Deriving the read models anew from the event log."""

from collections.abc import AsyncIterator

from medea.kernel.context import Ports
from medea.modules.conversations import repository


async def rebuild_all(ports: Ports) -> AsyncIterator[int]:
    """Rebuild every conversation of every tenant, each in a transaction of its own.

    Safe while the system runs: a conversation is held only while its own rows are written.

    Yields:
        How many are done, after each.
    """
    async with ports.database.system() as sql:
        streams = await repository.list_all_streams(sql)
    for number, (tenant, conversation) in enumerate(streams, start=1):
        async with ports.database.transaction(tenant) as sql:
            await repository.rebuild(sql, tenant, conversation)
        yield number
