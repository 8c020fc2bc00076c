"""Every query about MCP servers, their tools and their grants."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from medea.kernel.db.sql import Sql
from medea.kernel.ids import ServerId, SessionId, TenantId, ToolId
from medea.modules.tools.mcp.values import About, Hints, Server, ServerTool

_SERVER = (
    "name", "url", "program", "transport", "auth", "headers", "oauth_client_id", "oauth_client_secret",
    "timeout_seconds", "is_enabled", "revision", "state", "error", "error_at", "failures", "about", "listed_at",
    "due_at", "renew_at", "created_at", "updated_at",
)  # fmt: skip
_TOOL = (
    "server_id", "remote_name", "title", "description", "input_schema", "hints", "name", "name_reason",
    "own_description", "is_enabled", "is_safe_to_repeat", "is_public", "problem", "is_listed", "is_new", "changed_at",
    "created_at",
)  # fmt: skip


def _upsert(table: str, columns: Sequence[str]) -> str:
    places = ", ".join(f"${number}" for number in range(1, len(columns) + 3))
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns)
    return (
        f"INSERT INTO {table} (tenant_id, id, {', '.join(columns)}) VALUES ({places})"
        f" ON CONFLICT (tenant_id, id) DO UPDATE SET {changes}"
    )


_SAVE_SERVER, _SAVE_TOOL = _upsert("mcp_servers", _SERVER), _upsert("mcp_tools", _TOOL)


def _server(row: Any) -> Server:
    given = {name: row[name] for name in _SERVER}
    return Server(id=ServerId(row["id"]), **{**given, "about": msgspec.convert(row["about"], About)})


def _tool(row: Any) -> ServerTool:
    given = {name: row[name] for name in _TOOL}
    given["hints"] = msgspec.convert(row["hints"], Hints)
    return ServerTool(id=ToolId(row["id"]), **{**given, "server_id": ServerId(row["server_id"])})


async def list_servers(sql: Sql) -> list[Server]:
    """Return the bound company's servers by name."""
    return [_server(row) for row in await sql.fetch("SELECT * FROM mcp_servers ORDER BY name, id")]


async def find_server(sql: Sql, server: ServerId, *, for_update: bool = False) -> Server | None:
    """Return one of them, or None."""
    query = "SELECT * FROM mcp_servers WHERE id = $1" + (" FOR UPDATE" if for_update else "")
    row = await sql.fetchrow(query, server)
    return None if row is None else _server(row)


async def save_server(sql: Sql, tenant: TenantId, server: Server) -> None:
    """Write a server, new or changed.

    Raises:
        UniqueViolation: another one has its name.
    """
    values = {name: getattr(server, name) for name in _SERVER} | {"about": msgspec.to_builtins(server.about)}
    await sql.execute(_SAVE_SERVER, tenant, server.id, *(values[name] for name in _SERVER))


async def delete_server(sql: Sql, server: ServerId) -> bool:
    """Delete a server with its tools and its grant; False: there is none."""
    return await sql.fetchval("DELETE FROM mcp_servers WHERE id = $1 RETURNING true", server) is not None


async def count_tools(sql: Sql) -> dict[ServerId, tuple[int, int]]:
    """Return by server how many tools it offers, and how many of them agents may use."""
    rows = await sql.fetch(
        "SELECT server_id, count(*) AS offered, count(*) FILTER (WHERE is_enabled AND problem IS NULL) AS usable"
        " FROM mcp_tools WHERE is_listed GROUP BY server_id"
    )
    return {ServerId(row["server_id"]): (row["offered"], row["usable"]) for row in rows}


async def list_tools(sql: Sql, server: ServerId) -> list[ServerTool]:
    """Return the tools of a server in the order of their names there, those that it offers no more at the end."""
    query = "SELECT * FROM mcp_tools WHERE server_id = $1 ORDER BY is_listed DESC, remote_name"
    return [_tool(row) for row in await sql.fetch(query, server)]


async def find_tool(sql: Sql, server: ServerId, tool: ToolId) -> ServerTool | None:
    """Return a tool of a server, or None."""
    row = await sql.fetchrow("SELECT * FROM mcp_tools WHERE server_id = $1 AND id = $2 FOR UPDATE", server, tool)
    return None if row is None else _tool(row)


async def save_tools(sql: Sql, tenant: TenantId, tools: Sequence[ServerTool]) -> None:
    """Write tools, new or changed.

    Raises:
        UniqueViolation: another one has a name of theirs.
    """
    rows = []
    for tool in tools:
        values = {name: getattr(tool, name) for name in _TOOL} | {"hints": msgspec.to_builtins(tool.hints)}
        rows.append((tenant, tool.id, *(values[name] for name in _TOOL)))
    await sql.executemany(_SAVE_TOOL, rows)


async def list_usable(sql: Sql, tools: Sequence[ToolId] | None = None) -> list[tuple[ServerTool, ServerId]]:
    """Return the tools that agents may use, of servers that are enabled; all, or those of these ids."""
    rows = await sql.fetch(
        "SELECT t.* FROM mcp_tools t JOIN mcp_servers s ON s.tenant_id = t.tenant_id AND s.id = t.server_id"
        " WHERE s.is_enabled AND t.is_enabled AND t.problem IS NULL AND ($1::uuid[] IS NULL OR t.id = ANY($1))"
        " ORDER BY s.name, t.name",
        None if tools is None else list(tools),
    )
    return [(_tool(row), ServerId(row["server_id"])) for row in rows]


