"""Every way in: what pages bring, what people remark and how they call things, long messages, second answers."""

import asyncio
import json
import threading
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.guardrails.redaction import Redactor
from medea.kernel.guardrails.rules import BlockedRules, Guardrails, PiiRules
from medea.kernel.guardrails.threads import LONG
from medea.kernel.ids import TenantId, TurnId
from medea.kernel.llm.messages import ChatMessage, ModelRequest
from medea.modules.agents.facade import AgentConfig
from medea.modules.conversations import repository
from medea.modules.conversations.runtime.guarding import open_guard
from tests.modules.conversations.chatting import STREAM, frames_of, say, text_of
from tests.modules.conversations.test_guardrails import EMAIL, HIDDEN, PII, events, guarded, models, settings
from tests.modules.conversations.test_visitors import visitor
from tests.support.app import NewClient
from tests.support.upstream import Upstream

__all__ = ["models", "settings"]
OTHER = "boss@example.org"


@pytest.mark.parametrize("rules", [PII, HIDDEN], ids=["as written", "hidden"])
async def test_what_a_page_brings_is_masked_like_what_is_said(
    owner: AsyncClient, working: Installation, models: Upstream, new_client: NewClient, rules: dict[str, Any]
) -> None:
    await guarded(owner, pii=rules)
    key = (await owner.post("/v1/api-keys", json={"name": "site", "kind": "publishable"})).json()["key"]
    page, _ = await visitor(new_client, key, agent="helper")
    body: dict[str, Any] = {
        "threadId": "t", "runId": "r", "state": None, "tools": [], "forwardedProps": {},
        "context": [{"description": "Signed in", "value": f"{EMAIL}, born as [email_1]"}],
        "messages": [
            {"id": "1", "role": "system", "content": f"Their boss is {OTHER}"},
            {"id": "2", "role": "user", "content": f"echo {EMAIL}"},
        ],
    }  # fmt: skip
    answer = await page.post("/v1/ag-ui/agent/helper/run", json=body)
    assert answer.is_success, answer.text
    sent = models.calls[0].body.decode()
    assert EMAIL not in sent
    assert OTHER not in sent
    said = models.calls[0].json["messages"]
    assert said[-1]["content"].startswith("echo [email_")
    assert said[-1]["content"] != "echo [email_1]", "what the page wrote itself stands for nobody"
    brought = "".join(message["content"] for message in said if message["role"] == "system")
    assert f"Signed in: {said[-1]['content'].removeprefix('echo ')}, born as [email_1]" in brought
    (conversation,) = [
        each["id"] for each in (await owner.get("/v1/conversations")).json()["data"] if each["channel"] == "agui"
    ]
    kept = await events(owner, conversation)
    assert (EMAIL in json.dumps(kept), OTHER in json.dumps(kept)) == (
        (False, False) if rules is HIDDEN else (True, True)
    )
    acts = [e["data"] for e in kept if e["name"] == "GuardrailActed"]
    assert [(act["stage"], act["counts"]) for act in acts] == [("prompt", {"email": 3})]


async def test_remarks_and_titles_are_kept_without_personal_data(owner: AsyncClient, working: Installation) -> None:
    conversation = await guarded(owner, pii=HIDDEN)
    await say(owner, conversation, f"echo {OTHER}")
    reply = (await owner.get(f"/v1/conversations/{conversation}/messages")).json()["data"][1]["id"]
    judged = await owner.post(f"/v1/messages/{reply}/feedback", json={"rating": "up", "comment": f"Write to {EMAIL}"})
    assert judged.json()["feedback_comment"] == "Write to [email_2]"
    named = await owner.patch(f"/v1/conversations/{conversation}", json={"title": f"Of {EMAIL}"})
    assert named.json()["title"] == "Of [email_3]"
    assert EMAIL not in json.dumps(await events(owner, conversation))
    tenant = TenantId.parse((await owner.get("/v1/auth/me")).json()["tenant"]["id"])
    async with working.ports.database.transaction(tenant) as sql:
        assert await sql.fetchval("SELECT count(*) FROM turn_values") == 0, "nothing will need them"
        for table in ("conversation_events", "messages", "conversations", "turns"):
            rows = await sql.fetch(f"SELECT t::text AS row FROM {table} t")
            assert not [row for row in rows if EMAIL in row["row"]], table


