"""A secret goes to the hosts that it is bound to, and to no other."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.ids import SecretId, TenantId
from medea.kernel.settings import OutboundSettings, Settings
from medea.modules.tools import repository
from medea.modules.tools.errors import ToolFailed
from medea.modules.tools.hosts import host_of, read_pattern
from medea.modules.tools.vault import open_secrets, refusal_of
from tests.modules.tenancy.people import colleague
from tests.support.app import NewClient, Outbox, problem
from tests.support.upstream import Answer, Send, Upstream, upstream

SECRET = "s3cr3t-of-the-company"


@pytest.fixture
async def server() -> AsyncIterator[Upstream]:
    """The company's own server."""
    answer = Answer([Send(b'{"ok": true}')], 200, (("Content-Type", "application/json"),))
    async with upstream(answer) as running:
        yield running


@pytest.fixture
def settings(settings: Settings, server: Upstream) -> Settings:
    """Settings that let requests through to that server."""
    hosts = (f"127.0.0.1:{server.port}",)
    return settings.model_copy(update={"outbound": OutboundSettings(allowed_private_hosts=hosts)})


async def add(client: AsyncClient, **fields: Any) -> dict[str, Any]:
    """Put the secret into the vault."""
    answer = await client.post("/v1/secrets", json={"name": "API_KEY", "value": SECRET, **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def define(client: AsyncClient, url: str) -> Any:
    """Define a tool whose requests hold the secret."""
    headers = {"Authorization": "Bearer {{API_KEY}}"}
    body = {"name": "look", "description": "Looks.", "method": "GET", "url": url, "headers": headers}
    return await client.post("/v1/tools", json=body)


async def hosts_of(client: AsyncClient) -> Any:
    """Return what the secret is bound to."""
    return (await client.get("/v1/secrets")).json()["data"][0]["hosts"]


async def test_the_first_request_binds_a_secret(owner: AsyncClient, server: Upstream) -> None:
    assert (await add(owner))["hosts"] == []
    tool = (await define(owner, f"http://127.0.0.1:{server.port}/x")).json()
    seen = (await owner.post(f"/v1/tools/{tool['id']}/test", json={"arguments": {}})).json()
    assert (seen["status"], await hosts_of(owner)) == (200, ["127.0.0.1"])
    moved = await owner.patch(f"/v1/tools/{tool['id']}", json={"url": "https://elsewhere.example.org/x"})
    fault = problem(moved, 422, "tools.invalid")["errors"][0]
    assert fault["field"] == "headers"
    assert "API_KEY may only be sent to 127.0.0.1, not to elsewhere.example.org" in fault["message"]


async def test_a_bound_secret_stays_here_whatever_a_tool_says(owner: AsyncClient, server: Upstream) -> None:
    """Also where the hosts of the secret were narrowed after the tool was made."""
    made = await add(owner)
    tool = (await define(owner, f"http://127.0.0.1:{server.port}/x")).json()
    bound = await owner.patch(f"/v1/secrets/{made['id']}", json={"hosts": ["https://API.Example.com/v1", "*.shop.de"]})
    assert bound.json()["hosts"] == ["api.example.com", "*.shop.de"]
    seen = (await owner.post(f"/v1/tools/{tool['id']}/test", json={"arguments": {}})).json()
    assert seen["status"] is None
    assert "API_KEY may only be sent to api.example.com, *.shop.de, not to 127.0.0.1" in seen["error"]
    assert server.calls == []
    assert SECRET not in json.dumps(seen)
    assert (await owner.put(f"/v1/secrets/{made['id']}", json={"value": "other"})).json()["hosts"] == bound.json()[
        "hosts"
    ]


async def test_two_at_once_bind_a_secret_to_one_host(
    owner: AsyncClient, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one reads that it is bound to none; before it binds it, the other has."""
    await add(owner)
    tenant = TenantId.parse((await owner.get("/v1/auth/me")).json()["tenant"]["id"])
    ctx = Context(installation.ports, system_principal(tenant))
    read = repository.sealed_secrets

    async def late(sql: Sql, names: list[str]) -> Any:
        found = await read(sql, names)
        monkeypatch.undo()
        assert await open_secrets(ctx, names, host="first.example.org") == {"API_KEY": SECRET}
        return found

    monkeypatch.setattr(repository, "sealed_secrets", late)
    with pytest.raises(ToolFailed, match=r"only be sent to first\.example\.org, not to second\.example\.org"):
        await open_secrets(ctx, ["API_KEY"], host="second.example.org")
    assert await hosts_of(owner) == ["first.example.org"]
    assert await open_secrets(ctx, ["API_KEY"], host="first.example.org") == {"API_KEY": SECRET}


async def test_hosts_that_are_none_are_refused(owner: AsyncClient) -> None:
    answer = await owner.post("/v1/secrets", json={"name": "A", "value": "b", "hosts": ["ok.example.com", "no way"]})
    assert problem(answer, 422, "tools.secret_hosts_invalid")["errors"][0]["field"] == "hosts"


async def test_secrets_of_before_go_anywhere_and_say_so(
    owner: AsyncClient, installation: Installation, server: Upstream
) -> None:
    made = await add(owner)
    tenant = TenantId.parse((await owner.get("/v1/auth/me")).json()["tenant"]["id"])
    async with installation.ports.database.transaction(tenant) as sql:
        await sql.execute("UPDATE secrets SET hosts = NULL WHERE id = $1", SecretId.parse(made["id"]))
    assert await hosts_of(owner) is None
    tool = (await define(owner, f"http://127.0.0.1:{server.port}/x")).json()
    assert (await owner.post(f"/v1/tools/{tool['id']}/test", json={"arguments": {}})).json()["status"] == 200
    assert await hosts_of(owner) is None


@pytest.mark.parametrize(
    "name", ["api.example.com", "Bücher.Example.org", "große.example", "127.0.0.1", "[2001:4860:4860::8888]"]
)
def test_hosts_are_named_alike_by_people_and_in_addresses(name: str) -> None:
    for url in (f"https://{name}/mcp", f"https://{name}:8443/x?y={{z}}", f"http://{name}"):
        assert refusal_of("KEY", (read_pattern(name),), host_of(url)) is None


def test_a_name_is_not_taken_for_another_that_sounds_like_it() -> None:
    assert (read_pattern("große.example"), read_pattern("*.Große.example")) == (
        "xn--groe-xna.example",
        "*.xn--groe-xna.example",
    )
    for none in ("a b.ü", "ü:80", "x@ü.de", "*.", "ü..de", "ü?x"):
        with pytest.raises(ValueError, match="is not a site"):
            read_pattern(none)


@pytest.mark.parametrize(
    ("hosts", "host", "may"),
    [
        (None, "any.example.com", True),
        ((), "any.example.com", True),
        (("a.example.com",), "a.example.com", True),
        (("a.example.com",), "b.a.example.com", False),
        (("*.example.com",), "a.example.com", True),
        (("*.example.com",), "example.com", False),
        (("*.example.com",), "evilexample.com", False),
        (("a.example.com",), "a.example.com.evil.org", False),
    ],
)
def test_patterns(hosts: tuple[str, ...] | None, host: str, may: bool) -> None:
    assert (refusal_of("KEY", hosts, host) is None) is may


async def test_who_does_not_know_a_secret_lets_it_go_nowhere_else(
    owner: AsyncClient, new_client: NewClient, working: Installation, mails: Outbox
) -> None:
    """Otherwise whoever edits tools could have it sent to a server of theirs."""
    made = await add(owner, hosts=["api.example.com", "*.shop.de"])
    editor, admin = [await colleague(owner, new_client, mails, role) for role in ("editor", "admin")]
    key = await owner.post("/v1/api-keys", json={"name": "k", "kind": "secret", "scopes": ["tools:write"]})
    program = new_client(headers={"authorization": f"Bearer {key.json()['key']}"})
    path = f"/v1/secrets/{made['id']}"
    for client in (editor, program):
        for hosts in (["evil.example.org"], ["api.example.com", "evil.example.org"], ["*.example.com"], []):
            refused = problem(await client.patch(path, json={"hosts": hosts}), 422, "tools.secret_value_needed")
            assert refused["errors"][0]["field"] == "value"
        assert await hosts_of(owner) == ["api.example.com", "*.shop.de"]
    narrower = ["a.shop.de", "*.b.shop.de"]
    assert (await editor.patch(path, json={"hosts": narrower})).json()["hosts"] == narrower
    with_value = await editor.patch(path, json={"hosts": ["api.example.com"], "value": SECRET})
    assert with_value.json()["hosts"] == ["api.example.com"], "who knows it needs no help to send it anywhere"
    assert (await admin.patch(path, json={"hosts": ["new.example.com"]})).json()["hosts"] == ["new.example.com"]
    assert (await editor.patch("/v1/secrets/sec_" + "0" * 32, json={"hosts": []})).status_code == 404


async def test_what_goes_anywhere_may_be_bound_by_anybody_who_edits_tools(
    owner: AsyncClient, new_client: NewClient, working: Installation, mails: Outbox
) -> None:
    made = await add(owner)
    editor = await colleague(owner, new_client, mails, "editor")
    bound = await editor.patch(f"/v1/secrets/{made['id']}", json={"hosts": ["api.example.com"]})
    assert bound.json()["hosts"] == ["api.example.com"]
