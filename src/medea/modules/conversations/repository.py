"""The write side: load the aggregate, append events, keep the read models in step."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from medea.kernel.db.batch import Batch
from medea.kernel.db.sql import Sql, UniqueViolation
from medea.kernel.eventstore.events import ConcurrencyConflict, StoredEvent
from medea.kernel.eventstore.store import EventStore
from medea.kernel.ids import AgentId, ConversationId, JobId, MessageId, TenantId, TurnId
from medea.modules.conversations import hidden, projections
from medea.modules.conversations.activity import read_activity
from medea.modules.conversations.aggregate import State, evolve
from medea.modules.conversations.errors import ConversationNotFound
from medea.modules.conversations.log import (
    UPCASTERS,
    ContextRetrieved,
    ConversationStarted,
    LogEvent,
    from_stored,
    read_id,
    to_new,
)
from medea.modules.conversations.models import Said

STORE = EventStore("conversation_events", "conversation_id", upcasters=UPCASTERS)


def read_state(value: Any) -> State:
    """Decode a snapshot."""
    return msgspec.convert(value, State, dec_hook=read_id)


async def load(sql: Sql, conversation: ConversationId) -> State:
    """Return the state of a conversation and hold it until the transaction ends.

    The row lock puts commands to one conversation in order; the log's primary key would refuse the loser
    otherwise.

    Raises:
        ConversationNotFound: it does not exist, for this tenant.
    """
    value = await sql.fetchval("SELECT state FROM conversations WHERE id = $1 FOR UPDATE", conversation)
    if value is None:
        raise ConversationNotFound()
    return read_state(value)


async def load_to_begin(sql: Sql, conversation: ConversationId, turn: TurnId, limit: int) -> tuple[State, list[Said]]:
    """Do what `load` does, and read what was said before a turn's reply on the way: no further trip.

    Args:
        sql: a transaction bound to the tenant.
        conversation: which.
        turn: whose reply is to be written.
        limit: at most so many of the latest messages.

    Returns:
        The state, and whole messages, oldest first, the turn's own prompt last.

    Raises:
        ConversationNotFound: it does not exist, for this tenant.
    """
    row = await sql.fetchrow(
        "SELECT state, (SELECT jsonb_agg(jsonb_build_array(role, text, activity) ORDER BY ordinal) FROM"
        " (SELECT role, text, activity, ordinal FROM messages WHERE conversation_id = $1 AND NOT is_superseded"
        " AND ordinal < (SELECT m.ordinal FROM turns t JOIN messages m ON m.id = t.reply_id WHERE t.id = $2)"
        " AND text <> '' ORDER BY ordinal DESC LIMIT $3) AS said) AS history"
        " FROM conversations WHERE id = $1 FOR UPDATE",
        conversation,
        turn,
        limit,
    )
    if row is None:
        raise ConversationNotFound()
    history = [Said(role, text, read_activity(activity)) for role, text, activity in row["history"] or ()]
    return read_state(row["state"]), history


async def peek(sql: Sql, conversation: ConversationId) -> State | None:
    """Return the state of a conversation, which may change at once; None where there is none."""
    value = await sql.fetchval("SELECT state FROM conversations WHERE id = $1", conversation)
    return None if value is None else read_state(value)


async def load_for_turn(sql: Sql, conversation: ConversationId, enough: int) -> tuple[State, int]:
    """Do what `load` does, and count the company's open turns on the way: no further trip.

    Args:
        sql: a transaction bound to the tenant.
        conversation: which.
        enough: the count stops about there.

    Raises:
        ConversationNotFound: it does not exist, for this tenant.
    """
    row = await sql.fetchrow(
        "SELECT state, (SELECT coalesce(sum(open_turns), 0) FROM"
        " (SELECT open_turns FROM conversations WHERE open_turns > 0 LIMIT $2) o) AS open"
        " FROM conversations WHERE id = $1 FOR UPDATE",
        conversation,
        enough,
    )
    if row is None:
        raise ConversationNotFound()
    return read_state(row["state"]), row["open"]


async def count_open_alone(sql: Sql, tenant: TenantId, enough: int) -> int:
    """Return how many of the company's turns are open; until this transaction ends nobody else counts like this."""
    await sql.execute("SELECT pg_advisory_xact_lock(hashtextextended('turns' || $1, 0))", tenant.hex)
    # a statement of its own: its snapshot is younger than the lock, so it sees what the holders before have written
    count: int = await sql.fetchval(
        "SELECT coalesce(sum(open_turns), 0) FROM"
        " (SELECT open_turns FROM conversations WHERE open_turns > 0 LIMIT $1) o",
        enough,
    )
    return count


async def save(
    sql: Sql,
    tenant: TenantId,
    conversation: ConversationId,
    state: State,
    events: Sequence[LogEvent],
    *,
    at: datetime,
    by: str,
    also: Callable[[Batch, State], None] | None = None,
) -> State:
    """Append events and write the read models, all in one statement where they allow it.

    Args:
        sql: the transaction in which `state` was loaded.
        tenant: whose conversation.
        conversation: which.
        state: before the events.
        events: what was decided; none is allowed.
        at: now.
        by: who caused it, kept in the metadata.
        also: adds to that statement what depends on the state after the events.

    Returns:
        The state after the events.

    Raises:
        ConcurrencyConflict: somebody appended in between.
    """
    batch = Batch()
    before = state
    if events:
        new = [to_new(event, {"by": by}) for event in events]
        STORE.append_in(batch, tenant, conversation, state.version, new, at=at)
        recorded: list[projections.Recorded] = []
        for event in events:
            state = evolve(state, event)
            recorded.append((event, state.version, at))
        await _project(sql, batch, tenant, conversation, recorded, state)
        hidden.forget_ended(batch, before, state)
    if also is not None:
        also(batch, state)
    try:
        await batch.run(sql)
    except UniqueViolation as error:
        raise ConcurrencyConflict() from error
    return state


