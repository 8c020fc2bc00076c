"""What Python writes, `packages/chat` reads: the fixtures of its tests come from here and may not drift.

`MEDEA_TEST_WRITE_FIXTURES=1 pytest tests/contracts/test_stream_fixtures.py` writes them anew.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medea.kernel.ids import ConversationId, MessageId, TenantId, ToolCallId, TurnId
from medea.kernel.streams.base import FrameId
from medea.kernel.streams.memory import MemoryStreams
from medea.modules.conversations import sources, streaming
from medea.modules.conversations.activity import Call
from medea.modules.conversations.log import CitedPassage, Grounding
from medea.modules.conversations.models import MessageRow, TurnRow

FOLDER = Path(__file__).resolve().parents[2] / "web/packages/chat/testing/fixtures"
TURN, REPLY, CONVERSATION = TurnId(1), MessageId(2), ConversationId(3)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TEXT = ['Grüße, "quoted" \\ slashed ', "two\nlines\r\n", "雪 🏔️ \u2028", "<b>not bold</b> `code` **bold**"]
HEAD = [streaming.start(REPLY, TURN, CONVERSATION, 4), streaming.START_STEP]
SAID = [streaming.TEXT_START, *map(streaming.text_delta, TEXT)]
USAGE = {"input_tokens": 7, "output_tokens": 9}
WHOLE = [
    *HEAD,
    *SAID,
    streaming.TEXT_END,
    streaming.FINISH_STEP,
    streaming.finish(finish_reason="stop", model="m", usage=USAGE),
    streaming.DONE,
]
ERROR = {"code": "llm.timeout", "message": "The model took too long.", "retryable": True}


def stored(status: str, text: str, error: dict[str, Any] | None = None) -> list[bytes]:
    """Return the frames of a turn that has ended."""
    turn = TurnRow(
        id=TURN, conversation_id=CONVERSATION, message_id=MessageId(9), reply_id=REPLY, status=status, attempt=1,
        agent_version=4, error=error, model="m", usage=USAGE, cost_usd=None, first_token_ms=1, total_ms=2,
        created_at=NOON, started_at=NOON, finished_at=NOON,
    )  # fmt: skip
    reply = MessageRow(
        id=REPLY, conversation_id=CONVERSATION, turn_id=TURN, ordinal=1001, role="assistant", text=text,
        status="complete", error=error, model="m", usage=USAGE, cost_usd=None, feedback=None, feedback_comment=None,
        created_at=NOON,
    )  # fmt: skip
    return streaming.stored_frames(turn, reply)


def sent(*parts: tuple[list[bytes], int]) -> bytes:
    """Return the bytes of attempts, one after another."""
    return b"retry: 500\n\n" + b"".join(streaming.framed(payloads, attempt) for payloads, attempt in parts)


def expected(text: str, status: str, error: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the message that a client must end up with."""
    return {"id": str(REPLY), "turnId": str(TURN), "text": text, "status": status, "error": error}


PASSAGES = (
    CitedPassage(
        n=1, chunk_id="chk_1", document_id="doc_1", title="Returns.pdf", media_type="application/pdf",
        quote="within 30 days", score=0.9, page=3, heading_path=("Returns", "Refunds"), url="http://w.test/sources/1",
    ),
    CitedPassage(
        n=2, chunk_id="chk_2", document_id="doc_2", title="Gifts.md", media_type="text/markdown", quote="No.", score=0.1
    ),
)  # fmt: skip
VERDICT = Grounding(cited=PASSAGES[:1], supported=0.5, unsupported=((0, 4),))
SOURCES = sources.source_frames(PASSAGES)
GROUNDING = sources.grounding_frame(VERDICT)
CALL = Call(
    step=1, id=ToolCallId(7), provider_id="call_7", name="cancel_order", tool="tol_1", input={"order": "A-7"},
    state="asked", expires_at=NOON,
)  # fmt: skip
ASKED = [streaming.tool_input_start(CALL.id, CALL.name), streaming.tool_input(CALL), *streaming.tool_outcome(CALL)]


def with_parts(message: dict[str, Any], frames: list[bytes]) -> dict[str, Any]:
    """Return a message that keeps frames as its parts."""
    return {**message, "parts": [json.loads(frame) for frame in frames]}


