"""What a reply shows of the passages it stands on: as frames of the stream and as parts of a stored message.

Stream frames: `source-document` of the AI SDK UI message stream, what is ours in `providerMetadata.medea`; and
`data-grounding` once the text is whole.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from medea.modules.conversations.log import CitedPassage, Grounding

_encode = msgspec.json.Encoder().encode


def source_frames(passages: Iterable[CitedPassage]) -> list[bytes]:
    """Return a frame for each passage."""
    return [_source_frame(passage) for passage in passages]


def _source_frame(passage: CitedPassage) -> bytes:
    own = {
        "n": passage.n,
        "document_id": passage.document_id,
        "page": passage.page,
        "heading_path": passage.heading_path,
        "quote": passage.quote,
        "url": passage.url,
        "score": passage.score,
    }
    return _encode(
        {
            "type": "source-document",
            "sourceId": passage.chunk_id,
            "mediaType": passage.media_type,
            "title": passage.title,
            "providerMetadata": {"medea": own},
        }
    )


def grounding_frame(grounding: Grounding) -> bytes:
    """Return the frame that says how the whole reply stands on its sources."""
    return _encode({"type": "data-grounding", "data": _verdict(grounding)})


def parts_of(grounding: Grounding | None) -> list[dict[str, Any]]:
    """Return the parts of a stored message: its sources by number, then the verdict."""
    if grounding is None:
        return []
    sources = [{"type": "source", **msgspec.structs.asdict(passage)} for passage in grounding.cited]
    return [*sources, {"type": "grounding", **_verdict(grounding)}]


def _verdict(grounding: Grounding) -> dict[str, Any]:
    return {
        "supported": grounding.supported,
        "unsupported": grounding.unsupported,
        "answered": grounding.is_answered,
        "cited": [{"n": passage.n, "quote": passage.quote} for passage in grounding.cited],
    }
