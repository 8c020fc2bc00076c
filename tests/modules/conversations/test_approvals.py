"""Turns that wait for the visitor: approvals and forms, over reloads, restarts and time."""

import json
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.ids import ConversationId, TenantId, TurnId
from medea.kernel.streams.memory import MemoryStreams
from medea.modules.conversations.service import answers, turns
from tests.modules.conversations.acting import acting, results
from tests.modules.conversations.chatting import STREAM, frames_of, open_conversation, publish, say, text_of
from tests.support.app import NewClient, problem
from tests.support.models import provided_by
from tests.support.upstream import Upstream

FORM = {
    "title": "Call back",
    "fields": [
        {"name": "email", "label": "E-mail", "type": "email", "is_required": True},
        {"name": "topic", "label": "About", "type": "choice", "options": ["Order", "Other"]},
    ],
}
SCRIPTS: dict[str, Any] = {
    "add": [["Let me see.", [("calculator", {"expression": "1+1"})]]],
    "mixed": [[[("calculator", {"expression": "1+1"}), ("current_time", {})]]],
    "two": [[[("calculator", {"expression": "1+1"}), ("calculator", {"expression": "2+2"})]]],
    "form": [[[("collect_form", FORM)]]],
}
TOOLS = [{"name": "calculator", "needs_approval": True}, {"name": "current_time"}, {"name": "collect_form"}]


models, settings = provided_by(acting(SCRIPTS))


@pytest.fixture
async def client(owner: AsyncClient, working: Installation) -> AsyncClient:
    """An owner with an agent that asks before it calculates."""
    await publish(owner, tools=TOOLS)
    return owner


def kinds(frames: list[tuple[str, Any]]) -> list[str]:
    """Return the types of frames."""
    return [frame["type"] for _, frame in frames]


def asked(frames: list[tuple[str, Any]], kind: str = "tool-approval-request") -> list[str]:
    """Return the calls that the visitor is asked for."""
    return [frame["toolCallId"] for _, frame in frames if frame["type"] == kind]


def turn_of(frames: list[tuple[str, Any]]) -> str:
    """Return the turn of frames."""
    found: str = next(f["messageMetadata"]["turn_id"] for _, f in frames if f["type"] == "start")
    return found


async def answer(client: AsyncClient, turn: str, call: str, *, yes: bool, **more: Any) -> list[tuple[str, Any]]:
    """Answer and return the frames of the turn that goes on."""
    body = {"tool_call_id": call, "approved": yes, **more}
    return frames_of(await client.post(f"/v1/turns/{turn}/approvals", json=body, headers=STREAM))


async def stored(client: AsyncClient, turn: str) -> dict[str, Any]:
    """Return a turn as it stands."""
    found: dict[str, Any] = (await client.get(f"/v1/turns/{turn}")).json()
    return found


async def test_a_call_waits_for_its_approval_and_is_made_then(client: AsyncClient, models: Upstream) -> None:
    conversation = await open_conversation(client)
    frames = await say(client, conversation, "add")
    turn, (call,) = turn_of(frames), asked(frames)
    assert kinds(frames)[-3:] == ["tool-approval-request", "finish-step", "finish"]
    assert frames[-1][1]["messageMetadata"]["finish_reason"] == "waiting"
    assert (await stored(client, turn))["status"] == "waiting"
    assert len(models.calls) == 1
    (_, reply) = (await client.get(f"/v1/conversations/{conversation}/messages")).json()["data"]
    assert (reply["status"], reply["parts"][0]["state"]) == ("waiting", "approval")
    assert (await client.get(f"/v1/conversations/{conversation}")).json()["waits_for"] == "visitor"
    assert [each["waits_for"] for each in (await client.get("/v1/conversations")).json()["data"]] == ["visitor"]
    assert reply["parts"][0]["expires_at"] is not None
    after = await answer(client, turn, call, yes=True)
    assert "data-restart" not in kinds(after)
    assert [f["output"] for _, f in after if "output" in f] == [{"result": "2"}]
    assert text_of(after) == 'Let me see.\n\nFound: {"result":"2"}'
    read = await stored(client, turn)
    assert (read["status"], read["attempt"]) == ("completed", 2)
    assert (await client.get(f"/v1/conversations/{conversation}")).json()["waits_for"] is None
    assert results(models.calls[-1]) == ['{"result":"2"}']
    problem(
        await client.post(f"/v1/turns/{turn}/approvals", json={"tool_call_id": call, "approved": True}),
        409,
        "conversations.nothing_awaited",
    )


async def test_a_refusal_is_told_to_the_model_with_its_reason(client: AsyncClient, models: Upstream) -> None:
    frames = await say(client, await open_conversation(client), "add")
    after = await answer(client, turn_of(frames), asked(frames)[0], yes=False, comment="I can count.")
    assert "tool-output-denied" in kinds(after)
    assert "did not allow this call. They said: I can count." in results(models.calls[-1])[0]
    assert not any("output" in frame for _, frame in after)


