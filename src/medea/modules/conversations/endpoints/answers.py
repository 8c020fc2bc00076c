"""What a turn waits for: approvals of calls, and forms."""

from fastapi import APIRouter, Request, Response

from medea.kernel.context import Context
from medea.kernel.ids import TurnId
from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.modules.conversations.endpoints.reading import read_turn
from medea.modules.conversations.endpoints.turns import EVENT_STREAM, STREAMED, Responses, stream
from medea.modules.conversations.errors import CallNotFound, FormInvalid, NothingAwaited, TurnNotFound
from medea.modules.conversations.permissions import Chat
from medea.modules.conversations.schemas import ApprovalCreate, FormSubmit, TurnRead
from medea.modules.conversations.service import answers as service
from medea.modules.conversations.service import joining

router: APIRouter = make_router("", "turns")

ANSWERED: Responses = {
    202: {"description": "noted; where nothing more is awaited, the turn goes on", "model": TurnRead},
}


@router.post(
    "/turns/{turn_id}/approvals",
    response_class=Response,
    responses=STREAMED | ANSWERED | problems(TurnNotFound, CallNotFound, NothingAwaited),
)
async def approve_call(turn_id: TurnId, body: ApprovalCreate, request: Request, ctx: Chat) -> Response:
    """Say whether a tool may be called. With `Accept: text/event-stream` the turn streams on from here."""
    answered = await service.approve(ctx, turn_id, body.tool_call_id, is_approved=body.approved, comment=body.comment)
    return _respond(request, ctx, answered)


@router.post(
    "/turns/{turn_id}/forms",
    response_class=Response,
    responses=STREAMED | ANSWERED | problems(TurnNotFound, CallNotFound, NothingAwaited, FormInvalid),
)
async def submit_form(turn_id: TurnId, body: FormSubmit, request: Request, ctx: Chat) -> Response:
    """Fill in a form that the assistant shows, or decline to with `answers: null`."""
    answered = await service.submit_form(ctx, turn_id, body.tool_call_id, body.answers)
    return _respond(request, ctx, answered)


def _respond(request: Request, ctx: Context, answered: service.Answered) -> Response:
    """Return the stream of the turn that goes on, if it is wanted, or how the turn stands."""
    if answered.goes_on and EVENT_STREAM in request.headers.get("accept", ""):
        return stream(request, joining.Join(ctx.tenant, answered.turn.id))
    body = read_turn(ctx.principal, answered.turn)
    return Response(body.model_dump_json(), 202, media_type="application/json")
