"""Wire types of webhooks."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from medea.kernel.ids import DeliveryId, WebhookEventId, WebhookId
from medea.kernel.web.wire import Line, Moment, Wire, WireIn
from medea.modules.webhooks.catalogue import TEST
from medea.modules.webhooks.values import Attempt, Delivery, DisabledReason, State

Url = Annotated[Line, Field(min_length=8, max_length=2_000, examples=["https://example.com/hooks/medea"])]
Description = Annotated[Line, Field(max_length=200, examples=["Leads into the CRM"])]
Event = Annotated[Line, Field(min_length=1, max_length=100, examples=["turn.completed"])]
Events = Annotated[list[Event], Field(min_length=1, max_length=100)]
TestType = Literal[
    "webhook.test",
    "conversation.started",
    "turn.completed",
    "turn.failed",
    "feedback.given",
    "lead.captured",
    "handoff.requested",
    "answer.held",
    "document.ready",
    "document.failed",
    "agent.published",
]


class WebhookCreate(WireIn):
    """An address and the events that are to be sent to it."""

    url: Url
    description: Description = ""
    events: Events


class WebhookUpdate(WireIn):
    """What is to be changed."""

    url: Url | None = None
    description: Description | None = None
    events: Events | None = None
    is_enabled: bool | None = None


class WebhookRead(Wire):
    """An address that events are sent to.

    `failing_since` is the first failure after the last success. `old_secret_until`: until then requests are signed with
    the secret of before, too.
    """

    id: WebhookId
    url: str
    description: str
    events: list[str]
    is_enabled: bool
    disabled_reason: DisabledReason | None
    disabled_at: datetime | None
    old_secret_until: datetime | None
    failing_since: datetime | None
    last_success_at: datetime | None
    last_failure_at: datetime | None
    created_at: datetime
    updated_at: datetime


class WebhookCreated(WebhookRead):
    """A webhook with its secret, which is shown this once."""

    secret: str


class EventTypeRead(Wire):
    """A kind of event, with a `data` as it may be."""

    type: str
    description: str
    sample: dict[str, Any]


class WebhookEventRead(Wire):
    """An event as it is sent."""

    id: WebhookEventId
    type: str
    at: datetime


class DeliveryRead(Wire):
    """One event on its way to one webhook. `next_at` is when it is tried again."""

    id: DeliveryId
    webhook_id: WebhookId
    event: WebhookEventRead
    state: State
    attempts: int
    next_at: datetime | None
    last_status: int | None
    last_error: str | None
    finished_at: datetime | None
    created_at: datetime


class AttemptRead(Wire):
    """One try and what was answered: some headers, the beginning of the body, secrets masked."""

    number: int
    at: datetime
    status: int | None
    error: str | None
    headers: dict[str, str]
    body: str
    duration_ms: int


class DeliveryDetail(DeliveryRead):
    """A delivery with the body that is sent and what was answered."""

    body: str
    tries: list[AttemptRead]

    @classmethod
    def whole(cls, delivery: Delivery, tries: list[Attempt]) -> "DeliveryDetail":
        """Return the wire form of a delivery with its tries."""
        read = DeliveryRead.model_validate(delivery)
        return cls(
            **read.model_dump(exclude={"event"}),
            event=read.event,
            body=delivery.event.body,
            tries=[AttemptRead.model_validate(one) for one in tries],
        )


class WebhookTest(WireIn):
    """Which event is to be sent, with made-up data."""

    type: TestType = TEST  # type: ignore[assignment]  # the constant is the literal


class ReplayOrder(WireIn):
    """Since when the events happened that are to be sent again where they failed."""

    since: Annotated[Moment, Field(description="RFC 3339", examples=["2026-11-20T00:00:00Z"])]


class Replayed(Wire):
    """How many deliveries are sent again; `is_complete` is false where more have failed: ask once more."""

    count: int
    is_complete: bool
