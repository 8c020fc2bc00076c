"""Calls of tools, as servers send them: by the book, and otherwise."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medea.kernel.llm.messages import CalledTool, ChatMessage, ModelEvent, ToolCall, ToolDefinition
from medea.kernel.llm.providers.answer import ChatAnswer
from medea.kernel.llm.providers.toolcalls import MAX_CALLS
from tests.kernel.llm.calls import ASK, FAST, Outcome, call, client_of, collect
from tests.support.upstream import DONE, Answer, Call, Send, chunk, event, refusal, upstream, usage

TOOLS = (
    ToolDefinition("calculator", "Calculates.", {"type": "object", "properties": {"expression": {"type": "string"}}}),
    ToolDefinition("current_time", "Tells the time.", {"type": "object"}),
)
WITH_TOOLS = replace(ASK, tools=TOOLS)


def piece(
    index: int | None = 0, call_id: str | None = None, name: str | None = None, arguments: Any = None
) -> dict[str, Any]:
    """One member of `tool_calls`, with what is given."""
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    given = {"index": index, "id": call_id, "function": function or None}
    return {key: value for key, value in given.items() if value is not None}


def delta(*pieces: dict[str, Any]) -> bytes:
    """The event of a delta with these pieces."""
    made = chunk()
    made["choices"][0]["delta"] = {"tool_calls": list(pieces)}
    return event(made)


def ending(reason: str | None = "tool_calls") -> bytes:
    """What follows the last piece."""
    return event(chunk(finish=reason)) + event(usage()) + DONE


async def asked(*parts: bytes) -> Outcome:
    """Return what an answer of these parts gives."""
    outcome, _ = await call(Answer([Send(part) for part in parts]), request=WITH_TOOLS)
    assert outcome.error is None, outcome.error
    return outcome


def calls_of(outcome: Outcome) -> list[tuple[str, str]]:
    """Return names and arguments, and check that ids are there and differ."""
    assert all(one.call_id for one in outcome.calls)
    assert len({one.call_id for one in outcome.calls}) == len(outcome.calls)
    assert [one.call_id for one in outcome.starts] == [one.call_id for one in outcome.calls]
    assert outcome.finish is not None
    assert outcome.finish.reason == "tool_calls"
    return [(one.name, one.arguments) for one in outcome.calls]


async def test_arguments_come_bit_by_bit() -> None:
    bits = ['{"expr', 'ession":', ' "1+1"}']
    outcome = await asked(
        event(chunk("Let me see.")), delta(piece(call_id="c1", name="calculator", arguments="")),
        *(delta(piece(arguments=bit)) for bit in bits), ending(),
    )  # fmt: skip
    assert outcome.text == "Let me see."
    assert calls_of(outcome) == [("calculator", '{"expression": "1+1"}')]
    assert outcome.calls[0].call_id == "c1"


async def test_two_calls_at_once_are_kept_apart_by_index() -> None:
    outcome = await asked(
        delta(piece(0, "a", "calculator", '{"ex')), delta(piece(1, "b", "current_time", "")),
        delta(piece(1, arguments="{"), piece(0, arguments='pression":"2"}')), delta(piece(1, arguments="}")), ending(),
    )  # fmt: skip
    assert calls_of(outcome) == [("calculator", '{"expression":"2"}'), ("current_time", "{}")]


ODD: dict[str, list[bytes]] = {
    "whole, one chunk": [delta(piece(0, "a", "f", "{}"), piece(1, "b", "g", '{"x":1}')), ending()],
    "the same index for all": [delta(piece(0, "a", "f", "{}")), delta(piece(0, "b", "g", '{"x":1}')), ending("stop")],
    "no index": [delta(piece(None, "a", "f", "{}")), delta(piece(None, "b", "g", '{"x":1}')), ending()],
    "no index, bit by bit": [
        delta(piece(None, "a", "f", "{")), delta(piece(None, None, None, "}")),
        delta(piece(None, "b", "g", "")), delta(piece(None, arguments='{"x":1}')), ending(),
    ],
    "no ids": [delta(piece(0, None, "f", "{}")), delta(piece(1, None, "g", '{"x":1}')), ending("function_call")],
    "neither ids nor index": [delta(piece(None, None, "f", "{}")), delta(piece(None, None, "g", '{"x":1}')), ending()],
    "the id with every piece": [
        delta(piece(0, "a", "f", "{")), delta(piece(0, "a", "f", "}")), delta(piece(1, "b", "g", '{"x"')),
        delta(piece(1, "b", None, ":1}")), ending(),
    ],
    "the same id twice": [delta(piece(0, "a", "f", "{}")), delta(piece(1, "a", "g", '{"x":1}')), ending()],
    "empty ids": [delta(piece(0, "", "f", "{}")), delta(piece(1, "", "g", '{"x":1}')), ending("tool_use")],
    "a number for an id": [delta({"index": 0, "id": 7, "function": {"name": "f", "arguments": "{}"}}),
                           delta(piece(1, "b", "g", '{"x":1}')), ending("end_turn")],
    "no finish reason but [DONE]": [delta(piece(0, "a", "f"), piece(1, "b", "g", '{"x":1}')), DONE],
    "an odd finish reason": [delta(piece(0, "a", "f"), piece(1, "b", "g", '{"x":1}')), ending("whatever")],
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
async def test_odd_servers_are_understood(name: str) -> None:
    outcome = await asked(*ODD[name])
    assert calls_of(outcome) == [("f", "{}"), ("g", '{"x":1}')]


async def test_arguments_that_are_no_text_are_their_json() -> None:
    outcome = await asked(delta(piece(0, "a", "f", {"x": [1, "ü"]})), ending())
    ((name, arguments),) = calls_of(outcome)
    assert (name, json.loads(arguments)) == ("f", {"x": [1, "ü"]})


async def test_an_answer_that_is_no_stream_may_call_too() -> None:
    message = {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "f", "arguments": ""}},
            {"id": "b", "type": "function", "function": {"name": "f", "arguments": ""}},
        ],
    }
    body = {"model": "fake-1", "choices": [{"message": message, "finish_reason": "tool_calls"}]}
    outcome = await asked(json.dumps(body).encode())
    assert calls_of(outcome) == [("f", "{}"), ("f", "{}")]


async def test_the_old_function_call_is_one_call() -> None:
    first, second = chunk(), chunk(finish="function_call")
    first["choices"][0]["delta"] = {"function_call": {"name": "f", "arguments": '{"x"'}}
    second["choices"][0]["delta"] = {"function_call": {"arguments": ":1}"}}
    assert calls_of(await asked(event(first), event(second), DONE)) == [("f", '{"x":1}')]


async def test_broken_json_and_invented_tools_pass_as_they_are() -> None:
    outcome = await asked(delta(piece(0, "a", "no_such_tool", '{"x": ')), ending())
    assert calls_of(outcome) == [("no_such_tool", '{"x": ')]


async def test_calls_without_end_are_cut() -> None:
    pieces = [delta(piece(number, f"c{number}", "f", "{}")) for number in range(MAX_CALLS + 5)]
    outcome = await asked(*pieces, ending())
    assert outcome.finish is not None
    assert outcome.finish.reason == "length"
    assert len(outcome.calls) == MAX_CALLS


async def test_what_postgresql_refuses_is_not_in_arguments() -> None:
    outcome = await asked(
        delta(piece(0, "a\0", "f\0", '{"x":"\0\ud83d')), delta(piece(arguments='\ude00 \ud83d"}')), ending()
    )
    assert calls_of(outcome) == [("f", '{"x":"😀 \ufffd"}')]


async def test_a_broken_off_answer_completes_no_call() -> None:
    outcome, _ = await call(Answer([Send(delta(piece(0, "a", "f", '{"x'))), Send(b"")]), request=WITH_TOOLS)
    assert outcome.error is not None
    assert outcome.error.code == "llm.interrupted"
    assert outcome.calls == []


async def test_tools_and_what_they_returned_are_sent() -> None:
    talk = (
        ChatMessage("user", "1+1?"),
        ChatMessage("assistant", "", (CalledTool("c1", "calculator", '{"expression":"1+1"}'),)),
        ChatMessage("tool", "2", call_id="c1"),
    )
    request = replace(WITH_TOOLS, messages=talk, tool_choice="none")
    _, server = await call(Answer([Send(event(chunk("2")) + ending("stop"))]), request=request)
    sent = server.calls[0].json
    assert sent["messages"] == [
        {"role": "user", "content": "1+1?"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {
                    "id": "c1",
                    "type": "function",
                    "function": {"name": "calculator", "arguments": '{"expression":"1+1"}'},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "2"},
    ]
    assert sent["tool_choice"] == "none"
    assert sent["tools"][0] == {
        "type": "function",
        "function": {
            "name": "calculator",
            "description": "Calculates.",
            "parameters": {"type": "object", "properties": {"expression": {"type": "string"}}},
        },
    }
    _, server = await call(Answer([Send(event(chunk("2")) + ending("stop"))]))
    assert not {"tools", "tool_choice"} & set(server.calls[0].json)


@pytest.mark.parametrize(
    "words",
    [
        "registry.ollama.ai/library/gemma:2b does not support tools",
        "This model doesn't support tool use",
        "tools is not supported by this model",
        "`tools` are not supported",
        "Unrecognized request argument supplied: 'tools'",
        "Function calling is not supported",
    ],
)
async def test_a_model_without_tools_answers_without_them(words: str) -> None:
    if words.startswith("Function"):
        words += ": tools are not available"

    def answer(call: Call) -> Answer:
        if "tools" in call.json:
            return refusal(400, {"error": {"message": words}})
        assert all(m["role"] != "tool" and "tool_calls" not in m for m in call.json["messages"])
        return Answer([Send(event(chunk("Hello")) + ending("stop"))])

    talk = (
        ChatMessage("user", "1+1?"),
        ChatMessage("assistant", "", (CalledTool("c1", "f", "{}"),)),
        ChatMessage("tool", "2", call_id="c1"),
        ChatMessage("assistant", "It is 2.", (CalledTool("c2", "f", "{}"),)),
        ChatMessage("tool", "2", call_id="c2"),
        ChatMessage("user", "Hi"),
    )
    async with upstream(respond=answer) as server, client_of(server) as client:
        for _ in range(2):
            assert (await collect(client, replace(WITH_TOOLS, messages=talk))).text == "Hello"
        assert len(server.calls) == 3, "what was refused once is not sent again"


async def test_a_bad_schema_is_a_fault_and_not_a_model_without_tools() -> None:
    words = "Invalid schema for function 'f': 'x' is not permitted, unknown keyword"
    answer = refusal(400, {"error": {"message": words, "param": "tools[0].function.parameters"}})
    outcome, server = await call(answer, request=WITH_TOOLS)
    assert outcome.error is not None
    assert outcome.error.code == "llm.bad_request"
    assert len(server.calls) == 1


_TEXTS = st.text(st.characters(exclude_characters="\0"), max_size=12)
_ANSWERS = st.lists(st.tuples(st.integers(0, 3), _TEXTS), max_size=10)


def fed(data: bytes, cuts: list[int]) -> tuple[str, list[ModelEvent], str]:
    """Feed bytes cut at these places; return text, complete calls and the finish reason."""
    answer = ChatAnswer(max_event_bytes=FAST.max_event_bytes, max_chars=FAST.max_answer_chars)
    text, start = "", 0
    for cut in [*sorted(cut % (len(data) + 1) for cut in cuts), len(data)]:
        if cut > start:
            text += answer.feed(data[start:cut])
            start = cut
    text += answer.end()
    assert answer.failure is None
    return text, [item for item in answer.events if isinstance(item, ToolCall)], answer.reason or ""


@given(_ANSWERS, st.lists(st.integers(0, 10_000), max_size=8))
def test_bytes_give_the_same_calls_however_they_are_cut(pieces: list[tuple[int, str]], cuts: list[int]) -> None:
    data = b"".join(delta(piece(index, f"id{index}", f"f{index}", text)) for index, text in pieces)
    data = event(chunk("So ")) + data + ending()
    assert fed(data, cuts) == fed(data, [])
