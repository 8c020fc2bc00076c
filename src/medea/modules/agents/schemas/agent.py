"""What an agent reads as."""

from datetime import datetime
from typing import Self

from medea.kernel.ids import AgentId
from medea.kernel.web.wire import Wire
from medea.modules.agents.models import Agent
from medea.modules.agents.schemas.appearance import AppearanceRead
from medea.modules.agents.schemas.examples import ExampleRead
from medea.modules.agents.schemas.fallbacks import FallbackRead
from medea.modules.agents.schemas.guardrails import GuardrailsRead
from medea.modules.agents.schemas.retrieval import RetrievalRead
from medea.modules.agents.schemas.tools import ToolChoiceRead, ToolLimitsRead


class ConfigRead(Wire):
    """What a version froze."""

    name: str
    system_prompt: str
    examples: list[ExampleRead]
    model: str | None
    fallbacks: list[FallbackRead]
    temperature: float | None
    max_output_tokens: int | None
    greeting: str
    suggested_questions: list[str]
    appearance: AppearanceRead
    retrieval: RetrievalRead
    tools: list[ToolChoiceRead]
    tool_limits: ToolLimitsRead
    guardrails: GuardrailsRead


class AgentRead(ConfigRead):
    """An agent with its draft."""

    id: AgentId
    slug: str
    description: str
    published_version: int | None
    published_at: datetime | None
    has_unpublished_changes: bool
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, agent: Agent) -> Self:
        """Read a row."""
        draft = ConfigRead.model_validate(agent.config)
        return cls(
            **dict(draft),
            id=agent.id,
            slug=agent.slug,
            description=agent.description,
            published_version=agent.published_version,
            published_at=agent.published_at,
            has_unpublished_changes=agent.has_unpublished_changes,
            created_at=agent.created_at,
            updated_at=agent.updated_at,
        )
