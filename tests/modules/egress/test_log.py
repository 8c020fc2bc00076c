"""The log of the outbound door: who asked for what, what was refused, and nothing that is a secret."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from httpx2 import AsyncClient
from structlog.testing import capture_logs

from medea.apps.bootstrap import Installation
from medea.apps.housekeeping import clear_away
from medea.kernel.ids import TenantId
from medea.kernel.outbound.egress import EgressCall, on_account_of
from medea.kernel.outbound.errors import OutboundRefused
from medea.kernel.outbound.ledger import EgressLedger
from medea.kernel.settings import OutboundSettings, Settings
from tests.support.app import problem
from tests.support.upstream import Answer, Send, Upstream, upstream

CANARY = "canary-5f1d"


@pytest.fixture
async def server() -> AsyncIterator[Upstream]:
    """A company's own server."""
    async with upstream(Answer([Send(b"hello")], 201)) as running:
        yield running


@pytest.fixture
def settings(settings: Settings, server: Upstream) -> Settings:
    """Settings that let requests through to that server; the log holds little."""
    hosts = (f"127.0.0.1:{server.port}",)
    return settings.model_copy(update={"outbound": OutboundSettings(allowed_private_hosts=hosts, log_calls=100)})


async def listed(client: AsyncClient, **query: Any) -> list[dict[str, Any]]:
    """Return the log."""
    answer = await client.get("/v1/egress-calls", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def tenant_of(client: AsyncClient) -> TenantId:
    """Return whose client it is."""
    return TenantId.parse((await client.get("/v1/auth/me")).json()["tenant"]["id"])


def call_of(tenant: TenantId, number: int, *, at: datetime | None = None, port: int = 443) -> EgressCall:
    """Return a call to be noted."""
    return EgressCall(
        tenant_id=tenant,
        at=at or datetime.now(UTC),
        purpose="model",
        method="POST",
        host=f"h{number}.example.org",
        port=port,
        status=200,
        refusal=None,
        received_bytes=None,
        duration_ms=1,
    )


async def test_what_goes_out_and_what_is_refused_is_listed(
    owner: AsyncClient, stranger: AsyncClient, installation: Installation, server: Upstream
) -> None:
    tools = {}
    for name, url in [
        ("here", f"http://127.0.0.1:{server.port}/{CANARY}?key={CANARY}"),
        ("gone", "http://x.example.org"),
    ]:
        body = {"name": name, "description": "Looks.", "method": "POST", "url": url, "headers": {"X-Key": CANARY}}
        tools[name] = (await owner.post("/v1/tools", json=body)).json()["id"]
    await owner.post(f"/v1/tools/{tools['here']}/test", json={"arguments": {}})
    tenant = TenantId.parse((await owner.get("/v1/auth/me")).json()["tenant"]["id"])
    on_account_of(tenant, installation.ports.egress)
    for url in (f"http://user:{CANARY}@10.0.0.1/", f"ftp://{CANARY}", "http://169.254.169.254/x", f"\x00{CANARY}"):
        with pytest.raises(OutboundRefused):
            await installation.ports.outbound.request("get", url, purpose="page")
    await installation.ports.egress.close()
    found = await listed(owner)
    shown = [(call["purpose"], call["method"], call["status"], call["refusal"]) for call in reversed(found)]
    assert shown == [
        ("tool", "POST", 201, None),
        ("page", "GET", None, "credentials"),
        ("page", "GET", None, "scheme"),
        ("page", "GET", None, "private"),
        ("page", "GET", None, "malformed"),
    ]
    went = found[-1]
    assert (went["host"], went["port"], went["received_bytes"]) == ("127.0.0.1", server.port, 5)
    assert [call["host"] for call in found[:-1]] == ["", "169.254.169.254", CANARY, "10.0.0.1"]
    assert all(CANARY not in str(call | {"host": ""}) for call in found)
    assert [call["refusal"] for call in await listed(owner, host="169.254")] == ["private"]
    assert len(await listed(owner, refused="true")) == 4
    assert [call["status"] for call in await listed(owner, refused="false", purpose="tool")] == [201]
    assert len(await listed(owner, limit=2)) == 2
    assert await listed(stranger) == []


async def test_the_log_is_capped_in_memory_in_time_and_in_number(
    owner: AsyncClient, installation: Installation
) -> None:
    tenant = await tenant_of(owner)
    ledger = EgressLedger(installation.ports.database, every=60, capacity=150)
    now = datetime.now(UTC)
    for number in range(30):
        ledger.note(call_of(tenant, number, at=now - timedelta(days=8)))
    for number in range(200):
        ledger.note(call_of(tenant, number, at=now))
    with capture_logs() as logs:
        await ledger.close()
    assert [entry["calls"] for entry in logs if entry["event"] == "outbound.log_dropped"] == [80]
    async with installation.ports.database.transaction(tenant) as sql:
        assert await sql.fetchval("SELECT count(*) FROM egress_calls") == 150
    assert (await clear_away(installation.ports))["egress_calls"] >= 50
    async with installation.ports.database.transaction(tenant) as sql:
        assert await sql.fetchval("SELECT count(*) FROM egress_calls") == 100
        assert await sql.fetchval("SELECT min(at) FROM egress_calls") >= now


async def test_a_database_that_is_away_stops_nothing(owner: AsyncClient, installation: Installation) -> None:
    """What is noted then is written when it is back."""

    class Away:
        def system(self, **_: Any) -> Any:
            raise ConnectionError("away")

    tenant = TenantId.parse((await owner.get("/v1/auth/me")).json()["tenant"]["id"])
    ledger = EgressLedger(Away(), every=0.01)  # type: ignore[arg-type]
    on_account_of(tenant, ledger)
    with pytest.raises(OutboundRefused):
        await installation.ports.outbound.request("GET", "http://10.0.0.1/")
    await ledger.close()
    ledger._database = installation.ports.database
    await ledger.close()
    assert [call["host"] for call in await listed(owner)] == ["10.0.0.1"]


async def test_an_error_that_nobody_foresaw_does_not_end_the_log(
    owner: AsyncClient, installation: Installation
) -> None:
    class Failing:
        """A database that is at a loss twice."""

        errors: ClassVar[list[Exception]] = [TimeoutError(), RuntimeError("?")]

        def system(self, **options: Any) -> Any:
            if self.errors:
                raise self.errors.pop()
            return installation.ports.database.system(**options)

    tenant = await tenant_of(owner)
    ledger = EgressLedger(Failing(), every=0.01)  # type: ignore[arg-type]
    with capture_logs() as logs:
        ledger.note(call_of(tenant, 1))
        await idle(ledger)
    reasons = [entry["reason"] for entry in logs if entry["event"] == "outbound.log_not_written"]
    assert reasons == ["RuntimeError", "TimeoutError"]
    ledger.note(call_of(tenant, 2))
    await idle(ledger)
    assert [call["host"] for call in await listed(owner)] == ["h2.example.org", "h1.example.org"]


@pytest.mark.parametrize("is_closing", [False, True])
async def test_a_row_that_is_refused_takes_no_other_with_it(
    owner: AsyncClient, installation: Installation, is_closing: bool
) -> None:
    tenant = await tenant_of(owner)
    ledger = EgressLedger(installation.ports.database, every=60 if is_closing else 0.01)
    for number in range(5):
        ledger.note(call_of(tenant, number, port=10**12 if number in {1, 3} else 443))
    with capture_logs() as logs:
        await (ledger.close() if is_closing else idle(ledger))
    assert [call["host"][:2] for call in await listed(owner)] == ["h4", "h2", "h0"]
    told = [(entry["event"], entry.get("calls")) for entry in logs if entry["event"].startswith("outbound.")]
    assert told == [*[("outbound.log_not_written", None)] * 2, ("outbound.log_dropped", 2)]


async def idle(ledger: EgressLedger) -> None:
    """Wait until all that was noted is written."""
    async with asyncio.timeout(60):
        while ledger._writing is not None and not ledger._writing.done():  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.01)


async def test_visitors_and_readers_do_not_see_it(owner: AsyncClient, anonymous: AsyncClient) -> None:
    problem(await anonymous.get("/v1/egress-calls"), 401, "auth.unauthenticated")
