"""API keys: making, listing, using and revoking them."""

import asyncio
import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.authenticator import Credential
from medea.kernel.auth.principal import Principal, PrincipalKind
from medea.kernel.auth.visitor import VisitorSession, VisitorTokens
from medea.kernel.cache.memory import MemoryCaches
from medea.kernel.ids import AgentId, ApiKeyId, TenantId, VisitorId
from medea.modules.tenancy.facade import find_publishable_key, make_authenticator
from tests.support.app import TravelClock, problem

DEFAULT = [
    "agents:read",
    "agents:write",
    "conversations:chat",
    "conversations:read",
    "conversations:write",
    "knowledge:read",
    "knowledge:write",
    "tools:read",
    "tools:write",
]


async def make(client: AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await client.post("/v1/api-keys", json={"name": "Server", "kind": "secret", **fields})
    assert answer.status_code == 201, answer.text
    key: dict[str, Any] = answer.json()
    return key


def bearer(key: dict[str, Any] | str) -> dict[str, str]:
    return {"authorization": f"Bearer {key if isinstance(key, str) else key['key']}"}


async def test_a_secret_key_is_shown_once(owner: AsyncClient) -> None:
    key = await make(owner)
    assert key["key"].startswith("sk_")
    assert key["key"].startswith(key["prefix"])
    assert len(key["prefix"]) == 10
    assert (key["scopes"], key["allowed_origins"], key["publishable_key"]) == (DEFAULT, [], None)
    assert key["created_by"]["name"] == "Ada Lovelace"
    listing = await owner.get("/v1/api-keys")
    assert key["key"] not in listing.text
    assert listing.json()["data"] == [{name: value for name, value in key.items() if name != "key"}]


async def test_a_publishable_key_may_be_seen_again(owner: AsyncClient) -> None:
    key = await make(
        owner, kind="publishable", allowed_origins=["https://Shop.example.com:443/", "http://localhost:3000"]
    )
    assert key["key"].startswith("pk_")
    assert key["allowed_origins"] == ["https://shop.example.com", "http://localhost:3000"]
    listed = (await owner.get("/v1/api-keys")).json()["data"][0]
    assert (listed["publishable_key"], listed["scopes"]) == (key["key"], [])


async def test_a_key_does_what_its_scopes_say(owner: AsyncClient, anonymous: AsyncClient) -> None:
    reading = bearer(await make(owner, scopes=["agents:read"]))
    assert (await anonymous.get("/v1/agents", headers=reading)).status_code == 200
    problem(await anonymous.post("/v1/agents", json={"name": "A"}, headers=reading), 403, "auth.forbidden")
    problem(await anonymous.get("/v1/members", headers=reading), 403, "auth.forbidden")
    usual = bearer(await make(owner))
    assert (await anonymous.post("/v1/agents", json={"name": "A"}, headers=usual)).status_code == 201
    problem(await anonymous.get("/v1/api-keys", headers=usual), 403, "auth.forbidden")
    public = bearer(await make(owner, kind="publishable"))
    for path in ("/v1/agents", "/v1/members", "/v1/conversations", "/v1/tenant"):
        problem(await anonymous.get(path, headers=public), 403, "auth.forbidden")


async def test_a_key_works_in_its_company_only(
    owner: AsyncClient, stranger: AsyncClient, anonymous: AsyncClient
) -> None:
    agent = (await stranger.post("/v1/agents", json={"name": "Theirs"})).json()
    key = bearer(await make(owner))
    problem(await anonymous.get(f"/v1/agents/{agent['id']}", headers=key), 404, "agents.agent_not_found")
    assert (await anonymous.get("/v1/agents", headers=key)).json()["data"] == []


async def test_a_key_makes_none_that_may_more(owner: AsyncClient, anonymous: AsyncClient) -> None:
    maker = bearer(await make(owner, scopes=["tenancy:write", "agents:read"]))
    more = await anonymous.post(
        "/v1/api-keys", json={"name": "N", "kind": "secret", "scopes": ["agents:write"]}, headers=maker
    )
    assert problem(more, 403, "tenancy.scope_not_held")["required"] == "agents:write"
    made = await anonymous.post("/v1/api-keys", json={"name": "N", "kind": "secret"}, headers=maker)
    assert (made.json()["scopes"], made.json()["created_by"]) == (["agents:read"], None)
    owners = await anonymous.post("/v1/invitations", json={"email": "a@example.com", "role": "owner"}, headers=maker)
    problem(owners, 403, "tenancy.owners_only")


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"name": ""}, "request.invalid", "name"),
        ({"name": "a\x00"}, "request.invalid", "name"),
        ({"kind": "other"}, "request.invalid", "kind"),
        ({"scopes": []}, "tenancy.invalid_api_key", "scopes"),
        ({"scopes": ["agents:read", "everything"]}, "tenancy.invalid_api_key", "scopes.1"),
        ({"scopes": ["tenancy:owner"]}, "tenancy.invalid_api_key", "scopes.0"),
        ({"scopes": "agents:read"}, "request.invalid", "scopes"),
        ({"allowed_origins": ["https://a.example"]}, "tenancy.invalid_api_key", "allowed_origins"),
        ({"kind": "publishable", "scopes": ["agents:read"]}, "tenancy.invalid_api_key", "scopes"),
        ({"kind": "publishable", "allowed_origins": ["*"]}, "tenancy.invalid_origin", "allowed_origins.0"),
        (
            {"kind": "publishable", "allowed_origins": ["https://a.example", "https://b.example/path"]},
            "tenancy.invalid_origin",
            "allowed_origins.1",
        ),
        ({"kind": "publishable", "allowed_origins": ["https://a.example"] * 51}, "request.invalid", "allowed_origins"),
        ({"key": "sk_mine"}, "request.invalid", "key"),
        ({"token": "sk_mine"}, "request.invalid", "token"),
    ],
)
async def test_keys_that_cannot_be_made(owner: AsyncClient, fields: dict[str, Any], code: str, field: str) -> None:
    answer = await owner.post("/v1/api-keys", json={"name": "Server", "kind": "secret", **fields})
    assert [error["field"] for error in problem(answer, 422, code)["errors"]] == [field]
    assert (await owner.get("/v1/api-keys")).json()["data"] == []


