"""What billing announces."""

from datetime import datetime

from medea.kernel.bus.event import event
from medea.kernel.ids import AgentId, BudgetId


@event("billing.budget_created", version=1)
class BudgetCreated:
    """A budget holds from now on."""

    budget_id: BudgetId
    scope: str
    agent_id: AgentId | None


@event("billing.budget_changed", version=1)
class BudgetChanged:
    """A budget has another name or other limits."""

    budget_id: BudgetId


@event("billing.budget_deleted", version=1)
class BudgetDeleted:
    """A budget holds no more."""

    budget_id: BudgetId


@event("billing.budget_nearly_spent", version=1)
class BudgetNearlySpent:
    """80 % of a budget are spent. Once per budget and period."""

    budget_id: BudgetId
    name: str
    period: str
    resets_at: datetime


@event("billing.budget_exhausted", version=1)
class BudgetExhausted:
    """A budget is spent, or what is left did not suffice for a call. Once per budget and period.

    Of budgets per end user: the first end user of the period whose share is.
    """

    budget_id: BudgetId
    name: str
    period: str
    resets_at: datetime
