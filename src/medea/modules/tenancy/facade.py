"""What other modules may ask of tenancy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from medea.kernel.auth.authenticator import Authenticator
from medea.kernel.auth.passwords import hash_password
from medea.kernel.auth.principal import Principal, PrincipalKind
from medea.kernel.auth.scopes import Role
from medea.kernel.context import Context, Ports
from medea.kernel.db.sql import Sql
from medea.kernel.ids import ProviderId, TenantId, UserId
from medea.kernel.limits.allowance import Room
from medea.kernel.llm.catalogue import ModelInfo
from medea.kernel.llm.config import ProviderConfig
from medea.modules.identity import facade as identity
from medea.modules.tenancy import authenticator
from medea.modules.tenancy.caches import Entries, Entry
from medea.modules.tenancy.errors import InvalidModelEntry, OriginNotAllowed, TenantNotFound
from medea.modules.tenancy.origins import is_origin_allowed
from medea.modules.tenancy.repository import across
from medea.modules.tenancy.repository import tenants as tenant_rows
from medea.modules.tenancy.repository.allowances import Agreed
from medea.modules.tenancy.service import (
    allowances,
    choosing,
    entries,
    founding,
    identity_secrets,
    keys,
    members,
    models,
    providers,
    tenants,
)
from medea.modules.tenancy.service.choosing import ModelChoice

__all__ = [
    "Addressees",
    "Agreed",
    "Entries",
    "Entry",
    "Founded",
    "InvalidModelEntry",
    "ModelChoice",
    "OriginNotAllowed",
    "TenantInfo",
    "TenantNotFound",
    "agree_on_room",
    "check_origin",
    "choose_model",
    "create_api_key",
    "create_tenant_with_owner",
    "find_identity_secret",
    "find_model_fault",
    "find_owned_tenant",
    "find_owners",
    "find_people_who_may",
    "find_publishable_key",
    "find_room",
    "get_provider",
    "get_tenant",
    "is_origin_allowed",
    "list_models",
    "list_platform_entries",
    "make_authenticator",
    "names_of_people",
    "names_of_tenants",
    "update_platform_entry",
]


@dataclass(frozen=True, slots=True)
class TenantInfo:
    """A company."""

    id: TenantId
    name: str
    slug: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Addressees:
    """Whom to write to about a company.

    Attributes:
        company: its name.
        addresses: of its members whom it concerns.
    """

    company: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Founded:
    """A company that was just founded, and its owner."""

    tenant_id: TenantId
    user_id: UserId


def make_authenticator(ports: Ports) -> Authenticator:
    """Return what turns credentials into principals: session cookies, keys, visitors' tokens."""
    return authenticator.TenancyAuthenticator(ports)


async def get_tenant(ctx: Context) -> TenantInfo:
    """Return the company of this use case.

    Raises:
        TenantNotFound: it is gone.
    """
    tenant = await tenants.get_tenant(ctx)
    return TenantInfo(tenant.id, tenant.name, tenant.slug, tenant.created_at)


async def find_owners(ctx: Context) -> Addressees:
    """Return whom to write to about the company of this use case: its owners. No transaction stays open."""
    return await _addressees(ctx, [Role.OWNER])


async def find_people_who_may(ctx: Context, scope: str) -> Addressees:
    """Return whom to write to about something that only some members may do; no transaction stays open."""
    return await _addressees(ctx, [role for role in Role if scope in ctx.ports.scopes.of_role(role)])


async def _addressees(ctx: Context, roles: Sequence[Role]) -> Addressees:
    async with ctx.ports.database.session(ctx.tenant) as db:
        tenant = await tenant_rows.find_tenant(db)
    people = await members.list_people(ctx, roles)
    return Addressees("" if tenant is None else tenant.name, tuple(person.email for person in people))


async def names_of_people(ctx: Context, user_ids: Sequence[UserId]) -> dict[UserId, str]:
    """Return the names of people by id, for `created_by` and the like; unknown ids are left out."""
    return {person.id: person.name for person in (await identity.list_people(ctx, user_ids)).values()}


async def find_publishable_key(ports: Ports, key: str) -> Principal | None:
    """Return the principal of a `pk_...` key (company, key id, allowed origins), or None: unknown or revoked.

    Costs no query while it is remembered. For pages that carry the key in their address.
    """
    found = await authenticator.find_key(ports, key) if key.startswith("pk_") else None
    return found if found is not None and found.kind is PrincipalKind.PUBLISHABLE_KEY else None


def check_origin(principal: Principal, origin: str | None) -> None:
    """Refuse a website that the key was not made for. No `Origin` header means that no browser asks.

    Raises:
        OriginNotAllowed: the key names other origins.
    """
    if origin is not None and not is_origin_allowed(principal.allowed_origins, origin):
        raise OriginNotAllowed(origin=origin)


async def find_identity_secret(ctx: Context) -> str | None:
    """Return what the company signs its users' identity tokens with, or None: it has no such secret.

    Costs no query while it is remembered.
    """
    return await identity_secrets.find_secret(ctx.ports, ctx.tenant)


