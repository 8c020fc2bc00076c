"""A server that is killed while webhooks are under way: each event arrives, under one id."""

import json
from pathlib import Path

import pytest
from httpx2 import AsyncClient
from standardwebhooks.webhooks import Webhook

from tests.modules.webhooks.receiving import until
from tests.support.app import PASSWORD, fresh_email
from tests.support.server import Server
from tests.support.upstream import Answer, Call, Hang, Send, upstream

pytestmark = pytest.mark.slow

EVENTS = 5
OK = Answer([Send(b"ok")], 200, (("Content-Type", "text/plain"),))


class Receiver:
    """Takes requests without answering them, until it is well."""

    def __init__(self) -> None:
        self.is_hanging = True
        self.calls: list[Call] = []

    def respond(self, call: Call) -> Answer:
        """Note the request; answer it or not."""
        self.calls.append(call)
        return Answer([Hang()]) if self.is_hanging else OK


async def delivered(client: AsyncClient, webhook: str) -> list[str]:
    """Return the ids of the events that were delivered, as the API lists them."""
    answer = await client.get(f"/v1/webhooks/{webhook}/deliveries", params={"state": "delivered"})
    return [each["event"]["id"] for each in answer.json()["data"]]


async def test_no_event_is_lost_with_the_process_that_sends_it(tmp_path: Path) -> None:
    receiver = Receiver()
    async with upstream(respond=receiver.respond) as hooks:
        hosts = json.dumps([f"127.0.0.1:{hooks.port}"])
        server = Server(tmp_path / "data", MEDEA_SEED="0", MEDEA_OUTBOUND__ALLOWED_PRIVATE_HOSTS=hosts)
        await server.start()
        async with AsyncClient(base_url=server.origin, timeout=60) as client:
            person = {"email": fresh_email(), "password": PASSWORD, "name": "Ada", "tenant_name": "Engines"}
            assert (await client.post("/v1/auth/signup", json=person)).status_code == 201
            hook = {"url": f"http://127.0.0.1:{hooks.port}/", "events": ["agent.published"]}
            made = (await client.post("/v1/webhooks", json=hook)).json()
            agent = {"name": "Helper", "slug": "helper", "system_prompt": "Help."}
            assert (await client.post("/v1/agents", json=agent)).status_code == 201
            for number in range(EVENTS):
                changed = await client.patch("/v1/agents/helper", json={"system_prompt": f"Help {number}."})
                assert changed.status_code == 200, changed.text
                assert (await client.post("/v1/agents/helper/publish", json={})).status_code == 200
            await until(lambda: receiver.calls)
            await server.kill()
            under_way = {call.headers["webhook-id"] for call in receiver.calls}
            receiver.is_hanging = False
            await server.start()

            async def all_arrived() -> list[str]:
                found = await delivered(client, made["id"])
                return found if len(found) == EVENTS else []

            arrived = await until(all_arrived, seconds=60)
        assert await server.stop() == 0, "".join(server.output)
    checked = Webhook(made["secret"])
    told = {call.headers["webhook-id"]: checked.verify(call.body, call.headers) for call in receiver.calls}
    assert set(told) == set(arrived)
    assert under_way <= set(told), "what was in the air is sent again, under the same id"
    assert sorted(each["data"]["version"] for each in told.values()) == list(range(1, EVENTS + 1))
