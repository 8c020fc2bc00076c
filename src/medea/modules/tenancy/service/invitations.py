"""Invitations: sending, withdrawing, and what the mailed link opens.

The link carries a signed token that names company and invitation; nothing that lets someone in is stored.
"""

from dataclasses import dataclass
from datetime import timedelta

import msgspec

from medea.kernel.auth.passwords import hash_password
from medea.kernel.auth.scopes import Role
from medea.kernel.auth.tokens import TokenSigner
from medea.kernel.bus.outbox import Outbox
from medea.kernel.context import Context, Ports
from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.db.sql import Sql
from medea.kernel.ids import InvitationId, TenantId, UserId
from medea.kernel.limits.bucket import Limit, require
from medea.kernel.mail.mailer import Mail
from medea.modules.identity import facade as identity
from medea.modules.tenancy import caches
from medea.modules.tenancy.errors import AlreadyMember, InvitationForAnother, InvitationNotFound
from medea.modules.tenancy.events import MemberJoined
from medea.modules.tenancy.models import Invitation
from medea.modules.tenancy.repository import across, people, tenants
from medea.modules.tenancy.service.founding import announcing
from medea.modules.tenancy.service.members import names_of, require_owner_for

SEND_INVITATION = "tenancy.send_invitation"
_MAILS = Limit("tenancy.invitations", amount=100, per=3600)

Invited = tuple[Invitation, identity.Person | None]


