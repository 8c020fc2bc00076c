"""Every query on people. All run as medea_system: the application role cannot see these tables."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.db.sql import Sql
from medea.kernel.ids import SessionId, TenantId, UserId
from medea.modules.identity.models import LoginSession, PasswordReset, PasswordResetId, User

_USER = "id, email, email_key, name, password_hash, last_tenant_id, created_at, is_operator"
_SESSION = "id, user_id, active_tenant_id, created_at, last_seen_at, expires_at, user_agent, ip"
_SEEN_EVERY = timedelta(minutes=1)


def _user(row: Any) -> User:
    return User(**{**row, "id": UserId(row["id"]), "last_tenant_id": TenantId(row["last_tenant_id"])})


def _session(row: Any) -> LoginSession:
    return LoginSession(
        **{
            **row,
            "id": SessionId(row["id"]),
            "user_id": UserId(row["user_id"]),
            "active_tenant_id": TenantId(row["active_tenant_id"]),
        }
    )


async def insert_user(sql: Sql, user: User) -> bool:
    """Add an account. False: the address is taken (a sign-up at the same moment is waited for)."""
    added = await sql.fetchval(
        "INSERT INTO users (id, email, email_key, name, password_hash, last_tenant_id, created_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $7)"
        " ON CONFLICT (email_key) DO NOTHING RETURNING true",
        user.id,
        user.email,
        user.email_key,
        user.name,
        user.password_hash,
        user.last_tenant_id,
        user.created_at,
    )
    return bool(added)


async def find_user(sql: Sql, user_id: UserId) -> User | None:
    """Return a person or None."""
    row = await sql.fetchrow(f"SELECT {_USER} FROM users WHERE id = $1", user_id)
    return _user(row) if row else None


async def find_user_by_email(sql: Sql, email_key: str) -> User | None:
    """Return whose address this is, or None."""
    row = await sql.fetchrow(f"SELECT {_USER} FROM users WHERE email_key = $1", email_key)
    return _user(row) if row else None


async def lock_user(sql: Sql, user_id: UserId) -> User | None:
    """Return a person, whose sessions and resets nobody else changes until this transaction ends."""
    row = await sql.fetchrow(f"SELECT {_USER} FROM users WHERE id = $1 FOR UPDATE", user_id)
    return _user(row) if row else None


async def list_users(sql: Sql, user_ids: Sequence[UserId]) -> list[User]:
    """Return those of these people who exist."""
    rows = await sql.fetch(f"SELECT {_USER} FROM users WHERE id = ANY($1::uuid[])", list(user_ids))
    return [_user(row) for row in rows]


async def list_operators(sql: Sql) -> list[User]:
    """Return who operates the installation, by address."""
    return [_user(row) for row in await sql.fetch(f"SELECT {_USER} FROM users WHERE is_operator ORDER BY email_key")]


async def update_operator(sql: Sql, email_key: str, is_operator: bool, at: datetime) -> User | None:
    """Make somebody an operator, or none any more; None: nobody has this address."""
    row = await sql.fetchrow(
        f"UPDATE users SET is_operator = $2, updated_at = $3 WHERE email_key = $1 RETURNING {_USER}",
        email_key,
        is_operator,
        at,
    )
    return _user(row) if row else None


async def update_name(sql: Sql, user_id: UserId, name: str, at: datetime) -> None:
    """Rename a person."""
    await sql.execute("UPDATE users SET name = $2, updated_at = $3 WHERE id = $1", user_id, name, at)


async def update_password(sql: Sql, user_id: UserId, password_hash: str, at: datetime) -> None:
    """Store another password hash."""
    await sql.execute("UPDATE users SET password_hash = $2, updated_at = $3 WHERE id = $1", user_id, password_hash, at)


async def update_last_tenant(sql: Sql, user_id: UserId, tenant_id: TenantId) -> None:
    """Remember which company was active last."""
    await sql.execute("UPDATE users SET last_tenant_id = $2 WHERE id = $1", user_id, tenant_id)


async def insert_session(sql: Sql, session: LoginSession, token_hash: bytes) -> None:
    """Add a session and drop this person's expired ones."""
    await sql.execute(
        "DELETE FROM user_sessions WHERE user_id = $1 AND expires_at <= $2", session.user_id, session.created_at
    )
    await sql.execute(
        f"INSERT INTO user_sessions ({_SESSION}, token_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        session.id,
        session.user_id,
        session.active_tenant_id,
        session.created_at,
        session.last_seen_at,
        session.expires_at,
        session.user_agent,
        session.ip,
        token_hash,
    )


async def find_seen_session(sql: Sql, token_hash: bytes, at: datetime) -> LoginSession | None:
    """Return the session of a token that has not expired, noting that it was seen."""
    row = await sql.fetchrow(
        f"SELECT {_SESSION} FROM user_sessions WHERE token_hash = $1 AND expires_at > $2", token_hash, at
    )
    if row is None:
        return None
    if row["last_seen_at"] <= at - _SEEN_EVERY:
        await sql.execute("UPDATE user_sessions SET last_seen_at = $2 WHERE id = $1", row["id"], at)
    return _session(row)


