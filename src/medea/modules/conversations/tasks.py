"""Background jobs of conversations."""

from datetime import timedelta

from medea.kernel.bus.periodic import periodic
from medea.kernel.bus.task import task
from medea.kernel.context import Context
from medea.kernel.ids import AgentId, ConversationId, TurnId
from medea.modules.conversations import kept_responses
from medea.modules.conversations.runtime.running import TurnJob
from medea.modules.conversations.service import answers, notices, turns


@task(turns.RUN_TURN, queue="turns", timeout=900, retries=5)
async def run_turn(
    ctx: Context, conversation_id: ConversationId, turn_id: TurnId, agent_id: AgentId, is_draft: bool, base: int = 0
) -> None:
    """Answer one turn."""
    await turns.run_turn(ctx, TurnJob(conversation_id, turn_id, agent_id, is_draft, base))


@run_turn.on_dead
async def give_up_turn(
    ctx: Context,
    reason: str,
    conversation_id: ConversationId,
    turn_id: TurnId,
    agent_id: AgentId,
    is_draft: bool,
    base: int = 0,
) -> None:
    """Tell the visitor that the turn failed for good."""
    ctx.log.error("conversations.turn_given_up", turn=str(turn_id), reason=reason)
    await turns.give_up_turn(ctx, TurnJob(conversation_id, turn_id, agent_id, is_draft, base))


@task(turns.EXPIRE_ANSWERS)
async def expire_answers(ctx: Context, conversation_id: ConversationId, turn_id: TurnId, attempt: int) -> None:
    """Let a turn go on whose visitor did not answer in time."""
    await answers.expire(ctx, conversation_id, turn_id, attempt)


@task(notices.TELL_REVIEWERS, timeout=600)  # mails to all who may, one after the other
async def tell_reviewers(ctx: Context, agent_id: AgentId) -> None:
    """Mail those who may decide on answers that one waits."""
    await notices.tell_reviewers(ctx, agent_id)


@periodic("conversations.purge_responses", every=timedelta(hours=1), offset=timedelta(minutes=40), timeout=600)
async def purge_responses(ctx: Context) -> None:
    """Forget responses that have had their time; their conversations stay."""
    ctx.log.info("conversations.responses_purged", responses=await kept_responses.purge(ctx))
