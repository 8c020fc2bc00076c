"""What readers are told of answers that somebody looks at first: while they wait, and once they do not any more."""

import json
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.modules.conversations.log import AnswerHeld
from medea.modules.conversations.runtime import execution
from tests.modules.conversations.acting import acting
from tests.modules.conversations.chatting import STREAM, frames_of, open_conversation, publish, say, text_of
from tests.support.app import NewClient, problem
from tests.support.models import provided_by
from tests.support.upstream import Upstream

TOOL = [{"name": "calculator"}]
SCRIPTS: dict[str, Any] = {
    "plain": [["All is well."]],
    "secret": [["It is sunny. It is called Project Falcon."]],
    "tool": [["Let me see.", [("calculator", {"expression": "1+1"})]], ["It is two."]],
}
APPROVAL = {"answers": "all", "replacement": "Please call us."}
ALL: dict[str, Any] = {"approval": APPROVAL}
FLAGGED: dict[str, Any] = {"blocked": {"terms": ["Project Falcon"]}, "approval": {**APPROVAL, "answers": "flagged"}}

models, settings = provided_by(acting(SCRIPTS))


async def program(owner: AsyncClient, new_client: NewClient, *scopes: str) -> AsyncClient:
    """Return a program whose key has these scopes."""
    made = await owner.post("/v1/api-keys", json={"name": "p", "kind": "secret", "scopes": scopes})
    assert made.status_code == 201, made.text
    return new_client(headers={"authorization": f"Bearer {made.json()['key']}"})


async def visitor(owner: AsyncClient, new_client: NewClient) -> AsyncClient:
    key = (await owner.post("/v1/api-keys", json={"name": "site", "kind": "publishable"})).json()["key"]
    opened = await new_client().post(
        "/v1/widget/sessions", json={"agent": "helper"}, headers={"authorization": f"Bearer {key}"}
    )
    return new_client(headers={"authorization": f"Bearer {opened.json()['token']}"})


async def ag_ui(client: AsyncClient, what: str, text: str | None = None) -> list[dict[str, Any]]:
    """Run or connect a thread and return the events."""
    said = [] if text is None else [{"id": text, "role": "user", "content": text}]
    body: dict[str, Any] = {
        "threadId": "t", "runId": "r", "state": {}, "tools": [], "context": [], "forwardedProps": {}, "messages": said,
        "protocolVersion": "1.0",
    }  # fmt: skip
    answer = await client.post(f"/v1/ag-ui/agent/helper/{what}", json=body)
    assert answer.status_code == 200, answer.text
    return [json.loads(block[6:]) for block in answer.text.split("\n\n") if block.startswith("data: ")]


def snapshot(events: list[dict[str, Any]]) -> list[tuple[str, str, int]]:
    """Return role, text and number of calls of the messages that a client is told when it comes back."""
    (told,) = [event["messages"] for event in events if event["type"] == "MESSAGES_SNAPSHOT"]
    return [(m["role"], m["content"], len(m.get("toolCalls", ()))) for m in told]


def status(events: list[dict[str, Any]]) -> tuple[str, list[Any]]:
    """Return our member's `status` and `waiting` as a client knows them after events."""
    found: dict[str, Any] = {}
    for event in events:
        if event["type"] == "STATE_SNAPSHOT":
            found = event["snapshot"]["medea"]
        for patch in event.get("delta", ()) if event["type"] == "STATE_DELTA" else ():
            found = patch["value"] if patch["path"] == "/medea" else {**found, patch["path"][7:]: patch["value"]}
    return found["status"], found["waiting"]


async def held(owner: AsyncClient) -> str:
    """Return the turn whose answer waits."""
    (found,) = (await owner.get("/v1/held-answers")).json()["data"]
    turn: str = found["turn_id"]
    return turn


async def review(client: AsyncClient, turn: str, **body: Any) -> Any:
    return await client.post(f"/v1/turns/{turn}/review", json=body)


async def messages(client: AsyncClient, conversation: str) -> Any:
    return await client.get(f"/v1/conversations/{conversation}/messages")


