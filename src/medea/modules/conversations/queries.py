"""The read side: queries over the read models, never the aggregate."""

from datetime import UTC, datetime
from typing import Any

from medea.kernel.db.paging import Page, PageRequest, bad_cursor
from medea.kernel.db.sql import Sql
from medea.kernel.ids import AgentId, ConversationId, MessageId, TurnId, VisitorId
from medea.modules.conversations.activity import Activity, read_activity
from medea.modules.conversations.errors import ConversationNotFound, MessageNotFound, TurnNotFound
from medea.modules.conversations.models import ConversationRow, HeldRow, MessageRow, Said, TurnRow, Unfinished, Waiting

# Of a conversation with an open turn also what that waits for, if it is not being answered. No join: of a list, all
# turns of the company might be read for it.
_CONVERSATIONS = """
SELECT c.*, (
  SELECT CASE WHEN m.held IS NULL THEN 'visitor' ELSE 'review' END
  FROM turns t JOIN messages m ON m.id = t.reply_id WHERE t.id = c.active_turn_id AND t.status = 'waiting'
) AS waits_for FROM conversations c
"""


async def get_conversation(sql: Sql, conversation: ConversationId) -> ConversationRow:
    """Return one conversation.

    Raises:
        ConversationNotFound: the tenant has none of this id.
    """
    row = await sql.fetchrow(f"{_CONVERSATIONS} WHERE c.id = $1", conversation)
    if row is None:
        raise ConversationNotFound()
    return ConversationRow.of(row)


async def list_conversations(
    sql: Sql,
    page: PageRequest,
    *,
    visitor: VisitorId | None = None,
    started_by: str | None = None,
    agent: AgentId | None = None,
    channel: str | None = None,
    search: str | None = None,
) -> Page[ConversationRow]:
    """Return conversations, the most recently used first.

    Args:
        sql: a transaction bound to the tenant.
        page: what part.
        visitor: only this visitor's.
        started_by: only what this caller began.
        agent: only with this agent.
        channel: only from this channel.
        search: only where the title or a message contains this text, whatever the case.

    Raises:
        Invalid: the cursor is none of ours.
    """
    where, args = ["true"], list[Any]()

    def add(condition: str, *values: Any) -> None:
        numbers = [f"${len(args) + place + 1}" for place in range(len(values))]
        args.extend(values)
        where.append(condition.format(*numbers))

    if visitor is not None:
        add("visitor_id = {}", visitor)
    if started_by is not None:
        add("started_by = {}", started_by)
    if agent is not None:
        add("agent_id = {}", agent)
    if channel is not None:
        add("channel = {}", channel)
    if search:
        pattern = "%" + search.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        add(
            "(title ILIKE {0} OR EXISTS (SELECT FROM messages m WHERE m.conversation_id = c.id AND m.text ILIKE {0}))",
            pattern,
        )
    key = page.key(2)
    if key is not None:
        add("(updated_at, id) < ({}, {})", _time(key[0]), _id(key[1]))
    query = f"{_CONVERSATIONS} WHERE {' AND '.join(where)} ORDER BY updated_at DESC, id DESC LIMIT {page.limit + 1}"
    rows = [ConversationRow.of(row) for row in await sql.fetch(query, *args)]
    return page.page(rows, lambda row: [row.updated_at.isoformat(), str(row.id)])


def _time(value: str | int) -> datetime:
    try:
        return datetime.fromisoformat(str(value)).astimezone(UTC)
    except (ValueError, OverflowError):  # the latter: the year 1 or 9999 in another time zone
        raise bad_cursor() from None


def _id(value: str | int) -> ConversationId:
    found = ConversationId.find(str(value))
    if found is None:
        raise bad_cursor()
    return found


async def list_messages(
    sql: Sql, conversation: ConversationId, page: PageRequest, *, newest_first: bool = False
) -> Page[MessageRow]:
    """Return the messages of a transcript, without superseded replies.

    Raises:
        Invalid: the cursor is none of ours.
    """
    order, compare = ("DESC", "<") if newest_first else ("ASC", ">")
    key = page.key(1)
    if key is not None and not isinstance(key[0], int):
        raise bad_cursor()
    rows = await sql.fetch(
        "SELECT * FROM messages WHERE conversation_id = $1 AND NOT is_superseded"
        f" AND ($2::bigint IS NULL OR ordinal {compare} $2) ORDER BY ordinal {order} LIMIT {page.limit + 1}",
        conversation,
        None if key is None else key[0],
    )
    return page.page([MessageRow.of(row) for row in rows], lambda row: [row.ordinal])


async def get_message(sql: Sql, message: MessageId) -> MessageRow:
    """Return one message.

    Raises:
        MessageNotFound: the tenant has none of this id.
    """
    row = await sql.fetchrow("SELECT * FROM messages WHERE id = $1", message)
    if row is None:
        raise MessageNotFound()
    return MessageRow.of(row)


