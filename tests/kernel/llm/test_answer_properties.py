"""However the bytes are cut, the answer is the same."""

import json
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from medea.kernel.llm.providers.answer import ChatAnswer
from tests.support.upstream import DONE, chunk, event, usage

ENDS = [b"\n\n", b"\r\n\r\n", b"\r\r", b"\n", b"\r\n"]
ODD = [
    b": comment",
    b"event: x",
    b'data: {"choices":[{"delta":{"content":"\xff\xfe"}}]}',
    b'data: {"choices":[{"delta":{"content":"\\ud83d"}}]}',
    b'data: {"choices":[{"delta":{"content":"\\ude00"}}]}',
    b'data: {"choices":[]}',
    b'data: {"error":{"code":429,"message":"slow down"}}',
    b"data: {broken",
    b"data:",
    event(chunk(finish="stop")).strip(),
    event(usage()).strip(),
    DONE.strip(),
]
texts = st.text(st.characters(codec="utf-8", categories=None), max_size=8)
lines = st.one_of(
    texts.map(lambda text: event(chunk(text)).strip()),
    texts.map(lambda text: b"data:" + json.dumps(chunk(text), ensure_ascii=False).encode()),
    st.sampled_from(ODD),
)
bodies = st.lists(st.tuples(lines, st.sampled_from(ENDS)).map(b"".join), max_size=12).map(b"".join)


def read(pieces: list[bytes]) -> tuple[str, object, object, object]:
    answer = ChatAnswer(max_event_bytes=10_000_000, max_chars=10_000)
    text = "".join(answer.feed(piece) for piece in pieces if piece and not answer.is_done)
    text += answer.end()
    assert answer.is_done
    finish = answer.finish(provider="p", model="m", prompt_tokens=1)
    failure = answer.failure
    return text, failure and (type(failure), failure.upstream), answer.reason, finish


@settings(max_examples=150, deadline=None)
@given(bodies, st.lists(st.integers(0, 2000), max_size=30))
def test_any_cutting_gives_the_same(body: bytes, cuts: list[int]) -> None:
    places = sorted({min(cut, len(body)) for cut in cuts} | {0, len(body)})
    pieces = [body[a:b] for a, b in pairwise(places)]
    whole = read([body])
    assert read(pieces) == whole
    assert read([body[i : i + 1] for i in range(len(body))]) == whole


@settings(max_examples=150, deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=10))
def test_garbage_ends_in_text_or_an_error_and_never_in_a_crash(pieces: list[bytes]) -> None:
    text, failure, reason, _ = read(pieces)
    assert failure is not None or reason is not None or text == ""
    assert "\x00" not in text
    text.encode()


@given(st.lists(texts, max_size=10))
def test_text_comes_through(parts: list[str]) -> None:
    body = b"".join(event(chunk(part)) for part in parts) + event(chunk(finish="stop")) + DONE
    text, failure, _, _ = read([body])
    assert failure is None
    assert text == "".join(parts).replace("\x00", "")
