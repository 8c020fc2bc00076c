"""Tools that are no good: the builder is told what is wrong in words, and a turn that meets one goes on."""

import json
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.ids import TenantId, ToolId
from medea.kernel.settings import OutboundSettings, Settings
from medea.modules.agents.facade import AgentConfig
from medea.modules.conversations.runtime.toolbox import MAX_TOOLS, Equipped, equip
from medea.modules.tools.facade import Tool
from tests.modules.conversations.acting import acting, results
from tests.modules.conversations.chatting import open_conversation, publish, say, text_of
from tests.support.app import problem
from tests.support.upstream import Answer, Call, Hang, Reset, Send, Upstream, upstream

HTML = (("Content-Type", "text/html"),)
JSON = (("Content-Type", "application/json"),)
PAGE = b"<!doctype html><title>Sign in</title><body><p>Please sign in.</p>"
LOOP = {"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"items": {"$ref": "#/$defs/A"}}}}
MUTUAL = {
    "type": "object",
    "properties": {"a": {"$ref": "#/$defs/A"}},
    "$defs": {"A": {"items": {"$ref": "#/$defs/B"}}, "B": {"items": {"$ref": "#/$defs/A"}}},
}


class Case(NamedTuple):
    """What a company's server does, and what is said of it to the builder and to the model."""

    answer: Answer
    words: str
    path: str = "data.items"


CASES = {
    "megabytes": Case(Answer([Send(b'{"data":"' + b"x" * 1_000_000) for _ in range(20)], 200, JSON), "too large"),
    "page": Case(Answer([Send(PAGE)], 200, HTML), "did not answer with JSON"),
    "page_read": Case(Answer([Send(PAGE)], 200, HTML), "Please sign in.", ""),
    "page_refused": Case(Answer([Send(PAGE)], 500, HTML), "status 500: Sign in"),
    "half": Case(Answer([Send(b'{"data": {')], 200, JSON), "did not answer with JSON"),
    "nested": Case(Answer([Send(b"[" * 100_000)], 200, JSON), "did not answer with JSON"),
    "elsewhere": Case(Answer([Send(b'{"other": 1}')], 200, JSON), "holds no data.items"),
    "moved": Case(Answer([], 301, (("Location", "http://169.254.169.254/"),)), "status 301"),
    "cut": Case(Answer([Send(b"{"), Reset()], 200, JSON), "cannot be reached"),
    "silent": Case(Answer([Hang()]), "did not answer"),
}
SCRIPTS: dict[str, Any] = {name: [[[(name, {})]]] for name in CASES}


def respond(call: Call) -> Answer:
    """Answer as the path says; the model's server and the company's are one."""
    name = call.path.rpartition("/")[2]
    return CASES[name].answer if name in CASES else acting(SCRIPTS)(call)


@pytest.fixture
async def server() -> AsyncIterator[Upstream]:
    """The model's server, and the company's."""
    async with upstream(respond=respond) as running:
        yield running


@pytest.fixture
def settings(settings: Settings, server: Upstream) -> Settings:
    """Settings with that server as the provider, and let through."""
    llm = settings.llm.model_copy(update={"base_url": server.base_url, "default_model": "m", "max_attempts": 1})
    outbound = OutboundSettings(allowed_private_hosts=(f"127.0.0.1:{server.port}",))
    return settings.model_copy(update={"llm": llm, "outbound": outbound})


async def define(client: AsyncClient, name: str, url: str = "https://example.com/", **fields: Any) -> Any:
    """Try to define a tool."""
    return await client.post("/v1/tools", json={"name": name, "description": "d", "url": url, **fields})


async def test_a_turn_goes_on_whatever_a_server_answers(
    owner: AsyncClient, working: Installation, server: Upstream
) -> None:
    made: dict[str, str] = {}
    for name, case in CASES.items():
        url = f"http://127.0.0.1:{server.port}/{name}"
        fields = {"method": "POST", "response_path": case.path, "timeout_seconds": 0.5 if name == "silent" else 15}
        made[name] = (await define(owner, name, url, **fields)).json()["id"]
    await publish(owner, tools=[{"name": tool} for tool in made.values()])
    conversation = await open_conversation(owner)
    for name, case in CASES.items():
        seen = (await owner.post(f"/v1/tools/{made[name]}/test", json={"arguments": {}})).json()
        assert case.words in (seen["error"] or json.dumps(seen["result"])), name
        frames = await say(owner, conversation, name)
        assert case.words in results(server.calls[-1])[0], name
        assert text_of(frames).startswith("Found: "), name
        assert frames[-1][1]["type"] == "finish", name


@pytest.mark.parametrize(
    ("fields", "status", "code", "field", "words"),
    [
        ({"parameters": LOOP}, 422, "tools.invalid", "parameters", "refers to itself (#/$defs/A)"),
        ({"parameters": MUTUAL}, 422, "tools.invalid", "parameters", "refers to itself"),
        ({"parameters": {"$ref": "#"}}, 422, "tools.invalid", "parameters", "refers to itself (#)"),
        ({"parameters": {"$ref": "https://example.com/s"}}, 422, "tools.invalid", "parameters", "not part of"),
        ({"name": "calculator"}, 422, "tools.invalid", "name", "built-in tool"),
        ({"name": "taken"}, 409, "tools.name_taken", "name", "taken by another tool"),
    ],
)
async def test_what_cannot_be_a_tool_is_refused_by_field(
    owner: AsyncClient, fields: dict[str, Any], status: int, code: str, field: str, words: str
) -> None:
    assert (await define(owner, "taken")).status_code == 201
    (fault,) = problem(await define(owner, **{"name": "fresh", **fields}), status, code)["errors"]
    assert fault["field"] == field
    assert words in fault["message"]


async def test_five_hundred_tools_are_too_many_for_company_agent_and_document(
    owner: AsyncClient, installation: Installation
) -> None:
    first = (await define(owner, "first")).json()["id"]
    tenant = TenantId.parse((await owner.get("/v1/auth/me")).json()["tenant"]["id"])
    async with installation.ports.database.transaction(tenant) as sql:
        copied = (
            "SELECT (jsonb_populate_record(t, jsonb_build_object('id', $2::uuid, 'name', $3::text))).* FROM tools t"
        )
        for number in range(199):
            values = (ToolId.parse(first), ToolId.new(), f"copy_{number}")
            await sql.execute(f"INSERT INTO tools {copied} WHERE id = $1", *values)
    assert "200 tools" in problem(await define(owner, "one_more"), 409, "tools.too_many")["detail"]
    document = {
        "openapi": "3.1.0",
        "servers": [{"url": "https://api.example.com"}],
        "paths": {f"/{number}": {"get": {"operationId": f"op{number}"}} for number in range(500)},
    }
    shown = (await owner.post("/v1/tools/import", json={"document": document})).json()["data"]
    assert len(shown) == 500
    body = {"document": document, "operations": ["op1", "op2"]}
    made = (await owner.post("/v1/tools/import", json=body)).json()["data"]
    assert all("200 tools" in each["problem"] for each in made)
    many = {**body, "operations": [f"op{number}" for number in range(500)]}
    assert "at most 50" in problem(await owner.post("/v1/tools/import", json=many), 422, "request.invalid")["detail"]
    agent = {"name": "Helper", "system_prompt": "Help.", "tools": [{"name": "calculator"}] * 500}
    (fault,) = problem(await owner.post("/v1/agents", json=agent), 422, "request.invalid")["errors"]
    assert (fault["field"], fault["message"]) == ("tools", "must have at most 64 entries")


def test_tools_of_the_same_name_are_told_apart_and_no_more_than_models_bear() -> None:
    same = [Equipped(Tool(ref=f"t{n}", name="Find it!", description="d", parameters={})) for n in range(500)]
    toolbox = equip(AgentConfig(name="Helper"), same)
    assert [definition.name for definition in toolbox.definitions[:3]] == ["Find_it_", "Find_it__2", "Find_it__3"]
    assert len(toolbox.definitions) == len(toolbox.by_name) == MAX_TOOLS
    assert [toolbox.by_name[name].tool.ref for name in ("Find_it_", "Find_it__2")] == ["t0", "t1"]
