"""Background jobs of billing."""

from medea.kernel.bus.task import task
from medea.kernel.context import Context
from medea.kernel.ids import BudgetId
from medea.modules.billing.service import notices


@task(notices.SEND_NOTICE)
async def send_notice(ctx: Context, budget_id: BudgetId, starts_on: int, level: int) -> None:
    """Mail the owners that a budget is nearly or wholly spent."""
    await notices.send_notice(ctx, budget_id, starts_on, level)