async def _project(
    sql: Sql,
    batch: Batch,
    tenant: TenantId,
    conversation: ConversationId,
    recorded: Sequence[projections.Recorded],
    state: State,
) -> None:
    """Write the read models with the batch; at once what must be there for the rest of it to find."""
    changing = [(event, version, at) for event, version, at in recorded if not isinstance(event, ContextRetrieved)]
    if len(changing) > 1 or isinstance(recorded[0][0], ConversationStarted):
        await projections.apply(sql, tenant, conversation, recorded, state)
        return
    for changed in changing:
        for statement, args in projections.changes(tenant, conversation, changed):
            batch.add(statement, *args)
    statement, args = projections.summary(conversation, recorded, state)
    batch.add(statement, *args)


async def rebuild(sql: Sql, tenant: TenantId, conversation: ConversationId) -> State:
    """Derive a conversation's rows from its events anew.

    Raises:
        ConversationNotFound: it has no events.
    """
    await sql.fetchval("SELECT true FROM conversations WHERE id = $1 FOR UPDATE", conversation)
    stored = await STORE.read_stream(sql, conversation)
    if not stored:
        raise ConversationNotFound()
    for table in ("messages", "turns"):
        await sql.execute(f"DELETE FROM {table} WHERE conversation_id = $1", conversation)
    state = State()
    recorded: list[projections.Recorded] = []
    for item in stored:
        event = from_stored(item)
        state = evolve(state, event)
        recorded.append((event, item.version, item.at))
    await projections.apply(sql, tenant, conversation, recorded, state)
    return state


async def read_events(sql: Sql, conversation: ConversationId, after: int, limit: int) -> list[StoredEvent]:
    """Return a conversation's events after a version, in order."""
    return await STORE.read_stream(sql, conversation, after_version=after, limit=limit)


async def find_by_external(sql: Sql, agent_id: AgentId, started_by: str, external_id: str) -> ConversationId | None:
    """Return the conversation that a client calls by its own id."""
    found = await sql.fetchval(
        "SELECT id FROM conversations WHERE agent_id = $1 AND started_by = $2 AND external_id = $3",
        agent_id,
        started_by,
        external_id,
    )
    return None if found is None else ConversationId(found)


async def find_by_digest(sql: Sql, agent_id: AgentId, started_by: str, digest: str) -> ConversationId | None:
    """Return the newest idle conversation in which exactly this was said so far."""
    found = await sql.fetchval(
        "SELECT id FROM conversations WHERE digest = $3 AND agent_id = $1 AND started_by = $2"
        " AND active_turn_id IS NULL ORDER BY updated_at DESC LIMIT 1",
        agent_id,
        started_by,
        bytes.fromhex(digest),
    )
    return None if found is None else ConversationId(found)


async def conversation_of_turn(sql: Sql, turn: TurnId) -> ConversationId | None:
    """Return the conversation that a turn belongs to, or None where the tenant has no such turn."""
    found = await sql.fetchval("SELECT conversation_id FROM turns WHERE id = $1", turn)
    return None if found is None else ConversationId(found)


async def place_of_message(sql: Sql, message: MessageId) -> tuple[ConversationId, str] | None:
    """Return a message's conversation and role, or None where the tenant has no such message."""
    row = await sql.fetchrow("SELECT conversation_id, role FROM messages WHERE id = $1", message)
    return None if row is None else (ConversationId(row["conversation_id"]), row["role"])


async def prompt_of_turn(sql: Sql, turn: TurnId) -> str:
    """Return the text that a turn answers."""
    text: str = await sql.fetchval(
        "SELECT m.text FROM turns t JOIN messages m ON m.id = t.message_id WHERE t.id = $1", turn
    )
    return text


async def note_notice(
    sql: Sql, tenant: TenantId, agent: AgentId, job: JobId, *, at: datetime, quiet: timedelta
) -> datetime | None:
    """Note that a job tells people of an agent's answers that wait; return when they were told if that is too near."""
    noted = await sql.fetchval(
        "INSERT INTO review_notices (tenant_id, agent_id, job_id, told_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (agent_id) DO UPDATE SET job_id = excluded.job_id, told_at = excluded.told_at"
        " WHERE review_notices.told_at <= $5 OR review_notices.job_id = excluded.job_id RETURNING true",
        tenant,
        agent,
        job,
        at,
        at - quiet,
    )
    if noted:
        return None
    told_at: datetime = await sql.fetchval("SELECT told_at FROM review_notices WHERE agent_id = $1", agent)
    return told_at


async def list_all_streams(sql: Sql) -> list[tuple[TenantId, ConversationId]]:
    """Return every tenant's conversations, in a transaction of medea_system."""
    rows = await sql.fetch("SELECT DISTINCT tenant_id, conversation_id FROM conversation_events ORDER BY 1, 2")
    return [(TenantId(row["tenant_id"]), ConversationId(row["conversation_id"])) for row in rows]
