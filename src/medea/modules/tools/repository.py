"""Every query of this module."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from medea.kernel.db.sql import Sql
from medea.kernel.ids import AgentId, ConversationId, LeadId, SecretId, TenantId, ToolId, TurnId
from medea.modules.tools.values import OwnTool, Reading, Request, SealedSecret, Secret


async def get_fetch_hosts(sql: Sql) -> tuple[str, ...]:
    """Return the sites that the bound company's agents may read."""
    return tuple(await sql.fetchval("SELECT fetch_hosts FROM tool_settings") or ())


async def save_fetch_hosts(sql: Sql, tenant: TenantId, hosts: list[str], at: datetime) -> None:
    """Replace them."""
    await sql.execute(
        "INSERT INTO tool_settings (tenant_id, fetch_hosts, updated_at) VALUES ($1, $2, $3)"
        " ON CONFLICT (tenant_id) DO UPDATE SET fetch_hosts = excluded.fetch_hosts, updated_at = excluded.updated_at",
        tenant,
        hosts,
        at,
    )


async def add_lead(
    sql: Sql,
    tenant: TenantId,
    lead: LeadId,
    *,
    agent: AgentId,
    conversation: ConversationId,
    turn: TurnId,
    title: str,
    answers: dict[str, Any],
    at: datetime,
) -> None:
    """Keep what a visitor filled in."""
    await sql.execute(
        "INSERT INTO leads (tenant_id, id, agent_id, conversation_id, turn_id, title, answers, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        tenant,
        lead,
        agent,
        conversation,
        turn,
        title,
        answers,
        at,
    )


