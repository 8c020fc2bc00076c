"""What this module announces to others."""

from medea.kernel.bus.event import event
from medea.kernel.ids import AgentId, ConversationId, LeadId


@event("tools.lead_captured", version=1)
class LeadCaptured:
    """A visitor filled in a form."""

    lead_id: LeadId
    agent_id: AgentId
    conversation_id: ConversationId
