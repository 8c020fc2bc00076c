"""Questions that agents could not answer: alike ones together, until somebody answers or dismisses them."""

from medea.kernel.context import Context
from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.ids import AgentId, ConversationId, KnowledgeBaseId, QuestionId
from medea.modules.knowledge.errors import QuestionNotFound
from medea.modules.knowledge.index.analysis import analyse
from medea.modules.knowledge.index.languages import detect_language
from medea.modules.knowledge.models import Document
from medea.modules.knowledge.repository import questions
from medea.modules.knowledge.repository.questions import Question
from medea.modules.knowledge.service import adding

ALIKE = 0.6
"""Jaccard similarity of their terms from which two questions count as one."""
_COMPARED = 1000
_WORDINGS = 5
_LONGEST = 500


async def record_question(ctx: Context, agent_id: AgentId, conversation: ConversationId, question: str) -> None:
    """Keep a question that an agent could not answer, together with those that are like it."""
    text = " ".join(question.split())[:_LONGEST]
    terms = frozenset(analyse(text, detect_language(text)))
    if len(terms) < 2 and "?" not in text:  # a greeting, thanks, a word that asks for nothing
        return
    async with ctx.transaction() as sql:
        await questions.lock_agent(sql, agent_id)
        known = await questions.list_terms(sql, agent_id, _COMPARED)
        alike = max(((_likeness(terms, other), id_) for id_, other in known), default=None, key=lambda found: found[0])
        if alike is not None and alike[0] >= ALIKE:
            await questions.add_wording(sql, alike[1], text, conversation=conversation, at=ctx.now(), kept=_WORDINGS)
        else:
            await questions.insert_question(
                sql, ctx.tenant, agent_id, text, sorted(terms), conversation=conversation, at=ctx.now()
            )
        if ctx.job is not None:
            await ctx.job.complete(sql)


def _likeness(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / len(one | other)


async def list_questions(ctx: Context, paging: PageRequest, *, agent_id: AgentId | None) -> Page[Question]:
    """Return open questions, those asked most often first."""
    async with ctx.transaction(durable=False) as sql:
        return await questions.list_open(sql, paging, agent_id=agent_id)


async def answer_question(
    ctx: Context, question_id: QuestionId, base_id: KnowledgeBaseId, *, asked: str, answer: str
) -> Document:
    """Write the answer into a base, and close the question.

    Raises:
        QuestionNotFound: there is no such open question.
        BaseNotFound: there is no such base.
        KnowledgeFull: the answer does not fit the tenant's limits.
    """
    async with ctx.transaction(durable=False) as sql:
        if not await questions.is_open(sql, question_id):
            raise QuestionNotFound()
    added = (await adding.add_texts(ctx, base_id, [adding.question(asked, answer)]))[0]
    async with ctx.transaction() as sql:  # where a colleague closed it meanwhile, both answers stay
        await questions.close_question(sql, question_id, document_id=added.document.id)
    return added.document


async def dismiss_question(ctx: Context, question_id: QuestionId) -> None:
    """Close a question that needs no answer.

    Raises:
        QuestionNotFound: there is no such open question.
    """
    async with ctx.transaction() as sql:
        if not await questions.close_question(sql, question_id, document_id=None):
            raise QuestionNotFound()
