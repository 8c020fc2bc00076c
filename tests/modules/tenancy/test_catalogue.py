"""What is known of models: the list, what companies and the operator wrote down, switches, and who answers."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.ids import TenantId
from medea.kernel.llm.errors import ModelDisabled, ModelTimeout
from medea.kernel.llm.messages import Usage
from medea.kernel.settings import LlmSettings, Settings
from medea.modules.identity import facade as identity
from medea.modules.tenancy import facade as tenancy
from tests.support.app import problem

CLAUDE = {"name": "Claude", "kind": "anthropic", "api_key": "sk-ant-0123456789ab", "default_model": "claude-sonnet-4-6"}
OPENAI = {
    "name": "GPT",
    "base_url": "https://api.openai.com/v1",
    "api_key": "sk-0123456789ab",
    "default_model": "gpt-4o",
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A platform with two models."""
    llm = LlmSettings(base_url="http://127.0.0.1:9/v1", default_model="house/one", models=("house/two",))
    return settings.model_copy(update={"llm": llm})


@pytest.fixture(autouse=True)
async def nothing_written(installation: Installation) -> None:
    """What the operator writes down belongs to no company, and stays from test to test."""
    async with installation.ports.database.system() as sql:
        await sql.execute("DELETE FROM platform_model_entries")


async def context(client: AsyncClient, installation: Installation) -> Context:
    tenant = TenantId.parse((await client.get("/v1/tenant")).json()["id"])
    return Context(installation.ports, system_principal(tenant))


async def make(client: AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post("/v1/providers", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def search(client: AsyncClient, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get("/v1/llm/catalogue", params=query)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["data"]
    return rows


async def test_an_anthropic_provider_needs_no_address(owner: AsyncClient, installation: Installation) -> None:
    made = await make(owner, CLAUDE)
    assert (made["kind"], made["base_url"]) == ("anthropic", "https://api.anthropic.com")
    choice = await tenancy.choose_model(await context(owner, installation), None)
    assert choice.provider is not None
    assert (choice.model, choice.provider.kind) == ("claude-sonnet-4-6", "anthropic")
    answer = await owner.post("/v1/providers", json={**OPENAI, "base_url": None})
    assert problem(answer, 422, "tenancy.invalid_provider")["errors"][0]["field"] == "base_url"
    answer = await owner.post("/v1/providers", json={**CLAUDE, "kind": "cohere"})
    assert problem(answer, 422, "request.invalid")["errors"][0]["field"] == "kind"


async def test_the_catalogue_is_searched(owner: AsyncClient) -> None:
    assert [row["id"] for row in await search(owner)] == ["house/one", "house/two", "medea/offline"]
    claude, gpt = await make(owner, CLAUDE), await make(owner, OPENAI)
    rows = await search(owner, search="sonnet CLAUDE 4")
    assert rows[0]["id"] == "claude-sonnet-4-6"
    first = rows[0]
    assert first["provider"] == claude["id"]
    assert first["input_price"] > 0
    assert first["output_price"] > first["input_price"]
    assert first["context_window"] >= 200_000
    assert (first["has_tools"], first["has_vision"], first["said_by"]) == (True, True, "list")
    assert {row["provider"] for row in await search(owner, provider=gpt["id"])} == {gpt["id"]}
    answer = await owner.get("/v1/llm/catalogue", params={"limit": 5})
    assert len(answer.json()["data"]) == 5
    assert answer.json()["total"] > 50
    assert await search(owner, search="no such model anywhere") == []
    assert problem(await owner.get("/v1/llm/catalogue", params={"limit": 0}), 422, "request.invalid")


async def test_of_several_providers_the_one_that_has_the_model_answers(
    owner: AsyncClient, installation: Installation
) -> None:
    claude, gpt = await make(owner, CLAUDE), await make(owner, OPENAI)
    ctx = await context(owner, installation)
    for model, provider in (
        ("gpt-5", gpt), ("claude-opus-4-8", claude), ("nobody/knows", claude), (None, claude),
    ):  # fmt: skip
        choice = await tenancy.choose_model(ctx, model)
        assert choice.provider is not None
        assert choice.provider.id == provider["id"]
        rows = await search(owner, search=choice.model)
        assert not rows or rows[0]["provider"] == provider["id"]


async def test_a_model_of_ones_own_has_its_prices_and_size(owner: AsyncClient, installation: Installation) -> None:
    await make(owner, {**OPENAI, "base_url": "https://llm.example.com/v1", "default_model": "own/llama"})
    path = "/v1/llm/catalogue/own/llama"
    facts = {"name": "Llama", "context_window": 8192, "input_price": 1, "output_price": 2.5, "has_tools": True}
    answer = await owner.patch(path, json=facts)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        **facts, "model": "own/llama", "cached_input_price": None, "has_vision": None, "is_enabled": True,
    }  # fmt: skip
    (row,) = await search(owner, search="llama")
    assert {name: row[name] for name in facts} == facts
    assert row["said_by"] == "company"
    ctx = await context(owner, installation)
    choice = await tenancy.choose_model(ctx, "own/llama")
    usage = Usage(1_000_000, 2_000_000, cached_input_tokens=500_000)
    cost = await ctx.ports.models.cost_of(choice.model, usage, provider=choice.provider, terms=choice.terms)
    assert cost == 6.0
    await owner.patch(path, json={"cached_input_price": 0.5})
    choice = await tenancy.choose_model(ctx, "own/llama")
    cost = await ctx.ports.models.cost_of(choice.model, usage, provider=choice.provider, terms=choice.terms)
    assert cost == 5.75
    await owner.patch(path, json=dict.fromkeys((*facts, "cached_input_price")))
    problem(await owner.delete(path), 404, "tenancy.model_entry_not_found")


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"input_price": 1}, "tenancy.invalid_model_entry", "output_price"),
        ({"output_price": 1}, "tenancy.invalid_model_entry", "input_price"),
        ({"cached_input_price": 1}, "tenancy.invalid_model_entry", "cached_input_price"),
        ({"input_price": -1, "output_price": 1}, "request.invalid", "input_price"),
        ({"context_window": 10}, "request.invalid", "context_window"),
        ({"is_enabled": None}, "request.invalid", "is_enabled"),
        ({"has_tools": "yes"}, "request.invalid", "has_tools"),
        ({"colour": "red"}, "request.invalid", "colour"),
    ],
)
async def test_entries_that_cannot_be(owner: AsyncClient, fields: dict[str, Any], code: str, field: str) -> None:
    answer = await owner.patch("/v1/llm/catalogue/any/model", json=fields)
    assert [error["field"] for error in problem(answer, 422, code)["errors"]] == [field]


