"""Setting aside, settling and releasing, on the real database and with many at once."""

import asyncio

import pytest

from medea.kernel.context import Ports
from medea.kernel.ids import AgentId, BudgetId, TurnId
from medea.modules.billing import facade as billing
from medea.modules.billing.models import Standing
from medea.modules.billing.service import budgets, reservations
from medea.modules.billing.service.budgets import Draft
from tests.modules.billing.conftest import NewContext
from tests.support.app import TravelClock


async def make(new_context: NewContext, **fields: object) -> BudgetId:
    """Set a budget, by default of 1,000 tokens a month for the whole company."""
    draft = {"name": "All", "scope": "tenant", "period": "month", **fields}
    if "limit_usd" not in draft:
        draft.setdefault("limit_tokens", 1000)
    async with new_context() as ctx:
        return (await budgets.create_budget(ctx, Draft(**draft))).standing.budget.id  # type: ignore[arg-type]


async def standing(new_context: NewContext, budget: BudgetId) -> Standing:
    async with new_context() as ctx:
        return (await budgets.get_budget(ctx, budget)).standing


async def reserve(
    new_context: NewContext,
    agent: AgentId,
    tokens: int = 100,
    usd: float | None = 0.0,
    *,
    turn: TurnId | None = None,
    end_user: str | None = None,
) -> billing.Reservation | None:
    async with new_context() as ctx:
        return await billing.reserve(
            ctx, turn_id=turn or TurnId.new(), agent_id=agent, end_user=end_user, tokens=tokens, cost_usd=usd
        )


async def settle(
    new_context: NewContext, reservation: billing.Reservation | None, tokens: int, usd: float | None = 0.0
) -> None:
    assert reservation is not None
    async with new_context() as ctx:
        await billing.settle(ctx, reservation, tokens=tokens, cost_usd=usd)


async def spend(new_context: NewContext, agent: AgentId, tokens: int, usd: float = 0.0, **more: object) -> bool:
    """Reserve and settle; tell whether there was room."""
    try:
        made = await reserve(new_context, agent, tokens, usd, **more)  # type: ignore[arg-type]
    except billing.BudgetExhausted:
        return False
    await settle(new_context, made, tokens, usd)
    return True


async def test_without_a_budget_nothing_is_set_aside(new_context: NewContext, agent: AgentId) -> None:
    assert await reserve(new_context, agent) is None
    async with new_context() as ctx:
        assert await billing.find_applying(ctx, agent, "vis") is None


async def test_what_is_set_aside_counts_until_it_is_settled(new_context: NewContext, agent: AgentId) -> None:
    budget = await make(new_context, limit_usd=1.0, limit_tokens=1000)
    made = await reserve(new_context, agent, 400, 0.25)
    found = await standing(new_context, budget)
    assert (found.left_tokens, float(found.left_usd or 0)) == (600, 0.75)
    await settle(new_context, made, 90, 0.0625)
    found = await standing(new_context, budget)
    assert (found.counter.spent_tokens, float(found.counter.spent_usd)) == (90, 0.0625)
    assert (found.left_tokens, float(found.left_usd or 0)) == (910, 0.9375)


async def test_settling_and_releasing_twice_is_doing_it_once(new_context: NewContext, agent: AgentId) -> None:
    budget = await make(new_context)
    one, other = await reserve(new_context, agent), await reserve(new_context, agent)
    assert one is not None
    assert other is not None
    for _ in range(2):
        await settle(new_context, one, 70)
        async with new_context() as ctx:
            await billing.release(ctx, one)
            await billing.release(ctx, other)
    await settle(new_context, other, 70)
    found = (await standing(new_context, budget)).counter
    assert (found.spent_tokens, found.reserved_tokens) == (70, 0)


@pytest.mark.parametrize("unit", ["usd", "tokens"])
async def test_fifty_at_once_on_a_budget_for_ten_spend_ten(new_context: NewContext, agent: AgentId, unit: str) -> None:
    limit = {"limit_usd": 1.0} if unit == "usd" else {"limit_tokens": 1000}
    budget = await make(new_context, **limit)
    allowed = await asyncio.gather(*(spend(new_context, agent, 100, 0.1) for _ in range(50)))
    found = await standing(new_context, budget)
    assert sum(allowed) == 10
    assert (found.counter.spent_tokens, float(found.counter.spent_usd)) == (1000, 1.0)
    assert (found.counter.reserved_tokens, float(found.counter.reserved_usd)) == (0, 0.0)


async def test_all_budgets_that_apply_must_have_room_and_none_keeps_anything_otherwise(
    new_context: NewContext, agent: AgentId, other_agent: AgentId
) -> None:
    wide = await make(new_context, limit_tokens=10_000)
    daily = await make(new_context, limit_tokens=5_000, period="day")
    narrow = await make(new_context, scope="agent", agent_id=agent, limit_tokens=300)
    allowed = await asyncio.gather(
        *(spend(new_context, agent, 100) for _ in range(20)), *(spend(new_context, other_agent, 100) for _ in range(20))
    )
    assert (sum(allowed[:20]), sum(allowed[20:])) == (3, 20)
    spent = [(await standing(new_context, budget)).counter for budget in (wide, daily, narrow)]
    assert [(counter.spent_tokens, counter.reserved_tokens) for counter in spent] == [(2300, 0), (2300, 0), (300, 0)]


