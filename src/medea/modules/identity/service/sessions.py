"""Sessions: opening, finding, rotating and ending them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from medea.kernel.auth.crypto import random_token
from medea.kernel.context import Context, Ports
from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.db.sql import Sql
from medea.kernel.errors import Unauthenticated
from medea.kernel.ids import SessionId, TenantId, UserId
from medea.kernel.text import clean_text
from medea.modules.identity import caches, repository
from medea.modules.identity.errors import SessionNotFound
from medea.modules.identity.models import LoginSession

_LONGEST_AGENT = 300
_LONGEST_TOKEN = 200


@dataclass(frozen=True, slots=True)
class Device:
    """Where a session is opened from, as the request says."""

    user_agent: str | None = None
    ip: str | None = None


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session and the token that only the browser keeps."""

    token: str
    session: LoginSession


class _Unknown(Exception):
    """No session has this token; raised so that the cache remembers nothing."""


async def open_session(ctx: Context, sql: Sql, user_id: UserId, tenant_id: TenantId, device: Device) -> OpenedSession:
    """Open a session in the caller's transaction (as medea_system)."""
    now = ctx.now()
    token = random_token("mds")
    agent = clean_text(device.user_agent)[:_LONGEST_AGENT] if device.user_agent else None
    session = LoginSession(
        SessionId.new(),
        user_id,
        tenant_id,
        created_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(days=ctx.ports.settings.auth.session_days),
        user_agent=agent,
        ip=device.ip,
    )
    await repository.insert_session(sql, session, ctx.ports.keyring.hash_credential(token))
    await repository.update_last_tenant(sql, user_id, tenant_id)
    return OpenedSession(token, session)


async def find_session(ports: Ports, token: str) -> LoginSession | None:
    """Return the live session of a token. Costs no query while it is remembered."""
    if len(token) > _LONGEST_TOKEN:
        return None
    token_hash = ports.keyring.hash_credential(token)

    async def load() -> LoginSession:
        async with ports.database.system(durable=False) as sql:
            found = await repository.find_seen_session(sql, token_hash, ports.clock.now())
        if found is None:
            raise _Unknown
        return found

    try:
        session = await ports.cache(caches.SESSIONS).get(None, token_hash.hex(), load)
    except _Unknown:
        return None
    return session if session.expires_at > ports.clock.now() else None


async def forget(ports: Ports, token_hashes: Iterable[bytes]) -> None:
    """Forget sessions in every process; called after the commit that ended or rotated them."""
    for token_hash in token_hashes:
        await ports.cache(caches.SESSIONS).forget(None, token_hash.hex())


async def rotate_session(ctx: Context, sql: Sql, tenant_id: TenantId) -> tuple[OpenedSession, bytes]:
    """Give the asking session another token and active company, in the caller's transaction.

    Returns:
        The session, and the hash of the old token: to `forget` after the commit.

    Raises:
        Unauthenticated: it has ended meanwhile.
    """
    token = random_token("mds")
    rotated = await repository.rotate_session(
        sql,
        current(ctx),
        tenant_id,
        ctx.ports.keyring.hash_credential(token),
        ctx.now() + timedelta(days=ctx.ports.settings.auth.session_days),
    )
    if rotated is None:
        raise Unauthenticated()
    session, old_hash = rotated
    return OpenedSession(token, session), old_hash


async def switch_tenant(ctx: Context, tenant_id: TenantId) -> OpenedSession:
    """Make another company the active one. That the person belongs to it is the caller's to check."""
    async with ctx.ports.database.system() as sql:
        opened, old_hash = await rotate_session(ctx, sql, tenant_id)
        await repository.update_last_tenant(sql, ctx.user_id, tenant_id)
    await forget(ctx.ports, [old_hash])
    return opened


def current(ctx: Context) -> SessionId:
    """Return the asking session.

    Raises:
        Unauthenticated, Forbidden: nobody is logged in, or a key asks.
    """
    ctx.user_id  # noqa: B018 - raises the fitting refusal
    if ctx.principal.session_id is None:
        raise Unauthenticated()
    return ctx.principal.session_id


async def get_current(ctx: Context) -> LoginSession:
    """Return the asking session as it is stored.

    Raises:
        Unauthenticated: it has ended meanwhile.
    """
    async with ctx.ports.database.system() as sql:
        found = await repository.find_session(sql, current(ctx))
    if found is None:
        raise Unauthenticated()
    return found


async def list_sessions(ctx: Context, page: PageRequest) -> Page[LoginSession]:
    """Return where the person is logged in, newest first."""
    async with ctx.ports.database.system() as sql:
        return await repository.list_sessions(sql, ctx.user_id, ctx.now(), page)


async def end_session(ctx: Context, session_id: SessionId) -> None:
    """Log out in one place.

    Raises:
        SessionNotFound: the person has no such session.
    """
    async with ctx.ports.database.system() as sql:
        ended = await repository.delete_sessions(sql, ctx.user_id, only=session_id)
    if not ended:
        raise SessionNotFound()
    await forget(ctx.ports, ended)


async def end_other_sessions(ctx: Context) -> None:
    """Log out everywhere else."""
    async with ctx.ports.database.system() as sql:
        await repository.lock_user(sql, ctx.user_id)
        ended = await repository.delete_sessions(sql, ctx.user_id, but=current(ctx))
    await forget(ctx.ports, ended)


async def end_sessions_in(ctx: Context, user_id: UserId, tenant_id: TenantId) -> None:
    """Log someone out of a company they no longer belong to."""
    async with ctx.ports.database.system() as sql:
        await repository.lock_user(sql, user_id)
        ended = await repository.delete_sessions(sql, user_id, tenant_id=tenant_id)
    await forget(ctx.ports, ended)


async def log_out(ctx: Context) -> None:
    """End the asking session; nothing happens if there is none."""
    user_id, session_id = ctx.principal.user_id, ctx.principal.session_id
    if user_id is None or session_id is None:
        return
    async with ctx.ports.database.system() as sql:
        ended = await repository.delete_sessions(sql, user_id, only=session_id)
    await forget(ctx.ports, ended)
