"""The read models are a function of the event log: a rebuild gives the very rows that commands wrote."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings

from medea.kernel.db.database import Database
from medea.kernel.db.paging import PageRequest
from medea.kernel.db.sql import Sql
from medea.kernel.ids import ConversationId, MessageId, TenantId, TurnId
from medea.modules.conversations import queries, repository, streaming
from medea.modules.conversations.activity import follow, read_activity
from medea.modules.conversations.aggregate import State, decide
from medea.modules.conversations.errors import NothingAwaited, NothingToRegenerate, TooManyWaiting, TurnAlreadyEnded
from medea.modules.conversations.log import UPCASTERS, ConversationStarted, from_stored, to_new
from medea.modules.conversations.projections import title_from
from tests.modules.conversations.commands import STARTS, STEPS, Script

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


async def rows_of(sql: Sql, conversation: ConversationId) -> dict[str, list[dict[str, Any]]]:
    """Return all rows derived from a conversation's log."""
    found = {"conversations": await sql.fetch("SELECT * FROM conversations WHERE id = $1", conversation)}
    for table, order in (("messages", "ordinal, id"), ("turns", "id")):
        query = f"SELECT * FROM {table} WHERE conversation_id = $1 ORDER BY {order}"
        found[table] = await sql.fetch(query, conversation)
    return {table: [dict(row) for row in rows] for table, rows in found.items()}


async def play(sql: Sql, tenant: TenantId, conversation: ConversationId, start: Any, steps: Any) -> State:
    """Carry random commands out, each in one save."""
    script = Script()
    at = NOON
    event = script.start(*start).event
    state = await repository.save(sql, tenant, conversation, State(), [event], at=at, by="test")
    for step in steps:
        command = script.command(state, *step)
        if command is None:
            continue
        try:
            events = decide(state, command)
        except (TurnAlreadyEnded, NothingToRegenerate, NothingAwaited, TooManyWaiting):
            continue
        at += timedelta(seconds=1)
        state = await repository.save(sql, tenant, conversation, state, events, at=at, by="test")
    return state


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=STARTS, steps=STEPS)
async def test_a_rebuild_gives_the_same_rows(database: Database, start: Any, steps: Any) -> None:
    tenant, conversation = TenantId.new(), ConversationId.new()
    async with database.transaction(tenant) as sql:
        state = await play(sql, tenant, conversation, start, steps)
        assert await repository.load(sql, conversation) == state, "the snapshot is what the commands saw"
        live = await rows_of(sql, conversation)
        await sql.execute("UPDATE messages SET text = 'damaged' WHERE conversation_id = $1", conversation)
        await sql.execute("UPDATE conversations SET title = 'damaged', message_count = 99 WHERE id = $1", conversation)
        assert await repository.rebuild(sql, tenant, conversation) == state
        assert await rows_of(sql, conversation) == live
        await check_activity(sql, conversation)


async def check_activity(sql: Sql, conversation: ConversationId) -> None:
    """What SQL keeps of each reply's activity is what a running turn would have in memory."""
    stored = await repository.read_events(sql, conversation, 0, 1000)
    events = [from_stored(item) for item in stored]
    for row in await sql.fetch(
        "SELECT id, turn_id, activity FROM messages WHERE role = 'assistant' AND conversation_id = $1", conversation
    ):
        own = [event for event in events if getattr(event, "turn_id", None) == row["turn_id"]]
        if row["turn_id"] is not None:
            assert read_activity(row["activity"]) == follow((), own)


async def test_a_turn_that_waited_is_rebuilt_as_it_was(database: Database) -> None:
    tenant, conversation = TenantId.new(), ConversationId.new()
    steps = [("prompt", "Hi", 0), ("begin", "", 0), ("step", "Hello", 5), ("return", "x", 3), ("pause", "", 0)]
    answers = [("approve", "", 0), ("submit", "ada", 1), ("begin", "", 0), ("return", "y", 0), ("complete", "Done", 0)]
    async with database.transaction(tenant) as sql:
        for count in range(len(steps) + 1, len(steps) + len(answers) + 1):
            conversation = ConversationId.new()
            await play(sql, tenant, conversation, (False, False, []), [*steps, *answers][:count])
            live = await rows_of(sql, conversation)
            states = {"approve": "waiting", "submit": "queued", "begin": "running", "return": "running"}
            assert live["turns"][0]["status"] == states.get([*steps, *answers][count - 1][0], "completed")
            await check_activity(sql, conversation)
            await repository.rebuild(sql, tenant, conversation)
            assert await rows_of(sql, conversation) == live


