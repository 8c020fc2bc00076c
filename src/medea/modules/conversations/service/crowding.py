"""How many turns of a company may be open (running or waiting) at once.

There is no counter that somebody would have to count down: a worker that dies would never do it. What counts is
`conversations.open_turns`, which the database derives from the conversation's own state, so that a turn is open for
exactly as long as the log says so; a partial index holds only conversations that have any. The count comes with
the statement that reads the conversation, without a further trip.

A count that other transactions may be adding to is good enough as long as the limit is far away. Nearer to it the
company's prompts are counted one after the other, under a lock that ends with the prompt's transaction, and the
limit is kept exactly.
"""

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.modules.conversations import repository
from medea.modules.conversations.errors import TooManyRunning

NEAR = 400
"""Prompts that may be on their way to their commit at once: connections of a pool (16) times API processes (25)."""
RETRY_SECONDS = 3
"""An answer takes a few seconds, then there is room."""


def cap(ctx: Context) -> int:
    """Return how many turns of the company may be open."""
    return ctx.ports.allowances(ctx.tenant).turns_at_once


async def require_room(ctx: Context, sql: Sql, count: int) -> None:
    """Refuse one more turn where there are as many as may be.

    Args:
        ctx: who and where.
        sql: the transaction that is about to add it.
        count: of open turns, as `repository.load_for_turn` has it.

    Raises:
        TooManyRunning: there is no room.
    """
    limit = cap(ctx)
    if count >= limit - NEAR and await repository.count_open_alone(sql, ctx.tenant, limit) >= limit:
        raise TooManyRunning(
            f"{limit} answers of this company are being written or wait, which is the limit; try again in a moment.",
            headers={"Retry-After": str(RETRY_SECONDS)},
            limit=limit,
            retry_after=RETRY_SECONDS,
        )