async def get_turn(sql: Sql, turn: TurnId) -> TurnRow:
    """Return one turn.

    Raises:
        TurnNotFound: the tenant has none of this id.
    """
    row = await sql.fetchrow("SELECT * FROM turns WHERE id = $1", turn)
    if row is None:
        raise TurnNotFound()
    return TurnRow.of(row)


async def history_before(sql: Sql, conversation: ConversationId, reply: MessageId, limit: int) -> list[Said]:
    """Return what was said before a reply, oldest first: whole messages only, its own prompt last.

    Args:
        sql: a transaction bound to the tenant.
        conversation: which.
        reply: the reply that is to be written.
        limit: at most so many of the latest messages.
    """
    rows = await sql.fetch(
        "SELECT role, text, activity FROM messages WHERE conversation_id = $1 AND NOT is_superseded"
        " AND ordinal < (SELECT ordinal FROM messages WHERE id = $2) AND text <> ''"
        " ORDER BY ordinal DESC LIMIT $3",
        conversation,
        reply,
        limit,
    )
    return [Said(row["role"], row["text"], read_activity(row["activity"])) for row in reversed(rows)]


async def messages_before(sql: Sql, conversation: ConversationId, ordinal: int, limit: int) -> list[MessageRow]:
    """Return the messages before a place, oldest first, at most so many of the latest, without superseded replies."""
    rows = await sql.fetch(
        "SELECT * FROM messages WHERE conversation_id = $1 AND NOT is_superseded AND ordinal < $2"
        " ORDER BY ordinal DESC LIMIT $3",
        conversation,
        ordinal,
        limit,
    )
    return [MessageRow.of(row) for row in reversed(rows)]


async def get_activity(sql: Sql, message: MessageId) -> Activity:
    """Return what a reply has done so far."""
    return read_activity(await sql.fetchval("SELECT activity FROM messages WHERE id = $1", message))


async def list_held(sql: Sql, page: PageRequest) -> Page[HeldRow]:
    """Return the answers that wait for somebody to look at them, the oldest first.

    Raises:
        Invalid: the cursor is none of ours.
    """
    key = page.key(2)
    message = None if key is None else MessageId.find(str(key[1]))
    if key is not None and message is None:
        raise bad_cursor()
    rows = await sql.fetch(
        "SELECT m.id, m.turn_id, m.conversation_id, m.held, m.guardrails, m.created_at, p.text AS prompt,"
        " c.agent_id, c.channel, c.is_draft, c.title"
        " FROM messages m JOIN turns t ON t.id = m.turn_id JOIN messages p ON p.id = t.message_id"
        " JOIN conversations c ON c.id = m.conversation_id"
        " WHERE m.held IS NOT NULL AND ($1::timestamptz IS NULL OR (m.created_at, m.id) > ($1, $2))"
        f" ORDER BY m.created_at, m.id LIMIT {page.limit + 1}",
        None if key is None else _time(key[0]),
        message,
    )
    return page.page([HeldRow.of(row) for row in rows], lambda row: [row.created_at.isoformat(), str(row.message_id)])


async def count_held(sql: Sql) -> int:
    """Return how many answers wait for somebody to look at them."""
    number: int = await sql.fetchval("SELECT count(*) FROM messages WHERE held IS NOT NULL")
    return number


async def find_waiting(sql: Sql, agent: AgentId, now: datetime) -> Waiting | None:
    """Return what waits for somebody to look at it, of the answers that an agent gave visitors; None: nothing."""
    row = await sql.fetchrow(
        "SELECT count(*) AS number, min((m.held ->> 'expires_at')::timestamptz) AS expires_at,"
        " (array_agg(m.conversation_id ORDER BY m.created_at, m.id))[1] AS conversation_id"
        " FROM messages m JOIN conversations c ON c.id = m.conversation_id"
        " WHERE m.held IS NOT NULL AND (m.held ->> 'expires_at')::timestamptz > $2"
        " AND c.agent_id = $1 AND NOT c.is_draft",
        agent,
        now,
    )
    if row is None or not row["number"]:
        return None
    return Waiting(row["number"], ConversationId(row["conversation_id"]), row["expires_at"])


async def count_unfinished_turns(sql: Sql) -> list[Unfinished]:
    """Count the turns of all tenants that have not ended, as `medea_system`."""
    rows = await sql.fetch(
        "SELECT status, count(*) AS number, extract(epoch FROM now() - min(created_at))::float8 AS oldest"
        " FROM turns WHERE finished_at IS NULL GROUP BY status"
    )
    return [Unfinished(row["status"], row["number"], row["oldest"]) for row in rows]
