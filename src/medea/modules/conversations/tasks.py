"""Background jobs of conversations."""

from medea.kernel.bus.task import task
from medea.kernel.context import Context
from medea.kernel.ids import AgentId, ConversationId, TurnId
from medea.modules.conversations.runtime.running import TurnJob
from medea.modules.conversations.service import answers, turns


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
