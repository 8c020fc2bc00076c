"""A company's own model providers."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from medea.kernel.context import Context, Ports
from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.errors import FieldError
from medea.kernel.ids import ProviderId, TenantId
from medea.kernel.llm.config import ANTHROPIC_URL, OFFLINE_MODEL, ProviderConfig, ProviderKind
from medea.kernel.outbound.errors import OutboundRefused
from medea.kernel.outbound.policy import OutboundPolicy
from medea.modules.tenancy import caches
from medea.modules.tenancy.errors import InvalidProvider, ProviderNotFound
from medea.modules.tenancy.events import ProviderChanged
from medea.modules.tenancy.models import ModelProvider
from medea.modules.tenancy.repository import providers as repository
from medea.modules.tenancy.repository import tenants

_BASE_URLS: dict[ProviderKind, str] = {"anthropic": ANTHROPIC_URL}
_SHORTEST_HINTED = 12  # of a shorter key four characters would tell too much


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be changed; None leaves it."""

    name: str | None = None
    base_url: str | None = None
    api_key: str | None = None
    default_model: str | None = None
    is_default: bool | None = None


async def list_providers(ctx: Context, request: PageRequest) -> Page[ModelProvider]:
    """Return a page of providers."""
    return await repository.list_providers(ctx.db, request)


async def create_provider(
    ctx: Context,
    *,
    name: str,
    kind: ProviderKind,
    base_url: str | None,
    api_key: str,
    default_model: str,
    is_default: bool | None,
) -> ModelProvider:
    """Add a provider; the first one is the default unless it is said not to be.

    Raises:
        InvalidProvider: the address is missing, or refused by the outbound door.
    """
    base_url = base_url or _BASE_URLS.get(kind)
    if base_url is None:
        raise InvalidProvider(errors=[FieldError("base_url", "must be given", "missing")])
    checked = _checked(ctx, base_url)
    await tenants.lock_tenant(ctx.db)
    others = await repository.all_providers(ctx.db)
    is_default = not others if is_default is None else is_default
    if is_default:
        await repository.clear_default(ctx.db)
    now = ctx.now()
    provider = ModelProvider(
        tenant_id=ctx.tenant,
        id=ProviderId.new(),
        name=name,
        kind=kind,
        base_url=checked,
        default_model=default_model,
        is_default=is_default,
        created_at=now,
        updated_at=now,
    )
    _seal(ctx, provider, api_key)
    ctx.db.add(provider)
    _changed(ctx, provider.id)
    return provider


async def update_provider(ctx: Context, provider_id: ProviderId, change: Change) -> ModelProvider:
    """Change a provider. A new host needs the key again, so that a stored one is never sent elsewhere.

    Raises:
        ProviderNotFound: no such provider here.
        InvalidProvider: the address is refused, or the key is missing.
    """
    await tenants.lock_tenant(ctx.db)
    provider = await repository.find_provider(ctx.db, provider_id)
    if provider is None:
        raise ProviderNotFound()
    if change.base_url is not None:
        checked = _checked(ctx, change.base_url)
        if change.api_key is None and provider.key_hint and _origin(checked) != _origin(provider.base_url):
            raise InvalidProvider(
                errors=[FieldError("api_key", "must be given again for another address", "api_key_needed")]
            )
        provider.base_url = checked
    if change.api_key is not None:
        _seal(ctx, provider, change.api_key)
    if change.is_default is not None and change.is_default != provider.is_default:
        await repository.clear_default(ctx.db)
        provider.is_default = change.is_default
    provider.name = change.name if change.name is not None else provider.name
    provider.default_model = change.default_model if change.default_model is not None else provider.default_model
    provider.updated_at = ctx.now()
    _changed(ctx, provider.id)
    return provider


async def delete_provider(ctx: Context, provider_id: ProviderId) -> None:
    """Remove a provider; agents that name its model fall back to what is left.

    Raises:
        ProviderNotFound: no such provider here.
    """
    if not await repository.delete_provider(ctx.db, provider_id):
        raise ProviderNotFound()
    _changed(ctx, provider_id)


def _checked(ctx: Context, base_url: str) -> str:
    policy = OutboundPolicy(allowed_private_hosts=frozenset(ctx.ports.settings.outbound.allowed_private_hosts))
    try:
        return str(policy.check_url(base_url).url).rstrip("/")
    except OutboundRefused as error:
        raise InvalidProvider(errors=[FieldError("base_url", error.detail, "outbound_refused")]) from error


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _seal(ctx: Context, provider: ModelProvider, api_key: str) -> None:
    provider.key_ciphertext = ctx.ports.keyring.encrypt(api_key.encode(), provider.owner_of_key)
    shown = api_key[-4:] if len(api_key) >= _SHORTEST_HINTED else ""
    provider.key_hint = f"…{shown}" if api_key else ""


def _changed(ctx: Context, provider_id: ProviderId) -> None:
    ctx.emit(ProviderChanged(provider_id=provider_id))
    tenant_id = ctx.tenant
    ctx.after_commit(lambda: ctx.ports.cache(caches.PROVIDERS).forget(tenant_id))


async def configured(ports: Ports, tenant_id: TenantId) -> tuple[caches.Provider, ...]:
    """Return a company's providers with their keys opened, the default one first. Remembered."""

    async def load() -> tuple[caches.Provider, ...]:
        async with ports.database.session(tenant_id) as db:
            rows = await repository.all_providers(db)
        return tuple(_opened(ports, row) for row in rows)

    return await ports.cache(caches.PROVIDERS).get(tenant_id, "all", load)


def _opened(ports: Ports, row: ModelProvider) -> caches.Provider:
    api_key = ports.keyring.decrypt(row.key_ciphertext, row.owner_of_key).decode()
    config = ProviderConfig(
        str(row.id), row.base_url, api_key or None, row.default_model, is_guarded=True, kind=row.kind
    )
    return caches.Provider(config, row.name, row.is_default)


async def get_config(ctx: Context, provider_id: ProviderId) -> ProviderConfig:
    """Return how to call a provider.

    Raises:
        ProviderNotFound: no such provider here.
    """
    for provider in await configured(ctx.ports, ctx.tenant):
        if provider.config.id == str(provider_id):
            return provider.config
    raise ProviderNotFound()


async def find_for_model(ctx: Context, model: str | None) -> ProviderConfig | None:
    """Return the company's provider that answers for a model name; None leaves it to the platform.

    In order: the offline model is the platform's; no name means the default provider; a provider whose
    default model has this name; a name that the platform offers is the platform's; a provider that is known to have
    it; anything else goes to the default provider, which may know more models than anybody wrote down.
    """
    if model == OFFLINE_MODEL:
        return None
    providers = await configured(ctx.ports, ctx.tenant)
    default = next((provider.config for provider in providers if provider.is_default), None)
    if model is None:
        return default
    for provider in providers:
        if provider.config.default_model == model:
            return provider.config
    llm = ctx.ports.settings.llm
    if model in {llm.default_model, *llm.models}:
        return None
    if len(providers) > 1:
        for provider in providers:
            if await ctx.ports.models.knows(provider.config, model):
                return provider.config
    return default
