"""Answers that somebody of the company looks at before readers do."""

import asyncio
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.auth.scopes import Role
from medea.kernel.context import Context
from medea.kernel.ids import ConversationId, TenantId, TurnId
from medea.modules.conversations.service import answers, rebuilding
from tests.modules.conversations.acting import acting
from tests.modules.conversations.chatting import STREAM, frames_of, open_conversation, publish, say, text_of
from tests.support.app import NewClient, problem
from tests.support.models import provided_by
from tests.support.upstream import Upstream

SECRET = "It is called Project Falcon, and it flies."
WHOLE = f"It is sunny today. {SECRET} And more."
SCRIPTS: dict[str, Any] = {
    "plain": [["All is well."]],
    "secret": [[WHOLE]],
    "secret tool": [[WHOLE, [("calculator", {"expression": "1+1"})]]],
    "tool": [["Let me see.", [("calculator", {"expression": "1+1"})]], ["It is two."]],
}
REPLACED = "Please call us."
FLAGGED: dict[str, Any] = {
    "blocked": {"terms": ["Project Falcon"]},
    "approval": {"answers": "flagged", "replacement": REPLACED},
}
ALL: dict[str, Any] = {"approval": {"answers": "all", "replacement": REPLACED}}

models, settings = provided_by(acting(SCRIPTS))


def turn_of(frames: list[tuple[str, Any]]) -> str:
    found: str = next(f["messageMetadata"]["turn_id"] for _, f in frames if f["type"] == "start")
    return found


def marks(frames: list[tuple[str, Any]]) -> list[str]:
    return [frame["data"]["action"] for _, frame in frames if frame["type"] == "data-guardrail"]


def reason_of(frames: list[tuple[str, Any]]) -> str:
    found: str = frames[-1][1]["messageMetadata"]["finish_reason"]
    return found


async def held(client: AsyncClient, rules: dict[str, Any], text: str, **fields: Any) -> tuple[str, str, Any]:
    """Publish an agent with rules, say something, and return conversation, turn and frames."""
    await publish(client, guardrails=rules, **fields)
    conversation = await open_conversation(client)
    frames = await say(client, conversation, text)
    return conversation, turn_of(frames), frames


async def waiting(client: AsyncClient) -> list[dict[str, Any]]:
    found = (await client.get("/v1/held-answers")).json()["data"]
    assert (await client.get("/v1/held-answers/count")).json() == {"count": len(found)}
    listed: list[dict[str, Any]] = found
    return listed


async def review(client: AsyncClient, turn: str, **body: Any) -> Any:
    return await client.post(f"/v1/turns/{turn}/review", json=body)


async def joined(client: AsyncClient, turn: str) -> list[tuple[str, Any]]:
    return frames_of(await client.get(f"/v1/turns/{turn}/stream", headers=STREAM))


async def reply(client: AsyncClient, conversation: str, place: int = 1) -> dict[str, Any]:
    found = (await client.get(f"/v1/conversations/{conversation}/messages")).json()["data"]
    message: dict[str, Any] = found[place]
    return message


async def names(client: AsyncClient, conversation: str) -> list[str]:
    found = (await client.get(f"/v1/conversations/{conversation}/events")).json()["data"]
    return [event["name"] for event in found]


async def test_what_a_rule_flags_is_held_and_shown_when_it_is_approved(
    owner: AsyncClient, working: Installation, models: Upstream
) -> None:
    conversation, turn, frames = await held(owner, FLAGGED, "secret")
    assert text_of(frames) == "It is sunny today."
    assert (marks(frames), reason_of(frames)) == (["held"], "waiting")
    assert "Falcon" not in str(frames)
    assert text_of(await joined(owner, turn)) == "It is sunny today.", "also for who comes back"
    (found,) = await waiting(owner)
    assert (await owner.get(f"/v1/conversations/{conversation}")).json()["waits_for"] == "review"
    assert (found["turn_id"], found["prompt"], found["reason"]) == (turn, "secret", "flagged")
    assert (found["text"], found["shown"], found["rules"]) == (WHOLE, "It is sunny today.", ["Project Falcon"])
    message = await reply(owner, conversation)
    assert (message["status"], message["text"]) == ("waiting", "It is sunny today.")
    assert [part["text"] for part in message["parts"] if part["type"] == "held"] == [WHOLE]

    answer = await review(owner, turn, approved=True, comment="fine")
    assert (answer.status_code, answer.json()["status"]) == (200, "completed")
    assert (await reply(owner, conversation))["text"] == WHOLE
    told = await joined(owner, turn)
    assert (text_of(told), marks(told), reason_of(told)) == (WHOLE, [], "stop")
    assert await waiting(owner) == []
    assert (await names(owner, conversation))[-4:] == ["AnswerHeld", "TurnPaused", "AnswerReviewed", "ReplyCompleted"]
    assert await say(owner, conversation, "plain"), "the conversation goes on"
    assert models.calls[-1].json["messages"][-2]["content"] == WHOLE, "and the model knows what it said"


