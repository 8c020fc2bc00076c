"""Reading back the frames of a turn, whatever wrote them."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec

_decode = msgspec.json.Decoder().decode

STILL: dict[str, Any] = {"type": "still"}
"""Nothing new; a stream that is followed sends a comment, so that no proxy takes it for dead."""

BROKEN_OFF = {
    "code": "conversations.broken_off",
    "message": "The server stopped in the middle of the answer; it goes on there. Please ask again in a moment.",
}

BEGUN_ANEW = {
    "code": "conversations.begun_anew",
    "message": "The answer had to be begun anew and what was sent of it no longer holds. Please ask again.",
}


async def frames_of(chunks: AsyncIterator[bytes]) -> AsyncIterator[dict[str, Any]]:
    """Yield the JSON of our own frames, which never come cut; a sign of life is `STILL`."""
    async for chunk in chunks:
        for block in chunk.split(b"\n\n"):
            at = block.find(b"data: ")
            if block.startswith(b":"):
                yield STILL
            elif at >= 0 and not block.startswith(b"data: [DONE]", at):
                yield _decode(block[at + 6 :])


def is_held(frame: Mapping[str, Any]) -> bool:
    """Say whether a frame tells that somebody of the company looks at the answer before its readers do."""
    return bool(frame["type"] == "data-guardrail" and frame["data"]["action"] == "held")


def awaits_of(frame: Mapping[str, Any]) -> str | None:
    """Return what a call waits for: `client` and `form` its result, `approval` a yes or no; None: nothing."""
    found: str | None = frame.get("providerMetadata", {}).get("medea", {}).get("awaits")
    return found
