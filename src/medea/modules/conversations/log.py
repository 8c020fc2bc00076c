"""What the event log of a conversation holds: one struct per event, with its name and schema version.

Names are stable for ever; a changed shape takes the next schema number and an upcaster beside it.
"""

import uuid
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from medea.kernel.eventstore.events import NewEvent, StoredEvent
from medea.kernel.eventstore.upcasters import Upcasters
from medea.kernel.ids import AgentId, Id, MessageId, ToolCallId, TurnId, VisitorId


class LogEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the events below."""

    schema: ClassVar[int] = 1


class PastMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message that was said before this log began (a client brought its history)."""

    message_id: MessageId
    role: str
    text: str


class ClientTool(msgspec.Struct, frozen=True, kw_only=True):
    """A tool that the caller runs itself."""

    name: str
    description: str
    parameters: dict[str, Any]


class TurnOptions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a caller asked for in one turn, over the agent's own configuration.

    Of `tools` the caller makes the calls; with `must_call` the model begins with one.
    """

    temperature: float | None = None
    max_output_tokens: int | None = None
    stop: tuple[str, ...] = ()
    instructions: str | None = None
    tools: tuple[ClientTool, ...] = ()
    must_call: bool = False


class TurnUsage(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens of one reply, as the provider counted them (or as estimated, where it did not)."""

    input_tokens: int
    output_tokens: int


class RetrievedPassage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A passage that the model was shown, as it was then.

    Attributes:
        n: what the answer cites it by.
        kind: of its document (`pdf`, `md`, ...).
        score: what the passages are ordered by.
        scores: of each stage of the search by its name.
    """

    n: int
    chunk_id: str
    document_id: str
    document_name: str
    kind: str
    text: str
    score: float
    scores: dict[str, float] = {}
    page: int | None = None
    heading_path: tuple[str, ...] = ()


class CitedPassage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A passage that the reply cites, as its readers see it.

    Attributes:
        quote: word for word from the passage.
        url: opens the document at the place; None where visitors are not to see it.
    """

    n: int
    chunk_id: str
    document_id: str
    title: str
    media_type: str
    quote: str
    score: float
    page: int | None = None
    heading_path: tuple[str, ...] = ()
    url: str | None = None


