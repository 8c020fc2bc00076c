"""Turns in which the model uses tools."""

import json
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.ids import TenantId, TurnId
from medea.kernel.streams.memory import MemoryStreams
from tests.modules.conversations.acting import acting
from tests.modules.conversations.chatting import frames_of, open_conversation, publish, say, text_of
from tests.support.models import provided_by
from tests.support.upstream import Upstream

SCRIPTS: dict[str, Any] = {
    "add": [["Let me see.", [("calculator", {"expression": "20 * 1.19"})]]],
    "both": [[[("calculator", {"expression": "1+1"}), ("current_time", {"time_zone": "Asia/Tokyo"})]]],
    "twice": [[[("calculator", {"expression": "2+2"})]], ["Half way.", [("calculator", {"expression": "4*4"})]]],
    "invented": [[[("teleport", {"to": "Mars"})]]],
    "broken": [[[("calculator", '{"expression": "1+')]], [[("calculator", {"expression": "1+2"})]]],
    "unfit": [[[("calculator", {"formula": "1+1"})]]],
    "zero": [[[("calculator", {"expression": "1/0"})]]],
    "for ever": [[[("calculator", {"expression": "1"})]]] * 50,
    "stubborn": [[[("calculator", {"expression": "1"})]]] * 50,
    "many": [[[("calculator", {"expression": str(number)}) for number in range(20)]]],
}


models, settings = provided_by(acting(SCRIPTS))


@pytest.fixture
async def client(owner: AsyncClient, working: Installation) -> AsyncClient:
    """An owner with an agent that has tools, one of which is gone by now."""
    body = {"name": "old", "description": "Old.", "url": "https://example.com/old"}
    gone = (await owner.post("/v1/tools", json=body)).json()["id"]
    await publish(owner, tools=[{"name": "calculator"}, {"name": "current_time"}, {"name": gone}])
    assert (await owner.delete(f"/v1/tools/{gone}")).status_code == 204
    return owner


def kinds(frames: list[tuple[str, Any]]) -> list[str]:
    """Return the types of frames, each run of deltas as one."""
    found: list[str] = []
    for _, frame in frames:
        if not (found and found[-1] == frame["type"] and frame["type"].endswith("delta")):
            found.append(frame["type"])
    return found


def outputs(frames: list[tuple[str, Any]]) -> list[Any]:
    """Return what tools gave, as readers saw it."""
    return [frame["output"] for _, frame in frames if frame["type"] == "tool-output-available"]


def errors(frames: list[tuple[str, Any]]) -> list[tuple[str, str]]:
    """Return the refusals and failures that readers saw."""
    return [(frame["type"], frame["errorText"]) for _, frame in frames if frame["type"].endswith("-error")]


async def test_a_tool_is_called_and_the_model_goes_on_with_its_result(client: AsyncClient, models: Upstream) -> None:
    conversation = await open_conversation(client)
    frames = await say(client, conversation, "add")
    assert kinds(frames) == [
        "start", "start-step", "text-start", "text-delta", "text-end", "tool-input-start", "tool-input-delta",
        "tool-input-available", "tool-output-available", "finish-step", "start-step", "text-start", "text-delta",
        "text-end", "finish-step", "finish",
    ]  # fmt: skip
    (available,) = [frame for _, frame in frames if frame["type"] == "tool-input-available"]
    assert available["toolCallId"].startswith("tcl_")
    assert (available["toolName"], available["input"]) == ("calculator", {"expression": "20 * 1.19"})
    pieces = [frame["inputTextDelta"] for _, frame in frames if frame["type"] == "tool-input-delta"]
    assert json.loads("".join(pieces)) == available["input"]
    assert outputs(frames) == [{"result": "23.8"}]
    texts = {frame["id"]: frame["delta"] for _, frame in frames if frame["type"] == "text-delta"}
    assert texts == {"t1": "Let me see.", "t2": '\n\nFound: {"result":"23.8"}'}
    first, second = (call.json for call in models.calls)
    assert [tool["function"]["name"] for tool in first["tools"]] == ["calculator", "current_time"]
    asked, told = second["messages"][-2:]
    assert asked["content"] == "Let me see."
    assert asked["tool_calls"][0]["function"] == {"name": "calculator", "arguments": '{"expression":"20 * 1.19"}'}
    assert told == {"role": "tool", "tool_call_id": asked["tool_calls"][0]["id"], "content": '{"result":"23.8"}'}
    usage = frames[-1][1]["messageMetadata"]["usage"]
    assert usage == {"input_tokens": 14, "output_tokens": 6}, "of both steps"
    (_, reply) = (await client.get(f"/v1/conversations/{conversation}/messages")).json()["data"]
    assert reply["text"] == "".join(texts.values())
    (part,) = reply["parts"]
    assert part | {"id": "", "duration_ms": 0} == {
        "type": "tool", "id": "", "name": "calculator", "state": "done", "input": {"expression": "20 * 1.19"},
        "output": {"result": "23.8"}, "error": None, "awaits": None, "expires_at": None, "comment": None,
        "duration_ms": 0, "is_cut": False,
    }  # fmt: skip


