"""What visitors, and keys that only chat, read of an answer: what it says, and nothing of how it came about."""

import json
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.settings import Settings
from tests.modules.conversations.acting import acting
from tests.modules.conversations.chatting import STREAM, open_conversation, publish, say
from tests.modules.conversations.test_access import chatting_client
from tests.modules.conversations.test_visitors import make_key, visitor
from tests.support.app import NewClient
from tests.support.models import provided_with_tools
from tests.support.upstream import Answer, Call, Send, Upstream, refusal

SCRIPTS: dict[str, Any] = {"look": [[[("look", {"order": "7"}), ("look", {"order": "gone"})]], ["All is well."]]}
_act = acting(SCRIPTS)
INTERNAL = ("stock is 7", "bk_internal_77", "sk-of-the-provider", "out of memory on gpu3", "broken")
"""What a tool gave, what one said of its failure, what a provider said of its own, a model's name."""


def respond(call: Call) -> Answer:
    """Be two models of which one is out of order."""
    if call.json["model"] == "broken":
        return refusal(503, {"error": {"message": "out of memory on gpu3"}})
    return _act(call)


def shop(call: Call) -> Answer:
    """Be the company's own server."""
    if "gone" in call.path:
        return refusal(404, {"error": "no row in bk_internal_77"})
    return Answer([Send(b'"stock is 7"')], 200, (("Content-Type", "application/json"),))


models, tools, settings_with_tools = provided_with_tools(respond, shop)


@pytest.fixture
def settings(settings_with_tools: Settings) -> Settings:
    """Settings with both models."""
    llm = settings_with_tools.llm.model_copy(update={"default_model": "good", "models": ("good", "broken")})
    return settings_with_tools.model_copy(update={"llm": llm})


@pytest.fixture(params=["visitor", "key that only chats"])
async def outsider(request: pytest.FixtureRequest, owner: AsyncClient, new_client: NewClient) -> Any:
    """Make somebody who may not know, once the agent is there."""

    async def make() -> AsyncClient:
        if request.param == "visitor":
            return (await visitor(new_client, await make_key(owner)))[0]
        return await chatting_client(owner, new_client)

    return make


async def seen_by(client: AsyncClient, conversation: str, turn: str) -> dict[str, str]:
    """Return what somebody reads of a conversation, by where."""
    paths = (f"/v1/conversations/{conversation}/messages", f"/v1/turns/{turn}", f"/v1/conversations/{conversation}")
    found = {path: (await client.get(path)).text for path in paths}
    found["stream"] = (await client.get(f"/v1/turns/{turn}/stream", headers=STREAM)).text
    return found


async def test_nothing_of_tools_and_models(
    owner: AsyncClient, working: Installation, models: Upstream, tools: Upstream, outsider: Any
) -> None:
    url = f"http://127.0.0.1:{tools.port}/{{order}}"
    schema = {"type": "object", "properties": {"order": {"type": "string"}}}
    body = {"name": "look", "description": "Looks.", "method": "GET", "url": url, "parameters": schema}
    made = (await owner.post("/v1/tools", json=body)).json()
    await publish(owner, model="broken", fallbacks=[{"model": "good"}], tools=[{"name": made["id"]}], examples=[])
    client = await outsider()
    conversation = await open_conversation(client)
    frames = await say(client, conversation, "look")
    turn = frames[0][1]["messageMetadata"]["turn_id"]
    for place, text in {"live": json.dumps(frames), **await seen_by(client, conversation, turn)}.items():
        assert not [word for word in INTERNAL if word in text], place
    reply = (await client.get(f"/v1/conversations/{conversation}/messages")).json()["data"][1]
    told = [(part["type"], part["state"], part["output"], part["error"]) for part in reply["parts"]]
    assert told == [("tool", "done", None, None), ("tool", "failed", None, "This did not work.")]
    inside = json.dumps((await owner.get(f"/v1/conversations/{conversation}/messages")).json())
    assert not [word for word in (*INTERNAL[:2], INTERNAL[3], "fallback") if word not in inside], "its owner knows all"


async def test_nothing_of_why_it_failed(
    owner: AsyncClient, working: Installation, models: Upstream, tools: Upstream, outsider: Any
) -> None:
    await publish(owner, model="broken", examples=[])
    client = await outsider()
    conversation = await open_conversation(client)
    frames = await say(client, conversation, "look")
    turn = frames[0][1]["messageMetadata"]["turn_id"]
    for place, text in {"live": json.dumps(frames), **await seen_by(client, conversation, turn)}.items():
        assert "gpu3" not in text, place
    for path in (f"/v1/turns/{turn}", f"/v1/conversations/{conversation}/messages"):
        assert "gpu3" in (await owner.get(path)).text


async def test_visitors_read_neither_the_bill_nor_what_people_say_of_an_answer(
    owner: AsyncClient, working: Installation, new_client: NewClient, models: Upstream, tools: Upstream
) -> None:
    await publish(owner, model="medea/offline")
    client, _ = await visitor(new_client, await make_key(owner))
    conversation = await open_conversation(client)
    turn = (await say(client, conversation))[0][1]["messageMetadata"]["turn_id"]
    path = f"/v1/conversations/{conversation}/messages"
    reply = (await owner.get(path)).json()["data"][1]
    assert reply["cost_usd"] == 0, "the company does"
    judged = await owner.post(f"/v1/messages/{reply['id']}/feedback", json={"rating": "down", "comment": "Nonsense!"})
    assert judged.json()["feedback_comment"] == "Nonsense!"
    seen = (await client.get(path)).json()["data"][1]
    assert (seen["feedback"], seen["feedback_comment"], seen["cost_usd"]) == ("down", None, None)
    assert (await client.get(f"/v1/turns/{turn}")).json()["cost_usd"] is None
