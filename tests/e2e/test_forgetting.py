"""What is changed at one process is soon so at all of them, though each remembers."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.kernel.redis.server import RedisServer
from tests.e2e.test_killed import frames
from tests.e2e.test_processes import STREAM, Deployment, deployed

pytestmark = [pytest.mark.slow, pytest.mark.services]

ATTEMPTS = 60
"""Each takes a part of a second: all together less than the minute after which a value is read again anyway."""


@pytest.fixture
async def deployment(tmp_path: Path, fresh_database_url: str, redis_server: RedisServer) -> AsyncIterator[Deployment]:
    settings = {"MEDEA_REDIS__URL": redis_server.url, "MEDEA_REDIS__PREFIX": redis_server.prefix}
    async with deployed(tmp_path, fresh_database_url, **settings) as made:
        yield made


async def within(attempts: int, ask: Callable[[], Awaitable[bool]]) -> None:
    """Ask until it is so."""
    for _ in range(attempts):
        if await ask():
            return
    raise AssertionError(f"not so after {attempts} attempts")


async def version(client: AsyncClient) -> int:
    """Open a conversation and return which version begins to answer there."""
    conversation = (await client.post("/v1/conversations", json={"agent": "helper"})).json()["id"]
    url, body = f"/v1/conversations/{conversation}/messages", {"text": "Tell me"}
    async for _, frame in frames(client, "POST", url, json=body, headers=STREAM):
        if frame["type"] == "start":
            await client.post(f"/v1/turns/{frame['messageMetadata']['turn_id']}/cancel")
            found: int = frame["messageMetadata"]["agent_version"]
            return found
    raise AssertionError("no answer began")


async def test_a_published_version_is_live_everywhere(deployment: Deployment) -> None:
    for client in (deployment.here, deployment.there):
        assert [await version(client) for _ in range(2)] == [1, 1], "by now all processes remember it"
    for expected in (2, 3, 4):
        change: dict[str, Any] = {"system_prompt": f"Help better, as told for the {expected}th time."}
        await deployment.here.patch("/v1/agents/helper", json=change)
        assert (await deployment.here.post("/v1/agents/helper/publish", json={})).status_code == 200

        async def is_live(number: int = expected) -> bool:
            return await version(deployment.there) == number

        await within(ATTEMPTS, is_live)


async def test_a_revoked_key_is_revoked_everywhere(deployment: Deployment) -> None:
    made = (await deployment.here.post("/v1/api-keys", json={"name": "Server", "kind": "secret"})).json()
    by_key = {"authorization": f"Bearer {made['key']}"}

    async def status() -> int:
        async with AsyncClient(base_url=str(deployment.there.base_url), timeout=60) as server:
            return (await server.get("/v1/agents", headers=by_key)).status_code

    assert [await status() for _ in range(3)] == [200, 200, 200], "remembered there"
    assert (await deployment.here.delete(f"/v1/api-keys/{made['id']}")).status_code == 204

    async def is_refused() -> bool:
        return await status() == 401

    await within(1000, is_refused)
