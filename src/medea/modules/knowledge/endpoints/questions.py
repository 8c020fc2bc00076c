"""HTTP of questions that agents could not answer."""

from typing import Annotated

from fastapi import Query

from medea.kernel.ids import AgentId, QuestionId
from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import ListOf, Paging, Text
from medea.modules.knowledge.errors import BaseNotFound, KnowledgeFull, QuestionNotFound
from medea.modules.knowledge.permissions import Read, Write
from medea.modules.knowledge.schemas import DocumentRead, QuestionAnswer, QuestionRead
from medea.modules.knowledge.service import questions

router = make_router("/knowledge/unanswered", "Knowledge")


AgentFilter = Annotated[Text | None, Query(max_length=100, description="only of this agent (its id)")]


@router.get("")
async def list_unanswered_questions(ctx: Read, paging: Paging, agent_id: AgentFilter = None) -> ListOf[QuestionRead]:
    """List what visitors asked and the documents did not answer, alike questions together, most frequent first."""
    agent = None if agent_id is None else AgentId.find(agent_id)
    if agent_id is not None and agent is None:
        return ListOf(data=[], next_cursor=None)
    return ListOf.of(await questions.list_questions(ctx, paging, agent_id=agent), QuestionRead.model_validate)


@router.post(
    "/{question_id}/answer", status_code=201, responses=problems(QuestionNotFound, BaseNotFound, KnowledgeFull)
)
async def answer_question(question_id: QuestionId, body: QuestionAnswer, ctx: Write) -> DocumentRead:
    """Write the answer: it becomes a document of the base, and the question is closed."""
    document = await questions.answer_question(
        ctx, question_id, body.knowledge_base_id, asked=body.question, answer=body.answer
    )
    return DocumentRead.model_validate(document)


@router.delete("/{question_id}", status_code=204, responses=problems(QuestionNotFound))
async def dismiss_question(question_id: QuestionId, ctx: Write) -> None:
    """Close a question that needs no answer."""
    await questions.dismiss_question(ctx, question_id)
