"""Server-sent events (WHATWG HTML, section 9.2) as a plain ASGI response that writes bytes.

No task group, no generator wrapping per chunk: the loop below is on the path of every token. The chunks
bring their own heartbeat comments (`kernel.streams` makes them).
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress

from starlette.background import BackgroundTask
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from medea.kernel.telemetry.metrics import STREAMS_OPEN
from medea.kernel.web.leaving import Leaving

RETRY = b"retry: 500\n\n"

HEADERS = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-store, no-transform",
    "x-accel-buffering": "no",
}


class EventStream(Response):
    """Streams chunks of already framed events.

    A client that goes away ends the iteration and nothing else. A process that leaves ends those streams that
    have a farewell; the others it lets come to their end.

    Args:
        chunks: bytes to send as they come.
        headers: besides the ones above.
        location: path where the same stream can be joined, if there is one.
        head: sent at once, before the first chunk.
        farewell: sent last when this process leaves, to a client that can go on elsewhere.
    """

    def __init__(
        self,
        chunks: AsyncIterator[bytes],
        headers: Mapping[str, str] | None = None,
        *,
        location: str | None = None,
        head: bytes = b"",
        farewell: bytes = b"",
    ) -> None:
        self.chunks = chunks
        self.head = head
        self.farewell = farewell
        self.location = location
        self.status_code = 200
        self.background: BackgroundTask | None = None
        self.init_headers({**HEADERS, **(headers or {})})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response."""
        with STREAMS_OPEN.track_inprogress():
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if self.head:
            await send({"type": "http.response.body", "body": self.head, "more_body": True})
        sender = asyncio.create_task(self._send(send))
        ends = [asyncio.create_task(_disconnected(receive))]
        if self.farewell:
            leaving: Leaving = scope["app"].state.leaving
            ends.append(asyncio.create_task(leaving.wait_for_end_of_streams()))
        try:
            await asyncio.wait({sender, *ends}, return_when=asyncio.FIRST_COMPLETED)
            is_farewell = not sender.done() and not ends[0].done()
        finally:
            for task in (sender, *ends):
                task.cancel()
            for task in (sender, *ends):
                with suppress(asyncio.CancelledError):
                    await task
        if is_farewell:
            await send({"type": "http.response.body", "body": self.farewell, "more_body": False})

    async def _send(self, send: Send) -> None:
        try:
            async for chunk in self.chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        finally:
            close = getattr(self.chunks, "aclose", None)
            if close is not None:
                await close()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