class Grounding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a reply stands on the passages it was given.

    Attributes:
        cited: by number.
        supported: share of the sentences that need support and have it, 0 to 1; None: nothing was checked.
        unsupported: ranges of the text, in UTF-16 code units, of the sentences without.
        is_answered: False where the documents held no answer.
    """

    cited: tuple[CitedPassage, ...] = ()
    supported: float | None = None
    unsupported: tuple[tuple[int, int], ...] = ()
    is_answered: bool = True


class ConversationStarted(LogEvent, frozen=True, kw_only=True):
    """Somebody opened a conversation with an agent.

    `digest` is of the history as it was said, where guardrails changed what is kept of it.
    """

    agent_id: AgentId
    channel: str
    started_by: str
    visitor_id: VisitorId | None = None
    is_draft: bool = False
    title: str | None = None
    external_id: str | None = None
    is_digested: bool = False
    history: tuple[PastMessage, ...] = ()
    digest: str | None = None


class PromptReceived(LogEvent, frozen=True, kw_only=True):
    """A prompt was accepted; its turn waits or runs.

    With `replaces`, the prompt of that turn is to be answered once more, and its reply is superseded. `digest` is of
    all that was said up to here, where guardrails changed what is kept of it.
    """

    turn_id: TurnId
    message_id: MessageId
    reply_id: MessageId
    text: str
    options: TurnOptions | None = None
    replaces: TurnId | None = None
    digest: str | None = None


class TurnStarted(LogEvent, frozen=True, kw_only=True):
    """A worker began (or, with a higher attempt, began again) to answer."""

    turn_id: TurnId
    attempt: int
    agent_version: int | None
    model: str | None = None


class ContextRetrieved(LogEvent, frozen=True, kw_only=True):
    """The documents were searched for a turn, and these passages shown to the model, best first.

    Attributes:
        query: what was searched for.
        mode: `hybrid`, or `lexical` where no vectors took part.
        notice: what was amiss with the search, for the tenant.
    """

    turn_id: TurnId
    query: str
    mode: str
    passages: tuple[RetrievedPassage, ...] = ()
    notice: str | None = None


class TurnCancelRequested(LogEvent, frozen=True, kw_only=True):
    """Somebody asked a running turn to stop; the worker that runs it ends it."""

    turn_id: TurnId
    by: str


class ModelFellBack(LogEvent, frozen=True, kw_only=True):
    """A model gave no answer, and the next of the agent's took over before anything of one was seen.

    Attributes:
        place: of the model that took over among the agent's, 1 being the first behind its own.
        model: that gave none; None: the default one.
        to: that took over.
        reason: `error`, `timeout` or `budget`.
        code: of the failure.
        detail: the same in words, for the tenant.
    """

    turn_id: TurnId
    place: int
    model: str | None
    to: str
    reason: str
    code: str
    detail: str = ""


class StepCompleted(LogEvent, frozen=True, kw_only=True):
    """The model has spoken and asked for tools; the turn goes on.

    `text` is what it said in this step, `step` counts from 1. What is not shown was said where a person looks at
    every answer before it is.
    """

    turn_id: TurnId
    step: int
    text: str
    model: str
    usage: TurnUsage | None = None
    cost_usd: float | None = None
    is_shown: bool = True


class ToolCalled(LogEvent, frozen=True, kw_only=True):
    """The model called a tool. In the log before the call begins, so that no other attempt begins it again.

    `tool` is what the agent's configuration calls it, None for one that the model invented; `input` the arguments,
    as text where they are no JSON. `provider_id` is what the provider calls the call. With `awaits` the result comes
    from the visitor. `is_public` says whether visitors may see the result.
    """

    turn_id: TurnId
    step: int
    call_id: ToolCallId
    provider_id: str
    name: str
    tool: str | None
    input: Any
    awaits: str | None = None
    is_public: bool = False


class ToolError(msgspec.Struct, frozen=True, kw_only=True):
    """Why a call gave nothing: `message` is what the model was told."""

    code: str
    message: str


class ToolReturned(LogEvent, frozen=True, kw_only=True):
    """A call came to its end. `size` is of the whole result in characters, which `is_cut` says was shortened."""

    turn_id: TurnId
    call_id: ToolCallId
    output: Any = None
    error: ToolError | None = None
    duration_ms: int = 0
    size: int = 0
    is_cut: bool = False
    resumes: bool = False


class ToolApprovalRequested(LogEvent, frozen=True, kw_only=True):
    """The visitor is asked whether a call may be made."""

    turn_id: TurnId
    call_id: ToolCallId
    expires_at: datetime


class ToolApprovalAnswered(LogEvent, frozen=True, kw_only=True):
    """The visitor has answered, or did not in time (`by` is then `system`); `resumes`: the turn goes on now."""

    turn_id: TurnId
    call_id: ToolCallId
    is_approved: bool
    by: str
    comment: str | None = None
    resumes: bool = False


class GuardrailActed(LogEvent, frozen=True, kw_only=True):
    """A rule of the agent acted. What it acted on is not told.

    Attributes:
        turn_id: None for a message that did not become a turn, and for the history that a client brought.
        rule: `input.max_chars`, `input.per_minute`, `topics`, `blocked.terms`, `blocked.patterns`, `pii`, `links`,
            `approval.answers`.
        stage: `prompt`, `history`, `form`, `tool` or `answer`.
        action: `refused`, `hidden`, `withheld`, `held` or `removed`.
        name: of the term, pattern or topic.
        counts: how often, by kind.
        last: the highest numbers of placeholders in what is kept, by kind.
        keeps_values: the hidden values are kept, encrypted, until the turn ends.
    """

    turn_id: TurnId | None = None
    rule: str
    stage: str
    action: str
    name: str = ""
    counts: dict[str, int] = {}
    last: dict[str, int] = {}
    keeps_values: bool = False


class TurnPaused(LogEvent, frozen=True, kw_only=True):
    """No worker runs the turn any more: it waits for somebody, unless the answer came in the meantime."""

    turn_id: TurnId
    is_waiting: bool


class HandoffRequested(LogEvent, frozen=True, kw_only=True):
    """The assistant asked for a person to take over."""

    turn_id: TurnId
    reason: str


class ReplyCompleted(LogEvent, frozen=True, kw_only=True):
    """The reply is whole."""

    turn_id: TurnId
    text: str
    model: str
    finish_reason: str
    usage: TurnUsage | None = None
    cost_usd: float | None = None
    first_token_ms: int | None = None
    total_ms: int | None = None
    grounding: Grounding | None = None


class AnswerHeld(LogEvent, frozen=True, kw_only=True):
    """An answer is whole, and readers do not get to see it before somebody of the company has.

    Attributes:
        reply: what completes the turn if it is approved.
        shown: the beginning of its text that readers have seen.
        reason: `flagged`: a rule for answers acted. `unsupported`: the documents do not support all of it. `all`.
        replacement: what is said instead if it is not approved.
        expires_at: nobody need be waited for any longer.
    """

    turn_id: TurnId
    reply: ReplyCompleted
    shown: str
    reason: str
    replacement: str
    expires_at: datetime


class AnswerReviewed(LogEvent, frozen=True, kw_only=True):
    """Somebody has looked at an answer that was held, or nobody has in time; what completes the turn follows.

    Attributes:
        decision: `approved`, `declined`, `answered` in words of their own, or `expired`.
        by: who it was; `system` where nobody did.
        comment: for the company's people.
    """

    turn_id: TurnId
    decision: str
    by: str
    comment: str | None = None


class TurnFailed(LogEvent, frozen=True, kw_only=True):
    """The turn ended without a whole reply; `text` is what was shown until then.

    `message` may be shown to the visitor, `detail` is for the tenant.
    """

    turn_id: TurnId
    code: str
    message: str
    is_retryable: bool
    detail: str | None = None
    text: str = ""


class TurnCancelled(LogEvent, frozen=True, kw_only=True):
    """The turn was stopped; `text` is what was shown until then."""

    turn_id: TurnId
    by: str
    text: str = ""


class FeedbackGiven(LogEvent, frozen=True, kw_only=True):
    """Somebody judged a reply; no rating takes an earlier one back."""

    message_id: MessageId
    by: str
    rating: str | None = None
    comment: str | None = None


class ConversationRenamed(LogEvent, frozen=True, kw_only=True):
    """The title was set."""

    title: str
    by: str


KINDS: dict[str, type[LogEvent]] = {
    kind.__name__: kind
    for kind in (
        ConversationStarted,
        PromptReceived,
        TurnStarted,
        ContextRetrieved,
        TurnCancelRequested,
        ModelFellBack,
        StepCompleted,
        ToolCalled,
        ToolReturned,
        ToolApprovalRequested,
        ToolApprovalAnswered,
        GuardrailActed,
        TurnPaused,
        HandoffRequested,
        ReplyCompleted,
        AnswerHeld,
        AnswerReviewed,
        TurnFailed,
        TurnCancelled,
        FeedbackGiven,
        ConversationRenamed,
    )
}

UPCASTERS = Upcasters()


def to_new(event: LogEvent, metadata: dict[str, Any]) -> NewEvent:
    """Return the storable form of an event: ids as plain UUIDs."""
    return NewEvent(type(event).__name__, type(event).schema, msgspec.to_builtins(event), metadata)


def from_stored(stored: StoredEvent) -> LogEvent:
    """Read an event back.

    Raises:
        KeyError: the log holds an event that this code does not know.
        msgspec.ValidationError: its data does not fit, which a missing upcaster causes.
    """
    return msgspec.convert(stored.data, KINDS[stored.name], dec_hook=read_id)


def read_id(kind: type[Id], value: str) -> Id:
    """Decode a typed id from the plain UUID in storage (a msgspec `dec_hook`)."""
    return kind(uuid.UUID(value))


def public_data(value: Any) -> Any:
    """Return an event, or a part of one, as the API shows it: ids with their prefix, unset fields left out."""
    if isinstance(value, Id):
        return str(value)
    if isinstance(value, msgspec.Struct):
        fields = ((name, getattr(value, name)) for name in value.__struct_fields__)
        return {name: public_data(item) for name, item in fields if item is not None}
    if isinstance(value, list | tuple):
        return [public_data(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value
