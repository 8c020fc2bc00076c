"""Wire types of agents. Incoming text is bounded and storable; null clears a field, absence leaves it."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self

import msgspec
from pydantic import AfterValidator, AliasChoices, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from medea.kernel.ids import AgentId, KnowledgeBaseId, UserId
from medea.kernel.web.wire import Line, Text, Wire, WireIn
from medea.modules.agents.config import (
    AgentConfig,
    Appearance,
    Change,
    Example,
    OnAccent,
    Position,
    Retrieval,
    Theme,
    ToolChoice,
)
from medea.modules.agents.models import Agent, AgentVersion

_SLUG = "^[a-z0-9-]{1,63}$"
_COLOUR = "^#[0-9a-fA-F]{6}$"


def _not_blank(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("blank", "must not be blank")
    return value


def _like(pattern: str, message: str) -> AfterValidator:
    """Check a pattern with a message for people; OpenAPI shows the pattern itself."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise PydanticCustomError("pattern", "{message}", {"message": message})
        return value

    return AfterValidator(check)


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)  # absence means "leave it", not this placeholder


Name = Annotated[Line, Field(min_length=1, max_length=80)]
Slug = Annotated[
    Text,
    _like(_SLUG, "use 1 to 63 lower-case letters, digits and hyphens"),
    WithJsonSchema({"type": "string", "pattern": _SLUG}),
]
Colour = Annotated[
    Text,
    _like(_COLOUR, "must be a colour like #1f6f5c"),
    WithJsonSchema({"type": "string", "pattern": _COLOUR}),
]
Description = Annotated[Text, Field(max_length=500)]
SystemPrompt = Annotated[Text, Field(max_length=32_000)]
Greeting = Annotated[Text, Field(max_length=500)]
Said = Annotated[Text, AfterValidator(_not_blank), StringConstraints(min_length=1, max_length=8_000)]
Question = Annotated[Line, Field(min_length=1, max_length=120)]
Model = Annotated[Line, Field(min_length=1, max_length=200, description="as `GET /v1/llm/models` names it")]
Temperature = Annotated[float, Field(ge=0, le=2, strict=True, allow_inf_nan=False)]
MaxOutputTokens = Annotated[int, Field(ge=1, le=32_768, strict=True)]
Note = Annotated[Text, Field(max_length=500)]


class ExampleIn(WireIn):
    """A few-shot example; `input`/`output` and `question`/`answer` are understood as well."""

    user: Said = Field(validation_alias=AliasChoices("user", "input", "question"))
    assistant: Said = Field(validation_alias=AliasChoices("assistant", "output", "answer"))


class AppearanceIn(WireIn):
    """Changes to the widget's looks: absent members stay, null ones go back to their default."""

    accent: Colour | None = None
    theme: Theme | None = None
    position: Position | None = None
    launcher_label: Annotated[Line, Field(min_length=1, max_length=40)] | None = None
    title: Annotated[Line, Field(min_length=1, max_length=80)] | None = None
    subtitle: Annotated[Line, Field(min_length=1, max_length=160)] | None = None
    radius: Annotated[int, Field(ge=0, le=28, strict=True)] | None = None
    show_branding: Annotated[bool, Field(strict=True)] | None = None
    on_accent: Annotated[Text, Field(max_length=7)] | None = Field(
        default=None, description="ignored: the server computes it"
    )

    def changes(self) -> dict[str, Any]:
        """Return the members that were sent, null ones as their default."""
        defaults = msgspec.structs.asdict(Appearance())
        sent = self.model_dump(exclude_unset=True, exclude={"on_accent"})
        changes = {name: defaults[name] if value is None else value for name, value in sent.items()}
        if "accent" in changes:
            changes["accent"] = changes["accent"].lower()
        return changes


class RetrievalIn(WireIn):
    """Changes to what the assistant answers from: absent members stay, null ones go back to their default."""

    knowledge_bases: Annotated[list[KnowledgeBaseId], Field(max_length=20)] | None = None
    top_k: Annotated[int, Field(ge=1, le=20, strict=True)] | None = None
    threshold: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    when_unanswered: Annotated[Text, Field(max_length=1000)] | None = Field(
        default=None, description="what to offer where nothing in the knowledge answers"
    )
    show_sources: Annotated[bool, Field(strict=True)] | None = None

    def changes(self) -> dict[str, Any]:
        """Return the members that were sent, null ones as their default."""
        defaults = msgspec.structs.asdict(Retrieval())
        sent = self.model_dump(exclude_unset=True)
        if self.knowledge_bases is not None:
            sent["knowledge_bases"] = tuple(dict.fromkeys(str(base) for base in self.knowledge_bases))
        return {name: defaults[name] if value is None else value for name, value in sent.items()}


