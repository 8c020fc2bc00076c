"""Replacing the key that encrypts: every column, whatever kills it, while others write."""

import dataclasses
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from httpx2 import AsyncClient

from medea.apps import registry
from medea.apps.bootstrap import Installation
from medea.apps.cli import keys
from medea.apps.cli.output import CommandFault
from medea.kernel.auth import rotation
from medea.kernel.auth.crypto import KeyRing
from medea.kernel.auth.rotation import count_tenant, rotate_tenant
from medea.kernel.db.database import APP_ROLE
from medea.kernel.ids import ServerId, SessionId, TenantId
from medea.modules.tools.mcp import grants, repository

SECRET = "a secret of the tests, long enough for a key"
KEY = "the new key of the tests, long enough for one"

NO_CIPHERTEXT = {
    "api_keys.token_hash": "a keyed hash",
    "conversations.digest": "a hash",
    "idempotency_keys.request_hash": "a hash",
    "mcp_pending.state_hash": "a keyed hash",
    "user_sessions.token_hash": "a keyed hash",
}
"""Columns of bytes that hold no ciphertext, and what they hold. The words of knowledge are no secrets."""


@pytest.fixture
async def admin(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's connection, for asking the catalog."""
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def test_every_column_with_ciphertexts_is_known(admin: asyncpg.Connection) -> None:
    """A new column of bytes is either turned over by `medea keys rotate` or named above."""
    rows = await admin.fetch(
        "SELECT table_name || '.' || column_name AS name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type = 'bytea'"
    )
    found = {row["name"] for row in rows if not row["name"].startswith("knowledge_")}
    ciphers = {str(cipher) for cipher in registry.ciphers()}
    assert ciphers <= found
    assert found - ciphers - set(NO_CIPHERTEXT) == set(), "name it in a CIPHERS of its module, or in NO_CIPHERTEXT"
    jsons = await admin.fetch(
        "SELECT table_name || '.' || column_name AS name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type <> 'bytea' AND column_name LIKE '%cipher%'"
    )
    assert [row["name"] for row in jsons] == [], "ciphertexts are kept as bytes"


async def test_every_such_column_may_be_changed(admin: asyncpg.Connection) -> None:
    for cipher in registry.ciphers():
        may = "SELECT has_column_privilege($1, $2, $3, 'UPDATE')"
        assert await admin.fetchval(may, APP_ROLE, cipher.table, cipher.column), f"{cipher} cannot be encrypted anew"


async def furnish(installation: Installation, owner: AsyncClient) -> TenantId:
    """Keep a secret of each kind; return whose they are."""
    for number in range(3):
        body = {"name": f"KEY_{number}", "value": f"value {number}"}
        answer = await owner.post("/v1/secrets", json=body, headers={"idempotency-key": f"key {number}"})
        assert answer.status_code == 201, answer.text
    tool = {"name": "look", "description": "Looks.", "method": "GET", "url": "https://shop.example.org/x"}
    assert (await owner.post("/v1/tools", json=tool)).status_code == 201
    provider = {"name": "P", "base_url": "https://m.example.org/v1", "api_key": "sk", "default_model": "m"}
    assert (await owner.post("/v1/providers", json=provider)).status_code == 201
    hook = {"url": "https://hooks.example.org/x", "events": ["turn.completed"]}
    assert (await owner.post("/v1/webhooks", json=hook)).status_code == 201
    tenant = TenantId.parse((await owner.get("/v1/auth/me")).json()["tenant"]["id"])
    server = {"name": "M", "url": "https://mcp.example.org/x", "auth": "oauth"}
    answer = await owner.post("/v1/mcp-servers", json=server)
    assert answer.status_code == 201, answer.text
    await _leave_open(installation, tenant, ServerId.parse(answer.json()["id"]))
    return tenant


async def _leave_open(installation: Installation, tenant: TenantId, server: ServerId) -> None:
    """Keep what is kept while a person is away at the server's OAuth."""
    ports = installation.ports
    sealed = ports.keyring.encrypt(b"verifier", grants.owner_of_pending(tenant, server))
    ends = ports.clock.now() + timedelta(minutes=15)
    async with ports.database.transaction(tenant) as sql:
        state = str(server).encode()
        await repository.add_pending(sql, tenant, state, server, SessionId.new(), sealed, ends)


async def states(installation: Installation, tenant: TenantId) -> Counter[str]:
    """Return how much is under which key."""
    found: Counter[str] = Counter()
    for (_, key), number in (await count_tenant(installation.ports.database, registry.ciphers(), tenant)).items():
        found[key] += number
    return found


async def opened(installation: Installation, keyring: KeyRing, tenant: TenantId) -> dict[str, list[bytes]]:
    """Open every ciphertext of a tenant under a ring."""
    found: dict[str, list[bytes]] = {}
    async with installation.ports.database.transaction(tenant) as sql:
        for cipher in registry.ciphers():
            rows: list[Any] = await sql.fetch(f"SELECT * FROM {cipher.table} WHERE {cipher.column} IS NOT NULL")
            opened = [keyring.decrypt(row[cipher.column], cipher.owner(tenant, row)) for row in rows]
            found[str(cipher)] = sorted(opened)
    return found


async def test_everything_is_encrypted_anew_and_the_old_key_opens_nothing(
    installation: Installation, owner: AsyncClient, monkeypatch: Any
) -> None:
    tenant = await furnish(installation, owner)
    before = await opened(installation, installation.ports.keyring, tenant)
    total = sum(map(len, before.values()))
    assert await states(installation, tenant) == {"secret": total}
    ring = KeyRing(SECRET, KEY)
    monkeypatch.setattr(rotation, "BATCH", 2)
    steps = 0
    async for _ in rotate_tenant(installation.ports.database, ring, registry.ciphers(), tenant):
        steps += 1
        if steps == 2:
            break  # killed in the middle
    halfway = await states(installation, tenant)
    assert 0 < halfway[ring.names[0]] < total
    assert await opened(installation, ring, tenant) == before, "in the middle, too, everything opens"
    done = [step async for step in rotate_tenant(installation.ports.database, ring, registry.ciphers(), tenant)]
    assert sum(step.done for step in done) == total - halfway[ring.names[0]]
    assert await states(installation, tenant) == {ring.names[0]: total}
    assert await opened(installation, KeyRing("another secret altogether, long enough", KEY), tenant) == before
    assert [step async for step in rotate_tenant(installation.ports.database, ring, registry.ciphers(), tenant)] == []


async def test_what_somebody_writes_meanwhile_is_kept(installation: Installation, owner: AsyncClient) -> None:
    tenant = await furnish(installation, owner)
    ring = KeyRing(SECRET, KEY)
    secrets = (await owner.get("/v1/secrets")).json()["data"]

    class Meddling:
        """A ring whose owner's value is replaced between reading and writing."""

        prefix = ring.prefix

        def decrypt(self, blob: bytes, owner: str) -> bytes:
            return b"stale" if owner.startswith("secret/") else ring.decrypt(blob, owner)

        encrypt = ring.encrypt

    async with installation.ports.database.transaction(tenant) as sql:
        cipher = next(cipher for cipher in registry.ciphers() if cipher.table == "secrets")
        rows = await rotation._stale(sql, ring, cipher, None)
    answer = await owner.put(f"/v1/secrets/{secrets[0]['id']}", json={"value": "newer"})
    assert answer.status_code == 200
    async with installation.ports.database.transaction(tenant) as sql:
        await rotation._replace(sql, Meddling(), cipher, tenant, rows)  # type: ignore[arg-type]
    assert b"newer" in (await opened(installation, ring, tenant))["secrets.ciphertext"]


async def test_what_no_key_opens_is_told_and_left(installation: Installation, owner: AsyncClient) -> None:
    tenant = await furnish(installation, owner)
    lost = KeyRing("a secret that nobody has any more, long enough")
    ports = dataclasses.replace(installation.ports, keyring=lost)
    ring = KeyRing(SECRET, KEY)
    async with ports.database.transaction(tenant) as sql:
        await sql.execute("UPDATE secrets SET ciphertext = $1 WHERE name = 'KEY_1'", lost.encrypt(b"x", "secret/?"))
    steps = [step async for step in rotate_tenant(ports.database, ring, registry.ciphers(), tenant)]
    assert sum(step.unreadable for step in steps) == 1
    assert (await states(installation, tenant))["secret"] == 1


async def test_what_fails_for_one_company_stops_no_other(
    installation: Installation, owner: AsyncClient, stranger: AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = [await furnish(installation, client) for client in (owner, stranger)]
    ring = KeyRing(SECRET, KEY)

    class Failing:
        """A ring that cannot encrypt the first company's secrets of the vault."""

        prefix, names, decrypt = ring.prefix, ring.names, staticmethod(ring.decrypt)

        def encrypt(self, blob: bytes, owner: str) -> bytes:
            if owner.startswith(f"secret/{first}/"):
                raise RuntimeError("no luck")
            return ring.encrypt(blob, owner)

    async def tenants() -> AsyncIterator[TenantId]:
        for tenant in (first, second):
            yield tenant

    ports = dataclasses.replace(installation.ports, keyring=Failing())  # type: ignore[arg-type]
    with pytest.raises(CommandFault, match=r"Not everything was encrypted anew \(secrets\.ciphertext"):
        await keys._rotate_all(ports, tenants())
    assert f"secrets.ciphertext of 1 companies, first of {first}: RuntimeError: no luck" in capsys.readouterr().out
    assert set(await states(installation, second)) == {ring.names[0]}
    left = await states(installation, first)
    assert left["secret"] == 3, "its other columns were encrypted anew"
    assert left[ring.names[0]] > 0
    await keys._rotate_all(dataclasses.replace(installation.ports, keyring=ring), tenants())
    assert set(await states(installation, first)) == {ring.names[0]}
