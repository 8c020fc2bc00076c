"""The log of the outbound door in PostgreSQL: noted in memory, written once a second in one statement for all tenants.

What a process that is killed had noted in its last second is lost; so is what comes while the database is away and the
memory for it is full, and a row that the database refuses; how many were dropped is logged. Nothing waits for this
log.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import asyncpg
import structlog

from medea.kernel.db.database import Database
from medea.kernel.db.sql import Sql
from medea.kernel.ids import EgressCallId
from medea.kernel.outbound.egress import EgressCall

EVERY_SECONDS = 1.0
CAPACITY = 10_000
BATCH = 1_000
_COLUMNS = (
    ("tenant_id", "uuid"),
    ("id", "uuid"),
    ("at", "timestamptz"),
    ("purpose", "text"),
    ("method", "text"),
    ("host", "text"),
    ("port", "int"),
    ("status", "int"),
    ("refusal", "text"),
    ("received_bytes", "bigint"),
    ("duration_ms", "int"),
)
_NAMES = ", ".join(name for name, _ in _COLUMNS)
_ARRAYS = ", ".join(f"${number}::{kind}[]" for number, (_, kind) in enumerate(_COLUMNS, 1))
_INSERT = f"INSERT INTO egress_calls ({_NAMES}) SELECT * FROM unnest({_ARRAYS}) ON CONFLICT DO NOTHING"
"""A commit whose answer was lost may be made again."""
_REFUSALS = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    ArithmeticError,
    AttributeError,
    TypeError,
    ValueError,
)
"""What lies in a row, so that trying again gives the same."""
_PATIENCE = 2  # refusals of a batch, after which its rows are written one by one

_Noted = tuple[EgressCallId, EgressCall]

_log = structlog.get_logger()


class EgressLedger:
    """Keeps what was noted until it is written. See `EgressLog`.

    Args:
        database: whose system role may write for all tenants.
        every: seconds between two writes.
        capacity: calls that are kept in memory; beyond it new ones are dropped, and how many is logged.
    """

    def __init__(self, database: Database, *, every: float = EVERY_SECONDS, capacity: int = CAPACITY) -> None:
        self._database = database
        self._every = every
        self._capacity = capacity
        self._noted: deque[_Noted] = deque()
        self._dropped = 0
        self._refusals = 0  # of the batch that is first
        self._writing: asyncio.Task[None] | None = None

    def note(self, call: EgressCall) -> None:
        """Note a call; it is written within about a second."""
        if len(self._noted) >= self._capacity:
            self._dropped += 1
            return
        self._noted.append((EgressCallId.new(), call))
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write_soon(), name="egress-log")

    async def close(self) -> None:
        """Write what is left, if the database can be reached."""
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.cancel()
            with suppress(asyncio.CancelledError):
                await writing
        await self._try_writing()
        while self._noted and self._refusals:
            await self._try_writing()

    async def _write_soon(self) -> None:
        """Write until nothing is left; the next note begins anew."""
        try:
            while self._noted:
                await asyncio.sleep(self._every)
                await self._try_writing()
        finally:
            if self._writing is asyncio.current_task():
                self._writing = None

    async def _try_writing(self) -> None:
        """Write what was noted; what goes wrong is logged, and tried again later."""
        try:
            await self._write()
        except Exception as error:  # noqa: BLE001 - whatever it was, the log goes on
            if not isinstance(error, _REFUSALS):
                self._refusals = 0
            _log.warning("outbound.log_not_written", waiting=len(self._noted), reason=type(error).__name__)
        finally:
            if self._dropped:
                dropped, self._dropped = self._dropped, 0
                _log.warning("outbound.log_dropped", calls=dropped)

    async def _write(self) -> None:
        while self._noted:
            batch = [self._noted[number] for number in range(min(BATCH, len(self._noted)))]
            if self._refusals >= _PATIENCE:
                await self._write_singly(len(batch))
                continue
            try:
                await self._insert(batch)
            except _REFUSALS:
                self._refusals += 1
                raise
            self._refusals = 0
            for _ in batch:
                self._noted.popleft()

    async def _write_singly(self, number: int) -> None:
        """Write so many rows one by one; those that are refused are dropped."""
        for _ in range(number):
            try:
                await self._insert([self._noted[0]])
            except _REFUSALS:
                self._dropped += 1
            self._noted.popleft()
        self._refusals = 0

    async def _insert(self, batch: Sequence[_Noted]) -> None:
        columns = [
            [call_id if name == "id" else getattr(call, name) for call_id, call in batch] for name, _ in _COLUMNS
        ]
        async with self._database.system(durable=False) as sql:
            await sql.execute(_INSERT, *columns)


async def purge_egress(sql: Sql, *, before: datetime, per_tenant: int) -> int:
    """Forget calls that are too old, and of each tenant the oldest beyond a number, as `medea_system`.

    Returns:
        How many went.
    """
    old = await sql.execute("DELETE FROM egress_calls WHERE at < $1", before)
    many = await sql.execute(
        "DELETE FROM egress_calls c USING"
        " (SELECT tenant_id, id, row_number() OVER (PARTITION BY tenant_id ORDER BY id DESC) AS place"
        " FROM egress_calls) o"
        " WHERE c.tenant_id = o.tenant_id AND c.id = o.id AND o.place > $1",
        per_tenant,
    )
    return int(old.rpartition(" ")[2]) + int(many.rpartition(" ")[2])
