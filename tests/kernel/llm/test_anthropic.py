"""Anthropic's Messages: what is sent, what comes of answers by the book and otherwise, and of refusals."""

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from anthropic.types import message_create_params
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ConfigDict, TypeAdapter, with_config

from medea.kernel.llm.messages import CalledTool, ChatMessage, Example, ModelRequest, TextDelta, ToolDefinition
from medea.kernel.llm.providers.anthropic.answer import MessagesAnswer
from medea.kernel.llm.providers.anthropic.endpoint import MAX_TOKENS, MessagesEndpoint
from medea.kernel.llm.sources import Source, Sources
from tests.kernel.llm.calls import ASK, FAST, KEY, Outcome, client_of, collect
from tests.support import claude
from tests.support.upstream import Answer, Call, Hang, Send, Upstream, refusal, upstream

TOOL = ToolDefinition("calculator", "Calculates.", {"properties": {"expression": {"type": "string"}}})


@with_config(ConfigDict(extra="forbid"))
class Official(message_create_params.MessageCreateParamsStreaming):
    """A request as Anthropic's own package types it."""


OFFICIAL = TypeAdapter(Official)


def body_of(request: ModelRequest, model: str = "claude") -> dict[str, Any]:
    """Return what is sent, checked against Anthropic's own types."""
    body = json.loads(MessagesEndpoint("https://api.anthropic.com").body(request, model))
    # the newest models take no temperature, and the types are theirs; older ones do
    OFFICIAL.validate_json(json.dumps({name: value for name, value in body.items() if name != "temperature"}))
    return dict(body)


async def call(*answers: Answer, request: ModelRequest = ASK) -> tuple[Outcome, Upstream]:
    async with upstream(*answers) as server, client_of(server, kind="anthropic") as client:
        return await collect(client, request), server


async def outcome_of(*parts: bytes, request: ModelRequest = ASK) -> Outcome:
    return (await call(Answer([Send(part) for part in parts]), request=request))[0]


def test_a_whole_request_is_one_by_anthropics_own_types() -> None:
    talk = (
        ChatMessage("system", "Be kind."),
        ChatMessage("assistant", "Hello!"),
        ChatMessage("user", "What is 2+2"),
        ChatMessage("user", "and 3+3?"),
        ChatMessage("assistant", "", (CalledTool("functions.calc:0", "calculator", '{"expression": "2+2"}'),)),
        ChatMessage("tool", "4", call_id="functions.calc:0"),
        ChatMessage(
            "assistant", "One moment.", (CalledTool("b", "calculator", "{broken"), CalledTool("c", "x", "[1]"))
        ),
        ChatMessage("tool", "no", call_id="b"),
        ChatMessage("tool", "no", call_id="c"),
        ChatMessage("user", "Well?"),
    )
    body = body_of(
        ModelRequest(
            talk,
            examples=(Example("Hi", "Hi there"),),
            sources=Sources([Source(1, "Prices", "It costs 3.")]),
            temperature=1.7,
            stop=("END", "\n"),
            tools=(TOOL,),
            tool_choice="required",
        )
    )
    assert [part["text"][:8] for part in body["system"]] == ["Be kind.", "Answer f"]
    assert [turn["role"] for turn in body["messages"]] == [
        "user",
        "assistant",
        "user",
        "assistant",
        "user",
        "assistant",
        "user",
    ]
    assert body["messages"][1]["content"] == [{"type": "text", "text": "Hi there"}, {"type": "text", "text": "Hello!"}]
    assert body["messages"][2]["content"][1]["text"] == "and 3+3?"
    first, answered = body["messages"][3]["content"][0], body["messages"][4]["content"][0]
    assert first["input"] == {"expression": "2+2"}
    assert first["id"] == answered["tool_use_id"] != "functions.calc:0"
    assert [part.get("input") for part in body["messages"][5]["content"]] == [
        None,
        {"arguments": "{broken"},
        {"arguments": [1]},
    ]
    assert [part["type"] for part in body["messages"][6]["content"]] == ["tool_result", "tool_result", "text"]
    assert (body["max_tokens"], body["temperature"], body["stop_sequences"]) == (MAX_TOKENS, 1.0, ["END"])
    assert body["tools"][0]["input_schema"]["type"] == "object"
    assert body["tool_choice"] == {"type": "any"}


def test_nothing_that_is_empty_is_sent() -> None:
    for messages in ((), (ChatMessage("user", ""),), (ChatMessage("system", " "), ChatMessage("assistant", "Hi"))):
        body = body_of(ModelRequest(messages))
        assert "system" not in body
        assert body["messages"][0]["role"] == "user"
        assert all(part["text"].strip() for turn in body["messages"] for part in turn["content"])


def test_without_tools_earlier_calls_are_not_told() -> None:
    talk = (ChatMessage("assistant", "", (CalledTool("a", "calculator", "{}"),)), ChatMessage("tool", "4", call_id="a"))
    body = body_of(ModelRequest((ChatMessage("user", "2+2?"), *talk)))
    assert "tool" not in json.dumps(body)


