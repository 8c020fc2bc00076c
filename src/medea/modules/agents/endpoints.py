"""HTTP of agents. Every `{agent_id}` is an id (`agt_...`) or a slug."""

from typing import Annotated, Literal

import msgspec
from fastapi import Path, Query

from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import ListOf, Paging, Text
from medea.modules.agents import service, trying
from medea.modules.agents.errors import (
    AgentIncomplete,
    AgentModelDisabled,
    AgentNotFound,
    AgentSlugTaken,
    VersionNotFound,
)
from medea.modules.agents.permissions import Read, Write
from medea.modules.agents.schemas.agent import AgentRead
from medea.modules.agents.schemas.draft import AgentCreate, AgentPublish, AgentUpdate
from medea.modules.agents.schemas.trying import AnswerTrialRead, GuardrailsTrialRead, GuardrailsTry, PromptTrialRead
from medea.modules.agents.schemas.versions import ComparisonRead, VersionRead

router = make_router("/agents", "Agents")

AgentRef = Annotated[str, Path(max_length=100, description="id (`agt_...`) or slug")]
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="number of the version")]
Side = Annotated[int, Query(ge=1, le=2**31 - 1)] | Literal["draft"]


@router.get("")
async def list_agents(
    ctx: Read, paging: Paging, q: Annotated[Text | None, Query(max_length=200, description="part of the name")] = None
) -> ListOf[AgentRead]:
    """List agents, newest first, filtered by name, slug or description."""
    return ListOf.of(await service.list_agents(ctx, paging, q=q), AgentRead.of)


@router.post("", status_code=201, responses=problems(AgentSlugTaken))
async def create_agent(body: AgentCreate, ctx: Write) -> AgentRead:
    """Make an agent, as a draft."""
    agent = await service.create_agent(ctx, body.config(), slug=body.slug, description=body.description or "")
    return AgentRead.of(agent)


@router.get("/{agent_id}", responses=problems(AgentNotFound))
async def get_agent(agent_id: AgentRef, ctx: Read) -> AgentRead:
    """Read an agent and its draft."""
    return AgentRead.of(await service.get_agent(ctx, agent_id))


@router.patch("/{agent_id}", responses=problems(AgentNotFound, AgentSlugTaken))
async def update_agent(agent_id: AgentRef, body: AgentUpdate, ctx: Write) -> AgentRead:
    """Change the draft. Null clears a field, absence leaves it; visitors notice nothing until it is published."""
    return AgentRead.of(await service.update_agent(ctx, agent_id, body.changes()))


@router.delete("/{agent_id}", status_code=204, responses=problems(AgentNotFound))
async def delete_agent(agent_id: AgentRef, ctx: Write) -> None:
    """Delete an agent. Its slug is free at once; its conversations stay readable."""
    await service.delete_agent(ctx, agent_id)


@router.post("/{agent_id}/publish", responses=problems(AgentNotFound, AgentIncomplete, AgentModelDisabled))
async def publish_agent(agent_id: AgentRef, ctx: Write, body: AgentPublish | None = None) -> AgentRead:
    """Freeze the draft as the next version and make it live. An unchanged draft makes no new version."""
    note = body.note if body else None
    return AgentRead.of(await service.publish_agent(ctx, agent_id, note=note or ""))


@router.post("/{agent_id}/guardrails/try", responses=problems(AgentNotFound))
async def try_guardrails(agent_id: AgentRef, body: GuardrailsTry, ctx: Write) -> GuardrailsTrialRead:
    """Tell what the draft's guardrails would do to a text, as a visitor's message and as an answer; nothing is kept."""
    rules = (await service.get_agent(ctx, agent_id)).config.guardrails
    if body.guardrails is not None:
        rules = msgspec.structs.replace(rules, **body.guardrails.changes())
    prompt = await trying.try_prompt(ctx, rules, body.text)
    answer = trying.try_answer(rules, body.text)
    return GuardrailsTrialRead(
        prompt=PromptTrialRead.model_validate(prompt), answer=AnswerTrialRead.model_validate(answer)
    )


@router.get("/{agent_id}/versions", responses=problems(AgentNotFound))
async def list_versions(agent_id: AgentRef, ctx: Read, paging: Paging) -> ListOf[VersionRead]:
    """List published versions, newest first."""
    agent, page = await service.list_versions(ctx, agent_id, paging)
    authors = await service.list_authors(ctx, page.data)
    return ListOf.of(page, lambda version: VersionRead.of(agent, version, authors))


@router.get("/{agent_id}/versions/compare", responses=problems(AgentNotFound, VersionNotFound))
async def compare_versions(
    agent_id: AgentRef,
    ctx: Read,
    before: Annotated[Side, Query(alias="from")],
    after: Annotated[Side, Query(alias="to")],
) -> ComparisonRead:
    """Tell what differs between two versions, or a version and the `draft`."""
    sides = [None if side == "draft" else side for side in (before, after)]
    changes = await service.compare_versions(ctx, agent_id, before=sides[0], after=sides[1])
    return ComparisonRead.of(sides[0], sides[1], changes)


@router.get("/{agent_id}/versions/{number}", responses=problems(AgentNotFound, VersionNotFound))
async def get_version(agent_id: AgentRef, number: Number, ctx: Read) -> VersionRead:
    """Read one version."""
    agent, version = await service.get_version(ctx, agent_id, number)
    authors = await service.list_authors(ctx, [version])
    return VersionRead.of(agent, version, authors)


@router.post("/{agent_id}/versions/{number}/restore", responses=problems(AgentNotFound, VersionNotFound))
async def restore_version(agent_id: AgentRef, number: Number, ctx: Write) -> AgentRead:
    """Make the draft what this version was. Publish to make it live."""
    return AgentRead.of(await service.restore_version(ctx, agent_id, number))
