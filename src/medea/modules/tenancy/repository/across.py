"""Queries across companies, as medea_system: where someone belongs, what a key is, how a company begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from medea.kernel.auth.scopes import Role
from medea.kernel.db.sql import Sql
from medea.kernel.ids import ApiKeyId, InvitationId, MembershipId, TenantId, UserId

_USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Place:
    """A company someone belongs to, and as what."""

    tenant_id: TenantId
    name: str
    slug: str
    role: Role


@dataclass(frozen=True, slots=True)
class Offer:
    """An invitation that was just taken."""

    email_key: str
    role: Role


@dataclass(frozen=True, slots=True)
class FoundKey:
    """What a key is."""

    id: ApiKeyId
    tenant_id: TenantId
    is_secret: bool
    scopes: frozenset[str]
    allowed_origins: tuple[str, ...]


async def insert_tenant(sql: Sql, tenant_id: TenantId, name: str, slug: str, at: datetime) -> bool:
    """Add a company. False: the slug is taken."""
    added = await sql.fetchval(
        "INSERT INTO tenants (tenant_id, name, slug, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)"
        " ON CONFLICT (slug) DO NOTHING RETURNING true",
        tenant_id,
        name,
        slug,
        at,
    )
    return bool(added)


async def insert_membership(sql: Sql, tenant_id: TenantId, user_id: UserId, role: Role, at: datetime) -> bool:
    """Make someone a member. False: they are one already."""
    added = await sql.fetchval(
        "INSERT INTO memberships (tenant_id, id, user_id, role, created_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (tenant_id, user_id) DO NOTHING RETURNING true",
        tenant_id,
        MembershipId.new(),
        user_id,
        role.value,
        at,
    )
    return bool(added)


async def list_tenants(sql: Sql, after: TenantId | None, limit: int) -> list[TenantId]:
    """Return the ids of companies beyond one, in order."""
    rows = await sql.fetch(
        "SELECT tenant_id FROM tenants WHERE $1::uuid IS NULL OR tenant_id > $1 ORDER BY tenant_id LIMIT $2",
        after,
        limit,
    )
    return [TenantId(row["tenant_id"]) for row in rows]


async def list_names(sql: Sql, tenant_ids: Sequence[TenantId]) -> dict[TenantId, str]:
    """Return the names of those of these companies that exist."""
    rows = await sql.fetch("SELECT tenant_id, name FROM tenants WHERE tenant_id = ANY($1::uuid[])", list(tenant_ids))
    return {TenantId(row["tenant_id"]): row["name"] for row in rows}


async def list_places(sql: Sql, user_id: UserId) -> list[Place]:
    """Return the companies someone belongs to, the one joined first first."""
    rows = await sql.fetch(
        "SELECT t.tenant_id, t.name, t.slug, m.role FROM memberships m JOIN tenants t USING (tenant_id)"
        " WHERE m.user_id = $1 ORDER BY m.id",
        user_id,
    )
    return [Place(TenantId(row["tenant_id"]), row["name"], row["slug"], Role(row["role"])) for row in rows]


async def find_role(sql: Sql, tenant_id: TenantId, user_id: UserId) -> Role | None:
    """Return someone's role in a company, or None."""
    role = await sql.fetchval("SELECT role FROM memberships WHERE tenant_id = $1 AND user_id = $2", tenant_id, user_id)
    return Role(role) if role else None


async def take_invitation(sql: Sql, tenant_id: TenantId, invitation_id: InvitationId, at: datetime) -> Offer | None:
    """Use an invitation up. Of two at once, one gets it, the other None."""
    row = await sql.fetchrow(
        "DELETE FROM invitations WHERE tenant_id = $1 AND id = $2 AND expires_at > $3 RETURNING email_key, role",
        tenant_id,
        invitation_id,
        at,
    )
    return Offer(row["email_key"], Role(row["role"])) if row else None


async def find_used_key(sql: Sql, token_hash: bytes, at: datetime) -> FoundKey | None:
    """Return what a key is, noting that it was used (at most once a minute)."""
    row = await sql.fetchrow(
        "SELECT id, tenant_id, kind, scopes, allowed_origins, last_used_at FROM api_keys WHERE token_hash = $1",
        token_hash,
    )
    if row is None:
        return None
    if row["last_used_at"] is None or row["last_used_at"] <= at - _USED_EVERY:
        await sql.execute(
            "UPDATE api_keys SET last_used_at = $3 WHERE tenant_id = $1 AND id = $2", row["tenant_id"], row["id"], at
        )
    return _key(row)


def _key(row: Any) -> FoundKey:
    return FoundKey(
        ApiKeyId(row["id"]),
        TenantId(row["tenant_id"]),
        row["kind"] == "secret",
        frozenset(row["scopes"]),
        tuple(row["allowed_origins"]),
    )
