"""Warnings: once per budget and period at 80 %, once at its end; announced, and mailed to the owners."""

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.ids import BudgetId
from medea.kernel.mail.mailer import send_each
from medea.modules.billing import periods
from medea.modules.billing.events import BudgetExhausted, BudgetNearlySpent
from medea.modules.billing.models import Budget, Standing
from medea.modules.billing.repository import budgets as repository
from medea.modules.tenancy import facade as tenancy

SEND_NOTICE = "billing.send_notice"
NEARLY, SPENT = 80, 100


async def notice_spent(ctx: Context, sql: Sql, standing: Standing) -> None:
    """Warn if what was just spent calls for it."""
    level = SPENT if standing.share >= 1 else NEARLY if standing.share >= NEARLY / 100 else None
    if level is not None:
        await notice(ctx, sql, standing, level)


async def notice(ctx: Context, sql: Sql, standing: Standing, level: int) -> None:
    """Announce that a budget has come so far and let its owners know, unless that was done in this period."""
    budget, starts_at = standing.budget, standing.counter.starts_at
    if not await repository.insert_notice(sql, ctx.tenant, budget.id, starts_at, level, ctx.now()):
        return
    known = {"budget_id": budget.id, "name": budget.name, "period": budget.period, "resets_at": standing.resets_at}
    ctx.emit(BudgetExhausted(**known) if level == SPENT else BudgetNearlySpent(**known))  # type: ignore[arg-type]
    ctx.enqueue(SEND_NOTICE, budget_id=budget.id, starts_on=starts_at.toordinal(), level=level)


async def send_notice(ctx: Context, budget_id: BudgetId, starts_on: int, level: int) -> None:
    """Mail the owners of the company how a budget stands, if it is still there.

    Args:
        ctx: of the job.
        budget_id: which.
        starts_on: the period's first day, as an ordinal: of a later one there is nothing to say.
        level: `NEARLY` or `SPENT`.
    """
    now = ctx.now()
    async with ctx.transaction(durable=False) as sql:
        standing = await repository.find_standing(
            sql, budget_id, day=periods.start_of("day", now), month=periods.start_of("month", now)
        )
    if standing is None or standing.counter.starts_at.toordinal() != starts_on:  # deleted, or a new period has begun
        return
    owners = await tenancy.find_owners(ctx)
    company, budget = owners.company, standing.budget
    subject = f"Budget “{budget.name}” of {company}: " + ("used up" if level == SPENT else f"{NEARLY} % used")
    text = _text(ctx, company, standing, level)
    await send_each(ctx.ports.mailer, owners.addresses, subject, text)


def _text(ctx: Context, company: str, standing: Standing, level: int) -> str:
    budget = standing.budget
    whose = {"tenant": "for all assistants", "agent": "for one assistant", "end_user": "for each end user"}
    if level == SPENT:
        happens = "Calls that do not fit into what is left are refused; visitors are told politely to come back later."
    else:
        happens = "When it is used up, assistants that it covers answer no more until then."
    each = "One end user has used" if budget.scope == "end_user" else "Used so far:"
    return (
        f"Hello,\n\nthe {noun(budget)} “{budget.name}” of {company} ({whose[budget.scope]}) is "
        f"{'used up' if level == SPENT else f'at {NEARLY} %'}.\n\n"
        f"  {each} {spent_words(standing)}.\n"
        f"  It begins anew on {standing.resets_at:%d %B %Y at %H:%M} UTC.\n\n{happens} "
        f"To change it, open\n\n  {ctx.ports.settings.dashboard_origin}/dashboard/settings/limits\n"
    )


def noun(budget: Budget) -> str:
    """Return what to call a budget in a sentence."""
    return "daily budget" if budget.period == "day" else "monthly budget"


def spent_words(standing: Standing) -> str:
    """Return what is spent of what, in words."""
    counter, budget = standing.counter, standing.budget
    parts = []
    if budget.limit_usd is not None:
        parts.append(f"${counter.spent_usd:,.2f} of ${budget.limit_usd:,.2f}")
    if budget.limit_tokens is not None:
        parts.append(f"{counter.spent_tokens:,} of {budget.limit_tokens:,} tokens")
    return " and ".join(parts)
