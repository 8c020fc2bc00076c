"""A response as server-sent events, and as a whole."""

from collections.abc import AsyncIterator, Iterable
from typing import Any

import msgspec

from medea.kernel.streams.base import KEEP_ALIVE
from medea.modules.conversations.dialects.frames import BEGUN_ANEW, BROKEN_OFF
from medea.modules.conversations.dialects.happenings import Anew, Happening, Over, Reader, Still
from medea.modules.conversations.dialects.responses.encoding import Encoder
from medea.modules.conversations.dialects.responses.items import Item
from medea.modules.conversations.dialects.responses.numbering import DivergedError, Event, Numbering
from medea.modules.conversations.errors import AnswerBrokenOff

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode
_AGAIN = " Stream the response again to go on: `GET /v1/responses/{id}?stream=true&starting_after=` the last number."


async def stream_response(
    encoder: Encoder, happened: AsyncIterator[Happening], after: int | None
) -> AsyncIterator[bytes]:
    """Yield the events of a response that its client lacks.

    A client that comes back gets what follows `after`; where that does not hold any more, all events from
    `response.created` on. What this very stream has sent cannot be taken back: it ends with an error then, and
    whoever streams the response again gets it from its beginning.

    Args:
        encoder: of the response.
        happened: in its turn, from the beginning.
        after: the number of the last event that the client has.
    """
    numbering = Numbering(after)
    try:
        for event in numbering.send(encoder.begin()):
            yield _framed(event)
        async for happening in happened:
            if isinstance(happening, Still):
                yield KEEP_ALIVE
                continue
            if isinstance(happening, Anew):
                numbering.begin_anew()
            for event in _new(encoder, numbering, happening):
                yield _framed(event)
            if isinstance(happening, Over) and happening.state == "broken_off":
                yield _framed(_error(numbering, BROKEN_OFF))
                return
            if encoder.has_ended:
                break
        for event in numbering.close():
            yield _framed(event)
    except DivergedError:
        yield _framed(_error(numbering, BEGUN_ANEW))


def _new(encoder: Encoder, numbering: Numbering, happening: Happening) -> Iterable[Event]:
    yield from numbering.send(encoder.take(happening))
    if isinstance(happening, Anew):
        yield from numbering.send(encoder.begin())


def _framed(event: Event) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (event["type"].encode(), _encode(event))


def _error(numbering: Numbering, notice: dict[str, str]) -> Event:
    message = notice["message"].removesuffix(" Please ask again in a moment.").removesuffix(" Please ask again.")
    known = {"code": notice["code"], "message": message + _AGAIN, "param": None}
    return {"type": "error", **known, "sequence_number": numbering.last + 1}


async def whole_response(encoder: Encoder, happened: AsyncIterator[Happening]) -> Item:
    """Return a response when it has ended.

    Raises:
        AnswerBrokenOff: it goes on, but nothing more is heard of it here.
    """
    async for happening in happened:
        if isinstance(happening, Over) and happening.state == "broken_off":
            raise AnswerBrokenOff()
        for _ in encoder.take(happening):
            pass
        if encoder.has_ended:
            break
    return encoder.response()


def stored_response(encoder: Encoder, payloads: Iterable[bytes]) -> Item:
    """Return a response as far as these frames of its turn tell it."""
    reader = Reader()
    for payload in payloads:
        frame: dict[str, Any] | None = _decode(payload) if payload.startswith(b"{") else None
        for happening in reader.take(frame) if frame is not None else ():
            for _ in encoder.take(happening):
                pass
        if encoder.has_ended:
            break
    return encoder.response()
