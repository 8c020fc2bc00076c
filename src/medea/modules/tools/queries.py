"""What visitors filled in, as people read it: a page of it, one, all of it piece by piece."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from medea.kernel.db.sql import Sql
from medea.kernel.ids import AgentId, ConversationId, LeadId, TurnId

Place = tuple[datetime, LeadId]
"""Where in the list, newest first, a row stands."""


@dataclass(frozen=True, slots=True)
class Lead:
    """What a visitor filled in.

    Attributes:
        title: of the form.
        answers: by field name.
    """

    id: LeadId
    agent_id: AgentId
    conversation_id: ConversationId
    turn_id: TurnId
    title: str
    answers: dict[str, Any]
    created_at: datetime

    @property
    def place(self) -> Place:
        """Where in the list it stands."""
        return self.created_at, self.id


@dataclass(frozen=True, slots=True)
class LeadFilter:
    """Which leads are meant; None: whichever.

    Attributes:
        after: filled in at that moment or later.
        before: filled in earlier.
    """

    agent_id: AgentId | None = None
    after: datetime | None = None
    before: datetime | None = None

    @property
    def values(self) -> tuple[Any, ...]:
        """Parameters 1 to 3 of a statement with `_WHERE`."""
        return self.agent_id, self.after, self.before


_WHERE = (
    " WHERE ($1::uuid IS NULL OR agent_id = $1) AND ($2::timestamptz IS NULL OR created_at >= $2)"
    " AND ($3::timestamptz IS NULL OR created_at < $3)"
)
_COLUMNS = "SELECT id, agent_id, conversation_id, turn_id, title, answers, created_at FROM leads"


async def list_leads(sql: Sql, wanted: LeadFilter, limit: int, behind: Place | None) -> list[Lead]:
    """Return leads, newest first, from behind a place on."""
    at, lead = behind or (None, None)
    rows = await sql.fetch(
        f"{_COLUMNS}{_WHERE} AND ($4::timestamptz IS NULL OR (created_at, id) < ($4, $5::uuid))"
        " ORDER BY created_at DESC, id DESC LIMIT $6",
        *wanted.values,
        at,
        lead,
        limit,
    )
    return [_lead(row) for row in rows]


async def find_lead(sql: Sql, lead: LeadId) -> Lead | None:
    """Return one, or None."""
    row = await sql.fetchrow(f"{_COLUMNS} WHERE id = $1", lead)
    return None if row is None else _lead(row)


async def list_fields(sql: Sql, wanted: LeadFilter, limit: int) -> Sequence[str]:
    """Return the names of the fields that were filled in, the most frequent first."""
    rows = await sql.fetch(
        "SELECT name FROM (SELECT jsonb_object_keys(answers) AS name FROM leads" + _WHERE + ") AS filled"
        " GROUP BY name ORDER BY count(*) DESC, name LIMIT $4",
        *wanted.values,
        limit,
    )
    return [row["name"] for row in rows]


def _lead(row: Any) -> Lead:
    return Lead(
        id=LeadId(row["id"]),
        agent_id=AgentId(row["agent_id"]),
        conversation_id=ConversationId(row["conversation_id"]),
        turn_id=TurnId(row["turn_id"]),
        title=row["title"],
        answers=row["answers"],
        created_at=row["created_at"],
    )
