"""Model providers: setting them up, keeping their keys, choosing among them, trying them."""

import asyncio
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.ids import TenantId
from medea.kernel.settings import LlmSettings, OutboundSettings, Settings
from medea.modules.tenancy import facade as tenancy
from tests.support.app import problem

SECRET = "sk-or-v1-abcdefghijklmnop-9876"
BODY = {
    "name": "OpenRouter",
    "base_url": "https://openrouter.ai/api/v1/",
    "api_key": SECRET,
    "default_model": "openai/gpt-4o-mini",
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A platform with models of its own, and one private host that tenants may name."""
    return settings.model_copy(
        update={
            "llm": LlmSettings(
                base_url="http://127.0.0.1:9/v1", default_model="platform/default", models=("platform/other",)
            ),
            "outbound": OutboundSettings(allowed_private_hosts=("127.0.0.1:9",)),
        }
    )


async def make(client: AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await client.post("/v1/providers", json={**BODY, **fields})
    assert answer.status_code == 201, answer.text
    provider: dict[str, Any] = answer.json()
    return provider


async def context(client: AsyncClient, installation: Installation) -> Context:
    tenant = TenantId.parse((await client.get("/v1/tenant")).json()["id"])
    return Context(installation.ports, system_principal(tenant))


async def test_its_key_is_never_returned(owner: AsyncClient, installation: Installation) -> None:
    answer = await owner.post("/v1/providers", json=BODY)
    provider = answer.json()
    assert {name: provider[name] for name in ("name", "base_url", "default_model", "key_hint", "is_default")} == {
        "name": "OpenRouter",
        "base_url": "https://openrouter.ai/api/v1",
        "default_model": "openai/gpt-4o-mini",
        "key_hint": "…9876",
        "is_default": True,
    }
    listing = await owner.get("/v1/providers")
    assert listing.json()["data"] == [provider]
    assert SECRET not in answer.text + listing.text
    async with installation.ports.database.transaction((await context(owner, installation)).tenant) as sql:
        stored = await sql.fetchval("SELECT key_ciphertext FROM model_providers")
    assert SECRET.encode() not in stored


async def test_the_model_router_gets_it_opened(owner: AsyncClient, installation: Installation) -> None:
    provider = await make(owner)
    ctx = await context(owner, installation)
    config = (await tenancy.choose_model(ctx, None)).provider
    assert config is not None
    assert (config.id, config.base_url, config.api_key, config.is_guarded) == (
        provider["id"],
        "https://openrouter.ai/api/v1",
        SECRET,
        True,
    )
    assert SECRET not in repr(config)


async def test_a_model_finds_its_provider(owner: AsyncClient, installation: Installation) -> None:
    ctx = await context(owner, installation)
    assert (await tenancy.choose_model(ctx, None)).provider is None
    assert (await tenancy.choose_model(ctx, "platform/default")).provider is None
    first = await make(owner, default_model="a")
    second = await make(owner, default_model="b", base_url="https://api.openai.com")
    assert second["is_default"] is False

    async def found(model: str | None) -> str | None:
        config = (await tenancy.choose_model(ctx, model)).provider
        return config.id if config else None

    assert await found(None) == first["id"]
    assert await found("a") == first["id"]
    assert await found("b") == second["id"]
    assert await found("anything/else") == first["id"]
    assert await found("platform/other") is None
    assert await found("medea/offline") is None
    await owner.patch(f"/v1/providers/{second['id']}", json={"is_default": True})
    assert await found(None) == second["id"]
    assert [p["is_default"] for p in (await owner.get("/v1/providers")).json()["data"]] == [False, True]
    await owner.delete(f"/v1/providers/{second['id']}")
    assert await found(None) is None
    assert await found("b") is None


async def test_models_on_offer(owner: AsyncClient) -> None:
    provider = await make(owner, default_model="platform/other")
    answer = await owner.get("/v1/llm/models")
    models = {model["id"]: model for model in answer.json()["data"]}
    assert models["medea/offline"]["provider"] == "offline"
    assert models["platform/default"]["provider"] == "platform"
    assert models["platform/other"]["provider"] == provider["id"]  # the one that would answer
    assert set(models["medea/offline"]) == {
        "id", "name", "provider", "context_window", "input_price", "output_price", "cached_input_price", "has_tools",
        "has_vision", "is_deprecated", "is_enabled", "disabled_by", "said_by",
    }  # fmt: skip
    assert len(models) == 3


async def test_it_is_changed(owner: AsyncClient, installation: Installation) -> None:
    provider = await make(owner)
    path = f"/v1/providers/{provider['id']}"
    changed = (await owner.patch(path, json={"name": "Mine", "default_model": "x/y"})).json()
    assert changed == {**provider, "name": "Mine", "default_model": "x/y"}
    changed = (await owner.patch(path, json={"api_key": "short"})).json()
    assert changed["key_hint"] == "…"
    config = (await tenancy.choose_model(await context(owner, installation), None)).provider
    assert config is not None
    assert (config.api_key, config.default_model) == ("short", "x/y")
    assert (await owner.patch(path, json={})).json() == changed
    assert (await owner.patch(path, json={"api_key": ""})).json()["key_hint"] == ""


async def test_a_stored_key_is_not_sent_elsewhere(owner: AsyncClient) -> None:
    provider = await make(owner)
    path = f"/v1/providers/{provider['id']}"
    answer = await owner.patch(path, json={"base_url": "https://collector.example.com/v1"})
    assert problem(answer, 422, "tenancy.invalid_provider")["errors"][0]["field"] == "api_key"
    assert (await owner.patch(path, json={"base_url": "https://openrouter.ai/other"})).status_code == 200
    answer = await owner.patch(path, json={"base_url": "https://api.example.com", "api_key": "its own key"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"base_url": "http://169.254.169.254/latest"}, "tenancy.invalid_provider", "base_url"),
        ({"base_url": "http://127.0.0.1:5432"}, "tenancy.invalid_provider", "base_url"),
        ({"base_url": "http://localhost:11434"}, "tenancy.invalid_provider", "base_url"),
        ({"base_url": "file:///etc/passwd"}, "tenancy.invalid_provider", "base_url"),
        ({"base_url": "https://user:pw@example.com"}, "tenancy.invalid_provider", "base_url"),
        ({"base_url": "x"}, "tenancy.invalid_provider", "base_url"),
        ({"base_url": ""}, "request.invalid", "base_url"),
        ({"api_key": "two\nlines"}, "request.invalid", "api_key"),
        ({"api_key": None}, "request.invalid", "api_key"),
        ({"default_model": " "}, "request.invalid", "default_model"),
        ({"name": "\x00"}, "request.invalid", "name"),
        ({"tenant_id": "ten_" + "0" * 32}, "request.invalid", "tenant_id"),
    ],
)
async def test_providers_that_cannot_be(owner: AsyncClient, fields: dict[str, Any], code: str, field: str) -> None:
    answer = await owner.post("/v1/providers", json={**BODY, **fields})
    assert [error["field"] for error in problem(answer, 422, code)["errors"]] == [field]


async def test_a_trial_says_what_went_wrong(owner: AsyncClient) -> None:
    provider = await make(owner, base_url="http://127.0.0.1:9/v1")  # nobody listens there
    answer = await owner.post(f"/v1/providers/{provider['id']}/test")
    assert answer.status_code == 200
    trial = answer.json()
    assert (trial["ok"], trial["latency_ms"]) == (False, None)
    assert trial["detail"]
    assert SECRET not in answer.text


async def test_trials_are_limited(owner: AsyncClient) -> None:
    path = f"/v1/providers/prv_{'0' * 32}/test"
    codes = [(await owner.post(path)).status_code for _ in range(21)]
    assert codes == [404] * 20 + [429]


async def test_other_companies_providers_are_not_found(owner: AsyncClient, stranger: AsyncClient) -> None:
    theirs = await make(stranger)
    path = f"/v1/providers/{theirs['id']}"
    problem(await owner.patch(path, json={"name": "Mine"}), 404, "tenancy.provider_not_found")
    problem(await owner.delete(path), 404, "tenancy.provider_not_found")
    problem(await owner.post(f"{path}/test"), 404, "tenancy.provider_not_found")
    assert (await owner.get("/v1/providers")).json()["data"] == []


async def test_one_default_even_at_the_same_moment(owner: AsyncClient) -> None:
    answers = await asyncio.gather(*(owner.post("/v1/providers", json={**BODY, "is_default": True}) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [201] * 4
    defaults = [p["is_default"] for p in (await owner.get("/v1/providers")).json()["data"]]
    assert defaults.count(True) == 1
    one = (await owner.get("/v1/providers")).json()["data"][0]["id"]
    gone = await asyncio.gather(*(owner.delete(f"/v1/providers/{one}") for _ in range(3)))
    assert sorted(answer.status_code for answer in gone) == [204, 404, 404]
