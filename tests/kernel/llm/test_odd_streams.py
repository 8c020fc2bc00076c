"""Every odd thing that real endpoints send, over a real socket."""

import asyncio
import json
from dataclasses import replace

import pytest

from tests.kernel.llm.calls import FAST, KEY, call, client_of, collect
from tests.support.upstream import (
    DONE,
    Answer,
    Hang,
    Reset,
    Send,
    Step,
    Wait,
    chunk,
    event,
    stream_bytes,
    upstream,
    usage,
)

WHOLE = stream_bytes(["Héllo", " wörld 🌍"])
TEXT = "Héllo wörld 🌍"
STOP = event(chunk(finish="stop"))


def bytewise(data: bytes) -> list[Step]:
    return [Send(data[i : i + 1]) for i in range(len(data))]


def raw(*parts: bytes) -> list[Step]:
    return [Send(part) for part in parts]


COMPLETE: dict[str, tuple[list[Step], str]] = {
    "one write": (raw(WHOLE), TEXT),
    "byte by byte": (bytewise(WHOLE), TEXT),
    "crlf": (raw(WHOLE.replace(b"\n", b"\r\n")), TEXT),
    "crlf byte by byte": (bytewise(WHOLE.replace(b"\n", b"\r\n")), TEXT),
    "cr": (raw(WHOLE.replace(b"\n", b"\r")), TEXT),
    "byte order mark": (raw(b"\xef\xbb\xbf" + WHOLE), TEXT),
    "byte order mark, cut": (bytewise(b"\xef\xbb\xbf" + WHOLE), TEXT),
    "comments": (raw(b": OPENROUTER PROCESSING\n\n", b":\n\n", WHOLE), TEXT),
    "no space after data": (raw(WHOLE.replace(b"data: ", b"data:")), TEXT),
    "other fields": (raw(b"event: message\nid: 7\nretry: 100\n" + WHOLE), TEXT),
    "single newlines": (raw(WHOLE.replace(b"\n\n", b"\n")), TEXT),
    "multi-line data": (raw(event(json.dumps(chunk("a b"), indent=1).replace("\n", "\ndata: ")), STOP, DONE), "a b"),
    "no newline at the end": (raw(WHOLE.removesuffix(b"\n\n")), TEXT),
    "no [DONE]": (raw(event(chunk("a")), STOP), "a"),
    "no [DONE], reset after the finish reason": ([*raw(event(chunk("a")), STOP), Wait(0.05), Reset()], "a"),
    "no end after the finish reason": ([*raw(event(chunk("a")), STOP), Hang()], "a"),
    "no end after [DONE]": ([*raw(WHOLE), Hang()], TEXT),
    "[DONE] without finish reason": (raw(event(chunk("a")), DONE), "a"),
    "chatter after [DONE]": (raw(WHOLE, event(chunk("late")), b"junk"), TEXT),
    "empty choices": (raw(event({"choices": []}), WHOLE), TEXT),
    "null choices": (raw(event({"choices": None}), WHOLE), TEXT),
    "a null choice": (raw(event({"choices": [None]}), WHOLE), TEXT),
    "null delta": (raw(event({"choices": [{"delta": None}]}), WHOLE), TEXT),
    "null content": (raw(event({"choices": [{"delta": {"role": "assistant", "content": None}}]}), WHOLE), TEXT),
    "empty content": (raw(event(chunk("")), WHOLE), TEXT),
    "content a number": (raw(event(chunk(5)), WHOLE), TEXT),
    "content in parts": (
        raw(event(chunk([{"type": "text", "text": "par"}, {"type": "x"}, 3])), event(chunk("t")), STOP),
        "part",
    ),
    "message instead of delta": (raw(event({"choices": [{"message": {"content": "m"}}]}), STOP), "m"),
    "reasoning": (raw(event({"choices": [{"delta": {"content": "", "reasoning_content": "hm"}}]}), WHOLE), TEXT),
    "reasoning details": (
        raw(event({"choices": [{"delta": {"reasoning": "hm", "reasoning_details": [{}]}}]}), WHOLE),
        TEXT,
    ),
    "unknown members": (raw(event({"x": {"y": [1]}, "choices": [{"delta": {"content": "a", "z": 1}}]}), STOP), "a"),
    "model a number": (raw(event({"model": 5, "choices": [{"delta": {"content": "a"}}]}), STOP), "a"),
    "NUL escaped": (raw(event(chunk("a\x00b")), STOP), "ab"),
    "NUL raw": (raw(event(b'{"choices":[{"delta":{"content":"a\x00b"}}]}'), STOP), "ab"),
    "only NUL": (raw(event(chunk("\x00")), event(chunk("a")), STOP), "a"),
    "raw newline escape in string": (raw(event(chunk("a\nb")), STOP), "a\nb"),
    "broken UTF-8": (raw(event(b'{"choices":[{"delta":{"content":"a\xff\xfeb"}}]}'), STOP), "a��b"),
    "half a character": (raw(event(b'{"choices":[{"delta":{"content":"a\xf0\x9f"}}]}'), STOP), "a�"),
    "lone high surrogate": (raw(event(b'{"choices":[{"delta":{"content":"a\\ud83d"}}]}'), STOP, DONE), "a�"),
    "lone low surrogate": (raw(event(b'{"choices":[{"delta":{"content":"\\ude00a"}}]}'), STOP, DONE), "�a"),
    "surrogate pair in two chunks": (
        raw(*(event(b'{"choices":[{"delta":{"content":"%s"}}]}' % half) for half in (b"a\\ud83d", b"\\ude00b")), STOP),
        "a😀b",
    ),
    "data without anything": (raw(b"data:\n\ndata: \n\n", WHOLE), TEXT),
    "JSON instead of a stream": (
        raw(json.dumps({"model": "m", "choices": [{"message": {"content": TEXT}, "finish_reason": "stop"}]}).encode()),
        TEXT,
    ),
    "JSON, indented, in pieces": (
        bytewise(json.dumps({"choices": [{"message": {"content": "ab"}, "finish_reason": "stop"}]}, indent=2).encode()),
        "ab",
    ),
    "a refusal of the model": (raw(event({"choices": [{"delta": {"refusal": "I cannot."}}]}), STOP), "I cannot."),
    "a long line": (raw(event(chunk("x" * 190_000)), STOP), "x" * 190_000),
}


