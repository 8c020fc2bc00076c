"""The claim itself: whose job comes next, what another worker holds, and that no pile makes it slow."""

import uuid
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from medea.kernel.bus.task import Queue
from medea.kernel.bus.work import claiming
from medea.kernel.bus.work.claiming import Claim, Wish, claim
from medea.kernel.db.database import Database, DatabaseUrls
from medea.kernel.ids import TenantId

NOBODY = uuid.UUID(int=0)
A, B, C = (TenantId(number << 120) for number in (1, 2, 3))


@pytest.fixture
async def database(bus_url: str) -> AsyncIterator[Database]:
    database = await Database.connect(DatabaseUrls(bus_url), pool_size=8)
    yield database
    async with database.system() as sql:
        await sql.execute("DELETE FROM jobs")
    await database.close()


async def write(database: Database, tenant: TenantId, number: int = 1, **values: Any) -> None:
    row = {"queue": "default", "priority": 0, "owner": None, "ago": 0.0} | values
    async with database.system() as sql:
        await sql.execute(
            "INSERT INTO jobs (tenant_id, id, task, queue, payload, max_attempts, priority, run_at, state,"
            " lease_owner, lease_until)"
            " SELECT $1, gen_random_uuid(), 'tests.work', $2, '{}', 3, $3, now() - make_interval(secs => $4),"
            " CASE WHEN $5::text IS NULL THEN 'queued' ELSE 'running' END, $5,"
            " CASE WHEN $5::text IS NOT NULL THEN now() + interval '1 hour' END FROM generate_series(1, $6::int)",
            tenant,
            row["queue"],
            row["priority"],
            row["ago"],
            row["owner"],
            number,
        )


async def take(
    database: Database,
    places: int = 1,
    *,
    fair: int = 100,
    after: uuid.UUID = NOBODY,
    queue: Queue = "default",
    avoid: tuple[uuid.UUID, ...] = (),
) -> Claim:
    wishes: Mapping[Queue, Wish] = {queue: Wish(places, fair, after)}
    async with database.system(planned_once=True) as sql:
        return await claim(sql, "me", wishes, 10.0, avoid)


def whose(found: Claim) -> list[TenantId]:
    return [job.tenant_id for job in found.jobs]


async def test_who_has_the_least_running_comes_first(database: Database) -> None:
    await write(database, A, 2, owner="another")
    await write(database, B, 1, owner="another")
    for tenant in (A, B, C):
        await write(database, tenant, 10)
    found = await take(database, 6)
    # one each would make A 3, B 2, C 1: C gets three, B two, A one
    assert [whose(found).count(tenant) for tenant in (A, B, C)] == [1, 2, 3]


async def test_of_equals_the_next_after_the_one_served_last(database: Database) -> None:
    for tenant in (A, B, C):
        await write(database, tenant, 10)
    assert whose(await take(database, after=NOBODY)) == [A]
    async with database.system() as sql:
        await sql.execute("DELETE FROM jobs WHERE state = 'running'")
    found = await take(database, after=A)
    assert (whose(found), found.after) == ([B], {"default": B})
    async with database.system() as sql:
        await sql.execute("DELETE FROM jobs WHERE state = 'running'")
    assert whose(await take(database, after=C)) == [A]


async def test_who_has_their_part_of_this_worker_waits_while_others_do(database: Database) -> None:
    await write(database, A, 3, owner="me")
    await write(database, B, 9, owner="another")
    await write(database, A, 10)
    await write(database, B, 1)
    assert whose(await take(database, 1, fair=4)) == [A], "less running in all"
    assert whose(await take(database, 1, fair=4)) == [B], "but no more than its part here"
    assert whose(await take(database, 3, fair=4)) == [A] * 3, "nobody else waits: no place stays empty"


async def test_priorities_go_before_all_that(database: Database) -> None:
    await write(database, A, 5, owner="me")
    await write(database, A, 2, priority=9)
    await write(database, B, 5)
    assert whose(await take(database, 3, fair=1)) == [A, A, B]


async def test_within_a_tenant_the_oldest_first_and_nothing_before_its_time(database: Database) -> None:
    for ago in (10.0, 30.0, 20.0, -60.0):
        await write(database, A, ago=ago)
    found = await take(database, 10)
    assert [job.run_at for job in found.jobs] == sorted(job.run_at for job in found.jobs if job.run_at)
    assert len(found.jobs) == 3


async def test_what_another_is_claiming_is_passed_over_and_reported(database: Database) -> None:
    await write(database, A, 1)
    await write(database, B, 2)
    async with database.system() as other:
        await other.execute("SELECT id FROM jobs WHERE tenant_id = $1 FOR UPDATE", A)
        found = await take(database, 1)
        assert (whose(found), found.lost, found.after) == ([], {"default": {A}}, {"default": A})
        found = await take(database, 2, avoid=(A,))
        assert (whose(found), found.lost) == ([B, B], {})
    assert whose(await take(database, 5)) == [A]


async def test_of_one_tenants_pile_two_workers_get_different_jobs_at_once(database: Database) -> None:
    await write(database, A, 10)
    async with database.system() as sql:
        first = await claim(sql, "first", {"default": Wish(4, 4, NOBODY)}, 10.0)
        second = await take(database, 4)
        assert second.lost == {}
    assert not {job.id for job in first.jobs} & {job.id for job in second.jobs}
    assert (len(first.jobs), len(second.jobs)) == (4, 4)


async def test_a_pile_is_not_read_even_by_a_plan_made_when_there_was_none(database: Database) -> None:
    async with database.system() as sql:
        await sql.execute("DELETE FROM jobs")
    for _ in range(8):
        await take(database, 5)
    await write(database, A, 20_000)
    await write(database, B, 1)
    async with database.system(planned_once=True) as sql:
        arguments: tuple[Any, ...] = ("me", ["default"], [5], [5], [NOBODY], [None], [None], 10.0, [], [], [], [])
        lines = [row[0] for row in await sql.fetch(f"EXPLAIN (ANALYZE, BUFFERS) {claiming._CLAIM}", *arguments)]
    plan = "\n".join(lines)
    assert "Seq Scan on jobs" not in plan
    assert "Bitmap" not in plan
    # 20,000 rows are some 400 pages; a handful of places must need far fewer, however often each is touched
    pages = int(next(line for line in lines if "Buffers: shared" in line).split("hit=")[1].split()[0])
    assert pages < 300, plan
    assert set(whose(await take(database, 2))) <= {A, B}
