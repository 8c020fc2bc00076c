"""What happens within a turn: calls, approvals, forms, pauses."""

from datetime import UTC, datetime

import msgspec
import pytest

from medea.kernel.ids import MessageId, ToolCallId, TurnId
from medea.modules.conversations.aggregate import Cancel, Prompt, State, decide
from medea.modules.conversations.calls import SYSTEM, Approve, Expire, Pause, Progress, Submit
from medea.modules.conversations.errors import NothingAwaited, TurnAlreadyEnded
from medea.modules.conversations.log import (
    PromptReceived,
    StepCompleted,
    ToolApprovalAnswered,
    ToolApprovalRequested,
    ToolCalled,
    ToolReturned,
    TurnCancelled,
    TurnPaused,
    TurnUsage,
)
from tests.modules.conversations.commands import begin, prompt, run, started


def called(turn: TurnId, call: ToolCallId, awaits: str | None = None) -> ToolCalled:
    """Return the event of a call in the first step."""
    return ToolCalled(turn_id=turn, step=1, call_id=call, provider_id="c", name="f", tool="f", input={}, awaits=awaits)


def paused(*calls: ToolCalled | ToolApprovalRequested) -> tuple[State, TurnId]:
    """Return a conversation whose turn waits for the visitor."""
    turn = calls[0].turn_id
    message = Prompt(turn_id=turn, message_id=MessageId.new(), reply_id=MessageId.new(), text="Hello")
    state, _ = run(started(), message, begin(turn), Progress(turn_id=turn, attempt=1, events=calls))
    state, (event,) = run(state, Pause(turn_id=turn, attempt=1))
    assert isinstance(event, TurnPaused)
    assert event.is_waiting
    return state, turn


def asking() -> tuple[State, TurnId, ToolCallId]:
    """Return a conversation whose turn waits for an approval."""
    turn, call = TurnId.new(), ToolCallId.new()
    request = ToolApprovalRequested(turn_id=turn, call_id=call, expires_at=datetime(2026, 11, 22, tzinfo=UTC))
    state, _ = paused(called(turn, call), request)
    return state, turn, call


def test_an_approval_lets_the_turn_go_on_once() -> None:
    state, turn, call = asking()
    yes = Approve(turn_id=turn, call_id=call, is_approved=True, by="vis_1")
    state, (event,) = run(state, yes)
    assert isinstance(event, ToolApprovalAnswered)
    assert event.resumes
    assert state.active is not None
    assert not state.active.is_paused
    with pytest.raises(NothingAwaited):
        decide(state, yes)
    state, _ = run(state, begin(turn, attempt=2))
    assert state.active is not None
    assert [open_call.state for open_call in state.active.calls] == ["called"], "a third attempt must not make it again"


def test_an_answer_that_comes_before_the_pause_leaves_nothing_to_wait_for() -> None:
    turn, call = TurnId.new(), ToolCallId.new()
    request = ToolApprovalRequested(turn_id=turn, call_id=call, expires_at=datetime(2026, 11, 22, tzinfo=UTC))
    message = Prompt(turn_id=turn, message_id=MessageId.new(), reply_id=MessageId.new(), text="Hello")
    state, _ = run(
        started(), message, begin(turn), Progress(turn_id=turn, attempt=1, events=(called(turn, call), request))
    )
    state, (event,) = run(state, Approve(turn_id=turn, call_id=call, is_approved=False, by="vis_1"))
    assert isinstance(event, ToolApprovalAnswered)
    assert not event.resumes
    state, (event,) = run(state, Pause(turn_id=turn, attempt=1))
    assert isinstance(event, TurnPaused)
    assert not event.is_waiting


def test_who_says_something_else_has_answered() -> None:
    state, turn, _ = asking()
    state, events = run(state, prompt())
    assert [type(event) for event in events] == [ToolApprovalAnswered, PromptReceived]
    assert isinstance(events[0], ToolApprovalAnswered)
    assert (events[0].is_approved, events[0].by, events[0].resumes) == (False, SYSTEM, True)
    assert state.active is not None
    assert state.active.turn_id == turn


