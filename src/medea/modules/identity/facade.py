"""What other modules may ask of identity.

Functions that take `sql` work in the caller's transaction, which must be one of medea_system; the others
open their own. None of them asks who may: that is for the endpoint above.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from medea.kernel.auth.principal import PrincipalKind
from medea.kernel.bus.outbox import Outbox
from medea.kernel.context import Context, Ports
from medea.kernel.db.sql import Sql
from medea.kernel.ids import SessionId, TenantId, UserId
from medea.modules.identity import repository
from medea.modules.identity.errors import EmailTaken, LoginFailed, WeakPassword
from medea.modules.identity.models import LoginSession, User
from medea.modules.identity.service import accounts, sessions
from medea.modules.identity.service.accounts import email_key
from medea.modules.identity.service.sessions import Device

__all__ = [
    "Device",
    "EmailTaken",
    "LoginFailed",
    "NewSession",
    "Person",
    "Session",
    "WeakPassword",
    "check_strength",
    "create_user",
    "email_key",
    "end_sessions_in",
    "find_person_by_email",
    "find_session",
    "get_current_session",
    "get_person",
    "is_operator",
    "list_operators",
    "list_people",
    "log_in",
    "log_out",
    "open_session",
    "prove_login",
    "rename_user",
    "set_operator",
    "switch_tenant",
]


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with an account.

    Attributes:
        last_tenant_id: the company that was active last, which they may have left.
        is_operator: whether they operate the installation.
    """

    id: UserId
    email: str
    name: str
    created_at: datetime
    last_tenant_id: TenantId
    is_operator: bool


@dataclass(frozen=True, slots=True)
class Session:
    """A live dashboard session and the company it acts in."""

    id: SessionId
    user_id: UserId
    tenant_id: TenantId
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that was just opened or rotated, with the token for the browser's cookie."""

    token: str
    session: Session


def _person(user: User) -> Person:
    return Person(user.id, user.email, user.name, user.created_at, user.last_tenant_id, user.is_operator)


def _session(found: LoginSession) -> Session:
    return Session(found.id, found.user_id, found.active_tenant_id, found.expires_at)


def _new(opened: sessions.OpenedSession) -> NewSession:
    return NewSession(opened.token, _session(opened.session))


def check_strength(password: str, email: str) -> None:
    """Refuse a password that is guessed first.

    Raises:
        WeakPassword: it is the e-mail address, or one character repeated.
    """
    accounts.check_strength(password, email)


async def create_user(
    sql: Sql, outbox: Outbox, *, email: str, name: str, password_hash: str, tenant_id: TenantId, at: datetime
) -> Person:
    """Make an account whose first company is `tenant_id`; of two at once for one address, one is refused.

    The outbox is that company's, for `identity.user_signed_up`; the caller flushes it.

    Raises:
        EmailTaken: the address has an account.
    """
    return _person(
        await accounts.create_user(
            sql, outbox, email=email, name=name, password_hash=password_hash, tenant_id=tenant_id, at=at
        )
    )


async def prove_login(ctx: Context, email: str, password: str) -> Person:
    """Return whose e-mail address and password these are, in the same time for every failure.

    Raises:
        LoginFailed: nobody's.
    """
    return _person(await accounts.prove_login(ctx, email, password))


async def open_session(ctx: Context, sql: Sql, user_id: UserId, tenant_id: TenantId, device: Device) -> NewSession:
    """Log someone in, in the caller's transaction."""
    return _new(await sessions.open_session(ctx, sql, user_id, tenant_id, device))


async def log_in(ctx: Context, user_id: UserId, tenant_id: TenantId, device: Device) -> NewSession:
    """Log someone in; the session that asks, if there is one, ends."""
    await sessions.log_out(ctx)
    async with ctx.ports.database.system() as sql:
        return await open_session(ctx, sql, user_id, tenant_id, device)


async def switch_tenant(ctx: Context, tenant_id: TenantId) -> NewSession:
    """Make another company the active one of the asking session, under a new token."""
    return _new(await sessions.switch_tenant(ctx, tenant_id))


async def find_session(ports: Ports, token: str) -> Session | None:
    """Return the live session of a cookie's token. Costs no query while it is remembered."""
    found = await sessions.find_session(ports, token)
    return _session(found) if found else None


async def get_current_session(ctx: Context) -> Session:
    """Return the session that asks.

    Raises:
        Unauthenticated, Forbidden: nobody is logged in, or a key asks.
    """
    return _session(await sessions.get_current(ctx))


async def log_out(ctx: Context) -> None:
    """End the session that asks, if one does."""
    await sessions.log_out(ctx)


async def end_sessions_in(ctx: Context, user_id: UserId, tenant_id: TenantId) -> None:
    """End the sessions in which someone acts for a company they no longer belong to."""
    await sessions.end_sessions_in(ctx, user_id, tenant_id)


async def rename_user(ctx: Context, name: str) -> None:
    """Change the name of the person who asks."""
    await accounts.rename_user(ctx, name)


async def get_person(ctx: Context, user_id: UserId) -> Person:
    """Return a person.

    Raises:
        UserNotFound: nobody has this id.
    """
    return _person(await accounts.get_user(ctx, user_id))


async def find_person_by_email(ctx: Context, email: str) -> Person | None:
    """Return whose address this is, or None."""
    async with ctx.ports.database.system() as sql:
        user = await repository.find_user_by_email(sql, email_key(email))
    return _person(user) if user else None


async def is_operator(ctx: Context) -> bool:
    """Tell whether a person asks who operates the installation. Not remembered: it ends at once where it ends."""
    if ctx.principal.kind is not PrincipalKind.USER or ctx.principal.user_id is None:
        return False
    async with ctx.ports.database.system(durable=False) as sql:
        user = await repository.find_user(sql, ctx.principal.user_id)
    return user is not None and user.is_operator


async def set_operator(ctx: Context, email: str, *, is_operator: bool) -> Person | None:
    """Make somebody an operator, or none any more; None: nobody has this address."""
    async with ctx.ports.database.system() as sql:
        user = await repository.update_operator(sql, email_key(email), is_operator, ctx.now())
    return _person(user) if user else None


async def list_operators(ctx: Context) -> list[Person]:
    """Return who operates the installation."""
    async with ctx.ports.database.system() as sql:
        return [_person(user) for user in await repository.list_operators(sql)]


async def list_people(ctx: Context, user_ids: Sequence[UserId]) -> dict[UserId, Person]:
    """Return those of these people who exist, by id."""
    if not user_ids:
        return {}
    async with ctx.ports.database.system() as sql:
        found = await repository.list_users(sql, user_ids)
    return {user.id: _person(user) for user in found}


async def purge_expired(ports: Ports) -> dict[str, int]:
    """Drop everybody's expired sessions and password links; return how many of each."""
    async with ports.database.system(durable=False) as sql:
        sessions, resets = await repository.delete_expired(sql, ports.clock.now())
    return {"sessions": sessions, "password_resets": resets}
