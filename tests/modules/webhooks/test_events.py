"""Every event of the catalogue arrives, signed, once under one id."""

from typing import Any

import msgspec
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.context import Context
from medea.kernel.ids import AgentId, ConversationId, DocumentId, KnowledgeBaseId, MessageId, TurnId
from medea.modules.agents.events import AgentPublished
from medea.modules.conversations.events import (
    AnswerHeld,
    ConversationStarted,
    FeedbackGiven,
    HandoffRequested,
    TurnCompleted,
    TurnFailed,
)
from medea.modules.knowledge.events import DocumentFailed, DocumentReady
from medea.modules.tools.service import forms
from medea.modules.webhooks.catalogue import CATALOGUE
from tests.modules.conversations.chatting import open_conversation, publish, say
from tests.modules.webhooks.receiving import (
    Receiver,
    deliveries,
    job_context,
    pending_jobs,
    subscribe,
    tenant_of,
    until,
)

TYPES = [each.type for each in CATALOGUE]


async def announce(ctx: Context) -> None:
    """Announce one of everything."""
    talk: dict[str, Any] = {"conversation_id": ConversationId.new(), "agent_id": AgentId.new()}
    turn = talk | {"turn_id": TurnId.new()}
    document: dict[str, Any] = {"base_id": KnowledgeBaseId.new(), "document_id": DocumentId.new(), "version": 1}
    ctx.emit(ConversationStarted(**talk, channel="api"))
    ctx.emit(TurnCompleted(**turn, model="m", input_tokens=1, output_tokens=2))
    ctx.emit(TurnFailed(**turn, code="llm.unavailable"))
    ctx.emit(FeedbackGiven(conversation_id=talk["conversation_id"], message_id=MessageId.new(), rating=None))
    ctx.emit(HandoffRequested(**talk, reason="please"))
    ctx.emit(AnswerHeld(**turn, reason="all"))
    ctx.emit(DocumentReady(**document))
    ctx.emit(DocumentFailed(**document, code="extraction.encrypted"))
    ctx.emit(AgentPublished(agent_id=AgentId.new(), version=2))
    async with ctx.transaction() as sql:
        await forms.save_lead(
            ctx,
            sql,
            agent=talk["agent_id"],
            conversation=talk["conversation_id"],
            turn=TurnId.new(),
            title="Demo",
            answers={"email": "ada@example.com"},
        )


async def test_every_event_of_the_catalogue_arrives_with_its_members(
    owner: AsyncClient, working: Installation, receiver: Receiver
) -> None:
    await subscribe(owner, receiver, *TYPES)
    async with job_context(working, await tenant_of(owner)) as ctx:
        await announce(ctx)
    await until(lambda: len(receiver.server.calls) == len(TYPES))
    told = {each["type"]: each for each in receiver.told}
    assert set(told) == set(TYPES)
    for each in CATALOGUE:
        assert set(told[each.type]) == {"type", "version", "timestamp", "data"}
        assert told[each.type]["timestamp"].endswith("Z")
        assert set(told[each.type]["data"]) == set(each.sample), each.type
    assert told["lead.captured"]["data"]["answers"] == {"email": "ada@example.com"}
    ids = [call.headers["webhook-id"] for call in receiver.server.calls]
    assert len(set(ids)) == len(ids)
    assert all(each.startswith("evt_") for each in ids)


async def test_a_chat_tells_of_itself(owner: AsyncClient, working: Installation, receiver: Receiver) -> None:
    hook = await subscribe(owner, receiver, "agent.published", "conversation.started", "turn.completed")
    agent = await publish(owner)
    conversation = await open_conversation(owner)
    await say(owner, conversation)
    await until(lambda: len(receiver.server.calls) == 3)
    told = {each["type"]: each["data"] for each in receiver.told}
    assert told["agent.published"] == {"agent_id": agent["id"], "version": 1}
    assert told["conversation.started"]["conversation_id"] == conversation
    assert (told["turn.completed"]["agent_id"], told["turn.completed"]["model"]) == (agent["id"], "medea/offline")

    async def is_recorded() -> bool:
        return [each["state"] for each in await deliveries(owner, hook)] == ["delivered"] * 3

    await until(is_recorded)


async def test_who_wants_nothing_costs_no_jobs(
    owner: AsyncClient, installation: Installation, receiver: Receiver
) -> None:
    """What is not known is asked for once; then events of the hot path write no job at all."""
    tenant = await tenant_of(owner)

    async def complete() -> None:
        known: dict[str, Any] = {"conversation_id": ConversationId.new(), "agent_id": AgentId.new()}
        async with job_context(installation, tenant) as ctx:
            ctx.emit(TurnCompleted(**known, turn_id=TurnId.new(), model="m", input_tokens=1, output_tokens=2))

    async def count() -> int:
        return len(await pending_jobs(installation, tenant, "webhooks.tell_turn_completed"))

    await complete()
    assert await count() == 1
    await complete()
    assert await count() == 1
    await subscribe(owner, receiver, "agent.published")
    await complete()
    await complete()
    assert await count() == 2, "asked again, as something changed; the event is still not wanted"
    hook = await subscribe(owner, receiver, "turn.completed")
    for _ in range(3):
        await complete()
    assert await count() == 5
    assert (await owner.patch(f"/v1/webhooks/{hook['id']}", json={"is_enabled": False})).status_code == 200
    await complete()
    await complete()
    assert await count() == 6


async def test_events_of_one_company_reach_no_other(
    owner: AsyncClient, stranger: AsyncClient, working: Installation, receiver: Receiver
) -> None:
    await subscribe(stranger, receiver, *TYPES)
    hook = await subscribe(owner, receiver, *TYPES)
    async with job_context(working, await tenant_of(owner)) as ctx:
        ctx.emit(AgentPublished(agent_id=AgentId.new(), version=2))
    await until(lambda: receiver.server.calls)

    async def is_done() -> bool:
        return [each["state"] for each in await deliveries(owner, hook)] == ["delivered"]

    await until(is_done)
    assert len(receiver.server.calls) == 1
    receiver.verified(receiver.server.calls[0], hook["secret"])


def test_samples_are_json() -> None:
    for each in CATALOGUE:
        assert msgspec.json.decode(msgspec.json.encode(each.sample)) == each.sample
