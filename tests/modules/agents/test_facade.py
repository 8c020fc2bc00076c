"""What other modules ask of agents: the live version at once, in every process."""

import asyncio
import dataclasses

import pytest

from medea.apps.bootstrap import Installation, open_installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context, Ports
from medea.kernel.ids import AgentId, TenantId
from medea.kernel.settings import Settings
from medea.modules.agents import events, facade, service
from medea.modules.agents.config import AgentConfig

CONFIG = AgentConfig(name="Guide", system_prompt="You guide.")


@pytest.fixture
def ports(installation: Installation) -> Ports:
    return installation.ports


@pytest.fixture
def tenant() -> TenantId:
    return TenantId.new()


def context(ports: Ports, tenant: TenantId) -> Context:
    return Context(ports, system_principal(tenant))


async def publish_new(ports: Ports, tenant: TenantId, config: AgentConfig = CONFIG, slug: str = "guide") -> AgentId:
    async with context(ports, tenant) as ctx:
        agent_id = await facade.create_agent(ctx, config, slug=slug)
        assert await facade.publish_agent(ctx, agent_id) == 1
    return agent_id


async def change(ports: Ports, tenant: TenantId, ref: str, *, publish: bool = True, **fields: object) -> None:
    async with context(ports, tenant) as ctx:
        await service.update_agent(ctx, ref, fields)
        if publish:
            await service.publish_agent(ctx, ref)


async def test_the_live_agent_is_the_published_version(ports: Ports, tenant: TenantId) -> None:
    agent_id = await publish_new(ports, tenant)
    await change(ports, tenant, "guide", publish=False, system_prompt="draft")
    ctx = context(ports, tenant)
    live = await facade.get_live_agent(ctx, "guide")
    assert live == await facade.get_live_agent(ctx, str(agent_id))
    assert (live.id, live.slug, live.name, live.version, live.config) == (agent_id, "guide", "Guide", 1, CONFIG)
    draft = await facade.get_draft(ctx, "guide")
    assert (draft.version, draft.config.system_prompt) == (None, "draft")


async def test_publishing_and_deleting_are_seen_at_once(ports: Ports, tenant: TenantId) -> None:
    agent_id = await publish_new(ports, tenant)
    ctx = context(ports, tenant)
    assert (await facade.get_live_agent(ctx, "guide")).version == 1
    await change(ports, tenant, "guide", system_prompt="second")
    for ref in ("guide", str(agent_id)):
        live = await facade.get_live_agent(ctx, ref)
        assert (live.version, live.config.system_prompt) == (2, "second")
    await change(ports, tenant, "guide", publish=False, slug="leader")
    assert (await facade.get_live_agent(ctx, "leader")).slug == "leader"
    with pytest.raises(facade.AgentNotFound):
        await facade.get_live_agent(ctx, "guide")
    async with context(ports, tenant) as deleting:
        await service.delete_agent(deleting, "leader")
    for ref in ("leader", str(agent_id)):
        with pytest.raises(facade.AgentNotFound):
            await facade.get_live_agent(ctx, ref)


async def test_other_processes_see_it_too(
    ports: Ports, tenant: TenantId, settings: Settings, database_url: str
) -> None:
    await publish_new(ports, tenant)
    other = await open_installation(settings, database_url)
    try:
        elsewhere = context(other.ports, tenant)
        assert (await facade.get_live_agent(elsewhere, "guide")).version == 1
        await change(ports, tenant, "guide", system_prompt="second")
        for _ in range(3000):
            if (await facade.get_live_agent(elsewhere, "guide")).version == 2:
                break
            await asyncio.sleep(0.02)
        assert (await facade.get_live_agent(elsewhere, "guide")).version == 2
    finally:
        await other.close()


async def test_a_change_that_is_rolled_back_forgets_nothing(ports: Ports, tenant: TenantId) -> None:
    await publish_new(ports, tenant)

    async def fail_late() -> None:
        async with context(ports, tenant) as ctx:
            await service.update_agent(ctx, "guide", {"system_prompt": "never"})
            await service.publish_agent(ctx, "guide")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail_late()
    assert (await facade.get_live_agent(context(ports, tenant), "guide")).config == CONFIG


async def test_a_remembered_agent_costs_no_connection(ports: Ports, tenant: TenantId) -> None:
    await publish_new(ports, tenant)
    await facade.get_live_agent(context(ports, tenant), "guide")
    cut_off = dataclasses.replace(ports, database=None)  # type: ignore[arg-type]
    assert (await facade.get_live_agent(context(cut_off, tenant), "guide")).version == 1


