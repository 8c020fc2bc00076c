"""Our connections against servers and a conformance suite that others wrote."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from medea.apps.protocols import LazyProtocols
from medea.kernel.ids import ServerId, TenantId
from medea.kernel.mcp.connections import Limits, McpConnections
from medea.kernel.mcp.errors import McpFailed
from medea.kernel.mcp.values import Command, Endpoint, Listing, Request, ToolAnswer
from medea.kernel.outbound.policy import OutboundPolicy
from tests.counterparts import mcp_client
from tests.counterparts.node import HERE, free_port, require_new_node, require_node
from tests.support.mcp import Running, everything, running
from tests.support.upstream import Answer, Hang, upstream


class Asking:
    """One server's connection, as the module `tools` uses it."""

    def __init__(self, endpoint: Endpoint, limits: Limits) -> None:
        policy = OutboundPolicy(allowed_private_hosts=frozenset({"127.0.0.1"}))
        self.connections = McpConnections(policy, LazyProtocols(), limits)
        self.tenant, self.server = TenantId.new(), ServerId.new()
        self.endpoint = endpoint
        self.changes = 0
        self.progress: list[tuple[float, float | None, str | None]] = []

    async def changed(self, _wait: float) -> None:
        self.changes += 1

    async def told(self, done: float, of: float | None, words: str | None) -> None:
        self.progress.append((done, of, words))

    async def list(self) -> Listing:
        return await self.connections.list_tools(self.tenant, self.server, self.endpoint, self.changed)

    async def call(self, name: str, seconds: float = 10.0, **arguments: Any) -> ToolAnswer:
        request = Request(name=name, arguments=arguments, seconds=seconds, progress=self.told)
        return await self.connections.call(self.tenant, self.server, self.endpoint, self.changed, request)


@asynccontextmanager
async def asking(endpoint: Endpoint, limits: Limits | None = None) -> AsyncIterator[Asking]:
    made = Asking(endpoint, limits or Limits())
    try:
        yield made
    finally:
        await made.connections.close()


@pytest.fixture
async def shop() -> AsyncIterator[Running]:
    async with running() as made:
        yield made


@pytest.mark.parametrize(("transport", "path"), [("streamableHttp", "mcp"), ("sse", "sse")])
async def test_server_everything(transport: str, path: str) -> None:
    async with everything(transport) as port, asking(Endpoint(url=f"http://127.0.0.1:{port}/{path}")) as server:
        listing = await server.list()
        assert (listing.protocol, len(listing.tools)) == ("2025-11-25", 13)
        assert listing.transport == ("sse" if path == "sse" else "streamable_http"), "found out by itself"
        assert (await server.call("echo", message="hi")).value == "Echo: hi"
        assert (await server.call("get-structured-content", location="Chicago")).value["temperature"] == 36
        image = await server.call("get-tiny-image")
        assert "[an image, image/png, " in image.value
        assert "demo://resource" in (await server.call("get-resource-links", count=2)).value
        wrong = await server.call("get-sum", a="x", b=1)
        assert (wrong.is_error, "nvalid" in wrong.value) == (True, True)
        done = await server.call("trigger-long-running-operation", seconds=3, duration=4, steps=4)
        assert (done.is_error, [step for step, _, _ in server.progress]) == (False, [1, 2, 3, 4])


async def test_a_program_on_standard_input_and_output() -> None:
    command = Command(sys.executable, ("-m", "mcp_server_time", "--local-timezone", "UTC"))
    async with asking(Endpoint(transport="stdio", command=command)) as server:
        assert [tool.name for tool in (await server.list()).tools] == ["get_current_time", "convert_time"]
        assert (await server.call("get_current_time", timezone="Europe/Berlin")).value["timezone"] == "Europe/Berlin"
    async with asking(Endpoint(transport="stdio", command=Command("/nowhere/at/all"))) as server:
        with pytest.raises(McpFailed, match="cannot be started"):
            await server.list()


async def test_fastmcp_tells_of_progress_and_is_cancelled(shop: Running) -> None:
    async with asking(Endpoint(url=shop.url)) as server:
        assert (await server.list()).protocol == "2026-07-28"
        counted = await server.call("count_stock", seconds=3, steps=12)
        assert counted.value == {"result": "12 shelves"}
        assert server.progress[-1] == (12, 12, "shelf 12")
        call = asyncio.create_task(server.call("sleep"))
        async with asyncio.timeout(60):
            while "sleep" not in shop.calls:  # noqa: ASYNC110 - the server's doing
                await asyncio.sleep(0.01)
            call.cancel()
            while "cancelled" not in shop.calls:  # noqa: ASYNC110 - the server's doing
                await asyncio.sleep(0.01)
        with pytest.raises(McpFailed, match="in time") as late:
            await server.call("sleep", seconds=1)
        assert (late.value.kind, late.value.is_undone) == ("timeout", False)
        assert (await server.call("find_order", order_id="1")).value["order_id"] == "1", "the connection lives on"


