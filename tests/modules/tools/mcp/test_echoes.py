"""What a server says in errors of what it was sent: never shown, wherever the words go."""

import json
from typing import Any

from httpx2 import AsyncClient

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
