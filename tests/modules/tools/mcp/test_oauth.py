"""OAuth towards a server that others wrote (FastMCP with its own authorization server), over the API."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import msgspec
import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.ids import ServerId, TenantId
from medea.kernel.mcp.oauth import flow
from medea.kernel.mcp.oauth.values import Grant, OAuthFailed
from medea.modules.tools.mcp import grants, repository
from medea.modules.tools.service.mcp import tending
from tests.modules.tools.mcp.connecting import PATH, attempt, connect, read, tools_of
from tests.support.app import NewClient, TravelClock, problem, sign_up
from tests.support.mcp import Running, guarded_shop, running
from tests.support.upstream import Answer, Call, Send, upstream


@pytest.fixture
async def guarded() -> AsyncIterator[Running]:
    """A server that wants OAuth."""
    async with running(guarded_shop) as made:
        yield made


async def agree(address: str) -> dict[str, str]:
    """Be the person who agrees: return what the answer holds."""
    async with AsyncClient(timeout=60) as browser:
        answer = await browser.get(address)
    assert answer.status_code == 302, answer.text
    place = urlsplit(answer.headers["location"])
    assert place.path == "/dashboard/tools/mcp/callback"
    return {name: values[0] for name, values in parse_qs(place.query).items()}


async def log_in(client: AsyncClient, server: dict[str, Any]) -> dict[str, Any]:
    """Connect a server as a person does."""
    begun = await client.post(f"{PATH}/{server['id']}/oauth/start")
    assert begun.status_code == 200, begun.text
    answer = await client.post(f"{PATH}/oauth/callback", json=await agree(begun.json()["authorization_url"]))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def context(installation: Installation, client: AsyncClient) -> Context:
    """Return the company's own context."""
    me = (await client.get("/v1/auth/me")).json()
    return Context(installation.ports, system_principal(TenantId.parse(me["tenant"]["id"])))


async def expire(ctx: Context, server_id: ServerId, *, token: str | None = None, lasts: float = -10) -> None:
    """Let the token be one that ends in so many seconds; or another one altogether."""
    grant = await grants.find(ctx, server_id)
    assert grant is not None
    changed = msgspec.structs.replace(grant, expires_at=ctx.now().timestamp() + lasts)
    if token is not None:
        changed = msgspec.structs.replace(changed, refresh_token=token)
    async with ctx.transaction() as sql:
        await grants.keep(ctx, sql, server_id, changed)


async def test_a_person_logs_in_and_the_server_is_connected(owner: AsyncClient, guarded: Running) -> None:
    assert (await owner.post(f"{PATH}/detect", json={"url": guarded.url})).json()["auth"] == "oauth"
    made = await connect(owner, guarded.url, auth="oauth")
    assert (made["state"], made["tools_offered"]) == ("new", 0)
    made = await log_in(owner, made)
    assert (made["state"], made["tools_usable"]) == ("ready", 4)
    order = (await tools_of(owner, made))["find_order"]
    assert (await attempt(owner, order, order_id="7"))["result"]["state"] == "sent"


async def test_an_answer_counts_once_and_in_its_session_alone(
    owner: AsyncClient, guarded: Running, new_client: NewClient, clock: TravelClock
) -> None:
    made = await connect(owner, guarded.url, auth="oauth")
    address = (await owner.post(f"{PATH}/{made['id']}/oauth/start")).json()["authorization_url"]
    given = await agree(address)
    other = new_client()
    await sign_up(other)
    problem(await other.post(f"{PATH}/oauth/callback", json=given), 409, "tools.authorization_unknown")
    forged = {**given, "state": "x" * 43}
    problem(await owner.post(f"{PATH}/oauth/callback", json=forged), 409, "tools.authorization_unknown")
    assert (await owner.post(f"{PATH}/oauth/callback", json=given)).json()["state"] == "ready"
    problem(await owner.post(f"{PATH}/oauth/callback", json=given), 409, "tools.authorization_unknown")
    late = await agree((await owner.post(f"{PATH}/{made['id']}/oauth/start")).json()["authorization_url"])
    clock.advance(minutes=16)
    problem(await owner.post(f"{PATH}/oauth/callback", json=late), 409, "tools.authorization_unknown")