async def test_a_revoked_key_is_dead_at_once(owner: AsyncClient, anonymous: AsyncClient) -> None:
    key = await make(owner)
    assert (await anonymous.get("/v1/agents", headers=bearer(key))).status_code == 200
    answers = await asyncio.gather(*(owner.delete(f"/v1/api-keys/{key['id']}") for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [204, 404, 404]
    problem(await anonymous.get("/v1/agents", headers=bearer(key)), 401, "auth.unauthenticated")
    assert (await owner.get("/v1/api-keys")).json()["data"] == []


async def test_other_companies_keys_are_not_found(owner: AsyncClient, stranger: AsyncClient) -> None:
    theirs = await make(stranger)
    problem(await owner.delete(f"/v1/api-keys/{theirs['id']}"), 404, "tenancy.api_key_not_found")
    assert (await owner.get("/v1/api-keys")).json()["data"] == []
    assert (await stranger.get("/v1/agents", headers=bearer(theirs))).status_code == 200


async def test_when_it_was_used_is_noted(owner: AsyncClient, anonymous: AsyncClient) -> None:
    key = await make(owner)
    assert key["last_used_at"] is None
    await anonymous.get("/v1/agents", headers=bearer(key))
    assert (await owner.get("/v1/api-keys")).json()["data"][0]["last_used_at"] >= key["created_at"]


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Basic eDp5", "Bearer sk_unknown", "Bearer pk_unknown", "Bearer xx", "Bearer vst_a.b",
     "Bearer sk_" + "a" * 3000, "Bearer vst_" + "a" * 3000, "sk_x", "Bearer sk_\xe9"],
)  # fmt: skip
async def test_credentials_that_are_none(anonymous: AsyncClient, header: str) -> None:
    answer = await anonymous.get("/v1/agents", headers={b"authorization": header.encode("latin-1")})
    problem(answer, 401, "auth.unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_repeated_request_makes_one_key(owner: AsyncClient) -> None:
    body, headers = {"name": "Once", "kind": "secret"}, {"idempotency-key": "the-key"}
    first = await owner.post("/v1/api-keys", json=body, headers=headers)
    again = await owner.post("/v1/api-keys", json=body, headers=headers)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert len((await owner.get("/v1/api-keys")).json()["data"]) == 1


async def known_key(owner: AsyncClient, installation: Installation) -> tuple[dict[str, Any], Principal]:
    key = await make(owner, kind="publishable", allowed_origins=["https://a.example"])
    found = await find_publishable_key(installation.ports, key["key"])
    assert found is not None
    return key, found


def visitor_token(installation: Installation, session: VisitorSession, *, minutes: int = 60) -> str:
    tokens = VisitorTokens(installation.ports.keyring)
    return tokens.issue_session(session, installation.ports.clock.now() + timedelta(minutes=minutes))


async def test_a_visitor_is_known_until_the_token_ends(
    owner: AsyncClient, installation: Installation, clock: TravelClock
) -> None:
    key, found = await known_key(owner, installation)
    tenant = TenantId.parse((await owner.get("/v1/tenant")).json()["id"])
    assert found == Principal(
        PrincipalKind.PUBLISHABLE_KEY,
        tenant,
        api_key_id=ApiKeyId.parse(key["id"]),
        allowed_origins=("https://a.example",),
    )
    session = VisitorSession(tenant, AgentId.new(), VisitorId.new(), found.api_key_id)
    credential = Credential(bearer=visitor_token(installation, session))
    assert await installation.authenticator.authenticate(credential) == Principal(
        PrincipalKind.VISITOR,
        tenant,
        frozenset({"conversations:chat"}),
        api_key_id=found.api_key_id,
        visitor_id=session.visitor_id,
        agent_id=session.agent_id,
    )
    clock.advance(minutes=61)
    assert await installation.authenticator.authenticate(credential) is None


async def test_a_visitors_session_ends_with_its_key(owner: AsyncClient, installation: Installation) -> None:
    key, found = await known_key(owner, installation)
    assert found.tenant_id is not None
    session = VisitorSession(found.tenant_id, AgentId.new(), VisitorId.new(), found.api_key_id)
    hosted = dataclasses.replace(session, api_key_id=None)
    credentials = [Credential(bearer=visitor_token(installation, each)) for each in (session, hosted)]
    authenticate = installation.authenticator.authenticate
    assert all([await authenticate(credential) for credential in credentials])
    await owner.delete(f"/v1/api-keys/{key['id']}")
    assert await authenticate(credentials[0]) is None
    assert await authenticate(credentials[1]) is not None
    assert await find_publishable_key(installation.ports, key["key"]) is None


async def test_a_key_of_another_company_carries_no_visitor(
    owner: AsyncClient, stranger: AsyncClient, installation: Installation
) -> None:
    _, found = await known_key(owner, installation)
    other = TenantId.parse((await stranger.get("/v1/tenant")).json()["id"])
    session = VisitorSession(other, AgentId.new(), VisitorId.new(), found.api_key_id)
    token = visitor_token(installation, session)
    assert await installation.authenticator.authenticate(Credential(bearer=token)) is None
    forged = token[:-2] + ("AA" if not token.endswith("AA") else "BB")
    assert await installation.authenticator.authenticate(Credential(bearer=forged)) is None


async def test_remembered_credentials_cost_no_query(owner: AsyncClient, installation: Installation) -> None:
    secret = await make(owner)
    _, found = await known_key(owner, installation)
    assert found.tenant_id is not None
    session = VisitorSession(found.tenant_id, AgentId.new(), VisitorId.new(), found.api_key_id)
    credentials = [Credential(bearer=secret["key"]), Credential(bearer=visitor_token(installation, session))]
    known = [await installation.authenticator.authenticate(credential) for credential in credentials]
    assert None not in known
    await installation.ports.database.close()  # whoever asks it from here on fails
    assert [await installation.authenticator.authenticate(credential) for credential in credentials] == known


async def test_revocation_reaches_other_processes(owner: AsyncClient, installation: Installation) -> None:
    ports = dataclasses.replace(installation.ports, caches=MemoryCaches(installation.signals), _made={})
    elsewhere = make_authenticator(ports)
    key = await make(owner)
    credential = Credential(bearer=key["key"])
    assert await elsewhere.authenticate(credential) is not None
    await owner.delete(f"/v1/api-keys/{key['id']}")
    assert await elsewhere.authenticate(credential) is None