@pytest.mark.parametrize("ref", ["nobody", "agt_" + "0" * 32, "a\x00b", "\ud800", "", "draft-only"])
async def test_what_is_not_live_is_not_found(ports: Ports, tenant: TenantId, ref: str) -> None:
    async with context(ports, tenant) as ctx:
        await facade.create_agent(ctx, CONFIG, slug="draft-only")
    with pytest.raises(facade.AgentNotFound):
        await facade.get_live_agent(context(ports, tenant), ref)
    assert await facade.find_public_agents(ports, ref) == []


async def test_versions_stay_readable_when_the_agent_is_gone(ports: Ports, tenant: TenantId) -> None:
    agent_id = await publish_new(ports, tenant)
    await change(ports, tenant, "guide", name="Second")
    async with context(ports, tenant) as ctx:
        await service.delete_agent(ctx, "guide")
    ctx = context(ports, tenant)
    assert (await facade.get_version(ctx, agent_id, 1)).config == CONFIG
    assert (await facade.get_version(ctx, agent_id, 2)).name == "Second"
    names = await facade.get_names(ctx, [agent_id, AgentId.new()])
    assert [(n.slug, n.name, n.is_deleted) for n in names.values()] == [("guide", "Second", True)]
    for number in (0, 3, -1, 2**31):
        with pytest.raises(facade.VersionNotFound):
            await facade.get_version(ctx, agent_id, number)


async def test_other_companies_agents_are_not_there(ports: Ports, tenant: TenantId) -> None:
    agent_id = await publish_new(ports, tenant)
    await facade.get_live_agent(context(ports, tenant), str(agent_id))
    ctx = context(ports, TenantId.new())
    for ref in ("guide", str(agent_id)):
        with pytest.raises(facade.AgentNotFound):
            await facade.get_live_agent(ctx, ref)
        with pytest.raises(facade.AgentNotFound):
            await facade.get_draft(ctx, ref)
        assert await facade.find_agent(ctx, ref) is None
    with pytest.raises(facade.VersionNotFound):
        await facade.get_version(ctx, agent_id, 1)
    assert await facade.get_names(ctx, [agent_id]) == {}
    assert await facade.list_agents_for_models(ctx) == []


async def test_hosted_pages_find_published_agents_of_all_companies(ports: Ports) -> None:
    slug = f"hosted-{TenantId.new().hex[-12:]}"
    one, other, third = TenantId.new(), TenantId.new(), TenantId.new()
    first = await publish_new(ports, one, slug=slug)
    assert await facade.find_public_agents(ports, slug) == [facade.PublicAgent(one, first)]
    second = await publish_new(ports, other, slug=slug)
    async with context(ports, third) as ctx:
        await facade.create_agent(ctx, CONFIG, slug=slug)
    found = await facade.find_public_agents(ports, slug)
    assert found == [facade.PublicAgent(one, first), facade.PublicAgent(other, second)]
    async with context(ports, one) as ctx:
        await service.delete_agent(ctx, slug)
    assert await facade.find_public_agents(ports, slug) == [facade.PublicAgent(other, second)]


async def test_models_are_the_published_agents_by_slug(ports: Ports, tenant: TenantId) -> None:
    for slug in ("beta", "alpha"):
        await publish_new(ports, tenant, slug=slug)
    async with context(ports, tenant) as ctx:
        await facade.create_agent(ctx, CONFIG, slug="draft")
    assert [a.slug for a in await facade.list_agents_for_models(context(ports, tenant))] == ["alpha", "beta"]


async def test_reading_leaves_the_use_cases_own_transaction_alone(ports: Ports, tenant: TenantId) -> None:
    """What was emitted waits for its own commit, however often agents are read in between."""
    await publish_new(ports, tenant)
    ctx = context(ports, tenant)
    ctx.emit(events.AgentDeleted(agent_id=AgentId.new()))
    await facade.get_live_agent(ctx, "guide")
    await facade.get_draft(ctx, "guide")
    await facade.list_agents_for_models(ctx)
    assert ctx._session is None
    assert ctx._outbox is not None


async def test_what_happens_is_announced(ports: Ports, tenant: TenantId, monkeypatch: pytest.MonkeyPatch) -> None:
    announced: list[object] = []
    monkeypatch.setattr(Context, "emit", lambda _ctx, event: announced.append(event))
    agent_id = await publish_new(ports, tenant)
    async with context(ports, tenant) as ctx:
        await service.publish_agent(ctx, "guide")
        await service.delete_agent(ctx, "guide")
    assert announced == [
        events.AgentCreated(agent_id=agent_id, slug="guide"),
        events.AgentPublished(agent_id=agent_id, version=1),
        events.AgentDeleted(agent_id=agent_id),
    ]
