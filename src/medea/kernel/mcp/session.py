"""One connection to a server, kept open in a task of its own, and what is asked over it."""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import mcp_types as wire
from mcp import Client, StdioServerParameters
from mcp.client._transport import TransportStreams
from mcp.client.sse import sse_client
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.client.subscriptions import ListenNotSupportedError, SubscriptionLost
from mcp.shared.exceptions import MCPError
from pydantic import TypeAdapter, ValidationError

from medea.kernel.mcp.connections import Door
from medea.kernel.mcp.content import ASKS, asked_back, read_result
from medea.kernel.mcp.errors import McpFailed
from medea.kernel.mcp.failures import in_words, of_connecting
from medea.kernel.mcp.transport import DoorTransport
from medea.kernel.mcp.values import Endpoint, ListedTool, Listing, Request, ToolAnswer, Transport

logging.getLogger("mcp").setLevel(logging.CRITICAL + 1)  # it logs what servers answer
logging.getLogger("client").setLevel(logging.CRITICAL + 1)

MAX_TOOLS = 500
_MAX_PAGES = 100
_MAX_LISTED = 8_000_000  # bytes of a list, all its pages together
_MAX_SCHEMA = 100_000  # characters of a schema as JSON: a larger one is not kept
_LONGEST = 5.0  # times its seconds: a call that tells of its progress
_SILENCE = 300.0  # seconds after which a stream that says nothing is asked for again
_RESULT: TypeAdapter[wire.CallToolResult | wire.InputRequiredResult] = TypeAdapter(
    wire.CallToolResult | wire.InputRequiredResult
)


