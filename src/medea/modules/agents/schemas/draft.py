"""What is sent to make or change an agent."""

from typing import Annotated, Any

import msgspec
from pydantic import Field

from medea.kernel.guardrails.rules import Guardrails
from medea.kernel.web.wire import WireIn
from medea.modules.agents.config import AgentConfig, Appearance, Example, Retrieval, ToolChoice, ToolLimits
from medea.modules.agents.schemas.appearance import AppearanceIn
from medea.modules.agents.schemas.examples import ExampleIn
from medea.modules.agents.schemas.fallbacks import FallbackIn
from medea.modules.agents.schemas.fields import (
    Description,
    Greeting,
    MaxOutputTokens,
    Model,
    Name,
    Note,
    Question,
    Slug,
    SystemPrompt,
    Temperature,
    without_default,
)
from medea.modules.agents.schemas.guardrails import GuardrailsIn
from medea.modules.agents.schemas.retrieval import RetrievalIn
from medea.modules.agents.schemas.tools import ToolChoiceIn, ToolLimitsIn


class DraftIn(WireIn):
    """The members of a draft that creating and changing share."""

    description: Description | None = None
    system_prompt: SystemPrompt | None = None
    examples: Annotated[list[ExampleIn], Field(max_length=50)] | None = None
    model: Model | None = Field(default=None, description="null: the default model")
    fallbacks: Annotated[list[FallbackIn], Field(max_length=5)] | None = Field(
        default=None, description="models that take over where `model` does not answer, in order"
    )
    temperature: Temperature | None = None
    max_output_tokens: MaxOutputTokens | None = None
    greeting: Greeting | None = None
    suggested_questions: Annotated[list[Question], Field(max_length=8)] | None = None
    appearance: AppearanceIn | None = None
    retrieval: RetrievalIn | None = None
    tools: Annotated[list[ToolChoiceIn], Field(max_length=64)] | None = None
    tool_limits: ToolLimitsIn | None = None
    guardrails: GuardrailsIn | None = None

    def changes(self) -> dict[str, Any]:
        """Return what was sent, by field name, as `AgentConfig` takes it; of what has members only the changes."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        for name in ("description", "system_prompt", "greeting"):
            if name in sent:
                sent[name] = sent[name] or ""
        if "examples" in sent:
            sent["examples"] = tuple(Example(user=e.user, assistant=e.assistant) for e in self.examples or ())
        if "suggested_questions" in sent:
            sent["suggested_questions"] = tuple(self.suggested_questions or ())
        if "fallbacks" in sent:
            sent["fallbacks"] = tuple(fallback.value() for fallback in self.fallbacks or ())
        if self.temperature is not None:
            sent["temperature"] = float(self.temperature)
        if "appearance" in sent:
            sent["appearance"] = self.appearance.changes() if self.appearance else msgspec.structs.asdict(Appearance())
        if "retrieval" in sent:
            sent["retrieval"] = self.retrieval.changes() if self.retrieval else msgspec.structs.asdict(Retrieval())
        if "guardrails" in sent:
            sent["guardrails"] = (self.guardrails or GuardrailsIn()).changes(reset=self.guardrails is None)
        if "tool_limits" in sent:
            sent["tool_limits"] = (
                self.tool_limits.changes() if self.tool_limits else msgspec.structs.asdict(ToolLimits())
            )
        if "tools" in sent:
            chosen = {tool.name: tool.needs_approval for tool in self.tools or ()}
            sent["tools"] = tuple(ToolChoice(name=name, needs_approval=asks) for name, asks in chosen.items())
        return sent


class AgentCreate(DraftIn):
    """A new agent. Without a slug one is made of the name."""

    name: Name
    slug: Slug | None = None

    def config(self) -> AgentConfig:
        """Return the first draft."""
        sent = {name: value for name, value in self.changes().items() if name in AgentConfig.__struct_fields__}
        sent["appearance"] = Appearance(**sent.get("appearance", {}))
        sent["retrieval"] = Retrieval(**sent.get("retrieval", {}))
        sent["tool_limits"] = ToolLimits(**sent.get("tool_limits", {}))
        sent["guardrails"] = Guardrails(**sent.get("guardrails", {}))
        return AgentConfig(**sent)


class AgentUpdate(DraftIn):
    """Changes to an agent. Name and slug cannot be cleared, so null is refused for them."""

    name: Name = Field(default="", json_schema_extra=without_default)
    slug: Slug = Field(default="", json_schema_extra=without_default)


class AgentPublish(WireIn):
    """What to remember of this version."""

    note: Note | None = None
