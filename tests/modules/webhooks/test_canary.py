"""Secrets of every kind, used by careless servers that send them back, are afterwards in nothing that was written."""

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.settings import OutboundSettings, Settings, TelemetrySettings
from tests.isolation.catalog import list_tables
from tests.modules.conversations.acting import acting
from tests.modules.conversations.chatting import open_conversation, publish, say
from tests.modules.webhooks.receiving import deliveries, until
from tests.support.otlp import OtlpCollector, otlp_collector
from tests.support.upstream import Answer, Call, Send, Upstream, upstream

VAULT = "canary-of-the-vault-4711-x"
PROVIDER = "canary-of-the-provider-0815-y"
SCRIPTS: dict[str, Any] = {"look": [[[("careless", {"status": 200})]], [[("careless", {"status": 500})]]]}


def careless(call: Call) -> Answer:
    """Send everything back, head and body, as servers do that are being debugged."""
    path, _, query = call.path.partition("?")
    status = int(query.rpartition("=")[2]) if query else 200
    said = json.dumps({"path": path, "headers": call.headers, "body": call.body.decode("latin-1")})
    return Answer([Send(said.encode())], status, (("Content-Type", "application/json"), ("Server", said[:400])))


def providers(call: Call) -> Answer:
    """Act as a model, or refuse with the key that came."""
    if b"refuse" in call.body:
        words = {"error": {"message": f"Incorrect API key provided: {call.headers['authorization']}"}}
        return Answer([Send(json.dumps(words).encode())], 401, (("Content-Type", "application/json"),))
    return acting(SCRIPTS)(call)


@pytest.fixture
async def server() -> AsyncIterator[Upstream]:
    """The company's careless server."""
    async with upstream(respond=careless) as running:
        yield running


@pytest.fixture
async def models() -> AsyncIterator[Upstream]:
    """The company's own model provider."""
    async with upstream(respond=providers) as running:
        yield running


@pytest.fixture
async def traces() -> AsyncIterator[OtlpCollector]:
    """Takes what is traced."""
    async with otlp_collector() as running:
        yield running


@pytest.fixture
def settings(settings: Settings, server: Upstream, models: Upstream, traces: OtlpCollector) -> Settings:
    """Settings that let requests through to these, and trace all of it."""
    hosts = tuple(f"127.0.0.1:{each.port}" for each in (server, models))
    update = {
        "outbound": OutboundSettings(allowed_private_hosts=hosts),
        "telemetry": TelemetrySettings(otlp_endpoint=traces.endpoint),
    }
    return settings.model_copy(update=update)


async def in_tables(url: str) -> bytes:
    """Return every row of every table, as text."""
    connection = await asyncpg.connect(url)
    try:
        tables = [table.name for table in await list_tables(connection) if table.kind == "r"]
        rows = [row["t"] for name in tables for row in await connection.fetch(f'SELECT t::text FROM "{name}" t')]
    finally:
        await connection.close()
    return "\n".join(rows).encode()


def in_files(folder: Path) -> bytes:
    """Return everything below a folder."""
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def spellings(secret: str) -> list[bytes]:
    """Return a secret as text, as bytes in hexadecimal, and in base64."""
    raw = secret.encode()
    return [raw, raw.hex().encode(), base64.b64encode(raw).rstrip(b"=")[:-1]]


async def use_everything(owner: AsyncClient, server: Upstream, models: Upstream) -> tuple[list[Any], str]:
    """Let every kind of secret be used, in what succeeds, fails and is refused; return what was seen, and a secret."""
    base = f"http://127.0.0.1:{server.port}"
    provider = {"name": "P", "base_url": f"{models.base_url}", "api_key": PROVIDER, "default_model": "m"}
    seen: list[Any] = [(await owner.post("/v1/providers", json={**provider, "is_default": True})).json()]
    seen.append((await owner.post("/v1/secrets", json={"name": "KEY", "value": VAULT})).json())
    tool = {
        "name": "careless",
        "description": "Looks.",
        "parameters": {"type": "object", "properties": {"status": {"type": "integer"}}},
        "method": "GET",
        "url": f"{base}/?status={{status}}",
        "headers": {"Authorization": "Bearer {{KEY}}"},
    }
    made = (await owner.post("/v1/tools", json=tool)).json()
    hook = {"url": f"{base}/hook", "events": ["agent.published", "turn.completed", "turn.failed"]}
    webhook = (await owner.post("/v1/webhooks", json=hook)).json()
    secret: str = webhook.pop("secret")
    await publish(owner, tools=[{"name": made["id"]}], model="m")
    for text in ("look", "refuse"):
        conversation = await open_conversation(owner)
        seen.append(await say(owner, conversation, text))
        seen.append((await owner.get(f"/v1/conversations/{conversation}/events")).json())
    seen.append((await owner.post(f"/v1/tools/{made['id']}/test", json={"arguments": {"status": 500}})).json())
    listed = (await owner.get("/v1/secrets")).json()["data"]
    await owner.patch(f"/v1/secrets/{listed[0]['id']}", json={"hosts": ["elsewhere.example.org"]})
    seen.append((await owner.post(f"/v1/tools/{made['id']}/test", json={"arguments": {"status": 200}})).json())
    assert "may only be sent to elsewhere.example.org" in seen[-1]["error"]

    async def is_told() -> bool:
        states = {each["event"]["type"] for each in await deliveries(owner, webhook, state="delivered")}
        return {"agent.published", "turn.completed", "turn.failed"} <= states

    await until(is_told)
    for each in await deliveries(owner, webhook):
        seen.append((await owner.get(f"/v1/webhooks/{webhook['id']}/deliveries/{each['id']}")).json())
    return seen, secret


async def test_canaries_stay_in_their_cages(
    owner: AsyncClient,
    working: Installation,
    server: Upstream,
    models: Upstream,
    traces: OtlpCollector,
    database_url: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    seen, signing = await use_everything(owner, server, models)
    assert any(VAULT in call.headers.get("authorization", "") for call in server.calls), "it was used"
    assert any(PROVIDER in call.headers.get("authorization", "") for call in models.calls), "it was used"
    seen.append((await owner.get("/v1/egress-calls")).json())
    await working.ports.egress.close()
    if working.recorder is not None:
        await working.recorder.close()
    printed = capsys.readouterr()
    places = {
        "answers": json.dumps(seen).encode(),
        "tables": await in_tables(database_url),
        "files": in_files(working.ports.settings.data_dir),
        "log": (printed.out + printed.err).encode(),
        "traces": repr(traces.spans).encode(),
        "models": b"".join(call.body for call in models.calls),
    }
    assert all(places[name] for name in ("answers", "tables", "log", "traces", "models"))
    found = {
        (place, secret[:24])
        for place, text in places.items()
        for secret in (VAULT, PROVIDER, signing, signing.removeprefix("whsec_"))
        for spelled in spellings(secret)
        if spelled in text
    }
    assert found == set()
