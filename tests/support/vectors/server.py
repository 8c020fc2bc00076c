"""A vector store at a port of this machine, as far as its adapter talks to it, which keeps a record of that.

What a request may hold is written down in structs that know no other member; a request that does not fit is answered
400 and remembered in `faults`, which every test of an adapter looks at in the end.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypeVar

import msgspec
from aiohttp import web

from tests.support.vectors.published import Exchange, Published, faults

T = TypeVar("T")


class Strict(msgspec.Struct, forbid_unknown_fields=True):
    """A part of a request."""


class Camel(Strict, rename="camel"):
    """One whose members are written likeThis."""


class Reply(Exception):
    """The server answers so, and not 200."""

    def __init__(self, status: int, body: Any = None) -> None:
        super().__init__(str(status))
        self.status = status
        self.body = body


@dataclass
class StoreServer:
    """What the servers have in common.

    Attributes:
        key: what a request must bring as its credential.
        mode: `refusing` connects and answers nothing but 503, `hanging` never answers, and
            `elsewhere` is a web server of another kind, `odd` and `maintained` answer JSON that means nothing.
    """

    key: str = "a key of the tests"
    mode: Literal["up", "refusing", "hanging", "elsewhere", "odd", "maintained"] = "up"
    url: str = ""
    exchanges: list[Exchange] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    published: ClassVar[tuple[Published, ...]] = ()

    def unpublished(self) -> list[str]:
        """Return what of the exchanges is not as the vendor publishes it."""
        return [fault for exchange in self.exchanges for fault in faults(self.publication(exchange), [exchange])]

    def publication(self, exchange: Exchange) -> Published:
        """Return which of the descriptions is an exchange's."""
        return self.published[0]

    def is_let_in(self, request: web.Request) -> bool:
        """Look at the credential."""
        raise NotImplementedError

    def answer(self, method: str, path: str, query: dict[str, str], body: bytes) -> Any:
        """Do what is asked and return what goes back as JSON; may raise `Reply`."""
        raise NotImplementedError

    def count(self, tenant: Any) -> int:
        """Return how many points of a tenant there are."""
        raise NotImplementedError

    def drop_point(self, tenant: Any) -> None:
        """Lose one point of a tenant."""
        raise NotImplementedError

    def read(self, body: bytes, kind: type[T]) -> T:
        """Decode a request, strictly."""
        return msgspec.json.decode(body, type=kind)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer, and remember it."""
        body = await request.read()
        if self.mode == "hanging":
            await asyncio.sleep(60)
        if self.mode == "refusing":
            return web.Response(status=503)
        if self.mode == "elsewhere":
            return web.Response(text=f"<html>Welcome to {request.path}</html>", content_type="text/html")
        if self.mode == "odd":
            return web.Response(text='{"result": [], "matches": 1, "data": {}, "indexes": []}')
        if self.mode == "maintained":
            return web.json_response({"status": "maintenance"})
        status, found = 200, None
        try:
            found = self._let_in(request, body)
        except msgspec.MsgspecError as error:
            self.faults.append(f"{request.method} {request.path}: {error}")
            status = 400
        except Reply as reply:
            status, found = reply.status, reply.body
        sent = json.loads(body) if body and status != 400 else None
        self.exchanges.append(Exchange(request.method, request.path, dict(request.query), sent, status, found))
        return web.Response(
            status=status,
            body=b"" if found is None else json.dumps(found).encode(),
            content_type="application/json",
        )

    def _let_in(self, request: web.Request, body: bytes) -> Any:
        if not self.is_let_in(request):
            raise Reply(401)
        return self.answer(request.method, request.path, dict(request.query), body)


@asynccontextmanager
async def serving(server: StoreServer) -> AsyncIterator[StoreServer]:
    """Let a server listen."""
    app = web.Application(client_max_size=64_000_000)
    app.router.add_route("*", "/{rest:.*}", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    server.url = f"http://127.0.0.1:{port}"
    try:
        yield server
    finally:
        await runner.cleanup()
