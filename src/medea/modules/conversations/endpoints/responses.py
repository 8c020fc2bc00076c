"""`/v1/responses`: OpenAI's Responses, with an agent's slug as the model."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import msgspec
from fastapi import Query, Request, Response

from medea.kernel.context import Context
from medea.kernel.web.leaving import is_leaving_of
from medea.kernel.web.rates import rated
from medea.kernel.web.routes import make_router
from medea.kernel.web.security import ports_of
from medea.kernel.web.sse import EventStream
from medea.modules.agents import facade as agents
from medea.modules.billing import facade as billing
from medea.modules.conversations import streaming
from medea.modules.conversations.dialects import openai_errors
from medea.modules.conversations.dialects.frames import frames_of
from medea.modules.conversations.dialects.happenings import Happening, happenings
from medea.modules.conversations.dialects.responses.encoding import Encoder
from medea.modules.conversations.dialects.responses.inputs import input_items, item_page
from medea.modules.conversations.dialects.responses.numbering import MAX_NUMBER
from medea.modules.conversations.dialects.responses.streams import stored_response, stream_response, whole_response
from medea.modules.conversations.endpoints import responses_wire as wire
from medea.modules.conversations.errors import (
    AnswerBrokenOff,
    ConversationNotFound,
    ResponseNotFound,
    TooManyRunning,
)
from medea.modules.conversations.kept_responses import KeptResponse
from medea.modules.conversations.permissions import Chat, Read, refuse_visitors
from medea.modules.conversations.service import joining
from medea.modules.conversations.service import responses as service

router = make_router("/responses", "openai", refusals=openai_errors.refusals)

_END_SECONDS = 5.0
"""For a worker to end a turn that is to stop."""
_STATUS = {"queued": "queued", "running": "in_progress", "waiting": "in_progress"}


@router.post(
    "",
    response_class=Response,
    responses=openai_errors.refusals(
        agents.AgentNotFound, ResponseNotFound, ConversationNotFound, billing.BudgetExhausted, TooManyRunning
    ),
)
@rated("chat")
async def create_response(body: wire.ResponseCreate, request: Request, ctx: Chat) -> Response:
    """Answer the last message, or go on with what calls gave: streaming, whole, or in the background.

    What the model says is a `message`, calls of the agent's own tools are `mcp_call`, those of the request's `tools`
    `function_call`. A call that needs a person's approval is an `mcp_approval_request`.
    """
    refuse_visitors(ctx)
    wire.check(body)
    response, is_waiting = await _ask(ctx, body)
    encoder = _encoder(response)
    headers = {
        "x-medea-conversation": str(response.conversation_id),
        "x-medea-turn": str(response.turn_id),
    }
    if body.background and not body.stream:
        encoder.status = "queued"
        return _json(encoder.response(), headers)
    join = joining.Join(ctx.tenant, response.turn_id, is_waiting=is_waiting)
    if not body.stream:
        return _json(await _whole(request, encoder, join, headers), headers)
    happened = _follow(request, join)
    location = f"/v1/responses/{response.id}?stream=true" if response.asked.store else None
    return EventStream(stream_response(encoder, happened, None), headers, location=location)


async def _whole(request: Request, encoder: Encoder, join: joining.Join, headers: dict[str, str]) -> dict[str, Any]:
    frames = joining.follow_to_end(ports_of(request), join, is_leaving_of(request))
    try:
        return await whole_response(encoder, happenings(frames_of(frames)))
    except AnswerBrokenOff:
        raise openai_errors.broken_off(headers) from None


async def _ask(ctx: Context, body: wire.ResponseCreate) -> tuple[KeptResponse, bool]:
    follows = None if body.previous_response_id is None else wire.response_id(body.previous_response_id)
    asked = wire.asked_by(body)
    answered = wire.answers_in(body.items)
    if answered is not None:
        turn, given = answered
        return await service.answer(ctx, service.Answers(turn, given, asked, follows)), False
    question = service.Question(
        said=wire.said_in(body.items),
        asked=asked,
        options=wire.options_of(body),
        follows=follows,
        conversation=wire.conversation_id(body.conversation),
    )
    return await service.ask(ctx, question)


@router.get("/{response_id}", response_class=Response, responses=openai_errors.refusals(ResponseNotFound))
async def get_response(
    response_id: str,
    request: Request,
    ctx: Read,
    stream: Annotated[bool, Query(description="its events, while it is made and after")] = False,
    starting_after: Annotated[
        int | None, Query(ge=0, le=MAX_NUMBER, description="`sequence_number` of the last event that you have")
    ] = None,
) -> Response:
    """Read a response as it is, or its events, from the beginning or after one that you have.

    Where the answer was begun anew since, and says something else, all events come, from `response.created` on.
    """
    refuse_visitors(ctx)
    told = await service.tell_response(ctx, wire.response_id(response_id))
    if not stream:
        return _json(_as_it_is(told))
    turn = told.turn
    join = joining.Join(ctx.tenant, turn.id, has_ended=turn.is_at_rest, is_waiting=turn.status == "queued")
    return EventStream(stream_response(_encoder(told.response), _follow(request, join), starting_after))


def _as_it_is(told: service.Told) -> dict[str, Any]:
    encoder, turn, reply = _encoder(told.response), told.turn, told.reply
    if turn.is_at_rest:
        return stored_response(encoder, streaming.stored_frames(turn, reply))
    encoder.status = _STATUS[turn.status]
    return stored_response(encoder, streaming.activity_frames(reply.activity, then="open"))


@router.post("/{response_id}/cancel", response_class=Response, responses=openai_errors.refusals(ResponseNotFound))
async def cancel_response(response_id: str, request: Request, ctx: Chat) -> Response:
    """Stop a response, wherever it is made. One that has ended stays as it is."""
    refuse_visitors(ctx)
    told = await service.cancel_response(ctx, wire.response_id(response_id))
    if told.turn.has_ended:
        return _json(_as_it_is(told))
    kept = told.response
    try:
        async with asyncio.timeout(_END_SECONDS):
            happened = _follow(request, joining.Join(ctx.tenant, kept.turn_id))
            return _json(await whole_response(_encoder(kept), happened))
    except (TimeoutError, AnswerBrokenOff):  # its worker hangs, or is far: the wish is in the log
        return _json(_as_it_is(await service.tell_response(ctx, kept.id)))


@router.get("/{response_id}/input_items", response_class=Response, responses=openai_errors.refusals(ResponseNotFound))
async def list_input_items(
    response_id: str,
    ctx: Read,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    order: Literal["asc", "desc"] = "desc",
    after: Annotated[str | None, Query(max_length=100, description="id of the last item that you have")] = None,
) -> Response:
    """List what was said to get a response."""
    refuse_visitors(ctx)
    kept, messages, calls = await service.list_input(ctx, wire.response_id(response_id))
    items = input_items(kept.turn_id, messages, calls)
    return _json(item_page(items, limit=limit, is_newest_first=order == "desc", after=after))


@router.delete("/{response_id}", response_class=Response, responses=openai_errors.refusals(ResponseNotFound))
async def delete_response(response_id: str, ctx: Chat) -> Response:
    """Forget a response. What was said stays in the transcript of its conversation."""
    refuse_visitors(ctx)
    found = wire.response_id(response_id)
    await service.delete_response(ctx, found)
    return _json({"id": str(found), "object": "response", "deleted": True})


def _follow(request: Request, join: joining.Join) -> AsyncIterator[Happening]:
    return happenings(frames_of(joining.follow(ports_of(request), join)))


def _encoder(response: KeptResponse) -> Encoder:
    asked = response.asked
    head = {
        "id": str(response.id),
        "object": "response",
        "created_at": int(response.created_at.timestamp()),
        "model": asked.model,
        "background": asked.background,
        "conversation": {"id": str(response.conversation_id)},
        "instructions": asked.instructions,
        "max_output_tokens": asked.max_output_tokens,
        "metadata": asked.metadata,
        "parallel_tool_calls": True,
        "previous_response_id": asked.previous,
        "store": asked.store,
        "temperature": asked.temperature,
        "text": {"format": {"type": "text"}},
        "tool_choice": asked.tool_choice,
        "tools": list(asked.tools),
        "top_p": None,
        "truncation": "auto",
    }
    return Encoder(response.turn_id, response.segment, head)


def _json(body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(body), headers=headers, media_type="application/json")