async def test_a_company_switches_models_off_for_itself_alone(
    owner: AsyncClient, stranger: AsyncClient, installation: Installation
) -> None:
    answer = await owner.patch("/v1/llm/catalogue/house/two", json={"is_enabled": False})
    assert answer.json()["is_enabled"] is False
    ctx = await context(owner, installation)
    with pytest.raises(ModelDisabled, match="house/two is switched off under Settings"):
        await tenancy.choose_model(ctx, "house/two")
    assert "switched off" in (await tenancy.find_model_fault(ctx, "house/two") or "")
    assert await tenancy.find_model_fault(ctx, "house/one") is None
    marks = {row["id"]: row["disabled_by"] for row in (await owner.get("/v1/llm/models")).json()["data"]}
    assert marks == {"medea/offline": None, "house/one": None, "house/two": "company"}
    assert (await search(stranger, search="two"))[0]["is_enabled"]
    await tenancy.choose_model(await context(stranger, installation), "house/two")
    assert (await owner.delete("/v1/llm/catalogue/house/two")).status_code == 204
    await tenancy.choose_model(ctx, "house/two")


async def test_the_operator_prices_and_switches_what_the_platform_offers(
    owner: AsyncClient, stranger: AsyncClient, installation: Installation
) -> None:
    me = (await owner.get("/v1/auth/me")).json()
    problem(await stranger.patch("/v1/operator/models/house/one", json={}), 404, "operations.not_found")
    await identity.set_operator(
        Context(installation.ports, system_principal(None)), me["user"]["email"], is_operator=True
    )
    facts = {"context_window": 4096, "input_price": 2, "output_price": 4}
    answer = await owner.patch("/v1/operator/models/house/one", json=facts)
    assert answer.status_code == 200, answer.text
    answer = await owner.patch("/v1/operator/models/house/two", json={"is_enabled": False})
    assert answer.json()["is_enabled"] is False
    rows = {row["id"]: row for row in await search(stranger)}
    assert {name: rows["house/one"][name] for name in facts} == facts
    assert (rows["house/one"]["said_by"], rows["house/two"]["disabled_by"]) == ("operator", "operator")
    ctx = await context(stranger, installation)
    choice = await tenancy.choose_model(ctx, None)
    assert await ctx.ports.models.cost_of(None, Usage(1_000_000, 0), terms=choice.terms) == 2
    with pytest.raises(ModelDisabled, match="who operates this installation"):
        await tenancy.choose_model(ctx, "house/two")
    listed = {row["id"]: row for row in (await owner.get("/v1/operator/models")).json()["data"]}
    assert set(listed) == {"medea/offline", "house/one", "house/two"}
    # of its own provider a company says itself what it uses
    await make(stranger, {**OPENAI, "default_model": "house/two"})
    assert (await tenancy.choose_model(ctx, "house/two")).provider is not None
    await owner.patch("/v1/operator/models/house/two", json={"is_enabled": True})
    assert (await tenancy.choose_model(await context(owner, installation), "house/two")).provider is None
    assert (await owner.get("/v1/operator/circuits")).json() == {"data": []}


async def test_prices_of_the_operators_models_are_not_for_companies_to_write(
    owner: AsyncClient, installation: Installation
) -> None:
    await owner.patch("/v1/llm/catalogue/house/one", json={"input_price": 0, "output_price": 0})
    choice = await tenancy.choose_model(await context(owner, installation), "house/one")
    assert choice.terms is None


async def test_what_keeps_failing_is_shown(
    owner: AsyncClient, stranger: AsyncClient, installation: Installation
) -> None:
    made = await make(owner, OPENAI)
    config = (await tenancy.choose_model(await context(owner, installation), None)).provider
    assert config is not None
    circuits = installation.models._circuits
    for _ in range(5):
        from_here = circuits.enter(config, "gpt-4o")
        from_here.fail(ModelTimeout())
        from_here.leave()
    (row,) = (await owner.get("/v1/llm/health")).json()["data"]
    assert (row["provider"], row["model"], row["state"], row["failures"]) == (made["id"], "gpt-4o", "open", 5)
    assert 0 < row["seconds"] <= 15
    assert (await stranger.get("/v1/llm/health")).json()["data"] == []
