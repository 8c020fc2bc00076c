"""What a server says in errors of what it was sent: never shown, wherever the words go."""

import json
from typing import Any

from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.ids import TenantId
from tests.modules.tools.mcp.connecting import PATH, attempt, connect, tools_of
from tests.support.upstream import Answer, Call, Hang, Send, upstream

SECRET = "s3cr3t-of-the-shop/" + "k" * 40
JSON = (("Content-Type", "application/json"),)
ABOUT = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "Echo", "version": "1"}}


class Echo:
    """A server that says in every error who asked, and in signs of progress, too."""

    def __init__(self) -> None:
        self.refuses_lists = False

    def __call__(self, call: Call) -> Answer:
        asked = call.json
        if "id" not in asked:
            return Answer([], 202)
        sent = call.headers.get("authorization", "").removeprefix("Bearer ")
        tools = [{"name": name, "inputSchema": {"type": "object"}} for name in ("fail", "hang")]
        body: dict[str, Any] = {"jsonrpc": "2.0", "id": asked["id"]}
        if asked["method"] == "initialize":
            body["result"] = ABOUT
        elif asked["method"] == "tools/list" and not self.refuses_lists:
            body["result"] = {"tools": tools}
        elif asked["method"] == "tools/call" and asked["params"]["name"] == "hang":
            token = asked["params"]["_meta"]["progressToken"]
            params = {"progressToken": token, "progress": 1, "message": "y" * 170 + sent}
            note = {"jsonrpc": "2.0", "method": "notifications/progress", "params": params}
            return Answer([Send(f"event: message\ndata: {json.dumps(note)}\n\n".encode()), Hang()])
        else:
            body["error"] = {"code": -32001, "message": "x" * 350 + sent}  # cut first, half of it would be shown
        return Answer([Send(json.dumps(body).encode())], 200, JSON)


async def test_a_secret_in_an_error_is_masked_wherever_the_error_goes(owner: AsyncClient) -> None:
    await owner.post("/v1/secrets", json={"name": "SHOP_KEY", "value": SECRET})
    echo = Echo()
    async with upstream(respond=echo) as other:
        about = {"auth": "headers", "headers": {"Authorization": "Bearer {{SHOP_KEY}}"}, "timeout_seconds": 0.5}
        made = await connect(owner, f"http://127.0.0.1:{other.port}/mcp", **about)
        tools = await tools_of(owner, made)
        told = [(await attempt(owner, tools[name]))["error"] for name in ("fail", "hang")]
        echo.refuses_lists = True
        told.append((await owner.post(f"{PATH}/{made['id']}/test")).json()["error"])
        told.append((await owner.post(f"{PATH}/{made['id']}/refresh")).json()["error"])
    assert "did not answer in time" in told[1]
    assert ["[secret]" in words or "s3cr" in words for words in told] == [True] * 4
    assert not [words for words in told if "s3cr" in words]


class Teller:
    """A server that tells who asked wherever a server tells anything: titles, descriptions, schemas, resources."""

    def __call__(self, call: Call) -> Answer:
        asked = call.json
        if "id" not in asked:
            return Answer([], 202)
        sent = call.headers.get("authorization", "").removeprefix("Bearer ")
        schema = {"type": "object", "properties": {"q": {"type": "string", "description": sent, "default": sent}}}
        told = {"title": f"Of {sent}", "description": "y" * 9_980 + sent, "inputSchema": schema}
        links = {"type": "resource_link", "name": sent, "uri": f"shop://{sent}", "description": sent}
        resource = {"uri": f"shop://{sent}", "text": f"Dear {sent}", "mimeType": "text/plain"}
        results: dict[str, Any] = {
            "initialize": {**ABOUT, "serverInfo": {"name": "z" * 180 + sent, "version": sent}},
            "tools/list": {"tools": [{"name": "read", **told}, {"name": f"of_{sent}", **told}]},
            "tools/call": {"content": [links, {"type": "resource", "resource": resource}]},
        }
        body: dict[str, Any] = {"jsonrpc": "2.0", "id": asked["id"]}
        if asked["method"] in results:
            body["result"] = results[asked["method"]]
        else:
            body["error"] = {"code": -32601, "message": "Method not found"}
        return Answer([Send(json.dumps(body).encode())], 200, JSON)


async def test_a_secret_in_what_a_server_offers_and_gives_is_masked(owner: AsyncClient, working: Installation) -> None:
    await owner.post("/v1/secrets", json={"name": "SHOP_KEY", "value": SECRET})
    async with upstream(respond=Teller()) as other:
        about = {"auth": "headers", "headers": {"Authorization": "Bearer {{SHOP_KEY}}"}}
        made = await connect(owner, f"http://127.0.0.1:{other.port}/mcp", **about)
        tools = await tools_of(owner, made)
        given = await attempt(owner, tools["read"])
        tried = await owner.post(f"{PATH}/{made['id']}/test")
    assert list(tools) == ["read"], "what has a secret for a name cannot be called"
    assert tools["read"]["title"] == "Of [secret]"
    assert tools["read"]["parameters"]["properties"]["q"]["default"] == "[secret]"
    assert "Dear [secret]" in json.dumps(given)
    seen = "".join([(await owner.get(f"{PATH}/{made['id']}{more}")).text for more in ("", "/tools")])
    tenant = TenantId.parse((await owner.get("/v1/auth/me")).json()["tenant"]["id"])
    async with working.ports.database.transaction(tenant) as sql:
        for table in ("mcp_servers", "mcp_tools"):
            seen += "".join(row["row"] for row in await sql.fetch(f"SELECT t::text AS row FROM {table} t"))
    for words in (seen, json.dumps(given), tried.text):
        assert "s3cr" not in words
        assert "kkkk" not in words, "nor half of it"
