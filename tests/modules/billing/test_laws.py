"""What holds of budgets whatever happens, held against a model in a few lines of Python.

A random history of reserving (alone and many at once), settling, releasing, dying, trying again and days that pass
is played on the real database. After each step every counter is what the model says, and no sum of spent and set
aside is above its limit but by what calls used beyond their estimates.
"""

import asyncio
import dataclasses
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context, Ports
from medea.kernel.ids import AgentId, TenantId, TurnId
from medea.modules.agents import facade as agents
from medea.modules.agents.config import AgentConfig
from medea.modules.billing import facade as billing
from medea.modules.billing import periods
from medea.modules.billing.models import Budget
from medea.modules.billing.service import budgets
from medea.modules.billing.service.budgets import Draft

CENT = 0.0001  # what a token costs here
TOKENS = st.integers(1, 400)
WHO = st.tuples(st.integers(0, 1), st.sampled_from([None, "ann", "bob"]))
PICK = st.integers(0, 1000)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("reserve"), WHO, TOKENS),
        st.tuples(st.just("burst"), WHO, TOKENS, st.integers(2, 8)),
        st.tuples(st.just("settle"), PICK, st.sampled_from([0.0, 0.3, 1.0, 1.2])),
        st.tuples(st.just("release"), PICK),
        st.tuples(st.just("again"), PICK),
        st.tuples(st.just("retry"), PICK, TOKENS),
        st.tuples(st.just("later")),
    ),
    max_size=25,
)
LIMITS = st.tuples(*[st.integers(200, 2000)] * 4)


