"""Renaming keys and allowing them on other websites."""

import asyncio
import dataclasses
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.authenticator import Credential
from medea.kernel.bus.task import subscribe
from medea.kernel.cache.memory import MemoryCaches
from medea.kernel.context import Context
from medea.kernel.ids import ApiKeyId
from medea.modules.tenancy.events import ApiKeyChanged
from medea.modules.tenancy.facade import make_authenticator
from tests.modules.tenancy.people import colleague
from tests.support.app import NewClient, Outbox, problem

SHOP, BLOG = "https://shop.example.com", "https://blog.example.com"


async def make(client: AsyncClient, **fields: Any) -> dict[str, Any]:
    body = {"name": "Shop", "kind": "publishable", "allowed_origins": [SHOP], **fields}
    answer = await client.post("/v1/api-keys", json=body)
    assert answer.status_code == 201, answer.text
    key: dict[str, Any] = answer.json()
    return key


async def make_secret(client: AsyncClient, **fields: Any) -> dict[str, Any]:
    return await make(client, kind="secret", allowed_origins=[], scopes=["agents:read"], **fields)


async def listed(client: AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get("/v1/api-keys")).json()["data"]
    return found


async def test_a_publishable_key_gets_a_name_and_websites(owner: AsyncClient) -> None:
    key = await make(owner)
    before = {name: value for name, value in key.items() if name != "key"}
    url = f"/v1/api-keys/{key['id']}"
    renamed = await owner.patch(url, json={"name": " Shop and blog "})
    assert renamed.json() == before | {"name": "Shop and blog"}
    moved = await owner.patch(url, json={"allowed_origins": [SHOP, "https://Blog.example.com:443/", SHOP]})
    assert moved.json() == before | {"name": "Shop and blog", "allowed_origins": [SHOP, BLOG]}
    assert (await owner.patch(url, json={"name": None, "allowed_origins": None})).json() == moved.json()
    assert (await owner.patch(url, json={})).json() == moved.json()
    opened = await owner.patch(url, json={"name": "Anywhere", "allowed_origins": []})
    assert opened.json() == before | {"name": "Anywhere", "allowed_origins": []}
    assert await listed(owner) == [opened.json()]


async def test_a_secret_key_gets_a_name_and_stays_secret(owner: AsyncClient, anonymous: AsyncClient) -> None:
    key = await make_secret(owner)
    answer = await owner.patch(f"/v1/api-keys/{key['id']}", json={"name": "Nightly export"})
    assert answer.json() == {**{n: v for n, v in key.items() if n != "key"}, "name": "Nightly export"}
    assert key["key"] not in answer.text
    headers = {"authorization": f"Bearer {key['key']}"}
    assert (await anonymous.get("/v1/agents", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"name": ""}, "request.invalid", "name"),
        ({"name": "a\x00"}, "request.invalid", "name"),
        ({"scopes": ["agents:write"]}, "request.invalid", "scopes"),
        ({"kind": "publishable"}, "request.invalid", "kind"),
        ({"allowed_origins": [SHOP]}, "tenancy.invalid_api_key", "allowed_origins"),
    ],
)
async def test_what_a_secret_key_does_not_take(
    owner: AsyncClient, fields: dict[str, Any], code: str, field: str
) -> None:
    key = await make_secret(owner)
    answer = await owner.patch(f"/v1/api-keys/{key['id']}", json={"name": "New", **fields})
    assert [error["field"] for error in problem(answer, 422, code)["errors"]] == [field]
    assert (await listed(owner))[0]["name"] == "Shop"


@pytest.mark.parametrize("origins", [["*"], [SHOP, f"{SHOP}/path"], [SHOP] * 51, SHOP, [7]])
async def test_websites_that_are_none_change_nothing(owner: AsyncClient, origins: Any) -> None:
    key = await make(owner)
    answer = await owner.patch(f"/v1/api-keys/{key['id']}", json={"name": "New", "allowed_origins": origins})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith("allowed_origins")
    assert [(k["name"], k["allowed_origins"]) for k in await listed(owner)] == [("Shop", [SHOP])]


async def test_other_websites_count_at_once_in_every_process(owner: AsyncClient, installation: Installation) -> None:
    ports = dataclasses.replace(installation.ports, caches=MemoryCaches(installation.signals), _made={})
    processes = [installation.authenticator, make_authenticator(ports)]
    key = await make(owner)

    async def allowed() -> list[tuple[str, ...] | None]:
        found = [await each.authenticate(Credential(bearer=key["key"])) for each in processes]
        return [principal.allowed_origins if principal else None for principal in found]

    assert await allowed() == [(SHOP,)] * 2
    await owner.patch(f"/v1/api-keys/{key['id']}", json={"allowed_origins": [BLOG]})
    assert await allowed() == [(BLOG,)] * 2


async def test_a_change_is_announced(owner: AsyncClient, installation: Installation) -> None:
    heard: asyncio.Queue[ApiKeyChanged] = asyncio.Queue()

    @subscribe(ApiKeyChanged, name="tests.hear_of_changed_keys")
    async def hear(ctx: Context, event: ApiKeyChanged) -> None:
        await heard.put(event)

    installation.ports.registry.add(hear)
    await installation.start_worker(is_alone=False)
    key = await make(owner)
    await owner.patch(f"/v1/api-keys/{key['id']}", json={"allowed_origins": ["*"]})
    await owner.patch(f"/v1/api-keys/{key['id']}", json={"name": "New"})
    async with asyncio.timeout(60):
        assert await heard.get() == ApiKeyChanged(api_key_id=ApiKeyId.parse(key["id"]), kind="publishable")
    assert heard.empty(), "what was refused is not announced"


async def test_who_may_change_a_key(
    owner: AsyncClient, stranger: AsyncClient, working: Installation, new_client: NewClient, mails: Outbox
) -> None:
    key = await make(owner)
    url = f"/v1/api-keys/{key['id']}"
    problem(await stranger.patch(url, json={"name": "Mine"}), 404, "tenancy.api_key_not_found")
    editor = await colleague(owner, new_client, mails, "editor")
    assert problem(await editor.patch(url, json={"name": "Mine"}), 403, "auth.forbidden")["required"] == "tenancy:write"
    public = new_client(headers={"authorization": f"Bearer {key['key']}"})
    problem(await public.patch(url, json={"name": "Mine"}), 403, "auth.forbidden")
    admin = await colleague(owner, new_client, mails, "admin")
    assert (await admin.patch(url, json={"name": "Ours"})).json()["created_by"]["name"] == "Ada Lovelace"


async def test_a_key_that_is_being_revoked_is_not_changed_back_to_life(owner: AsyncClient) -> None:
    key = await make(owner)
    url = f"/v1/api-keys/{key['id']}"
    calls = [owner.patch(url, json={"name": "New"}), owner.delete(url), owner.patch(url, json={"name": "Newer"})]
    codes = [answer.status_code for answer in await asyncio.gather(*calls)]
    assert codes[1] == 204
    assert {codes[0], codes[2]} <= {200, 404}
    assert await listed(owner) == []