@given(
    st.lists(
        st.builds(
            ChatMessage,
            st.sampled_from(["system", "user", "assistant"]),
            st.text(st.characters(codec="utf-8", categories=None), max_size=5),
        ),
        max_size=8,
    )
)
def test_the_sides_take_turns_whatever_was_said(messages: list[ChatMessage]) -> None:
    turns = body_of(ModelRequest(tuple(messages)))["messages"]
    assert [turn["role"] for turn in turns] == ["user", "assistant"] * (len(turns) // 2) + ["user"]


async def test_an_answer_by_the_book() -> None:
    usage = {"cache_read_input_tokens": 20, "cache_creation_input_tokens": 5}
    outcome, server = await call(
        Answer(
            [Send(claude.start(**usage) + claude.event("ping") + claude.text_block("Hel", "lo 🌍") + claude.ending())]
        )
    )
    assert outcome.text == "Hello 🌍"
    assert outcome.finish is not None
    found = outcome.finish.usage
    assert (found.input_tokens, found.output_tokens) == (32, 3)
    assert (found.cached_input_tokens, found.cache_write_tokens, found.is_estimated) == (20, 5, False)
    assert (outcome.finish.reason, outcome.finish.model) == ("stop", "fake-1")
    sent = server.calls[0]
    assert sent.path == "/v1/messages"
    assert (sent.headers["x-api-key"], sent.headers["anthropic-version"]) == (KEY, "2023-06-01")
    assert "authorization" not in sent.headers


async def test_thinking_is_life_but_no_text() -> None:
    think = claude.event(
        "content_block_start", index=0, content_block={"type": "thinking", "thinking": "", "signature": ""}
    )
    think += claude.event("content_block_delta", index=0, delta={"type": "thinking_delta", "thinking": "hm"})
    think += claude.event("content_block_delta", index=0, delta={"type": "signature_delta", "signature": "x"})
    outcome = await outcome_of(
        claude.start(), think, claude.stop_block(), claude.text_block("4", index=1), claude.ending()
    )
    assert outcome.text == "4"


async def test_calls_side_by_side_in_pieces() -> None:
    parts = [
        claude.start(),
        claude.text_block("Let me see."),
        claude.tool_start("calculator", "toolu_a", index=1),
        claude.tool_delta("", 1),
        claude.tool_delta('{"expres', 1),
        claude.tool_delta('sion": "2+2"}', 1),
        claude.stop_block(1),
        claude.tool_start("calculator", "toolu_b", index=2, given={"expression": "3"}),
        claude.stop_block(2),
        claude.tool_start("now", "toolu_c", index=3),
        claude.stop_block(3),
        claude.ending("tool_use"),
    ]
    outcome = await outcome_of(*parts)
    assert outcome.text == "Let me see."
    assert [(one.call_id, one.name, json.loads(one.arguments)) for one in outcome.calls] == [
        ("toolu_a", "calculator", {"expression": "2+2"}),
        ("toolu_b", "calculator", {"expression": "3"}),
        ("toolu_c", "now", {}),
    ]
    assert outcome.finish is not None
    assert outcome.finish.reason == "tool_calls"


async def test_an_answer_that_is_no_stream() -> None:
    blocks = [
        {"type": "text", "text": "Four"},
        {"type": "tool_use", "id": "t", "name": "now", "input": {"zone": "UTC"}},
    ]
    whole = {"type": "message", "model": "m", "content": blocks, "stop_reason": "tool_use", "usage": claude.USAGE}
    outcome = await outcome_of(json.dumps(whole).encode())
    assert outcome.text == "Four"
    assert outcome.calls[0].arguments == '{"zone":"UTC"}'
    assert outcome.finish is not None
    assert (outcome.finish.usage.input_tokens, outcome.finish.model) == (7, "m")


@pytest.mark.parametrize(
    ("reason", "ours"), [("max_tokens", "length"), ("stop_sequence", "stop"), ("pause_turn", "other"), ("new", "other")]
)
async def test_reasons(reason: str, ours: str) -> None:
    outcome = await outcome_of(claude.start(), claude.text_block("a"), claude.ending(reason))
    assert outcome.finish is not None
    assert outcome.finish.reason == ours


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([claude.ending("refusal")], "llm.content_filtered"),
        ([claude.text_block("a")], "llm.interrupted"),
        ([], "llm.interrupted"),
        ([claude.event("error", error={"type": "overloaded_error", "message": "Overloaded"})], "llm.unavailable"),
        ([claude.event("error", error={"type": "rate_limit_error", "message": "slow"})], "llm.rate_limited"),
        ([claude.event("error", error={"type": "timeout_error", "message": "slow"})], "llm.timeout"),
        ([b"data: {broken\n\n"], "llm.interrupted"),
    ],
)
async def test_streams_that_fail(parts: list[bytes], code: str) -> None:
    outcome = await outcome_of(claude.start(), *parts)
    assert outcome.error is not None
    assert outcome.error.code == code


