"""Queries on members and invitations of the bound company."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from medea.kernel.auth.scopes import Role
from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.ids import InvitationId, MembershipId, UserId
from medea.modules.tenancy.models import Invitation, Membership
from medea.modules.tenancy.repository.pages import page_of


async def list_members(db: AsyncSession, request: PageRequest) -> Page[Membership]:
    """Return members, the first to join first."""
    return await page_of(db, select(Membership), Membership.id, request, MembershipId)


async def find_member(db: AsyncSession, member_id: MembershipId) -> Membership | None:
    """Return a member or None."""
    return await db.get(Membership, member_id, populate_existing=True)


async def find_member_of(db: AsyncSession, user_id: UserId) -> Membership | None:
    """Return someone's membership or None."""
    return (await db.scalars(select(Membership).where(Membership.user_id == user_id))).one_or_none()


async def count_owners(db: AsyncSession) -> int:
    """Return how many owners the company has."""
    return await db.scalar(select(func.count()).where(Membership.role == Role.OWNER.value)) or 0


async def list_ids(db: AsyncSession, roles: Sequence[Role]) -> Sequence[UserId]:
    """Return who has one of these roles."""
    named = [role.value for role in roles]
    found = select(Membership.user_id).where(Membership.role.in_(named)).order_by(Membership.id)
    return (await db.scalars(found)).all()


async def list_invitations(db: AsyncSession, request: PageRequest) -> Page[Invitation]:
    """Return open invitations, the oldest first, expired ones included."""
    return await page_of(db, select(Invitation), Invitation.id, request, InvitationId)


async def find_invitation(db: AsyncSession, invitation_id: InvitationId) -> Invitation | None:
    """Return an invitation or None."""
    return await db.get(Invitation, invitation_id)


async def find_invitation_to(db: AsyncSession, email_key: str) -> Invitation | None:
    """Return the open invitation to an address, or None."""
    return (await db.scalars(select(Invitation).where(Invitation.email_key == email_key))).one_or_none()


async def delete_invitations(db: AsyncSession, ids: Sequence[InvitationId]) -> None:
    """Withdraw invitations."""
    await db.execute(delete(Invitation).where(Invitation.id.in_(ids)))