async def test_a_finished_turn_is_replayed_with_its_steps(client: AsyncClient, working: Installation) -> None:
    tenant = TenantId.parse((await client.get("/v1/auth/me")).json()["tenant"]["id"])
    streams = working.ports.streams
    assert isinstance(streams, MemoryStreams)
    for text in ("add", "both", "twice", "invented", "zero"):
        frames = await say(client, await open_conversation(client), text)
        turn = frames[0][1]["messageMetadata"]["turn_id"]
        streams.drop(tenant, TurnId.parse(turn))
        again = frames_of(await client.get(f"/v1/turns/{turn}/stream"))
        told = [kind for kind in kinds(frames) if kind not in {"tool-input-start", "tool-input-delta"}]
        assert sorted(kinds(again)) == sorted(told)
        assert (text_of(again), outputs(again), errors(again)) == (text_of(frames), outputs(frames), errors(frames))


async def test_calls_are_made_side_by_side(client: AsyncClient) -> None:
    frames = await say(client, await open_conversation(client), "both")
    assert kinds(frames).count("tool-input-available") == 2
    by_call = {frame["toolCallId"]: frame["output"] for _, frame in frames if "output" in frame}
    assert len(by_call) == 2
    assert any(output.get("time_zone") == "Asia/Tokyo" and "+09:00" in output["time"] for output in by_call.values())


async def test_several_steps_each_have_their_own(client: AsyncClient, models: Upstream) -> None:
    frames = await say(client, await open_conversation(client), "twice")
    assert [kind for kind in kinds(frames) if kind.endswith("-step")] == ["start-step", "finish-step"] * 3
    assert outputs(frames) == [{"result": "4"}, {"result": "16"}]
    assert text_of(frames) == 'Half way.\n\nFound: {"result":"16"}'
    ids = [m["tool_call_id"] for m in models.calls[-1].json["messages"] if m["role"] == "tool"]
    assert len(set(ids)) == 2, "although the model named both calls alike"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("invented", "There is no tool 'teleport'. There are: calculator, current_time."),
        ("unfit", "The arguments do not fit: "),
        ("zero", "Error: Division by zero."),
    ],
)
async def test_what_went_wrong_is_told_to_the_model_and_politely_to_the_reader(
    client: AsyncClient, models: Upstream, asked: str, told: str
) -> None:
    frames = await say(client, await open_conversation(client), asked)
    content = models.calls[-1].json["messages"][-1]["content"]
    assert told in content
    kind = "tool-output-error" if asked == "zero" else "tool-input-error"
    assert errors(frames) == [(kind, "This did not work.")]
    assert frames[-1][1]["type"] == "finish", "the turn goes on"


async def test_broken_json_is_written_again(client: AsyncClient, models: Upstream) -> None:
    frames = await say(client, await open_conversation(client), "broken")
    refused = models.calls[1].json["messages"]
    assert "The arguments cannot be read" in refused[-1]["content"]
    assert json.loads(refused[-2]["tool_calls"][0]["function"]["arguments"]) == {
        "invalid_arguments": '{"expression": "1+'
    }
    assert outputs(frames) == [{"result": "3"}]


async def test_a_model_that_calls_for_ever_has_to_answer(client: AsyncClient, models: Upstream) -> None:
    frames = await say(client, await open_conversation(client), "for ever")
    assert len(models.calls) == 9, "eight steps and the answer"
    last = models.calls[-1].json
    assert last["tool_choice"] == "none"
    assert any("No more tools" in message["content"] for message in last["messages"] if message["role"] == "system")
    assert frames[-1][1]["messageMetadata"]["finish_reason"] == "stop"


async def test_a_model_that_does_not_stop_calling_has_given_no_answer(client: AsyncClient, models: Upstream) -> None:
    frames = await say(client, await open_conversation(client), "stubborn")
    assert len(models.calls) == 9
    assert next(frame["data"]["code"] for _, frame in frames if frame["type"] == "data-error") == "llm.empty"


async def test_too_many_calls_at_once_are_refused_one_by_one(client: AsyncClient, models: Upstream) -> None:
    frames = await say(client, await open_conversation(client), "many")
    assert len(outputs(frames)) == 16
    told = [m["content"] for m in models.calls[-1].json["messages"] if m["role"] == "tool"]
    assert sum("At most 16 calls at once" in text for text in told) == 4


async def test_the_log_tells_what_was_called_and_what_came_of_it(client: AsyncClient) -> None:
    conversation = await open_conversation(client)
    await say(client, conversation, "zero")
    events = (await client.get(f"/v1/conversations/{conversation}/events")).json()["data"]
    names = [event["name"] for event in events]
    assert names == [
        "ConversationStarted", "PromptReceived", "TurnStarted", "StepCompleted", "ToolCalled", "ToolReturned",
        "ReplyCompleted",
    ]  # fmt: skip
    called, returned = events[4]["data"], events[5]["data"]
    assert (called["tool"], called["input"]) == ("calculator", {"expression": "1/0"})
    assert called["call_id"] == returned["call_id"]
    assert called["call_id"].startswith("tcl_")
    assert returned["error"] == {"code": "tools.failed", "message": "Division by zero."}


async def test_earlier_calls_are_part_of_later_prompts(client: AsyncClient, models: Upstream) -> None:
    conversation = await open_conversation(client)
    await say(client, conversation, "add")
    await say(client, conversation, "And now?")
    messages = models.calls[-1].json["messages"]
    roles = [message["role"] for message in messages if message["role"] != "system"]
    assert roles[-5:] == ["user", "assistant", "tool", "assistant", "user"]
    assert messages[-3]["content"] == '{"result":"23.8"}'
    assert messages[-2]["content"] == 'Found: {"result":"23.8"}'
