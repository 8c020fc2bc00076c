"""Reading agents on the hot path: plain SQL in a short transaction of its own, remembered per process.

Nothing here uses the ORM session or the context's outbox, so a turn may read an agent at any moment of
its use case without announcing anything too early.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from medea.kernel.cache.base import CacheSpec
from medea.kernel.context import Ports
from medea.kernel.db.sql import Sql
from medea.kernel.ids import AgentId, TenantId
from medea.modules.agents import repository
from medea.modules.agents.config import AgentConfig
from medea.modules.agents.errors import AgentNotFound, VersionNotFound

Row = Mapping[str, Any]


class LiveAgent(msgspec.Struct, frozen=True):
    """An agent with one of its configurations.

    Attributes:
        id: the agent.
        slug: its present slug.
        name: as that configuration says.
        version: its number; None for the draft.
        config: everything a turn needs.
    """

    id: AgentId
    slug: str
    name: str
    version: int | None
    config: AgentConfig


LIVE: CacheSpec[LiveAgent] = CacheSpec("agents.live", ttl=60.0, size=5000)
VERSIONS: CacheSpec[LiveAgent] = CacheSpec("agents.versions", ttl=3600.0, size=1000)


async def get_live_agent(ports: Ports, tenant_id: TenantId, ref: str, *, sql: Sql | None = None) -> LiveAgent:
    """Return the published version by id or slug.

    Args:
        ports: of the installation.
        tenant_id: whose agent.
        ref: id or slug.
        sql: a transaction bound to the tenant that is open already: whoever holds one must not wait for another.

    Raises:
        AgentNotFound: no such agent, or nothing published.
    """
    key = repository.find_key(ref)
    if key is None:
        raise AgentNotFound()

    async def load() -> LiveAgent:
        row = await _reading(ports, tenant_id, sql, lambda open_sql: repository.find_live(open_sql, key))
        if row is None:
            raise AgentNotFound()
        return _with_version(row)

    return await ports.cache(LIVE).get(tenant_id, ref, load)


async def get_version(ports: Ports, tenant_id: TenantId, agent_id: AgentId, number: int) -> LiveAgent:
    """Return one version.

    Raises:
        VersionNotFound: there is none.
    """

    async def load() -> LiveAgent:
        async with ports.database.transaction(tenant_id, durable=False) as sql:
            row = await repository.find_version_row(sql, agent_id, number)
        if row is None:
            raise VersionNotFound()
        return _with_version(row)

    return await ports.cache(VERSIONS).get(tenant_id, f"{agent_id}/{number}", load)


async def get_draft(ports: Ports, tenant_id: TenantId, ref: str, *, sql: Sql | None = None) -> LiveAgent:
    """Return the draft by id or slug; `sql` as of `get_live_agent`.

    Raises:
        AgentNotFound: no such agent.
    """
    key = repository.find_key(ref)
    if key is None:
        raise AgentNotFound()
    row = await _reading(ports, tenant_id, sql, lambda open_sql: repository.find_draft(open_sql, key))
    if row is None:
        raise AgentNotFound()
    values = dict(row)
    agent_id, slug = AgentId(values.pop("id")), values.pop("slug")
    config = AgentConfig.from_json(values)
    return LiveAgent(agent_id, slug, config.name, None, config)


async def _reading(
    ports: Ports, tenant_id: TenantId, sql: Sql | None, read: Callable[[Sql], Awaitable[Row | None]]
) -> Row | None:
    if sql is not None:
        return await read(sql)
    async with ports.database.transaction(tenant_id, durable=False) as own:
        return await read(own)


async def find_public(ports: Ports, slug: str) -> list[Row]:
    """Return tenant and id of the published agents of a slug, across tenants."""
    if not repository.is_slug(slug):
        return []
    async with ports.database.system(durable=False) as sql:
        return await repository.list_public(sql, slug)


async def forget(ports: Ports, tenant_id: TenantId) -> None:
    """Forget the tenant's live agents in every process. To be called after the commit that changed one."""
    await ports.cache(LIVE).forget(tenant_id)


def _with_version(row: Row) -> LiveAgent:
    config = AgentConfig.from_json(row["config"])
    return LiveAgent(AgentId(row["id"]), row["slug"], config.name, row["number"], config)
