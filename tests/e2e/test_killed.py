"""A server that dies in the middle of an answer: nothing that was accepted is lost."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient, HTTPError

from tests.support.app import PASSWORD, fresh_email
from tests.support.server import Server
from tests.support.upstream import Answer, Call, Send, Step, Wait, chunk, event, upstream

pytestmark = pytest.mark.slow

WORDS = [f"word{number} " for number in range(60)]


def slow_answer(_call: Call) -> Answer:
    """Say sixty words in three seconds."""
    script: list[Step] = []
    for word in WORDS:
        script += [Send(event(chunk(word))), Wait(0.05)]
    script += [Send(event(chunk(finish="stop"))), Send(b"data: [DONE]\n\n")]
    return Answer(script)


async def frames(client: AsyncClient, method: str, url: str, **options: Any) -> AsyncIterator[tuple[str, Any]]:
    """Yield (id, JSON) of the frames of a stream."""
    async with client.stream(method, url, timeout=60, **options) as answer:
        assert answer.status_code == 200, await answer.aread()
        frame_id = ""
        async for line in answer.aiter_lines():
            if line.startswith("id: "):
                frame_id = line[4:]
            elif line.startswith("data: ") and line != "data: [DONE]":
                yield frame_id, json.loads(line[6:])


async def prepare(client: AsyncClient) -> str:
    """Sign up, make and publish an agent, open a conversation and return its id."""
    body = {"email": fresh_email(), "password": PASSWORD, "name": "Ada", "tenant_name": "Engines"}
    assert (await client.post("/v1/auth/signup", json=body)).status_code == 201
    await client.post("/v1/agents", json={"name": "Helper", "slug": "helper", "system_prompt": "Help."})
    assert (await client.post("/v1/agents/helper/publish", json={})).status_code == 200
    conversation: str = (await client.post("/v1/conversations", json={"agent": "helper"})).json()["id"]
    return conversation


async def test_a_killed_server_finishes_its_answers_after_restart(tmp_path: Path) -> None:
    async with upstream(respond=slow_answer) as models:
        llm = {"MEDEA_LLM__BASE_URL": models.base_url, "MEDEA_LLM__DEFAULT_MODEL": "m", "MEDEA_SEED": "0"}
        server = Server(tmp_path / "data", **llm)
        await server.start()
        async with AsyncClient(base_url=server.origin, timeout=60) as client:
            conversation = await prepare(client)
            url = f"/v1/conversations/{conversation}/messages"
            waiting = None
            seen, turn, last_id = "", "", ""
            options = {"json": {"text": "Tell me"}, "headers": {"accept": "text/event-stream"}}
            with contextlib.suppress(HTTPError):  # the connection breaks off
                async for frame_id, frame in frames(client, "POST", url, **options):
                    if frame["type"] == "start":
                        turn = frame["messageMetadata"]["turn_id"]
                        waiting = (await client.post(url, json={"text": "And then?"})).json()["turn_id"]
                    if frame["type"] == "text-delta":
                        seen, last_id = seen + frame["delta"], frame_id
                    if len(seen) > 80:
                        await server.kill()
            assert seen
            assert "".join(WORDS).startswith(seen)
            await server.start()
            after = [
                f
                async for _, f in frames(client, "GET", f"/v1/turns/{turn}/stream", headers={"last-event-id": last_id})
            ]
            assert after[0]["type"] == "data-restart", "the text begins anew, and the client is told"
            assert "".join(f["delta"] for f in after if f["type"] == "text-delta") == "".join(WORDS)
            async for _ in frames(client, "GET", f"/v1/turns/{waiting}/stream"):
                pass
            messages = (await client.get(url)).json()["data"]
            assert [m["text"] for m in messages] == ["Tell me", "".join(WORDS), "And then?", "".join(WORDS)]
            assert (await client.get(f"/v1/turns/{turn}")).json()["attempt"] == 2
        assert await server.stop() == 0, "".join(server.output)


async def test_ctrl_c_lets_a_running_answer_end(tmp_path: Path) -> None:
    async with upstream(respond=slow_answer) as models:
        llm = {"MEDEA_LLM__BASE_URL": models.base_url, "MEDEA_LLM__DEFAULT_MODEL": "m", "MEDEA_SEED": "0"}
        server = Server(tmp_path / "data", **llm)
        await server.start()
        async with AsyncClient(base_url=server.origin, timeout=60) as client:
            conversation = await prepare(client)
            options = {"json": {"text": "Tell me"}, "headers": {"accept": "text/event-stream"}}
            stopping = None
            text = ""
            async for _, frame in frames(client, "POST", f"/v1/conversations/{conversation}/messages", **options):
                text += frame.get("delta", "")
                if stopping is None and text:
                    stopping = asyncio.create_task(server.stop())
        assert text == "".join(WORDS)
        assert stopping is not None
        assert await stopping == 0, "".join(server.output)