async def choose_model(ctx: Context, model: str | None) -> ModelChoice:
    """Return who answers for a model's name, and on which terms. Costs no query while it is remembered.

    Args:
        ctx: its tenant is whose providers are asked.
        model: what the agent names; None means the default.

    Raises:
        ModelDisabled: it is switched off.
        ModelNotFound: nobody is there to answer under this name.
    """
    return await choosing.choose_model(ctx, model)


async def find_model_fault(ctx: Context, model: str | None) -> str | None:
    """Return who switched a model off, in words for who builds an agent; None: nobody."""
    return await choosing.find_fault(ctx, model)


async def list_platform_entries(ctx: Context) -> Entries:
    """Return what the operator wrote down of models, by name."""
    return await entries.platform_entries(ctx.ports)


async def update_platform_entry(ctx: Context, model: str, changes: Mapping[str, Any]) -> Entry:
    """Write down what the operator says of a model of the platform, or switch it off.

    Args:
        ctx: of an operator, which the caller has made sure of.
        model: as agents name it.
        changes: by field of `ModelTerms`, and `is_enabled`; what is not there stays, None is forgotten.

    Raises:
        InvalidModelEntry: one price without the other.
    """
    return await entries.update_platform_entry(ctx, model, changes)


async def find_room(ports: Ports, sql: Sql, tenant_id: TenantId) -> Room:
    """Return how much a company may keep as knowledge, in a transaction of its own or of the system."""
    return await allowances.find_room(ports, sql, tenant_id)


async def agree_on_room(ports: Ports, tenant_id: TenantId, changes: Mapping[str, int | None]) -> tuple[Agreed, Room]:
    """Let a company keep more or less knowledge than others; without changes: say what holds.

    Args:
        ports: of the installation. The caller has made sure that an operator or a plan asks.
        tenant_id: which company.
        changes: members of `Agreed`; None: what all may. What is not named stays.

    Returns:
        What was agreed on, and what the company may keep with that.

    Raises:
        TenantNotFound: there is no such company.
    """
    return await allowances.agree(ports, tenant_id, changes)


async def get_provider(ctx: Context, provider_id: ProviderId) -> ProviderConfig:
    """Return how to call one of the company's providers.

    Raises:
        ProviderNotFound: no such provider here.
    """
    return await providers.get_config(ctx, provider_id)


async def list_models(ctx: Context) -> list[ModelInfo]:
    """Return the models that an agent may name: the company's own first, the offline one last."""
    return await models.list_models(ctx)


async def create_tenant_with_owner(
    ctx: Context, *, email: str, password: str, name: str, tenant_name: str, slug: str | None = None
) -> Founded:
    """Make an account and a company, as signing up does, without logging in. For seeds.

    Raises:
        EmailTaken: the address has an account; see `find_owned_tenant`.
        WeakPassword: the password is too easy.
    """
    identity.check_strength(password, email)
    hashed = await hash_password(password)
    tenant_id = TenantId.new()
    async with founding.announcing(ctx, tenant_id) as (sql, outbox):
        person = await identity.create_user(
            sql, outbox, email=email, name=name, password_hash=hashed, tenant_id=tenant_id, at=ctx.now()
        )
        await founding.found_tenant(
            ctx, sql, outbox, tenant_id=tenant_id, name=tenant_name, owner_id=person.id, slug=slug
        )
    return Founded(tenant_id, person.id)


async def find_owned_tenant(ctx: Context, email: str) -> Founded | None:
    """Return the first company that the person with this address owns, or None. For seeds that run again."""
    person = await identity.find_person_by_email(ctx, email)
    if person is None:
        return None
    async with ctx.ports.database.system() as sql:
        places = await across.list_places(sql, person.id)
    owned = next((place for place in places if place.role == "owner"), None)
    return Founded(owned.tenant_id, person.id) if owned else None


async def create_api_key(
    ctx: Context,
    *,
    name: str,
    kind: str,
    scopes: Sequence[str] | None = None,
    allowed_origins: Sequence[str] = (),
    token: str | None = None,
) -> str:
    """Make a key in the company of this use case and return it. For seeds.

    Args:
        ctx: who makes it.
        name: for people.
        kind: `secret` or `publishable`.
        scopes: of a secret key; None for the usual ones.
        allowed_origins: of a publishable key.
        token: the key itself, where it must be found again without a query; by default random.

    Raises:
        InvalidKey, InvalidOrigin: it cannot be made like this.
        ScopeNotHeld: the principal lacks a scope that the key is to carry.
    """
    _, made = await keys.create_key(
        ctx, name=name, kind=kind, scopes=scopes, allowed_origins=allowed_origins, token=token
    )
    return made


async def list_tenants(ports: Ports, after: TenantId | None, limit: int) -> list[TenantId]:
    """Return the next companies in the order of their ids, for the installation's own work on all of them."""
    async with ports.database.system(durable=False) as sql:
        return await across.list_tenants(sql, after, limit)


async def names_of_tenants(ports: Ports, tenant_ids: Sequence[TenantId]) -> dict[TenantId, str]:
    """Return the names of those of these companies that exist, for who operates the installation."""
    if not tenant_ids:
        return {}
    async with ports.database.system(durable=False) as sql:
        return await across.list_names(sql, tenant_ids)
