"""A request that takes longer than a dead one is waited for."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.settings import Settings
from tests.contracts.eventually import eventually
from tests.support.app import ORIGIN
from tests.support.upstream import Answer, Send, Step, Wait, chunk, event, stream_bytes, upstream

KEY = {"idempotency-key": "said-slowly"}
_SIGN = "SELECT created_at FROM idempotency_keys WHERE key = 'said-slowly' AND status IS NULL"


@pytest.fixture
async def slow_model() -> AsyncIterator[str]:
    """The address of a model that thinks before its second word."""
    script: list[Step] = [Send(event(chunk("Every "))), Wait(6.0), Send(stream_bytes(["day."]))]
    async with upstream(Answer(script)) as server:
        yield server.base_url


@pytest.fixture
def settings(settings: Settings, slow_model: str) -> Settings:
    """It answers all agents."""
    llm = settings.llm.model_copy(update={"base_url": slow_model, "default_model": "m"})
    return settings.model_copy(update={"llm": llm})


@pytest.mark.slow
async def test_a_request_that_takes_long_is_known_to_live(
    chatty: AsyncClient, app: FastAPI, installation: Installation
) -> None:
    body = {"model": "helper", "messages": [{"role": "user", "content": "When are you open?"}]}
    key = (await chatty.post("/v1/api-keys", json={"name": "server", "kind": "secret"})).json()["key"]
    headers = KEY | {"authorization": f"Bearer {key}"}
    connection = await asyncpg.connect(installation.ports.database.urls.admin)
    async with AsyncClient(transport=ASGITransport(app), base_url=ORIGIN, headers=headers, timeout=90) as client:
        asking = asyncio.create_task(client.post("/v1/chat/completions", json=body))
        signs = set()

        async def look() -> None:
            while not asking.done():
                signs.add(await connection.fetchval(_SIGN))
                await asyncio.sleep(0.2)

        looking = asyncio.create_task(look())
        await eventually(lambda: len(signs - {None}) > 1 or asking.done())
        assert len(signs - {None}) > 1, "it gave a sign of life"
        assert (await asking).status_code == 200
        await looking
    await connection.close()