@pytest.mark.parametrize(
    ("status", "kind", "words", "code"),
    [
        (400, "invalid_request_error", "messages: at least one message is required", "llm.bad_request"),
        (400, "invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum", "llm.context_too_long"),
        (400, "invalid_request_error", "Your credit balance is too low to access the API", "llm.out_of_credit"),
        (401, "authentication_error", "invalid x-api-key", "llm.authentication"),
        (403, "permission_error", "not allowed", "llm.authentication"),
        (404, "not_found_error", "model: claude-nothing", "llm.model_not_found"),
        (413, "request_too_large", "Request exceeds the maximum size", "llm.context_too_long"),
        (429, "rate_limit_error", "This request would exceed your rate limit", "llm.rate_limited"),
        (500, "api_error", "Internal server error", "llm.unavailable"),
        (504, "timeout_error", "timed out", "llm.timeout"),
        (529, "overloaded_error", "Overloaded", "llm.unavailable"),
    ],
)
async def test_refusals(status: int, kind: str, words: str, code: str) -> None:
    outcome, server = await call(refusal(status, claude.error(kind, words), retry_after="7"))
    assert outcome.error is not None
    assert (outcome.error.code, outcome.error.retry_after) == (code, 7)
    assert words[:20] in (outcome.error.upstream or "")
    assert KEY not in (outcome.error.upstream or "")
    assert len(server.calls) == 1


async def test_what_a_model_refuses_is_not_sent_to_it_again() -> None:
    def respond(asked: Call) -> Answer:
        if asked.json["max_tokens"] > 4096:
            words = "max_tokens: 8192 > 4096, which is the maximum allowed number of output tokens for fake-1"
            return refusal(400, claude.error("invalid_request_error", words))
        if "temperature" in asked.json:
            words = "`temperature` is deprecated for this model."
            return refusal(400, claude.error("invalid_request_error", words))
        return claude.ordinary("ok")

    async with upstream(respond=respond) as server, client_of(server, kind="anthropic") as client:
        for _ in range(2):
            assert (await collect(client, replace(ASK, temperature=0.5))).text == "ok"
        assert len(server.calls) == 4
        assert (await collect(client, replace(ASK, max_output_tokens=100))).text == "ok"
        assert server.calls[-1].json["max_tokens"] == 100


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/messages", "/anthropic"])
async def test_base_urls(path: str) -> None:
    asked = f"{path.removesuffix('/').removesuffix('/messages').removesuffix('/v1')}/v1/messages"
    async with upstream(claude.ordinary("ok")) as server:
        base = server.base_url.removesuffix("/v1") + path
        async with client_of(server, kind="anthropic", base_url=base) as client:
            assert (await collect(client)).text == "ok"
        assert server.calls[0].path == asked


async def test_silence_is_a_timeout_and_leaving_ends_the_call() -> None:
    stuck = Answer([Send(claude.start() + claude.text_delta("a")), Hang()])
    async with upstream(stuck) as server, client_of(server, kind="anthropic") as client:
        outcome = await collect(client)
        assert outcome.error is not None
        assert (outcome.text, outcome.error.code) == ("a", "llm.timeout")
        events = client.stream(ASK)
        assert isinstance(await anext(events), TextDelta)
        await events.aclose()
        await server.calls[-1].is_abandoned.wait()


ODD = [
    b": comment\n\n",
    claude.event("ping"),
    claude.event("something_new", index=3),
    claude.text_delta("\x00a"),
    b'data: {"type":"content_block_delta","delta":{"type":"text_delta","text":"\\ud83d"}}\n\n',
    b'data: {"type":"content_block_delta","delta":{"type":"text_delta","text":"\\ude00"}}\n\n',
    b'data: {"type":"content_block_delta","delta":{"type":"text_delta","text":"\xff"}}\n\n',
    b'data: {"type":"content_block_delta","delta":7}\n\n',
    claude.tool_start("now", index=1, given={"a": 1}),
    claude.tool_delta('{"b":', 1),
    claude.stop_block(1),
    claude.event("error", error={"type": "overloaded_error", "message": "Overloaded"}),
    claude.start(),
    claude.ending(),
    b"data: [DONE]\n\n",
]


def read(pieces: list[bytes]) -> tuple[object, ...]:
    answer = MessagesAnswer(max_event_bytes=FAST.max_event_bytes, max_chars=1000)
    text = "".join(answer.feed(piece) for piece in pieces if piece and not answer.is_done)
    text += answer.end()
    assert answer.is_done
    assert "\x00" not in text
    text.encode()
    failure = answer.failure
    finish = answer.finish(provider="p", model="m", prompt_tokens=1)
    return text, failure and (type(failure), failure.upstream), answer.reason, finish, len(answer.events)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(ODD), max_size=10).map(b"".join), st.lists(st.integers(0, 1500), max_size=20))
def test_any_cutting_gives_the_same(body: bytes, cuts: list[int]) -> None:
    places = sorted({min(cut, len(body)) for cut in cuts} | {0, len(body)})
    assert read([body[a:b] for a, b in pairwise(places)]) == read([body])
