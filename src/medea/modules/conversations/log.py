"""What the event log of a conversation holds: one struct per event, with its name and schema version.

Names are stable for ever; a changed shape takes the next schema number and an upcaster beside it.
"""

import uuid
from typing import Any, ClassVar

import msgspec

from medea.kernel.eventstore.events import NewEvent, StoredEvent
from medea.kernel.eventstore.upcasters import Upcasters
from medea.kernel.ids import AgentId, Id, MessageId, TurnId, VisitorId


class LogEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the events below."""

    schema: ClassVar[int] = 1


class PastMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message that was said before this log began (a client brought its history)."""

    message_id: MessageId
    role: str
    text: str


class TurnOptions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a caller asked for in one turn, over the agent's own configuration."""

    temperature: float | None = None
    max_output_tokens: int | None = None
    stop: tuple[str, ...] = ()
    instructions: str | None = None


class TurnUsage(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens of one reply, as the provider counted them (or as estimated, where it did not)."""

    input_tokens: int
    output_tokens: int


class ConversationStarted(LogEvent, frozen=True, kw_only=True):
    """Somebody opened a conversation with an agent."""

    agent_id: AgentId
    channel: str
    started_by: str
    visitor_id: VisitorId | None = None
    is_draft: bool = False
    title: str | None = None
    external_id: str | None = None
    is_digested: bool = False
    history: tuple[PastMessage, ...] = ()


class PromptReceived(LogEvent, frozen=True, kw_only=True):
    """A prompt was accepted; its turn waits or runs.

    With `replaces`, the prompt of that turn is to be answered once more, and its reply is superseded.
    """

    turn_id: TurnId
    message_id: MessageId
    reply_id: MessageId
    text: str
    options: TurnOptions | None = None
    replaces: TurnId | None = None


class TurnStarted(LogEvent, frozen=True, kw_only=True):
    """A worker began (or, with a higher attempt, began again) to answer."""

    turn_id: TurnId
    attempt: int
    agent_version: int | None
    model: str | None = None


class TurnCancelRequested(LogEvent, frozen=True, kw_only=True):
    """Somebody asked a running turn to stop; the worker that runs it ends it."""

    turn_id: TurnId
    by: str


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
        TurnCancelRequested,
        ReplyCompleted,
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
    return value
