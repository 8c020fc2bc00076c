"""Answers that somebody of the company looks at before readers do."""

from fastapi import APIRouter

from medea.kernel.ids import TurnId
from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import ListOf, Paging
from medea.modules.conversations.endpoints.reading import read_held, read_turn
from medea.modules.conversations.errors import EmptyPrompt, NothingAwaited, TurnNotFound
from medea.modules.conversations.permissions import Reviewing
from medea.modules.conversations.schemas import HeldAnswerRead, HeldAnswersCount, ReviewCreate, TurnRead
from medea.modules.conversations.service import reviews as service

router: APIRouter = make_router("", "turns")


@router.get("/held-answers")
async def list_held_answers(ctx: Reviewing, page: Paging) -> ListOf[HeldAnswerRead]:
    """List the answers that wait to be looked at, the one that waits longest first."""
    found = await service.list_held(ctx, page)
    return ListOf(data=await read_held(ctx, found.data), next_cursor=found.next_cursor)


@router.get("/held-answers/count")
async def count_held_answers(ctx: Reviewing) -> HeldAnswersCount:
    """Count the answers that wait to be looked at."""
    return HeldAnswersCount(count=await service.count_held(ctx))


@router.post("/turns/{turn_id}/review", status_code=200, responses=problems(TurnNotFound, NothingAwaited, EmptyPrompt))
async def review_answer(turn_id: TurnId, body: ReviewCreate, ctx: Reviewing) -> TurnRead:
    """Say whether an answer that is held may be shown, or what is said instead. The first decision counts."""
    found = await service.review(ctx, turn_id, is_approved=body.approved, answer=body.answer, comment=body.comment)
    return read_turn(ctx.principal, found)