async def test_what_needs_no_approval_is_done_meanwhile(client: AsyncClient, models: Upstream) -> None:
    frames = await say(client, await open_conversation(client), "mixed")
    outputs = [frame for _, frame in frames if frame["type"] == "tool-output-available"]
    assert len(outputs) == 1
    after = await answer(client, turn_of(frames), asked(frames)[0], yes=True)
    assert sum("output" in frame for _, frame in after) == 2, "told again, not made again"
    assert len(results(models.calls[-1])) == 2


async def test_the_turn_waits_until_all_is_answered(client: AsyncClient) -> None:
    frames = await say(client, await open_conversation(client), "two")
    turn, (one, two) = turn_of(frames), asked(frames)
    first = await client.post(
        f"/v1/turns/{turn}/approvals", json={"tool_call_id": one, "approved": True}, headers=STREAM
    )
    assert (first.status_code, first.json()["status"]) == (202, "waiting")
    after = await answer(client, turn, two, yes=False)
    assert kinds(after).count("tool-output-available") == kinds(after).count("tool-output-denied") == 1


async def test_the_question_survives_a_reload_and_a_restart(client: AsyncClient, working: Installation) -> None:
    frames = await say(client, await open_conversation(client), "add")
    turn = turn_of(frames)
    again = frames_of(await client.get(f"/v1/turns/{turn}/stream"))
    assert asked(again) == asked(frames)
    tenant = TenantId.parse((await client.get("/v1/auth/me")).json()["tenant"]["id"])
    streams = working.ports.streams
    assert isinstance(streams, MemoryStreams)
    streams.drop(tenant, TurnId.parse(turn))  # as a process that was restarted
    from_storage = frames_of(await client.get(f"/v1/turns/{turn}/stream"))
    assert asked(from_storage) == asked(frames)
    assert kinds(from_storage)[-2:] == ["finish-step", "finish"]
    assert text_of(await answer(client, turn, asked(frames)[0], yes=True)).endswith('{"result":"2"}')


async def test_who_says_something_else_has_answered_no(client: AsyncClient, models: Upstream) -> None:
    conversation = await open_conversation(client)
    frames = await say(client, conversation, "add")
    after = await say(client, conversation, "Never mind")
    assert text_of(after) == "Found: "
    read = await stored(client, turn_of(frames))
    assert read["status"] == "completed"
    assert any("did not allow this call" in text for call in models.calls for text in results(call))


async def test_time_runs_out_politely(client: AsyncClient, working: Installation, models: Upstream) -> None:
    conversation = await open_conversation(client)
    frames = await say(client, conversation, "form")
    turn = turn_of(frames)
    tenant = TenantId.parse((await client.get("/v1/auth/me")).json()["tenant"]["id"])
    async with working.ports.database.transaction(tenant) as sql:
        waiting = await sql.fetch(
            "SELECT run_at > now() + interval '23 hours' AS is_later FROM jobs WHERE task = $1", turns.EXPIRE_ANSWERS
        )
    assert [row["is_later"] for row in waiting] == [True]
    ctx = Context(working.ports, system_principal(tenant))
    await answers.expire(ctx, ConversationId.parse(conversation), TurnId.parse(turn), 1)
    after = frames_of(await client.get(f"/v1/turns/{turn}/stream"))
    assert [f["errorText"] for _, f in after if f["type"] == "tool-output-error"] == ["Not answered in time."]
    assert "The visitor did not answer" in results(models.calls[-1])[0]
    assert (await stored(client, turn))["status"] == "completed"
    await answers.expire(ctx, ConversationId.parse(conversation), TurnId.parse(turn), 1)


async def test_a_waiting_turn_can_be_stopped(client: AsyncClient) -> None:
    conversation = await open_conversation(client)
    frames = await say(client, conversation, "add")
    turn = turn_of(frames)
    assert (await client.post(f"/v1/turns/{turn}/cancel")).json()["status"] == "cancelled"
    assert kinds(frames_of(await client.get(f"/v1/turns/{turn}/stream")))[-1] == "abort"
    (_, reply) = (await client.get(f"/v1/conversations/{conversation}/messages")).json()["data"]
    assert (reply["text"], reply["parts"][0]["state"]) == ("Let me see.", "failed")
    assert text_of(await say(client, conversation, "Hello")) == "Found: "


