"""The company's own model providers."""

from medea.kernel.errors import LimitReached
from medea.kernel.ids import ProviderId
from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import ListOf, Paging
from medea.modules.tenancy.errors import InvalidProvider, ProviderNotFound
from medea.modules.tenancy.permissions import Read, Write
from medea.modules.tenancy.schemas.providers import (
    ProviderCreate,
    ProviderRead,
    ProviderTrial,
    ProviderUpdate,
)
from medea.modules.tenancy.service import models, providers

router = make_router("", "Models")


@router.get("/providers")
async def list_providers(ctx: Read, paging: Paging) -> ListOf[ProviderRead]:
    """List the company's own model providers."""
    return ListOf[ProviderRead].of(await providers.list_providers(ctx, paging), ProviderRead.model_validate)


@router.post("/providers", status_code=201, responses=problems(InvalidProvider))
async def create_provider(body: ProviderCreate, ctx: Write) -> ProviderRead:
    """Add a model endpoint. The first one becomes the default."""
    return ProviderRead.model_validate(await providers.create_provider(ctx, **body.model_dump()))


@router.patch("/providers/{provider_id}", responses=problems(ProviderNotFound, InvalidProvider))
async def update_provider(provider_id: ProviderId, body: ProviderUpdate, ctx: Write) -> ProviderRead:
    """Change a provider. Another host needs the API key again."""
    change = providers.Change(**body.model_dump())
    return ProviderRead.model_validate(await providers.update_provider(ctx, provider_id, change))


@router.delete("/providers/{provider_id}", status_code=204, responses=problems(ProviderNotFound))
async def delete_provider(provider_id: ProviderId, ctx: Write) -> None:
    """Remove a provider."""
    await providers.delete_provider(ctx, provider_id)


@router.post("/providers/{provider_id}/test", responses=problems(ProviderNotFound, LimitReached))
async def try_provider(provider_id: ProviderId, ctx: Write) -> ProviderTrial:
    """Ask the provider's default model for one word. A failure is an answer, too: `ok: false`."""
    trial = await models.try_provider(ctx, provider_id)
    return ProviderTrial(ok=trial.is_ok, latency_ms=trial.latency_ms, detail=trial.detail)
