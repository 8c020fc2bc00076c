"""Visitors who answer, or stop a turn, while other calls of the same step still run."""

import asyncio
from typing import Any

import pytest
from httpx2 import AsyncClient, Response

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.ids import ConversationId, TenantId, TurnId
from medea.modules.conversations import repository
from medea.modules.conversations.aggregate import Cancel, decide
from tests.modules.conversations.acting import acting
from tests.modules.conversations.chatting import frames_of, open_conversation, publish, say, text_of
from tests.support.models import provided_with_tools
from tests.support.upstream import Answer, Send, Upstream

PLAIN = (("Content-Type", "text/plain"),)
SCRIPTS: dict[str, Any] = {"go": [["Let me see.", [("calculator", {"expression": "1+1"}), ("slow", {})]]]}

models, tools, settings = provided_with_tools(acting(SCRIPTS), lambda _: Answer([Send(b"slow")], headers=PLAIN))


@pytest.fixture
async def conversation(owner: AsyncClient, working: Installation, tools: Upstream) -> str:
    """A conversation with an agent that asks before it calculates, and does not before it calls the slow tool."""
    url = f"http://127.0.0.1:{tools.port}/"
    body = {"name": "slow", "description": "Slow.", "method": "GET", "url": url, "is_safe_to_repeat": True}
    made = await owner.post("/v1/tools", json=body)
    assert made.is_success, made.text
    await publish(owner, tools=[{"name": "calculator", "needs_approval": True}, {"name": made.json()["id"]}])
    return await open_conversation(owner)


async def test_the_turn_goes_on_before_the_eyes_of_who_answered_early(
    owner: AsyncClient, conversation: str, tools: Upstream
) -> None:
    joined: list[asyncio.Task[Response]] = []

    async def approve() -> None:
        turn = (await owner.get(f"/v1/conversations/{conversation}")).json()["active_turn_id"]
        (_, reply) = (await owner.get(f"/v1/conversations/{conversation}/messages")).json()["data"]
        body = {"tool_call_id": reply["parts"][0]["id"], "approved": True}
        assert (await owner.post(f"/v1/turns/{turn}/approvals", json=body)).status_code == 202
        headers = {"last-event-id": "1-1"}
        joined.append(asyncio.create_task(owner.get(f"/v1/turns/{turn}/stream", headers=headers)))

    tools.meanwhile = approve
    first = await say(owner, conversation, "go")
    again = frames_of(await joined[0])
    for frames in (first, again):
        kinds = [frame["type"] for _, frame in frames]
        assert kinds.count("data-restart") == 1
        assert kinds.count("finish") == 1
        assert frames[-1][1]["messageMetadata"]["finish_reason"] == "stop"
        rest = frames[kinds.index("data-restart") :]
        assert text_of(rest) == 'Let me see.\n\nFound: {"result":"2"} | slow'


async def test_a_turn_that_was_stopped_while_it_paused_ends(
    owner: AsyncClient, working: Installation, conversation: str, tools: Upstream
) -> None:
    tenant = TenantId.parse((await owner.get("/v1/auth/me")).json()["tenant"]["id"])
    stopped: list[TurnId] = []

    async def stop_without_a_signal() -> None:
        """As when the signal comes after the worker has stopped listening to it."""
        ctx = Context(working.ports, system_principal(tenant))
        where = ConversationId.parse(conversation)
        async with ctx.transaction() as sql:
            state = await repository.load(sql, where)
            assert state.active is not None
            stopped.append(state.active.turn_id)
            events = decide(state, Cancel(turn_id=state.active.turn_id, by="vis_1"))
            await repository.save(sql, tenant, where, state, events, at=ctx.now(), by="vis_1")

    tools.meanwhile = stop_without_a_signal
    frames = await say(owner, conversation, "go")
    assert frames[-1][1]["type"] == "abort"
    assert (await owner.get(f"/v1/turns/{stopped[0]}")).json()["status"] == "cancelled"
    (_, reply) = (await owner.get(f"/v1/conversations/{conversation}/messages")).json()["data"]
    assert (reply["status"], reply["text"]) == ("cancelled", "Let me see.")
