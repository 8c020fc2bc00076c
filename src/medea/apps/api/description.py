"""`/openapi.json` and `/docs`: made once and kept, beside the requests that are being answered.

Gathering what all routes take and give takes a second of computing, and the document has more than a megabyte: done
anew for each request, on the event loop, any stranger could let every stream stand still.
"""

import asyncio
import gzip
import json
from collections.abc import Callable, Mapping

from fastapi import FastAPI, Request, Response

from medea.apps.api import reference


def mount(app: FastAPI) -> None:
    """Answer at both addresses."""
    document = _Page(lambda: json.dumps(app.openapi(), ensure_ascii=False, separators=(",", ":")), "application/json")
    page = _Page(
        lambda: reference.render(app.openapi()),
        "text/html; charset=utf-8",
        {"content-security-policy": reference.POLICY},
    )
    for path, found in (("/openapi.json", document), ("/docs", page)):
        app.add_api_route(path, found.answer, methods=["GET"], include_in_schema=False)


class _Page:
    """A text that is the same for everybody."""

    def __init__(self, make: Callable[[], str], media_type: str, headers: Mapping[str, str] | None = None) -> None:
        self._make = make
        self._media_type = media_type
        self._headers = {"cache-control": "no-cache", "vary": "accept-encoding", **(headers or {})}
        self._made: tuple[bytes, bytes] | None = None
        self._making = asyncio.Lock()

    async def answer(self, request: Request) -> Response:
        """Return the text, packed for who can unpack it."""
        async with self._making:
            if self._made is None:
                self._made = await asyncio.to_thread(self._pack)
        plain, packed = self._made
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(packed, headers={**self._headers, "content-encoding": "gzip"}, media_type=self._media_type)
        return Response(plain, headers=self._headers, media_type=self._media_type)

    def _pack(self) -> tuple[bytes, bytes]:
        plain = self._make().encode()
        return plain, gzip.compress(plain)