class ToolChoiceIn(WireIn):
    """A tool that the assistant may use: a built-in one by its name, or one of the company's own by its id."""

    name: Annotated[Line, Field(min_length=1, max_length=100)]
    needs_approval: Annotated[bool, Field(strict=True)] = False


class DraftIn(WireIn):
    """The members of a draft that creating and changing share."""

    description: Description | None = None
    system_prompt: SystemPrompt | None = None
    examples: Annotated[list[ExampleIn], Field(max_length=50)] | None = None
    model: Model | None = Field(default=None, description="null: the default model")
    temperature: Temperature | None = None
    max_output_tokens: MaxOutputTokens | None = None
    greeting: Greeting | None = None
    suggested_questions: Annotated[list[Question], Field(max_length=8)] | None = None
    appearance: AppearanceIn | None = None
    retrieval: RetrievalIn | None = None
    tools: Annotated[list[ToolChoiceIn], Field(max_length=64)] | None = None

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
        if self.temperature is not None:
            sent["temperature"] = float(self.temperature)
        if "appearance" in sent:
            sent["appearance"] = self.appearance.changes() if self.appearance else msgspec.structs.asdict(Appearance())
        if "retrieval" in sent:
            sent["retrieval"] = self.retrieval.changes() if self.retrieval else msgspec.structs.asdict(Retrieval())
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
        return AgentConfig(**sent)


class AgentUpdate(DraftIn):
    """Changes to an agent. Name and slug cannot be cleared, so null is refused for them."""

    name: Name = Field(default="", json_schema_extra=_without_default)
    slug: Slug = Field(default="", json_schema_extra=_without_default)


class AgentPublish(WireIn):
    """What to remember of this version."""

    note: Note | None = None


class ExampleRead(Wire):
    """A few-shot example."""

    user: str
    assistant: str


class AppearanceRead(Wire):
    """How the widget looks."""

    accent: str
    theme: Theme
    position: Position
    launcher_label: str
    title: str | None
    subtitle: str | None
    radius: int
    show_branding: bool
    on_accent: OnAccent


class RetrievalRead(Wire):
    """What the assistant answers from."""

    knowledge_bases: list[str]
    top_k: int
    threshold: float | None
    when_unanswered: str
    show_sources: bool


class ToolChoiceRead(Wire):
    """A tool that the assistant may use."""

    name: str
    needs_approval: bool


class ConfigRead(Wire):
    """What a version froze."""

    name: str
    system_prompt: str
    examples: list[ExampleRead]
    model: str | None
    temperature: float | None
    max_output_tokens: int | None
    greeting: str
    suggested_questions: list[str]
    appearance: AppearanceRead
    retrieval: RetrievalRead
    tools: list[ToolChoiceRead]


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


class PersonRead(Wire):
    """A person, as far as colleagues see one."""

    id: UserId
    name: str


class VersionRead(Wire):
    """A published version."""

    number: int
    note: str | None
    created_at: datetime
    created_by: PersonRead | None
    is_live: bool
    config: ConfigRead

    @classmethod
    def of(cls, agent: Agent, version: AgentVersion, authors: Mapping[UserId, object]) -> Self:
        """Read a row; whoever published it is looked for among the authors."""
        author = authors.get(version.created_by) if version.created_by else None
        return cls(
            number=version.number,
            note=version.note or None,
            created_at=version.created_at,
            created_by=PersonRead.model_validate(author) if author else None,
            is_live=version.number == agent.published_version,
            config=ConfigRead.model_validate(version.config),
        )


class ChangeRead(Wire):
    """One field that differs; members of appearance and retrieval are dotted (`appearance.accent`)."""

    field: str
    before: Any
    after: Any


class ComparisonRead(Wire):
    """What differs between two versions, or a version and the draft."""

    from_: int | Literal["draft"] = Field(serialization_alias="from", validation_alias="from")
    to: int | Literal["draft"]
    changes: list[ChangeRead]

    @classmethod
    def of(cls, before: int | None, after: int | None, changes: list[Change]) -> Self:
        """Read a comparison; None is the draft."""
        read = [ChangeRead.model_validate(change) for change in changes]
        return cls.model_validate({"from": before or "draft", "to": after or "draft", "changes": read})
