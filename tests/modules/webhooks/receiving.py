"""A company's own server that takes webhooks, checked with the specification's official library."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from httpx2 import AsyncClient
from standardwebhooks.webhooks import Webhook

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.ids import DeliveryId, TenantId
from tests.support.upstream import Answer, Call, Send, Upstream

OK = Answer([Send(b"thanks")], 200, (("Content-Type", "text/plain"),))


def refusing(status: int, *headers: tuple[str, str], body: bytes = b"no") -> Answer:
    """Return an answer that is no success."""
    return Answer([Send(body)], status, (("Content-Type", "text/plain"), *headers))


@dataclass
class Receiver:
    """What the server was sent; it answers as `answers` say, the last one for ever."""

    server: Upstream
    secrets: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}/hook?for=medea"

    def verified(self, call: Call, secret: str | None = None) -> dict[str, Any]:
        """Return what a call says, if it is signed as the specification says."""
        found: dict[str, Any] = Webhook(secret or self.secrets[-1]).verify(call.body, call.headers)
        return found

    @property
    def told(self) -> list[dict[str, Any]]:
        """What all calls say, each verified."""
        return [self.verified(call) for call in self.server.calls]


async def subscribe(client: AsyncClient, receiver: Receiver, *events: str, **fields: Any) -> dict[str, Any]:
    """Add a webhook for these events."""
    body = {"url": receiver.url, "events": list(events) or ["agent.published"], **fields}
    answer = await client.post("/v1/webhooks", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    receiver.secrets.append(made["secret"])
    return made


async def until(what: Callable[[], Awaitable[Any]] | Callable[[], Any], seconds: float = 60.0) -> Any:
    """Wait until something is true, and return it."""
    async with asyncio.timeout(seconds):
        while True:
            found = what()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.02)


async def tenant_of(client: AsyncClient) -> TenantId:
    """Return the company that a client is logged in to."""
    return TenantId.parse((await client.get("/v1/auth/me")).json()["tenant"]["id"])


def job_context(installation: Installation, tenant: TenantId) -> Context:
    """Return a context as a job has it."""
    return Context(installation.ports, system_principal(tenant))


async def deliveries(client: AsyncClient, webhook: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    """Return a webhook's deliveries, the newest first."""
    answer = await client.get(f"/v1/webhooks/{webhook['id']}/deliveries", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def detail(client: AsyncClient, webhook: dict[str, Any], delivery: dict[str, Any]) -> dict[str, Any]:
    """Return a delivery with what was answered."""
    answer = await client.get(f"/v1/webhooks/{webhook['id']}/deliveries/{delivery['id']}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def pending_jobs(installation: Installation, tenant: TenantId, task: str) -> list[dict[str, Any]]:
    """Return the jobs of a task that wait."""
    async with installation.ports.database.transaction(tenant) as sql:
        rows: Sequence[Any] = await sql.fetch("SELECT * FROM jobs WHERE task = $1 ORDER BY run_at", task)
    return [dict(row) | {"payload": row["payload"]} for row in rows]


def id_of(delivery: dict[str, Any]) -> DeliveryId:
    """Return the id of a delivery."""
    return DeliveryId.parse(delivery["id"])