async def test_a_refusal_is_told(owner: AsyncClient, guarded: Running) -> None:
    made = await connect(owner, guarded.url, auth="oauth")
    address = (await owner.post(f"{PATH}/{made['id']}/oauth/start")).json()["authorization_url"]
    state = parse_qs(urlsplit(address).query)["state"][0]
    refused = await owner.post(f"{PATH}/oauth/callback", json={"state": state, "error": "access_denied"})
    assert "You did not agree" in problem(refused, 409, "tools.authorization_failed")["detail"]
    again = parse_qs(urlsplit((await owner.post(f"{PATH}/{made['id']}/oauth/start")).json()["authorization_url"]).query)
    mixed = {"state": again["state"][0], "code": "x", "iss": "https://evil.example.com"}
    refused = await owner.post(f"{PATH}/oauth/callback", json=mixed)
    assert "does not come from the server" in problem(refused, 409, "tools.authorization_failed")["detail"]


async def test_a_key_cannot_log_in(owner: AsyncClient, guarded: Running, new_client: NewClient) -> None:
    made = await connect(owner, guarded.url, auth="oauth")
    body = {"name": "k", "kind": "secret", "scopes": ["tools:read", "tools:write"]}
    key = (await owner.post("/v1/api-keys", json=body)).json()["key"]
    program = new_client(headers={"authorization": f"Bearer {key}"})
    assert (await program.post(f"{PATH}/{made['id']}/oauth/start")).status_code == 403


async def test_a_token_is_renewed_once_however_many_need_it(
    owner: AsyncClient, guarded: Running, installation: Installation
) -> None:
    made = await log_in(owner, await connect(owner, guarded.url, auth="oauth"))
    server_id = ServerId.parse(made["id"])
    ctx = await context(installation, owner)
    before = await grants.find(ctx, server_id)
    await expire(ctx, server_id)
    order = (await tools_of(owner, made))["find_order"]
    tried = await asyncio.gather(*(attempt(owner, order, order_id=str(number)) for number in range(8)))
    assert [each["error"] for each in tried] == [None] * 8
    after = await grants.find(ctx, server_id)
    assert before is not None
    assert after is not None
    assert after.access_token != before.access_token
    assert guarded.paths.count("/token") == 2, "once for the code, once for all eight"


async def test_tokens_are_renewed_before_they_end(
    owner: AsyncClient, guarded: Running, installation: Installation, working: Installation, clock: TravelClock
) -> None:
    made = await log_in(owner, await connect(owner, guarded.url, auth="oauth"))
    ctx, server_id = await context(installation, owner), ServerId.parse(made["id"])
    before = await grants.find(ctx, server_id)
    clock.advance(minutes=51)  # of an hour
    await tending.hand_out_due(Context(installation.ports, system_principal(None)))
    async with asyncio.timeout(60):
        while (found := await grants.find(ctx, server_id)) == before:  # noqa: ASYNC110 - a worker's doing
            await asyncio.sleep(0.02)
    assert found is not None
    assert guarded.paths.count("/token") == 2


async def test_a_connection_that_died_is_connected_again(
    owner: AsyncClient, guarded: Running, installation: Installation
) -> None:
    made = await log_in(owner, await connect(owner, guarded.url, auth="oauth"))
    ctx, server_id = await context(installation, owner), ServerId.parse(made["id"])
    await expire(ctx, server_id, token="revoked-by-the-server")
    guarded.server.auth.access_tokens.clear()  # type: ignore[union-attr]
    order = (await tools_of(owner, made))["find_order"]
    tried = await attempt(owner, order, order_id="1")
    assert tried["error"] == "The connection to Shop has ended, so its tools are not available. Go on without."
    found = await read(owner, made)
    assert (found["state"], "Connect again" in found["error"]) == ("unauthorized", True)
    assert guarded.paths.count("/token") == 2, "a token that is dead is not tried again"
    assert (await log_in(owner, made))["state"] == "ready"
    assert (await attempt(owner, order, order_id="1"))["error"] is None


async def test_no_token_is_readable_in_the_database(
    owner: AsyncClient, guarded: Running, installation: Installation, database_url: str
) -> None:
    made = await log_in(owner, await connect(owner, guarded.url, auth="oauth"))
    await owner.post(f"{PATH}/{made['id']}/oauth/start")
    grant = await grants.find(await context(installation, owner), ServerId.parse(made["id"]))
    assert grant is not None
    tables = ("mcp_servers", "mcp_tools", "mcp_grants", "mcp_pending")
    admin = await asyncpg.connect(database_url)
    rows = [str([dict(row) for row in await admin.fetch(f"SELECT * FROM {table}")]) for table in tables]
    await admin.close()
    kept = [grant.access_token, grant.refresh_token, grant.client.secret]
    assert len([value for value in kept if value]) >= 2
    texts = "".join(rows)
    assert not [value for value in kept if value and (value in texts or value.encode().hex() in texts)]