async def find_session(sql: Sql, session_id: SessionId) -> LoginSession | None:
    """Return a session or None."""
    row = await sql.fetchrow(f"SELECT {_SESSION} FROM user_sessions WHERE id = $1", session_id)
    return _session(row) if row else None


async def list_sessions(sql: Sql, user_id: UserId, at: datetime, page: PageRequest) -> Page[LoginSession]:
    """Return a person's sessions, newest first.

    Raises:
        Invalid: the cursor is none of ours.
    """
    before = page.id_key(SessionId)
    rows = await sql.fetch(
        f"SELECT {_SESSION} FROM user_sessions WHERE user_id = $1 AND expires_at > $2 AND ($3::uuid IS NULL OR id < $3)"
        " ORDER BY id DESC LIMIT $4",
        user_id,
        at,
        before,
        page.limit + 1,
    )
    return page.page([_session(row) for row in rows], lambda found: [str(found.id)])


async def rotate_session(
    sql: Sql, session_id: SessionId, tenant_id: TenantId, token_hash: bytes, expires_at: datetime
) -> tuple[LoginSession, bytes] | None:
    """Give a session another token and active company; return it with the old token's hash, or None if it ended."""
    row = await sql.fetchrow(
        "WITH old AS (SELECT id, token_hash FROM user_sessions WHERE id = $1 FOR UPDATE)"
        " UPDATE user_sessions s SET active_tenant_id = $2, token_hash = $3, expires_at = $4 FROM old"
        " WHERE s.id = old.id RETURNING s.id, s.user_id, s.active_tenant_id, s.created_at, s.last_seen_at,"
        " s.expires_at, s.user_agent, s.ip, old.token_hash AS old_hash",
        session_id,
        tenant_id,
        token_hash,
        expires_at,
    )
    if row is None:
        return None
    fields = dict(row)
    old_hash: bytes = fields.pop("old_hash")
    return _session(fields), old_hash


async def delete_sessions(
    sql: Sql,
    user_id: UserId,
    *,
    only: SessionId | None = None,
    but: SessionId | None = None,
    tenant_id: TenantId | None = None,
) -> list[bytes]:
    """End a person's sessions (all; one; all but one; those active in a company); return their tokens' hashes."""
    rows = await sql.fetch(
        "DELETE FROM user_sessions WHERE user_id = $1 AND ($2::uuid IS NULL OR id = $2)"
        " AND ($3::uuid IS NULL OR id <> $3) AND ($4::uuid IS NULL OR active_tenant_id = $4) RETURNING token_hash",
        user_id,
        only,
        but,
        tenant_id,
    )
    return [row["token_hash"] for row in rows]


async def insert_reset(sql: Sql, reset: PasswordReset, at: datetime) -> None:
    """Add a request for a new password and drop this person's expired ones."""
    await sql.execute("DELETE FROM password_resets WHERE user_id = $1 AND expires_at <= $2", reset.user_id, at)
    await sql.execute(
        "INSERT INTO password_resets (id, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        reset.id,
        reset.user_id,
        at,
        reset.expires_at,
    )


async def find_reset(sql: Sql, reset_id: PasswordResetId, at: datetime) -> PasswordReset | None:
    """Return a request for a new password that is neither used nor expired."""
    row = await sql.fetchrow(
        "SELECT id, user_id, expires_at FROM password_resets WHERE id = $1 AND expires_at > $2", reset_id, at
    )
    return PasswordReset(PasswordResetId(row["id"]), UserId(row["user_id"]), row["expires_at"]) if row else None


async def take_reset(sql: Sql, reset_id: PasswordResetId, at: datetime) -> UserId | None:
    """Use a request up, with all others of that person. Of two at once, one gets the person, the other None."""
    user_id = await sql.fetchval(
        "DELETE FROM password_resets WHERE id = $1 AND expires_at > $2 RETURNING user_id", reset_id, at
    )
    if user_id is None:
        return None
    await sql.execute("DELETE FROM password_resets WHERE user_id = $1", user_id)
    return UserId(user_id)


async def delete_resets(sql: Sql, user_id: UserId) -> None:
    """Make all mailed links of a person useless."""
    await sql.execute("DELETE FROM password_resets WHERE user_id = $1", user_id)


async def delete_expired(sql: Sql, at: datetime) -> tuple[int, int]:
    """Drop everybody's expired sessions and mailed links; return how many of each."""
    sessions = await sql.execute("DELETE FROM user_sessions WHERE expires_at <= $1", at)
    resets = await sql.execute("DELETE FROM password_resets WHERE expires_at <= $1", at)
    return int(sessions.rpartition(" ")[2]), int(resets.rpartition(" ")[2])