def marks(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [part for part in parts if part["type"] in {"guardrail", "held"}]


@pytest.mark.parametrize("is_approved", [False, True])
async def test_who_comes_back_to_a_thread_reads_only_what_was_shown(
    owner: AsyncClient, working: Installation, new_client: NewClient, models: Upstream, is_approved: bool
) -> None:
    await publish(owner, guardrails=ALL, examples=[], tools=TOOL)
    client = await program(owner, new_client, "conversations:chat")
    for events in (await ag_ui(client, "run", "tool"), await ag_ui(client, "connect")):
        assert not [word for word in ("Let me", "It is two") if word in json.dumps(events)]
        assert status(events) == ("waiting", [{"reason": "review"}])
        snapshots = [event["snapshot"]["medea"] for event in events if event["type"] == "STATE_SNAPSHOT"]
        assert {(each["status"], str(each["waiting"])) for each in snapshots} <= {("waiting", "[{'reason': 'review'}]")}
        assert {"type": "CUSTOM", "name": "medea.guardrail", "value": {"action": "held"}} in events
    assert (await review(owner, await held(owner), approved=is_approved)).status_code == 200
    events = await ag_ui(client, "connect")
    told = snapshot(events)
    words = "It is two." if is_approved else "Please call us."
    assert [told[0], told[1], told[2][0], told[3]] == [
        ("user", "tool", 0), ("assistant", "", 1), "tool", ("assistant", words, 0)
    ]  # fmt: skip
    assert ("Let me" in json.dumps(events), status(events)) == (False, ("idle", []))


async def test_models_are_not_told_that_they_said_what_nobody_heard(
    owner: AsyncClient, working: Installation, models: Upstream
) -> None:
    await publish(owner, guardrails=ALL, examples=[], tools=TOOL)
    conversation = await open_conversation(owner)
    await say(owner, conversation, "tool")
    assert "Let me see." in str(models.calls[1].json["messages"]), "within the turn they know"
    await review(owner, await held(owner), approved=False)
    await say(owner, conversation, "plain")
    past = models.calls[-1].json["messages"]
    assert [m.get("content") or "" for m in past if m["role"] == "assistant"] == ["", "Please call us."]
    assert sum(len(m.get("tool_calls") or ()) for m in past) == 1


@pytest.mark.parametrize("scopes", [("conversations:review",), ("conversations:review", "conversations:chat")])
async def test_keys_that_may_decide_do_so_on_all_they_see_listed(
    owner: AsyncClient,
    stranger: AsyncClient,
    working: Installation,
    new_client: NewClient,
    models: Upstream,
    scopes: tuple[str, ...],
) -> None:
    await publish(owner, guardrails=ALL)
    conversation = await open_conversation(owner)
    await say(owner, conversation, "plain")
    client = await program(owner, new_client, *scopes)
    others = await program(stranger, new_client, *scopes)
    turn = await held(client)
    problem(await review(others, turn, approved=True), 404, "conversations.turn_not_found")
    answer = await review(client, turn, approved=True)
    assert (answer.status_code, answer.json()["status"]) == (200, "completed")
    assert (await messages(client, conversation)).status_code in {403, 404}, "it reads no more than it did"
    assert (await messages(owner, conversation)).json()["data"][1]["text"] == "All is well."


async def test_an_answer_that_nobody_waits_for_any_more_is_not_called_held(
    owner: AsyncClient, working: Installation, new_client: NewClient, models: Upstream
) -> None:
    await publish(owner, guardrails=FLAGGED, examples=[])
    client = await visitor(owner, new_client)
    conversation = await open_conversation(client)
    assert [f["data"] for _, f in await say(client, conversation, "secret") if f["type"] == "data-guardrail"] == [
        {"action": "held"}
    ]
    turn = await held(owner)
    assert (await client.post(f"/v1/turns/{turn}/cancel")).json()["status"] == "cancelled"
    message = (await messages(client, conversation)).json()["data"][1]
    assert (message["status"], message["text"], message["parts"]) == ("cancelled", "It is sunny.", [])
    frames = frames_of(await client.get(f"/v1/turns/{turn}/stream", headers=STREAM))
    assert (text_of(frames), frames[-1][1]["type"]) == ("It is sunny.", "abort")
    assert not [f for _, f in frames if f["type"] == "data-guardrail"]


@pytest.mark.parametrize("is_ag_ui", [False, True])
async def test_an_answer_that_was_stopped_before_anybody_was_asked_is_not_called_held(
    owner: AsyncClient, working: Installation, models: Upstream, monkeypatch: pytest.MonkeyPatch, is_ag_ui: bool
) -> None:
    await publish(owner, guardrails=FLAGGED, examples=[])
    end = execution._end

    async def stopped(ctx: Any, running: Any, outcome: Any, run_next: Any) -> Any:
        assert isinstance(outcome, AnswerHeld)
        assert (await owner.post(f"/v1/turns/{outcome.turn_id}/cancel")).status_code == 200
        return await end(ctx, running, outcome, run_next)

    monkeypatch.setattr(execution, "_end", stopped)
    if is_ag_ui:
        events = await ag_ui(owner, "run", "secret")
        assert [event for event in events if event["type"] == "CUSTOM"] == []
        assert (events[-1]["outcome"]["type"], status(events)) == ("cancelled", ("idle", []))
        assert status(await ag_ui(owner, "connect")) == ("idle", [])
        return
    frames = await say(owner, await open_conversation(owner), "secret")
    assert (text_of(frames), frames[-1][1]["type"]) == ("It is sunny.", "abort")
    assert not [f for _, f in frames if f["type"] == "data-guardrail"]


async def test_programs_that_only_chat_read_nothing_of_what_people_and_rules_said(
    owner: AsyncClient, working: Installation, new_client: NewClient, models: Upstream
) -> None:
    await publish(owner, guardrails=FLAGGED, examples=[])
    client = await program(owner, new_client, "conversations:chat")
    conversation = await open_conversation(client)
    await say(client, conversation, "secret")
    found = await messages(client, conversation)
    assert marks(found.json()["data"][1]["parts"]) == [{"type": "guardrail", "action": "held"}]
    await review(owner, await held(owner), approved=False, comment="They are a thief.")
    found = await messages(client, conversation)
    assert marks(found.json()["data"][1]["parts"]) == [{"type": "guardrail", "action": "withheld"}]
    assert not [word for word in ("thief", "Falcon", "blocked", "usr_") if word in found.text]
    told = marks((await messages(owner, conversation)).json()["data"][1]["parts"])
    assert [part.get("comment") for part in told] == [None, "They are a thief."], "the company's people do"
