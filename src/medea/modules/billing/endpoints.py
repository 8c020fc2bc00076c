"""HTTP of billing."""

from datetime import UTC, datetime, time
from typing import Any

from medea.kernel.ids import AgentId, BudgetId
from medea.kernel.limits.allowance import Covers, Rate
from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import ListOf, Paging
from medea.modules.billing.errors import BudgetAgentNotFound, BudgetInvalid, BudgetNotFound, TooManyBudgets
from medea.modules.billing.models import Standing
from medea.modules.billing.permissions import Read, Write
from medea.modules.billing.schemas import (
    Amounts,
    AmountsLeft,
    BudgetCreate,
    BudgetRead,
    BudgetUpdate,
    EndUserRead,
    EndUsersRead,
    LimitsRead,
    RateRead,
)
from medea.modules.billing.service import budgets as service

router = make_router("", "Budgets and limits")


@router.get("/budgets")
async def list_budgets(ctx: Read, paging: Paging) -> ListOf[BudgetRead]:
    """List budgets and how they stand, the oldest first."""
    return ListOf[BudgetRead].of(await service.list_budgets(ctx, paging), _read)


@router.post("/budgets", status_code=201, responses=problems(BudgetInvalid, BudgetAgentNotFound, TooManyBudgets))
async def create_budget(body: BudgetCreate, ctx: Write) -> BudgetRead:
    """Set a budget. It counts from now on; all budgets that apply to a call must have room for it.

    Before each call of a model its most expensive outcome (the prompt's estimate and the longest answer) is set
    aside, after it what it really took is settled. A call that does not fit is refused: the visitor is told
    politely, the transcript says why. What a call took beyond its estimate still counts, and may end a little
    above the limit.
    """
    agent_id = None if body.agent_id is None else AgentId.find(body.agent_id)
    if agent_id is None and body.agent_id is not None:
        raise BudgetAgentNotFound()
    return _read(await service.create_budget(ctx, service.Draft(**{**body.model_dump(), "agent_id": agent_id})))


@router.get("/budgets/{budget_id}", responses=problems(BudgetNotFound))
async def get_budget(budget_id: BudgetId, ctx: Read) -> BudgetRead:
    """Read a budget and how it stands."""
    return _read(await service.get_budget(ctx, budget_id))


@router.patch("/budgets/{budget_id}", responses=problems(BudgetNotFound, BudgetInvalid))
async def update_budget(budget_id: BudgetId, body: BudgetUpdate, ctx: Write) -> BudgetRead:
    """Change its name or limits. What was used stays; the change holds for the next call, everywhere."""
    return _read(await service.change_budget(ctx, budget_id, body.changes()))


@router.delete("/budgets/{budget_id}", status_code=204, responses=problems(BudgetNotFound))
async def delete_budget(budget_id: BudgetId, ctx: Write) -> None:
    """Delete a budget, with what was counted against it."""
    await service.delete_budget(ctx, budget_id)


@router.get("/limits")
async def get_limits(ctx: Read) -> LimitsRead:
    """Read what else bounds the use of the API: requests per minute, answers at once."""
    allowance = ctx.ports.allowances(ctx.tenant)
    groups: dict[Covers, tuple[Rate, ...]] = {
        "chat": allowance.chat,
        "api": allowance.api,
        "widget_sessions": allowance.widget_sessions,
    }
    return LimitsRead(
        rates=[
            RateRead(
                name=rate.limit.name,
                subject=rate.subject,
                covers=covers,
                amount=rate.limit.amount,
                per_seconds=rate.limit.per,
            )
            for covers, rates in groups.items()
            for rate in rates
        ],
        turns_at_once=allowance.turns_at_once,
        budgeted_output_tokens=ctx.ports.settings.limits.budgeted_output_tokens,
    )


def _read(known: service.Known) -> BudgetRead:
    standing, budget = known.standing, known.standing.budget
    ends = known.end_users
    told = None
    if ends is not None:
        top = [EndUserRead(end_user=found.counter.subject, **_amounts(found)) for found in ends.top]
        told = EndUsersRead(seen=ends.seen, near=ends.near, spent=ends.spent, top=top)
    return BudgetRead.model_validate(
        {
            **{name: getattr(budget, name) for name in _OWN},
            **_amounts(standing),
            "starts_at": datetime.combine(standing.counter.starts_at, time(), UTC),
            "resets_at": standing.resets_at,
            "end_users": told,
        }
    )


_OWN = (
    "id",
    "name",
    "scope",
    "agent_id",
    "period",
    "limit_usd",
    "limit_tokens",
    "unpriced",
    "created_at",
    "updated_at",
)


def _amounts(standing: Standing) -> dict[str, Any]:
    counter = standing.counter
    left_usd = standing.left_usd
    return {
        "used": Amounts(usd=float(counter.spent_usd), tokens=counter.spent_tokens),
        "reserved": Amounts(usd=float(counter.reserved_usd), tokens=counter.reserved_tokens),
        "left": AmountsLeft(usd=None if left_usd is None else float(left_usd), tokens=standing.left_tokens),
        "share": standing.share,
    }
