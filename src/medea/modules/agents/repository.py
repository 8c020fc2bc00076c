"""Every query of this module: ORM for the editor, plain SQL for the hot path."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from medea.kernel.db.paging import Page, PageRequest, bad_cursor
from medea.kernel.db.sql import Sql
from medea.kernel.ids import AgentId
from medea.modules.agents.config import AgentConfig
from medea.modules.agents.models import Agent, AgentVersion

Row = Mapping[str, Any]

_SLUG = re.compile(r"[a-z0-9-]{1,63}\Z")
_MAX_INT = 2**31 - 1


def is_slug(text: str) -> bool:
    """Tell whether a text can be a slug at all."""
    return _SLUG.match(text) is not None


def find_key(ref: str) -> AgentId | str | None:
    """Tell an id (which has an underscore) from a slug (which never has); None: neither."""
    return AgentId.find(ref) or (ref if is_slug(ref) else None)


# ---- the editor's queries, through the ORM


async def find_agent(db: AsyncSession, ref: str, *, for_update: bool = False) -> Agent | None:
    """Return an agent that is not deleted, by id or slug, locked on request."""
    key = find_key(ref)
    if key is None:
        return None
    where = Agent.id == key if isinstance(key, AgentId) else Agent.slug == key
    query = select(Agent).where(where, Agent.deleted_at.is_(None))
    if for_update:
        # what another request changed while this one waited for the lock must be seen
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await db.scalars(query)).one_or_none()


async def list_agents(db: AsyncSession, paging: PageRequest, *, q: str | None) -> Page[Agent]:
    """Return agents, newest first; `q` is looked for in name, slug and description."""
    query = select(Agent).where(Agent.deleted_at.is_(None))
    if q:
        query = query.where(
            or_(*(column.icontains(q, autoescape=True) for column in (Agent.name, Agent.slug, Agent.description)))
        )
    if (before := paging.id_key(AgentId)) is not None:
        query = query.where(Agent.id < before)
    return await _page(db, query.order_by(Agent.id.desc()), paging, lambda agent: [str(agent.id)])


async def _page(db: AsyncSession, query: Select[Any], paging: PageRequest, key: Any) -> Page[Any]:
    rows = (await db.scalars(query.limit(paging.limit + 1))).all()
    return paging.page(rows, key)


async def list_slugs(db: AsyncSession, base: str) -> set[str]:
    """Return the slugs in use that are `base` or start with `base-`."""
    query = select(Agent.slug).where(
        Agent.deleted_at.is_(None), or_(Agent.slug == base, Agent.slug.startswith(f"{base}-", autoescape=True))
    )
    return set((await db.scalars(query)).all())


async def find_version(db: AsyncSession, agent_id: AgentId, number: int) -> AgentVersion | None:
    """Return one version."""
    if not 0 < number <= _MAX_INT:
        return None
    query = select(AgentVersion).where(AgentVersion.agent_id == agent_id, AgentVersion.number == number)
    return (await db.scalars(query)).one_or_none()


async def last_number(db: AsyncSession, agent_id: AgentId) -> int:
    """Return the highest version number, 0 where there is none. Call it under the agent's lock."""
    query = select(AgentVersion.number).where(AgentVersion.agent_id == agent_id)
    return (await db.scalars(query.order_by(AgentVersion.number.desc()).limit(1))).one_or_none() or 0


async def list_versions(db: AsyncSession, agent_id: AgentId, paging: PageRequest) -> Page[AgentVersion]:
    """Return the versions of an agent, newest first."""
    query = select(AgentVersion).where(AgentVersion.agent_id == agent_id)
    key = paging.key(1)
    if key is not None:
        if not isinstance(key[0], int) or abs(key[0]) > _MAX_INT:
            raise bad_cursor()
        query = query.where(AgentVersion.number < key[0])
    return await _page(db, query.order_by(AgentVersion.number.desc()), paging, lambda version: [version.number])


# ---- the hot path's, on a plain connection

_LIVE = """
SELECT a.id, a.slug, v.number, v.config FROM agents a
JOIN agent_versions v ON v.tenant_id = a.tenant_id AND v.agent_id = a.id AND v.number = a.published_version
WHERE a.deleted_at IS NULL AND {where}
"""
_DRAFT = (
    f"SELECT id, slug, {', '.join(AgentConfig.__struct_fields__)} FROM agents a"
    " WHERE a.deleted_at IS NULL AND {where}"
)
_NAMES = "SELECT id, slug, name, created_at, deleted_at FROM agents"


def _where(key: AgentId | str) -> str:
    return "a.id = $1" if isinstance(key, AgentId) else "a.slug = $1"


async def find_live(sql: Sql, key: AgentId | str) -> Row | None:
    """Return id, slug, number and config of the published version."""
    return await sql.fetchrow(_LIVE.format(where=_where(key)), key)


async def find_draft(sql: Sql, key: AgentId | str) -> Row | None:
    """Return id, slug and the members of the draft's configuration."""
    return await sql.fetchrow(_DRAFT.format(where=_where(key)), key)


async def find_version_row(sql: Sql, agent_id: AgentId, number: int) -> Row | None:
    """Return id, slug, number and config of one version, also of a deleted agent."""
    if not 0 < number <= _MAX_INT:
        return None
    return await sql.fetchrow(
        "SELECT a.id, a.slug, v.number, v.config FROM agents a"
        " JOIN agent_versions v ON v.tenant_id = a.tenant_id AND v.agent_id = a.id"
        " WHERE a.id = $1 AND v.number = $2",
        agent_id,
        number,
    )


async def list_published(sql: Sql) -> list[Row]:
    """Return what to call the published agents, by slug."""
    return await sql.fetch(f"{_NAMES} WHERE deleted_at IS NULL AND published_version IS NOT NULL ORDER BY slug")


async def list_names(sql: Sql, ids: Collection[AgentId]) -> list[Row]:
    """Return what to call these agents, deleted ones included."""
    return await sql.fetch(f"{_NAMES} WHERE id = ANY($1::uuid[])", list(ids))


async def list_public(sql: Sql, slug: str) -> list[Row]:
    """Return tenant and id of the published agents with a slug. Needs the system role."""
    return await sql.fetch(
        "SELECT tenant_id, id FROM agents WHERE slug = $1 AND deleted_at IS NULL AND published_version IS NOT NULL"
        " ORDER BY created_at, id",
        slug,
    )