async def test_what_is_declined_is_replaced(owner: AsyncClient, working: Installation, models: Upstream) -> None:
    conversation, turn, _ = await held(owner, FLAGGED, "secret")
    assert (await review(owner, turn, approved=False)).status_code == 200
    message = await reply(owner, conversation)
    assert message["text"] == f"It is sunny today.\n\n{REPLACED}"
    assert [part["action"] for part in message["parts"] if part["type"] == "guardrail"] == ["held", "declined"]
    told = await joined(owner, turn)
    assert (marks(told), reason_of(told)) == (["withheld"], "content_filter")
    assert message["usage"] is not None, "it was paid for all the same"


async def test_somebody_answers_in_words_of_their_own(
    owner: AsyncClient, working: Installation, models: Upstream
) -> None:
    conversation, turn, frames = await held(owner, ALL, "plain")
    assert (text_of(frames), marks(frames)) == ("", ["held"])
    assert (await review(owner, turn, approved=False, answer="  ")).status_code in {409, 422}
    assert (await review(owner, turn, approved=True, answer="No")).status_code == 422
    assert (await review(owner, turn, approved=False, answer="Ask Ada.")).status_code == 200
    assert (await reply(owner, conversation))["text"] == "Ask Ada."
    assert marks(await joined(owner, turn)) == []


async def test_every_answer_is_looked_at_and_tools_work_all_the_same(
    owner: AsyncClient, working: Installation, models: Upstream
) -> None:
    conversation, turn, frames = await held(owner, ALL, "tool", tools=[{"name": "calculator"}])
    assert text_of(frames) == "", "nor what is said before a tool is called"
    assert [f["output"] for _, f in frames if f["type"] == "tool-output-available"]
    assert models.calls[1].json["messages"][-2]["content"] == "Let me see.", "the model knows what it said"
    (found,) = await waiting(owner)
    assert (found["text"], found["reason"], found["rules"]) == ("It is two.", "all", [])
    await review(owner, turn, approved=True)
    assert (await reply(owner, conversation))["text"] == "It is two."
    assert text_of(await joined(owner, turn)) == "It is two."


async def test_nothing_more_is_done_after_an_answer_is_flagged(
    owner: AsyncClient, working: Installation, models: Upstream
) -> None:
    conversation, turn, frames = await held(owner, FLAGGED, "secret tool", tools=[{"name": "calculator"}])
    assert not [f for _, f in frames if f["type"].startswith("tool-")]
    await review(owner, turn, approved=True)
    assert (await reply(owner, conversation))["text"] == WHOLE


async def test_answers_that_no_rule_is_about_stream_as_ever(
    owner: AsyncClient, working: Installation, models: Upstream
) -> None:
    _, _, frames = await held(owner, FLAGGED, "plain")
    assert (text_of(frames), marks(frames), reason_of(frames)) == ("All is well.", [], "stop")
    assert await waiting(owner) == []


async def test_what_documents_do_not_support_is_held_only_then(
    owner: AsyncClient, working: Installation, models: Upstream
) -> None:
    rules = {"approval": {"answers": "unsupported"}}
    _, _, frames = await held(owner, rules, "plain")
    assert (text_of(frames), marks(frames), reason_of(frames)) == ("All is well.", [], "stop"), "nothing was checked"


