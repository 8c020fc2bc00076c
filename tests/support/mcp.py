"""MCP servers that others wrote, as tests talk to them: FastMCP in this process, the official ones of npm beside it."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastmcp import Context, FastMCP
from fastmcp.exceptions import ToolError
from fastmcp.server.auth.providers.in_memory import InMemoryOAuthProvider
from mcp.server.auth.settings import ClientRegistrationOptions
from mcp_types import ToolListChangedNotification

from tests.counterparts.node import HERE, free_port, node_server, require_new_node, require_node


@dataclass
class Running:
    """A server that runs.

    Attributes:
        server: to which tools can be added.
        calls: names of the tools that were called.
        seen: headers of its requests, by name in lower case, newest last.
        paths: of its requests.
        status: it answers everything with this one, if it is not 0.
    """

    server: FastMCP
    port: int
    calls: list[str] = field(default_factory=list)
    seen: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    status: int = 0
    challenge: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"


def shop(calls: list[str], _port: int) -> FastMCP:
    """Make a server with a tool of each kind."""
    server: FastMCP = FastMCP("Shop", version="1.2.3")

    @server.tool(annotations={"readOnlyHint": True, "idempotentHint": True})
    def find_order(order_id: str) -> dict[str, Any]:
        """Finds an order."""
        calls.append("find_order")
        return {"order_id": order_id, "state": "sent"}

    @server.tool(annotations={"destructiveHint": True})
    def cancel_order(order_id: str) -> str:
        """Cancels an order."""
        calls.append("cancel_order")
        if order_id == "lost":
            raise ToolError("There is no order lost.")
        return f"{order_id} is cancelled"

    @server.tool
    async def count_stock(steps: int, ctx: Context) -> str:
        """Counts slowly, and says how far it is."""
        calls.append("count_stock")
        for step in range(steps):
            await ctx.report_progress(step + 1, steps, f"shelf {step + 1}")
            await asyncio.sleep(0.3)
        return f"{steps} shelves"

    @server.tool
    async def sleep() -> str:
        """Answers much too late."""
        calls.append("sleep")
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            calls.append("cancelled")
            raise
        return "late"

    return server


def growing_shop(calls: list[str], port: int) -> FastMCP:
    """Make the same server with a tool that adds another one."""
    server = shop(calls, port)

    @server.tool
    async def grow(ctx: Context) -> str:
        """Adds a tool."""

        def extra() -> str:
            """Came later."""
            return "extra"

        ctx.fastmcp.tool(extra)
        await ctx.send_notification(ToolListChangedNotification())
        return "grown"

    return server


def guarded_shop(calls: list[str], port: int) -> FastMCP:
    """Make the same server behind OAuth, with an authorization server of its own, where everybody agrees."""
    server = shop(calls, port)
    options = ClientRegistrationOptions(enabled=True, valid_scopes=["read"], default_scopes=["read"])
    server.auth = InMemoryOAuthProvider(base_url=f"http://127.0.0.1:{port}", client_registration_options=options)
    return server


@asynccontextmanager
async def running(make: Callable[[list[str], int], FastMCP] = shop) -> AsyncIterator[Running]:
    """Run a FastMCP server over streamable HTTP until the block ends."""
    calls: list[str] = []
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = int(listener.getsockname()[1])
    made = Running(make(calls, port), port, calls)
    inner = made.server.http_app(path="/mcp")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            made.paths.append(scope["path"])
            made.seen.append({name.decode(): value.decode() for name, value in scope["headers"]})
            if made.status:
                headers = [(b"www-authenticate", made.challenge.encode())] if made.challenge else []
                await send({"type": "http.response.start", "status": made.status, "headers": headers})
                await send({"type": "http.response.body", "body": b""})
                return
        await inner(scope, receive, send)

    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
            await asyncio.sleep(0.01)
        yield made
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def everything(transport: str) -> AsyncIterator[int]:
    """Run the official `server-everything` until the block ends; gives its port.

    Args:
        transport: `streamableHttp` or `sse`.
    """
    _, package = require_node("@modelcontextprotocol/server-everything")
    node = require_new_node()
    port = free_port()
    program = [node, "--require", str(HERE / "loopback.cjs"), str(package / "dist" / "index.js"), transport]
    async with node_server(program, port=port, environment={"PORT": str(port), "HOME": os.environ.get("HOME", "/")}):
        yield port