def _tool(row: Any) -> OwnTool:
    return OwnTool(
        id=ToolId(row["id"]),
        name=row["name"],
        description=row["description"],
        parameters=row["parameters"],
        request=msgspec.convert(row["request"], Request),
        response=msgspec.convert(row["response"], Reading),
        timeout_seconds=row["timeout_seconds"],
        is_safe_to_repeat=row["is_safe_to_repeat"],
        is_public=row["is_public"],
        signing_ciphertext=row["signing_ciphertext"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


async def list_tools(sql: Sql) -> list[OwnTool]:
    """Return the bound company's own tools by name."""
    return [_tool(row) for row in await sql.fetch("SELECT * FROM tools ORDER BY name, id")]


async def find_tool(sql: Sql, tool: ToolId, *, for_update: bool = False) -> OwnTool | None:
    """Return one of them, or None."""
    row = await sql.fetchrow("SELECT * FROM tools WHERE id = $1" + (" FOR UPDATE" if for_update else ""), tool)
    return None if row is None else _tool(row)


async def save_tool(sql: Sql, tenant: TenantId, tool: OwnTool) -> None:
    """Write a tool, new or changed.

    Raises:
        UniqueViolation: another one has its name.
    """
    await sql.execute(
        "INSERT INTO tools (tenant_id, id, name, description, parameters, request, response, timeout_seconds,"
        " is_safe_to_repeat, is_public, signing_ciphertext, created_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description,"
        " parameters = excluded.parameters, request = excluded.request, response = excluded.response,"
        " timeout_seconds = excluded.timeout_seconds, is_safe_to_repeat = excluded.is_safe_to_repeat,"
        " is_public = excluded.is_public, signing_ciphertext = excluded.signing_ciphertext,"
        " updated_at = excluded.updated_at",
        tenant,
        tool.id,
        tool.name,
        tool.description,
        tool.parameters,
        msgspec.to_builtins(tool.request),
        msgspec.to_builtins(tool.response),
        tool.timeout_seconds,
        tool.is_safe_to_repeat,
        tool.is_public,
        tool.signing_ciphertext,
        tool.created_at,
        tool.updated_at,
    )


async def delete_tool(sql: Sql, tool: ToolId) -> bool:
    """Delete a tool; False: there is none."""
    return await sql.fetchval("DELETE FROM tools WHERE id = $1 RETURNING true", tool) is not None


async def list_secrets(sql: Sql) -> list[Secret]:
    """Return the names of the bound company's secrets, with the tools and MCP servers that use them."""
    rows = await sql.fetch(
        "SELECT s.id, s.name, s.hosts, s.created_at, s.updated_at, array(SELECT t.name FROM tools t,"
        " jsonb_each_text(t.request -> 'headers') AS h (header, value)"
        " WHERE position('{{' || s.name || '}}' IN h.value) > 0 ORDER BY 1)"
        " || array(SELECT m.name FROM mcp_servers m WHERE m.oauth_client_secret = s.name OR EXISTS ("
        "SELECT FROM jsonb_each_text(m.headers) AS h (header, value)"
        " WHERE position('{{' || s.name || '}}' IN h.value) > 0) ORDER BY 1) AS used_by FROM secrets s ORDER BY s.name"
    )
    return [
        Secret(
            id=SecretId(row["id"]),
            name=row["name"],
            hosts=_hosts(row),
            created_at=row["created_at"],
            updated_at=row["updated_at"],
            used_by=tuple(dict.fromkeys(row["used_by"])),
        )
        for row in rows
    ]


def _hosts(row: Any) -> tuple[str, ...] | None:
    return None if row["hosts"] is None else tuple(row["hosts"])


async def sealed_secrets(sql: Sql, names: list[str]) -> dict[str, SealedSecret]:
    """Return secrets, encrypted, by name."""
    rows = await sql.fetch("SELECT id, name, ciphertext, hosts FROM secrets WHERE name = ANY($1)", names)
    return _sealed(rows)


async def bind_secrets(sql: Sql, secrets: list[SecretId], host: str) -> dict[str, SealedSecret]:
    """Bind secrets that are bound to no host yet to this one; return by name what there is then.

    Another request may have bound one to another host since they were read.
    """
    rows = await sql.fetch(
        "UPDATE secrets SET hosts = CASE WHEN hosts = '{}' THEN ARRAY[$2] ELSE hosts END WHERE id = ANY($1)"
        " RETURNING id, name, ciphertext, hosts",
        secrets,
        host,
    )
    return _sealed(rows)


def _sealed(rows: Iterable[Any]) -> dict[str, SealedSecret]:
    return {row["name"]: SealedSecret(SecretId(row["id"]), row["ciphertext"], _hosts(row)) for row in rows}


async def add_secret(sql: Sql, tenant: TenantId, secret: Secret, ciphertext: bytes) -> None:
    """Add a secret.

    Raises:
        UniqueViolation: another one has its name.
    """
    await sql.execute(
        "INSERT INTO secrets (tenant_id, id, name, ciphertext, hosts, created_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        tenant,
        secret.id,
        secret.name,
        ciphertext,
        None if secret.hosts is None else list(secret.hosts),
        secret.created_at,
        secret.updated_at,
    )


async def find_secret_hosts(sql: Sql, secret: SecretId) -> tuple[bool, tuple[str, ...] | None]:
    """Return whether there is such a secret, and its hosts, and hold it until the transaction ends."""
    row = await sql.fetchrow("SELECT hosts FROM secrets WHERE id = $1 FOR UPDATE", secret)
    return (False, None) if row is None else (True, _hosts(row))


async def replace_secret(
    sql: Sql, secret: SecretId, *, ciphertext: bytes | None, hosts: list[str] | None, at: datetime
) -> None:
    """Give a secret another value, other hosts, or both; None leaves it."""
    await sql.execute(
        "UPDATE secrets SET ciphertext = coalesce($2, ciphertext), hosts = coalesce($3, hosts), updated_at = $4"
        " WHERE id = $1",
        secret,
        ciphertext,
        hosts,
        at,
    )


async def delete_secret(sql: Sql, secret: SecretId) -> bool:
    """Delete a secret; False: there is none."""
    return await sql.fetchval("DELETE FROM secrets WHERE id = $1 RETURNING true", secret) is not None


async def delete_lead(sql: Sql, lead: LeadId) -> bool:
    """Delete what a visitor filled in; False: there is none."""
    return await sql.fetchval("DELETE FROM leads WHERE id = $1 RETURNING true", lead) is not None
