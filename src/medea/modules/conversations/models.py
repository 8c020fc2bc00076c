"""Rows of the read models, as queries return them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Self

import msgspec

from medea.kernel.ids import AgentId, ConversationId, MessageId, TurnId, VisitorId
from medea.modules.conversations.activity import Activity, read_activity, tool_parts
from medea.modules.conversations.fallen_back import fallback_parts
from medea.modules.conversations.guarded import HELD, RULE, guardrail_parts
from medea.modules.conversations.log import Grounding
from medea.modules.conversations.sources import parts_of


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation as lists show it."""

    id: ConversationId
    agent_id: AgentId
    channel: str
    visitor_id: VisitorId | None
    is_draft: bool
    title: str | None
    status: str
    active_turn_id: TurnId | None
    message_count: int
    last_message_preview: str | None
    created_at: datetime
    updated_at: datetime
    is_handed_over: bool = False
    waits_for: str | None = None

    @classmethod
    def of(cls, row: Any) -> Self:
        """Read a database row."""
        return cls(
            id=ConversationId(row["id"]),
            agent_id=AgentId(row["agent_id"]),
            channel=row["channel"],
            visitor_id=VisitorId(row["visitor_id"]) if row["visitor_id"] else None,
            is_draft=row["is_draft"],
            title=row["title"],
            status=row["status"],
            active_turn_id=TurnId(row["active_turn_id"]) if row["active_turn_id"] else None,
            message_count=row["message_count"],
            last_message_preview=row["last_message_preview"],
            created_at=row["created_at"],
            updated_at=row["updated_at"],
            is_handed_over=row["is_handed_over"],
            waits_for=row["waits_for"],
        )


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message of a transcript."""

    id: MessageId
    conversation_id: ConversationId
    turn_id: TurnId | None
    ordinal: int
    role: str
    text: str
    status: str
    error: dict[str, Any] | None
    model: str | None
    usage: dict[str, Any] | None
    cost_usd: float | None
    feedback: str | None
    feedback_comment: str | None
    created_at: datetime
    grounding: Grounding | None = None
    activity: Activity = ()
    guardrails: tuple[dict[str, Any], ...] = ()
    fallbacks: tuple[dict[str, Any], ...] = ()
    held: dict[str, Any] | None = None

    @classmethod
    def of(cls, row: Any) -> Self:
        """Read a database row."""
        return cls(
            id=MessageId(row["id"]),
            conversation_id=ConversationId(row["conversation_id"]),
            turn_id=TurnId(row["turn_id"]) if row["turn_id"] else None,
            ordinal=row["ordinal"],
            role=row["role"],
            text=row["text"],
            status=row["status"],
            error=row["error"],
            model=row["model"],
            usage=row["usage"],
            cost_usd=row["cost_usd"],
            feedback=row["feedback"],
            feedback_comment=row["feedback_comment"],
            created_at=row["created_at"],
            grounding=None if row["grounding"] is None else msgspec.convert(row["grounding"], Grounding),
            activity=read_activity(row["activity"]),
            guardrails=tuple(row["guardrails"] or ()),
            fallbacks=tuple(row["fallbacks"] or ()),
            held=row["held"],
        )

    @property
    def parts(self) -> list[dict[str, Any]]:
        """What the message shows the tenant's people beside its text."""
        return self.parts_for(is_inside=True)

    def parts_for(self, *, is_inside: bool) -> list[dict[str, Any]]:
        """Return what the message shows beside its text.

        Args:
            is_inside: to those who may know which model, tool or rule did what, and what people said to a held answer.
        """
        is_over = self.status in {"complete", "failed", "cancelled"}
        tools = tool_parts(self.activity, is_over=is_over, is_inside=is_inside)
        marks = guardrail_parts(self.guardrails, is_inside=is_inside, is_waiting=self.status == "waiting")
        held = [{"type": "held", **self.held}] if is_inside and self.held is not None else []
        return [*fallback_parts(self.fallbacks, is_inside=is_inside), *tools, *parts_of(self.grounding), *marks, *held]


@dataclass(frozen=True, slots=True)
class HeldRow:
    """An answer that waits for somebody of the company to look at it.

    Attributes:
        prompt: what it answers.
        text: the whole of it.
        shown: as much of it as readers have seen.
        reason: `flagged`, `unsupported` or `all`.
        rules: those that held it, with the name of the term or pattern; may be empty.
    """

    turn_id: TurnId
    conversation_id: ConversationId
    message_id: MessageId
    agent_id: AgentId
    channel: str
    is_draft: bool
    title: str | None
    prompt: str
    text: str
    shown: str
    reason: str
    rules: tuple[str, ...]
    asked_at: datetime
    expires_at: datetime
    created_at: datetime

    @classmethod
    def of(cls, row: Any) -> Self:
        """Read a database row."""
        held = row["held"]
        marks = [mark for mark in row["guardrails"] or () if mark["action"] == HELD and mark["rule"] != RULE]
        return cls(
            turn_id=TurnId(row["turn_id"]),
            conversation_id=ConversationId(row["conversation_id"]),
            message_id=MessageId(row["id"]),
            agent_id=AgentId(row["agent_id"]),
            channel=row["channel"],
            is_draft=row["is_draft"],
            title=row["title"],
            prompt=row["prompt"],
            text=held["text"],
            shown=held["shown"],
            reason=held["reason"],
            rules=tuple(mark["name"] or mark["rule"] for mark in marks),
            asked_at=datetime.fromisoformat(held["asked_at"]),
            expires_at=datetime.fromisoformat(held["expires_at"]),
            created_at=row["created_at"],
        )


class Waiting(NamedTuple):
    """What waits for somebody to look at it, of one agent's answers.

    Attributes:
        number: of answers, at least one.
        conversation_id: of the one that waits longest.
        expires_at: when the first of them is not shown any more.
    """

    number: int
    conversation_id: ConversationId
    expires_at: datetime


class Said(NamedTuple):
    """As much of a message as a model is shown."""

    role: str
    text: str
    activity: Activity = ()


@dataclass(frozen=True, slots=True)
class Unfinished:
    """How many turns of all tenants are in one state that is not their last.

    Attributes:
        state: `queued`, `running` or `waiting` (for a person to allow a call of a tool, or an answer).
        number: of turns.
        oldest_seconds: since the oldest was accepted.
    """

    state: str
    number: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class TurnRow:
    """A turn and how it stands."""

    id: TurnId
    conversation_id: ConversationId
    message_id: MessageId
    reply_id: MessageId
    status: str
    attempt: int
    agent_version: int | None
    error: dict[str, Any] | None
    model: str | None
    usage: dict[str, Any] | None
    cost_usd: float | None
    first_token_ms: int | None
    total_ms: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    finish_reason: str | None = None

    @classmethod
    def of(cls, row: Any) -> Self:
        """Read a database row."""
        return cls(
            id=TurnId(row["id"]),
            conversation_id=ConversationId(row["conversation_id"]),
            message_id=MessageId(row["message_id"]),
            reply_id=MessageId(row["reply_id"]),
            status=row["status"],
            attempt=row["attempt"],
            agent_version=row["agent_version"],
            error=row["error"],
            model=row["model"],
            usage=row["usage"],
            cost_usd=row["cost_usd"],
            first_token_ms=row["first_token_ms"],
            total_ms=row["total_ms"],
            created_at=row["created_at"],
            started_at=row["started_at"],
            finished_at=row["finished_at"],
            finish_reason=row["finish_reason"],
        )

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in {"completed", "failed", "cancelled"}

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing comes of it now: it has ended, or waits for the visitor."""
        return self.has_ended or self.status == "waiting"
