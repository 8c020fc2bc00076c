"""What other modules may ask of agents: frozen values, below permission, within the bound tenant."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from medea.kernel.context import Context, Ports
from medea.kernel.db.sql import Sql
from medea.kernel.ids import AgentId, TenantId
from medea.modules.agents import live, repository, service
from medea.modules.agents.config import (
    AgentConfig,
    Appearance,
    Example,
    Fallback,
    FallbackReason,
    Retrieval,
    ToolChoice,
)
from medea.modules.agents.errors import AgentNotFound, VersionNotFound
from medea.modules.agents.live import LiveAgent
from medea.modules.agents.scope import judge_topics

__all__ = [
    "AgentConfig",
    "AgentName",
    "AgentNotFound",
    "Appearance",
    "Example",
    "Fallback",
    "FallbackReason",
    "LiveAgent",
    "PublicAgent",
    "Retrieval",
    "ToolChoice",
    "VersionNotFound",
    "create_agent",
    "find_agent",
    "find_public_agents",
    "get_draft",
    "get_live_agent",
    "get_names",
    "get_version",
    "judge_topics",
    "list_agents_for_models",
    "publish_agent",
]


@dataclass(frozen=True, slots=True)
class AgentName:
    """What to call an agent.

    Attributes:
        id: the agent.
        slug: its present slug.
        name: of the draft, as the tenant's people know it.
        created_at: when it came into being.
        is_deleted: whether it is gone by now.
    """

    id: AgentId
    slug: str
    name: str
    created_at: datetime
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class PublicAgent:
    """A published agent, found without knowing its tenant."""

    tenant_id: TenantId
    agent_id: AgentId


async def get_live_agent(ctx: Context, ref: str, *, sql: Sql | None = None) -> LiveAgent:
    """Return what visitors talk to: the published version. Cached; takes no ORM session.

    Args:
        ctx: its tenant is the agent's.
        ref: id (`agt_...`) or slug.
        sql: the caller's transaction, if one is open.

    Raises:
        AgentNotFound: no such agent in this tenant, or nothing published.
    """
    return await live.get_live_agent(ctx.ports, ctx.tenant, ref, sql=sql)


async def get_draft(ctx: Context, ref: str, *, sql: Sql | None = None) -> LiveAgent:
    """Return the agent as its draft stands now, with version None. Never cached; `sql` as of `get_live_agent`.

    Raises:
        AgentNotFound: no such agent in this tenant.
    """
    return await live.get_draft(ctx.ports, ctx.tenant, ref, sql=sql)


async def get_version(ctx: Context, agent_id: AgentId, number: int) -> LiveAgent:
    """Return one version, whether live or not, also of a deleted agent. Cached: versions never change.

    Raises:
        VersionNotFound: the agent has no such version, or the tenant no such agent.
    """
    return await live.get_version(ctx.ports, ctx.tenant, agent_id, number)


async def find_public_agents(ports: Ports, slug: str) -> list[PublicAgent]:
    """Return the published agents of all tenants that have this slug, oldest first.

    For hosted pages, which know only a slug: exactly one means that the page is unambiguous.
    """
    return [PublicAgent(TenantId(row["tenant_id"]), AgentId(row["id"])) for row in await live.find_public(ports, slug)]


async def list_agents_for_models(ctx: Context) -> list[AgentName]:
    """Return the tenant's published agents by slug, as the OpenAI-compatible list of models shows them."""
    async with ctx.ports.database.transaction(ctx.tenant, durable=False) as sql:
        rows = await repository.list_published(sql)
    return [_name(row) for row in rows]


async def get_names(ctx: Context, ids: Collection[AgentId]) -> dict[AgentId, AgentName]:
    """Return what to call these agents, deleted ones included; unknown ids are left out."""
    if not ids:
        return {}
    async with ctx.ports.database.transaction(ctx.tenant, durable=False) as sql:
        rows = await repository.list_names(sql, ids)
    return {(named := _name(row)).id: named for row in rows}


async def find_agent(ctx: Context, ref: str) -> AgentName | None:
    """Return an agent by id or slug, published or not, or None."""
    try:
        found = await live.get_draft(ctx.ports, ctx.tenant, ref)
    except AgentNotFound:
        return None
    return (await get_names(ctx, [found.id]))[found.id]


async def create_agent(ctx: Context, config: AgentConfig, *, slug: str | None = None, description: str = "") -> AgentId:
    """Make an agent with this draft.

    Raises:
        AgentSlugTaken: the given slug is in use.
    """
    agent = await service.create_agent(ctx, config, slug=slug, description=description)
    return agent.id


async def publish_agent(ctx: Context, agent_id: AgentId, *, note: str = "") -> int:
    """Freeze the draft as the next version, make it live, and return its number.

    Raises:
        AgentNotFound: no such agent.
        AgentIncomplete: the draft lacks something.
    """
    agent = await service.publish_agent(ctx, str(agent_id), note=note)
    assert agent.published_version is not None  # noqa: S101 - publishing sets it
    return agent.published_version


def _name(row: live.Row) -> AgentName:
    return AgentName(AgentId(row["id"]), row["slug"], row["name"], row["created_at"], row["deleted_at"] is not None)