async def names_in_use(sql: Sql) -> dict[str, str]:
    """Return, by name in lower case, which of the company's tools have it: what people call them."""
    rows = await sql.fetch(
        "SELECT lower(name) AS name, 'your own tool ' || name AS owner FROM tools UNION ALL"
        " SELECT lower(t.name), 'the tool ' || t.remote_name || ' of ' || s.name FROM mcp_tools t"
        " JOIN mcp_servers s ON s.tenant_id = t.tenant_id AND s.id = t.server_id"
    )
    return {row["name"]: row["owner"] for row in rows}


async def lock_names(sql: Sql, tenant: TenantId) -> None:
    """Let nobody else give names to tools of the company's servers until the transaction ends; to be taken first."""
    await sql.execute("SELECT pg_advisory_xact_lock(hashtextextended('mcp_tools ' || $1::text, 0))", tenant.hex)


async def find_name_owner(sql: Sql, name: str) -> str | None:
    """Return which server's tool has a name, as people call it."""
    found: str | None = await sql.fetchval(
        "SELECT 'the tool ' || t.remote_name || ' of the MCP server ' || s.name FROM mcp_tools t"
        " JOIN mcp_servers s ON s.tenant_id = t.tenant_id AND s.id = t.server_id WHERE lower(t.name) = lower($1)",
        name,
    )
    return found


async def take_due(sql: Sql, now: datetime, limit: int, pause: timedelta) -> list[tuple[TenantId, ServerId, bool]]:
    """Return servers of all tenants whose time has come, and whether it is for their token; none again for a while."""
    rows = await sql.fetch(
        "UPDATE mcp_servers m SET due_at = CASE WHEN m.due_at <= $1 THEN $3 ELSE m.due_at END,"
        " renew_at = CASE WHEN m.renew_at <= $1 THEN $3 ELSE m.renew_at END"
        " FROM (SELECT tenant_id, id, renew_at <= $1 AS is_renewal FROM mcp_servers WHERE is_enabled"
        " AND (due_at <= $1 OR renew_at <= $1) ORDER BY least(due_at, renew_at) LIMIT $2 FOR UPDATE SKIP LOCKED) d"
        " WHERE m.tenant_id = d.tenant_id AND m.id = d.id RETURNING m.tenant_id, m.id, d.is_renewal",
        now,
        limit,
        now + pause,
    )
    return [(TenantId(row["tenant_id"]), ServerId(row["id"]), bool(row["is_renewal"])) for row in rows]


async def find_grant(sql: Sql, server: ServerId) -> tuple[bytes, datetime] | None:
    """Return the ciphertext of a server's grant, and when it was written."""
    row = await sql.fetchrow("SELECT ciphertext, updated_at FROM mcp_grants WHERE server_id = $1", server)
    return None if row is None else (row["ciphertext"], row["updated_at"])


async def claim_grant(sql: Sql, server: ServerId, now: datetime, until: datetime) -> bool:
    """Say that a grant is being renewed; False: another one does, or there is none."""
    found = await sql.fetchval(
        "UPDATE mcp_grants SET claimed_until = $3 WHERE server_id = $1 AND coalesce(claimed_until, $2) <= $2"
        " RETURNING true",
        server,
        now,
        until,
    )
    return found is not None


async def release_grant(sql: Sql, server: ServerId, until: datetime) -> None:
    """Say that it is not being renewed any more by who claimed it until then."""
    query = "UPDATE mcp_grants SET claimed_until = NULL WHERE server_id = $1 AND claimed_until = $2"
    await sql.execute(query, server, until)


async def save_grant(sql: Sql, tenant: TenantId, server: ServerId, ciphertext: bytes, at: datetime) -> None:
    """Write what was agreed to, in the place of what was before."""
    await sql.execute(
        "INSERT INTO mcp_grants (tenant_id, server_id, ciphertext, updated_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (tenant_id, server_id) DO UPDATE SET ciphertext = excluded.ciphertext, claimed_until = NULL,"
        " updated_at = excluded.updated_at",
        tenant,
        server,
        ciphertext,
        at,
    )


async def delete_grant(sql: Sql, server: ServerId) -> None:
    """Delete it, and what was kept for answers of people who are away for one."""
    await sql.execute("DELETE FROM mcp_grants WHERE server_id = $1", server)
    await sql.execute("DELETE FROM mcp_pending WHERE server_id = $1", server)


async def add_pending(
    sql: Sql,
    tenant: TenantId,
    state_hash: bytes,
    server: ServerId,
    session: SessionId,
    ciphertext: bytes,
    expires_at: datetime,
) -> None:
    """Keep what the answer of a person who was sent away will need; what is out of date goes."""
    await sql.execute("DELETE FROM mcp_pending WHERE expires_at < $1", expires_at - timedelta(hours=1))
    await sql.execute(
        "INSERT INTO mcp_pending (tenant_id, state_hash, server_id, session_id, ciphertext, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        tenant,
        state_hash,
        server,
        session,
        ciphertext,
        expires_at,
    )


async def purge_pending(sql: Sql, now: datetime) -> int:
    """Delete, as `medea_system`, what people of all tenants did not come back for in time; return how many."""
    gone = await sql.execute("DELETE FROM mcp_pending WHERE expires_at < $1", now)
    return int(gone.rpartition(" ")[2])


async def take_pending(sql: Sql, state_hash: bytes, session: SessionId, now: datetime) -> tuple[ServerId, bytes] | None:
    """Return what was kept for an answer in the same session, once."""
    row = await sql.fetchrow(
        "DELETE FROM mcp_pending WHERE state_hash = $1 AND session_id = $2 AND expires_at > $3"
        " RETURNING server_id, ciphertext",
        state_hash,
        session,
        now,
    )
    return None if row is None else (ServerId(row["server_id"]), row["ciphertext"])
