"""Processes that are told to stop, one after the other, as in a rolling restart: nobody loses a word."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from httpx2 import AsyncClient

from medea.kernel.redis.server import RedisServer
from tests.e2e.test_processes import STREAM, TEXT, Deployment, ask, deployed, rejoin
from tests.support.server import WorkerProcess

pytestmark = [pytest.mark.slow, pytest.mark.services]

FAREWELL = "data-reconnect"
DONE = "[DONE]"


@pytest.fixture
def settings(redis_server: RedisServer) -> dict[str, str]:
    """A company on one Redis, whose API drains for a second."""
    return {
        "MEDEA_REDIS__URL": redis_server.url,
        "MEDEA_REDIS__PREFIX": redis_server.prefix,
        "MEDEA_WEB__DRAIN_SECONDS": "1",
    }


@pytest.fixture
async def deployment(tmp_path: Path, fresh_database_url: str, settings: dict[str, str]) -> AsyncIterator[Deployment]:
    async with deployed(tmp_path, fresh_database_url, **settings) as made:
        yield made


async def secret_key(client: AsyncClient) -> dict[str, str]:
    made = await client.post("/v1/api-keys", json={"name": "server", "kind": "secret"})
    return {"authorization": f"Bearer {made.json()['key']}"}


async def completion(client: AsyncClient, headers: dict[str, str]) -> list[Any]:
    """Have an OpenAI client, which cannot come back, listen to the end; return the events it got."""
    body = {"model": "helper", "stream": True, "messages": [{"role": "user", "content": "Tell me"}]}
    events = []
    async with client.stream("POST", "/v1/chat/completions", json=body, headers=headers, timeout=60) as answer:
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                events.append(DONE if line[6:] == DONE else json.loads(line[6:]))
    return events


def said(events: list[Any]) -> str:
    deltas = [event["choices"][0]["delta"] for event in events if isinstance(event, dict) and event.get("choices")]
    return "".join(delta.get("content") or "" for delta in deltas)


async def test_an_api_process_says_that_it_leaves_before_it_does(deployment: Deployment) -> None:
    asking = asyncio.create_task(ask(deployment.here, deployment.messages))
    await asyncio.sleep(0.5)
    stopping = asyncio.create_task(deployment.api.terminate())

    while (await deployment.here.get("/readyz")).status_code == 200:  # noqa: ASYNC110 - another process's doing
        await asyncio.sleep(0.01)
    late = await deployment.here.get("/v1/auth/me")
    assert (late.status_code, late.headers["connection"]) == (200, "close"), "it is served, and told to go"
    heard = await asking
    assert heard.kinds[-1] == FAREWELL, "the last word; no finish, which would look like the end of the answer"
    assert not {"finish", "abort", "error"} & set(heard.kinds)
    assert TEXT.startswith(heard.text)
    assert 0 < len(heard.text) < len(TEXT)
    await rejoin(deployment.there, heard)
    assert heard.text == TEXT
    assert "data-restart" not in heard.kinds
    assert await stopping == 0, "".join(deployment.api.output)


async def test_who_cannot_come_back_is_served_to_the_end(deployment: Deployment) -> None:
    headers = await secret_key(deployment.here)
    asking = asyncio.create_task(completion(deployment.here, headers))
    await asyncio.sleep(0.5)
    status = await deployment.api.terminate()
    events = await asking
    assert said(events) == TEXT
    assert events[-1] == DONE
    assert status == 0


async def test_or_is_told_that_the_answer_broke_off(
    tmp_path: Path, fresh_database_url: str, settings: dict[str, str]
) -> None:
    own = settings | {"MEDEA_WEB__GRACE_SECONDS": "0.5", "MEDEA_WEB__DRAIN_SECONDS": "0"}
    async with deployed(tmp_path, fresh_database_url, **own) as deployment:
        headers = await secret_key(deployment.here)
        asking = asyncio.create_task(completion(deployment.here, headers))
        await asyncio.sleep(0.5)
        status = await deployment.api.terminate()
        events = await asking
        assert TEXT.startswith(said(events))
        assert events[-2]["error"]["code"] == "conversations.broken_off"
        assert status == 0


async def test_a_worker_finishes_what_it_can(deployment: Deployment) -> None:
    heard = await ask(deployment.here, deployment.messages, until=5)
    rest = asyncio.create_task(rejoin(deployment.there, heard))
    assert await deployment.worker.terminate() == 0
    assert (await rest).text == TEXT
    assert "data-restart" not in heard.kinds


async def test_and_hands_over_the_rest_at_once(
    tmp_path: Path, fresh_database_url: str, settings: dict[str, str]
) -> None:
    own = settings | {"MEDEA_WORKER__GRACE_SECONDS": "0.2"}
    async with deployed(tmp_path, fresh_database_url, **own) as deployment:
        heard = await ask(deployment.here, deployment.messages, until=5)
        rest = asyncio.create_task(rejoin(deployment.there, heard))
        assert await deployment.worker.terminate() == 0
        connection = await asyncpg.connect(fresh_database_url)
        row = await connection.fetchrow("SELECT state, lease_owner FROM jobs WHERE queue = 'turns'")
        await connection.close()
        assert row is not None
        assert tuple(row) == ("queued", None), "no lease has to run out"
        await deployment.worker.start()
        assert (await rest).kinds.count("data-restart") == 1
        assert heard.text == TEXT
        turn = (await deployment.here.get(f"/v1/turns/{heard.turn}")).json()
        assert (turn["status"], turn["attempt"]) == ("completed", 2)


async def test_a_rolling_restart_of_everything_loses_nothing(
    tmp_path: Path, fresh_database_url: str, settings: dict[str, str]
) -> None:
    """Each process is replaced by a new one beside it, while answers run."""
    async with deployed(tmp_path, fresh_database_url, **settings) as deployment:
        heard = await ask(deployment.here, deployment.messages, until=5)
        second = WorkerProcess(tmp_path / "data", **deployment.environment)
        await second.start()
        try:
            assert await deployment.worker.terminate() == 0
            stopping = asyncio.create_task(deployment.api.terminate())
            await rejoin(deployment.there, heard)
            assert await stopping == 0
            await deployment.api.start()
            assert (await ask(deployment.here, deployment.messages)).text == TEXT
        finally:
            await second.stop()
        assert heard.text == TEXT
        assert heard.kinds[-1] == "finish"
        texts = [message["text"] for message in (await deployment.there.get(deployment.messages)).json()["data"]]
        assert texts == ["Tell me", TEXT] * 2


async def test_a_client_that_knows_no_farewell_reads_an_ended_response(deployment: Deployment) -> None:
    """The response ends as HTTP says: chunks are complete, so nobody sees a broken transfer."""
    body: dict[str, Any] = {"json": {"text": "Tell me"}, "headers": STREAM}
    async with deployment.here.stream("POST", deployment.messages, timeout=60, **body) as answer:
        stopping = None
        lines = []
        async for line in answer.aiter_lines():
            lines.append(line)
            if stopping is None and "text-delta" in line:
                stopping = asyncio.create_task(deployment.api.terminate())
    assert [line for line in lines if line][-2:] == [
        "retry: 100",
        'data: {"type":"data-reconnect","data":{},"transient":true}',
    ]
    assert stopping is not None
    assert await stopping == 0
