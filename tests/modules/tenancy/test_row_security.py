"""What the two roles of requests can reach of people and companies, asked of PostgreSQL itself."""

import asyncpg
import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.ids import TenantId
from tests.modules.tenancy.test_providers import BODY
from tests.support.app import fresh_email

OWNED = ["tenants", "memberships", "invitations", "api_keys", "identity_secrets", "model_providers"]
PLATFORM = ["users", "user_sessions", "password_resets"]

Refused = asyncpg.InsufficientPrivilegeError


@pytest.fixture
async def companies(owner: AsyncClient, stranger: AsyncClient) -> tuple[TenantId, TenantId]:
    """Two companies with a row in every table."""
    for client in (owner, stranger):
        for path, body in (
            ("invitations", {"email": fresh_email(), "role": "viewer"}),
            ("api-keys", {"name": "K", "kind": "secret"}),
            ("providers", BODY),
        ):
            assert (await client.post(f"/v1/{path}", json=body)).status_code == 201
        assert (await client.get("/v1/tenant/identity")).status_code == 200
    first, second = [(await client.get("/v1/tenant")).json()["id"] for client in (owner, stranger)]
    return TenantId.parse(first), TenantId.parse(second)


@pytest.mark.parametrize("table", OWNED)
async def test_no_tenant_no_rows(companies: tuple[TenantId, TenantId], installation: Installation, table: str) -> None:
    database = installation.ports.database
    async with database.transaction(None) as sql:
        assert await sql.fetch(f"SELECT * FROM {table}") == []
    for tenant in companies:
        async with database.transaction(tenant) as sql:
            found = {row["tenant_id"] for row in await sql.fetch(f"SELECT tenant_id FROM {table}")}
        assert found == {tenant}


@pytest.mark.parametrize("table", ["invitations", "api_keys", "model_providers", "memberships"])
async def test_nothing_of_others_is_deleted(
    companies: tuple[TenantId, TenantId], installation: Installation, table: str
) -> None:
    mine, theirs = companies
    async with installation.ports.database.transaction(mine) as sql:
        assert await sql.execute(f"DELETE FROM {table} WHERE tenant_id = $1", theirs) == "DELETE 0"
    async with installation.ports.database.transaction(theirs) as sql:
        assert await sql.fetchval(f"SELECT count(*) FROM {table}") > 0


async def test_nothing_is_written_in_another_name(
    companies: tuple[TenantId, TenantId], installation: Installation
) -> None:
    mine, theirs = companies
    insert = (
        "INSERT INTO invitations (tenant_id, id, email, email_key, role, created_at, expires_at)"
        " VALUES ($1, gen_random_uuid(), 'x', 'x', 'owner', now(), now())"
    )
    with pytest.raises(Refused):
        async with installation.ports.database.transaction(mine) as sql:
            await sql.execute(insert, theirs)
    async with installation.ports.database.transaction(mine) as sql:
        moved = await sql.execute("UPDATE tenants SET name = 'Mine' WHERE tenant_id = $1", theirs)
    assert moved == "UPDATE 0"


@pytest.mark.parametrize("table", PLATFORM)
async def test_people_are_out_of_reach_of_requests(
    companies: tuple[TenantId, TenantId], installation: Installation, table: str
) -> None:
    for tenant in (None, companies[0]):
        with pytest.raises(Refused):
            async with installation.ports.database.transaction(tenant) as sql:
                await sql.fetch(f"SELECT * FROM {table}")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO tenants SELECT gen_random_uuid(), 'x', 'x', now(), now()",
        "DELETE FROM tenants",
        "UPDATE tenants SET slug = 'mine'",
        "UPDATE memberships SET user_id = gen_random_uuid()",
        "INSERT INTO memberships SELECT * FROM memberships",
        "UPDATE api_keys SET scopes = '[]'",
        "UPDATE api_keys SET kind = 'secret'",
        "UPDATE api_keys SET token_hash = 'x'",
        "UPDATE invitations SET role = 'owner'",
        "UPDATE identity_secrets SET tenant_id = gen_random_uuid()",
        "DELETE FROM identity_secrets",
        "SET LOCAL row_security = off; SELECT * FROM tenants",
        "ALTER TABLE tenants DISABLE ROW LEVEL SECURITY",
        "TRUNCATE tenants CASCADE",
    ],
)
async def test_what_requests_may_not_do(
    companies: tuple[TenantId, TenantId], installation: Installation, statement: str
) -> None:
    with pytest.raises(Refused):
        async with installation.ports.database.transaction(companies[0]) as sql:
            await sql.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tenants SET name = 'x'",
        "DELETE FROM tenants",
        "UPDATE memberships SET role = 'owner'",
        "DELETE FROM memberships",
        "UPDATE api_keys SET scopes = '[]'",
        "DELETE FROM api_keys",
        "INSERT INTO invitations SELECT * FROM invitations",
        "SELECT * FROM model_providers",
        "SELECT * FROM identity_secrets",
        "DELETE FROM users",
    ],
)
async def test_what_credential_look_ups_may_not_do(
    companies: tuple[TenantId, TenantId], installation: Installation, statement: str
) -> None:
    with pytest.raises(Refused):
        async with installation.ports.database.system() as sql:
            await sql.execute(statement)