async def test_a_form_is_shown_filled_in_and_kept(client: AsyncClient, working: Installation, models: Upstream) -> None:
    frames = await say(client, await open_conversation(client), "form")
    turn = turn_of(frames)
    (shown,) = [frame for _, frame in frames if frame["type"] == "tool-input-available"]
    assert shown["input"] == FORM
    body = {"tool_call_id": shown["toolCallId"], "answers": {"email": "nobody", "topic": "Rain", "age": 3}}
    refused = problem(await client.post(f"/v1/turns/{turn}/forms", json=body), 422, "conversations.form_invalid")
    assert {error["field"] for error in refused["errors"]} == {"email", "topic", "age"}
    assert "email is not an e-mail address" in refused["detail"], "for dialects that know one message only"
    body["answers"] = {"email": " ada@example.com ", "topic": "Order"}
    after = frames_of(await client.post(f"/v1/turns/{turn}/forms", json=body, headers=STREAM))
    given = {"email": "ada@example.com", "topic": "Order"}
    assert [frame["output"] for _, frame in after if "output" in frame] == [given]
    assert json.loads(results(models.calls[-1])[0]) == given
    tenant = TenantId.parse((await client.get("/v1/auth/me")).json()["tenant"]["id"])
    async with working.ports.database.transaction(tenant) as sql:
        (lead,) = await sql.fetch("SELECT title, answers FROM leads")
    assert (lead["title"], lead["answers"]) == ("Call back", given)


async def test_a_form_may_be_declined(client: AsyncClient, models: Upstream) -> None:
    frames = await say(client, await open_conversation(client), "form")
    call = asked(frames, "tool-input-available")[0]
    body = {"tool_call_id": call, "answers": None}
    after = frames_of(await client.post(f"/v1/turns/{turn_of(frames)}/forms", json=body, headers=STREAM))
    assert [f["errorText"] for _, f in after if f["type"] == "tool-output-error"] == ["Not filled in."]
    assert "would rather not" in results(models.calls[-1])[0]


async def test_nobody_answers_for_somebody_else(
    client: AsyncClient, stranger: AsyncClient, new_client: NewClient
) -> None:
    frames = await say(client, await open_conversation(client), "add")
    body = {"tool_call_id": asked(frames)[0], "approved": True}
    path = f"/v1/turns/{turn_of(frames)}/approvals"
    problem(await stranger.post(path, json=body), 404, "conversations.turn_not_found")
    key = (await client.post("/v1/api-keys", json={"name": "site", "kind": "publishable"})).json()["key"]
    visitor = new_client()
    opened = await visitor.post(
        "/v1/widget/sessions", json={"agent": "helper"}, headers={"authorization": f"Bearer {key}"}
    )
    bearer = {"authorization": f"Bearer {opened.json()['token']}"}
    problem(await visitor.post(path, json=body, headers=bearer), 404, "conversations.turn_not_found")


async def chat(client: AsyncClient, *messages: dict[str, Any]) -> list[dict[str, Any]]:
    """Send messages as `useChat` does and return the frames."""
    body = {"id": "chat-1", "messages": list(messages)}
    return [frame for _, frame in frames_of(await client.post("/v1/agents/helper/chat", json=body))]


async def test_use_chat_answers_with_its_last_message(client: AsyncClient, models: Upstream) -> None:
    said = {"role": "user", "parts": [{"type": "text", "text": "add"}]}
    frames = await chat(client, said)
    call = next(frame["toolCallId"] for frame in frames if frame["type"] == "tool-approval-request")
    part = {
        "type": "tool-calculator",
        "toolCallId": call,
        "state": "approval-responded",
        "input": {"expression": "1+1"},
        "approval": {"id": call, "approved": True},
    }
    after = await chat(client, said, {"role": "assistant", "parts": [{"type": "text", "text": "Let me see."}, part]})
    assert [frame["type"] for frame in after] == [
        "start", "tool-output-available", "finish-step", "start-step", "text-start", "text-delta", "text-end",
        "finish-step", "finish",
    ], "what the client has is not told again"  # fmt: skip
    assert after[0]["messageId"] == frames[0]["messageId"]
    assert results(models.calls[-1]) == ['{"result":"2"}']
    again = await client.post(
        "/v1/agents/helper/chat", json={"id": "chat-1", "messages": [said, {"role": "assistant", "parts": [part]}]}
    )
    problem(again, 409, "conversations.nothing_awaited")


async def test_use_chat_gives_a_form_as_output(client: AsyncClient) -> None:
    said = {"role": "user", "parts": [{"type": "text", "text": "form"}]}
    frames = await chat(client, said)
    call = next(frame["toolCallId"] for frame in frames if frame["type"] == "tool-input-available")
    given = {"email": "ada@example.com"}
    part = {"type": "tool-collect_form", "toolCallId": call, "state": "output-available", "output": given}
    after = await chat(client, said, {"role": "assistant", "parts": [part]})
    assert [frame["output"] for frame in after if "output" in frame] == [given]
    assert after[-1]["type"] == "finish"