async def test_the_first_decision_counts_and_the_same_again_is_none(
    owner: AsyncClient, working: Installation, models: Upstream
) -> None:
    conversation, turn, _ = await held(owner, ALL, "plain")
    decisions = [review(owner, turn, approved=place % 2 == 0) for place in range(8)]
    answered = [answer.status_code for answer in await asyncio.gather(*decisions)]
    assert sorted(set(answered)) == [200, 409]
    is_shown = (await reply(owner, conversation))["text"] == "All is well."
    assert [code == 200 for code in answered] == [(place % 2 == 0) == is_shown for place in range(8)]
    assert (await names(owner, conversation)).count("AnswerReviewed") == 1
    assert (await names(owner, conversation)).count("ReplyCompleted") == 1
    again = await review(owner, turn, approved=not is_shown)
    problem(again, 409, "conversations.nothing_awaited")


async def test_what_nobody_looks_at_in_time_is_replaced(
    owner: AsyncClient, working: Installation, models: Upstream
) -> None:
    conversation, turn, _ = await held(owner, ALL, "plain")
    tenant = TenantId.parse((await owner.get("/v1/auth/me")).json()["tenant"]["id"])
    rows = await jobs(working, tenant, "conversations.expire_answers")
    assert len(rows) == 1, "somebody looks at the clock"
    assert 0 < rows[0]["seconds"] <= 15 * 60 + 1
    ctx = Context(working.ports, system_principal(tenant))
    for _ in range(2):
        await answers.expire(ctx, ConversationId.parse(conversation), TurnId.parse(turn), 1)
    assert (await reply(owner, conversation))["text"] == REPLACED
    assert (await names(owner, conversation)).count("AnswerReviewed") == 1
    problem(await review(owner, turn, approved=True), 409, "conversations.nothing_awaited")


async def jobs(working: Installation, tenant: TenantId, task: str) -> list[Any]:
    async with working.ports.database.system() as sql:
        return await sql.fetch(
            "SELECT extract(epoch FROM run_at - now())::float8 AS seconds FROM jobs WHERE task = $1 AND tenant_id = $2",
            task,
            tenant,
        )


async def test_who_goes_on_talking_is_answered_afterwards(
    owner: AsyncClient, working: Installation, models: Upstream
) -> None:
    conversation, turn, _ = await held(owner, FLAGGED, "secret")
    sent = await owner.post(f"/v1/conversations/{conversation}/messages", json={"text": "plain"})
    assert sent.status_code == 202
    assert len(models.calls) == 1, "it waits"
    assert (await waiting(owner))[0]["turn_id"] == turn
    await review(owner, turn, approved=True)
    frames = await joined(owner, sent.json()["turn_id"])
    assert text_of(frames) == "All is well."
    assert [m["content"] for m in models.calls[1].json["messages"][-3:]] == ["secret", WHOLE, "plain"]


async def test_a_visitor_may_give_up(owner: AsyncClient, working: Installation, models: Upstream) -> None:
    conversation, turn, _ = await held(owner, FLAGGED, "secret")
    assert (await owner.post(f"/v1/turns/{turn}/cancel")).json()["status"] == "cancelled"
    assert await waiting(owner) == []
    assert (await reply(owner, conversation))["text"] == "It is sunny today."
    assert (await review(owner, turn, approved=True)).status_code == 409


async def test_visitors_and_programs_that_chat_read_nothing_of_it(
    owner: AsyncClient, working: Installation, new_client: NewClient, models: Upstream
) -> None:
    await publish(owner, guardrails=FLAGGED)
    made = await owner.post("/v1/api-keys", json={"name": "chat", "kind": "secret", "scopes": ["conversations:chat"]})
    program = new_client(headers={"authorization": f"Bearer {made.json()['key']}"})
    conversation = await open_conversation(program)
    frames = await say(program, conversation, "secret")
    turn = turn_of(frames)
    for path in (
        f"/v1/conversations/{conversation}/messages",
        f"/v1/turns/{turn}",
        f"/v1/conversations/{conversation}",
    ):
        answer = await program.get(path)
        assert answer.status_code == 200
        assert "it flies" not in answer.text, path
    assert (await review(program, turn, approved=True)).status_code == 403
    assert (await program.get("/v1/held-answers")).status_code == 403
    assert (await program.get("/v1/held-answers/count")).status_code == 403
    assert (await review(owner, turn, approved=True)).status_code == 200


