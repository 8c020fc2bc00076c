"""What this module refuses."""

from medea.kernel.errors import Conflict, Invalid, NotFound


class WebhookNotFound(NotFound):
    """There is no such webhook."""

    code = "webhooks.webhook_not_found"


class DeliveryNotFound(NotFound):
    """There is no such delivery; they are kept for some days only."""

    code = "webhooks.delivery_not_found"


class WebhookInvalid(Invalid):
    """The webhook cannot work as it is described; `errors` names what to change."""

    code = "webhooks.invalid"


class TooManyWebhooks(Conflict):
    """The company has as many webhooks as it may; delete one, or let one take more events."""

    code = "webhooks.too_many"


class WebhookDisabled(Conflict):
    """This webhook is disabled; enable it first."""

    code = "webhooks.disabled"
