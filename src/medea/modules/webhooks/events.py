"""What this module announces to others."""

from medea.kernel.bus.event import event
from medea.kernel.ids import WebhookId


@event("webhooks.webhook_disabled", version=1)
class WebhookDisabled:
    """A webhook gets no more events: its server is gone, or has failed for days."""

    webhook_id: WebhookId
    reason: str
