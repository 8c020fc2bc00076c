"""Wire types of conversations."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from medea.kernel.ids import AgentId, ConversationId, MessageId, ToolCallId, TurnId, VisitorId
from medea.kernel.web.wire import Line, Text, Wire, WireIn

MAX_TEXT = 32_000

Channel = Literal["widget", "playground", "api", "openai", "mcp", "agui"]
Prompt = Annotated[Text, Field(min_length=1, max_length=MAX_TEXT)]


class AgentRef(Wire):
    """The agent of a conversation."""

    id: AgentId
    slug: str
    name: str


class ConversationCreate(WireIn):
    """Whom to talk to."""

    agent: Annotated[Text, Field(min_length=1, max_length=100, description="id or slug", examples=["demo"])]
    title: Annotated[Line, Field(min_length=1, max_length=200)] | None = None
    draft: bool = Field(default=False, description="talk to the unpublished draft; needs agents:write")


class AgentAsk(WireIn):
    """What the tool `ask` of an agent is given."""

    question: Prompt
    conversation_id: Annotated[Text, Field(max_length=100)] | None = None


class ConversationUpdate(WireIn):
    """What can be changed."""

    title: Annotated[Line, Field(min_length=1, max_length=200)]


class ConversationRead(Wire):
    """A conversation."""

    id: ConversationId
    agent: AgentRef
    title: str | None
    channel: Channel
    status: Literal["open", "closed"]
    active_turn_id: TurnId | None
    waits_for: Literal["visitor", "review"] | None = Field(
        description="what the active turn waits for: the visitor's approval or form, or somebody's look at its answer; "
        "null: it is being answered, or there is none"
    )
    is_handed_over: bool = Field(description="the assistant asked for a person to take over")
    message_count: int
    last_message_preview: str | None
    visitor_id: VisitorId | None
    created_at: datetime
    updated_at: datetime


class ProblemRead(Wire):
    """Why a turn failed; `detail` is for the tenant's people, and keys with `conversations:read`, alone."""

    code: str
    message: str
    detail: str | None = None


class UsageRead(Wire):
    """Tokens of a reply."""

    input_tokens: int
    output_tokens: int


class MessageRead(Wire):
    """A message of a transcript."""

    id: MessageId
    role: Literal["user", "assistant"]
    text: str
    status: Literal["complete", "streaming", "queued", "waiting", "failed", "cancelled"]
    turn_id: TurnId | None
    error: ProblemRead | None
    model: str | None
    usage: UsageRead | None
    cost_usd: float | None
    feedback: Literal["up", "down"] | None
    feedback_comment: str | None
    created_at: datetime
    parts: list[dict[str, Any]] = Field(description="what it shows beside its text: sources, tool calls, grounding")


class TurnOptionsIn(WireIn):
    """What to do differently in this turn only."""

    temperature: Annotated[float, Field(strict=True, ge=0, le=2)] | None = None
    max_output_tokens: Annotated[int, Field(ge=1, le=32_768)] | None = None


class MessageSend(WireIn):
    """Something to say."""

    text: Prompt
    options: TurnOptionsIn | None = None


class MessageAccepted(Wire):
    """The prompt is in the log; its turn runs or waits."""

    turn_id: TurnId
    message_id: MessageId
    conversation_id: ConversationId


class TurnRead(Wire):
    """A turn and how it stands."""

    id: TurnId
    conversation_id: ConversationId
    message_id: MessageId
    reply_id: MessageId
    status: Literal["queued", "running", "waiting", "completed", "failed", "cancelled"]
    attempt: int
    agent_version: int | None
    error: ProblemRead | None
    model: str | None
    usage: UsageRead | None
    cost_usd: float | None
    first_token_ms: int | None
    total_ms: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class ApprovalCreate(WireIn):
    """Whether a tool may be called."""

    tool_call_id: ToolCallId
    approved: Annotated[bool, Field(strict=True)]
    comment: Annotated[Text, Field(max_length=1000)] | None = None


class FormSubmit(WireIn):
    """What the visitor filled in, by the names of the form's fields; null: they would rather not."""

    tool_call_id: ToolCallId
    answers: Annotated[dict[str, Text | float | int], Field(max_length=8)] | None


class ReviewCreate(WireIn):
    """Whether an answer that is held may be shown."""

    approved: Annotated[bool, Field(strict=True)]
    answer: Annotated[Text, Field(min_length=1, max_length=MAX_TEXT)] | None = Field(
        default=None, description="what is said instead; absent: what the agent's rules say"
    )
    comment: Annotated[Text, Field(max_length=1000)] | None = Field(
        default=None, description="for the company's people; readers do not get to see it"
    )

    @model_validator(mode="after")
    def _check_answer(self) -> Self:
        if self.approved and self.answer is not None:
            raise PydanticCustomError("answer", "an answer that is approved is shown as it is; leave `answer` out")
        return self


class HeldAnswerRead(Wire):
    """An answer that waits for somebody of the company to look at it."""

    id: MessageId = Field(description="of the reply")
    turn_id: TurnId
    conversation_id: ConversationId
    agent: AgentRef
    channel: Channel
    is_draft: bool
    title: str | None
    prompt: str = Field(description="what it answers")
    text: str = Field(description="the whole answer")
    shown: str = Field(description="the beginning of it that readers have seen already; mostly empty")
    reason: Literal["flagged", "unsupported", "all"]
    rules: list[str] = Field(description="the terms and patterns that were found, or the rules that held it")
    asked_at: datetime
    expires_at: datetime = Field(description="what the agent's rules say is shown then")


class HeldAnswersCount(Wire):
    """How many answers wait."""

    count: int


class FeedbackCreate(WireIn):
    """A judgement; `rating: null` takes it back."""

    rating: Literal["up", "down"] | None
    comment: Annotated[Text, Field(max_length=2000)] | None = None


class EventRead(Wire):
    """An event of the log."""

    version: int
    position: int
    name: str
    schema_: int = Field(serialization_alias="schema")
    data: dict[str, Any]
    metadata: dict[str, Any]
    at: datetime


class VisitorSessionCreate(WireIn):
    """Which agent, and who comes back."""

    agent: Annotated[Text, Field(min_length=1, max_length=100, description="id or slug")]
    identity_token: (
        Annotated[Text, Field(max_length=4000, description="JWT signed with the company's identity secret")] | None
    ) = None
    resume_token: Annotated[Text, Field(max_length=1000)] | None = None


class WidgetConfig(Wire):
    """What the widget shows before anything is said."""

    title: str
    subtitle: str | None
    greeting: str
    suggested_questions: list[str]
    appearance: dict[str, Any]


class VisitorSessionRead(Wire):
    """A visitor session: use `token` as bearer until it expires, then open another with `resume_token`."""

    token: str
    expires_at: datetime
    visitor_id: VisitorId
    resume_token: str
    agent: AgentRef
    config: WidgetConfig
    conversation: ConversationRead | None
