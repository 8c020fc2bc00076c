"""No tenant has all places: the rule, the places that keep it, and the claim that counts by it."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from medea.kernel.bus.driver import Slot
from medea.kernel.bus.task import BOUNDED
from medea.kernel.bus.work import claiming
from medea.kernel.bus.work.bounds import Bound, fits
from medea.kernel.bus.work.claiming import Claim, Wish, claim
from medea.kernel.bus.work.places import Places
from medea.kernel.db.database import Database, DatabaseUrls
from medea.kernel.ids import TenantId
from medea.kernel.settings import WorkerSettings
from tests.kernel.bus.test_claiming import NOBODY, write

TENANTS = [TenantId(number << 112) for number in range(1, 41)]


@pytest.fixture
async def database(bus_url: str) -> AsyncIterator[Database]:
    database = await Database.connect(DatabaseUrls(bus_url), pool_size=4)
    yield database
    async with database.system() as sql:
        await sql.execute("DELETE FROM jobs")
    await database.close()


async def take(database: Database, places: int, bound: Bound, *, after: Any = NOBODY) -> Claim:
    async with database.system(planned_once=True) as sql:
        return await claim(sql, "me", {"webhooks": Wish(places, 1, after, bound)}, 10.0)


def shared(found: Claim) -> Mapping[TenantId, int]:
    return Counter(job.tenant_id for job in found.jobs)


@pytest.mark.parametrize(
    ("part", "alone", "side_by_side"),
    [(0.25, 25, {2: 20, 5: 13, 10: 8, 40: 3}), (0.5, 50, {2: 34, 5: 17}), (0.9, 90, {})],
)
def test_shares_are_those_of_the_decision(part: float, alone: int, side_by_side: dict[int, int]) -> None:
    for tenants, share in {1: alone, **side_by_side}.items():
        whose, free = [0] * tenants, 100
        while any(fits(has + 1, part, free) for has in whose):
            for number in range(tenants):
                if free and fits(whose[number] + 1, part, free):
                    whose[number], free = whose[number] + 1, free - 1
        assert (whose[0], free > 0) == (share, True)


@pytest.mark.parametrize("refused", [{"webhooks_tenant_share": 0}, {"webhooks_tenant_share": 1}, {"webhooks": 1}])
def test_settings_with_which_one_tenant_could_have_all_places_are_refused(refused: dict[str, float]) -> None:
    usual = WorkerSettings()
    assert all(0 < getattr(usual, f"{queue}_tenant_share") < 1 for queue in BOUNDED)
    with pytest.raises(ValidationError):
        WorkerSettings(**refused)


async def test_a_claim_counts_up_evenly(database: Database) -> None:
    a, b, c = TENANTS[:3]
    for tenant in (a, b, c):
        await write(database, tenant, 30, queue="webhooks")
    bound = Bound(0.5, 20, {})
    assert shared(await take(database, 20, bound)) == {a: 5, b: 5, c: 5}
    assert shared(await take(database, 5, bound.after([a] * 5 + [b] * 5 + [c] * 5))) == {}


async def test_a_claim_goes_by_the_workers_count_not_by_rows_of_jobs_that_have_ended(database: Database) -> None:
    a = TENANTS[0]
    await write(database, a, 5, queue="webhooks", owner="me")
    await write(database, a, 9, queue="webhooks")
    assert shared(await take(database, 10, Bound(0.5, 10, {}))) == {a: 5}


async def test_urgent_jobs_are_within_the_part_and_go_first(database: Database) -> None:
    a, b = TENANTS[:2]
    await write(database, a, 9, queue="webhooks", priority=5)
    await write(database, a, 9, queue="webhooks")
    await write(database, b, 9, queue="webhooks", priority=-1)
    assert shared(await take(database, 2, Bound(0.5, 12, {}))) == {a: 2}
    assert shared(await take(database, 10, Bound(0.5, 10, {a: 2}))) == {a: 2, b: 4}
    async with database.system() as sql:
        rows = await sql.fetch("SELECT priority FROM jobs WHERE state = 'running' AND tenant_id = $1", a)
    assert {row["priority"] for row in rows} == {5}


async def test_tenants_with_their_part_hide_nobody(database: Database) -> None:
    """Of thirty with their part and one without, a look for one place finds the one."""
    full, stranger = TENANTS[:30], TENANTS[35]
    for tenant in full:
        await write(database, tenant, 3, queue="webhooks")
    await write(database, stranger, 1, queue="webhooks")
    bound = Bound(0.25, 2, dict.fromkeys(full, 1))
    assert bound.full == set(full)
    assert shared(await take(database, 1, bound)) == {stranger: 1}
    assert shared(await take(database, 1, bound)) == {}


async def test_it_is_told_where_not_all_tenants_were_looked_at(database: Database) -> None:
    """Nine places are free, for the second job of each of the tenants in front: not all nine are theirs."""
    for tenant in TENANTS[:39]:
        await write(database, tenant, 3, queue="webhooks")
    found = await take(database, 10, Bound(0.5, 10, dict.fromkeys(TENANTS[:39], 1)))
    assert (len(found.jobs), found.is_cut) == (9, True)
    whole = await take(database, 40, Bound(0.5, 40, {}))
    assert (len(whole.jobs), whole.is_cut) == (39, False)


async def test_a_pile_is_not_read_in_a_bounded_queue(database: Database) -> None:
    for tenant in TENANTS[:20]:
        await write(database, tenant, 1_000, queue="webhooks")
    held = [["webhooks"], [TENANTS[0]], [7]]
    arguments = ("me", ["webhooks"], [5], [5], [NOBODY], [0.25], [5], 10.0, [], *held)
    async with database.system(planned_once=True) as sql:
        lines = [row[0] for row in await sql.fetch(f"EXPLAIN (ANALYZE, BUFFERS) {claiming._CLAIM}", *arguments)]
    plan = "\n".join(lines)
    assert "Seq Scan on jobs" not in plan
    assert "Bitmap" not in plan
    pages = int(next(line for line in lines if "Buffers: shared" in line).split("hit=")[1].split()[0])
    assert pages < 400, plan


class _World:
    """A worker's places with a queue of rows behind them, as the worker and the statement use them."""

    def __init__(self, limit: int, part: float) -> None:
        self.limit, self.part = limit, part
        self.places = Places({"webhooks": limit}, {"webhooks": part})
        self.waiting: Counter[TenantId] = Counter()
        self.running: list[TenantId] = []
        self.slots: list[Slot] = []

    def write(self, tenant: TenantId) -> None:
        slot = self.places.reserve("webhooks", tenant, "me", 6.0, 0.0)
        if slot is None:
            self.waiting[tenant] += 1
            if self.places.has_free("webhooks"):
                self.claim()
            else:
                self.places.note_waiting("webhooks")
        else:
            self.check(tenant)
            self.slots.append(slot)

    def commit(self) -> None:
        if self.slots and self.places.redeem(slot := self.slots.pop()):
            self.running.append(slot.tenant_id)

    def end(self, which: int) -> None:
        if self.running and self.places.give_back("webhooks", self.running.pop(which % len(self.running))):
            self.claim()

    def claim(self) -> None:
        while free := self.places.free(100):
            [bound] = self.places.take_all(free).values()
            found: list[TenantId] = []
            after = bound
            while len(found) < free["webhooks"]:
                fitting = [each for each in self.waiting if after.lets(each)]
                if not fitting:
                    break
                found.append(min(fitting, key=lambda each: after.whose.get(each, 0)))
                self.waiting -= Counter(found[-1:])
                after = bound.after(found)
            for tenant in found:
                self.places.fill("webhooks", tenant)
            self.running += found
            self.places.return_unused("webhooks", free["webhooks"] - len(found))
            if len(found) == free["webhooks"]:
                self.places.note_waiting("webhooks")
            self.places.hold_back("webhooks", after.full)
            if not self.places.can_serve_waiting:
                return

    def check(self, tenant: TenantId) -> None:
        has = Counter([*self.running, *(slot.tenant_id for slot in self.slots)])
        assert fits(has[tenant] + 1, self.part, self.limit - has.total())

    def check_all(self) -> None:
        """Nothing waits that may begin: nobody would look for it."""
        has = Counter([*self.running, *(slot.tenant_id for slot in self.slots)])
        assert self.places.busy["webhooks"] == has.total() <= self.limit
        assert all(number <= max(1, self.limit * self.part + 1) for number in has.values())
        if free := self.limit - has.total():
            assert not [each for each in self.waiting if fits(has[each] + 1, self.part, free)]


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, 3)),
        st.tuples(st.just("commit"), st.just(0)),
        st.tuples(st.just("end"), st.integers(0, 50)),
    ),
    max_size=80,
)


@given(limit=st.integers(2, 20), part=st.sampled_from([0.05, 0.25, 0.5, 0.9]), steps=_STEPS)
def test_whatever_happens_nobody_has_more_and_nothing_is_forgotten(
    limit: int, part: float, steps: list[tuple[str, int]]
) -> None:
    world = _World(limit, part)
    for what, number in steps:
        match what:
            case "write":
                world.write(TENANTS[number])
            case "commit":
                world.commit()
            case _:
                world.end(number)
        world.check_all()