@pytest.mark.parametrize("name", COMPLETE)
async def test_odd_but_complete(name: str) -> None:
    script, text = COMPLETE[name]
    outcome, _ = await call(Answer(script))
    assert outcome.error is None
    assert outcome.text == text
    assert outcome.finish is not None
    assert outcome.finish.reason == "stop"
    assert "\x00" not in outcome.text
    outcome.text.encode()


HTML = b"<!doctype html><html><head><title>502 Bad Gateway</title></head></html>"
ERROR = {"error": {"code": 502, "message": "Provider returned error", "metadata": {"raw": f"boom {KEY}"}}}
BROKEN: dict[str, tuple[Answer, str, str]] = {
    "stops in the middle": (Answer(raw(event(chunk("a")))), "llm.interrupted", "a"),
    "reset in the middle": (Answer([*raw(event(chunk("a"))), Wait(0.05), Reset()]), "llm.interrupted", "a"),
    "cut in an event": (Answer(raw(event(chunk("a")), b'data: {"choi')), "llm.interrupted", "a"),
    "silence in the middle": (Answer([*raw(event(chunk("a"))), Hang()]), "llm.timeout", "a"),
    "an error in the middle": (Answer(raw(event(chunk("a")) + event(ERROR) + DONE)), "llm.unavailable", "a"),
    "an error first": (Answer(raw(event(ERROR))), "llm.unavailable", ""),
    "an error as text": (Answer(raw(event({"error": "overloaded"}))), "llm.unavailable", ""),
    "error rate limit": (Answer(raw(event({"error": {"code": 429, "message": "slow"}}))), "llm.rate_limited", ""),
    "finish reason error": (Answer(raw(event(chunk("a")), event(chunk(finish="error")))), "llm.interrupted", "a"),
    "filtered": (Answer(raw(event(chunk(finish="content_filter")), DONE)), "llm.content_filtered", ""),
    "no JSON": (Answer(raw(event(chunk("a")), event("{nope"))), "llm.interrupted", "a"),
    "a JSON list": (Answer(raw(event("[1]"))), "llm.interrupted", ""),
    "an HTML page with 200": (Answer(raw(HTML), headers=(("Content-Type", "text/html"),)), "llm.unavailable", ""),
    "a JSON error with 200": (Answer(raw(b'{"error":{"code":"400","message":"bad"}}')), "llm.bad_request", ""),
    "a JSON error in a list": (Answer(raw(b'[{"error":{"code":429,"message":"x"}}]')), "llm.rate_limited", ""),
    "JSON without choices": (Answer(raw(b'{"hello":1}')), "llm.unavailable", ""),
    "JSON cut": (Answer(raw(b'{"choices":[{"mess')), "llm.interrupted", ""),
    "nothing": (Answer(), "llm.interrupted", ""),
    "only [DONE]": (Answer(raw(DONE)), "llm.interrupted", ""),
    "only comments": (Answer(raw(b": hi\n\n")), "llm.interrupted", ""),
    "a huge line": (Answer(raw(*[b"data: " + b"x" * 1_000_000] * 5)), "llm.interrupted", ""),
    "a huge event": (Answer(raw(*[b"data: " + b"x" * 1_000_000 + b"\n"] * 5)), "llm.interrupted", ""),
    "no HTTP": (Answer(raw(b"hi"), head=b"SSH-2.0-OpenSSH_9.2\r\n"), "llm.unavailable", ""),
    "broken chunked coding": (
        Answer(raw(b"zz\r\n"), head=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        "llm.unavailable",
        "",
    ),
    "reset before the head": (Answer([Reset()], head=b""), "llm.unavailable", ""),
    "a redirect": (Answer([], 302, (("Location", "http://127.0.0.1:9/"),)), "llm.bad_request", ""),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_broken(name: str) -> None:
    answer, code, text = BROKEN[name]
    outcome, _ = await call(answer)
    assert outcome.error is not None
    assert outcome.error.code == code
    assert outcome.text == text
    assert KEY not in repr(vars(outcome.error))
    assert outcome.error.detail.endswith(("try again.", "try again in a moment.", "a look.", "answer this."))


async def test_deep_nesting_is_no_recursion_error() -> None:
    outcome, _ = await call(Answer(raw(event("[" * 100_000), DONE)))
    assert outcome.error is not None
    assert outcome.error.code == "llm.interrupted"


async def test_endless_answer_is_cut() -> None:
    limits = replace(FAST, max_answer_chars=10)
    endless = Answer([*raw(event(chunk("abcdefg")), event(chunk("hijklmn"))), Hang()])
    async with upstream(endless) as server, client_of(server, limits) as client:
        outcome = await collect(client)
        await asyncio.wait_for(server.calls[0].is_abandoned.wait(), 60)
    assert outcome.text == "abcdefghij"
    assert outcome.finish is not None
    assert outcome.finish.reason == "length"


async def test_finish_tells_usage_cost_and_model() -> None:
    tail = [event(chunk("a")), event(chunk(finish="length")), event(usage(cost=0.25)), DONE]
    outcome, _ = await call(Answer(raw(*tail)))
    assert outcome.finish is not None
    assert (outcome.finish.reason, outcome.finish.model, outcome.finish.provider) == ("length", "fake-1", "platform")
    used = outcome.finish.usage
    assert (used.input_tokens, used.output_tokens, used.cost_usd, used.is_estimated) == (7, 3, 0.25, False)


@pytest.mark.parametrize(
    "odd",
    [None, {}, {"prompt_tokens": "7"}, {"prompt_tokens": -1}, {"prompt_tokens": True}, {"prompt_tokens": 1e30}, 3],
)
async def test_useless_usage_is_estimated(odd: object) -> None:
    outcome, _ = await call(Answer(raw(event(chunk("abcdefgh")), event(chunk(finish="stop", usage=odd)), DONE)))
    assert outcome.finish is not None
    assert outcome.finish.usage.is_estimated
    assert outcome.finish.usage.output_tokens == 2
    assert outcome.finish.usage.input_tokens > 0
    assert outcome.finish.usage.cost_usd is None


async def test_cached_tokens_and_own_key_cost() -> None:
    counts = usage(
        prompt_tokens_details={"cached_tokens": 5},
        cost=0.01,
        is_byok=True,
        cost_details={"upstream_inference_cost": 0.5},
    )
    outcome, _ = await call(Answer(raw(event(chunk("a")), STOP, event(counts), DONE)))
    assert outcome.finish is not None
    assert outcome.finish.usage.cached_input_tokens == 5
    assert outcome.finish.usage.cost_usd == pytest.approx(0.51)
