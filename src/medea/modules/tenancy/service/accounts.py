"""Who is logged in, where, and as what: logging in, `me`, switching companies."""

from dataclasses import dataclass

from medea.kernel.auth.scopes import Role
from medea.kernel.context import Context
from medea.kernel.errors import Unauthenticated
from medea.kernel.ids import TenantId
from medea.modules.identity import facade as identity
from medea.modules.tenancy.errors import TenantNotFound
from medea.modules.tenancy.models import Tenant
from medea.modules.tenancy.repository import across, tenants
from medea.modules.tenancy.service.founding import create_tenant


@dataclass(frozen=True, slots=True)
class Account:
    """A person in the company their session acts in.

    Attributes:
        place: that company, and their role in it.
        scopes: what the role may do, sorted.
        places: all companies they belong to.
    """

    person: identity.Person
    session: identity.Session
    place: across.Place
    scopes: list[str]
    places: list[across.Place]

    @property
    def role(self) -> Role:
        """The role in the active company."""
        return self.place.role


async def load_account(ctx: Context, session: identity.Session) -> Account:
    """Return who a session belongs to, where it acts and what it may do there.

    Raises:
        Unauthenticated: they have just been removed from that company.
    """
    person = await identity.get_person(ctx, session.user_id)
    async with ctx.ports.database.system() as sql:
        places = await across.list_places(sql, person.id)
    place = next((place for place in places if place.tenant_id == session.tenant_id), None)
    if place is None:
        raise Unauthenticated()
    return Account(person, session, place, sorted(ctx.ports.scopes.of_role(place.role)), places)


async def get_me(ctx: Context) -> Account:
    """Return who asks."""
    return await load_account(ctx, await identity.get_current_session(ctx))


async def rename_me(ctx: Context, name: str) -> Account:
    """Change the name of the person who asks."""
    await identity.rename_user(ctx, name)
    return await get_me(ctx)


async def log_in(ctx: Context, *, email: str, password: str, device: identity.Device) -> identity.NewSession:
    """Log someone in, where they were last.

    Someone who was removed from every company gets one of their own: whoever is logged in is somewhere, and
    from there they can accept an invitation.

    Raises:
        LoginFailed: no account has this address and password.
    """
    person = await identity.prove_login(ctx, email, password)
    async with ctx.ports.database.system() as sql:
        places = [place.tenant_id for place in await across.list_places(sql, person.id)]
    if not places:
        places = [await create_tenant(ctx, f"{person.name}'s company"[:100], owner_id=person.id)]
    active = person.last_tenant_id if person.last_tenant_id in places else places[0]
    return await identity.log_in(ctx, person.id, active, device)


async def found_own(ctx: Context, name: str) -> Tenant:
    """Found another company for the person who asks. They stay where they are."""
    tenant_id = await create_tenant(ctx, name, owner_id=ctx.user_id)
    async with ctx.ports.database.session(tenant_id) as db:
        tenant = await tenants.find_tenant(db)
    if tenant is None:
        raise TenantNotFound()
    return tenant


async def switch_tenant(ctx: Context, tenant_id: TenantId) -> identity.NewSession:
    """Make another company the active one.

    Raises:
        TenantNotFound: the person does not belong to it, or it does not exist.
    """
    async with ctx.ports.database.system() as sql:
        role = await across.find_role(sql, tenant_id, ctx.user_id)
    if role is None:
        raise TenantNotFound()
    return await identity.switch_tenant(ctx, tenant_id)
