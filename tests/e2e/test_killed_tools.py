"""A server that dies while a tool runs: no call that already ran is made again, unless that does no harm."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from httpx2 import AsyncClient

from tests.modules.conversations.acting import acting, results
from tests.modules.conversations.chatting import frames_of
from tests.support.app import PASSWORD, fresh_email
from tests.support.server import Server
from tests.support.upstream import Answer, Call, Hang, Send, Upstream, upstream

pytestmark = pytest.mark.slow

SCHEMA = {"type": "object", "properties": {"item": {"type": "string"}}, "required": ["item"]}
QUICK = [("buy", {"item": "tea"}), ("buy", {"item": "hang"}), ("look_up", {"item": "hang"})]


class Shop:
    """An HTTP server that counts its effects; what `hang` asks for has its effect, but is not answered."""

    def __init__(self) -> None:
        self.effects: list[tuple[str, str]] = []
        self.is_hanging = True

    def respond(self, call: Call) -> Answer:
        """Have the effect, then answer or not."""
        item = call.json["item"]
        self.effects.append((call.path, item))
        if item == "hang" and self.is_hanging:
            return Answer([Hang()])
        body = json.dumps({"done": item}).encode()
        return Answer([Send(body)], 200, (("Content-Type", "application/json"),))

    def count(self, path: str, item: str) -> int:
        """Return how often an effect was had."""
        return self.effects.count((path, item))


async def prepare(client: AsyncClient, shop: Upstream) -> str:
    """Sign up, define two tools, publish an agent with them, open a conversation and return its id."""
    body = {"email": fresh_email(), "password": PASSWORD, "name": "Ada", "tenant_name": "Engines"}
    assert (await client.post("/v1/auth/signup", json=body)).status_code == 201
    tools = []
    for name, is_safe in (("buy", False), ("look_up", True)):
        made = await client.post(
            "/v1/tools",
            json={
                "name": name,
                "description": name,
                "parameters": SCHEMA,
                "url": f"http://127.0.0.1:{shop.port}/{name}",
                "is_safe_to_repeat": is_safe,
                "timeout_seconds": 60,
            },
        )
        assert made.status_code == 201, made.text
        tools.append({"name": made.json()["id"]})
    agent = {"name": "Helper", "slug": "helper", "system_prompt": "Help.", "tools": tools}
    assert (await client.post("/v1/agents", json=agent)).status_code == 201
    assert (await client.post("/v1/agents/helper/publish", json={})).status_code == 200
    conversation: str = (await client.post("/v1/conversations", json={"agent": "helper"})).json()["id"]
    return conversation


async def until(what: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something to become true."""
    for _ in range(3000):
        if await what():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it does not come about")


async def recorded(client: AsyncClient, conversation: str, name: str) -> int:
    """Return how many events of this name the log holds."""
    events = (await client.get(f"/v1/conversations/{conversation}/events")).json()["data"]
    return sum(event["name"] == name for event in events)


async def test_what_ran_is_not_run_again_and_what_is_not_known_is_said(tmp_path: Path) -> None:
    shop = Shop()
    async with upstream(respond=shop.respond) as store, upstream(respond=acting({"buy": [[QUICK]]})) as models:
        environment = {
            "MEDEA_LLM__BASE_URL": models.base_url,
            "MEDEA_LLM__DEFAULT_MODEL": "m",
            "MEDEA_SEED": "0",
            "MEDEA_OUTBOUND__ALLOWED_PRIVATE_HOSTS": json.dumps([f"127.0.0.1:{store.port}"]),
        }
        server = Server(tmp_path / "data", **environment)
        await server.start()
        async with AsyncClient(base_url=server.origin, timeout=60) as client:
            conversation = await prepare(client, store)
            url = f"/v1/conversations/{conversation}/messages"
            turn = (await client.post(url, json={"text": "buy"})).json()["turn_id"]

            async def is_in_the_middle() -> bool:
                return len(shop.effects) == 3 and await recorded(client, conversation, "ToolReturned") == 1

            await until(is_in_the_middle)
            await server.kill()
            shop.is_hanging = False
            await server.start()
            frames = [frame for _, frame in frames_of(await client.get(f"/v1/turns/{turn}/stream"))]
            read = (await client.get(f"/v1/turns/{turn}")).json()
        assert await server.stop() == 0, "".join(server.output)
    assert (read["status"], read["attempt"]) == ("completed", 2)
    assert shop.count("/buy", "tea") == 1, "its result was recorded"
    assert shop.count("/buy", "hang") == 1, "nobody knows whether it had its effect"
    assert shop.count("/look_up", "hang") == 2, "it is safe to repeat"
    told = results(models.calls[-1])
    assert json.loads(told[0]) == {"done": "tea"}
    assert "may or may not have had its effect" in told[1]
    assert json.loads(told[2]) == {"done": "hang"}
    assert len(models.calls) == 2, "the model is not asked again what it has said"
    unknown = [frame["errorText"] for frame in frames if frame["type"] == "tool-output-error"]
    assert unknown == ["It is not known whether this was done."]
