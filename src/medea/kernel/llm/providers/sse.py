"""Server-sent events from bytes that were cut anywhere.

Follows https://html.spec.whatwg.org/multipage/server-sent-events.html with leniency where servers of models
are known to stray: no blank line before the end of the stream, no space after the colon. Only the data field
matters here; `id`, `event`, `retry` and comments are skipped. A byte order mark is the caller's to remove.
"""


class EventTooLarge(Exception):
    """One event is larger than allowed."""


class SseDecoder:
    """Collects the data of events; feed it whatever the network gave.

    Args:
        max_event_bytes: bound of what is kept while an event is incomplete.
    """

    __slots__ = ("_data", "_max", "_size", "_tail")

    def __init__(self, max_event_bytes: int) -> None:
        self._tail = b""
        self._data: list[bytes] = []
        self._size = 0
        self._max = max_event_bytes

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the data of every event that this chunk completes; the lines of one are joined by newlines.

        Raises:
            EventTooLarge: an event grew beyond the bound.
        """
        if not self._tail and not self._data and self._is_one_event(chunk):
            return [chunk[6:-2]]
        if self._tail:
            chunk = self._tail + chunk
        if b"\r" in chunk:
            chunk, held = _unix_lines(chunk)
        else:
            held = b""
        lines = chunk.split(b"\n")
        self._tail = lines.pop() + held
        if len(self._tail) > self._max:
            raise EventTooLarge
        return self._collect(lines)

    def _is_one_event(self, chunk: bytes) -> bool:
        """Whether this is one plain event and nothing else, as it is when tokens come one by one."""
        return (
            chunk[:6] == b"data: "
            and chunk[-2:] == b"\n\n"
            and len(chunk) <= self._max
            and chunk.count(b"\n") == 2
            and b"\r" not in chunk
        )

    def end(self) -> list[bytes]:
        """Return what the stream left unfinished: servers that stop without a blank line exist."""
        rest = self._collect([*self._tail.replace(b"\r", b"\n").split(b"\n"), b""])
        self._tail = b""
        return rest

    def _collect(self, lines: list[bytes]) -> list[bytes]:
        events: list[bytes] = []
        data = self._data
        for line in lines:
            if not line:
                if data:
                    events.append(data[0] if len(data) == 1 else b"\n".join(data))
                    data.clear()
                    self._size = 0
            elif line[:5] == b"data:":
                data.append(line[6:] if line[5:6] == b" " else line[5:])
                self._size += len(line)
                if self._size > self._max:
                    raise EventTooLarge
        return events


def _unix_lines(chunk: bytes) -> tuple[bytes, bytes]:
    """Make newlines of all line ends; a last carriage return is held back, its newline may be on the way."""
    held = b"\r" if chunk.endswith(b"\r") else b""
    body = chunk[:-1] if held else chunk
    return body.replace(b"\r\n", b"\n").replace(b"\r", b"\n"), held
