"""Tools out of an OpenAPI document that the server fetches itself."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.kernel.settings import OutboundSettings, Settings
from tests.support.app import problem
from tests.support.upstream import Answer, Call, Reset, Send, Upstream, upstream

ORDERS: dict[str, Any] = {"get": {"operationId": "listOrders", "summary": "Lists orders."}}


def document(*servers: str) -> bytes:
    """Return a document with these servers."""
    body = {"openapi": "3.1.0", "servers": [{"url": url} for url in servers], "paths": {"/orders": ORDERS}}
    return json.dumps(body).encode()


ANSWERS = {
    "/v1/openapi.json": Answer([Send(b"\xef\xbb\xbf" + document("/v2"))]),
    "/v1/bare.json": Answer([Send(document())]),
    "/v1/full.json": Answer([Send(document("https://api.example.com"))]),
    "/v1/big.json": Answer([Send(document()), *[Send(b" " * 1_000_000)] * 5]),
    "/moved": Answer([], 302, (("Location", "/v1/openapi.json"),)),
    "/inside": Answer([], 302, (("Location", "http://169.254.169.254/openapi.json"),)),
    "/login": Answer([Send(b"Unauthorized")], 401),
    "/page": Answer([Send(b"<!doctype html><title>Docs</title>")]),
    "/yaml": Answer([Send(b"# our API\nopenapi: 3.1.0\npaths: {}\n")]),
    "/list": Answer([Send(b"[]")]),
    "/half": Answer([Send(b'{"openapi": ')]),
    "/deep": Answer([Send(b'{"a":' * 50_000)]),
    "/cut": Answer([Send(b"{"), Reset()]),
    "/large": Answer([Send(b"x" * 1_000_000) for _ in range(20)]),
    "/crowded": Answer([Send(b'{"openapi": "3.1.0", "x": [' + b"[]," * 300_000 + b"[]]}")]),
    "/swagger": Answer([Send(b'{"swagger": "2.0", "paths": {"/a": {}}}')]),
}


def publisher(call: Call) -> Answer:
    """Answer what the address says."""
    return ANSWERS.get(call.path, Answer([Send(b"Not found")], 404))


@pytest.fixture
async def server() -> AsyncIterator[Upstream]:
    """Where documents are published."""
    async with upstream(respond=publisher) as running:
        yield running


@pytest.fixture
def settings(settings: Settings, server: Upstream) -> Settings:
    """Settings that let requests through to that server, and to it alone."""
    host = f"127.0.0.1:{server.port}"
    return settings.model_copy(update={"outbound": OutboundSettings(allowed_private_hosts=(host,))})


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/v1/openapi.json", "http://127.0.0.1:{port}/v2/orders"),
        ("/v1/bare.json", "http://127.0.0.1:{port}/orders"),
        ("/v1/full.json", "https://api.example.com/orders"),
        ("/v1/big.json", "http://127.0.0.1:{port}/orders"),
        ("/moved", "http://127.0.0.1:{port}/v2/orders"),
    ],
)
async def test_a_document_is_fetched_and_its_servers_are_relative_to_it(
    owner: AsyncClient, server: Upstream, path: str, address: str
) -> None:
    body = {"document_url": f"http://127.0.0.1:{server.port}{path}"}
    (shown,) = (await owner.post("/v1/tools/import", json=body)).json()["data"]
    assert (shown["operation"], shown["url"], shown["tool"]) == ("listOrders", address.format(port=server.port), None)
    (made,) = (await owner.post("/v1/tools/import", json={**body, "operations": ["listOrders"]})).json()["data"]
    assert (made["problem"], made["tool"]["name"], made["tool"]["url"]) == (None, "list_orders", shown["url"])
    assert "authorization" not in server.calls[-1].headers


@pytest.mark.parametrize(
    ("path", "field", "words"),
    [
        ("/inside", "document_url", "is refused"),
        ("/login", "document_url", "status 401"),
        ("/nothing", "document_url", "status 404"),
        ("/page", "document_url", "a web page"),
        ("/yaml", "document_url", "YAML"),
        ("/list", "document_url", "no object"),
        ("/half", "document_url", "no valid JSON"),
        ("/deep", "document_url", "no valid JSON"),
        ("/cut", "document_url", "cannot be reached"),
        ("/large", "document_url", "too large"),
        ("/crowded", "document_url", "too many parts"),
        ("/swagger", "document", "no OpenAPI 3 document"),
    ],
)
async def test_what_is_no_document_is_told_with_its_reason(
    owner: AsyncClient, server: Upstream, path: str, field: str, words: str
) -> None:
    answer = await owner.post("/v1/tools/import", json={"document_url": f"http://127.0.0.1:{server.port}{path}"})
    (fault,) = problem(answer, 422, "tools.invalid")["errors"]
    assert fault["field"] == field
    assert words in fault["message"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/a", "file:///etc/passwd", "https://user:pw@example.com/a"])
async def test_the_door_is_asked_first(owner: AsyncClient, url: str) -> None:
    answer = await owner.post("/v1/tools/import", json={"document_url": url})
    (fault,) = problem(answer, 422, "tools.invalid")["errors"]
    assert "is refused" in fault["message"]


@pytest.mark.parametrize("body", [{}, {"document": {}, "document_url": "https://example.com/openapi.json"}])
async def test_one_document_is_needed(owner: AsyncClient, body: dict[str, Any]) -> None:
    assert "either" in problem(await owner.post("/v1/tools/import", json=body), 422, "request.invalid")["detail"]
