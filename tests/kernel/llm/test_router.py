"""Who answers which model name, what is tried next, and what it costs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from medea.kernel.llm.config import OFFLINE, OFFLINE_MODEL, PLATFORM, ProviderConfig
from medea.kernel.llm.errors import ModelError
from medea.kernel.llm.messages import Finish, ModelRequest, TextDelta, Usage
from medea.kernel.llm.pricing import PriceTable
from medea.kernel.llm.providers.offline import OfflineModel
from medea.kernel.llm.router import ModelRouter
from medea.kernel.outbound.policy import OutboundPolicy
from tests.kernel.llm.calls import ASK, FAST
from tests.support.upstream import Answer, Upstream, ordinary, upstream

DEFAULT = replace(ASK, model=None)


@asynccontextmanager
async def router_of(platform: Upstream | None = None, *, tenant: Upstream | None = None) -> AsyncIterator[ModelRouter]:
    """Give a router whose door lets through to the tenant's fake server alone."""
    allowed = frozenset({f"127.0.0.1:{tenant.port}"}) if tenant else frozenset[str]()
    own = ProviderConfig(PLATFORM, platform.base_url, "sk-platform", "plat-1", is_guarded=False) if platform else None
    router = ModelRouter(
        limits=FAST,
        policy=OutboundPolicy(allowed_private_hosts=allowed),
        platform=own,
        platform_models=("plat-1", "plat-2"),
        offline=OfflineModel(delay=0),
    )
    try:
        yield router
    finally:
        await router.close()


def own(server: Upstream, number: int = 1) -> ProviderConfig:
    return ProviderConfig(f"prv_{number}", server.base_url, f"sk-tenant-{number}", "ten-1")


async def run(
    router: ModelRouter,
    request: ModelRequest = DEFAULT,
    *,
    provider: ProviderConfig | None = None,
) -> tuple[str, Finish]:
    text, last = "", None
    async for item in router.stream(request, provider=provider):
        if isinstance(item, TextDelta):
            text += item.text
        elif isinstance(item, Finish):
            last = item
    assert last is not None
    return text, last


async def test_with_nothing_configured_the_offline_model_answers() -> None:
    async with router_of() as router:
        text, finish = await run(router)
        assert OFFLINE_MODEL in text
        assert finish.provider == OFFLINE
        with pytest.raises(ModelError) as failure:
            await run(router, ASK)
        assert failure.value.code == "llm.model_not_found"
        assert [model.id for model in await router.list_models()] == [OFFLINE_MODEL]


async def test_names_and_defaults() -> None:
    async with upstream(ordinary("p")) as platform, upstream(ordinary("t")) as tenant:
        async with router_of(platform, tenant=tenant) as router:
            await run(router)
            await run(router, replace(ASK, model="plat-2"))
            _, finish = await run(router, replace(ASK, model=OFFLINE_MODEL), provider=own(tenant))
            assert finish.provider == OFFLINE
            _, finish = await run(router, provider=own(tenant))
            assert finish.provider == "prv_1"
            await run(router, replace(ASK, model="ten-2"), provider=own(tenant))
        assert [each.json["model"] for each in platform.calls] == ["plat-1", "plat-2"]
        assert [each.json["model"] for each in tenant.calls] == ["ten-1", "ten-2"]
        assert {each.headers["authorization"] for each in platform.calls} == {"Bearer sk-platform"}


async def test_nothing_leaks_between_tenants_of_one_host() -> None:
    cookie = Answer(ordinary("t").script, 200, (("Content-Type", "text/event-stream"), ("Set-Cookie", "id=1")))
    async with upstream(cookie) as tenant, router_of(tenant=tenant) as router:
        for number in (1, 2, 1):
            await run(router, provider=own(tenant, number))
        assert [each.headers["authorization"][-1] for each in tenant.calls] == ["1", "2", "1"]
        assert not any("cookie" in each.headers for each in tenant.calls)


async def test_a_tenants_provider_goes_through_the_door() -> None:
    async with upstream(ordinary("t")) as server, router_of() as router:
        with pytest.raises(ModelError) as failure:
            await run(router, provider=own(server))
        assert failure.value.code == "outbound.refused"
        assert not server.calls


async def test_catalogue() -> None:
    async with upstream() as platform, router_of(platform) as router:
        tenant = ProviderConfig("prv_1", "https://api.openai.com/v1", "k", "gpt-4o")
        rows = await router.list_models([tenant])
        assert [(row.id, row.provider) for row in rows] == [
            (OFFLINE_MODEL, OFFLINE),
            ("plat-1", PLATFORM),
            ("plat-2", PLATFORM),
            ("gpt-4o", "prv_1"),
        ]
        assert rows[1].input_price is None
        assert (rows[3].context_window, rows[3].input_price, rows[3].output_price) == (128_000, 2.5, 10)


OPENAI = "https://api.openai.com/v1"


@pytest.mark.parametrize(
    ("model", "usage", "base_url", "cost"),
    [
        ("gpt-4o", Usage(1000, 100), OPENAI, 0.0035),
        ("gpt-4o", Usage(1000, 100, cached_input_tokens=500), OPENAI, 0.002875),
        ("gpt-4o", Usage(1000, 100, cost_usd=9.0), OPENAI, 9.0),
        ("openai/gpt-5-mini", Usage(1000, 100), "https://openrouter.ai/api/v1", 0.00045),
        ("gpt-4o", Usage(1000, 100), "https://gateway.example.com/v1", 0.0035),
        ("gpt-4o", Usage(1000, 100), "http://127.0.0.1:4000/v1", None),
        ("gpt-4o", Usage(1000, 100), "http://vllm:8000", None),
        ("gpt-4o", Usage(1000, 100), "http://[broken", None),
        ("no-such-model", Usage(1000, 100), OPENAI, None),
        ("", Usage(0, 0), OPENAI, None),
    ],
)
async def test_cost(model: str, usage: Usage, base_url: str, cost: float | None) -> None:
    found = await PriceTable().cost(model, usage, base_url=base_url)
    assert found == (None if cost is None else pytest.approx(cost))