class _Token(msgspec.Struct, array_like=True, frozen=True):
    tenant: str
    invitation: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What a mailed link is about.

    Attributes:
        has_account: whether the invited address has an account already.
    """

    tenant_id: TenantId
    invitation_id: InvitationId
    tenant_name: str
    email: str
    role: Role
    has_account: bool


def _signer(ports: Ports) -> TokenSigner:
    return TokenSigner(ports.keyring.signing_key("invitation"), "inv")


async def list_invitations(ctx: Context, request: PageRequest) -> Page[Invited]:
    """Return a page of open invitations with who sent them."""
    page = await people.list_invitations(ctx.db, request)
    known = await names_of(ctx, [invitation.invited_by for invitation in page.data])
    return page.map(lambda item: (item, known.get(item.invited_by) if item.invited_by else None))


async def invite(ctx: Context, email: str, role: Role) -> Invited:
    """Invite someone; an earlier invitation to the same address no longer counts.

    Raises:
        OwnersOnly: an owner is invited by someone who is none.
        AlreadyMember: the person belongs to the company.
        LimitReached: more than a hundred an hour.
    """
    require_owner_for(ctx, role)
    await require(ctx.ports.limiter, _MAILS, str(ctx.tenant))
    person = await identity.find_person_by_email(ctx, email)
    if person is not None and await people.find_member_of(ctx.db, person.id) is not None:
        raise AlreadyMember()
    await tenants.lock_tenant(ctx.db)
    key = identity.email_key(email)
    earlier = await people.find_invitation_to(ctx.db, key)
    if earlier is not None:
        require_owner_for(ctx, earlier.role)
        await people.delete_invitations(ctx.db, [earlier.id])
    now = ctx.now()
    invitation = Invitation(
        tenant_id=ctx.tenant,
        id=InvitationId.new(),
        email=email,
        email_key=key,
        role=role.value,
        invited_by=ctx.principal.user_id,
        created_at=now,
        expires_at=now + timedelta(days=ctx.ports.settings.auth.invitation_days),
    )
    ctx.db.add(invitation)
    ctx.enqueue(SEND_INVITATION, invitation_id=invitation.id)
    known = await names_of(ctx, [invitation.invited_by])
    return invitation, next(iter(known.values()), None)


async def withdraw(ctx: Context, invitation_id: InvitationId) -> None:
    """Make a mailed link useless.

    Raises:
        InvitationNotFound: no such invitation here.
        OwnersOnly: it would make an owner, and the one who asks is none.
    """
    invitation = await people.find_invitation(ctx.db, invitation_id)
    if invitation is None:
        raise InvitationNotFound()
    require_owner_for(ctx, invitation.role)
    await people.delete_invitations(ctx.db, [invitation.id])


async def send_mail(ctx: Context, invitation_id: InvitationId) -> None:
    """Mail the link, if the invitation still stands. Sent twice, it is the same link."""
    async with ctx.ports.database.session(ctx.tenant) as db:
        invitation = await people.find_invitation(db, invitation_id)
        tenant = await tenants.find_tenant(db)
    if invitation is None or tenant is None or invitation.expires_at <= ctx.now():
        return
    known = await names_of(ctx, [invitation.invited_by])
    inviter = next((person.name for person in known.values()), "Someone")
    token = _signer(ctx.ports).sign(_Token(tenant.id.hex, invitation_id.hex))
    settings = ctx.ports.settings
    text = (
        f"Hello,\n\n{inviter} invites you to work with {tenant.name} as {invitation.role}. To accept, open\n\n"
        f"  {settings.dashboard_origin}/invite?token={token}\n\n"
        f"within {settings.auth.invitation_days} days. If you do not know them, there is nothing to do.\n"
    )
    await ctx.ports.mailer.send(Mail(invitation.email, f"Invitation to {tenant.name}", text))


async def open_link(ctx: Context, token: str) -> Opened:
    """Return what a mailed link is about.

    Raises:
        InvitationNotFound: the token is not ours, or the invitation was used, withdrawn or is too old.
    """
    read = _signer(ctx.ports).read(token, _Token)
    if read is None:
        raise InvitationNotFound()
    tenant_id, invitation_id = TenantId(int(read.tenant, 16)), InvitationId(int(read.invitation, 16))
    async with ctx.ports.database.session(tenant_id) as db:
        invitation = await people.find_invitation(db, invitation_id)
        tenant = await tenants.find_tenant(db)
    if invitation is None or tenant is None or invitation.expires_at <= ctx.now():
        raise InvitationNotFound()
    person = await identity.find_person_by_email(ctx, invitation.email)
    return Opened(
        tenant_id, invitation_id, tenant.name, invitation.email, Role(invitation.role), has_account=person is not None
    )


async def accept(ctx: Context, token: str) -> identity.NewSession:
    """Join as the person who is logged in, and switch to the new company.

    Raises:
        InvitationNotFound: the link is not valid (any more).
        InvitationForAnother: it was sent to another address.
    """
    opened = await open_link(ctx, token)
    person = await identity.get_person(ctx, ctx.user_id)
    if identity.email_key(person.email) != identity.email_key(opened.email):
        raise InvitationForAnother()
    async with announcing(ctx, opened.tenant_id) as (sql, outbox):
        await _join(ctx, sql, outbox, opened, person.id)
    await ctx.ports.cache(caches.ROLES).forget(opened.tenant_id, person.id.hex)
    return await identity.switch_tenant(ctx, opened.tenant_id)


async def register(
    ctx: Context, token: str, *, name: str, password: str, device: identity.Device
) -> identity.NewSession:
    """Make an account for the invited address, join, and log in.

    Raises:
        InvitationNotFound: the link is not valid (any more).
        EmailTaken: the address has an account: log in and accept.
        WeakPassword: the password is too easy.
    """
    opened = await open_link(ctx, token)
    identity.check_strength(password, opened.email)
    hashed = await hash_password(password)
    async with announcing(ctx, opened.tenant_id) as (sql, outbox):
        person = await identity.create_user(
            sql, outbox, email=opened.email, name=name, password_hash=hashed, tenant_id=opened.tenant_id, at=ctx.now()
        )
        await _join(ctx, sql, outbox, opened, person.id)
        session = await identity.open_session(ctx, sql, person.id, opened.tenant_id, device)
    await identity.log_out(ctx)
    return session


async def _join(ctx: Context, sql: Sql, outbox: Outbox, opened: Opened, user_id: UserId) -> None:
    offer = await across.take_invitation(sql, opened.tenant_id, opened.invitation_id, ctx.now())
    if offer is None:
        raise InvitationNotFound()
    if await across.insert_membership(sql, opened.tenant_id, user_id, offer.role, ctx.now()):
        outbox.emit(MemberJoined(tenant_id=opened.tenant_id, user_id=user_id, role=offer.role.value))
