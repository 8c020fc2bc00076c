"""What is appended, what is read, and the refusal between them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from medea.kernel.errors import Conflict


class ConcurrencyConflict(Conflict):
    """Something else was appended meanwhile; read again and decide again."""

    code = "eventstore.conflict"


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to be appended.

    Attributes:
        name: stable, `<module>.<past_tense>`.
        schema: version of `data`, from 1.
        data: JSON-like.
        metadata: who, why, which trace; JSON-like.
    """

    name: str
    schema: int
    data: dict[str, Any]
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as it was stored, upcast to the newest schema.

    Attributes:
        stream_id: which stream.
        version: 1 for the first event of the stream, without gaps.
        position: rises over all streams, with gaps; alone it is no safe cursor (see `Cursor`).
        name: stable.
        schema: version of `data`.
        data: JSON-like.
        metadata: JSON-like.
        at: when it was appended.
        txid: of the transaction that appended it.
    """

    stream_id: UUID
    version: int
    position: int
    name: str
    schema: int
    data: dict[str, Any]
    metadata: dict[str, Any]
    at: datetime
    txid: int = 0

    @property
    def cursor(self) -> "Cursor":
        """Where reading goes on after this event."""
        return Cursor(self.txid, self.position)


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in the order over all streams.

    Attributes:
        txid: PostgreSQL's 64-bit transaction id.
        position: within the transaction.
    """

    txid: int = 0
    position: int = 0


START = Cursor()