async def test_a_rebuild_brings_back_rows_that_are_gone(database: Database) -> None:
    tenant, conversation = TenantId.new(), ConversationId.new()
    steps = [("prompt", "Hello", 0), ("begin", "", 0), ("complete", "Hi there", 0)]
    async with database.transaction(tenant) as sql:
        await play(sql, tenant, conversation, (False, False, []), steps)
        live = await rows_of(sql, conversation)
        for table in ("messages", "turns"):
            await sql.execute(f"DELETE FROM {table} WHERE conversation_id = $1", conversation)
        await sql.execute("DELETE FROM conversations WHERE id = $1", conversation)
        await repository.rebuild(sql, tenant, conversation)
        assert await rows_of(sql, conversation) == live


async def test_the_transcript_pairs_each_reply_with_its_prompt(database: Database) -> None:
    tenant, conversation = TenantId.new(), ConversationId.new()
    steps = [
        ("prompt", "first", 0),
        ("prompt", "second", 0),
        ("begin", "", 0),
        ("complete", "one", 0),
        ("begin", "", 0),
        ("complete", "two", 0),
        ("regenerate", "second", 0),
        ("begin", "", 0),
        ("complete", "two again", 0),
    ]
    async with database.transaction(tenant) as sql:
        await play(sql, tenant, conversation, (False, False, [(True, "earlier"), (False, "indeed")]), steps)
        page = await queries.list_messages(sql, conversation, PageRequest(100))
        assert [row.text for row in page.data] == ["earlier", "indeed", "first", "one", "second", "two again"]
        newest = await queries.list_messages(sql, conversation, PageRequest(2), newest_first=True)
        assert [row.text for row in newest.data] == ["two again", "second"]
        older = await queries.list_messages(sql, conversation, PageRequest(100, newest.next_cursor), newest_first=True)
        assert [row.text for row in older.data] == ["one", "first", "indeed", "earlier"]
        row = await queries.get_conversation(sql, conversation)
        assert (row.title, row.last_message_preview) == ("earlier", "two again")


async def test_old_events_are_read_in_todays_shape(database: Database) -> None:
    tenant, conversation = TenantId.new(), ConversationId.new()
    event = Script().start(False, False, []).event
    new = to_new(event, {})
    assert isinstance(event, ConversationStarted)
    assert UPCASTERS.newest("ConversationStarted") == ConversationStarted.schema
    async with database.transaction(tenant) as sql:
        await repository.STORE.append(sql, tenant, conversation, 0, [new], at=NOON)
        (stored,) = await repository.read_events(sql, conversation, 0, 10)
        assert (stored.name, stored.schema) == ("ConversationStarted", ConversationStarted.schema)


def test_titles_are_short_and_end_at_a_word() -> None:
    assert title_from("  How do\nI return it? ") == "How do I return it?"
    long = title_from("word " * 40)
    assert len(long) <= 81
    assert long.endswith("word…")
    assert len(title_from("x" * 500)) <= 81


def test_ids_tell_what_they_name() -> None:
    assert str(TurnId.new()).startswith("trn_")
    assert MessageId.find(str(TurnId.new())) is None


async def test_a_stored_reply_tells_how_it_ended(database: Database) -> None:
    for kind, expected in (("complete", '"finish_reason":"stop"'), ("fail", '"retryable":true')):
        tenant, conversation = TenantId.new(), ConversationId.new()
        steps = [("prompt", "Hello", 0), ("begin", "", 0), (kind, "Hi", 0)]
        async with database.transaction(tenant) as sql:
            state = await play(sql, tenant, conversation, (False, False, []), steps)
            assert state.last is not None
            turn = await queries.get_turn(sql, state.last.turn_id)
            frames = streaming.stored_frames(turn, await queries.get_message(sql, turn.reply_id))
        assert any(expected in frame.decode() for frame in frames)
