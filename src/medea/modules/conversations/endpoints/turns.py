"""Saying something, following the answer, stopping it, judging it."""

from collections.abc import Collection
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response

from medea.kernel.context import Context
from medea.kernel.ids import ConversationId, MessageId, TurnId
from medea.kernel.streams.base import FrameId
from medea.kernel.web.direct import direct
from medea.kernel.web.problems import problems
from medea.kernel.web.rates import rated
from medea.kernel.web.routes import make_router
from medea.kernel.web.security import ports_of
from medea.kernel.web.sse import RETRY, EventStream
from medea.modules.conversations import streaming
from medea.modules.conversations.endpoints.reading import read_message, read_turn
from medea.modules.conversations.errors import (
    ConversationNotFound,
    MessageNotFound,
    NotAReply,
    NothingToRegenerate,
    TooManyRunning,
    TooManyWaiting,
    TurnNotFound,
)
from medea.modules.conversations.log import TurnOptions
from medea.modules.conversations.permissions import Chat, Read, Write
from medea.modules.conversations.schemas import (
    FeedbackCreate,
    MessageAccepted,
    MessageRead,
    MessageSend,
    TurnRead,
)
from medea.modules.conversations.service import joining
from medea.modules.conversations.service import turns as service

router: APIRouter = make_router("", "turns")

EVENT_STREAM = "text/event-stream"
Responses = dict[int | str, dict[str, Any]]
STREAMED: Responses = {
    200: {
        "description": "the turn, as an AI SDK UI message stream",
        "content": {EVENT_STREAM: {"example": 'id: 1-4\ndata: {"type":"text-delta","id":"t1","delta":"Hello"}\n\n'}},
    }
}
ACCEPTED: Responses = {202: {"description": "accepted; follow it at /v1/turns/{id}/stream", "model": MessageAccepted}}


def stream(request: Request, join: joining.Join, *, answered: Collection[str] | None = None) -> EventStream:
    """Return the response that follows a turn; with `answered`, only what followed the answers to these calls."""
    frames = joining.follow(ports_of(request), join)
    if answered is not None:
        frames = joining.only_news(frames, answered)
    location = f"/v1/turns/{join.turn_id}/stream"
    return EventStream(frames, streaming.HEADERS, location=location, head=RETRY, farewell=streaming.FAREWELL)


def answer_sent(request: Request, ctx: Context, sent: service.Sent) -> Response:
    """Return the stream of a turn that was just begun, or 202 for a client that does not want it."""
    if EVENT_STREAM in request.headers.get("accept", ""):
        return stream(request, joining.Join(ctx.tenant, sent.turn_id, is_waiting=sent.is_waiting))
    body = MessageAccepted(turn_id=sent.turn_id, message_id=sent.message_id, conversation_id=sent.conversation_id)
    return Response(body.model_dump_json(), 202, media_type="application/json")


@router.post(
    "/conversations/{conversation_id}/messages",
    response_class=Response,
    responses=STREAMED | ACCEPTED | problems(ConversationNotFound, TooManyWaiting, TooManyRunning),
)
@rated("chat")
@direct
async def send_message(conversation_id: ConversationId, body: MessageSend, request: Request, ctx: Chat) -> Response:
    """Say something. With `Accept: text/event-stream` the answer streams back; else 202 and the turn's id."""
    options = None
    if body.options is not None:
        options = TurnOptions(temperature=body.options.temperature, max_output_tokens=body.options.max_output_tokens)
    sent = await service.send_message(ctx, conversation_id, body.text, options)
    return answer_sent(request, ctx, sent)


@router.get("/turns/{turn_id}", responses=problems(TurnNotFound))
async def get_turn(turn_id: TurnId, ctx: Read) -> TurnRead:
    """Read how a turn stands."""
    return read_turn(ctx.principal, await service.get_turn(ctx, turn_id))


@router.get("/turns/{turn_id}/stream", response_class=Response, responses=STREAMED | problems(TurnNotFound))
async def stream_turn(
    turn_id: TurnId,
    request: Request,
    ctx: Read,
    last_event_id: Annotated[str | None, Header(description="id of the last frame that you have")] = None,
    after: Annotated[str | None, Query(max_length=40, description="the same, where headers cannot be set")] = None,
) -> Response:
    """Join or rejoin a turn, while it runs and after.

    With `Last-Event-ID` only what follows is sent. Where that cannot be had (the turn was begun anew, or
    its live frames are gone), a `data-restart` frame comes first and then the whole reply. A stream that ends with a
    `data-reconnect` frame has ended before the turn, because this server is about to stop: join again, at once.
    """
    return stream(request, await joining.join_turn(ctx, turn_id, FrameId.find(last_event_id or after)))


@router.post("/turns/{turn_id}/cancel", responses=problems(TurnNotFound))
async def cancel_turn(turn_id: TurnId, ctx: Chat) -> TurnRead:
    """Stop a turn, wherever it runs. One that has ended stays as it is."""
    return read_turn(ctx.principal, await service.cancel_turn(ctx, turn_id))


@router.post(
    "/turns/{turn_id}/regenerate",
    response_class=Response,
    responses=STREAMED | ACCEPTED | problems(TurnNotFound, NothingToRegenerate, TooManyRunning),
)
@rated("chat")
async def regenerate_turn(turn_id: TurnId, request: Request, ctx: Chat) -> Response:
    """Write the last reply again. Answers as sending a message does."""
    return answer_sent(request, ctx, await service.regenerate(ctx, turn_id))


@router.post("/messages/{message_id}/feedback", status_code=200, responses=problems(MessageNotFound, NotAReply))
async def give_feedback(message_id: MessageId, body: FeedbackCreate, ctx: Write) -> MessageRead:
    """Judge a reply: `up`, `down`, or null to take it back."""
    return read_message(ctx.principal, await service.give_feedback(ctx, message_id, body.rating, body.comment))
