"""What billing does when something happens elsewhere."""

from medea.kernel.bus.task import subscribe
from medea.kernel.context import Context
from medea.modules.agents.events import AgentDeleted
from medea.modules.billing.service import budgets


@subscribe(AgentDeleted)
async def delete_budgets(ctx: Context, event: AgentDeleted) -> None:
    """Delete the budgets of an agent that is gone."""
    await budgets.delete_of_agent(ctx, event.agent_id)
