"""What goes out, how long and how often it is tried, and that it can be stopped."""

import asyncio
import time
from contextlib import aclosing
from dataclasses import replace

import pytest

from medea.kernel.llm.messages import ChatMessage, Example, ModelRequest, TextDelta
from tests.kernel.llm.calls import ASK, FAST, KEY, call, client_of, collect
from tests.support.upstream import Answer, Call, Hang, Reset, Send, Wait, chunk, event, ordinary, refusal, upstream

THRICE = replace(FAST, max_attempts=3)


async def test_request_as_the_provider_sees_it() -> None:
    request = ModelRequest(
        (ChatMessage("system", "S"), ChatMessage("user", "1"), ChatMessage("assistant", "2"), ChatMessage("user", "3")),
        model="m/x",
        examples=(Example("q", "a"),),
        temperature=0.5,
        max_output_tokens=9,
        stop=("END",),
        metadata={"turn": "secret"},
    )
    _, server = await call(ordinary("ok"), request=request)
    sent = server.calls[0]
    assert (sent.method, sent.path) == ("POST", "/v1/chat/completions")
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert sent.json == {
        "model": "m/x",
        "messages": [
            {"role": "system", "content": "S"},
            {"role": "user", "content": "q"},
            {"role": "assistant", "content": "a"},
            {"role": "user", "content": "1"},
            {"role": "assistant", "content": "2"},
            {"role": "user", "content": "3"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.5,
        "max_tokens": 9,
        "stop": ["END"],
    }


async def test_lone_surrogates_in_a_message_do_not_break_the_call() -> None:
    outcome, server = await call(ordinary("ok"), request=replace(ASK, messages=(ChatMessage("user", "a\ud83db"),)))
    assert outcome.text == "ok"
    assert server.calls[0].json["messages"] == [{"role": "user", "content": "ab"}]


async def test_connections_are_used_again() -> None:
    async with upstream(ordinary("a")) as server, client_of(server) as client:
        for _ in range(5):
            assert (await collect(client)).text == "a"
        assert server.connections == 1


@pytest.mark.parametrize("suffix", ["", "/"])
@pytest.mark.parametrize("path", ["", "/v1", "/api/v1", "/v1beta/openai", "/api", "/v1/chat/completions"])
async def test_base_urls(path: str, suffix: str) -> None:
    async with upstream(ordinary("a")) as server:
        base = f"http://127.0.0.1:{server.port}{path}{suffix}"
        async with client_of(server, base_url=base) as client:
            assert (await collect(client)).text == "a"
        expected = path if "v1" in path else f"{path}/v1"
        assert server.calls[0].path == expected.removesuffix("/chat/completions") + "/chat/completions"


async def test_a_provider_without_v1_is_found_once() -> None:
    def respond(request: Call) -> Answer:
        return refusal(404, {"detail": "Not Found"}) if "/v1/" in request.path else ordinary("a")

    async with upstream(respond=respond) as server:
        async with client_of(server, base_url=f"http://127.0.0.1:{server.port}") as client:
            assert (await collect(client)).text == "a"
            assert (await collect(client)).text == "a"
        assert [each.path for each in server.calls] == ["/v1/chat/completions", *["/chat/completions"] * 2]


async def test_what_a_model_refuses_is_not_sent_again() -> None:
    def respond(request: Call) -> Answer:
        if "max_tokens" in request.json:
            words = "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead."
            return refusal(400, {"error": {"message": words, "code": "unsupported_parameter", "param": "max_tokens"}})
        if "temperature" in request.json:
            words = "Unsupported value: 'temperature' does not support 0.5. Only the default (1) value is supported."
            return refusal(400, {"error": {"message": words, "code": "unsupported_value", "param": "temperature"}})
        if "stream_options" in request.json:
            return refusal(
                422, {"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]}
            )
        return ordinary("a")

    request = replace(ASK, temperature=0.5, max_output_tokens=9)
    async with upstream(respond=respond) as server, client_of(server) as client:
        assert (await collect(client, request)).text == "a"
        assert len(server.calls) == 4
        assert (await collect(client, request)).text == "a"
        assert len(server.calls) == 5
        assert server.calls[-1].json["max_completion_tokens"] == 9


@pytest.mark.parametrize("failure", [refusal(503), refusal(429), refusal(500, b"<html>"), Answer([Reset()], head=b"")])
async def test_a_passing_failure_is_overcome(failure: Answer) -> None:
    outcome, server = await call(failure, failure, ordinary("a", "b"), limits=THRICE)
    assert outcome.text == "ab"
    assert len(server.calls) == 3


async def test_an_error_event_before_the_first_text_is_tried_again() -> None:
    failure = Answer([Send(event(chunk(""))), Send(event({"error": {"code": 502, "message": "x"}}))])
    outcome, server = await call(failure, ordinary("a"), limits=THRICE)
    assert (outcome.text, len(server.calls)) == ("a", 2)


async def test_never_again_after_the_first_text() -> None:
    outcome, server = await call(Answer([Send(event(chunk("a")))]), ordinary("b"), limits=THRICE)
    assert outcome.error is not None
    assert (outcome.text, outcome.error.code, len(server.calls)) == ("a", "llm.interrupted", 1)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422])
async def test_a_lasting_failure_is_not_tried_again(status: int) -> None:
    outcome, server = await call(refusal(status), limits=THRICE)
    assert outcome.error is not None
    assert not outcome.error.retryable
    assert len(server.calls) == 1


async def test_retry_after_is_honoured_and_capped() -> None:
    start = time.monotonic()
    outcome, _ = await call(refusal(429, retry_after="0.3"), ordinary("a"), limits=THRICE)
    assert outcome.text == "a"
    assert time.monotonic() - start >= 0.3
    outcome, server = await call(refusal(429, retry_after="3600"), ordinary("a"), limits=THRICE)
    assert outcome.error is not None
    assert (outcome.error.code, outcome.error.retry_after, len(server.calls)) == ("llm.rate_limited", 3600, 1)


@pytest.mark.parametrize(
    "answer",
    [
        Answer([Hang()], head=b""),
        Answer([Hang()]),
        Answer([Send(event(chunk(""))), Hang()]),
        Answer([step for _ in range(60) for step in (Send(b": wait\n\n"), Wait(0.02))]),
        Answer([Send(b'{"error": '), Hang()], status=400),
    ],
)
async def test_first_token_is_waited_for_once_whatever_is_sent_instead(answer: Answer) -> None:
    start = time.monotonic()
    limits = replace(THRICE, first_token=0.3, silence=600)
    async with upstream(answer) as server, client_of(server, limits) as client:
        outcome = await asyncio.wait_for(collect(client), 60)
        assert outcome.error is not None
        assert outcome.error.code == "llm.timeout"
        assert time.monotonic() - start > 0.25
        assert len(server.calls) == 1
        await asyncio.wait_for(server.calls[0].is_abandoned.wait(), 60)


async def test_silence_is_measured_from_the_last_byte() -> None:
    start = time.monotonic()
    steps = [step for _ in range(5) for step in (Send(event(chunk("a"))), Wait(0.1))]
    stalled = call(Answer([*steps, Hang()]), limits=replace(FAST, first_token=600))
    outcome, _ = await asyncio.wait_for(stalled, 60)
    assert outcome.error is not None
    assert (outcome.text, outcome.error.code) == ("aaaaa", "llm.timeout")
    assert time.monotonic() - start > 0.6


async def test_reasoning_counts_as_life() -> None:
    thought = event({"choices": [{"delta": {"reasoning": "hm"}}]})
    steps = [step for _ in range(20) for step in (Send(thought), Wait(0.1))]
    outcome, _ = await call(Answer([*steps, *ordinary("a").script]), limits=replace(FAST, first_token=1.5, silence=1.5))
    assert outcome.text == "a"


async def test_a_slow_reader_is_not_a_silent_provider() -> None:
    async with upstream(ordinary("a", "b", "c")) as server, client_of(server) as client:
        found = ""
        async with aclosing(client.stream(ASK)) as events:
            async for item in events:
                await asyncio.sleep(1.2)  # longer than the silence allowed
                found += item.text if isinstance(item, TextDelta) else "."
    assert found.startswith("a")
    assert found.endswith(".")


async def test_no_server_at_all() -> None:
    async with upstream() as server:
        port = server.port
    async with client_of(server, base_url=f"http://127.0.0.1:{port}") as client:
        outcome = await collect(client)
    assert outcome.error is not None
    assert outcome.error.code == "llm.unavailable"


@pytest.mark.parametrize("base", ["ftp://127.0.0.1/", "http://", "nonsense", "http://[::1", "http://127.0.0.1:99999/"])
async def test_a_malformed_base_url_is_a_bad_request(base: str) -> None:
    async with upstream() as server, client_of(server, base_url=base) as client:
        outcome = await collect(client)
    assert outcome.error is not None
    assert outcome.error.code in {"llm.bad_request", "llm.unavailable"}


async def test_a_key_with_a_newline_is_refused() -> None:
    async with upstream(ordinary("a")) as server, client_of(server, api_key="a\r\nX-Evil: 1") as client:
        outcome = await collect(client)
        assert outcome.error is not None
        assert outcome.error.code == "llm.bad_request"
        assert not server.calls


LONG = Answer([Send(event(chunk("a"))), Hang()])


async def test_closing_the_iterator_ends_the_call_at_once() -> None:
    async with upstream(LONG) as server, client_of(server) as client:
        events = client.stream(ASK)
        assert await anext(events) == TextDelta("a")
        await events.aclose()
        await asyncio.wait_for(server.calls[0].is_abandoned.wait(), 60)


@pytest.mark.parametrize("answer", [LONG, Answer([Hang()]), Answer([Hang()], head=b"")])
async def test_cancelling_the_reader_ends_the_call_at_once(answer: Answer) -> None:
    async with upstream(answer) as server, client_of(server, replace(FAST, silence=30, first_token=30)) as client:
        task = asyncio.create_task(collect(client))
        await server.arrived.wait()
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.calls[0].is_abandoned.wait(), 60)