async def test_an_answer_is_for_the_server_as_it_was_when_the_person_left(
    owner: AsyncClient, guarded: Running, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await connect(owner, guarded.url, auth="oauth")
    ctx, server_id = await context(installation, owner), ServerId.parse(made["id"])
    given = await agree((await owner.post(f"{PATH}/{made['id']}/oauth/start")).json()["authorization_url"])
    await owner.patch(f"{PATH}/{made['id']}", json={"url": f"{guarded.url}?other"})
    problem(await owner.post(f"{PATH}/oauth/callback", json=given), 409, "tools.authorization_unknown")

    given = await agree((await owner.post(f"{PATH}/{made['id']}/oauth/start")).json()["authorization_url"])
    real = flow.finish

    async def finish(*args: Any, **options: Any) -> Grant:
        await owner.patch(f"{PATH}/{made['id']}", json={"url": guarded.url})  # while the token is fetched
        return await real(*args, **options)

    monkeypatch.setattr(flow, "finish", finish)
    refused = await owner.post(f"{PATH}/oauth/callback", json=given)
    assert "changed while you were away" in problem(refused, 409, "tools.authorization_failed")["detail"]
    assert await grants.find(ctx, server_id) is None


async def test_a_token_goes_to_the_address_that_it_was_given_for_alone(
    owner: AsyncClient, guarded: Running, installation: Installation
) -> None:
    made = await log_in(owner, await connect(owner, guarded.url, auth="oauth"))
    ctx, server_id = await context(installation, owner), ServerId.parse(made["id"])
    async with ctx.transaction(durable=False) as sql:
        server = await repository.find_server(sql, server_id)
    assert server is not None
    assert await grants.current(ctx, server, None) is not None
    assert await grants.current(ctx, replace(server, url="https://other.example.com/mcp"), None) is None


@pytest.mark.parametrize("is_refused", [False, True], ids=["renewed", "refused"])
async def test_a_renewal_that_ends_late_writes_nothing(
    owner: AsyncClient, guarded: Running, installation: Installation, monkeypatch: pytest.MonkeyPatch, is_refused: bool
) -> None:
    made = await log_in(owner, await connect(owner, guarded.url, auth="oauth"))
    ctx, server_id = await context(installation, owner), ServerId.parse(made["id"])
    grant = await grants.find(ctx, server_id)
    assert grant is not None

    async def renew(_door: Any, _grant: Grant) -> Grant:
        await owner.patch(f"{PATH}/{made['id']}", json={"url": f"{guarded.url}?other"})
        if is_refused:
            raise OAuthFailed("The token was revoked.", is_final=True)
        return msgspec.structs.replace(grant, access_token="renewed-for-the-old-address")

    monkeypatch.setattr(flow, "renew", renew)
    assert await grants.renew(ctx, server_id, grant) is None
    assert await grants.find(ctx, server_id) is None
    assert (await read(owner, made))["state"] == "new", "what became of the old token says nothing of the new address"


async def test_what_an_authorization_server_echoes_is_masked(
    owner: AsyncClient, guarded: Running, installation: Installation
) -> None:
    made = await log_in(owner, await connect(owner, guarded.url, auth="oauth"))
    ctx, server_id = await context(installation, owner), ServerId.parse(made["id"])
    secret = "refresh-" + "r" * 60
    await expire(ctx, server_id, token=secret)
    grant = await grants.find(ctx, server_id)
    assert grant is not None

    def respond(call: Call) -> Answer:
        said = {"error": "invalid_grant", "error_description": "z" * 180 + call.body.decode()}
        return Answer([Send(json.dumps(said).encode())], 400, (("Content-Type", "application/json"),))

    async with upstream(respond=respond) as echo:
        authority = msgspec.structs.replace(grant.authority, token_url=f"http://127.0.0.1:{echo.port}/token")
        moved = msgspec.structs.replace(grant, authority=authority)
        async with ctx.transaction() as sql:
            await grants.keep(ctx, sql, server_id, moved)
        await grants.renew(ctx, server_id, moved)
        echoed = echo.calls[0].body.decode()
    found = await read(owner, made)
    assert secret in echoed
    assert (found["state"], "It said: zzz" in found["error"]) == ("unauthorized", True)
    assert "refresh-r" not in found["error"]
    if grant.client.secret is not None:
        assert grant.client.secret not in found["error"]
