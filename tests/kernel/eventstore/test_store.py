"""Appending and reading against PostgreSQL, as the roles that do it."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from medea.kernel.db.database import OWNER_ROLE, Database, DatabaseUrls
from medea.kernel.eventstore.events import ConcurrencyConflict, Cursor, NewEvent, StoredEvent
from medea.kernel.eventstore.store import EventStore, event_table
from medea.kernel.eventstore.upcasters import Upcasters
from medea.kernel.ids import TenantId

STORE = EventStore("test_events", "thing_id")


class Statements:
    def __init__(self) -> None:
        self.all: list[str] = []

    def execute(self, sqltext: str) -> None:
        self.all.append(sqltext)


@pytest.fixture
async def db(fresh_database_url: str) -> AsyncIterator[Database]:
    statements = Statements()
    event_table(statements, "test_events", "thing_id")
    owner = await asyncpg.connect(fresh_database_url, server_settings={"role": OWNER_ROLE})
    await owner.execute(";\n".join(statements.all))
    await owner.close()
    database = await Database.connect(DatabaseUrls(fresh_database_url), pool_size=8)
    yield database
    await database.close()


def happened(number: int) -> NewEvent:
    return NewEvent("things.happened", 1, {"number": number})


async def append(db: Database, tenant: TenantId, stream: UUID, version: int, *numbers: int) -> list[StoredEvent]:
    async with db.transaction(tenant) as sql:
        return await STORE.append(sql, tenant, stream, version, [happened(number) for number in numbers])


async def read_all(db: Database, number: int) -> list[StoredEvent]:
    """Read so many events: transactions of other tests in the same server may hold them back for a while."""
    async with asyncio.timeout(60):
        while True:
            async with db.system() as sql:
                if len(events := await STORE.read_all(sql, limit=number)) == number:
                    return events
            await asyncio.sleep(0.02)


async def test_what_is_appended_is_read_in_order(db: Database) -> None:
    tenant, stream = TenantId.new(), uuid4()
    first = await append(db, tenant, stream, 0, 1, 2)
    second = await append(db, tenant, stream, 2, 3)
    assert [event.version for event in first + second] == [1, 2, 3]
    async with db.transaction(tenant) as sql:
        events = await STORE.read_stream(sql, stream)
        assert events == first + second
        assert [event.version for event in await STORE.read_stream(sql, stream, after_version=1, limit=1)] == [2]
        assert await STORE.append(sql, tenant, stream, 3, []) == []


@pytest.mark.parametrize("expected", [0, 1, 3])
async def test_another_version_than_expected_is_refused(db: Database, expected: int) -> None:
    tenant, stream = TenantId.new(), uuid4()
    await append(db, tenant, stream, 0, 1, 2)
    with pytest.raises(ConcurrencyConflict):
        await append(db, tenant, stream, expected, 3)


async def test_of_two_writers_at_once_one_wins(db: Database) -> None:
    tenant, stream = TenantId.new(), uuid4()
    results = await asyncio.gather(*(append(db, tenant, stream, 0, n) for n in range(6)), return_exceptions=True)
    assert sum(isinstance(result, ConcurrencyConflict) for result in results) == 5
    assert sum(isinstance(result, list) for result in results) == 1


async def test_a_tenant_sees_its_own_streams_only(db: Database) -> None:
    mine, theirs, stream = TenantId.new(), TenantId.new(), uuid4()
    await append(db, mine, stream, 0, 1)
    async with db.transaction(theirs) as sql:
        assert await STORE.read_stream(sql, stream) == []
        assert await STORE.read_all(sql) == []
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.transaction(theirs) as sql:
            await STORE.append(sql, mine, uuid4(), 0, [happened(1)])


@pytest.mark.parametrize("statement", ["UPDATE test_events SET version = 9", "DELETE FROM test_events"])
async def test_nobody_changes_the_past(db: Database, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.transaction(TenantId.new()) as sql:
            await sql.execute(statement)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.system() as sql:
            await sql.execute(statement)


async def test_nul_and_lone_surrogates_are_stored_without_them(db: Database) -> None:
    tenant, stream = TenantId.new(), uuid4()
    dirty = NewEvent("things.said", 1, {"text": "a\0b\ud800c", "kept": "\\u0000", "list": ["\0", 1, None]})
    async with db.transaction(tenant) as sql:
        await STORE.append(sql, tenant, stream, 0, [dirty])
        (event,) = await STORE.read_stream(sql, stream)
    assert event.data == {"text": "abc", "kept": "\\u0000", "list": ["", 1, None]}


async def test_reading_upcasts(db: Database) -> None:
    tenant, stream = TenantId.new(), uuid4()
    await append(db, tenant, stream, 0, 41)
    upcasters = Upcasters()
    upcasters.register("things.happened", from_schema=1)(lambda data: {"count": data["number"] + 1})
    newer = EventStore("test_events", "thing_id", upcasters=upcasters)
    async with db.transaction(tenant) as sql:
        (event,) = await newer.read_stream(sql, stream)
    assert (event.schema, event.data) == (2, {"count": 42})


async def test_a_reader_waits_for_transactions_that_began_before(db: Database) -> None:
    tenant = TenantId.new()
    async with db.transaction(tenant) as slow:
        await STORE.append(slow, tenant, uuid4(), 0, [happened(1)])
        await append(db, tenant, uuid4(), 0, 2)
        async with db.system() as sql:
            assert await STORE.read_all(sql) == []
    assert [event.data["number"] for event in await read_all(db, 2)] == [1, 2]


async def test_a_reader_skips_and_doubles_nothing_while_writers_interleave(db: Database) -> None:
    tenant, writers, each = TenantId.new(), 6, 15
    seen: list[StoredEvent] = []

    async def write(writer: int) -> None:
        for number in range(each):
            async with db.transaction(tenant, durable=False) as sql:
                await STORE.append(sql, tenant, uuid4(), 0, [happened(writer * 100 + number), happened(-1)])
                await asyncio.sleep(0.001 * ((writer * 7 + number * 3) % 5))  # commits out of order

    async def follow() -> None:
        cursor = Cursor()
        while len(seen) < writers * each * 2:
            async with db.system() as sql:
                events = await STORE.read_all(sql, after=cursor, limit=7)
            seen.extend(events)
            if events:
                cursor = events[-1].cursor
            else:
                await asyncio.sleep(0.001)

    async with asyncio.timeout(60):
        await asyncio.gather(follow(), *(write(writer) for writer in range(writers)))
    positions = [event.position for event in seen]
    assert len(positions) == len(set(positions))
    assert await read_all(db, len(seen)) == seen
