"""The body of `POST /v1/responses`, as far as it is understood, and what it asks for."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from medea.kernel.ids import ConversationId, ResponseId, ToolCallId, TurnId
from medea.kernel.text import clean_text
from medea.kernel.web.wire import Text, WireIn
from medea.modules.conversations.dialects.calls import as_text, client_tool, read_call_name
from medea.modules.conversations.dialects.responses.items import APPROVAL
from medea.modules.conversations.endpoints.openai_wire import ContentPart, FunctionIn, check_text, refused, text_of
from medea.modules.conversations.errors import ConversationNotFound, ResponseNotFound
from medea.modules.conversations.kept_responses import Asked
from medea.modules.conversations.log import ClientTool, TurnOptions
from medea.modules.conversations.schemas import MAX_TEXT
from medea.modules.conversations.service.answers import Given

MAX_ITEMS = 900
_ANSWERS = {"function_call_output", "mcp_approval_response"}


class ResponseInputItem(WireIn):
    """A message, an answer to a call, or an item of an earlier output, which is known here and let pass."""

    model_config = ConfigDict(extra="allow")

    type: str = "message"
    role: Literal["user", "assistant", "system", "developer"] | None = None
    content: Text | list[ContentPart] | None = None
    call_id: Text | None = None
    output: Text | list[ContentPart] | None = None
    approval_request_id: Text | None = None
    approve: bool | None = None
    reason: Text | None = None

    @property
    def text(self) -> str:
        """The text of a message."""
        return text_of(self.content)


class ResponseFunction(FunctionIn):
    """A function that the caller runs itself."""

    type: Literal["function"]
    strict: bool | None = None


class ResponseCreate(WireIn):
    """The request body, as far as it is understood; parameters that change nothing here are let pass."""

    model_config = ConfigDict(extra="allow")

    model: Annotated[Text, Field(min_length=1, max_length=100, description="an agent's slug", examples=["demo"])]
    input: Text | Annotated[list[ResponseInputItem], Field(min_length=1, max_length=MAX_ITEMS)]
    instructions: Text | None = Field(default=None, description="for this response only, after the agent's own")
    previous_response_id: Annotated[Text, Field(max_length=100)] | None = None
    conversation: Text | dict[str, Any] | None = Field(
        default=None, description="a conversation that goes on, instead of `previous_response_id`"
    )
    stream: bool | None = False
    background: bool | None = False
    store: bool | None = Field(default=True, description="false: it cannot be retrieved; its conversation is kept")
    metadata: (
        Annotated[
            dict[Annotated[Text, Field(max_length=64)], Annotated[Text, Field(max_length=512)]], Field(max_length=16)
        ]
        | None
    ) = None
    temperature: Annotated[float, Field(strict=True, ge=0, le=2)] | None = None
    max_output_tokens: Annotated[int, Field(ge=1)] | None = None
    tools: Annotated[list[ResponseFunction], Field(max_length=64)] | None = Field(
        default=None, description="what the caller runs itself, beside the agent's own tools"
    )
    tool_choice: Any = None
    text: dict[str, Any] | None = None
    prompt: dict[str, Any] | None = None

    @property
    def items(self) -> list[ResponseInputItem]:
        """The input as items."""
        return [ResponseInputItem(role="user", content=self.input)] if isinstance(self.input, str) else self.input


def check(body: ResponseCreate) -> None:
    """Refuse what cannot be had here.

    Raises:
        Invalid: names the field.
    """
    format_ = (body.text or {}).get("format")
    if isinstance(format_, dict) and format_.get("type", "text") != "text":
        raise refused("text.format", "agents answer in text; leave it out, or give a function that takes the fields")
    if body.prompt is not None:
        raise refused("prompt", "no prompts are kept here: the agent has its own; give `instructions`")
    if body.background and body.store is False:
        raise refused("store", "a response in the background must be stored, or it cannot be asked for")
    if body.previous_response_id is not None and body.conversation is not None:
        raise refused("conversation", "give either a conversation or a previous_response_id")
    for place, item in enumerate(body.items):
        if item.type == "message" and item.role is None:
            raise refused(f"input.{place}.role", "a message needs a role")
        if item.type == "item_reference":
            raise refused(f"input.{place}", "send items whole, or go on from a previous_response_id")
        if item.type == "message":
            check_text(f"input.{place}.content", item.content)
        elif item.type == "function_call_output":
            check_text(f"input.{place}.output", item.output)


def answers_in(items: Sequence[ResponseInputItem]) -> tuple[TurnId, Given] | None:
    """Return what the last items answer to calls, or None where they are no answers.

    Raises:
        Invalid: an answer is to none of our calls, or they are to several turns', or a message follows them.
    """
    last: list[tuple[int, ResponseInputItem]] = []
    for place, item in reversed(list(enumerate(items))):
        if item.role == "assistant" or item.type not in {"message", *_ANSWERS}:
            break
        last.append((place, item))
    given = [(place, item) for place, item in last if item.type in _ANSWERS]
    if not given:
        return None
    if len(given) < len(last):
        raise refused("input", "send what calls gave first, and what is said next with the response that follows")
    results: dict[ToolCallId, str] = {}
    approvals: dict[ToolCallId, tuple[bool, str | None]] = {}
    turns: set[TurnId] = set()
    for place, item in given:
        turn, call = _named(place, item)
        turns.add(turn)
        if item.type == "function_call_output":
            results[call] = text_of(item.output)
        else:
            approvals[call] = (bool(item.approve), item.reason)
    if len(turns) != 1:
        raise refused("input", "the last items answer calls of several responses")
    return turns.pop(), Given(results, approvals)


def _named(place: int, item: ResponseInputItem) -> tuple[TurnId, ToolCallId]:
    if item.type == "function_call_output":
        field, named = "call_id", read_call_name(item.call_id or "")
    else:
        field, named = "approval_request_id", read_call_name(item.approval_request_id or "", APPROVAL)
    if named is None:
        raise refused(f"input.{place}.{field}", "is none that was given out here")
    return named


def said_in(items: Sequence[ResponseInputItem]) -> list[tuple[str, str]]:
    """Return (role, text) of what was said, the prompt last.

    Raises:
        Invalid: the last message is not the user's, has no text or too much.
    """
    said = [(item.role or "", item.text) for item in items if item.type == "message" and item.text.strip()]
    if not said or said[-1][0] != "user":
        raise refused("input", "the last message must be the user's, and have text")
    if len(said[-1][1]) > MAX_TEXT:
        raise refused("input", f"a message may have at most {MAX_TEXT} characters")
    return [(role, text) for role, text in said if role in {"user", "assistant"}]


def asked_by(body: ResponseCreate) -> Asked:
    """Return what is shown again of a request."""
    return Asked(
        model=body.model,
        instructions=body.instructions,
        metadata=body.metadata or {},
        previous=body.previous_response_id,
        temperature=body.temperature,
        max_output_tokens=body.max_output_tokens,
        tools=tuple(
            {"type": "function", "name": tool.name, "description": tool.description}
            | {"parameters": tool.parameters or {}, "strict": bool(tool.strict)}
            for tool in body.tools or ()
        ),
        tool_choice=body.tool_choice or "auto",
        background=bool(body.background),
        store=body.store is not False,
        brought=body.previous_response_id is None and body.conversation is None,
    )


def options_of(body: ResponseCreate) -> TurnOptions:
    """Return what is asked for in this turn only.

    Raises:
        Invalid: `tool_choice` is not understood.
    """
    messages = [item.text for item in body.items if item.role in {"system", "developer"} and item.text]
    instructions = [text for text in (body.instructions, *messages) if text]
    return TurnOptions(
        temperature=body.temperature,
        max_output_tokens=body.max_output_tokens,
        instructions=clean_text("\n\n".join(instructions)) or None,
        tools=_offered(body),
        must_call=body.tool_choice == "required" or isinstance(body.tool_choice, dict),
    )


def _offered(body: ResponseCreate) -> tuple[ClientTool, ...]:
    offered = tuple(client_tool(tool.model_dump()) for tool in body.tools or ())
    choice = body.tool_choice
    if choice == "none":
        return ()
    if isinstance(choice, dict):
        named = tuple(tool for tool in offered if tool.name == choice.get("name"))
        if choice.get("type") != "function" or not named:
            raise refused("tool_choice", "names no function of `tools`")
        return named
    if choice not in {None, "auto", "required"}:
        raise refused("tool_choice", "is `auto`, `none`, `required`, or names a function")
    return offered


def response_id(text: str) -> ResponseId:
    """Read a response's id.

    Raises:
        ResponseNotFound: it is none.
    """
    found = ResponseId.find(text)
    if found is None:
        raise ResponseNotFound()
    return found


def conversation_id(given: str | dict[str, Any] | None) -> ConversationId | None:
    """Read a conversation's id, or an object with it.

    Raises:
        ConversationNotFound: it is none.
    """
    if given is None:
        return None
    text = given.get("id") if isinstance(given, dict) else given
    found = ConversationId.find(as_text(text))
    if found is None:
        raise ConversationNotFound()
    return found
