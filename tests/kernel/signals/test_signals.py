"""Signals in memory and over PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from medea.kernel.signals.base import Signals, SignalsDown
from medea.kernel.signals.local import MemorySignals
from medea.kernel.signals.postgres import PostgresSignals
from tests.contracts.eventually import eventually
from tests.contracts.signals import SignalsContract


class TestMemory(SignalsContract):
    @pytest.fixture
    def here(self) -> Signals:
        return MemorySignals()

    @pytest.fixture
    def there(self, here: Signals) -> Signals:
        return here


@pytest.fixture
async def here(database_url: str) -> AsyncIterator[PostgresSignals]:
    signals = PostgresSignals(database_url, send_seconds=60)
    await signals.start()
    yield signals
    await signals.close()


@pytest.fixture
async def there(database_url: str) -> AsyncIterator[PostgresSignals]:
    signals = PostgresSignals(database_url, send_seconds=60)
    await signals.start()
    yield signals
    await signals.close()


@pytest.mark.usefixtures("here", "there")
class TestPostgres(SignalsContract):
    pass


async def kill_connections(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'medea-signals'"
    )
    await connection.close()


async def test_a_dead_connection_is_remade_and_the_gap_is_told(
    here: PostgresSignals, there: PostgresSignals, database_url: str
) -> None:
    heard: list[str] = []
    there.subscribe("a.b", heard.append, on_gap=lambda: heard.append("gap"))
    await here.publish("a.b", "before")
    await eventually(lambda: heard == ["before"])
    await kill_connections(database_url)
    await eventually(lambda: heard == ["before", "gap"])
    await here.publish("a.b", "after")
    await eventually(lambda: heard == ["before", "gap", "after"])


async def test_a_publisher_waits_for_the_connection_to_come_back(
    here: PostgresSignals, there: PostgresSignals, database_url: str
) -> None:
    heard: list[str] = []
    there.subscribe("a.b", heard.append)
    here._connected.clear()
    await kill_connections(database_url)
    await here.publish("a.b", "x")
    assert here.is_connected


async def test_what_broke_off_while_it_was_sent_is_sent_by_the_next_connection(
    here: PostgresSignals, there: PostgresSignals, database_url: str
) -> None:
    assert there.is_connected
    for number in range(8):
        sending = asyncio.create_task(here.publish("a.b", str(number)))
        await asyncio.sleep(0)  # it waits in the list; the signal to send it may be spent on a dead connection
        await kill_connections(database_url)
        await asyncio.wait_for(sending, 60)


async def test_a_publisher_is_told_that_only_this_process_heard_it(database_url: str) -> None:
    signals = PostgresSignals(database_url, send_seconds=0.05)  # never started: no connection
    heard: list[str] = []
    signals.subscribe("a.b", heard.append)
    with pytest.raises(SignalsDown):
        await signals.publish("a.b", "x")
    assert heard == ["x"]
    await signals.close()
