"""How many answers of a company may be open at once: exactly so many, whoever asks at the same time."""

import asyncio

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.ids import TenantId
from medea.kernel.settings import Settings
from medea.modules.conversations.service import crowding
from tests.modules.conversations.chatting import open_conversation, publish
from tests.support.app import problem


@pytest.fixture
def settings(settings: Settings) -> Settings:
    limits = settings.limits.model_copy(update={"turns_per_tenant": 10})
    return settings.model_copy(update={"limits": limits})


async def send(client: AsyncClient, conversation: str) -> int:
    answer = await client.post(f"/v1/conversations/{conversation}/messages", json={"text": "When are you open?"})
    if answer.status_code == 429:
        found = problem(answer, 429, "conversations.too_many_running")
        assert "10 answers of this company" in found["detail"]
        assert answer.headers["retry-after"] == str(found["retry_after"])
    return answer.status_code


async def test_of_fifty_at_once_ten_are_taken_and_the_rest_when_those_are_done(
    owner: AsyncClient, stranger: AsyncClient, installation: Installation
) -> None:
    await publish(owner)
    conversations = [await open_conversation(owner) for _ in range(50)]
    statuses = await asyncio.gather(*(send(owner, conversation) for conversation in conversations))
    assert (statuses.count(202), statuses.count(429)) == (10, 40), "nobody works yet, so none is done in between"
    await publish(stranger)
    assert await send(stranger, await open_conversation(stranger)) == 202, "another company has its own"
    await installation.start_worker(is_alone=False)
    left = [conversation for conversation, status in zip(conversations, statuses, strict=True) if status == 429]
    async with asyncio.timeout(60):
        while left:
            statuses = await asyncio.gather(*(send(owner, conversation) for conversation in left))
            left = [conversation for conversation, status in zip(left, statuses, strict=True) if status == 429]
            await asyncio.sleep(0.05)


async def test_prompts_that_wait_in_one_conversation_count_too(owner: AsyncClient) -> None:
    await publish(owner)
    conversation = await open_conversation(owner)
    statuses = [await send(owner, conversation) for _ in range(12)]
    assert statuses == [202] * 10 + [429] * 2


async def test_turns_that_wait_for_their_visitors_take_no_room(owner: AsyncClient, installation: Installation) -> None:
    await publish(owner)
    conversations = [await open_conversation(owner) for _ in range(11)]
    assert [await send(owner, conversation) for conversation in conversations] == [202] * 10 + [429]
    tenant = TenantId.find((await owner.get("/v1/auth/me")).json()["tenant"]["id"])
    assert tenant is not None
    async with installation.ports.database.transaction(tenant) as sql:
        await sql.execute("UPDATE conversations SET state = jsonb_set(state, '{active,is_paused}', 'true')")
    assert await send(owner, conversations[-1]) == 202


async def test_openai_clients_are_told_in_their_words(owner: AsyncClient) -> None:
    await publish(owner)
    conversation = await open_conversation(owner)
    for _ in range(10):
        await send(owner, conversation)
    body = {"model": "helper", "messages": [{"role": "user", "content": "Hi"}]}
    answer = await owner.post("/v1/chat/completions", json=body)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, str(crowding.RETRY_SECONDS))
    assert answer.json()["error"]["type"] == "rate_limit_error"
    assert answer.json()["error"]["code"] == "conversations.too_many_running"


async def test_who_was_told_to_wait_may_say_it_under_the_same_key(
    owner: AsyncClient, installation: Installation
) -> None:
    """The conversation of a first message is there by then: no reason to say that an answer was lost."""
    await publish(owner)
    conversation = await open_conversation(owner)
    for _ in range(10):
        await send(owner, conversation)
    body = {"model": "helper", "messages": [{"role": "user", "content": "When are you open?"}]}
    key = {"idempotency-key": "said-once"}
    refused = await owner.post("/v1/chat/completions", json=body, headers=key)
    assert refused.json()["error"]["code"] == "conversations.too_many_running"
    await installation.start_worker(is_alone=False)
    async with asyncio.timeout(60):
        while True:
            answer = await owner.post("/v1/chat/completions", json=body, headers=key)
            if answer.status_code != 429:
                break
            await asyncio.sleep(0.05)
    assert answer.status_code == 200, answer.text
