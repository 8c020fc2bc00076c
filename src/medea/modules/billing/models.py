"""Rows of this module, as its statements return them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

from medea.kernel.ids import AgentId, BudgetId
from medea.modules.billing import periods


@dataclass(frozen=True, slots=True)
class Budget:
    """A bound on what may be spent in a period."""

    id: BudgetId
    name: str
    scope: str
    agent_id: AgentId | None
    period: str
    limit_usd: Decimal | None
    limit_tokens: int | None
    unpriced: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: Any) -> Self:
        """Read a database row."""
        return cls(
            id=BudgetId(row["id"]),
            name=row["name"],
            scope=row["scope"],
            agent_id=AgentId(row["agent_id"]) if row["agent_id"] else None,
            period=row["period"],
            limit_usd=row["limit_usd"],
            limit_tokens=row["limit_tokens"],
            unpriced=row["unpriced"],
            created_at=row["created_at"],
            updated_at=row["updated_at"],
        )


@dataclass(frozen=True, slots=True)
class Counter:
    """What was spent and is set aside of a budget in one period.

    Attributes:
        subject: the end user; empty where the budget is not per end user.
    """

    budget_id: BudgetId
    starts_at: date
    subject: str
    spent_usd: Decimal
    spent_tokens: int
    reserved_usd: Decimal
    reserved_tokens: int

    @classmethod
    def of(cls, row: Any) -> Self:
        """Read a database row."""
        return cls(
            budget_id=BudgetId(row["budget_id"]),
            starts_at=row["starts_at"],
            subject=row["subject"],
            spent_usd=row["spent_usd"],
            spent_tokens=row["spent_tokens"],
            reserved_usd=row["reserved_usd"],
            reserved_tokens=row["reserved_tokens"],
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """A budget and how it stands in its period, for one subject."""

    budget: Budget
    counter: Counter

    @property
    def resets_at(self) -> datetime:
        """When the period is over."""
        return periods.end_of(self.budget.period, self.counter.starts_at)

    @property
    def left_usd(self) -> Decimal | None:
        """US dollars that nothing was spent of and nobody set aside, at least 0; None: they are not limited."""
        if self.budget.limit_usd is None:
            return None
        return max(Decimal(0), self.budget.limit_usd - self.counter.spent_usd - self.counter.reserved_usd)

    @property
    def left_tokens(self) -> int | None:
        """Tokens, likewise."""
        if self.budget.limit_tokens is None:
            return None
        return max(0, self.budget.limit_tokens - self.counter.spent_tokens - self.counter.reserved_tokens)

    @property
    def share(self) -> float:
        """What part is spent: 1.0 is all of it, of money or tokens whichever is more."""
        parts = [0.0]
        if self.budget.limit_usd is not None:
            parts.append(float(self.counter.spent_usd / self.budget.limit_usd))
        if self.budget.limit_tokens is not None:
            parts.append(self.counter.spent_tokens / self.budget.limit_tokens)
        return max(parts)
