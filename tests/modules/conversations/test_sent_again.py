"""A request that is sent again because its answer was lost: with its server, between the commit and the answer."""

import asyncpg
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
