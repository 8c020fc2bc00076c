"""A server that dies in the middle of a response: the official client goes on with it where it stopped."""

import contextlib
from pathlib import Path
from typing import Any

import openai
import pytest
from httpx2 import AsyncClient

from tests.e2e.test_killed import WORDS, prepare, slow_answer
from tests.support.server import Server
from tests.support.upstream import Answer, Call, ordinary, upstream

pytestmark = pytest.mark.slow


def respond(call: Call) -> Answer:
    """Speak slowly of what is broken off, and at once of what comes after."""
    return slow_answer(call) if call.json["messages"][-1]["content"] == "Tell me" else ordinary("No more.")


async def test_a_response_goes_on_after_its_server_was_killed(tmp_path: Path) -> None:
    async with upstream(respond=respond) as models:
        llm = {"MEDEA_LLM__BASE_URL": models.base_url, "MEDEA_LLM__DEFAULT_MODEL": "m", "MEDEA_SEED": "0"}
        server = Server(tmp_path / "data", **llm)
        await server.start()
        async with AsyncClient(base_url=server.origin, timeout=60) as owner:
            await prepare(owner)
            key = (await owner.post("/v1/api-keys", json={"name": "server", "kind": "secret"})).json()["key"]
        client = openai.AsyncOpenAI(api_key=key, base_url=f"{server.origin}/v1", max_retries=0)
        first: list[Any] = []
        with contextlib.suppress(openai.APIError):
            async for part in await client.responses.create(model="helper", input="Tell me", stream=True):
                first.append(part)
                if len(first) == 20:
                    await server.kill()
        name, number = first[0].response.id, first[-1].sequence_number
        await server.start()
        stream = await client.responses.retrieve(name, stream=True, starting_after=number)
        rest: list[Any] = [part async for part in stream]
        said = "".join(part.delta for part in [*first, *rest] if part.type == "response.output_text.delta")
        assert said == "".join(WORDS), "the model said the same again, so the stream goes on as if nothing had been"
        assert rest[-1].type == "response.completed"
        await server.stop()
        await server.start()  # only the stored reply is left
        kept: list[Any] = [p async for p in await client.responses.retrieve(name, stream=True, starting_after=number)]
        assert kept[-1].to_dict() == rest[-1].to_dict()
        assert (await client.responses.retrieve(name)).output_text == said
        on = await client.responses.create(model="helper", input="And then?", previous_response_id=name)
        assert on.output_text == "No more."
        await client.close()
        await server.stop()
