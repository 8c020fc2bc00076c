"""A secret of the vault reaches the tool's server and nothing else: not the model, readers, tables or log lines."""

import json
from typing import Any

import asyncpg
import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from tests.isolation.catalog import list_tables
from tests.modules.conversations.acting import acting
from tests.modules.conversations.chatting import open_conversation, publish, say
from tests.support.models import provided_with_tools
from tests.support.upstream import Answer, Call, Send, Upstream

CANARY = "canary-that-nobody-may-ever-see-4711"
SCRIPTS: dict[str, Any] = {
    "echo": [[[("echo", {"status": 200})]]],
    "fail": [[[("echo", {"status": 500})]]],
    "break": [[[("echo", {"status": "x"})]]],
}


def echo(call: Call) -> Answer:
    """Send back all that came, as careless servers do."""
    status = int(call.path.rpartition("=")[2])
    body = json.dumps({"headers": call.headers}).encode()
    return Answer([Send(body)], status, (("Content-Type", "application/json"), ("X-Echo", CANARY)))


models, tools, settings = provided_with_tools(acting(SCRIPTS), echo)


async def everything_written(admin: asyncpg.Connection) -> str:
    """Return every row of every table as text; binary columns as what their bytes spell."""
    found: list[str] = []
    for table in await list_tables(admin):
        if table.kind == "r":
            rows = await admin.fetch(f'SELECT t::text FROM "{table.name}" t')
            found += [row["t"] for row in rows]
    return "\n".join(found)


async def test_a_canary_stays_in_its_cage(
    owner: AsyncClient,
    working: Installation,
    models: Upstream,
    tools: Upstream,
    database_url: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await owner.post("/v1/secrets", json={"name": "KEY", "value": CANARY})
    body = {
        "name": "echo",
        "description": "Echoes.",
        "parameters": {"type": "object", "properties": {"status": {"type": ["integer", "string"]}}},
        "method": "GET",
        "url": f"http://127.0.0.1:{tools.port}/?status={{status}}",
        "headers": {"Authorization": "Bearer {{KEY}}"},
        "is_public": True,
        "is_safe_to_repeat": False,
    }
    tool = (await owner.post("/v1/tools", json=body)).json()
    await publish(owner, tools=[{"name": tool["id"]}])
    seen: list[Any] = []
    for text in SCRIPTS:
        conversation = await open_conversation(owner)
        seen.append(await say(owner, conversation, text))
        for view in ("", "/messages", "/events"):
            seen.append((await owner.get(f"/v1/conversations/{conversation}{view}")).json())
    for status in (200, 500):
        trial = await owner.post(f"/v1/tools/{tool['id']}/test", json={"arguments": {"status": status}})
        seen.append(trial.json())
    assert any(CANARY in call.headers["authorization"] for call in tools.calls), "it was used"
    assert "[secret]" in json.dumps(seen)
    assert CANARY not in json.dumps(seen)
    assert CANARY.encode() not in b"".join(call.body for call in models.calls)
    connection = await asyncpg.connect(database_url)
    try:
        written = await everything_written(connection)
    finally:
        await connection.close()
    assert "StepCompleted" in written
    assert CANARY not in written
    assert CANARY.encode().hex() not in written
    printed = capsys.readouterr()
    assert CANARY not in printed.out + printed.err
