"""Hypothesis strategies for what can be done to a conversation."""

from dataclasses import dataclass, field

from hypothesis import strategies as st

from medea.kernel.ids import AgentId, MessageId, TurnId, VisitorId
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
)
from medea.modules.conversations.log import (
    CitedPassage,
    ContextRetrieved,
    ConversationRenamed,
    ConversationStarted,
    FeedbackGiven,
    Grounding,
    PastMessage,
    ReplyCompleted,
    RetrievedPassage,
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
    ["prompt", "regenerate", "cancel", "begin", "complete", "fail", "cancelled", "judge", "rename", "stale"]
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
        return self._ending(state, kind, text) if active is not None and active.attempt else None

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
        return End(attempt=active.attempt, event=event, context=shown if len(text) % 3 else None)
