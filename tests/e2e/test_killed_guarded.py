"""A server that dies while guardrails hold something back: nothing of it was shown or stored, and nothing is lost."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.modules.conversations.chatting import STREAM, frames_of, text_of
from tests.support.app import PASSWORD, fresh_email
from tests.support.server import Server
from tests.support.upstream import DONE, Answer, Call, Hang, Send, chunk, event, upstream, usage

pytestmark = pytest.mark.slow

EMAIL, CARD = "jane.doe@example.com", "4111 1111 1111 1111"
SECRET = "Project Falcon"
RULES: dict[str, Any] = {
    "blocked": {"terms": [SECRET]},
    "pii": {"kinds": ["email", "card"], "in_transcript": True, "in_answers": True},
    "approval": {"answers": "flagged", "replacement": "Please call us."},
}


class Model:
    """A model that stops in the middle of what is to be held, until it is told to go on."""

    def __init__(self) -> None:
        self.is_hanging = True

    def respond(self, call: Call) -> Answer:
        """Say something harmless, then what nobody may see."""
        said = Send(event(chunk("Fine so far. ")) + event(chunk(f"Mail {EMAIL}. It is called {SECRET}, and ")))
        if self.is_hanging:
            return Answer([said, Hang()])
        rest = Send(event(chunk("it flies.")) + event(chunk(finish="stop")) + event(usage()) + DONE)
        return Answer([said, rest])


async def prepare(client: AsyncClient) -> str:
    """Sign up, publish an agent with rules, open a conversation and return its id."""
    body = {"email": fresh_email(), "password": PASSWORD, "name": "Ada", "tenant_name": "Engines"}
    assert (await client.post("/v1/auth/signup", json=body)).status_code == 201
    agent = {"name": "Helper", "slug": "helper", "system_prompt": "Help.", "guardrails": RULES}
    assert (await client.post("/v1/agents", json=agent)).status_code == 201
    assert (await client.post("/v1/agents/helper/publish", json={})).status_code == 200
    conversation: str = (await client.post("/v1/conversations", json={"agent": "helper"})).json()["id"]
    return conversation


async def begin(client: AsyncClient, conversation: str) -> list[str]:
    """Say something personal and return the lines of the answer until the first of its sentences is there."""
    shown: list[str] = []
    prompt = {"text": f"I am {EMAIL} with {CARD}"}
    url = f"/v1/conversations/{conversation}/messages"
    async with client.stream("POST", url, json=prompt, headers=STREAM) as live:
        async for line in live.aiter_lines():
            shown.append(line)
            if "Fine so far" in line:
                break
    return shown


async def until(what: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(60):
        while not await what():  # noqa: ASYNC110 - another process gives no event
            await asyncio.sleep(0.05)


async def everything(client: AsyncClient, conversation: str) -> str:
    """Return all that the server says of a conversation but what waits to be looked at."""
    paths = [f"/v1/conversations/{conversation}{more}" for more in ("", "/messages", "/events")]
    return "".join([(await client.get(path)).text for path in paths])


async def test_a_worker_that_dies_has_shown_and_stored_nothing_of_it(tmp_path: Path) -> None:
    model = Model()
    async with upstream(respond=model.respond) as models:
        environment = {"MEDEA_LLM__BASE_URL": models.base_url, "MEDEA_LLM__DEFAULT_MODEL": "m", "MEDEA_SEED": "0"}
        server = Server(tmp_path / "data", **environment)
        await server.start()
        async with AsyncClient(base_url=server.origin, timeout=60) as client:
            conversation = await prepare(client)
            shown = await begin(client, conversation)
            turn = json.loads(next(line for line in shown if '"start"' in line).removeprefix("data: "))
            turn_id = turn["messageMetadata"]["turn_id"]
            assert SECRET not in "".join(shown)
            assert EMAIL not in "".join(shown)
            for word in (SECRET, EMAIL, CARD):
                assert word not in await everything(client, conversation), word
            await server.kill()
            model.is_hanging = False
            await server.start()

            async def is_held() -> bool:
                return bool((await client.get("/v1/held-answers")).json()["data"])

            await until(is_held)
            for word in (EMAIL, CARD):
                assert word not in await everything(client, conversation), word
            assert "Fine so far" in text_of(frames_of(await client.get(f"/v1/turns/{turn_id}/stream")))
            await server.kill()  # what waits for a person waits for nobody's memory
            await server.start()
            (held,) = (await client.get("/v1/held-answers")).json()["data"]
            assert held["text"].startswith("Fine so far. Mail [email_")
            assert held["text"].endswith(f"]. It is called {SECRET}, and it flies.")
            told = frames_of(await client.get(f"/v1/turns/{turn_id}/stream"))
            assert SECRET not in str(told)
            answer = await client.post(f"/v1/turns/{turn_id}/review", json={"approved": True})
            assert answer.status_code == 200, answer.text
            await server.kill()
            await server.start()
            told = frames_of(await client.get(f"/v1/turns/{turn_id}/stream"))
            assert text_of(told) == held["text"]
            assert (await client.get("/v1/held-answers/count")).json() == {"count": 0}
            for word in (EMAIL, CARD):
                assert word not in await everything(client, conversation), word
        assert await server.stop() == 0, "".join(server.output)
    assert len(models.calls) == 2, "one call of the model for each attempt, none for the decision"
    for call in models.calls:
        assert EMAIL not in call.body.decode()
        assert CARD not in call.body.decode()
    assert EMAIL not in "".join(server.output)
