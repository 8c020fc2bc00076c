"""Rows of people. Platform tables are read as medea_system, so they are records, not ORM classes."""

from dataclasses import dataclass
from datetime import datetime

from medea.kernel.ids import Id, SessionId, TenantId, UserId


class PasswordResetId(Id):
    """A request to set a new password."""

    prefix = "pwr"


@dataclass(frozen=True, slots=True)
class User:
    """A row of `users`.

    Attributes:
        email: as the person wrote it, the domain in lower case.
        email_key: lower case throughout; unique.
        last_tenant_id: the company that was active last.
        is_operator: whether they operate the installation.
    """

    id: UserId
    email: str
    email_key: str
    name: str
    password_hash: str
    last_tenant_id: TenantId
    created_at: datetime
    is_operator: bool = False


@dataclass(frozen=True, slots=True)
class LoginSession:
    """A row of `user_sessions`, without its token's hash.

    Attributes:
        active_tenant_id: the company that requests of this session act in.
        last_seen_at: written at most once a minute.
    """

    id: SessionId
    user_id: UserId
    active_tenant_id: TenantId
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    user_agent: str | None
    ip: str | None


@dataclass(frozen=True, slots=True)
class PasswordReset:
    """A row of `password_resets`: used, it is gone."""

    id: PasswordResetId
    user_id: UserId
    expires_at: datetime
