"""The rules of a conversation, without a database."""

import msgspec
import pytest
from hypothesis import given, settings

from medea.kernel.eventstore.events import StoredEvent
from medea.kernel.ids import ConversationId, MessageId, TurnId
from medea.modules.conversations.aggregate import (
    MAX_WAITING,
    Cancel,
    End,
    Regenerate,
    State,
    decide,
    fold,
)
from medea.modules.conversations.errors import NothingAwaited, NothingToRegenerate, TooManyWaiting, TurnAlreadyEnded
from medea.modules.conversations.log import (
    KINDS,
    PromptReceived,
    ReplyCompleted,
    TurnCancelled,
    TurnCancelRequested,
    TurnStarted,
    from_stored,
    public_data,
    to_new,
)
from medea.modules.conversations.repository import read_state
from tests.modules.conversations.commands import STARTS, STEPS, Script, begin, prompt, run, started


def completed(turn: TurnId, attempt: int = 1) -> End:
    """Return the end of a turn."""
    return End(attempt=attempt, event=ReplyCompleted(turn_id=turn, text="Hi", model="m", finish_reason="stop"))


@settings(max_examples=150, deadline=None)
@given(STARTS, STEPS)
def test_whatever_happens_the_rules_hold(
    start: tuple[bool, bool, list[tuple[bool, str]]], steps: list[tuple[str, str, int]]
) -> None:
    script = Script()
    state, log = run(State(), script.start(*start))
    ends: dict[TurnId, int] = {}
    for step in steps:
        command = script.command(state, *step)
        if command is None:
            continue
        try:
            state, events = run(state, command)
        except (TurnAlreadyEnded, NothingToRegenerate, NothingAwaited, TooManyWaiting):
            continue
        log += events
        for event in events:
            if type(event).__name__ in {"ReplyCompleted", "TurnFailed", "TurnCancelled"}:
                ends[event.turn_id] = ends.get(event.turn_id, 0) + 1  # type: ignore[attr-defined]
    assert all(count == 1 for count in ends.values()), "a turn ends once"
    accepted = [event.turn_id for event in log if isinstance(event, PromptReceived)]
    open_turns = [turn.turn_id for turn in ([state.active] if state.active else []) + list(state.waiting)]
    assert set(accepted) == set(ends) | set(open_turns), "nothing that was accepted is lost"
    assert open_turns == [turn for turn in accepted if turn not in ends], "in the order of their coming"
    assert state.active is None or not state.active.is_paused or state.active.awaited, "who pauses waits for somebody"
    assert all(not turn.calls for turn in state.waiting)
    assert state.version == len(log)
    assert fold(log) == state
    assert read_state(msgspec.json.decode(msgspec.json.encode(state))) == state, "the snapshot is the state"


@settings(max_examples=60, deadline=None)
@given(STARTS, STEPS)
def test_events_survive_storage(
    start: tuple[bool, bool, list[tuple[bool, str]]], steps: list[tuple[str, str, int]]
) -> None:
    script = Script()
    state, log = run(State(), script.start(*start))
    for step in steps:
        command = script.command(state, *step)
        if command is not None:
            try:
                state, events = run(state, command)
            except (TurnAlreadyEnded, NothingToRegenerate, NothingAwaited, TooManyWaiting):
                continue
            log += events
    for version, event in enumerate(log, start=1):
        new = to_new(event, {})
        data = msgspec.json.decode(msgspec.json.encode(new.data))
        stored = StoredEvent(
            stream_id=ConversationId.new(),
            version=version,
            position=version,
            name=new.name,
            schema=new.schema,
            data=data,
            metadata={},
            at=None,  # type: ignore[arg-type]
        )
        assert from_stored(stored) == event
        assert msgspec.json.encode(public_data(event))
        assert new.name in KINDS


def test_a_second_prompt_waits_and_runs_when_the_first_has_ended() -> None:
    first, second = prompt(), prompt()
    state, _ = run(started(), first, second)
    assert state.active is not None
    assert state.active.turn_id == first.turn_id
    assert [turn.turn_id for turn in state.waiting] == [second.turn_id]
    state, _ = run(state, begin(first.turn_id), completed(first.turn_id))
    assert state.active is not None
    assert state.active.turn_id == second.turn_id
    assert state.waiting == ()


def test_cancelling_a_waiting_turn_ends_it_and_a_running_one_is_asked() -> None:
    first, second = prompt(), prompt()
    state, _ = run(started(), first, second, begin(first.turn_id))
    state, events = run(state, Cancel(turn_id=second.turn_id, by="me"))
    assert [type(event) for event in events] == [TurnCancelled]
    state, events = run(state, Cancel(turn_id=first.turn_id, by="me"))
    assert [type(event) for event in events] == [TurnCancelRequested]
    assert run(state, Cancel(turn_id=first.turn_id, by="me"))[1] == [], "asked once"


def test_a_worker_that_lost_its_turn_cannot_end_it() -> None:
    first = prompt()
    state, _ = run(started(), first, begin(first.turn_id), begin(first.turn_id, attempt=2))
    with pytest.raises(TurnAlreadyEnded):
        decide(state, completed(first.turn_id, attempt=1))
    with pytest.raises(TurnAlreadyEnded):
        decide(state, begin(first.turn_id, attempt=2))
    state, _ = run(state, completed(first.turn_id, attempt=2))
    with pytest.raises(TurnAlreadyEnded):
        decide(state, completed(first.turn_id, attempt=2))


def test_only_the_last_reply_can_be_written_again() -> None:
    first = prompt()
    again = Regenerate(of=first.turn_id, turn_id=TurnId.new(), reply_id=MessageId.new(), text="Hello")
    state, _ = run(started(), first)
    with pytest.raises(NothingToRegenerate):
        decide(state, again)
    state, _ = run(state, begin(first.turn_id), completed(first.turn_id))
    (event,) = decide(state, again)
    assert isinstance(event, PromptReceived)
    assert (event.replaces, event.message_id) == (first.turn_id, first.message_id)


def test_prompts_do_not_pile_up_without_bound() -> None:
    state, _ = run(started(), *(prompt() for _ in range(MAX_WAITING + 1)))
    with pytest.raises(TooManyWaiting):
        decide(state, prompt())


def test_a_turn_begins_only_while_it_is_the_active_one() -> None:
    first, second = prompt(), prompt()
    state, _ = run(started(), first, second)
    with pytest.raises(TurnAlreadyEnded):
        decide(state, begin(second.turn_id))
    assert isinstance(decide(state, begin(first.turn_id))[0], TurnStarted)
