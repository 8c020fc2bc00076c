"""What a call of an MCP server's tool costs in Medea, beside the same call by the bare official SDK."""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from mcp import Client

from benchmarks.processes import free_port
from benchmarks.row import MICRO, Row
from benchmarks.stage import Stage
from medea.apps.protocols import LazyProtocols
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context, Ports
from medea.kernel.ids import ServerId, TenantId, ToolId
from medea.kernel.mcp.connections import Limits, McpConnections
from medea.kernel.outbound.policy import OutboundPolicy
from medea.modules.tools.mcp import calling
from medea.modules.tools.mcp.values import Hints, Server, ServerTool, Usable

Call = Callable[[], Awaitable[Any]]


def mcp_calls(_stage: Stage, *, is_quick: bool) -> Iterator[Row]:
    """CPU and time of a call, in pairs: both take turns at the same server, in the same process."""
    number, repeats = (100, 3) if is_quick else (300, 7)
    with _server() as url:
        pairs = asyncio.run(_pairs(url, number, repeats))
    cpu = [(ours[0], bare[0]) for ours, bare in pairs]
    wall = [(ours[1], bare[1]) for ours, bare in pairs]
    for what, found, is_goal in (("CPU", cpu, True), ("time", wall, False)):
        ratio = statistics.median(ours / bare for ours, bare in found)
        yield Row(
            f"{what} of a call of an MCP tool, beside the bare SDK (there as the relay), server in another process",
            "<= 1.5 x" if is_goal else "",
            f"{statistics.median(ours for ours, _ in found) * MICRO:.0f} us",
            f"{statistics.median(bare for _, bare in found) * MICRO:.0f} us",
            f"{ratio:.2f}",
            is_met=ratio <= 1.5 if is_goal else None,
        )


@contextmanager
def _server() -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.tool_server", str(port)])
    try:
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.terminate()
        process.wait()


async def _pairs(url: str, number: int, repeats: int) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Return (CPU, time) of a call in seconds, of Medea and of the bare SDK, for each repeat."""
    connections = McpConnections(OutboundPolicy(frozenset({"127.0.0.1"})), LazyProtocols(), Limits())
    ctx = Context(cast(Ports, SimpleNamespace(mcp=connections)), system_principal(TenantId.new()))
    usable = _usable(url)
    await _answering(url)
    async with Client(url) as client:
        await client.list_tools()

        async def bare() -> Any:
            return await client.call_tool("find_order", {"order_id": "A-1"})

        async def ours() -> Any:
            return await calling.call(ctx, usable, {"order_id": "A-1"})

        await _measure(bare, 20)
        await _measure(ours, 20)
        found = [(await _measure(ours, number), await _measure(bare, number)) for _ in range(repeats)]
    await connections.close()
    return found


async def _measure(call: Call, number: int) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(number):
        await call()
    return (time.process_time() - cpu) / number, (time.perf_counter() - wall) / number


async def _answering(url: str) -> None:
    port = int(url.rsplit(":", 1)[1].split("/", maxsplit=1)[0])
    async with asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return


def _usable(url: str) -> Usable:
    now, server_id = datetime.now(UTC), ServerId.new()
    server = Server(
        id=server_id,
        name="bench",
        url=url,
        auth="none",
        timeout_seconds=30.0,
        state="ready",
        created_at=now,
        updated_at=now,
    )
    tool = ServerTool(
        id=ToolId.new(),
        server_id=server_id,
        remote_name="find_order",
        title="",
        description="",
        input_schema={"type": "object"},
        hints=Hints(),
        name="find_order",
        is_enabled=True,
        created_at=now,
    )
    return Usable(server, tool)
