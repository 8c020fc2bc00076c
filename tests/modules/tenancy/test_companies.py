"""Several companies of one person, switching between them, and keeping them apart."""

from httpx2 import AsyncClient

from tests.support.app import PASSWORD, problem


async def test_another_company_is_founded_and_switched_to(owner: AsyncClient) -> None:
    before = (await owner.get("/v1/auth/me")).json()
    founded = await owner.post("/v1/tenants", json={"name": "Second"})
    assert founded.status_code == 201
    second = founded.json()
    assert set(second) == {"id", "name", "slug", "created_at"}
    now = (await owner.get("/v1/auth/me")).json()
    assert now["tenant"] == before["tenant"]  # nobody is moved without asking
    assert [place["name"] for place in now["tenants"]] == ["Engines", "Second"]
    assert (await owner.post("/v1/agents", json={"name": "Of the first"})).status_code == 201

    old = owner.cookies["medea_session"]
    switched = (await owner.post("/v1/auth/switch", json={"tenant_id": second["id"]})).json()
    assert (switched["tenant"]["id"], switched["role"]) == (second["id"], "owner")
    assert switched["session"]["id"] == before["session"]["id"]
    assert owner.cookies["medea_session"] != old
    assert (await owner.get("/v1/agents")).json()["data"] == []
    assert (await owner.get("/v1/tenant")).json() == second
    assert len((await owner.get("/v1/members")).json()["data"]) == 1

    owner.cookies.set("medea_session", old, domain="127.0.0.1", path="/")
    problem(await owner.get("/v1/agents"), 401, "auth.unauthenticated")


async def test_logging_in_leads_to_the_company_of_last_time(owner: AsyncClient) -> None:
    me = (await owner.get("/v1/auth/me")).json()
    second = (await owner.post("/v1/tenants", json={"name": "Second"})).json()
    await owner.post("/v1/auth/switch", json={"tenant_id": second["id"]})
    await owner.post("/v1/auth/logout")
    again = await owner.post("/v1/auth/login", json={"email": me["user"]["email"], "password": PASSWORD})
    assert again.json()["tenant"]["id"] == second["id"]


async def test_nobody_switches_to_a_company_of_others(owner: AsyncClient, stranger: AsyncClient) -> None:
    theirs = (await stranger.get("/v1/tenant")).json()
    problem(await owner.post("/v1/auth/switch", json={"tenant_id": theirs["id"]}), 404, "tenancy.tenant_not_found")
    unknown = await owner.post("/v1/auth/switch", json={"tenant_id": "ten_" + "0" * 32})
    problem(unknown, 404, "tenancy.tenant_not_found")
    problem(await owner.post("/v1/auth/switch", json={"tenant_id": "x"}), 422, "request.invalid")
    assert (await owner.get("/v1/auth/me")).status_code == 200


async def test_a_company_is_renamed(owner: AsyncClient, stranger: AsyncClient) -> None:
    before = (await owner.get("/v1/tenant")).json()
    assert (await owner.patch("/v1/tenant", json={"name": "Renamed"})).json() == {**before, "name": "Renamed"}
    assert (await stranger.get("/v1/tenant")).json()["name"] == "Elsewhere"
    problem(await owner.patch("/v1/tenant", json={"name": "a\x00b"}), 422, "request.invalid")
    problem(await owner.patch("/v1/tenant", json={"slug": "mine"}), 422, "request.invalid")


async def test_keys_cannot_do_what_only_people_can(owner: AsyncClient, anonymous: AsyncClient) -> None:
    key = (await owner.post("/v1/api-keys", json={"name": "K", "kind": "secret"})).json()["key"]
    headers = {"authorization": f"Bearer {key}"}
    for method, path, body in (
        ("GET", "/v1/auth/me", None),
        ("GET", "/v1/auth/sessions", None),
        ("POST", "/v1/tenants", {"name": "Mine"}),
        ("POST", "/v1/auth/switch", {"tenant_id": "ten_" + "0" * 32}),
        ("POST", "/v1/invitations/accept", {"token": "x"}),
    ):
        answer = await anonymous.request(method, path, json=body, headers=headers)
        assert answer.status_code in {403, 404}, (path, answer.text)
