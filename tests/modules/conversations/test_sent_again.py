"""A request that is sent again because its answer was lost: with its server, between the commit and the answer."""

from typing import Any

import asyncpg
import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from tests.modules.conversations.chatting import frames_of, open_conversation
from tests.support.app import problem

KEY = {"idempotency-key": "said-once"}
_DIED = """
UPDATE idempotency_keys SET status = NULL, headers = NULL, body = NULL, created_at = now() - $1::interval
WHERE key = 'said-once'
"""


async def die_before_the_answer(installation: Installation, ago: str) -> None:
    """Leave the database as a process does that was killed after the commit of what was asked for."""
    connection = await asyncpg.connect(installation.ports.database.urls.admin)
    await connection.execute(_DIED.replace("$1", f"'{ago}'"))
    await connection.close()


async def test_a_message_is_said_once_although_its_answer_was_lost(
    chatty: AsyncClient, installation: Installation
) -> None:
    url = f"/v1/conversations/{await open_conversation(chatty)}/messages"
    first = (await chatty.post(url, json={"text": "Hello"}, headers=KEY)).json()
    frames_of(await chatty.get(f"/v1/turns/{first['turn_id']}/stream"))
    await die_before_the_answer(installation, "1 second")
    problem(await chatty.post(url, json={"text": "Hello"}, headers=KEY), 409, "request.in_progress")
    await die_before_the_answer(installation, "1 minute")
    again = await chatty.post(url, json={"text": "Hello"}, headers=KEY)
    assert (again.status_code, again.json()) == (202, first)
    assert len((await chatty.get(url)).json()["data"]) == 2


async def test_a_reply_is_written_again_once(chatty: AsyncClient, installation: Installation) -> None:
    url = f"/v1/conversations/{await open_conversation(chatty)}/messages"
    first = (await chatty.post(url, json={"text": "Hello"})).json()["turn_id"]
    frames_of(await chatty.get(f"/v1/turns/{first}/stream"))
    second = (await chatty.post(f"/v1/turns/{first}/regenerate", headers=KEY)).json()
    frames_of(await chatty.get(f"/v1/turns/{second['turn_id']}/stream"))
    await die_before_the_answer(installation, "1 minute")
    again = await chatty.post(f"/v1/turns/{first}/regenerate", headers=KEY)
    assert (again.status_code, again.json()) == (202, second)


async def test_other_words_under_another_key_are_another_message(chatty: AsyncClient) -> None:
    url = f"/v1/conversations/{await open_conversation(chatty)}/messages"
    turns = [
        (await chatty.post(url, json={"text": "Hello"}, headers={"idempotency-key": key})).json()["turn_id"]
        for key in ("one", "two")
    ]
    assert turns[0] != turns[1]


SAID = {"role": "user", "content": "When are you open?"}
PARTS = {"id": "m1", "role": "user", "parts": [{"type": "text", "text": SAID["content"]}]}
RUN: dict[str, Any] = {"threadId": "t", "runId": "r", "state": None, "tools": [], "context": [], "forwardedProps": {}}
DIALECTS: dict[str, tuple[str, dict[str, Any]]] = {
    "openai": ("/v1/chat/completions", {"model": "helper", "messages": [SAID]}),
    "openai, streamed": ("/v1/chat/completions", {"model": "helper", "messages": [SAID], "stream": True}),
    "responses": ("/v1/responses", {"model": "helper", "input": SAID["content"], "stream": True}),
    "ai sdk": ("/v1/agents/helper/chat", {"id": "chat-1", "messages": [PARTS]}),
    "ag-ui": ("/v1/ag-ui/agent/helper/run", {**RUN, "messages": [{"id": "m1", **SAID}]}),
}


@pytest.mark.parametrize(("url", "body"), DIALECTS.values(), ids=DIALECTS)
async def test_the_first_message_of_a_chat_is_said_once_in_every_dialect(
    chatty: AsyncClient, installation: Installation, url: str, body: dict[str, Any]
) -> None:
    assert (await chatty.post(url, json=body, headers=KEY)).status_code == 200
    again = await chatty.post(url, json=body, headers=KEY, follow_redirects=True)
    assert again.status_code == 200, again.text
    await die_before_the_answer(installation, "1 minute")
    again = await chatty.post(url, json=body, headers=KEY)
    assert again.status_code == 200, again.text
    opened = (await chatty.get("/v1/conversations")).json()["data"]
    assert [conversation["message_count"] for conversation in opened] == [2]
