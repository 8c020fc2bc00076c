"""Appending to and reading from one table of events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from medea.kernel.db.batch import Batch, Statement
from medea.kernel.db.schema import Operations, open_to_system, tenant_table
from medea.kernel.db.sql import Sql
from medea.kernel.eventstore.events import START, ConcurrencyConflict, Cursor, NewEvent, StoredEvent
from medea.kernel.eventstore.upcasters import Upcasters
from medea.kernel.ids import TenantId
from medea.kernel.text import json_text

# The guard on the version before refuses a gap; the primary key refuses a clash.
_APPEND = """
INSERT INTO {table} (tenant_id, {stream}, version, name, schema, data, metadata, at)
SELECT $1, $2, $3 + new.number, new.name, new.schema, new.data::jsonb, new.metadata::jsonb, coalesce($4, now())
FROM unnest($5::text[], $6::int[], $7::text[], $8::text[])
     WITH ORDINALITY AS new (name, schema, data, metadata, number)
WHERE $3 = 0 OR EXISTS (SELECT FROM {table} WHERE {stream} = $2 AND version = $3)
ORDER BY new.number
RETURNING version, "position", txid, at
"""

_COLUMNS = '{stream} AS stream_id, version, "position", txid, name, schema, data::text, metadata::text, at'

_READ_STREAM = """
SELECT {columns} FROM {table} WHERE {stream} = $1 AND version > $2 ORDER BY version LIMIT $3
"""

# A transaction below xmin has ended: nothing can appear before what is returned, so a reader that goes on
# after the last row skips nothing. Positions alone would: they are drawn before the commit.
_READ_ALL = """
SELECT {columns} FROM {table}
WHERE (txid, "position") > ($1::xid8, $2) AND txid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY txid, "position" LIMIT $3
"""


class EventStore:
    """Streams of events in one table.

    Args:
        table: made by `event_table`.
        stream_column: the column that names the stream.
        upcasters: applied to everything that is read.
    """

    def __init__(self, table: str, stream_column: str, *, upcasters: Upcasters | None = None) -> None:
        names = {"table": table, "stream": stream_column, "columns": _COLUMNS.format(stream=stream_column)}
        self._append = _APPEND.format(**names)
        self._appended = Statement(appended=self._append)
        self._read_stream = _READ_STREAM.format(**names)
        self._read_all = _READ_ALL.format(**names)
        self.upcasters = upcasters or Upcasters()

    async def append(
        self,
        sql: Sql,
        tenant_id: TenantId,
        stream_id: UUID,
        expected_version: int,
        events: Sequence[NewEvent],
        *,
        at: datetime | None = None,
    ) -> list[StoredEvent]:
        """Append events in one statement.

        Args:
            sql: a transaction bound to the tenant.
            tenant_id: whose stream it is.
            stream_id: which stream.
            expected_version: of the last event that the decision rested on; 0 for a new stream.
            events: in order.
            at: when they happened; by default the transaction's time.

        Raises:
            ConcurrencyConflict: the stream's last version is another one. The transaction can only be
                rolled back after that.
        """
        if not events:
            return []
        try:
            rows = await sql.fetch(self._append, *_arguments(tenant_id, stream_id, expected_version, events, at))
        except asyncpg.UniqueViolationError as error:
            raise ConcurrencyConflict() from error
        if not rows:
            raise ConcurrencyConflict()
        rows.sort(key=_version)
        return [
            StoredEvent(
                stream_id=stream_id,
                version=row["version"],
                position=row["position"],
                name=event.name,
                schema=event.schema,
                data=event.data,
                metadata=event.metadata,
                at=row["at"],
                txid=row["txid"],
            )
            for row, event in zip(rows, events, strict=True)
        ]

    def append_in(
        self,
        batch: Batch,
        tenant_id: TenantId,
        stream_id: UUID,
        expected_version: int,
        events: Sequence[NewEvent],
        *,
        at: datetime | None = None,
    ) -> None:
        """Let a batch append events, as `append` does.

        The batch raises `ConcurrencyConflict` where a version is missing, and a unique violation where the
        next one is there already: whoever holds the stream by a lock of its own meets neither.
        """
        arguments = _arguments(tenant_id, stream_id, expected_version, events, at)
        batch.add(self._appended, *arguments, otherwise=ConcurrencyConflict)

    async def read_stream(
        self, sql: Sql, stream_id: UUID, *, after_version: int = 0, limit: int | None = None
    ) -> list[StoredEvent]:
        """Return one stream's events in order, upcast.

        Args:
            sql: a transaction bound to the tenant.
            stream_id: which stream; an unknown one is empty.
            after_version: leave out what is known already.
            limit: at most so many.
        """
        rows = await sql.fetch(self._read_stream, stream_id, after_version, limit)
        return [self._stored(row) for row in rows]

    async def read_all(self, sql: Sql, *, after: Cursor = START, limit: int = 500) -> list[StoredEvent]:
        """Return events of all streams that the role may see, in an order that never changes.

        Only what no running transaction can come before is returned; a reader that saves the last
        event's `cursor` and goes on from there sees each event exactly once. An event shows up when all
        writing transactions of the server (of its other databases too) that began before it have ended.

        Args:
            sql: a transaction, usually of `medea_system`, at READ COMMITTED or above.
            after: cursor of the last event read.
            limit: at most so many.
        """
        rows = await sql.fetch(self._read_all, after.txid, after.position, limit)
        return [self._stored(row) for row in rows]

    def _stored(self, row: Any) -> StoredEvent:
        name = row["name"]
        schema, data = self.upcasters.upcast(name, row["schema"], msgspec.json.decode(row["data"]))
        return StoredEvent(
            stream_id=row["stream_id"],
            version=row["version"],
            position=row["position"],
            name=name,
            schema=schema,
            data=data,
            metadata=msgspec.json.decode(row["metadata"]),
            at=row["at"],
            txid=row["txid"],
        )


def _arguments(
    tenant_id: TenantId, stream_id: UUID, expected_version: int, events: Sequence[NewEvent], at: datetime | None
) -> tuple[Any, ...]:
    return (
        tenant_id,
        stream_id,
        expected_version,
        at,
        [event.name for event in events],
        [event.schema for event in events],
        [json_text(event.data) for event in events],
        [json_text(event.metadata) for event in events],
    )


def _version(row: Any) -> int:
    version: int = row["version"]
    return version


def event_table(op: Operations, name: str, stream_column: str) -> None:
    """Create a table for an `EventStore`, in a migration.

    The application role may read and append; `medea_system` may read, for projections.
    """
    tenant_table(
        op,
        name,
        f"""
        {stream_column} uuid NOT NULL,
        version int NOT NULL CHECK (version > 0),
        "position" bigint GENERATED ALWAYS AS IDENTITY,
        txid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        name text NOT NULL,
        schema int NOT NULL DEFAULT 1 CHECK (schema > 0),
        data jsonb NOT NULL,
        metadata jsonb NOT NULL DEFAULT '{{}}',
        at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY ({stream_column}, version)
        """,
        app="SELECT, INSERT",
    )
    open_to_system(op, name, "SELECT")
    op.execute(f'CREATE INDEX {name}_order ON {name} (txid, "position")')
