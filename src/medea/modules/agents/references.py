"""What a draft names must be there when it is written into it; what is deleted later is passed over by turns.

Likewise its bounds must be within the installation's, which turns keep to whatever a draft says.
"""

from medea.kernel.context import Context
from medea.kernel.errors import FieldError, Invalid
from medea.kernel.ids import KnowledgeBaseId
from medea.modules.agents.config import AgentConfig
from medea.modules.agents.errors import AgentModelDisabled
from medea.modules.knowledge import facade as knowledge
from medea.modules.tenancy import facade as tenancy
from medea.modules.tools import facade as tools

_NONE = AgentConfig(name="")


async def check_references(ctx: Context, after: AgentConfig, before: AgentConfig = _NONE) -> None:
    """See that the knowledge bases and tools that a change adds exist in this tenant, and that its bounds can be kept.

    Raises:
        Invalid: one does not, or cannot; each such field is named.
    """
    if beyond := _limits(ctx, after, before):
        raise Invalid("The agent may do more than this installation lets any.", errors=beyond)
    faults = [*await _bases(ctx, after, before), *await _tools(ctx, after, before)]
    used = {before.model, *(fallback.model for fallback in before.fallbacks)}
    faults += [fault for model, fault in await _models(ctx, after) if model not in used]
    if faults:
        raise Invalid("The agent names something that is not there.", errors=faults)


def _limits(ctx: Context, after: AgentConfig, before: AgentConfig) -> list[FieldError]:
    faults = []
    for name in after.tool_limits.__struct_fields__:
        wanted, most = getattr(after.tool_limits, name), getattr(ctx.ports.settings.tools, name)
        if wanted is None or most is None or wanted == getattr(before.tool_limits, name):
            continue
        if wanted > most:
            faults.append(FieldError(f"tool_limits.{name}", f"is at most {most:g} on this installation", "too_large"))
    return faults


async def check_models(ctx: Context, config: AgentConfig) -> None:
    """See that every model that a version names, the default one included, can be used.

    Raises:
        AgentModelDisabled: one is switched off; each such field is named.
    """
    if faults := [fault for _, fault in await _models(ctx, config)]:
        raise AgentModelDisabled(errors=faults)


async def _models(ctx: Context, config: AgentConfig) -> list[tuple[str | None, FieldError]]:
    named = [("model", config.model)]
    named += [(f"fallbacks.{place}.model", fallback.model) for place, fallback in enumerate(config.fallbacks)]
    found = []
    for field, model in named:
        if (fault := await tenancy.find_model_fault(ctx, model)) is not None:
            found.append((model, FieldError(field, fault, "disabled")))
    return found


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
