"""Servers that want something of a person, of a model or of our files: refused, and the model told what helps."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from httpx2 import AsyncClient

from medea.kernel.mcp.content import ASKS
from tests.counterparts.node import free_port
from tests.modules.tools.mcp.connecting import attempt, connect, read, tools_of

ABOUT = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "x", "version": "1"}}
QUESTIONS: dict[str, dict[str, Any]] = {
    "elicitation/create": {
        "message": "Which colour?",
        "requestedSchema": {"type": "object", "properties": {"colour": {"type": "string"}}},
    },
    "sampling/createMessage": {
        "messages": [{"role": "user", "content": {"type": "text", "text": "Write me a poem."}}],
        "maxTokens": 100,
    },
    "roots/list": {},
}
SAID = "I got no colour."


@dataclass
class Curious:
    """A server whose tools ask back before they answer; each is named after what it asks.

    Attributes:
        told: what it was answered, by what it asked.
        raises: it fails with an error of the protocol then, not with a result.
    """

    told: dict[str, Any] = field(default_factory=dict)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    raises: bool = False

    async def handle(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        if "method" not in asked:
            self.told[asked["id"]] = asked
            self.came.set()
        if "method" not in asked or "id" not in asked:
            return web.Response(status=202)
        if asked["method"] == "tools/call" and asked["params"]["name"] != "calm":
            return await self._ask(request, asked)
        names = [*(name.replace("/", "_") for name in QUESTIONS), "calm"]
        results: dict[str, Any] = {
            "initialize": ABOUT,
            "tools/list": {"tools": [{"name": name, "inputSchema": {"type": "object"}} for name in names]},
            "tools/call": {"content": [{"type": "text", "text": "fine"}]},
        }
        if asked["method"] not in results:
            error = {"code": -32601, "message": "Method not found"}
            return web.json_response({"jsonrpc": "2.0", "id": asked["id"], "error": error})
        return web.json_response({"jsonrpc": "2.0", "id": asked["id"], "result": results[asked["method"]]})

    async def _ask(self, request: web.Request, asked: dict[str, Any]) -> web.StreamResponse:
        method = next(name for name in QUESTIONS if name.replace("/", "_") == asked["params"]["name"])
        stream = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await stream.prepare(request)
        self.came.clear()
        await self._send(stream, {"id": method, "method": method, "params": QUESTIONS[method]})
        await asyncio.wait_for(self.came.wait(), 60)
        failed = {"content": [{"type": "text", "text": SAID}], "isError": True}
        outcome = {"error": {"code": -32001, "message": SAID}} if self.raises else {"result": failed}
        await self._send(stream, {"id": asked["id"], **outcome})
        await stream.write_eof()
        return stream

    @staticmethod
    async def _send(stream: web.StreamResponse, message: dict[str, Any]) -> None:
        await stream.write(f"event: message\ndata: {json.dumps({'jsonrpc': '2.0', **message})}\n\n".encode())


@asynccontextmanager
async def serving(curious: Curious) -> AsyncIterator[str]:
    """Serve it and yield its address."""
    application = web.Application()
    application.router.add_post("/mcp", curious.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("raises", [False, True], ids=["result", "error"])
async def test_a_server_that_asks_back_is_refused_and_the_model_told_what_helps(
    owner: AsyncClient, raises: bool
) -> None:
    curious = Curious(raises=raises)
    async with serving(curious) as url:
        made = await connect(owner, url)
        tools = await tools_of(owner, made)
        for method in QUESTIONS:
            told = (await attempt(owner, tools[method.replace("/", "_")]))["error"]
            assert SAID in told, method
            assert ASKS in told, method
            assert "not supported" in curious.told[method]["error"]["message"], "a refusal, and no answer"
            assert "result" not in curious.told[method]
        assert (await attempt(owner, tools["calm"]))["result"] == "fine", "the connection is as good as before"
        assert (await read(owner, made))["state"] == "ready", "it is not the server that is out of order"
