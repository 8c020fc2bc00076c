"""Responses by their id: which part of which turn they are, and what their clients asked for.

What was said is in the log, and what is shown of it is derived from there. What clients send besides and are shown
again (instructions, metadata, their tools) is kept here alone, and for a time: `purge` forgets it with the response.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

import msgspec

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.ids import ConversationId, ResponseId, TenantId, TurnId


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a client asked for, as far as it is shown to it again.

    Attributes:
        model: the agent, as the client named it.
        brought: the client brought the whole conversation, not only what follows a previous response.
    """

    model: str
    instructions: str | None = None
    metadata: dict[str, str] = {}
    previous: str | None = None
    temperature: float | None = None
    max_output_tokens: int | None = None
    tools: tuple[dict[str, Any], ...] = ()
    tool_choice: Any = "auto"
    background: bool = False
    store: bool = True
    brought: bool = False


@dataclass(frozen=True, slots=True)
class KeptResponse:
    """A response.

    Attributes:
        segment: which part of the turn: how often somebody outside had answered before.
    """

    id: ResponseId
    conversation_id: ConversationId
    turn_id: TurnId
    segment: int
    asked: Asked
    created_at: datetime

    @classmethod
    def of(cls, row: Any) -> Self:
        """Read a database row."""
        return cls(
            id=ResponseId(row["id"]),
            conversation_id=ConversationId(row["conversation_id"]),
            turn_id=TurnId(row["turn_id"]),
            segment=row["segment"],
            asked=msgspec.convert(row["asked"], Asked),
            created_at=row["created_at"],
        )


async def keep(sql: Sql, tenant: TenantId, response: KeptResponse) -> None:
    """Keep a response; one that is there already stays as it is."""
    await sql.execute(
        "INSERT INTO responses (tenant_id, id, conversation_id, turn_id, segment, asked, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING",
        tenant,
        response.id,
        response.conversation_id,
        response.turn_id,
        response.segment,
        msgspec.to_builtins(response.asked),
        response.created_at,
    )


async def find(sql: Sql, response: ResponseId) -> KeptResponse | None:
    """Return a response of the tenant, or None."""
    row = await sql.fetchrow("SELECT * FROM responses WHERE id = $1", response)
    return None if row is None else KeptResponse.of(row)


async def find_part(sql: Sql, turn: TurnId, segment: int) -> KeptResponse | None:
    """Return the first response that is this part of a turn, or None."""
    row = await sql.fetchrow(
        "SELECT * FROM responses WHERE turn_id = $1 AND segment = $2 ORDER BY created_at, id LIMIT 1", turn, segment
    )
    return None if row is None else KeptResponse.of(row)


async def forget(sql: Sql, response: ResponseId) -> None:
    """Forget a response; what was said stays in its conversation."""
    await sql.execute("DELETE FROM responses WHERE id = $1", response)


async def purge(ctx: Context) -> int:
    """Forget the responses of all tenants that have had their time; return how many."""
    before = ctx.now() - timedelta(days=ctx.ports.settings.responses.keep_days)
    async with ctx.ports.database.system(durable=False) as sql:
        done = await sql.execute("DELETE FROM responses WHERE created_at < $1", before)
    return int(done.rpartition(" ")[2])
