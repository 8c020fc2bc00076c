"""`/v1/chat/completions` and `/v1/models`: any OpenAI client, with an agent's slug as the model."""

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, Literal

import msgspec
from fastapi import Request, Response
from pydantic import ConfigDict, Field

from medea.kernel.context import Context
from medea.kernel.errors import AppError
from medea.kernel.ids import ConversationId, ToolCallId, TurnId
from medea.kernel.web.direct import direct
from medea.kernel.web.leaving import is_leaving_of
from medea.kernel.web.rates import rated
from medea.kernel.web.routes import make_router
from medea.kernel.web.security import ports_of
from medea.kernel.web.sse import EventStream
from medea.kernel.web.wire import Text, WireIn
from medea.modules.agents import facade as agents
from medea.modules.billing import facade as billing
from medea.modules.conversations.dialects import completions, openai_errors
from medea.modules.conversations.dialects.calls import client_tool, read_call_name
from medea.modules.conversations.dialects.frames import frames_of
from medea.modules.conversations.endpoints.openai_wire import ContentPart, FunctionIn, check_text, refused, text_of
from medea.modules.conversations.errors import AnswerAwaited, AnswerBrokenOff, TooManyRunning
from medea.modules.conversations.log import ClientTool, TurnOptions
from medea.modules.conversations.permissions import Chat, refuse_visitors
from medea.modules.conversations.schemas import MAX_TEXT
from medea.modules.conversations.service import answers, clients, joining

router = make_router("", "openai", refusals=openai_errors.refusals)

MAX_HISTORY = 900


class CompletionFailed(AppError):
    """The model could not answer."""

    status = 502
    title = "Model call failed"
    code = "llm.failed"


class CompletionMessage(WireIn):
    """A message."""

    model_config = ConfigDict(extra="allow")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | list[ContentPart] | None = None
    tool_call_id: Text | None = None

    @property
    def text(self) -> str:
        """Its text."""
        return text_of(self.content)


class ToolIn(WireIn):
    """A tool of the caller."""

    model_config = ConfigDict(extra="allow")

    type: Literal["function"]
    function: FunctionIn


class StreamOptions(WireIn):
    """How to stream."""

    model_config = ConfigDict(extra="allow")

    include_usage: bool = False


