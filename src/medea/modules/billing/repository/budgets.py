"""Budgets, and how they stand."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.db.sql import ForeignKeyViolation, Sql
from medea.kernel.ids import AgentId, BudgetId, TenantId, UserId
from medea.modules.billing.caches import Rule
from medea.modules.billing.errors import BudgetAgentNotFound
from medea.modules.billing.models import Budget, Counter, Standing

_INSERT = """
INSERT INTO budgets (tenant_id, id, name, scope, agent_id, period, limit_usd, limit_tokens, unpriced, created_at,
  created_by, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10)
"""

# of a budget per end user: the one who has spent the largest part
_STANDING = """
SELECT b.*, coalesce(c.budget_id, b.id) AS budget_id, s.starts_at, coalesce(c.subject, '') AS subject,
  coalesce(c.spent_usd, 0) AS spent_usd, coalesce(c.spent_tokens, 0) AS spent_tokens,
  coalesce(c.reserved_usd, 0) AS reserved_usd, coalesce(c.reserved_tokens, 0) AS reserved_tokens
FROM budgets b
CROSS JOIN LATERAL (SELECT CASE b.period WHEN 'day' THEN $1::date ELSE $2::date END AS starts_at) s
LEFT JOIN LATERAL (
  SELECT * FROM budget_counters c WHERE c.tenant_id = b.tenant_id AND c.budget_id = b.id AND c.starts_at = s.starts_at
  ORDER BY greatest(c.spent_usd / b.limit_usd, c.spent_tokens::numeric / b.limit_tokens) DESC, c.subject LIMIT 1
) c ON true
"""

_END_USERS = """
SELECT count(*) AS seen,
  count(*) FILTER (WHERE part >= 0.8 AND part < 1) AS near, count(*) FILTER (WHERE part >= 1) AS spent
