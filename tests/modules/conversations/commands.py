"""Hypothesis strategies for what can be done to a conversation."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from medea.kernel.ids import AgentId, MessageId, ToolCallId, TurnId, VisitorId
from medea.modules.conversations.aggregate import (
    Begin,
    Cancel,
    Command,
    End,
    Judge,
    Prompt,
    Regenerate,
    Rename,
    Start,
    State,
    decide,
    evolve,
)
from medea.modules.conversations.calls import Approve, Expire, Pause, Progress, Submit, Turn
from medea.modules.conversations.log import (
    CitedPassage,
    ContextRetrieved,
    ConversationRenamed,
    ConversationStarted,
    FeedbackGiven,
    Grounding,
    HandoffRequested,
    LogEvent,
    ModelFellBack,
    PastMessage,
    ReplyCompleted,
    RetrievedPassage,
    StepCompleted,
    ToolApprovalRequested,
    ToolCalled,
    ToolError,
    ToolReturned,
    TurnCancelled,
    TurnFailed,
    TurnOptions,
    TurnUsage,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60)
PASSAGES = (
    RetrievedPassage(
        n=1, chunk_id="chk_1", document_id="doc_1", document_name="Terms", kind="pdf", text="t", score=0.5, page=2
    ),
)
GROUNDING = Grounding(
    cited=(
        CitedPassage(
            n=1,
            chunk_id="chk_1",
            document_id="doc_1",
            title="Terms",
            media_type="application/pdf",
            quote="t",
            score=0.5,
        ),
    ),
    supported=0.5,
    unsupported=((0, 1),),
)
KINDS = st.sampled_from(
    [
        *("prompt", "regenerate", "cancel", "begin", "complete", "fail", "cancelled", "judge", "rename", "stale"),
        *("step", "return", "hand_over", "pause", "approve", "submit", "expire"),
    ]
)
STEPS = st.lists(st.tuples(KINDS, TEXTS, st.integers(0, 5)), max_size=25)
STARTS = st.tuples(st.booleans(), st.booleans(), st.lists(st.tuples(st.booleans(), TEXTS), max_size=3))


@dataclass
class Script:
    """Turns random steps into commands that fit the state, or deliberately do not."""

    attempts: dict[TurnId, int] = field(default_factory=dict)
    replies: list[MessageId] = field(default_factory=list)
    ended: list[TurnId] = field(default_factory=list)

    def start(self, is_digested: bool, is_visitor: bool, history: list[tuple[bool, str]]) -> Start:
        """Return the command that opens it."""
        past = tuple(
            PastMessage(message_id=MessageId.new(), role="user" if by_user else "assistant", text=text)
            for by_user, text in history
        )
        return Start(
            ConversationStarted(
                agent_id=AgentId.new(),
                channel="widget",
                started_by="vis_1",
                visitor_id=VisitorId.new() if is_visitor else None,
                is_digested=is_digested,
                history=past,
            )
        )

    def command(self, state: State, kind: str, text: str, number: int) -> Command | None:
        """Return the command of a step, or None where it makes no sense."""
        active = state.active
        match kind:
            case "prompt":
                options = TurnOptions(temperature=0.5, stop=("x",)) if number == 1 else None
                reply = MessageId.new()
                self.replies.append(reply)
                return Prompt(
                    turn_id=TurnId.new(), message_id=MessageId.new(), reply_id=reply, text=text, options=options
                )
            case "regenerate" if state.last is not None:
                return Regenerate(of=state.last.turn_id, turn_id=TurnId.new(), reply_id=MessageId.new(), text=text)
            case "cancel" if active is not None:
                turn = (active, *state.waiting)[number % (1 + len(state.waiting))]
                return Cancel(turn_id=turn.turn_id, by="vis_1")
            case "begin" if active is not None:
                return Begin(turn_id=active.turn_id, attempt=active.attempt + 1, agent_version=number, model=None)
            case "judge" if self.replies:
                event = FeedbackGiven(message_id=self.replies[number % len(self.replies)], by="vis_1", rating="up")
                return Judge(event)
            case "rename":
                return Rename(ConversationRenamed(title=text, by="usr_1"))
            case "stale" if self.ended:
                late = TurnCancelled(turn_id=self.ended[number % len(self.ended)], by="vis_1")
                return End(attempt=99, event=late)
        return None if active is None or active.attempt == 0 else self._within(state, active, kind, text, number)

    def _within(self, state: State, turn: Turn, kind: str, text: str, number: int) -> Command | None:
        """Return what happens in a turn that has begun."""
        done = self._answering(turn, kind, text, number) or self._working(turn, kind, text, number)
        return done or self._ending(state, kind, text)

    def _answering(self, turn: Turn, kind: str, text: str, number: int) -> Command | None:
        """Return what a visitor answers, or that they do not."""
        match kind:
            case "approve":
                call = next((call.call_id for call in turn.calls if call.state == "asked"), ToolCallId.new())
                return Approve(turn_id=turn.turn_id, call_id=call, is_approved=number % 2 == 0, by="vis_1")
            case "submit":
                call = next((call.call_id for call in turn.calls if call.state == "awaited"), ToolCallId.new())
                return Submit(turn_id=turn.turn_id, call_id=call, output={"said": text} if number else None)
            case "expire":
                return Expire(turn_id=turn.turn_id, attempt=turn.attempt)
        return None

    def _working(self, turn: Turn, kind: str, text: str, number: int) -> Command | None:
        """Return what a worker does in the middle of a turn."""
        match kind:
            case "step":
                return _progress(turn, *_step(turn, text, number))
            case "return" if turn.calls:
                call = turn.calls[number % len(turn.calls)].call_id
                error = ToolError(code="tools.failed", message=text) if number == 0 else None
                event = ToolReturned(
                    turn_id=turn.turn_id, call_id=call, output={"x": [text]}, error=error, duration_ms=number, size=9
                )
                return _progress(turn, event)
            case "hand_over":
                return _progress(turn, HandoffRequested(turn_id=turn.turn_id, reason=text))
            case "pause":
                return Pause(turn_id=turn.turn_id, attempt=turn.attempt)
        return None

    def _ending(self, state: State, kind: str, text: str) -> Command | None:
        active = state.active
        assert active is not None
        event: ReplyCompleted | TurnFailed | TurnCancelled
        match kind:
            case "complete":
                usage = TurnUsage(input_tokens=3, output_tokens=len(text))
                event = ReplyCompleted(
                    turn_id=active.turn_id,
                    text=text,
                    model="m",
                    finish_reason="stop",
                    usage=usage,
                    cost_usd=0.1,
                    grounding=GROUNDING if len(text) % 2 else None,
                )
            case "fail":
                event = TurnFailed(
                    turn_id=active.turn_id, code="llm.timeout", message="too slow", is_retryable=True, text=text
                )
            case "cancelled":
                event = TurnCancelled(turn_id=active.turn_id, by="vis_1", text=text)
            case _:
                return None
        self.ended.append(active.turn_id)
        shown = ContextRetrieved(turn_id=active.turn_id, query=text, mode="hybrid", passages=PASSAGES)
        moves = (moved(active.turn_id),) if len(text) % 4 == 1 else ()
        return End(attempt=active.attempt, event=event, context=shown if len(text) % 3 else None, moves=moves)


def _progress(turn: Turn, *events: Any) -> Progress:
    return Progress(turn_id=turn.turn_id, attempt=turn.attempt, events=events)


def moved(turn: TurnId, place: int = 1) -> ModelFellBack:
    """Return a move to another model."""
    return ModelFellBack(turn_id=turn, place=place, model="a", to="b", reason="timeout", code="llm.timeout", detail="d")


def _step(turn: Turn, text: str, number: int) -> tuple[StepCompleted | ToolCalled | ToolApprovalRequested, ...]:
    """Return a step with up to three calls: one that runs, one that is asked for, one that the visitor answers."""
    step = turn.steps + 1
    events: list[StepCompleted | ToolCalled | ToolApprovalRequested] = [
        StepCompleted(
            turn_id=turn.turn_id,
            step=step,
            text=text if number % 2 else "",
            model="m",
            usage=TurnUsage(input_tokens=2, output_tokens=number),
            cost_usd=0.25 if number % 3 else None,
        )
    ]
    for place in range(1 + number % 3):
        call = ToolCallId.new()
        events.append(
            ToolCalled(
                turn_id=turn.turn_id, step=step, call_id=call, provider_id=f"c{place}", name=text[:5], tool=None,
                input={"a": text}, awaits="form" if place == 2 else None, is_public=place == 1,
            )
        )  # fmt: skip
        if place == 1:
            expires = datetime(2026, 11, 22, tzinfo=UTC)
            events.append(ToolApprovalRequested(turn_id=turn.turn_id, call_id=call, expires_at=expires))
    return tuple(events)


def run(state: State, *commands: Command) -> tuple[State, list[LogEvent]]:
    """Carry commands out."""
    events: list[LogEvent] = []
    for command in commands:
        for event in decide(state, command):
            events.append(event)
            state = evolve(state, event)
    return state, events


def started() -> State:
    """Return an open conversation."""
    event = ConversationStarted(agent_id=AgentId.new(), channel="api", started_by="key_1")
    return run(State(), Start(event))[0]


def prompt(text: str = "Hello") -> Prompt:
    """Return something to say."""
    return Prompt(turn_id=TurnId.new(), message_id=MessageId.new(), reply_id=MessageId.new(), text=text)


def begin(turn: TurnId, attempt: int = 1) -> Begin:
    """Return the begin of an attempt."""
    return Begin(turn_id=turn, attempt=attempt, agent_version=1, model=None)
