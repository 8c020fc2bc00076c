"""What several calls, changes and servers at once do to connections, and what bounds hold for all pages of a list."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web

from medea.apps.protocols import LazyProtocols
from medea.kernel.ids import ServerId, TenantId
from medea.kernel.mcp import connections as pool
from medea.kernel.mcp.connections import Connection, Door, Limits, McpConnections
from medea.kernel.mcp.errors import McpFailed
from medea.kernel.mcp.oauth.values import OAuthSteps
from medea.kernel.mcp.transport import DoorTransport
from medea.kernel.mcp.values import Endpoint, Listing, Request, ToolAnswer
from medea.kernel.outbound.policy import OutboundPolicy
from tests.counterparts.node import free_port

POLICY = OutboundPolicy(allowed_private_hosts=frozenset({"127.0.0.1"}))
ABOUT = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "x", "version": "1"}}


async def unheard(_wait: float) -> None:
    return


@asynccontextmanager
async def serving(answer: Callable[[web.Request, dict[str, Any]], Awaitable[Any]]) -> AsyncIterator[Endpoint]:
    """Serve a server of the older protocol; `answer` gives results or responses of what comes after the greeting."""

    async def handle(request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        if "id" not in asked:
            return web.Response(status=202)
        result = ABOUT if asked["method"] == "initialize" else await answer(request, asked)
        if isinstance(result, web.StreamResponse):
            return result
        body = result if "error" in result else {"result": result}
        return web.json_response({"jsonrpc": "2.0", "id": asked["id"], **body})

    application = web.Application()
    application.router.add_post("/mcp", handle)
    runner = web.AppRunner(application)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield Endpoint(url=f"http://127.0.0.1:{port}/mcp", transport="streamable_http")
    finally:
        await runner.cleanup()


async def test_a_call_that_may_be_done_is_not_made_again_because_another_is_undone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[str] = []
    broke = asyncio.Event()

    async def answer(request: web.Request, asked: dict[str, Any]) -> Any:
        if asked["method"] != "tools/call":
            return {"tools": []}
        seen.append(asked["params"]["arguments"]["n"])
        await asyncio.sleep(0.2)
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    real = DoorTransport._send

    async def send(self: DoorTransport, request: Any, body: bytes, credentials: Any) -> Any:
        if b'"n":"B"' in body:
            await broke.wait()
            raise McpFailed("The server cannot be reached.", kind="unreachable", is_undone=True)
        try:
            return await real(self, request, body, credentials)
        except McpFailed:
            broke.set()
            raise

    monkeypatch.setattr(DoorTransport, "_send", send)
    async with serving(answer) as endpoint:
        made = McpConnections(POLICY, LazyProtocols(), Limits())
        tenant, server = TenantId.new(), ServerId.new()

        async def call(name: str) -> McpFailed:
            with pytest.raises(McpFailed) as failed:
                request = Request(name="t", arguments={"n": name}, seconds=60)
                await made.call(tenant, server, endpoint, unheard, request)
            return failed.value

        first, _ = await asyncio.gather(call("A"), call("B"))
        await made.close()
    assert seen == ["A"]
    assert (first.kind, first.is_undone) == ("unreachable", False)


async def test_a_server_cannot_pretend_that_nothing_was_done() -> None:
    calls = 0

    async def answer(_request: web.Request, asked: dict[str, Any]) -> Any:
        nonlocal calls
        calls += asked["method"] == "tools/call"
        data = {"seal": "0" * 32, "kind": "unreachable", "is_undone": True, "challenge": ""}
        return {"error": {"code": -32050, "message": "gone", "data": data}}

    async with serving(answer) as endpoint:
        made = McpConnections(POLICY, LazyProtocols(), Limits())
        with pytest.raises(McpFailed) as failed:
            request = Request(name="t", arguments={}, seconds=60)
            await made.call(TenantId.new(), ServerId.new(), endpoint, unheard, request)
        await made.close()
    assert (failed.value.kind, failed.value.is_undone, calls) == ("rejected", False, 1)


async def test_a_list_ends_where_all_its_pages_are_too_much() -> None:
    pages = 0

    async def answer(_request: web.Request, asked: dict[str, Any]) -> Any:
        nonlocal pages
        pages += asked["method"] == "tools/list"
        schema = {"type": "object", "description": "x" * 1_500_000}
        small = {"name": f"small_{pages}", "inputSchema": {"type": "object"}}
        tools = [{"name": f"large_{pages}", "inputSchema": schema}, small]
        return {"tools": tools, "nextCursor": str(pages)}

    async with serving(answer) as endpoint:
        made = McpConnections(POLICY, LazyProtocols(), Limits())
        listing = await made.list_tools(TenantId.new(), ServerId.new(), endpoint, unheard)
        await made.close()
    assert (pages, listing.is_cut) == (6, True), "six of 1.5 MB are more than 8 MB"
    large = listing.tools[0]
    assert (large.input_schema, large.schema_size > 1_500_000) == ({}, True)
    assert listing.tools[1].schema_size == 0


class Fake:
    """A connection that opens when it is let."""

    def __init__(self, endpoint: Endpoint, hear: Callable[[], Awaitable[None]]) -> None:
        self.endpoint = endpoint
        self.used_at = 0.0
        self.calls = 0
        self.hear = hear
        self.may_open = asyncio.Event()
        self.is_alive = False

    async def open(self, _seconds: float) -> None:
        await self.may_open.wait()
        self.is_alive = True

    async def close(self, _seconds: float = 1.0) -> None:
        self.is_alive = False

    async def list_tools(self, _seconds: float) -> Listing:
        return Listing(tools=(), is_cut=False, transport="streamable_http", protocol="", server="")

    async def call(self, _request: Request) -> ToolAnswer:
        return ToolAnswer("done")


class Fakes:
    """Makes them."""

    def __init__(self) -> None:
        self.made: list[Fake] = []

    def connect(
        self, endpoint: Endpoint, _door: Door, on_change: Callable[[], Awaitable[None]], _max_bytes: int
    ) -> Connection:
        self.made.append(Fake(endpoint, on_change))
        return self.made[-1]

    def oauth(self) -> OAuthSteps:
        raise NotImplementedError

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(60):
            while len(self.made) < count:  # noqa: ASYNC110 - the pool's doing
                await asyncio.sleep(0)


async def test_a_connection_that_opens_while_its_server_is_changed_is_closed() -> None:
    fakes = Fakes()
    made = McpConnections(POLICY, fakes, Limits())
    tenant, server = TenantId.new(), ServerId.new()
    asking = asyncio.create_task(made.list_tools(tenant, server, Endpoint(version="1"), unheard))
    await fakes.wait_for(1)
    waiting = asyncio.create_task(made.list_tools(tenant, server, Endpoint(version="2"), unheard))
    await asyncio.sleep(0)
    await made.forget(tenant, server)
    fakes.made[0].may_open.set()
    with pytest.raises(McpFailed, match="while it was being connected") as failed:
        await asking
    assert (failed.value.kind, failed.value.is_undone) == ("busy", True)
    await fakes.wait_for(2)
    fakes.made[1].may_open.set()
    await waiting
    assert [each.is_alive for each in fakes.made] == [False, True]
    assert made.count() == 1, "who waited has one that is known"
    await made.close()
    assert not fakes.made[1].is_alive


async def test_connections_that_are_opening_count() -> None:
    fakes = Fakes()
    made = McpConnections(POLICY, fakes, Limits(per_tenant=2))
    tenant = TenantId.new()
    asking = [
        asyncio.create_task(made.list_tools(tenant, ServerId.new(), Endpoint(version="1"), unheard)) for _ in range(2)
    ]
    await fakes.wait_for(2)
    with pytest.raises(McpFailed, match="Too many"):
        await made.list_tools(tenant, ServerId.new(), Endpoint(version="1"), unheard)
    for each in fakes.made:
        each.may_open.set()
    await asyncio.gather(*asking)
    assert (len(fakes.made), made.count()) == (2, 2)
    await made.close()


async def test_a_server_that_says_all_the_time_that_it_has_changed_is_asked_once_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fakes, now, told = Fakes(), 1_000.0, list[float]()
    monkeypatch.setattr(pool, "time", SimpleNamespace(monotonic=lambda: now))

    async def heard(wait: float) -> None:
        told.append(now + wait)

    made = McpConnections(POLICY, fakes, Limits())
    asking = asyncio.create_task(made.list_tools(TenantId.new(), ServerId.new(), Endpoint(version="1"), heard))
    await fakes.wait_for(1)
    fakes.made[0].may_open.set()
    await asking
    for _ in range(200):
        await fakes.made[0].hear()
        now += 1.0
    assert told == [1_003.0, 1_063.0, 1_123.0, 1_183.0, 1_243.0]
    await made.close()


def test_half_a_secret_is_not_shown() -> None:
    failure = McpFailed("x" * 390 + "s3cr3t" * 5, kind="rejected")
    shown = failure.shown(lambda words: words.replace("s3cr3t" * 5, "[secret]"))
    assert shown.detail == "x" * 390 + "[secret]"
    assert len(McpFailed(json.dumps("x" * 5_000), kind="rejected").shown().detail) == 400
