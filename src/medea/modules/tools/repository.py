"""Every query of this module."""

from datetime import datetime
from typing import Any

import msgspec

from medea.kernel.db.sql import Sql
from medea.kernel.ids import AgentId, ConversationId, LeadId, SecretId, TenantId, ToolId, TurnId
from medea.modules.tools.values import OwnTool, Reading, Request, Secret


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
    """Return the names of the bound company's secrets, with the tools that use them."""
    rows = await sql.fetch(
        "SELECT s.id, s.name, s.created_at, s.updated_at, array(SELECT t.name FROM tools t,"
        " jsonb_each_text(t.request -> 'headers') AS h (header, value)"
        " WHERE position('{{' || s.name || '}}' IN h.value) > 0 ORDER BY 1) AS used_by FROM secrets s ORDER BY s.name"
    )
    return [
        Secret(
            id=SecretId(row["id"]),
            name=row["name"],
            created_at=row["created_at"],
            updated_at=row["updated_at"],
            used_by=tuple(dict.fromkeys(row["used_by"])),
        )
        for row in rows
    ]


async def sealed_secrets(sql: Sql, names: list[str]) -> dict[str, tuple[SecretId, bytes]]:
    """Return ids and ciphertexts of secrets by name."""
    rows = await sql.fetch("SELECT id, name, ciphertext FROM secrets WHERE name = ANY($1)", names)
    return {row["name"]: (SecretId(row["id"]), row["ciphertext"]) for row in rows}


async def add_secret(sql: Sql, tenant: TenantId, secret: SecretId, name: str, ciphertext: bytes, at: datetime) -> None:
    """Add a secret.

    Raises:
        UniqueViolation: another one has its name.
    """
    await sql.execute(
        "INSERT INTO secrets (tenant_id, id, name, ciphertext, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)",
        tenant,
        secret,
        name,
        ciphertext,
        at,
    )


async def replace_secret(sql: Sql, secret: SecretId, ciphertext: bytes, at: datetime) -> bool:
    """Give a secret another value; False: there is none."""
    found = await sql.fetchval(
        "UPDATE secrets SET ciphertext = $2, updated_at = $3 WHERE id = $1 RETURNING true", secret, ciphertext, at
    )
    return found is not None


async def delete_secret(sql: Sql, secret: SecretId) -> bool:
    """Delete a secret; False: there is none."""
    return await sql.fetchval("DELETE FROM secrets WHERE id = $1 RETURNING true", secret) is not None


async def list_leads(sql: Sql, limit: int, before: tuple[datetime, LeadId] | None) -> list[dict[str, Any]]:
    """Return what visitors filled in, newest first."""
    at, lead = before or (None, None)
    rows = await sql.fetch(
        "SELECT id, agent_id, conversation_id, turn_id, title, answers, created_at FROM leads"
        " WHERE $1::timestamptz IS NULL OR (created_at, id) < ($1, $2::uuid)"
        " ORDER BY created_at DESC, id DESC LIMIT $3",
        at,
        lead,
        limit,
    )
    kinds = {"id": LeadId, "agent_id": AgentId, "conversation_id": ConversationId, "turn_id": TurnId}
    return [{name: kinds[name](value) if name in kinds else value for name, value in row.items()} for row in rows]