async def test_a_server_that_went_and_came_back_is_connected_anew() -> None:
    async with asking(Endpoint(url="http://127.0.0.1:1/mcp")) as server:
        async with running() as first:
            server.endpoint = Endpoint(url=first.url)
            await server.list()
            assert server.connections.count() == 1
        with pytest.raises(McpFailed) as gone:
            await server.call("find_order", order_id="1")
        assert gone.value.kind == "unreachable"
        with pytest.raises(McpFailed, match="cannot be reached"):
            await server.call("find_order", order_id="1")
        async with running() as second:
            server.endpoint = Endpoint(url=second.url, version="2")
            assert (await server.call("find_order", order_id="1")).value["state"] == "sent"


async def test_a_silent_server_is_left_alone_for_a_while() -> None:
    async with upstream(respond=lambda _: Answer([Hang()])) as silent:
        endpoint = Endpoint(url=f"http://127.0.0.1:{silent.port}/mcp")
        async with asking(endpoint, Limits(connect_seconds=1)) as server:
            for _ in range(3):
                with pytest.raises(McpFailed, match="in time") as late:
                    await server.call("anything")
                assert late.value.is_undone
            assert len(silent.calls) == 1, "turns do not wait for it again and again"
            with pytest.raises(McpFailed, match="in time"):
                await server.list()
            assert len(silent.calls) == 2, "who asks on purpose does"


async def test_connections_are_bounded_and_closed_when_idle(shop: Running) -> None:
    limits = Limits(idle_seconds=2, per_tenant=2)
    async with asking(Endpoint(url=shop.url), limits) as server:
        for _ in range(3):
            server.server = ServerId.new()
            await server.list()
        assert server.connections.count() == 2, "the one that was idle longest made room"
        async with asyncio.timeout(60):
            while server.connections.count():  # noqa: ASYNC110 - the pool's doing
                await asyncio.sleep(0.05)


async def test_all_connections_in_use_is_said(shop: Running) -> None:
    async with asking(Endpoint(url=shop.url), Limits(per_tenant=1)) as server:
        call = asyncio.create_task(server.call("count_stock", steps=10))
        async with asyncio.timeout(60):
            while "count_stock" not in shop.calls:  # noqa: ASYNC110 - the server's doing
                await asyncio.sleep(0.01)
        server.server = ServerId.new()
        with pytest.raises(McpFailed, match="Too many") as busy:
            await server.list()
        assert busy.value.kind == "busy"
        assert (await call).value == {"result": "10 shelves"}


@asynccontextmanager
async def conformance_client() -> AsyncIterator[int]:
    """Serve our client: each scenario is one request, so that Python starts once."""

    async def run(request: web.Request) -> web.Response:
        asked = await request.json()
        try:
            await mcp_client.main(asked["url"], asked["scenario"], asked["context"])
        except Exception as error:  # noqa: BLE001 - the suite judges by what was asked, not by this
            return web.Response(status=500, text=repr(error))
        return web.Response(text="done")

    application = web.Application()
    application.router.add_post("/", run)
    runner = web.AppRunner(application)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield port
    finally:
        await runner.cleanup()


NOT_OURS = {
    "auth/client-credentials-jwt",
    "auth/client-credentials-basic",
    "auth/cross-app-access-complete-flow",
    "elicitation-sep1034-client-defaults",
}
"""Extensions for programs without a person, and forms that a server shows: Medea offers neither."""


async def test_the_official_conformance_scenarios(tmp_path: Any) -> None:
    _, package = require_node("@modelcontextprotocol/conformance")
    node = require_new_node()

    async def failures(port: int) -> dict[str, str]:
        process = await asyncio.create_subprocess_exec(
            *(node, str(package / "dist" / "index.js"), "client", "--suite", "all", "--timeout", "240000"),
            *("--command", f"{node} {HERE / 'conformance.mjs'} {port}"),
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said = (await asyncio.wait_for(process.communicate(), 600))[0].decode()
        outcomes = dict(re.findall(r"(?m)^[✓✗] (\S+): \d+ passed, (\d+) failed", said))
        assert len(outcomes) == 26, said[-3000:]
        return {name: said[-3000:] for name, failed in outcomes.items() if failed != "0" and name not in NOT_OURS}

    async with conformance_client() as port:
        failed = await failures(port)
        for _ in range(2):  # `sse-retry` goes by fractions of a second, which a busy machine has not
            if set(failed) == {"sse-retry"}:
                failed = await failures(port)
    assert not failed, next(iter(failed.values()))
