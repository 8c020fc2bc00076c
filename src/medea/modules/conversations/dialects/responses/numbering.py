"""The numbers of a response's events: made of what was said up to there, so that they hold wherever they are made.

A number is a place and a mark. Text moves the place by its characters and any other event by one, so a stored reply,
which has lost how its text was cut, has the same places as the live stream. The mark is a checksum of all that was said
before: who comes back with a number of an attempt that was begun anew, and said something else, is found out, and gets
the response from its beginning instead of a mixture of two.
"""

import zlib
from collections.abc import Iterable, Iterator
from typing import Any

Event = dict[str, Any]
_MARK_BITS = 16
_MARK = (1 << _MARK_BITS) - 1
MAX_NUMBER = (1 << 53) - 1
"""The largest that JavaScript reads exactly."""
_DELTA = "response.output_text.delta"


class DivergedError(Exception):
    """What was sent does not hold any more, and this stream cannot take it back."""


class Numbering:
    """Numbers the events of one stream, and leaves out those that its client has.

    Args:
        after: the number of the last event that the client has.
    """

    def __init__(self, after: int | None = None) -> None:
        self._after = after
        self._is_behind = after is not None
        self._held: list[Event] = []
        self._place, self._sum = -1, 0
        self._sent: int | None = None

    @property
    def last(self) -> int:
        """The number of the last event that was sent, or that the client came with; -1 where there is none."""
        known = self._sent if self._sent is not None else self._after
        return -1 if known is None else known

    def begin_anew(self) -> None:
        """Note that all events come once more; those that were sent are left out, if they are the same."""
        if self._sent is not None:
            self._after = self._sent
        self._is_behind = self._after is not None
        self._held.clear()
        self._place, self._sum = -1, 0

    def send(self, events: Iterable[Event]) -> Iterator[Event]:
        """Yield the events that the client lacks, with their numbers.

        Raises:
            DivergedError: this stream has sent something that does not hold any more.
        """
        for event in events:
            for piece in self._pieces(event):
                yield from self._send(self._number(piece))

    def close(self) -> Iterator[Event]:
        """Yield what is left to send when no more events come.

        Raises:
            DivergedError: as `send`.
        """
        if self._is_behind and self._held:
            yield from self._catch_up()

    def _pieces(self, event: Event) -> list[Event]:
        """Return the event, cut in two where the client has a part of its text."""
        if not self._is_behind or event["type"] != _DELTA:
            return [event]
        has = (self._after or 0) // (1 << _MARK_BITS) - self._place
        text = event["delta"]
        if not 0 < has < len(text):
            return [event]
        return [event | {"delta": text[:has]}, event | {"delta": text[has:]}]

    def _number(self, event: Event) -> Event:
        if event["type"] == _DELTA:
            self._place += len(event["delta"])
            self._sum = zlib.crc32(event["delta"].encode(), self._sum)
        else:
            self._place += 1
            if event["type"] == "response.output_item.added" and event["item"]["type"] != "message":
                self._sum = zlib.crc32(event["item"]["id"].encode(), self._sum)
        return event | {"sequence_number": self._place << _MARK_BITS | self._sum & _MARK}

    def _send(self, event: Event) -> Iterator[Event]:
        number = event["sequence_number"]
        if not self._is_behind:
            self._sent = number
            yield event
            return
        self._held.append(event)
        if number == self._after:
            self._is_behind = False
            self._held.clear()
        elif number >> _MARK_BITS >= (self._after or 0) >> _MARK_BITS:
            yield from self._catch_up()

    def _catch_up(self) -> Iterator[Event]:
        """Yield everything from the beginning, to a client that has something else."""
        if self._sent is not None:
            raise DivergedError
        self._is_behind = False
        for event in self._held:
            self._sent = event["sequence_number"]
            yield event
        self._held.clear()
