"""What this module refuses."""

from medea.kernel.errors import Conflict, Invalid, LimitReached, NotFound


class BudgetNotFound(NotFound):
    """There is no such budget."""

    code = "billing.budget_not_found"


class BudgetInvalid(Invalid):
    """A budget needs a limit in US dollars or in tokens."""

    code = "billing.budget_invalid"


class BudgetAgentNotFound(NotFound):
    """There is no such agent to make a budget for."""

    code = "billing.agent_not_found"


class TooManyBudgets(Conflict):
    """There are as many budgets as a company may have; delete one first."""

    code = "billing.too_many_budgets"


class BudgetExhausted(LimitReached):
    """A budget of the company does not allow this call.

    Attributes:
        visitor_message: what may be said to whoever waits for the answer.
        is_held: room will come when calls that run now are settled.
        left_tokens: what the tightest budget has left, reservations taken off; None: no budget counts tokens.
        left_usd: likewise, in US dollars.
    """

    code = "billing.budget_exhausted"
    title = "Budget exhausted"
    visitor_message = "This assistant has reached its limit for now. Please try again later."
    is_held = False
    left_tokens: int | None = None
    left_usd: float | None = None
