"""`/v1/webhooks`: events for a company's own servers."""

from datetime import UTC
from typing import Annotated

from fastapi import Query

from medea.kernel.ids import DeliveryId, WebhookId
from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import ListOf, Paging
from medea.modules.webhooks.catalogue import CATALOGUE
from medea.modules.webhooks.errors import (
    DeliveryNotFound,
    TooManyWebhooks,
    WebhookDisabled,
    WebhookInvalid,
    WebhookNotFound,
)
from medea.modules.webhooks.permissions import Read, Write
from medea.modules.webhooks.schemas import (
    DeliveryDetail,
    DeliveryRead,
    EventTypeRead,
    Replayed,
    ReplayOrder,
    TestType,
    WebhookCreate,
    WebhookCreated,
    WebhookRead,
    WebhookTest,
    WebhookUpdate,
)
from medea.modules.webhooks.service import replaying
from medea.modules.webhooks.service import webhooks as service
from medea.modules.webhooks.values import State, Webhook

router = make_router("/webhooks", "Webhooks")


@router.get("")
async def list_webhooks(ctx: Read) -> ListOf[WebhookRead]:
    """List webhooks, the oldest first."""
    return ListOf(data=[WebhookRead.model_validate(webhook) for webhook in await service.list_webhooks(ctx)])


@router.post("", status_code=201, responses=problems(WebhookInvalid, TooManyWebhooks))
async def create_webhook(body: WebhookCreate, ctx: Write) -> WebhookCreated:
    """Send events to an address from now on. The 201 alone carries what its requests are signed with."""
    made = await service.create_webhook(ctx, url=body.url, description=body.description, events=body.events)
    return _with_secret(*made)


@router.get("/event-types")
async def list_event_types(ctx: Read) -> ListOf[EventTypeRead]:
    """List the events that there are."""
    return ListOf(data=[EventTypeRead.model_validate(each) for each in CATALOGUE])


@router.get("/{webhook_id}", responses=problems(WebhookNotFound))
async def get_webhook(webhook_id: WebhookId, ctx: Read) -> WebhookRead:
    """Read a webhook."""
    return WebhookRead.model_validate(await service.get_webhook(ctx, webhook_id))


@router.patch("/{webhook_id}", responses=problems(WebhookNotFound, WebhookInvalid))
async def update_webhook(webhook_id: WebhookId, body: WebhookUpdate, ctx: Write) -> WebhookRead:
    """Change a webhook, disable it, or enable it again."""
    changes = service.Changes(**body.model_dump())
    return WebhookRead.model_validate(await service.change_webhook(ctx, webhook_id, changes))


@router.delete("/{webhook_id}", status_code=204, responses=problems(WebhookNotFound))
async def delete_webhook(webhook_id: WebhookId, ctx: Write) -> None:
    """Delete a webhook with its deliveries."""
    await service.delete_webhook(ctx, webhook_id)


@router.post("/{webhook_id}/secret", responses=problems(WebhookNotFound))
async def rotate_webhook_secret(webhook_id: WebhookId, ctx: Write) -> WebhookCreated:
    """Sign with another secret from now on, and for a day with the one of before, too. It is shown this once."""
    return _with_secret(*await service.rotate_secret(ctx, webhook_id))


@router.post("/{webhook_id}/test", status_code=202, responses=problems(WebhookNotFound, WebhookDisabled))
async def send_test_event(webhook_id: WebhookId, body: WebhookTest, ctx: Write) -> DeliveryRead:
    """Send an event with made-up data; the delivery tells what becomes of it."""
    return DeliveryRead.model_validate(await replaying.send_test(ctx, webhook_id, body.type))


@router.post("/{webhook_id}/replay", status_code=202, responses=problems(WebhookNotFound, WebhookDisabled))
async def replay_failed_deliveries(webhook_id: WebhookId, body: ReplayOrder, ctx: Write) -> Replayed:
    """Send again what has failed since a time: the same bodies under the same ids, up to 1,000 at once."""
    since = body.since if body.since.tzinfo else body.since.replace(tzinfo=UTC)
    count, is_complete = await replaying.replay_failed(ctx, webhook_id, since)
    return Replayed(count=count, is_complete=is_complete)


@router.get("/{webhook_id}/deliveries", responses=problems(WebhookNotFound))
async def list_deliveries(
    webhook_id: WebhookId,
    ctx: Read,
    page: Paging,
    state: Annotated[State | None, Query(description="only these")] = None,
    event: Annotated[TestType | None, Query(description="only of this type")] = None,
) -> ListOf[DeliveryRead]:
    """List deliveries, the newest first. They are kept for some days (14, unless the operator says otherwise)."""
    found = await replaying.list_deliveries(ctx, webhook_id, page, state=state, event_type=event)
    return ListOf[DeliveryRead].of(found, DeliveryRead.model_validate)


@router.get("/{webhook_id}/deliveries/{delivery_id}", responses=problems(DeliveryNotFound))
async def get_delivery(webhook_id: WebhookId, delivery_id: DeliveryId, ctx: Read) -> DeliveryDetail:
    """Read a delivery with what was sent and what was answered."""
    return DeliveryDetail.whole(*await replaying.get_delivery(ctx, webhook_id, delivery_id))


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/replay",
    status_code=202,
    responses=problems(DeliveryNotFound, WebhookDisabled),
)
async def replay_delivery(webhook_id: WebhookId, delivery_id: DeliveryId, ctx: Write) -> DeliveryRead:
    """Send a delivery again, now: the same body under the same id, whatever became of it before."""
    return DeliveryRead.model_validate(await replaying.replay(ctx, webhook_id, delivery_id))


def _with_secret(webhook: Webhook, secret: str) -> WebhookCreated:
    return WebhookCreated(**WebhookRead.model_validate(webhook).model_dump(), secret=secret)
