"""The tools that an agent may use in a turn, under the names that the model knows them by."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from medea.kernel.context import Context
from medea.kernel.llm.messages import ToolDefinition
from medea.modules.agents.facade import AgentConfig
from medea.modules.conversations.log import TurnOptions
from medea.modules.tools import facade as tools
from medea.modules.tools.facade import Tool

MAX_TOOLS = 100
"""Beyond this models choose badly, and many servers refuse the request."""
SEARCH_KNOWLEDGE, HAND_OVER = "search_knowledge", "hand_over"
_NAME = re.compile(r"[^A-Za-z0-9_-]+")

OWN_TOOLS: Mapping[str, Tool] = {
    HAND_OVER: Tool(
        ref=HAND_OVER,
        name=HAND_OVER,
        description=(
            "Asks a person of the company to take over this conversation. Use it when the visitor asks for a person, "
            "or when you cannot help; tell the visitor afterwards that somebody will get back to them here."
        ),
        parameters={
            "type": "object",
            "properties": {
                "reason": {
                    "type": "string",
                    "description": "what the visitor needs, in one or two sentences, for the person who takes over",
                    "minLength": 1,
                    "maxLength": 2000,
                }
            },
            "required": ["reason"],
            "additionalProperties": False,
        },
    ),
    SEARCH_KNOWLEDGE: Tool(
        ref=SEARCH_KNOWLEDGE,
        name=SEARCH_KNOWLEDGE,
        description=(
            "Searches the company's documents and returns passages. Use it when what you were given does not answer "
            "the question; search with the words that the document would use."
        ),
        parameters={
            "type": "object",
            "properties": {"query": {"type": "string", "minLength": 1, "maxLength": 1000}},
            "required": ["query"],
            "additionalProperties": False,
        },
        is_public=False,
    ),
}
"""Tools that need what belongs to conversations, or stands above the module `tools`."""


@dataclass(frozen=True, slots=True)
class Equipped:
    """A tool as one agent has it."""

    tool: Tool
    needs_approval: bool = False


@dataclass(frozen=True, slots=True)
class Toolbox:
    """What an agent may use.

    Attributes:
        config: of the agent.
        definitions: what the model is told.
    """

    config: AgentConfig | None = None
    by_name: Mapping[str, Equipped] = field(default_factory=dict)
    definitions: tuple[ToolDefinition, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.by_name)

    def find(self, name: str) -> Equipped | None:
        """Return the tool of this name, also where the model wrote it in another case."""
        return self.by_name.get(name) or self.by_name.get(name.strip().lower())


NO_TOOLS = Toolbox()


async def open_toolbox(ctx: Context, config: AgentConfig) -> Toolbox:
    """Return the tools of an agent; those that are gone by now are left out."""
    if not config.tools:
        return NO_TOOLS
    chosen = {choice.name: choice for choice in config.tools}
    found = {tool.ref: tool for tool in await tools.find_tools(ctx, list(chosen))}
    found |= {ref: OWN_TOOLS[ref] for ref in chosen if ref in OWN_TOOLS and _is_useful(ref, config)}
    return equip(config, (Equipped(found[ref], chosen[ref].needs_approval) for ref in chosen if ref in found))


def with_client_tools(toolbox: Toolbox, config: AgentConfig, asked: TurnOptions | None) -> Toolbox:
    """Return a toolbox with the tools that the caller runs itself; these keep their names."""
    if asked is None or not asked.tools:
        return toolbox
    theirs = [
        Tool(
            ref=f"client:{tool.name}",
            name=tool.name,
            description=tool.description,
            parameters=tool.parameters,
            is_safe_to_repeat=False,
            awaits="client",
        )
        for tool in asked.tools
    ]
    return equip(config, [*map(Equipped, theirs), *toolbox.by_name.values()])


def _is_useful(ref: str, config: AgentConfig) -> bool:
    return ref != SEARCH_KNOWLEDGE or bool(config.retrieval.knowledge_bases)


def equip(config: AgentConfig, equipped: Iterable[Equipped]) -> Toolbox:
    """Return a toolbox; tools of the same name are told apart by a number."""
    by_name: dict[str, Equipped] = {}
    asks_always = config.guardrails.approval.unsafe_tools
    for each in equipped:
        wanted = _NAME.sub("_", each.tool.name)[:60] or "tool"
        name, number = wanted, 1
        while name.lower() in {known.lower() for known in by_name}:
            number += 1
            name = f"{wanted}_{number}"
        is_unsafe = asks_always and not each.tool.is_safe_to_repeat and each.tool.awaits is None
        by_name[name] = replace(each, needs_approval=True) if is_unsafe else each
        if len(by_name) == MAX_TOOLS:
            break
    definitions = tuple(
        ToolDefinition(name, each.tool.description, each.tool.parameters) for name, each in by_name.items()
    )
    return Toolbox(config, by_name, definitions)