class CompletionCreate(WireIn):
    """The request body, as far as it is understood; parameters that change nothing here are let pass."""

    model_config = ConfigDict(extra="allow")

    model: Annotated[Text, Field(min_length=1, max_length=100, description="an agent's slug", examples=["demo"])]
    messages: Annotated[list[CompletionMessage], Field(min_length=1, max_length=MAX_HISTORY)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    stop: Text | Annotated[list[Text], Field(max_length=4)] | None = None
    n: int | None = 1
    tools: Annotated[list[ToolIn], Field(max_length=64)] | None = Field(
        default=None, description="what the caller runs itself, beside the agent's own tools"
    )
    tool_choice: Any = None
    response_format: dict[str, Any] | None = None
    modalities: list[Any] | None = None
    functions: Any = None


@router.post(
    "/chat/completions",
    response_class=Response,
    responses=openai_errors.refusals(
        agents.AgentNotFound, CompletionFailed, billing.BudgetExhausted, TooManyRunning, AnswerAwaited
    ),
)
@rated("chat")
@direct
async def create_completion(body: CompletionCreate, request: Request, ctx: Chat) -> Response:
    """Answer the last message, streaming or whole. The conversation is kept and can be read in the dashboard."""
    refuse_visitors(ctx)
    _check(body)
    followed, headers = await _follow(body, request, ctx)
    turn = TurnId.parse(headers["x-medea-turn"])
    completion = completions.Completion(
        id=f"chatcmpl-{turn.hex}",
        created=int(ctx.now().timestamp()),
        model=body.model,
        turn=turn,
    )
    frames = frames_of(followed)
    if body.stream:
        with_usage = body.stream_options is not None and body.stream_options.include_usage
        return EventStream(completions.stream_completion(completion, frames, with_usage=with_usage), headers)
    async for frame in frames:
        completion.take(frame)
    completion.close()
    if completion.error is not None:
        raise _failure(completion.error, headers)
    return Response(msgspec.json.encode(completion.whole()), headers=headers, media_type="application/json")


async def _follow(
    body: CompletionCreate, request: Request, ctx: Context
) -> tuple[AsyncIterator[bytes], dict[str, str]]:
    """Say what is new of the client's messages: a prompt, or what its tools gave; return frames and headers."""
    if body.messages[-1].role != "tool":
        sent = await clients.complete(ctx, body.model, _said(body), _options(body))
        join = joining.Join(ctx.tenant, sent.turn_id, is_waiting=sent.is_waiting)
        return _frames(body, request, join), _headers(sent.conversation_id, sent.turn_id)
    turn, results = _results(body)
    answered = await answers.submit_results(ctx, turn, results)
    headers = _headers(answered.turn.conversation_id, turn)
    if answered.turn.status == "waiting":  # for others, too
        words = completions.waiting_words(turn)
        raise _failure({"code": AnswerAwaited.code, "message": words}, headers)
    return joining.only_news(_frames(body, request, joining.Join(ctx.tenant, turn)), ()), headers


def _frames(body: CompletionCreate, request: Request, join: joining.Join) -> AsyncIterator[bytes]:
    if body.stream:  # what was sent cannot be taken back
        return joining.follow(ports_of(request), join)
    return joining.follow_to_end(ports_of(request), join, is_leaving_of(request))


def _results(body: CompletionCreate) -> tuple[TurnId, dict[ToolCallId, str]]:
    """Return what the caller's tools gave: the last messages."""
    results: dict[ToolCallId, str] = {}
    turns: set[TurnId] = set()
    for message in reversed(body.messages):
        if message.role != "tool":
            break
        named = read_call_name(message.tool_call_id or "")
        if named is None:
            raise refused("messages", "a tool_call_id is none that was given out here")
        turns.add(named[0])
        results[named[1]] = message.text
    if len(turns) != 1:
        raise refused("messages", "the last results belong to several answers")
    return turns.pop(), results


def _failure(error: dict[str, Any], headers: Mapping[str, str]) -> AppError:
    if error["code"] == AnswerBrokenOff.code:
        return openai_errors.broken_off(headers)
    # OpenAI's clients try again after 409 and 429 unless told otherwise; each try would be a prompt of its own
    for refusal in (billing.BudgetExhausted, AnswerAwaited):
        if error["code"] == refusal.code:
            return refusal(error["message"], headers={**headers, "x-should-retry": "false"})
    failed = CompletionFailed(error["message"])
    failed.code = error["code"]  # type: ignore[misc]  # the model's own code
    return failed


def _headers(conversation: ConversationId, turn: TurnId) -> dict[str, str]:
    return {"x-medea-conversation": str(conversation), "x-medea-turn": str(turn)}


def _check(body: CompletionCreate) -> None:
    """Refuse what cannot be had here, and would be missed in the answer."""
    if body.n not in {None, 1}:
        raise refused("n", "only one choice is given; leave `n` out")
    if body.response_format is not None and body.response_format.get("type") != "text":
        raise refused("response_format", "agents answer in text; leave it out, or give a tool that takes the fields")
    if set(map(str, body.modalities or ())) - {"text"}:
        raise refused("modalities", "agents answer in text")
    if body.functions:
        raise refused("functions", "give them as `tools`")
    if isinstance(body.tool_choice, str) and body.tool_choice not in {"auto", "none", "required"}:
        raise refused("tool_choice", "is `auto`, `none`, `required`, or names a function")
    for place, message in enumerate(body.messages):
        check_text(f"messages.{place}.content", message.content)


def _said(body: CompletionCreate) -> list[tuple[str, str]]:
    said = [(message.role, message.text) for message in body.messages if message.text]
    if not said or said[-1][0] != "user":
        raise refused("messages", "the last message must be the user's, and have text")
    if len(said[-1][1]) > MAX_TEXT:
        raise refused("messages", f"a message may have at most {MAX_TEXT} characters")
    return [(role, text) for role, text in said if role in {"user", "assistant"}]


def _options(body: CompletionCreate) -> TurnOptions:
    instructions = [m.text for m in body.messages if m.role in {"system", "developer"} and m.text]
    stop = [body.stop] if isinstance(body.stop, str) else body.stop or []
    return TurnOptions(
        temperature=body.temperature,
        max_output_tokens=body.max_completion_tokens or body.max_tokens,
        stop=tuple(text for text in stop if text),
        instructions="\n\n".join(instructions) or None,
        tools=_offered(body),
        must_call=body.tool_choice == "required" or isinstance(body.tool_choice, dict),
    )


def _offered(body: CompletionCreate) -> tuple[ClientTool, ...]:
    """Return the caller's tools that the model may call: all, none, or the one that it must."""
    offered = tuple(client_tool(tool.function.model_dump()) for tool in body.tools or ())
    if body.tool_choice == "none":
        return ()
    if not isinstance(body.tool_choice, dict):
        return offered
    function = body.tool_choice.get("function")
    name = function.get("name") if isinstance(function, dict) else None
    named = tuple(tool for tool in offered if tool.name == name)
    if not named:
        raise refused("tool_choice", "names no function of `tools`")
    return named


def _model(agent: agents.AgentName) -> dict[str, Any]:
    return {"id": agent.slug, "object": "model", "created": int(agent.created_at.timestamp()), "owned_by": "medea"}


@router.get("/models", response_class=Response)
async def list_agent_models(ctx: Chat) -> Response:
    """List the published agents as models."""
    refuse_visitors(ctx)
    return _json({"object": "list", "data": [_model(agent) for agent in await agents.list_agents_for_models(ctx)]})


@router.get("/models/{model}", response_class=Response, responses=openai_errors.refusals(agents.AgentNotFound))
async def get_model(model: str, ctx: Chat) -> Response:
    """Read one published agent as a model."""
    refuse_visitors(ctx)
    return _json(_model(await _published(ctx, model)))


async def _published(ctx: Context, slug: str) -> agents.AgentName:
    for agent in await agents.list_agents_for_models(ctx):
        if slug in {agent.slug, str(agent.id)}:
            return agent
    raise agents.AgentNotFound()


def _json(body: dict[str, Any]) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json")
