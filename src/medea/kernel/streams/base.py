"""The port of live streams."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from medea.kernel.errors import Conflict, TooLarge
from medea.kernel.ids import TenantId, TurnId

KEEP_ALIVE = b": keep-alive\n\n"


class StreamSuperseded(Conflict):
    """A newer attempt writes this stream now."""

    code = "streams.superseded"


class StreamTooLong(TooLarge):
    """The reply is longer than a live stream may be."""

    code = "streams.too_long"


@dataclass(frozen=True, slots=True)
class FrameId:
    """Position in a stream; on the wire `<attempt>-<seq>`.

    Attributes:
        attempt: 1 for the first attempt at the turn.
        seq: 1 for the first frame of the attempt; 0 is the restart notice before it.
    """

    attempt: int
    seq: int

    @classmethod
    def find(cls, text: str | None) -> "FrameId | None":
        """Read a `Last-Event-ID`, or None when it is missing or none of ours."""
        attempt, dash, seq = (text or "").partition("-")
        if dash and _is_number(attempt) and _is_number(seq):
            return cls(int(attempt), int(seq))
        return None

    def __str__(self) -> str:
        return f"{self.attempt}-{self.seq}"


def _is_number(text: str) -> bool:
    return 0 < len(text) <= 9 and text.isascii() and text.isdigit()


class StreamWriter(Protocol):
    """Writes the frames of one attempt."""

    def append(self, payloads: Sequence[bytes]) -> None:
        """Add frames. Synchronous and cheap: no reader is waited for.

        Args:
            payloads: one JSON text without line breaks per frame (or `[DONE]`).

        Raises:
            StreamSuperseded: a newer attempt has begun, or the stream is finished.
            StreamTooLong: the stream would outgrow its bound.
        """
        ...

    def finish(self) -> None:
        """End the stream: readers end after the last frame. Twice is the same as once."""
        ...


class StreamReader(Protocol):
    """One client's place in a stream. Iterate once; close it when the client goes away."""

    @property
    def restarted(self) -> bool:
        """Whether a restart notice has been put before frames so far, because another attempt had been read."""
        ...

    @property
    def finished(self) -> bool:
        """Whether the iteration ended because the stream did, not because it was lost or closed."""
        ...

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Iterate."""
        ...

    async def __anext__(self) -> bytes:
        """Return everything new since the last call, in one piece; safe to cancel and call again."""
        ...

    def close(self) -> None:
        """Stop reading. Twice is the same as once."""
        ...


class LiveStreams(Protocol):
    """All live streams that this process can reach."""

    def writer(self, tenant_id: TenantId, turn_id: TurnId, attempt: int, *, restart: bytes) -> StreamWriter:
        """Begin an attempt, or go on with the present one.

        Args:
            tenant_id: whose stream it is; part of the key.
            turn_id: the turn.
            attempt: 1 for the first; a higher one replaces all that lower ones wrote.
            restart: JSON of the notice for clients that have read from another attempt; its frame has
                the id `<attempt>-0`.

        Raises:
            StreamSuperseded: a newer attempt has begun.
        """
        ...

    async def read(
        self,
        tenant_id: TenantId,
        turn_id: TurnId,
        after: FrameId | None = None,
        *,
        expected: bool = False,
        heartbeat: float | None = None,
    ) -> StreamReader | None:
        """Read a stream from the beginning or after a frame.

        If `after` names another attempt than the present one, or a frame that was never written, the
        restart notice comes first and then the present attempt from its beginning. A reader stays on
        when an attempt is replaced: it gets the notice and goes on with the new one.

        Args:
            tenant_id: whose stream it is.
            turn_id: the turn.
            after: the last frame that the client has.
            expected: the turn is known to be queued or running: wait for its first frame.
            heartbeat: yield `KEEP_ALIVE` after so many seconds without a frame.

        Returns:
            None if the stream is unknown or expired (and not expected): use the stored reply.
        """
        ...

    async def close(self) -> None:
        """End all readers; nothing more is kept."""
        ...
