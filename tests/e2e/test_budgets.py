"""Budgets through real processes: fifty prompts at once, a server killed in the middle, some of them cancelled."""

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient, HTTPError

from tests.support.app import PASSWORD, fresh_email
from tests.support.server import Server
from tests.support.upstream import DONE, Answer, Call, Send, Wait, chunk, event, upstream, usage

pytestmark = pytest.mark.slow

LIMIT = 1000
TAKEN = 95
"""Tokens of one answer; 99 are set aside for it."""


def answer(_call: Call) -> Answer:
    """Think for a second."""
    body = event(chunk("Yes.")) + event(chunk(finish="stop"))
    counted = event(usage(prompt_tokens=55, completion_tokens=TAKEN - 55)) + DONE
    return Answer([Send(event(chunk("Well. "))), Wait(1.0), Send(body + counted)])


async def prepare(client: AsyncClient) -> tuple[str, list[str]]:
    """Sign up, publish an agent, set a budget, and return it with fifty conversations."""
    body = {"email": fresh_email(), "password": PASSWORD, "name": "Ada", "tenant_name": "Engines"}
    assert (await client.post("/v1/auth/signup", json=body)).status_code == 201
    agent = {"name": "Helper", "slug": "helper", "system_prompt": "x" * 200, "max_output_tokens": TAKEN - 55}
    await client.post("/v1/agents", json=agent)
    assert (await client.post("/v1/agents/helper/publish", json={})).status_code == 200
    made = await client.post(
        "/v1/budgets", json={"name": "All", "scope": "tenant", "period": "month", "limit_tokens": LIMIT}
    )
    assert made.status_code == 201, made.text
    opened = [(await client.post("/v1/conversations", json={"agent": "helper"})).json()["id"] for _ in range(50)]
    return made.json()["id"], opened


async def ended(client: AsyncClient, turns: list[str]) -> list[dict[str, Any]]:
    """Wait until all turns have ended and return them."""
    found: list[dict[str, Any]] = []
    async with asyncio.timeout(60):
        for turn in turns:
            while (read := (await client.get(f"/v1/turns/{turn}")).json())["status"] in {"queued", "running"}:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            found.append(read)
    return found


async def test_nothing_is_overspent_or_left_set_aside_when_a_server_dies(tmp_path: Path) -> None:
    async with upstream(respond=answer) as models:
        llm = {"MEDEA_LLM__BASE_URL": models.base_url, "MEDEA_LLM__DEFAULT_MODEL": "m", "MEDEA_SEED": "0"}
        server = Server(tmp_path / "data", **llm)
        await server.start()
        async with AsyncClient(base_url=server.origin, timeout=60) as client:
            budget, conversations = await prepare(client)
            path = f"/v1/budgets/{budget}"

            async def send(conversation: str) -> str:
                sent = await client.post(f"/v1/conversations/{conversation}/messages", json={"text": "Hi"})
                turn: str = sent.json()["turn_id"]
                return turn

            turns = await asyncio.gather(*(send(conversation) for conversation in conversations))
            async with asyncio.timeout(60):
                while not (await client.get(path)).json()["reserved"]["tokens"]:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            with contextlib.suppress(HTTPError):
                await asyncio.gather(*(client.post(f"/v1/turns/{turn}/cancel") for turn in turns[:3]))
            await server.kill()
            await server.start()
            states = await ended(client, turns)
            found = (await client.get(path)).json()
        assert await server.stop() == 0, "".join(server.output)
    completed = [turn for turn in states if turn["status"] == "completed"]
    refused = [turn for turn in states if turn["status"] == "failed"]
    assert len(completed) + len(refused) >= 47
    assert {turn["error"]["code"] for turn in refused} == {"billing.budget_exhausted"}
    assert found["reserved"] == {"usd": 0, "tokens": 0}
    assert found["used"]["tokens"] <= LIMIT
    beside = found["used"]["tokens"] - TAKEN * len(completed)
    assert 0 <= beside <= 3 * TAKEN, "what was cancelled in the middle counts as far as it came"
    assert 7 <= len(completed) <= 10
    assert any(turn["attempt"] > 1 for turn in states), "the server died while turns ran"
