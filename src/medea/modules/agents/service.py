"""Use cases of agents and their versions."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import count
from typing import Any

import msgspec
from sqlalchemy.exc import IntegrityError

from medea.kernel.context import Context
from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.errors import FieldError
from medea.kernel.ids import AgentId, AgentVersionId, UserId
from medea.modules.agents import live, repository
from medea.modules.agents.config import GROUPS, AgentConfig, Change, compare
from medea.modules.agents.errors import AgentIncomplete, AgentNotFound, AgentSlugTaken, VersionNotFound
from medea.modules.agents.events import AgentCreated, AgentDeleted, AgentPublished
from medea.modules.agents.models import Agent, AgentVersion
from medea.modules.agents.references import check_models, check_references
from medea.modules.agents.slugs import slug_of, with_random_suffix, with_suffix
from medea.modules.identity import facade as identity
from medea.modules.identity.facade import Person

_RACES = 5  # lost against other requests making a like-named agent at the same moment

VersionRef = int | None
"""A version's number; None: the draft."""


async def list_agents(ctx: Context, paging: PageRequest, *, q: str | None = None) -> Page[Agent]:
    """Return agents, newest first."""
    return await repository.list_agents(ctx.db, paging, q=q)


async def get_agent(ctx: Context, ref: str, *, for_update: bool = False) -> Agent:
    """Return an agent by id or slug.

    Raises:
        AgentNotFound: there is none.
    """
    agent = await repository.find_agent(ctx.db, ref, for_update=for_update)
    if agent is None:
        raise AgentNotFound()
    return agent


async def create_agent(ctx: Context, config: AgentConfig, *, slug: str | None = None, description: str = "") -> Agent:
    """Make an agent. Without a slug one is made of the name, with a number where that is taken.

    Raises:
        AgentSlugTaken: the given slug is in use.
        Invalid: it names a knowledge base or a tool that is not there.
    """
    now = ctx.now()
    await check_references(ctx, config)
    for candidate in await _candidates(ctx, config.name, slug):
        agent = Agent(
            tenant_id=ctx.tenant,
            id=AgentId.new(),
            slug=candidate,
            description=description,
            config=config,
            created_at=now,
            created_by=ctx.principal.user_id,
            updated_at=now,
        )
        if await _is_inserted(ctx, agent):
            ctx.emit(AgentCreated(agent_id=agent.id, slug=agent.slug))
            return agent
    raise slug_taken(slug or slug_of(config.name))


async def _candidates(ctx: Context, name: str, slug: str | None) -> list[str]:
    if slug is not None:
        return [slug]
    base = slug_of(name)
    taken = await repository.list_slugs(ctx.db, base)
    free: Iterator[str] = (made for n in count(1) if (made := with_suffix(base, n)) not in taken)
    return [next(free) for _ in range(_RACES)] + [with_random_suffix(base)]


async def _is_inserted(ctx: Context, agent: Agent) -> bool:
    try:
        async with ctx.db.begin_nested():
            ctx.db.add(agent)
    except IntegrityError as error:
        if "agents_slug" not in str(error.orig):
            raise
        return False
    return True


def slug_taken(slug: str) -> AgentSlugTaken:
    """Return the refusal of a slug that another agent has."""
    field = FieldError("slug", "is taken by another agent of this company", "taken")
    return AgentSlugTaken(f"Another agent has the slug {slug!r}; choose another one.", errors=[field])


async def update_agent(ctx: Context, ref: str, changes: Mapping[str, Any]) -> Agent:
    """Change the draft (and slug and description). The last write wins, field by field.

    Args:
        ctx: who and where.
        ref: id or slug.
        changes: new values by field name, `slug` and `description` included; others stay. Of `GROUPS` a
            mapping of the members that change.

    Raises:
        AgentNotFound: there is none.
        AgentSlugTaken: the new slug is in use.
        Invalid: it names a knowledge base or a tool that is not there.
    """
    agent = await get_agent(ctx, ref, for_update=True)
    draft = {name: value for name, value in changes.items() if name in AgentConfig.__struct_fields__}
    for group in GROUPS:
        if group in draft:
            draft[group] = msgspec.structs.replace(getattr(agent.config, group), **draft[group])
    config = msgspec.structs.replace(agent.config, **draft)
    if config != agent.config:
        await check_references(ctx, config, agent.config)
        agent.config = config
    if "description" in changes:
        agent.description = changes["description"]
    if "slug" in changes and changes["slug"] != agent.slug:
        agent.slug = changes["slug"]
        _forget_live_after_commit(ctx)
    if ctx.db.is_modified(agent):
        agent.updated_at = ctx.now()
    try:
        await ctx.db.flush()
    except IntegrityError as error:
        if "agents_slug" in str(error.orig):
            raise slug_taken(changes["slug"]) from error
        raise
    return agent


