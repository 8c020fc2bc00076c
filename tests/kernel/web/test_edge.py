"""What holds at the edge for every route."""

import logging
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from medea.kernel.web.security import SESSION_COOKIE
from tests.support.app import WIDGET_ORIGIN, problem


async def test_head_is_get_without_the_body(anonymous: AsyncClient) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/openapi.json", "/v1/config"):
        whole, head = await anonymous.get(path), await anonymous.head(path)
        assert (head.status_code, head.content) == (200, b""), path
        assert head.headers["content-type"] == whole.headers["content-type"]
    assert (await anonymous.head("/v1/agents")).status_code == 401
    assert (await anonymous.head("/v1/auth/login")).status_code == 405


async def test_the_dashboards_session_is_none_on_the_widgets_host(owner: AsyncClient, anonymous: AsyncClient) -> None:
    cookie = {"cookie": f"{SESSION_COOKIE}={owner.cookies[SESSION_COOKIE]}"}
    assert (await anonymous.get("/v1/auth/me", headers=cookie)).status_code == 200
    assert (await anonymous.get(f"{WIDGET_ORIGIN}/v1/auth/me", headers=cookie)).status_code == 401


async def test_who_hangs_up_while_speaking_is_no_fault_of_ours(
    app: FastAPI, owner: AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    heard = iter([{"type": "http.request", "body": b'{"name":', "more_body": True}, {"type": "http.disconnect"}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(heard)

    async def send(message: Any) -> None:
        sent.append(message)

    session = f"{SESSION_COOKIE}={owner.cookies[SESSION_COOKIE]}".encode()
    headers = [(b"content-type", b"application/json"), (b"cookie", session), (b"idempotency-key", b"hung-up")]
    scope = {"type": "http", "method": "POST", "path": "/v1/agents", "query_string": b"", "headers": headers}
    own = {"http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", 8000), "client": ("127.0.0.1", 1)}
    with caplog.at_level(logging.ERROR):
        await app({**scope, **own, "raw_path": b"/v1/agents", "root_path": ""}, receive, send)
    assert sent[0]["status"] == 499
    assert not caplog.records


async def test_nobody_on_the_way_keeps_what_the_api_answers(owner: AsyncClient, anonymous: AsyncClient) -> None:
    refused = await anonymous.get("/v1/agents")
    for answer in (await owner.get("/v1/auth/me"), refused, await owner.get("/v1/nothing-here")):
        assert answer.headers.get_list("cache-control") == ["no-store"], answer.url
    own = await owner.get("/v1/tenant/identity")
    assert own.headers.get_list("cache-control") == ["no-store"]
    assert "cache-control" not in (await anonymous.get("/healthz")).headers


async def test_a_redirect_leads_to_no_host_that_the_request_names(anonymous: AsyncClient) -> None:
    answer = await anonymous.get("/v1/agents/", headers={"host": "evil.example"})
    assert answer.status_code == 404
    assert "evil.example" not in answer.headers.get("location", "")
    page = await anonymous.get("/dashboard/agents", headers={"host": "evil.example"})
    assert page.headers["location"].startswith("http://127.0.0.1:8000/dashboard/")


@pytest.mark.parametrize(
    ("body", "kind", "word"),
    [
        (b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nx\r\n' * 101, "b", "files"),
        (b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n", "b", "name"),
        (b"x", "c" * 3_000, "multipart"),
    ],
    ids=["too many files", "no name", "no boundary"],
)
async def test_a_form_that_cannot_be_read_is_told_why(owner: AsyncClient, body: bytes, kind: str, word: str) -> None:
    base = (await owner.post("/v1/knowledge-bases", json={"name": "Help"})).json()
    answer = await owner.post(
        f"/v1/knowledge-bases/{base['id']}/documents",
        content=body + b"--b--\r\n",
        headers={"content-type": f"multipart/form-data; boundary={kind}"},
    )
    found = problem(answer, 422, "request.invalid")
    assert found["detail"].startswith("The form could not be read: ")
    assert word in found["detail"].lower()