def test_time_runs_out_for_all_that_is_awaited() -> None:
    turn, one, two = TurnId.new(), ToolCallId.new(), ToolCallId.new()
    request = ToolApprovalRequested(turn_id=turn, call_id=one, expires_at=datetime(2026, 11, 22, tzinfo=UTC))
    state, _ = paused(called(turn, one), called(turn, two, "form"), request)
    assert decide(state, Expire(turn_id=turn, attempt=0)) == [], "of another pause"
    state, events = run(state, Expire(turn_id=turn, attempt=1))
    assert [type(event) for event in events] == [ToolApprovalAnswered, ToolReturned]
    assert [event.resumes for event in events] == [False, True]  # type: ignore[attr-defined]
    assert decide(state, Expire(turn_id=turn, attempt=1)) == []


def test_a_form_is_given_or_declined() -> None:
    turn, call = TurnId.new(), ToolCallId.new()
    state, _ = paused(called(turn, call, "form"))
    (given,) = decide(state, Submit(turn_id=turn, call_id=call, output={"email": "a@b.c"}))
    (declined,) = decide(state, Submit(turn_id=turn, call_id=call, output=None))
    assert isinstance(given, ToolReturned)
    assert isinstance(declined, ToolReturned)
    assert (given.error, given.output, given.resumes) == (None, {"email": "a@b.c"}, True)
    assert declined.error is not None
    with pytest.raises(NothingAwaited):
        decide(state, Approve(turn_id=turn, call_id=call, is_approved=True, by="vis_1"))


def test_a_paused_turn_is_cancelled_at_once() -> None:
    state, turn, _ = asking()
    state, events = run(state, Cancel(turn_id=turn, by="vis_1"))
    assert [type(event) for event in events] == [TurnCancelled]
    assert state.active is None


def test_a_turn_that_was_to_stop_does_not_wait_for_the_visitor() -> None:
    turn, call = TurnId.new(), ToolCallId.new()
    message = Prompt(turn_id=turn, message_id=MessageId.new(), reply_id=MessageId.new(), text="Hello")
    form = Progress(turn_id=turn, attempt=1, events=(called(turn, call, "form"),))
    state, _ = run(started(), message, begin(turn), form, Cancel(turn_id=turn, by="vis_1"))
    state, (event,) = run(state, Pause(turn_id=turn, attempt=1, text="Let me see."))
    assert event == TurnCancelled(turn_id=turn, by="vis_1", text="Let me see.")
    assert state.active is None


def test_a_paused_turn_is_cancelled_although_that_was_asked_before() -> None:
    state, turn, _ = asking()
    assert state.active is not None
    asked = msgspec.structs.replace(state.active, is_cancel_requested=True, cancelled_by="vis_1")
    _, events = run(msgspec.structs.replace(state, active=asked), Cancel(turn_id=turn, by="vis_1"))
    assert [type(event) for event in events] == [TurnCancelled], "as conversations stand that paused so before"


def test_steps_add_up_over_attempts() -> None:
    first = prompt()
    turn = first.turn_id
    usage = TurnUsage(input_tokens=5, output_tokens=2)
    step = StepCompleted(turn_id=turn, step=1, text="", model="m", usage=usage, cost_usd=0.5)
    again = msgspec.structs.replace(step, step=2, cost_usd=None)
    state, _ = run(started(), first, begin(turn), Progress(turn_id=turn, attempt=1, events=(step,)))
    state, _ = run(state, begin(turn, attempt=2), Progress(turn_id=turn, attempt=2, events=(again,)))
    assert state.active is not None
    spent = (state.active.steps, state.active.input_tokens, state.active.output_tokens, state.active.cost_usd)
    assert spent == (2, 10, 4, 0.5)
    with pytest.raises(TurnAlreadyEnded):
        decide(state, Progress(turn_id=turn, attempt=1, events=(again,)))
