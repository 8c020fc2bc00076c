"""What is answered to a request that comes twice under one key, whatever makes the answer."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from httpx2 import AsyncClient
from starlette.types import Receive, Scope, Send

from medea.kernel.web.routes import make_router
from medea.kernel.web.sse import EventStream

TEXT = b"data: told\n\n"


async def told() -> AsyncIterator[bytes]:
    yield TEXT


class Own(Response):
    """Makes its body while it is sent, as whoever brings an ASGI application along does."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Response(TEXT)(scope, receive, send)


class Derived(JSONResponse):
    """Says something else than JSON, but before it is sent."""

    def render(self, content: object) -> bytes:
        return TEXT


def in_file(folder: Path) -> Response:
    path = folder / "told.txt"
    path.write_bytes(TEXT)
    return FileResponse(path)


KINDS: dict[str, tuple[Callable[[Path], Response], bool]] = {
    "plain": (lambda _: Response(TEXT), True),
    "derived": (lambda _: Derived({}), True),
    "own": (lambda _: Own(), False),
    "streamed": (lambda _: StreamingResponse(told()), False),
    "file": (in_file, False),
    "events": (lambda _: EventStream(told()), False),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_the_second_gets_what_the_first_got_whatever_makes_it(
    owner: AsyncClient, app: FastAPI, tmp_path: Path, kind: str
) -> None:
    make, is_kept = KINDS[kind]
    router = make_router("/told", "told")

    @router.post("", response_class=Response)
    async def tell(request: Request) -> Response:
        return make(tmp_path)

    app.include_router(router, prefix="/v1")
    answers = [await owner.post("/v1/told", headers={"idempotency-key": "twice"}) for _ in range(3)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, TEXT)] * 3
    assert [answer.headers.get("idempotency-replayed") for answer in answers[1:]] == ["true" if is_kept else None] * 2
