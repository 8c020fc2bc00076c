"""What a draft names must be there when it is written into it; what is deleted later is passed over by turns."""

from medea.kernel.context import Context
from medea.kernel.errors import FieldError, Invalid
from medea.kernel.ids import KnowledgeBaseId
from medea.modules.agents.config import AgentConfig
from medea.modules.knowledge import facade as knowledge
from medea.modules.tools import facade as tools

_NONE = AgentConfig(name="")


async def check_references(ctx: Context, after: AgentConfig, before: AgentConfig = _NONE) -> None:
    """See that the knowledge bases and tools that a change adds exist in this tenant.

    Raises:
        Invalid: one does not; each such field is named.
    """
    faults = [*await _bases(ctx, after, before), *await _tools(ctx, after, before)]
    if faults:
        raise Invalid("The agent names something that is not there.", errors=faults)


async def _bases(ctx: Context, after: AgentConfig, before: AgentConfig) -> list[FieldError]:
    added = [ref for ref in after.retrieval.knowledge_bases if ref not in before.retrieval.knowledge_bases]
    ids = [base for ref in added if (base := KnowledgeBaseId.find(ref)) is not None]
    known = {str(base) for base in await knowledge.list_names(ctx, ids)} if ids else set()
    return [
        FieldError(f"retrieval.knowledge_bases.{place}", "there is no such knowledge base", "missing")
        for place, ref in enumerate(after.retrieval.knowledge_bases)
        if ref in added and ref not in known
    ]


async def _tools(ctx: Context, after: AgentConfig, before: AgentConfig) -> list[FieldError]:
    used = {choice.name for choice in before.tools}
    added = [choice.name for choice in after.tools if choice.name not in used]
    known = {tool.ref for tool in await tools.find_tools(ctx, added)} | tools.BUILTIN_NAMES if added else set()
    return [
        FieldError(f"tools.{place}.name", "there is no such tool", "missing")
        for place, choice in enumerate(after.tools)
        if choice.name in added and choice.name not in known
    ]
