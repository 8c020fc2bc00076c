"""Guardrails in every dialect, streaming and not: what no reader may see is in no answer, whatever it is written in."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from tests.modules.conversations.acting import answer
from tests.modules.conversations.chatting import STREAM, open_conversation, publish
from tests.support.app import NewClient
from tests.support.models import provided_by
from tests.support.upstream import Answer, Call, Upstream, ordinary

EMAIL = "jane.doe@example.com"
FORBIDDEN = ("Falcon", "KD-123456", "ada@example.org", "evil.example")
RULES: dict[str, Any] = {
    "blocked": {"terms": ["Project Falcon"], "replacement": "No more of that."},
    "pii": {
        "kinds": ["email"],
        "patterns": [{"name": "customer", "pattern": "KD-[0-9]{6}"}],
        "in_transcript": True,
        "in_answers": True,
    },
    "links": {"only_listed": True, "hosts": ["good.example"]},
}
ASKS: dict[str, Any] = {**RULES, "approval": {"answers": "flagged"}}
ALL: dict[str, Any] = {**RULES, "approval": {"answers": "all"}}
SAID = (
    "You wrote [email_1]. Ask ada@example.org about KD-123456. "
    "See [here](https://good.example/a) and [there](https://evil.example/b). "
)


def respond(call: Call) -> Answer:
    """Answer letter by letter, with all that must not be seen; of the first call, also with a tool."""
    messages = call.json["messages"]
    last_user = max(place for place, m in enumerate(messages) if m["role"] == "user")
    said = str(messages[last_user]["content"])
    if "look" in said and messages[-1]["role"] == "user":
        return answer("Let me see. ", [("calculator", {"expression": "1+1"})])
    return (
        ordinary(*SAID, *("It is called Proj", "ect Fal", "con. And more."), "") if "all" in said else ordinary(*SAID)
    )


models, settings = provided_by(respond)

Ask = Callable[[AsyncClient, str], Awaitable[str]]
CHAT, RESPONSES = "/v1/chat/completions", "/v1/responses"


async def native(client: AsyncClient, text: str) -> str:
    conversation = await open_conversation(client)
    return (await client.post(f"/v1/conversations/{conversation}/messages", json={"text": text}, headers=STREAM)).text


async def stored(client: AsyncClient, text: str) -> str:
    conversation = await open_conversation(client)
    sent = await client.post(f"/v1/conversations/{conversation}/messages", json={"text": text}, headers=STREAM)
    assert sent.status_code == 200
    found = await client.get(f"/v1/conversations/{conversation}/messages", params={"order": "desc", "limit": 1})
    return found.text


async def ui_messages(client: AsyncClient, text: str) -> str:
    message = {"id": "m1", "role": "user", "parts": [{"type": "text", "text": text}]}
    body = {"id": "chat-1", "messages": [message], "trigger": "submit-message"}
    return (await client.post("/v1/agents/helper/chat", json=body)).text


async def chat(client: AsyncClient, text: str) -> str:
    return (await client.post(CHAT, json={"model": "helper", "messages": [{"role": "user", "content": text}]})).text


async def chat_streamed(client: AsyncClient, text: str) -> str:
    body = {"model": "helper", "messages": [{"role": "user", "content": text}], "stream": True}
    return (await client.post(CHAT, json=body)).text


async def response(client: AsyncClient, text: str) -> str:
    return (await client.post(RESPONSES, json={"model": "helper", "input": text})).text


async def response_streamed(client: AsyncClient, text: str) -> str:
    return (await client.post(RESPONSES, json={"model": "helper", "input": text, "stream": True})).text


async def ag_ui(client: AsyncClient, text: str) -> str:
    body: dict[str, Any] = {
        "threadId": "t", "runId": "r", "state": None, "tools": [], "context": [], "forwardedProps": {},
        "messages": [{"id": "1", "role": "user", "content": text}],
    }  # fmt: skip
    return (await client.post("/v1/ag-ui/agent/helper/run", json=body)).text


DIALECTS: dict[str, Ask] = {
    each.__name__: each
    for each in (native, stored, ui_messages, chat, chat_streamed, response, response_streamed, ag_ui)
}


_DELTA = re.compile(r'"(?:delta|content|text|output_text)":\s*"((?:[^"\\]|\\.)*)"')


def joined(body: str) -> str:
    """Return all texts of a body, one after another: what came in pieces is whole in it."""
    return "".join(json.loads(f'"{piece}"') for piece in _DELTA.findall(body))


def everything(body: str) -> str:
    """Return a body and its texts joined."""
    return body + joined(body)


@pytest.fixture(params=list(DIALECTS))
def ask(request: pytest.FixtureRequest) -> Ask:
    """A dialect."""
    return DIALECTS[request.param]


async def program(owner: AsyncClient, new_client: NewClient, rules: dict[str, Any]) -> AsyncClient:
    """Publish an agent with rules and return a program that chats with it and reads nothing else."""
    await publish(owner, guardrails=rules, examples=[], tools=[{"name": "calculator"}])
    made = await owner.post("/v1/api-keys", json={"name": "p", "kind": "secret", "scopes": ["conversations:chat"]})
    return new_client(headers={"authorization": f"Bearer {made.json()['key']}"})


async def test_nothing_forbidden_is_said(
    owner: AsyncClient, working: Installation, new_client: NewClient, models: Upstream, ask: Ask
) -> None:
    client = await program(owner, new_client, RULES)
    told = await ask(client, f"Tell me all, says {EMAIL}")
    assert EMAIL not in models.calls[0].body.decode()
    assert "No more of that" in joined(told)
    for word in (*FORBIDDEN, EMAIL):
        assert word not in everything(told), word
    assert "good.example" in joined(told)
    assert "email_1" in joined(told), "what is shown is what is kept"


async def test_tools_change_nothing_of_that(
    owner: AsyncClient, working: Installation, new_client: NewClient, models: Upstream, ask: Ask
) -> None:
    client = await program(owner, new_client, RULES)
    told = await ask(client, f"look at all, says {EMAIL}")
    assert len(models.calls) == 2
    assert "Let me see" in joined(told)
    for word in (*FORBIDDEN, EMAIL):
        assert word not in everything(told), word


@pytest.mark.parametrize("rules", [ASKS, ALL], ids=["flagged", "all"])
async def test_what_is_held_is_said_in_none(
    owner: AsyncClient,
    working: Installation,
    new_client: NewClient,
    models: Upstream,
    ask: Ask,
    rules: dict[str, Any],
) -> None:
    client = await program(owner, new_client, rules)
    told = await ask(client, "Tell me all")
    is_shown = rules is ASKS and ask is not chat  # which tells of an error alone, and not of half an answer
    assert ("good.example" in joined(told)) == is_shown, "as far as nothing stopped it"
    for word in FORBIDDEN:
        assert word not in everything(told), word
    (held,) = (await owner.get("/v1/held-answers")).json()["data"]
    assert "Project Falcon. And more." in held["text"]
    assert "ada@example.org" not in held["text"], "what is looked at is what would be shown"
    assert (await owner.post(f"/v1/turns/{held['turn_id']}/review", json={"approved": True})).status_code == 200
    (message,) = [
        m
        for m in (await client.get(f"/v1/conversations/{held['conversation_id']}/messages")).json()["data"]
        if m["role"] == "assistant"
    ]
    assert (message["status"], message["text"]) == ("complete", held["text"])


async def test_programs_are_told_what_a_held_answer_is(
    owner: AsyncClient, working: Installation, new_client: NewClient, models: Upstream
) -> None:
    client = await program(owner, new_client, ALL)
    asked = await client.post(CHAT, json={"model": "helper", "messages": [{"role": "user", "content": "Hi"}]})
    assert asked.status_code == 409
    assert "colleague" in asked.json()["error"]["message"]
    assert "colleague" in await chat_streamed(client, "Hi again")
    made = (await client.post(RESPONSES, json={"model": "helper", "input": "And again"})).json()
    assert (made["status"], made["incomplete_details"], made["output"]) == (
        "incomplete",
        {"reason": "content_filter"},
        [],
    )
    assert '"medea.guardrail"' in await ag_ui(client, "Hi, you")
    for held in (await owner.get("/v1/held-answers")).json()["data"]:
        await owner.post(f"/v1/turns/{held['turn_id']}/review", json={"approved": True})
    read = (await client.get(f"{RESPONSES}/{made['id']}")).json()
    assert read["status"] == "completed"
    assert "good.example" in read["output"][0]["content"][0]["text"]