FROM (
  SELECT greatest(c.spent_usd / b.limit_usd, c.spent_tokens::numeric / b.limit_tokens) AS part
  FROM budget_counters c JOIN budgets b ON b.tenant_id = c.tenant_id AND b.id = c.budget_id
  WHERE c.budget_id = $1 AND c.starts_at = $2
) parts
"""


async def insert_budget(sql: Sql, tenant: TenantId, budget: Budget, created_by: UserId | None) -> None:
    """Add a budget.

    Raises:
        BudgetAgentNotFound: the company has no such agent.
    """
    try:
        await sql.execute(
            _INSERT,
            tenant,
            budget.id,
            budget.name,
            budget.scope,
            budget.agent_id,
            budget.period,
            budget.limit_usd,
            budget.limit_tokens,
            budget.unpriced,
            budget.created_at,
            created_by,
        )
    except ForeignKeyViolation as error:
        raise BudgetAgentNotFound() from error


async def count_budgets(sql: Sql) -> int:
    """Return how many budgets the company has; others that would add one wait until this transaction ends."""
    await sql.execute("SELECT pg_advisory_xact_lock(hashtextextended('budgets' || current_setting($1), 0))", _TENANT)
    count: int = await sql.fetchval("SELECT count(*) FROM budgets")
    return count


_TENANT = "medea.tenant_id"


async def find_for_update(sql: Sql, budget: BudgetId) -> Budget | None:
    """Return a budget, locked, or None."""
    row = await sql.fetchrow("SELECT * FROM budgets WHERE id = $1 FOR UPDATE", budget)
    return None if row is None else Budget.of(row)


async def update_budget(sql: Sql, budget: Budget) -> None:
    """Write what may change."""
    await sql.execute(
        "UPDATE budgets SET name = $2, limit_usd = $3, limit_tokens = $4, unpriced = $5, updated_at = $6 WHERE id = $1",
        budget.id,
        budget.name,
        budget.limit_usd,
        budget.limit_tokens,
        budget.unpriced,
        budget.updated_at,
    )


async def delete_budget(sql: Sql, budget: BudgetId) -> bool:
    """Delete a budget with all that was counted against it; tell whether there was one."""
    return await sql.fetchval("DELETE FROM budgets WHERE id = $1 RETURNING true", budget) is not None


async def delete_of_agent(sql: Sql, agent: AgentId) -> list[BudgetId]:
    """Delete the budgets that are about one agent alone; return them."""
    return [
        BudgetId(row["id"]) for row in await sql.fetch("DELETE FROM budgets WHERE agent_id = $1 RETURNING id", agent)
    ]


async def list_rules(sql: Sql) -> tuple[Rule, ...]:
    """Return as much of all budgets as tells which apply to a call."""
    rows = await sql.fetch("SELECT agent_id, scope, limit_usd IS NOT NULL AS counts_usd FROM budgets")
    return tuple(
        Rule(AgentId(row["agent_id"]) if row["agent_id"] else None, row["scope"] == "end_user", row["counts_usd"])
        for row in rows
    )


async def find_standing(sql: Sql, budget: BudgetId, *, day: date, month: date) -> Standing | None:
    """Return a budget and how it stands in the period of these dates, or None."""
    row = await sql.fetchrow(f"{_STANDING} WHERE b.id = $3", day, month, budget)
    return None if row is None else _standing(row)


async def list_standings(sql: Sql, page: PageRequest, *, day: date, month: date) -> Page[Standing]:
    """Return budgets and how they stand, the oldest first.

    Raises:
        Invalid: the cursor is none of ours.
    """
    where, args = "", list[Any]()
    if (after := page.id_key(BudgetId)) is not None:
        where, args = "WHERE b.id > $3", [after]
    rows = await sql.fetch(f"{_STANDING} {where} ORDER BY b.id LIMIT {page.limit + 1}", day, month, *args)
    return page.page([_standing(row) for row in rows], lambda found: [str(found.budget.id)])


def _standing(row: Any) -> Standing:
    return Standing(Budget.of(row), Counter.of(row))


async def list_end_users(sql: Sql, budget: Budget, starts_at: date, limit: int) -> list[Standing]:
    """Return the end users who have spent most of a budget that is per end user."""
    rows = await sql.fetch(
        "SELECT * FROM budget_counters WHERE budget_id = $1 AND starts_at = $2"
        " ORDER BY greatest(spent_usd / $3::numeric, spent_tokens::numeric / $4::bigint) DESC, subject LIMIT $5",
        budget.id,
        starts_at,
        budget.limit_usd,
        budget.limit_tokens,
        limit,
    )
    return [Standing(budget, Counter.of(row)) for row in rows]


async def count_end_users(sql: Sql, budget: BudgetId, starts_at: date) -> tuple[int, int, int]:
    """Return how many end users spent something, how many at least 80 %, and how many all."""
    row = await sql.fetchrow(_END_USERS, budget, starts_at)
    return (0, 0, 0) if row is None else (row["seen"], row["near"], row["spent"])


async def insert_notice(
    sql: Sql, tenant: TenantId, budget: BudgetId, starts_at: date, level: int, at: datetime
) -> bool:
    """Note that a warning goes out; tell whether it is the first of its kind in this period."""
    made = await sql.fetchval(
        "INSERT INTO budget_notices (tenant_id, budget_id, starts_at, level, created_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT DO NOTHING RETURNING true",
        tenant,
        budget,
        starts_at,
        level,
        at,
    )
    return made is not None


async def forget_notices(sql: Sql, budget: BudgetId, starts_at: date) -> None:
    """Let warnings of this period go out anew, because the limits are others now."""
    await sql.execute("DELETE FROM budget_notices WHERE budget_id = $1 AND starts_at = $2", budget, starts_at)


def money(usd: float | None) -> Decimal | None:
    """Return US dollars as the database counts them: nine places, a tenth of a token of the cheapest model."""
    return None if usd is None else Decimal(repr(usd)).quantize(Decimal("1e-9"))
