"""Setting aside before a model call, settling after it.

What was set aside belongs to the period in which that was done, and is settled there, also past midnight. What a
killed worker left set aside is given back when its turn's next attempt begins; where none comes, it counts as spent
after `LIFETIME`: its call may have been made.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from medea.kernel.context import Context, Ports
from medea.kernel.ids import AgentId, ReservationId, TurnId
from medea.modules.billing import caches, periods
from medea.modules.billing.caches import Rule
from medea.modules.billing.errors import BudgetExhausted
from medea.modules.billing.models import Standing
from medea.modules.billing.repository import budgets as budget_rows
from medea.modules.billing.repository import reservations as repository
from medea.modules.billing.repository.budgets import money
from medea.modules.billing.repository.reservations import Call
from medea.modules.billing.service import notices
from medea.modules.billing.service.notices import noun, spent_words

LIFETIME = timedelta(minutes=30)
"""Longer than any job may run a turn, so that no call that still runs loses its reservation."""
KEPT = timedelta(days=100)
"""For so long it can be looked up what was spent of a budget in earlier periods."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """What is set aside for one model call."""

    id: ReservationId
    tokens: int
    cost_usd: float


class _NoRoomError(Exception):
    """Rolls back what some budgets had room for, because others had none."""


async def find_rules(ctx: Context, agent: AgentId, end_user: str | None) -> list[Rule]:
    """Return the budgets that apply to a call. No statement while they are remembered."""
    tenant = ctx.tenant

    async def load() -> tuple[Rule, ...]:
        async with ctx.ports.database.transaction(tenant, durable=False) as sql:
            return await budget_rows.list_rules(sql)

    rules = await ctx.ports.cache(caches.RULES).get(tenant, "", load)
    return [rule for rule in rules if rule.applies(agent, end_user)]


async def reserve(
    ctx: Context,
    *,
    turn_id: TurnId,
    agent_id: AgentId,
    end_user: str | None,
    tokens: int,
    cost_usd: float | None,
    is_last_word: bool = True,
) -> Reservation | None:
    """Set aside what a call may cost at most; None: no budget applies.

    Args:
        ctx: of the job.
        turn_id: whose call; what an earlier attempt at it left set aside is not given back here: `release_turn`.
        agent_id: who answers.
        end_user: for whom; None: nobody in particular.
        tokens: of the prompt and the longest answer.
        cost_usd: of both; None: the price is not known.
        is_last_word: whether a refusal is the end of it, so that the owners are told.

    Raises:
        BudgetExhausted: a budget has no room for it.
    """
    if not await find_rules(ctx, agent_id, end_user):
        return None
    now = ctx.now()
    call = Call(ctx.tenant, agent_id, end_user, periods.start_of("day", now), periods.start_of("month", now))
    made, usd = Reservation(ReservationId.new(), tokens, cost_usd or 0.0), money(cost_usd)
    applying, taken = await _try(ctx, call, made, turn_id, usd)
    if taken < applying:
        raise await _refuse(ctx, call, tokens, usd, is_last_word=is_last_word)
    return made if applying else None


async def _try(ctx: Context, call: Call, made: Reservation, turn_id: TurnId, usd: Decimal | None) -> tuple[int, int]:
    """Set aside in all budgets or in none; return how many apply, and how many had room."""
    counts = (0, 0)
    with suppress(_NoRoomError):
        # what a power cut takes with it is the reservation of a call that it took, too
        async with ctx.ports.database.transaction(call.tenant, durable=False) as sql:
            expires = ctx.now() + LIFETIME
            counts = await repository.reserve(
                sql, call, made.id, turn_id, tokens=made.tokens, usd=usd, expires_at=expires
            )
            if counts[1] < counts[0]:
                raise _NoRoomError
    return counts


async def _refuse(ctx: Context, call: Call, tokens: int, usd: Decimal | None, *, is_last_word: bool) -> BudgetExhausted:
    """Return the refusal that names the budget without room."""
    async with ctx.transaction(durable=False) as sql:
        standings = await repository.list_applying(sql, call)
        tight = [standing for standing in standings if not _has_room(standing, tokens, usd)]
        found = max(tight or standings, key=lambda standing: standing.share, default=None)
        if found is None:
            return BudgetExhausted("The budget was deleted in this very moment; try again.")
        if _is_unpriced(found, usd):
            return _unpriced(found)
        if is_last_word:
            await notices.notice(ctx, sql, found, notices.SPENT)
        refusal = _exhausted(found, tokens, usd)
    refusal.left_tokens = min((s.left_tokens for s in standings if s.left_tokens is not None), default=None)
    left = min((s.left_usd for s in standings if s.left_usd is not None), default=None)
    refusal.left_usd = None if left is None else float(left)
    return refusal


def _has_room(standing: Standing, tokens: int, usd: Decimal | None) -> bool:
    if _is_unpriced(standing, usd):
        return False
    left_tokens, left_usd = standing.left_tokens, standing.left_usd
    return (left_tokens is None or tokens <= left_tokens) and (left_usd is None or (usd or 0) <= left_usd)


def _is_unpriced(standing: Standing, usd: Decimal | None) -> bool:
    budget = standing.budget
    return usd is None and budget.limit_usd is not None and budget.unpriced == "refuse"


def _unpriced(standing: Standing) -> BudgetExhausted:
    budget = standing.budget
    return BudgetExhausted(
        f"The price of this model is not known, and the {noun(budget)} “{budget.name}” limits money. Let it pass"
        " models without a price, limit tokens instead, or choose another model.",
        budget_id=str(budget.id),
        budget=budget.name,
        period=budget.period,
    )


def _exhausted(standing: Standing, tokens: int, usd: Decimal | None) -> BudgetExhausted:
    budget, counter = standing.budget, standing.counter
    whose = " of this end user" if budget.scope == "end_user" else ""
    is_held = counter.reserved_tokens > 0 or counter.reserved_usd > 0
    held = " (more is set aside for answers that are being written)" if is_held else ""
    asked = f"{tokens:,} tokens" + (f" (${usd:,.4f})" if usd and budget.limit_usd is not None else "")
    refusal = BudgetExhausted(
        f"The {noun(budget)} “{budget.name}”{whose} has no room for a call of up to {asked}:"
        f" {spent_words(standing)} used{held}. It begins anew on {standing.resets_at:%d %B %Y at %H:%M} UTC.",
        budget_id=str(budget.id),
        budget=budget.name,
        period=budget.period,
        resets_at=standing.resets_at.isoformat(),
    )
    refusal.is_held = is_held
    return refusal


async def settle(ctx: Context, reservation: Reservation, *, tokens: int, cost_usd: float | None) -> None:
    """Replace what was set aside by what was spent. A second time does nothing.

    Args:
        ctx: of the job.
        reservation: of the call.
        tokens: of prompt and answer.
        cost_usd: None where nobody knows: then what was set aside counts as spent.
    """
    async with ctx.transaction() as sql:
        for standing in await repository.settle(sql, ctx.tenant, reservation.id, tokens=tokens, usd=money(cost_usd)):
            await notices.notice_spent(ctx, sql, standing)


async def release(ctx: Context, reservation: Reservation) -> None:
    """Give back what was set aside. A second time does nothing."""
    async with ctx.ports.database.transaction(ctx.tenant, durable=False) as sql:
        await repository.release(sql, ctx.tenant, reservation.id)


async def release_turn(ctx: Context, turn_id: TurnId) -> None:
    """Give back what earlier attempts at a turn left set aside."""
    async with ctx.ports.database.transaction(ctx.tenant, durable=False) as sql:
        await repository.release_turn(sql, ctx.tenant, turn_id)


async def purge(ports: Ports) -> dict[str, int]:
    """Count as spent, for all companies, what nobody settled in time, and drop counters of long ago."""
    now = ports.clock.now()
    async with ports.database.system(durable=False) as sql:
        expired = await repository.spend_expired(sql, now)
        counters = await repository.delete_counters_before(sql, (now - KEPT).date())
    return {"reservations": expired, "budget_counters": counters}
