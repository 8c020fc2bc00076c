"""API and worker in processes of their own: a turn is begun at one, followed at others, and runs elsewhere."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.kernel.redis.server import RedisServer
from tests.e2e.test_killed import WORDS, frames, prepare, slow_answer
from tests.support.redis import OwnRedis
from tests.support.server import ApiProcess, Server, WorkerProcess
from tests.support.upstream import upstream

pytestmark = [pytest.mark.slow, pytest.mark.services]

TEXT = "".join(WORDS)
STREAM = {"accept": "text/event-stream"}


@dataclass
class Deployment:
    """Two APIs and a worker on one database and one Redis; clients that are logged in at both."""

    here: AsyncClient
    there: AsyncClient
    api: Server
    worker: Server
    conversation: str
    environment: dict[str, str]

    @property
    def messages(self) -> str:
        return f"/v1/conversations/{self.conversation}/messages"


@contextlib.asynccontextmanager
async def deployed(folder: Path, database_url: str, **settings: str) -> AsyncIterator[Deployment]:
    async with upstream(respond=slow_answer) as models, contextlib.AsyncExitStack() as stack:
        environment = {
            "MEDEA_LLM__BASE_URL": models.base_url,
            "MEDEA_LLM__DEFAULT_MODEL": "m",
            "MEDEA_DATABASE__URL": database_url,
            "MEDEA_DATABASE__POOL_SIZE": "4",
            "MEDEA_AUTH__SECRET": "a secret of the tests, long enough for a key",
            **settings,
        }
        servers = [kind(folder / "data", **environment) for kind in (ApiProcess, ApiProcess, WorkerProcess)]
        for server in servers:
            stack.push_async_callback(server.stop)
        await asyncio.gather(*(server.start() for server in servers))
        here, there = [
            await stack.enter_async_context(AsyncClient(base_url=server.origin, timeout=60)) for server in servers[:2]
        ]
        conversation = await prepare(here)
        there.cookies.update(here.cookies)
        yield Deployment(here, there, servers[0], servers[2], conversation, environment)


@pytest.fixture
async def deployment(tmp_path: Path, fresh_database_url: str, redis_server: RedisServer) -> AsyncIterator[Deployment]:
    settings = {"MEDEA_REDIS__URL": redis_server.url, "MEDEA_REDIS__PREFIX": redis_server.prefix}
    async with deployed(tmp_path, fresh_database_url, **settings) as made:
        yield made


@dataclass
class Heard:
    """What a client has of a turn."""

    text: str = ""
    last_id: str = ""
    turn: str = ""
    kinds: tuple[str, ...] = ()
    deltas: int = 0

    def take(self, frame_id: str, frame: Any) -> None:
        self.last_id = frame_id
        self.kinds += (frame["type"],)
        if frame["type"] == "data-restart":
            self.text = ""
        if frame["type"] == "start":
            self.turn = frame["messageMetadata"]["turn_id"]
        if frame["type"] == "text-delta":
            self.deltas += 1
            self.text += frame["delta"]


async def ask(client: AsyncClient, url: str, *, until: int | None = None) -> Heard:
    """Say something and hear the answer, or its first words."""
    heard = Heard()
    async for frame_id, frame in frames(client, "POST", url, json={"text": "Tell me"}, headers=STREAM):
        heard.take(frame_id, frame)
        if until is not None and heard.deltas >= until:
            break
    return heard


async def rejoin(client: AsyncClient, heard: Heard) -> Heard:
    """Hear the rest."""
    async for frame_id, frame in frames(
        client, "GET", f"/v1/turns/{heard.turn}/stream", headers={"last-event-id": heard.last_id}
    ):
        heard.take(frame_id, frame)
    return heard


async def test_a_stream_is_opened_here_resumed_there_and_nothing_is_lost_or_doubled(deployment: Deployment) -> None:
    heard = await ask(deployment.here, deployment.messages, until=15)
    assert TEXT.startswith(heard.text), "it streams live: this is the beginning, not the whole"
    watching = asyncio.create_task(rejoin(deployment.there, Heard(turn=heard.turn)))
    back_here = asyncio.create_task(rejoin(deployment.here, Heard(heard.text, heard.last_id, heard.turn)))
    await rejoin(deployment.there, heard)
    for client in (heard, await watching, await back_here):
        assert client.text == TEXT
        assert "data-restart" not in client.kinds
        assert client.kinds[-1] == "finish"
    assert (await watching).deltas > 30, "word by word, not in one piece"
    messages = (await deployment.there.get(deployment.messages)).json()["data"]
    assert [message["text"] for message in messages] == ["Tell me", TEXT]
    again = await rejoin(deployment.there, Heard(turn=heard.turn))
    assert again.text == TEXT, "and for ten minutes after its end"


async def test_a_turn_is_cancelled_at_another_process(deployment: Deployment) -> None:
    heard = await ask(deployment.here, deployment.messages, until=5)
    rest = asyncio.create_task(rejoin(deployment.here, heard))
    cancelled = await deployment.there.post(f"/v1/turns/{heard.turn}/cancel")
    assert cancelled.status_code == 200
    assert (await rest).kinds[-1] == "abort"
    assert len(heard.text) < len(TEXT)
    stored = (await deployment.there.get(deployment.messages)).json()["data"][-1]
    assert (stored["status"], stored["text"]) == ("cancelled", heard.text)


async def test_a_killed_worker_is_replaced_and_clients_elsewhere_are_told(deployment: Deployment) -> None:
    heard = await ask(deployment.here, deployment.messages, until=10)
    rest = asyncio.create_task(rejoin(deployment.there, heard))
    await asyncio.sleep(0.3)
    await deployment.worker.kill()
    await deployment.worker.start()
    assert (await rest).kinds.count("data-restart") == 1
    assert heard.text == TEXT
    assert heard.kinds[-1] == "finish"
    assert (await deployment.here.get(f"/v1/turns/{heard.turn}")).json()["attempt"] == 2


async def test_an_api_process_that_stops_sends_its_clients_elsewhere(deployment: Deployment) -> None:
    stopping = None
    heard = Heard()
    options: dict[str, Any] = {"json": {"text": "Tell me"}, "headers": STREAM}
    async for frame_id, frame in frames(deployment.here, "POST", deployment.messages, **options):
        heard.take(frame_id, frame)
        if heard.deltas == 10 and stopping is None:
            stopping = asyncio.create_task(deployment.api.stop())
    assert heard.text != TEXT, "the stream ended, the turn did not"
    await rejoin(deployment.there, heard)
    assert heard.text == TEXT
    assert "data-restart" not in heard.kinds
    assert stopping is not None
    assert await stopping == 0


async def test_limits_are_shared(deployment: Deployment) -> None:
    async def fail(client: AsyncClient) -> int:
        body = {"email": "nobody@example.com", "password": "not the password"}
        return (await client.post("/v1/auth/login", json=body)).status_code

    # ten in a minute, and one more for each six seconds that pass; two buckets would let twenty in at once
    statuses = await asyncio.gather(*(fail(client) for client in (deployment.here, deployment.there) * 12))
    assert set(statuses) == {401, 429}
    assert 10 <= statuses.count(401) < 20


async def test_a_redis_that_dies_in_mid_answer_costs_nothing(
    tmp_path: Path, fresh_database_url: str, own_redis: OwnRedis
) -> None:
    async with deployed(tmp_path, fresh_database_url, MEDEA_REDIS__URL=own_redis.url) as deployment:
        heard = Heard()
        revival = None
        options: dict[str, Any] = {"json": {"text": "Tell me"}, "headers": STREAM}
        async for frame_id, frame in frames(deployment.here, "POST", deployment.messages, **options):
            heard.take(frame_id, frame)
            if heard.deltas == 10 and revival is None:
                await own_redis.kill()
                revival = asyncio.create_task(own_redis.start())
        assert revival is not None
        await revival
        assert heard.text == TEXT
        assert "data-restart" not in heard.kinds
        assert (await rejoin(deployment.there, Heard(turn=heard.turn))).text == TEXT


async def test_an_unusable_redis_stops_the_start_with_a_sentence(
    tmp_path: Path, fresh_database_url: str, own_redis: OwnRedis
) -> None:
    await own_redis.kill()
    server = ApiProcess(tmp_path, MEDEA_DATABASE__URL=fresh_database_url, MEDEA_REDIS__URL=own_redis.url)
    with pytest.raises(AssertionError):
        await server.start()
    assert await server.stop() == 1
    assert "✗ The Redis of MEDEA_REDIS__URL cannot be used: connecting to 127.0.0.1" in server.output[-1]
