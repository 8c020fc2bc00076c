"""What knowledge does when others announce something."""

from medea.kernel.bus.task import subscribe
from medea.kernel.context import Context
from medea.modules.conversations.events import QuestionUnanswered
from medea.modules.knowledge.service import questions


@subscribe(QuestionUnanswered)
async def keep_unanswered_question(ctx: Context, event: QuestionUnanswered) -> None:
    """Keep what an agent could not answer, for the people who write its documents."""
    await questions.record_question(ctx, event.agent_id, event.conversation_id, event.question)
