"""How long what clients of OpenAI's Responses sent is kept."""

from collections.abc import AsyncIterator

import openai
import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.ids import TenantId
from medea.modules.conversations.tasks import purge_responses
from tests.modules.conversations.chatting import publish
from tests.support.app import ORIGIN, TravelClock
from tests.support.models import provided_by
from tests.support.upstream import Answer, Call, Send, chunk, event, usage


def answer(_call: Call) -> Answer:
    return Answer([Send(event(chunk("Hello"))), Send(event(chunk(finish="stop"))), Send(event(usage()))])


models, settings = provided_by(answer)


@pytest.fixture
async def client(owner: AsyncClient, working: Installation, app: FastAPI) -> AsyncIterator[openai.AsyncOpenAI]:
    """The official client with a secret key."""
    await publish(owner, examples=[])
    key = (await owner.post("/v1/api-keys", json={"name": "server", "kind": "secret"})).json()["key"]
    async with AsyncClient(transport=ASGITransport(app), follow_redirects=True) as http:
        yield openai.AsyncOpenAI(api_key=key, base_url=f"{ORIGIN}/v1", http_client=http, max_retries=0)


async def test_what_a_client_sent_is_forgotten_in_time_and_its_conversation_is_not(
    client: openai.AsyncOpenAI, owner: AsyncClient, working: Installation, clock: TravelClock
) -> None:
    tenant = TenantId.parse((await owner.get("/v1/auth/me")).json()["tenant"]["id"])
    platform = Context(working.ports, system_principal(None))
    old = await client.responses.create(model="helper", input="Hi", instructions="Be brief.", metadata={"a": "b"})
    clock.advance(days=29)
    young = await client.responses.create(model="helper", input="Hi again")
    await purge_responses(platform)
    assert (await client.responses.retrieve(old.id)).instructions == "Be brief."
    clock.advance(days=1, minutes=1)
    await purge_responses(platform)
    with pytest.raises(openai.NotFoundError) as gone:
        await client.responses.retrieve(old.id)
    assert isinstance(gone.value.body, dict)
    assert {"message", "type", "param", "code"} <= gone.value.body.keys()
    with pytest.raises(openai.NotFoundError):
        await client.responses.create(model="helper", input="Hello", previous_response_id=old.id)
    assert (await client.responses.retrieve(young.id)).id == young.id
    async with working.ports.database.transaction(tenant) as sql:
        assert await sql.fetchval("SELECT count(*) FROM responses") == 1
        assert await sql.fetchval("SELECT count(*) FROM messages WHERE role = 'user'") == 2
