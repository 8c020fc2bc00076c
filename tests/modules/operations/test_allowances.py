"""An operator lets a company keep more or less than others; the company reads it, and cannot change it."""

from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.modules.identity import facade as identity
from tests.support.app import problem


async def test_an_operator_agrees_on_something_else(
    installation: Installation, owner: AsyncClient, stranger: AsyncClient
) -> None:
    tenant = (await stranger.get("/v1/auth/me")).json()["tenant"]["id"]
    url = f"/v1/operator/tenants/{tenant}/allowance"
    problem(await owner.get(url), 404, "operations.not_found")
    problem(await owner.patch(url, json={"knowledge_pages": 7}), 404, "operations.not_found")
    email = (await owner.get("/v1/auth/me")).json()["user"]["email"]
    await identity.set_operator(Context(installation.ports, system_principal(None)), email, is_operator=True)
    before = (await owner.get(url)).json()
    assert set(before["agreed"].values()) == {None}
    after = (await owner.patch(url, json={"knowledge_pages": 7, "knowledge_bytes": 5_000_000_000_000})).json()
    assert after["knowledge"] == before["knowledge"] | {"pages": 7, "bytes": 5_000_000_000_000}
    assert (await stranger.get("/v1/knowledge/usage")).json()["pages"]["limit"] == 7
    back = (await owner.patch(url, json={"knowledge_pages": None})).json()
    assert (back["agreed"]["knowledge_pages"], back["knowledge"]["pages"]) == (None, before["knowledge"]["pages"])
    assert back["knowledge"]["bytes"] == 5_000_000_000_000
    refused = problem(await owner.patch(url, json={"knowledge_pages": -1}), 422, "request.invalid")
    assert refused["errors"][0]["field"] == "knowledge_pages"
    nobody = f"/v1/operator/tenants/ten_{'0' * 32}/allowance"
    problem(await owner.patch(nobody, json={}), 404, "tenancy.tenant_not_found")