async def delete_agent(ctx: Context, ref: str) -> None:
    """Delete an agent: it answers no more and its slug is free; what was said with it stays readable.

    Raises:
        AgentNotFound: there is none.
    """
    agent = await get_agent(ctx, ref, for_update=True)
    agent.deleted_at = ctx.now()
    ctx.emit(AgentDeleted(agent_id=agent.id))
    _forget_live_after_commit(ctx)


async def publish_agent(ctx: Context, ref: str, *, note: str = "") -> Agent:
    """Freeze the draft as the next version and make it live; an unchanged draft changes nothing.

    Raises:
        AgentNotFound: there is none.
        AgentIncomplete: the draft lacks something; `missing` names the fields.
        AgentModelDisabled: a model that it names is switched off.
    """
    agent = await get_agent(ctx, ref, for_update=True)
    config = agent.config
    if missing := config.missing_parts:
        errors = [FieldError(name, "must not be empty in a published agent", "missing") for name in missing]
        raise AgentIncomplete(errors=errors, missing=missing)
    await check_models(ctx, config)
    if not agent.has_unpublished_changes:
        return agent
    version = AgentVersion(
        tenant_id=agent.tenant_id,
        id=AgentVersionId.new(),
        agent_id=agent.id,
        number=await repository.last_number(ctx.db, agent.id) + 1,
        note=note,
        config_json=config.to_json(),
        created_at=ctx.now(),
        created_by=ctx.principal.user_id,
    )
    ctx.db.add(version)
    agent.published_version = version.number
    agent.published_hash = config.content_hash
    agent.published_at = version.created_at
    ctx.emit(AgentPublished(agent_id=agent.id, version=version.number))
    _forget_live_after_commit(ctx)
    return agent


def _forget_live_after_commit(ctx: Context) -> None:
    ctx.after_commit(partial(live.forget, ctx.ports, ctx.tenant))


async def list_versions(ctx: Context, ref: str, paging: PageRequest) -> tuple[Agent, Page[AgentVersion]]:
    """Return the agent and its versions, newest first.

    Raises:
        AgentNotFound: there is none.
    """
    agent = await get_agent(ctx, ref)
    return agent, await repository.list_versions(ctx.db, agent.id, paging)


async def get_version(ctx: Context, ref: str, number: int) -> tuple[Agent, AgentVersion]:
    """Return the agent and one of its versions.

    Raises:
        AgentNotFound: there is none.
        VersionNotFound: it has no such version.
    """
    agent = await get_agent(ctx, ref)
    return agent, await _version(ctx, agent, number)


async def _version(ctx: Context, agent: Agent, number: int) -> AgentVersion:
    version = await repository.find_version(ctx.db, agent.id, number)
    if version is None:
        raise VersionNotFound()
    return version


async def compare_versions(ctx: Context, ref: str, *, before: VersionRef, after: VersionRef) -> list[Change]:
    """Return what differs between two versions, or a version and the draft.

    Raises:
        AgentNotFound: there is none.
        VersionNotFound: it has no such version.
    """
    agent = await get_agent(ctx, ref)
    sides = [agent.config if ref is None else (await _version(ctx, agent, ref)).config for ref in (before, after)]
    return compare(*sides)


async def restore_version(ctx: Context, ref: str, number: int) -> Agent:
    """Make the draft what a version was. Nothing is live until it is published.

    Raises:
        AgentNotFound: there is none.
        VersionNotFound: it has no such version.
    """
    agent = await get_agent(ctx, ref, for_update=True)
    version = await _version(ctx, agent, number)
    if version.config != agent.config:
        agent.config = version.config
        agent.updated_at = ctx.now()
    return agent


async def list_authors(ctx: Context, versions: Iterable[AgentVersion]) -> dict[UserId, Person]:
    """Return who published these versions, as far as people did and still have an account."""
    return await identity.list_people(ctx, list({v.created_by for v in versions if v.created_by is not None}))
