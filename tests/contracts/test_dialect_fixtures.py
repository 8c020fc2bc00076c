"""One turn in every dialect: the frames of `test_stream_fixtures` as other programs are told them, byte for byte.

`MEDEA_TEST_WRITE_FIXTURES=1 pytest tests/contracts/test_dialect_fixtures.py` writes them anew; read what changed.
"""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from ag_ui.core import Event
from openai.types.chat import ChatCompletionChunk
from openai.types.responses import ResponseStreamEvent
from pydantic import TypeAdapter

from medea.modules.conversations.dialects.ag_ui.runs import Run, stream_run
from medea.modules.conversations.dialects.ag_ui.state import Shared
from medea.modules.conversations.dialects.completions import Completion, stream_completion
from medea.modules.conversations.dialects.frames import frames_of
from medea.modules.conversations.dialects.happenings import happenings
from medea.modules.conversations.dialects.responses.encoding import Encoder
from medea.modules.conversations.dialects.responses.streams import stream_response
from tests.contracts.test_stream_fixtures import FIXTURES, TURN

FOLDER = Path(__file__).parent / "fixtures"
RESPONSE: dict[str, Any] = {
    "id": "resp_1", "object": "response", "created_at": 0, "model": "helper", "parallel_tool_calls": True,
    "tool_choice": "auto", "tools": [],
}  # fmt: skip
CASES = [(name, dialect) for name in FIXTURES for dialect in ("completions", "responses", "ag-ui")]
MODELS: dict[str, TypeAdapter[Any]] = {
    "completions": TypeAdapter(ChatCompletionChunk),
    "responses": TypeAdapter(ResponseStreamEvent),
    "ag-ui": TypeAdapter(Event),
}


async def chunks(data: bytes) -> AsyncIterator[bytes]:
    """Yield a stream as a process does that reads much at once."""
    yield data


def encoded(dialect: str, data: bytes) -> AsyncIterator[bytes]:
    """Return the stream of a turn in a dialect."""
    frames = frames_of(chunks(data))
    match dialect:
        case "completions":
            return stream_completion(Completion("chatcmpl-1", 0, "helper", turn=TURN), frames, with_usage=True)
        case "responses":
            return stream_response(Encoder(TURN, 0, RESPONSE), happenings(frames), None)
    state = Shared("cnv_1", {"id": "agt_1", "name": "Helper"}, {"basket": []})
    return stream_run(Run("thread", "run", TURN, state=state), frames, state.begin())


@pytest.mark.parametrize(("name", "dialect"), CASES)
async def test_dialects_say_today_what_they_said_before(name: str, dialect: str) -> None:
    found = b"".join([chunk async for chunk in encoded(dialect, FIXTURES[name][0])])
    path = FOLDER / dialect / f"{name}.sse"
    if os.environ.get("MEDEA_TEST_WRITE_FIXTURES") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(found)
    assert path.read_bytes() == found, f"{dialect}/{name}.sse has drifted: see the head of this file"
    texts = [line[6:] for line in found.decode().split("\n") if line.startswith("data: {")]
    for text in texts:
        if "error" not in json.loads(text):  # Chat Completions has no model of its own for that
            MODELS[dialect].validate_json(text)
    assert texts
