"""Tools that belong to conversations: search of the agent's documents, and handing over to a person."""

import json
from typing import Any

from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.ids import AgentId, ConversationId, KnowledgeBaseId, MessageId, TenantId, ToolCallId, TurnId
from medea.modules.agents.facade import AgentConfig, Retrieval
from medea.modules.conversations.activity import Call
from medea.modules.conversations.calls import Turn
from medea.modules.conversations.runtime.calling import make_call
from medea.modules.conversations.runtime.running import Running, TurnJob
from medea.modules.conversations.runtime.toolbox import OWN_TOOLS, SEARCH_KNOWLEDGE, Equipped, Toolbox
from tests.modules.conversations.acting import acting, results
from tests.modules.conversations.chatting import open_conversation, publish, say
from tests.modules.conversations.documents import settled
from tests.support.app import NewClient
from tests.support.models import provided_by
from tests.support.upstream import Upstream

SCRIPTS: dict[str, Any] = {
    "search": [[[("search_knowledge", {"query": "return boots"})]]],
    "search in vain": [[[("search_knowledge", {"query": "xylophone"})]]],
    "person": [[[("hand_over", {"reason": "They want a refund."})]]],
}
TERMS = "# Returns\n\nBoots can be returned within thirty days of purchase.\n\n# Care\n\nWax them twice a year."


models, settings = provided_by(acting(SCRIPTS))


async def test_the_agents_documents_are_searched(owner: AsyncClient, working: Installation, models: Upstream) -> None:
    base = (
        await owner.post("/v1/knowledge-bases", json={"name": "Shop", "settings": {"embedding_model": None}})
    ).json()
    sent = await owner.post(f"/v1/knowledge-bases/{base['id']}/documents", json={"name": "terms.md", "text": TERMS})
    assert sent.is_success, sent.text
    await settled(owner, sent.json()["id"])
    await publish(owner, tools=[{"name": "search_knowledge"}], retrieval={"knowledge_bases": [base["id"]]})
    frames = await say(owner, await open_conversation(owner), "search")
    found = json.loads(results(models.calls[-1])[0])["passages"]
    assert "thirty days" in found[0]["text"]
    assert found[0]["document"] == "terms.md"
    output = next(frame for _, frame in frames if frame["type"] == "tool-output-available")
    assert output["output"] is None, "visitors see sources, not what was searched"
    await say(owner, await open_conversation(owner), "search in vain")
    assert "passages" in json.loads(results(models.calls[-1])[0])


async def test_without_documents_there_is_nothing_to_search(
    owner: AsyncClient, working: Installation, models: Upstream
) -> None:
    await publish(owner, tools=[{"name": "search_knowledge"}])
    await say(owner, await open_conversation(owner), "Hello")
    assert "tools" not in models.calls[-1].json


async def test_a_person_is_asked_to_take_over(
    owner: AsyncClient, working: Installation, models: Upstream, new_client: NewClient
) -> None:
    await publish(owner, tools=[{"name": "hand_over"}])
    conversation = await open_conversation(owner)
    path = f"/v1/conversations/{conversation}"
    assert (await owner.get(path)).json()["is_handed_over"] is False
    await say(owner, conversation, "person")
    assert (await owner.get(path)).json()["is_handed_over"] is True
    assert json.loads(results(models.calls[-1])[0])["status"] == "requested"
    events = (await owner.get(f"{path}/events")).json()["data"]
    asked = next(event for event in events if event["name"] == "HandoffRequested")
    assert asked["data"]["reason"] == "They want a refund."


async def test_a_search_leaves_alone_what_is_recorded_beside_it(installation: Installation) -> None:
    tenant, turn = TenantId.new(), TurnId.new()
    ctx = Context(installation.ports, system_principal(tenant))
    config = AgentConfig(name="Helper", retrieval=Retrieval(knowledge_bases=(str(KnowledgeBaseId.new()),)))
    running = Running(
        TurnJob(ConversationId.new(), turn, AgentId.new(), is_draft=False),
        Turn(turn_id=turn, message_id=MessageId.new(), reply_id=MessageId.new()),
        1,
        None,
        installation.ports.streams.writer(tenant, turn, 1, restart=b"{}"),
        tools=Toolbox(config),
    )
    call = Call(
        step=1, id=ToolCallId.new(), provider_id="c", name="s", tool=SEARCH_KNOWLEDGE, input={"query": "x"},
        state="called",
    )  # fmt: skip
    seen: list[str] = []

    async def remember() -> None:
        seen.append("committed")

    async with ctx.transaction():
        ctx.after_commit(remember)
        result = await make_call(ctx, running, Equipped(OWN_TOOLS[SEARCH_KNOWLEDGE]), call)
        assert result.error is not None
        assert "cannot be searched" in result.error.message, "it looked for the base, in a transaction of its own"
        assert seen == []
    assert seen == ["committed"]
