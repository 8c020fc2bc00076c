"""Setting budgets and reading how they stand."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from medea.kernel.context import Context
from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.db.sql import Sql
from medea.kernel.errors import FieldError
from medea.kernel.ids import AgentId, BudgetId
from medea.modules.billing import caches, periods
from medea.modules.billing.errors import BudgetInvalid, BudgetNotFound, TooManyBudgets
from medea.modules.billing.events import BudgetChanged, BudgetCreated, BudgetDeleted
from medea.modules.billing.models import Budget, Standing
from medea.modules.billing.repository import budgets as repository
from medea.modules.billing.repository.budgets import money

MOST_BUDGETS = 100
"""Of one company: each call looks at all of them that may apply."""
TOP_END_USERS = 10


@dataclass(frozen=True, slots=True)
class EndUsers:
    """How the end users stand in a budget that each of them has.

    Attributes:
        seen: who spent something in this period.
        near: of them, who spent 80 % or more.
        spent: of them, who spent all.
        top: who spent most, the one with the largest part first.
    """

    seen: int
    near: int
    spent: int
    top: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """A budget, how it stands, and of one per end user how they do."""

    standing: Standing
    end_users: EndUsers | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A budget that is to be."""

    name: str
    scope: str
    period: str
    agent_id: AgentId | None = None
    limit_usd: float | None = None
    limit_tokens: int | None = None
    unpriced: str = "refuse"


async def create_budget(ctx: Context, draft: Draft) -> Known:
    """Set a budget; it counts from now on.

    Raises:
        BudgetInvalid: no limit, or an agent where none belongs or is missing.
        BudgetAgentNotFound: the company has no such agent.
        TooManyBudgets: a hundred are there.
    """
    _check_agent(draft)
    now = ctx.now()
    budget = Budget(
        id=BudgetId.new(),
        name=draft.name,
        scope=draft.scope,
        agent_id=draft.agent_id,
        period=draft.period,
        limit_usd=money(draft.limit_usd),
        limit_tokens=draft.limit_tokens,
        unpriced=draft.unpriced,
        created_at=now,
        updated_at=now,
    )
    _check_limits(budget)
    async with ctx.transaction() as sql:
        if await repository.count_budgets(sql) >= MOST_BUDGETS:
            raise TooManyBudgets(limit=MOST_BUDGETS)
        await repository.insert_budget(sql, ctx.tenant, budget, ctx.principal.user_id)
        ctx.emit(BudgetCreated(budget_id=budget.id, scope=budget.scope, agent_id=budget.agent_id))
        forget_rules(ctx)
        return await _known(ctx, sql, budget.id)


async def get_budget(ctx: Context, budget: BudgetId) -> Known:
    """Return a budget and how it stands.

    Raises:
        BudgetNotFound: there is none.
    """
    async with ctx.transaction(durable=False) as sql:
        return await _known(ctx, sql, budget)


async def list_budgets(ctx: Context, page: PageRequest) -> Page[Known]:
    """Return budgets and how they stand, the oldest first."""
    now = ctx.now()
    async with ctx.transaction(durable=False) as sql:
        found = await repository.list_standings(
            sql, page, day=periods.start_of("day", now), month=periods.start_of("month", now)
        )
        known = [await _with_end_users(sql, standing) for standing in found.data]
    return Page(known, found.next_cursor)


async def change_budget(ctx: Context, budget: BudgetId, changes: Mapping[str, Any]) -> Known:
    """Change a budget's name, limits or what it makes of models without a price; what was spent stays.

    Args:
        ctx: who and where.
        budget: which.
        changes: new values by field name; others stay.

    Raises:
        BudgetNotFound: there is none.
        BudgetInvalid: no limit would be left.
    """
    async with ctx.transaction() as sql:
        before = await repository.find_for_update(sql, budget)
        if before is None:
            raise BudgetNotFound()
        values = dict(changes)
        if "limit_usd" in values:
            values["limit_usd"] = money(values["limit_usd"])
        after = replace(before, **values, updated_at=ctx.now())
        _check_limits(after)
        await repository.update_budget(sql, after)
        if (before.limit_usd, before.limit_tokens) != (after.limit_usd, after.limit_tokens):
            await repository.forget_notices(sql, budget, periods.start_of(after.period, ctx.now()))
        ctx.emit(BudgetChanged(budget_id=budget))
        forget_rules(ctx)
        return await _known(ctx, sql, budget)


async def delete_budget(ctx: Context, budget: BudgetId) -> None:
    """Delete a budget: what it bounded is free at once.

    Raises:
        BudgetNotFound: there is none.
    """
    async with ctx.transaction() as sql:
        if not await repository.delete_budget(sql, budget):
            raise BudgetNotFound()
        ctx.emit(BudgetDeleted(budget_id=budget))
        forget_rules(ctx)


async def delete_of_agent(ctx: Context, agent: AgentId) -> None:
    """Delete the budgets of an agent that is gone."""
    async with ctx.transaction() as sql:
        for budget in await repository.delete_of_agent(sql, agent):
            ctx.emit(BudgetDeleted(budget_id=budget))
        forget_rules(ctx)


def forget_rules(ctx: Context) -> None:
    """Let every process read the company's budgets anew, once this transaction has committed."""
    tenant = ctx.tenant
    ctx.after_commit(lambda: ctx.ports.cache(caches.RULES).forget(tenant))


async def _known(ctx: Context, sql: Sql, budget: BudgetId) -> Known:
    now = ctx.now()
    day, month = periods.start_of("day", now), periods.start_of("month", now)
    standing = await repository.find_standing(sql, budget, day=day, month=month)
    if standing is None:
        raise BudgetNotFound()
    return await _with_end_users(sql, standing)


async def _with_end_users(sql: Sql, standing: Standing) -> Known:
    budget, starts_at = standing.budget, standing.counter.starts_at
    if budget.scope != "end_user":
        return Known(standing, None)
    seen, near, spent = await repository.count_end_users(sql, budget.id, starts_at)
    top = await repository.list_end_users(sql, budget, starts_at, TOP_END_USERS)
    return Known(standing, EndUsers(seen, near, spent, tuple(top)))


def _check_agent(draft: Draft) -> None:
    if draft.scope == "agent" and draft.agent_id is None:
        raise BudgetInvalid(errors=[FieldError("agent_id", "name the agent that this budget is for", "missing")])
    if draft.scope == "tenant" and draft.agent_id is not None:
        message = "leave it out: this budget is for the whole company; use the scope agent for one agent"
        raise BudgetInvalid(
            "A budget of the whole company names no agent.", errors=[FieldError("agent_id", message, "excess")]
        )


def _check_limits(budget: Budget) -> None:
    if budget.limit_usd is None and budget.limit_tokens is None:
        message = "give limit_usd, limit_tokens or both"
        raise BudgetInvalid(errors=[FieldError(name, message, "missing") for name in ("limit_usd", "limit_tokens")])
