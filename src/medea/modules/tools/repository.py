"""Every query of this module."""

from datetime import datetime
from typing import Any

from medea.kernel.db.sql import Sql
from medea.kernel.ids import AgentId, ConversationId, LeadId, TenantId, TurnId


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
