"""What the AI SDK's `useChat` and `DefaultChatTransport` call, unmodified."""

from typing import Annotated, Any, Literal

from fastapi import Request, Response
from pydantic import ConfigDict, Field

from medea.kernel.context import Context
from medea.kernel.errors import FieldError, Invalid
from medea.kernel.ids import ToolCallId
from medea.kernel.web.problems import problems
from medea.kernel.web.rates import rated
from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import Text, WireIn
from medea.modules.agents.facade import AgentNotFound
from medea.modules.conversations.endpoints.turns import STREAMED, Responses, stream
from medea.modules.conversations.errors import (
    ConversationNotFound,
    EmptyPrompt,
    FormInvalid,
    NothingAwaited,
    NothingToRegenerate,
    TooManyRunning,
)
from medea.modules.conversations.permissions import Chat
from medea.modules.conversations.schemas import MAX_TEXT
from medea.modules.conversations.service import clients, joining

router = make_router("/agents", "ai-sdk")

ChatId = Annotated[Text, Field(min_length=1, max_length=200, description="the client's name of the chat")]

_IDLE: Responses = {204: {"description": "nothing runs"}}


class UiApproval(WireIn):
    """What somebody said to a call that needs their approval."""

    model_config = ConfigDict(extra="allow")

    approved: bool | None = None
    reason: Text | None = None


class UiPart(WireIn):
    """A part of a UI message; of those that are no text, only answers to calls are used."""

    model_config = ConfigDict(extra="allow")

    type: str
    text: Text | None = None
    toolCallId: Text | None = None  # noqa: N815 - the protocol's name
    state: Text | None = None
    output: Any = None
    approval: UiApproval | None = None

    def answer(self) -> clients.ClientAnswer | None:
        """Return what it says of a call that the turn waits for, if it does."""
        call = ToolCallId.find(self.toolCallId or "")
        if call is None:
            return None
        if self.state == "approval-responded" and self.approval is not None and self.approval.approved is not None:
            return clients.ClientAnswer(call, is_approved=self.approval.approved, comment=self.approval.reason)
        if self.state == "output-available" and isinstance(self.output, dict):
            return clients.ClientAnswer(call, form=self.output)
        return None


class UiMessage(WireIn):
    """A message as the AI SDK keeps it."""

    model_config = ConfigDict(extra="allow")

    role: Literal["user", "assistant", "system"]
    parts: Annotated[list[UiPart], Field(max_length=1000, default_factory=list)]

    @property
    def text(self) -> str:
        """The text of all its parts."""
        return "".join(part.text or "" for part in self.parts if part.type == "text")


class UiChat(WireIn):
    """The request body of `DefaultChatTransport`."""

    model_config = ConfigDict(extra="allow")

    id: ChatId
    messages: Annotated[list[UiMessage], Field(max_length=1000)]
    trigger: Literal["submit-message", "regenerate-message"] = "submit-message"
    messageId: Any = None  # noqa: N815 - the protocol's name


@router.post(
    "/{agent_id}/chat",
    response_class=Response,
    responses=STREAMED
    | problems(AgentNotFound, ConversationNotFound, TooManyRunning, NothingToRegenerate, NothingAwaited, FormInvalid),
)
@rated("chat")
async def chat(agent_id: str, body: UiChat, request: Request, ctx: Chat) -> Response:
    """Say the last message of a chat and stream the answer.

    The chat's `id` names a conversation that is kept here; what came before the last message is taken
    over once, when the conversation is opened. A last message by the assistant answers what its turn waits for:
    approvals of calls, and forms as their output.
    """
    said = [(message.role, message.text) for message in body.messages if message.text]
    if body.trigger == "regenerate-message":
        sent = await clients.regenerate_last(ctx, agent_id, body.id)
    elif body.messages and body.messages[-1].role == "assistant":
        return await _answer(agent_id, body, request, ctx)
    elif not said or said[-1][0] != "user":
        raise EmptyPrompt()
    elif len(said[-1][1]) > MAX_TEXT:
        message = f"a message may have at most {MAX_TEXT} characters"
        raise Invalid(f"messages: {message}", errors=[FieldError("messages", message, "too_long")])
    else:
        sent = await clients.say(ctx, agent_id, body.id, said)
    return stream(request, joining.Join(ctx.tenant, sent.turn_id, is_waiting=sent.is_waiting))


async def _answer(agent_id: str, body: UiChat, request: Request, ctx: Context) -> Response:
    """Take in what the last message answers, and stream how the turn goes on."""
    given = [answer for part in body.messages[-1].parts if (answer := part.answer()) is not None]
    turn = await clients.answer_running(ctx, agent_id, body.id, given)
    return stream(request, joining.Join(ctx.tenant, turn), answered=[str(answer.call) for answer in given])


@router.get(
    "/{agent_id}/chat/{chat_id}/stream",
    response_class=Response,
    responses=STREAMED | _IDLE | problems(AgentNotFound),
)
async def resume_chat(agent_id: str, chat_id: ChatId, request: Request, ctx: Chat) -> Response:
    """Rejoin the running answer of a chat from its beginning; 204 when none runs."""
    try:
        turn = await clients.find_running(ctx, agent_id, chat_id)
    except ConversationNotFound:
        turn = None
    if turn is None:
        return Response(status_code=204)
    return stream(request, joining.Join(ctx.tenant, turn))