async def test_second_answers_count_as_messages(owner: AsyncClient, working: Installation) -> None:
    conversation = await guarded(owner, input={"per_minute": 2})
    turn = (await say(owner, conversation))[0][1]["messageMetadata"]["turn_id"]
    again = frames_of(await owner.post(f"/v1/turns/{turn}/regenerate", headers=STREAM))
    turn = again[0][1]["messageMetadata"]["turn_id"]
    refused = await owner.post(f"/v1/turns/{turn}/regenerate")
    assert (refused.status_code, refused.json()["code"]) == (429, "conversations.said_too_often")
    kept = [event["name"] for event in await events(owner, conversation)]
    assert (kept.count("PromptReceived"), kept.count("GuardrailActed")) == (2, 1)
    assert (await owner.get(f"/v1/conversations/{conversation}/messages")).json()["data"][1]["text"] == "It is fine."


async def test_long_messages_are_gone_through_in_a_thread_before_the_conversation_is_held(
    owner: AsyncClient, working: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = await guarded(owner, pii=HIDDEN)
    order: list[str] = []
    redact, hold = Redactor.redact, repository.load_for_turn

    def watched(self: Redactor, text: str) -> str:
        if len(text) > LONG:
            order.append("here" if threading.current_thread() is threading.main_thread() else "thread")
        return redact(self, text)

    async def held(*given: Any) -> Any:
        order.append("held")
        return await hold(*given)

    monkeypatch.setattr(Redactor, "redact", watched)
    monkeypatch.setattr(repository, "load_for_turn", held)
    text = f"echo {EMAIL}" + " and so on" * 1000
    assert text_of(await say(owner, conversation, text)) == "You said: " + text.replace(EMAIL, "[email_1]")
    assert order[:2] == ["thread", "held"]
    assert "here" not in order
    assert EMAIL not in json.dumps(await events(owner, conversation))


async def test_a_long_message_that_another_overtakes_takes_no_number_twice(
    owner: AsyncClient, working: Installation
) -> None:
    conversation = await guarded(owner, pii=HIDDEN)
    more = " and so on" * 1000
    url = f"/v1/conversations/{conversation}/messages"
    texts = [f"echo a{place}@example.com{more}" for place in range(4)]
    answers = await asyncio.gather(*(owner.post(url, json={"text": text}, headers=STREAM) for text in texts))
    assert all(text_of(frames_of(answer)).startswith("You said: echo [email_") for answer in answers)
    kept = [e["data"]["text"].split()[1] for e in await events(owner, conversation) if e["name"] == "PromptReceived"]
    assert sorted(kept) == [f"[email_{number}]" for number in range(1, 5)]


@pytest.mark.parametrize(
    "rules",
    [
        Guardrails(),
        Guardrails(blocked=BlockedRules(terms=("x",))),
        Guardrails(pii=PiiRules(kinds=("email",))),
        Guardrails(pii=PiiRules(kinds=("email",), in_transcript=True)),
    ],
    ids=["all off", "others", "kept as written", "unchanged"],
)
def test_tools_get_hidden_values_whatever_is_set_while_the_turn_waits(rules: Guardrails) -> None:
    guard = open_guard(AgentConfig(name="x", guardrails=rules), TurnId.new(), "hi", {"[email_1]": EMAIL})
    assert guard is not None
    asked = guard.mask_request(ModelRequest((ChatMessage("user", "mail [email_1]"),)), {"email": 1})
    assert asked.messages[-1].content == "mail [email_1]"
    guard.go_on([])
    call = {"to": ["[email_1]"], "n": 1}
    assert guard.for_tool(call) == {"to": [EMAIL], "n": 1}
    assert guard.for_log(call) == call, "the log of this turn hides it to the end"


def test_an_agent_without_rules_has_no_guard_where_nothing_is_hidden() -> None:
    assert open_guard(AgentConfig(name="x"), TurnId.new(), "hi", {}) is None
