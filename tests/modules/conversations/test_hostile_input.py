"""What nobody's client sends by accident: forged cursors, NUL in addresses, texts that are too long."""

import base64
import json
from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.modules.conversations.chatting import open_conversation
from tests.support.app import problem

UNKNOWN = "cnv_" + "0" * 32


def forged(key: Any) -> str:
    """Return a cursor of the right make with another content."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "key",
    [
        ["x"], [2**31], [2**63], [10**30], [-1], ["0"], [None], ["\x00"], ["\ud800"], [1, 2], [], {"a": 1},
        ["0001-01-01T00:00:00+14:00", UNKNOWN], ["9999-12-31T23:59:59-14:00", UNKNOWN], ["now", UNKNOWN],
        ["2026-01-01T00:00:00+00:00", "agt_" + "0" * 32], ["2026-01-01", 2**70],
    ],
)  # fmt: skip
async def test_a_forged_cursor_is_refused_or_harmless(chatty: AsyncClient, key: Any) -> None:
    conversation = await open_conversation(chatty)
    lists = ("/v1/agents", "/v1/agents/helper/versions", "/v1/conversations", "/v1/api-keys", "/v1/members")
    for path in (*lists, f"/v1/conversations/{conversation}/messages", f"/v1/conversations/{conversation}/events"):
        answer = await chatty.get(path, params={"cursor": forged(key)})
        if answer.status_code != 200:
            assert problem(answer, 422, "request.invalid")["errors"][0]["field"] == "cursor", path


async def test_an_address_that_nothing_can_have_is_refused(chatty: AsyncClient) -> None:
    answer = await chatty.get("/v1/agents/helper/chat/a%00b/stream")
    assert problem(answer, 422, "request.invalid")["errors"][0]["field"] == "chat_id"
    for path in ("/v1/models/%00", "/demo/%00", "/demo/a%00b", "/app/assets/%00", f"/demo/{'a' * 3000}"):
        assert (await chatty.get(path)).status_code == 404, path


async def test_a_prompt_of_an_ai_sdk_client_has_the_same_bound(chatty: AsyncClient) -> None:
    said = [{"role": "user", "parts": [{"type": "text", "text": "x" * 32_001}]}]
    answer = await chatty.post("/v1/agents/helper/chat", json={"id": "c1", "messages": said})
    assert problem(answer, 422, "request.invalid")["errors"][0]["field"] == "messages"
    assert (await chatty.get("/v1/conversations")).json()["data"] == []


async def test_a_body_of_unknown_length_has_the_same_bound(chatty: AsyncClient) -> None:
    async def chunks() -> Any:
        for _ in range(30):
            yield b"x" * 100_000

    conversation = await open_conversation(chatty)
    url = f"/v1/conversations/{conversation}/messages"
    answer = await chatty.post(url, content=chunks(), headers={"content-type": "application/json"})
    problem(answer, 413, "request.too_large")


async def test_json_under_another_name_is_told_what_to_be(chatty: AsyncClient) -> None:
    answer = await chatty.post("/v1/agents", content=b'{"name": "x"}', headers={"content-type": "text/plain"})
    assert "application/json" in problem(answer, 422, "request.invalid")["detail"]


async def test_a_foreign_page_that_hides_its_origin_is_refused(chatty: AsyncClient) -> None:
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 201), ("none", 201)):
        answer = await chatty.post("/v1/agents", json={"name": site}, headers={"sec-fetch-site": site})
        assert answer.status_code == status, answer.text