class Still:
    """A clock that stands."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 29, 23, 50, tzinfo=UTC)  # the day after tomorrow is another month's

    def now(self) -> datetime:
        return self.at


Key = tuple[int, date, str]


@dataclass
class Held:
    """A reservation that is open."""

    turn: TurnId
    who: tuple[int, str | None]
    tokens: int
    keys: list[Key]
    made: billing.Reservation


@dataclass
class World:
    """The database and the model of it."""

    ports: Ports
    clock: Still
    tenant: TenantId
    agents: list[AgentId] = field(default_factory=list)
    budgets: list[Budget] = field(default_factory=list)
    spent: dict[Key, int] = field(default_factory=dict)
    reserved: dict[Key, int] = field(default_factory=dict)
    beyond: dict[Key, int] = field(default_factory=dict)
    open: list[Held] = field(default_factory=list)
    closed: list[Held] = field(default_factory=list)

    def ctx(self) -> Context:
        return Context(self.ports, system_principal(self.tenant))

    async def begin(self, limits: tuple[int, ...]) -> None:
        for name in ("first", "second"):
            async with self.ctx() as ctx:
                self.agents.append(await agents.create_agent(ctx, AgentConfig(name=name), slug=name))
        drafts = [
            Draft("all", "tenant", "month", limit_tokens=limits[0]),
            Draft("daily", "tenant", "day", limit_usd=limits[1] * CENT),
            Draft("first", "agent", "month", agent_id=self.agents[0], limit_tokens=limits[2], limit_usd=1.0),
            Draft("each", "end_user", "day", limit_tokens=limits[3]),
        ]
        for draft in drafts:
            async with self.ctx() as ctx:
                self.budgets.append((await budgets.create_budget(ctx, draft)).standing.budget)

    def keys(self, who: tuple[int, str | None]) -> list[Key]:
        found = []
        for place, budget in enumerate(self.budgets):
            is_about = budget.agent_id in {None, self.agents[who[0]]}
            if is_about and (budget.scope != "end_user" or who[1] is not None):
                subject = who[1] or "" if budget.scope == "end_user" else ""
                found.append((place, periods.start_of(budget.period, self.clock.at), subject))
        return found

    def limit(self, key: Key) -> int:
        budget = self.budgets[key[0]]
        return budget.limit_tokens or round(float(budget.limit_usd or 0) / CENT)

    def has_room(self, keys: list[Key], tokens: int) -> bool:
        return all(self.spent.get(k, 0) + self.reserved.get(k, 0) + tokens <= self.limit(k) for k in keys)

    async def reserve(self, who: tuple[int, str | None], tokens: int, turn: TurnId) -> Held | None:
        async with self.ctx() as ctx:
            try:
                made = await billing.reserve(
                    ctx,
                    turn_id=turn,
                    agent_id=self.agents[who[0]],
                    end_user=who[1],
                    tokens=tokens,
                    cost_usd=round(tokens * CENT, 9),
                )
            except billing.BudgetExhausted:
                return None
        assert made is not None
        return Held(turn, who, tokens, self.keys(who), made)

    def note(self, held: Held | None, who: tuple[int, str | None], tokens: int) -> None:
        """Let the model do what the database did, and see that it would have."""
        keys = self.keys(who)
        assert (held is not None) == self.has_room(keys, tokens)
        if held is not None:
            for key in keys:
                self.reserved[key] = self.reserved.get(key, 0) + tokens
            self.open.append(held)

    def take_off(self, held: Held) -> None:
        for key in held.keys:
            self.reserved[key] -= held.tokens
        self.open.remove(held)
        self.closed.append(held)

    def spend(self, held: Held, used: int) -> None:
        self.take_off(held)
        for key in held.keys:
            self.spent[key] = self.spent.get(key, 0) + used
            self.beyond[key] = self.beyond.get(key, 0) + max(0, used - held.tokens)

    async def close(self, held: Held, used: int | None) -> None:
        async with self.ctx() as ctx:
            if used is None:
                await billing.release(ctx, held.made)
            else:
                await billing.settle(ctx, held.made, tokens=used, cost_usd=round(used * CENT, 9))

    async def check(self) -> None:
        async with self.ports.database.transaction(self.tenant) as sql:
            rows = await sql.fetch("SELECT * FROM budget_counters")
        places = {budget.id: place for place, budget in enumerate(self.budgets)}
        for row in rows:
            key = (places[row["budget_id"]], row["starts_at"], row["subject"])
            spent, reserved = self.spent.get(key, 0), self.reserved.get(key, 0)
            assert (row["spent_tokens"], row["reserved_tokens"]) == (spent, reserved)
            assert round(float(row["spent_usd"]) / CENT) == spent
            assert round(float(row["reserved_usd"]) / CENT) == reserved
            assert spent + reserved <= self.limit(key) + self.beyond.get(key, 0)
        assert all(key in {(places[r["budget_id"]], r["starts_at"], r["subject"]) for r in rows} for key in self.spent)


async def play(world: World, step: tuple[Any, ...]) -> None:
    match step:
        case "reserve", who, tokens:
            world.note(await world.reserve(who, tokens, TurnId.new()), who, tokens)
        case "burst", who, tokens, count:
            made = await asyncio.gather(*(world.reserve(who, tokens, TurnId.new()) for _ in range(count)))
            for held in sorted(made, key=lambda one: one is None):  # who got it is all the same
                world.note(held, who, tokens)
        case "settle", pick, part if world.open:
            held = world.open[pick % len(world.open)]
            used = round(held.tokens * part)
            await world.close(held, used)
            world.spend(held, used)
        case "release", pick if world.open:
            held = world.open[pick % len(world.open)]
            await world.close(held, None)
            world.take_off(held)
        case "again", pick if world.closed:
            held = world.closed[pick % len(world.closed)]
            await world.close(held, held.tokens if pick % 2 else None)
        case "retry", pick, tokens if world.open:  # the worker died; what it held is given back before anything else
            held = world.open[pick % len(world.open)]
            async with world.ctx() as ctx:
                await billing.release_turn(ctx, held.turn)
            world.take_off(held)
            world.note(await world.reserve(held.who, tokens, held.turn), held.who, tokens)
        case ("later",) if world.clock.at.hour == 23:  # past midnight, and what is open stays open
            world.clock.at += timedelta(minutes=20)
        case ("later",):
            world.clock.at += timedelta(hours=23, minutes=40)
            await billing.purge(world.ports)
            for held in list(world.open):
                world.spend(held, held.tokens)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limits=LIMITS, steps=STEPS)
async def test_a_budget_is_never_overspent_and_its_books_are_right(
    ports: Ports, limits: tuple[int, ...], steps: list[tuple[Any, ...]]
) -> None:
    clock = Still()
    world = World(dataclasses.replace(ports, clock=clock), clock, TenantId.new())
    await world.begin(limits)
    for step in steps:
        await play(world, step)
        await world.check()
