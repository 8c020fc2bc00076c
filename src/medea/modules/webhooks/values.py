"""What a webhook, an event and a delivery are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from medea.kernel.ids import DeliveryId, WebhookEventId, WebhookId

State = Literal["pending", "delivered", "failed"]
DisabledReason = Literal["owner", "gone", "failing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address that events are sent to.

    Attributes:
        events: types of the catalogue.
        disabled_reason: `owner`: by hand; `gone`: it answered 410; `failing`: for days nothing got through.
        secret_ciphertext: what its requests are signed with, encrypted.
        old_secret_ciphertext: what they are signed with, too, until `old_secret_until`.
        failing_since: the first failure after the last success.
    """

    id: WebhookId
    url: str
    description: str
    events: tuple[str, ...]
    is_enabled: bool = True
    disabled_reason: DisabledReason | None = None
    disabled_at: datetime | None = None
    secret_ciphertext: bytes = field(repr=False)
    old_secret_ciphertext: bytes | None = field(default=None, repr=False)
    old_secret_until: datetime | None = None
    failing_since: datetime | None = None
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event as it is sent.

    Attributes:
        body: JSON of `type`, `timestamp` and `data`.
    """

    id: WebhookEventId
    type: str
    at: datetime
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at a delivery and what was answered.

    Attributes:
        number: from 1.
        status: None where there was no answer.
        error: why it failed; None: it did not.
        headers: of the answer, some of them.
        body: of the answer, its beginning, secrets masked.
    """

    number: int
    at: datetime
    status: int | None
    error: str | None
    headers: Mapping[str, str]
    body: str
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on its way to one webhook.

    Attributes:
        attempts: that were made.
        next_at: of the next one, while it is pending.
        give_up_at: when it is given up.
        finished_at: when it was delivered or given up.
    """

    id: DeliveryId
    webhook_id: WebhookId
    event: Told
    state: State
    attempts: int
    next_at: datetime | None
    give_up_at: datetime
    last_status: int | None
    last_error: str | None
    finished_at: datetime | None
    created_at: datetime
