"""What this module announces."""

from medea.kernel.bus.event import event
from medea.kernel.ids import AgentId


@event("agents.agent_created", version=1)
class AgentCreated:
    """An agent came into being, as a draft."""

    agent_id: AgentId
    slug: str


@event("agents.agent_published", version=1)
class AgentPublished:
    """A version went live."""

    agent_id: AgentId
    version: int


@event("agents.agent_deleted", version=1)
class AgentDeleted:
    """An agent was deleted; its versions and conversations stay readable to the tenant."""

    agent_id: AgentId
