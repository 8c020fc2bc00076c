"""Refusals of this module."""

from medea.kernel.errors import Conflict, NotFound


class AgentNotFound(NotFound):
    """There is no such agent, or nothing of it is published yet."""

    code = "agents.agent_not_found"


class VersionNotFound(NotFound):
    """This agent has no version of that number."""

    code = "agents.version_not_found"


class AgentSlugTaken(Conflict):
    """Another agent has this slug; choose another one."""

    code = "agents.slug_taken"


class AgentIncomplete(Conflict):
    """The draft lacks something a live agent needs; fill in what `missing` names."""

    code = "agents.incomplete"


class AgentModelDisabled(Conflict):
    """The agent names a model that is switched off; choose another, or switch it on under Settings → Models."""

    code = "agents.model_disabled"