class Connection:
    """A connection to one server with the credentials of one tenant. Calls may be made side by side.

    Args:
        endpoint: where it is.
        door: makes a guarded session.
        on_change: called when the server's tools change.
        max_bytes: of an answer that is not a stream, and of one event of one that is.
    """

    def __init__(
        self, endpoint: Endpoint, door: Door, on_change: Callable[[], Awaitable[None]], *, max_bytes: int
    ) -> None:
        self.endpoint = endpoint
        self.used_at = time.monotonic()
        self.calls = 0
        self.transport: Transport = endpoint.transport or "streamable_http"
        self._door = door
        self._on_change = on_change
        self._max_bytes = max_bytes
        self._through: DoorTransport | None = None
        self._client: Client | None = None
        self._ending = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_alive(self) -> bool:
        """Whether anything can be asked over it."""
        return self._client is not None and self._task is not None and not self._task.done()

    async def open(self, seconds: float) -> None:
        """Connect and agree on a version; a server that knows only SSE is found out.

        Raises:
            McpFailed: it cannot be used.
        """
        try:
            await self._open(seconds)
        except McpFailed as failure:
            may_be_older = self.endpoint.transport is None and failure.kind in {"not_mcp", "rejected"}
            if not may_be_older:
                raise
            self.transport = "sse"
            try:
                await self._open(seconds)
            except McpFailed as second:
                raise (second if second.kind == "unauthorized" else failure) from None

    async def _open(self, seconds: float) -> None:
        opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._ending.clear()
        self._task = asyncio.create_task(self._live(opened))
        try:
            async with asyncio.timeout(seconds):
                await asyncio.shield(opened)
        except TimeoutError:
            await self.close()
            raise McpFailed("The server did not answer in time.", kind="timeout", is_undone=True) from None
        except asyncio.CancelledError:
            await self.close()
            raise

    async def close(self, seconds: float = 1.0) -> None:
        """Say goodbye and disconnect."""
        task = self._task
        if task is None:
            return
        self._ending.set()
        await asyncio.wait({task}, timeout=seconds if self.is_alive else 0)
        task.cancel()
        await asyncio.wait({task}, timeout=1.0)

    async def _live(self, opened: asyncio.Future[None]) -> None:
        try:
            async with Client(
                self._transport(), cache=None, message_handler=self._heard, client_info=_US, raise_exceptions=False
            ) as client:
                self._client = client
                if self._through is not None:
                    self._through.is_open = True
                opened.set_result(None)
                listening = asyncio.create_task(self._listen(client))
                try:
                    await self._ending.wait()
                finally:
                    listening.cancel()
                    await asyncio.wait({listening})
        except asyncio.CancelledError:
            if not opened.done():
                opened.cancel()
        except BaseException as error:  # noqa: BLE001 - the SDK raises groups of whatever its tasks met
            if not opened.done():
                failure = of_connecting(error, self._through)
                failure.is_undone = True
                opened.set_exception(failure)
        finally:
            self._client = None

    @asynccontextmanager
    async def _transport(self) -> AsyncIterator[TransportStreams]:
        if self.endpoint.command is not None:
            program = self.endpoint.command
            self.transport = "stdio"
            started = StdioServerParameters(command=program.command, args=list(program.args), env=dict(program.env))
            with open("/dev/null", "w") as nowhere:  # noqa: ASYNC230, PTH123 - a device; what it complains of is its own
                async with stdio_client(started, errlog=nowhere) as streams:
                    yield streams
            return
        self._through = DoorTransport(self._door(), self.endpoint.authorize, self._max_bytes)
        timeout = httpx2.Timeout(10.0, read=_SILENCE)
        client = httpx2.AsyncClient(transport=self._through, timeout=timeout, max_redirects=3)
        if self.transport == "sse":  # opens and closes the client itself

            def ours(headers: Any = None, timeout: Any = None, auth: Any = None) -> httpx2.AsyncClient:
                return client

            async with sse_client(self.endpoint.url, httpx_client_factory=ours) as streams:
                yield streams
            return
        url, most = self.endpoint.url, self._max_bytes
        async with client, streamable_http_client(url, http_client=client, max_sse_event_size=most) as streams:
            yield streams

    async def _heard(self, message: Any) -> None:
        if isinstance(message, wire.ToolListChangedNotification):
            await self._on_change()

    async def _listen(self, client: Client) -> None:
        """Hear of changes where the server tells them only to who asks: since the version of July 2026."""
        tools = client.server_capabilities.tools
        if tools is None or not tools.list_changed:
            return
        while True:
            with contextlib.suppress(MCPError, SubscriptionLost, TimeoutError):
                try:
                    async with client.listen(tools_list_changed=True) as events:
                        async for _ in events:
                            await self._on_change()
                except ListenNotSupportedError:
                    return
            await asyncio.sleep(30)

    async def list_tools(self, seconds: float) -> Listing:
        """Return what the server offers, at most `MAX_TOOLS` and 8 MB of it.

        Raises:
            McpFailed: it does not say, or not in time.
        """
        client = self._ready()
        tools: list[ListedTool] = []
        cursor: str | None = None
        is_cut = False
        size, before = 0, 0 if self._through is None else self._through.listed
        with self._in_use():
            try:
                async with asyncio.timeout(seconds):
                    for page in range(_MAX_PAGES + 1):
                        found = await client.session.list_tools(params=wire.PaginatedRequestParams(cursor=cursor))
                        more, added = await asyncio.to_thread(_taken, found.tools)
                        tools += more
                        size += added
                        came = 0 if self._through is None else self._through.listed - before
                        cursor = found.next_cursor
                        is_full = page == _MAX_PAGES or max(size, came) > _MAX_LISTED
                        is_cut = len(tools) > MAX_TOOLS or (cursor is not None and is_full)
                        if cursor is None or is_cut:
                            break
            except (MCPError, ValidationError, TimeoutError, RuntimeError) as error:
                raise in_words(error, self._through) from None
        about = client.server_info
        return Listing(
            tools=tuple(tools[:MAX_TOOLS]),
            is_cut=is_cut,
            transport=self.transport,
            protocol=client.protocol_version,
            server="" if about is None else f"{about.title or about.name} {about.version}",
        )

    async def call(self, request: Request) -> ToolAnswer:
        """Call a tool.

        Raises:
            McpFailed: it gave no result.
        """
        client = self._ready()
        loop, seconds = asyncio.get_running_loop(), request.seconds
        latest = loop.time() + seconds * _LONGEST
        limit = asyncio.timeout(seconds)

        async def told(progress: float, total: float | None, message: str | None) -> None:
            if not limit.expired():
                limit.reschedule(min(loop.time() + seconds, latest))
            await request.progress(progress, total, message)

        refused = 0 if self._through is None else self._through.refused
        asked = wire.CallToolRequest(params=wire.CallToolRequestParams(name=request.name, arguments=request.arguments))
        with self._in_use():
            try:
                async with limit:
                    # Not the SDK's call_tool: that holds results against schemas of the server's, whose patterns may
                    # keep this process busy for ever.
                    try:
                        result = await client.session.send_request(asked, _RESULT, progress_callback=told)
                    except MCPError as error:
                        if error.code != wire.HEADER_MISMATCH:
                            raise
                        await self.list_tools(seconds)  # what it wants as headers stands in its list
                        result = await client.session.send_request(asked, _RESULT, progress_callback=told)
            except (MCPError, ValidationError, TimeoutError, RuntimeError) as error:
                failure = in_words(error, self._through)
                if self._was_asked(refused):
                    failure = failure.after(ASKS)
                raise failure from None
            answer = read_result(result)
            return asked_back(answer) if self._was_asked(refused) else answer

    def _was_asked(self, refused: int) -> bool:
        """Say whether the server has asked something of us meanwhile, and it can only have been for this call."""
        return self._through is not None and self._through.refused > refused and self.calls == 1

    def _ready(self) -> Client:
        if not self.is_alive or self._client is None:
            raise McpFailed("The connection to the server is closed.", kind="unreachable", is_undone=True)
        return self._client

    @contextlib.contextmanager
    def _in_use(self) -> Iterator[None]:
        self.calls += 1
        try:
            yield
        finally:
            self.calls -= 1
            self.used_at = time.monotonic()


_US = wire.Implementation(name="medea", version="1", title="Medea")


def _taken(tools: Sequence[wire.Tool]) -> tuple[list[ListedTool], int]:
    """Return the tools of a page, and how many characters they have. Takes long for a large page."""
    found, total = [], 0
    for tool in tools:
        size = _size(tool.input_schema)
        found.append(_listed(tool, size))
        total += size + _size([tool.description, tool.output_schema, tool.meta])
    return found, total


def _size(value: Any) -> int:
    try:
        return len(json.dumps(value, default=str))
    except (RecursionError, ValueError):
        return _MAX_SCHEMA + 1  # nested so deeply that nobody can use it


def _listed(tool: wire.Tool, size: int) -> ListedTool:
    hints = tool.annotations
    is_kept = size <= _MAX_SCHEMA
    return ListedTool(
        name=tool.name,
        title=tool.title or (hints.title if hints else None) or "",
        description=tool.description or "",
        input_schema=tool.input_schema if is_kept else {},
        schema_size=0 if is_kept else size,
        is_read_only=hints.read_only_hint if hints else None,
        is_idempotent=hints.idempotent_hint if hints else None,
        is_destructive=hints.destructive_hint if hints else None,
    )