async def test_each_end_user_has_their_own(new_context: NewContext, agent: AgentId, other_agent: AgentId) -> None:
    budget = await make(new_context, scope="end_user", agent_id=agent, limit_tokens=200)
    names = [f"visitor-{number % 4}" for number in range(20)]
    allowed = await asyncio.gather(*(spend(new_context, agent, 100, end_user=name) for name in names))
    assert sum(allowed) == 8
    assert await reserve(new_context, agent, 1000) is None, "nobody in particular asks"
    assert await reserve(new_context, other_agent, 1000, end_user="visitor-0") is None, "it is about the other agent"
    async with new_context() as ctx:
        ends = (await budgets.get_budget(ctx, budget)).end_users
    assert ends is not None
    assert (ends.seen, ends.near, ends.spent, [found.share for found in ends.top]) == (4, 0, 4, [1.0] * 4)


async def test_the_refusal_names_the_budget_and_when_it_begins_anew(new_context: NewContext, agent: AgentId) -> None:
    await make(new_context, name="Trial", limit_tokens=150)
    await spend(new_context, agent, 100)
    with pytest.raises(billing.BudgetExhausted) as caught:
        await reserve(new_context, agent, 100)
    assert (
        "The monthly budget “Trial” has no room for a call of up to 100 tokens: 100 of 150 tokens used."
        in caught.value.detail
    )
    assert caught.value.extra["budget"] == "Trial"
    assert "Trial" not in caught.value.visitor_message
    assert (caught.value.left_tokens, caught.value.is_held) == (50, False)


async def test_a_limit_of_money_refuses_models_without_a_price_unless_told_otherwise(
    new_context: NewContext, agent: AgentId
) -> None:
    budget = await make(new_context, limit_usd=5.0)
    with pytest.raises(billing.BudgetExhausted, match="price of this model is not known"):
        await reserve(new_context, agent, 100, None)
    async with new_context() as ctx:
        await budgets.change_budget(ctx, budget, {"unpriced": "pass"})
    await settle(new_context, await reserve(new_context, agent, 100, None), 100, None)
    assert (await standing(new_context, budget)).counter.spent_usd == 0


async def test_an_unknown_cost_counts_as_what_was_set_aside(new_context: NewContext, agent: AgentId) -> None:
    budget = await make(new_context, limit_usd=5.0)
    await settle(new_context, await reserve(new_context, agent, 100, 0.5), 100, None)
    assert float((await standing(new_context, budget)).counter.spent_usd) == 0.5


async def test_the_next_attempt_replaces_what_a_killed_worker_left(new_context: NewContext, agent: AgentId) -> None:
    budget, turn = await make(new_context), TurnId.new()
    for _ in range(30):  # each attempt dies before it settles
        async with new_context() as ctx:
            await billing.release_turn(ctx, turn)
        assert await reserve(new_context, agent, 900, turn=turn) is not None
    assert (await standing(new_context, budget)).counter.reserved_tokens == 900


async def test_a_call_gives_back_nothing_of_the_one_before_it_in_its_turn(
    new_context: NewContext, agent: AgentId
) -> None:
    budget, turn = await make(new_context), TurnId.new()
    first = await reserve(new_context, agent, 300, turn=turn)
    await reserve(new_context, agent, 200, turn=turn)
    assert (await standing(new_context, budget)).counter.reserved_tokens == 500
    await settle(new_context, first, 100)
    found = (await standing(new_context, budget)).counter
    assert (found.reserved_tokens, found.spent_tokens) == (200, 100)


async def test_what_nobody_settles_counts_as_spent_in_the_end(
    new_context: NewContext, agent: AgentId, clock: TravelClock, ports: Ports
) -> None:
    budget = await make(new_context)
    await reserve(new_context, agent, 900)
    with pytest.raises(billing.BudgetExhausted) as caught:
        await reserve(new_context, agent, 900)
    assert caught.value.is_held
    made = await reserve(new_context, agent, 100)
    await billing.purge(ports)
    assert (await standing(new_context, budget)).counter.reserved_tokens == 1000
    clock.advance(seconds=reservations.LIFETIME.total_seconds())
    assert (await billing.purge(ports))["reservations"] >= 1
    await settle(new_context, made, 50)  # too late
    found = (await standing(new_context, budget)).counter
    assert (found.reserved_tokens, found.spent_tokens) == (0, 1000)


async def test_a_day_later_there_is_room_again(new_context: NewContext, agent: AgentId, clock: TravelClock) -> None:
    daily = await make(new_context, period="day", limit_tokens=100)
    late = await reserve(new_context, agent, 100)
    assert not await spend(new_context, agent, 100)
    clock.advance(days=1)
    assert await spend(new_context, agent, 100)
    await settle(new_context, late, 60)  # begun yesterday, and counted there
    assert (await standing(new_context, daily)).counter.spent_tokens == 100


async def test_what_a_call_took_beyond_its_estimate_counts(new_context: NewContext, agent: AgentId) -> None:
    budget = await make(new_context)
    await settle(new_context, await reserve(new_context, agent, 1000), 1300)
    found = await standing(new_context, budget)
    assert (found.counter.spent_tokens, found.left_tokens) == (1300, 0)
    assert not await spend(new_context, agent, 1)


async def test_a_budget_holds_at_once_in_a_process_that_has_looked_before(
    new_context: NewContext, agent: AgentId
) -> None:
    assert await reserve(new_context, agent, 5000) is None
    budget = await make(new_context)
    assert not await spend(new_context, agent, 5000)
    async with new_context() as ctx:
        await budgets.delete_budget(ctx, budget)
    assert await reserve(new_context, agent, 5000) is None