PARTIAL = [*HEAD, *SAID]
FIXTURES: dict[str, tuple[bytes, dict[str, Any]]] = {
    "completed": (sent((WHOLE, 1)), expected("".join(TEXT), "complete")),
    "cancelled": (
        sent(([*PARTIAL, streaming.TEXT_END, streaming.ABORT, streaming.DONE], 1)),
        expected("".join(TEXT), "cancelled"),
    ),
    "failed": (
        sent(
            (
                [
                    *PARTIAL,
                    streaming.TEXT_END,
                    *streaming.failure("llm.timeout", "The model took too long.", is_retryable=True),
                    streaming.DONE,
                ],
                1,
            )
        ),
        expected("".join(TEXT), "failed", ERROR),
    ),
    "restarted": (
        sent((PARTIAL[:4], 1))
        + b"id: 2-0\ndata: "
        + streaming.restart(2)
        + b"\n\n"
        + b": keep-alive\n\n"
        + streaming.framed(WHOLE, 2),
        expected("".join(TEXT), "complete"),
    ),
    "queued": (
        b"retry: 500\n\ndata: " + streaming.status("queued") + b"\n\n: keep-alive\n\n" + streaming.framed(WHOLE, 1),
        expected("".join(TEXT), "complete"),
    ),
    "sourced": (
        sent(([*HEAD, *SOURCES, *streaming.FIRST_TEXT.whole("Yes [1]."), GROUNDING, *WHOLE[-3:]], 1)),
        with_parts(expected("Yes [1].", "complete"), [*SOURCES, GROUNDING]),
    ),
    "waiting": (
        sent(
            (
                [
                    *HEAD,
                    *streaming.FIRST_TEXT.whole("One moment."),
                    *ASKED[:1],
                    streaming.tool_input_delta(CALL.id, '{"order": "A-7"}'),
                    *ASKED[1:],
                    streaming.FINISH_STEP,
                    streaming.finish(finish_reason=streaming.WAITING, model="m", usage=USAGE),
                    streaming.DONE,
                ],
                1,
            )
        ),
        with_parts(expected("One moment.", "waiting"), ASKED),
    ),
    "stored-completed": (sent((stored("completed", "".join(TEXT)), 1)), expected("".join(TEXT), "complete")),
    "stored-cancelled": (sent((stored("cancelled", "So far"), 1)), expected("So far", "cancelled")),
    "stored-failed": (
        sent((stored("failed", "", {"code": ERROR["code"], "message": ERROR["message"]}), 1)),
        expected("", "failed", ERROR),
    ),
}


@pytest.mark.parametrize("name", FIXTURES)
def test_fixtures_are_what_python_writes_today(name: str) -> None:
    data, message = FIXTURES[name]
    files = {
        FOLDER / f"{name}.sse": data,
        FOLDER / f"{name}.json": (json.dumps(message, indent=2, ensure_ascii=False) + "\n").encode(),
    }
    for path, content in files.items():
        if os.environ.get("MEDEA_TEST_WRITE_FIXTURES") == "1":
            path.write_bytes(content)
        assert path.read_bytes() == content, f"{path.name} has drifted: see the head of this file"


@given(st.lists(st.text(max_size=40), max_size=8))
async def test_framing_keeps_every_text(texts: list[str]) -> None:
    """One event per payload, whatever the text: nothing in it can end a line, a frame or the stream."""
    storable = [text.encode("utf-8", "ignore").decode() for text in texts]
    streams = MemoryStreams()
    writer = streams.writer(TenantId.new(), TURN, 3, restart=streaming.restart(3))
    payloads = [streaming.text_delta(text) for text in storable]
    writer.append(payloads)
    await streams.close()
    framed = streaming.framed(payloads, 3)
    blocks = framed.split(b"\n\n")[:-1]
    assert len(blocks) == len(storable)
    for number, (block, text) in enumerate(zip(blocks, storable, strict=True), start=1):
        first, second = block.split(b"\n")
        assert FrameId.find(first.removeprefix(b"id: ").decode()) == FrameId(3, number)
        assert json.loads(second.removeprefix(b"data: "))["delta"] == text