async def test_visitors_read_nothing_of_it(
    owner: AsyncClient, working: Installation, new_client: NewClient, models: Upstream
) -> None:
    await publish(owner, guardrails=FLAGGED)
    key = (await owner.post("/v1/api-keys", json={"name": "site", "kind": "publishable"})).json()["key"]
    opened = await new_client().post(
        "/v1/widget/sessions", json={"agent": "helper"}, headers={"authorization": f"Bearer {key}"}
    )
    visitor = new_client(headers={"authorization": f"Bearer {opened.json()['token']}"})
    conversation = await open_conversation(visitor)
    turn = turn_of(await say(visitor, conversation, "secret"))
    message = await reply(visitor, conversation)
    assert (message["status"], message["parts"]) == ("waiting", [{"type": "guardrail", "action": "held"}])
    assert "Falcon" not in str(message)
    assert (await visitor.get("/v1/held-answers")).status_code == 403
    assert (await review(visitor, turn, approved=True)).status_code == 403
    assert (await review(owner, turn, approved=False)).status_code == 200
    message = await reply(visitor, conversation)
    assert message["parts"] == [{"type": "guardrail", "action": "withheld"}]
    assert "Falcon" not in str(message)


async def test_other_companies_neither_see_nor_decide(
    owner: AsyncClient, stranger: AsyncClient, working: Installation, models: Upstream
) -> None:
    _, turn, _ = await held(owner, ALL, "plain")
    assert await waiting(stranger) == []
    problem(await review(stranger, turn, approved=True), 404, "conversations.turn_not_found")
    assert len(await waiting(owner)) == 1


async def test_viewers_may_not_decide(owner: AsyncClient, working: Installation, models: Upstream) -> None:
    scopes = working.ports.scopes
    assert "conversations:review" in scopes.of_role(Role.EDITOR) - scopes.of_role(Role.VIEWER)


async def test_the_read_models_are_a_function_of_the_log(
    owner: AsyncClient, working: Installation, models: Upstream
) -> None:
    conversation, turn, _ = await held(owner, FLAGGED, "secret")
    before = await reply(owner, conversation)
    assert [done async for done in rebuilding.rebuild_all(working.ports)]
    assert await reply(owner, conversation) == before
    assert (await waiting(owner))[0]["turn_id"] == turn
    await review(owner, turn, approved=False)
    before = await reply(owner, conversation)
    assert [done async for done in rebuilding.rebuild_all(working.ports)]
    assert await reply(owner, conversation) == before
    assert await waiting(owner) == []


async def test_transcripts_that_hide_data_hide_it_in_what_is_held_and_said(
    owner: AsyncClient, working: Installation, models: Upstream
) -> None:
    rules = {**ALL, "pii": {"kinds": ["email"], "in_transcript": True}}
    conversation, turn, _ = await held(owner, rules, "I am jane@example.com")
    assert "jane@" not in (await owner.get("/v1/held-answers")).text
    await review(owner, turn, approved=False, answer="Write to ada@example.org.", comment="not to jane@example.com")
    assert (await reply(owner, conversation))["text"] == "Write to [email_2]."
    tenant = TenantId.parse((await owner.get("/v1/auth/me")).json()["tenant"]["id"])
    async with working.ports.database.transaction(tenant) as sql:
        for table in ("conversation_events", "messages", "conversations", "turns", "turn_values"):
            rows = await sql.fetch(f"SELECT t::text AS row FROM {table} t")
            assert not [row for row in rows if "@example" in row["row"]], table


@pytest.mark.parametrize(
    "rules", [{"approval": {"minutes": 0}}, {"approval": {"minutes": 1441}}, {"approval": {"answers": "some"}}]
)
async def test_rules_that_are_none_are_refused(owner: AsyncClient, rules: dict[str, Any]) -> None:
    answer = await owner.post("/v1/agents", json={"name": "A", "slug": "a", "guardrails": rules})
    assert answer.status_code == 422
