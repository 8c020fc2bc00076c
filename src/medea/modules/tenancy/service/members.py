"""Members: who they are, what they may do, and their leaving."""

from collections.abc import Sequence

from medea.kernel.auth.scopes import Role
from medea.kernel.context import Context
from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.ids import MembershipId, UserId
from medea.kernel.web.security import may
from medea.modules.identity import facade as identity
from medea.modules.tenancy import caches
from medea.modules.tenancy.errors import LastOwner, MemberNotFound, OwnersOnly
from medea.modules.tenancy.events import MemberRemoved, MemberRoleChanged
from medea.modules.tenancy.models import Membership
from medea.modules.tenancy.permissions import OWNER, WRITE
from medea.modules.tenancy.repository import people, tenants

Member = tuple[Membership, identity.Person]


def require_owner_for(ctx: Context, *roles: str) -> None:
    """Refuse to touch owners to anyone else.

    Raises:
        OwnersOnly: one of the roles is owner, and the one who asks is not.
    """
    if Role.OWNER in roles and not ctx.principal.may(OWNER):
        raise OwnersOnly()


async def list_members(ctx: Context, request: PageRequest) -> Page[Member]:
    """Return a page of members with the people they are."""
    page = await people.list_members(ctx.db, request)
    known = await identity.list_people(ctx, [member.user_id for member in page.data])
    return page.map(lambda member: (member, known[member.user_id]))


async def change_role(ctx: Context, member_id: MembershipId, role: Role) -> Member:
    """Give a member another role.

    Raises:
        MemberNotFound: no such member here.
        OwnersOnly: an owner is made or changed by someone who is none.
        LastOwner: nobody would own the company.
    """
    member = await _get_locked(ctx, member_id)
    require_owner_for(ctx, member.role, role)
    if member.is_owner and role is not Role.OWNER and await people.count_owners(ctx.db) == 1:
        raise LastOwner()
    if member.role != role:
        ctx.emit(MemberRoleChanged(user_id=member.user_id, before=member.role, after=role.value))
        member.role = role.value
        member.updated_at = ctx.now()
        _forget_role(ctx, member.user_id)
    return member, await identity.get_person(ctx, member.user_id)


async def remove_member(ctx: Context, member_id: MembershipId) -> None:
    """Take someone's membership away; anyone may leave by removing themselves. Access ends at once.

    Raises:
        MemberNotFound: no such member here.
        MissingScope: someone else's membership, without the scope to change members.
        OwnersOnly: an owner is removed by someone who is none.
        LastOwner: nobody would own the company.
    """
    member = await _get_locked(ctx, member_id)
    user_id = member.user_id
    if user_id != ctx.principal.user_id:
        may(ctx.principal, WRITE)
    require_owner_for(ctx, member.role)
    if member.is_owner and await people.count_owners(ctx.db) == 1:
        raise LastOwner()
    await ctx.db.delete(member)
    ctx.emit(MemberRemoved(user_id=user_id, role=member.role))
    _forget_role(ctx, user_id)
    tenant_id = ctx.tenant
    ctx.after_commit(lambda: identity.end_sessions_in(ctx, user_id, tenant_id))


async def _get_locked(ctx: Context, member_id: MembershipId) -> Membership:
    await tenants.lock_tenant(ctx.db)
    member = await people.find_member(ctx.db, member_id)
    if member is None:
        raise MemberNotFound()
    return member


def _forget_role(ctx: Context, user_id: UserId) -> None:
    tenant_id = ctx.tenant
    ctx.after_commit(lambda: ctx.ports.cache(caches.ROLES).forget(tenant_id, user_id.hex))


async def list_people(ctx: Context, roles: Sequence[Role]) -> list[identity.Person]:
    """Return the people who have one of these roles, in a short session of its own: mail may follow."""
    async with ctx.ports.database.session(ctx.tenant) as db:
        ids = await people.list_ids(db, roles)
    known = await identity.list_people(ctx, ids)
    return [known[user_id] for user_id in ids if user_id in known]


async def names_of(ctx: Context, ids: Sequence[UserId | None]) -> dict[UserId, identity.Person]:
    """Return the people behind `created_by` and the like."""
    return await identity.list_people(ctx, list({user_id for user_id in ids if user_id is not None}))
