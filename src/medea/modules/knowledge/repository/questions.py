"""Questions that agents could not answer, in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from medea.kernel.db.paging import Page, PageRequest, bad_cursor
from medea.kernel.db.sql import Sql
from medea.kernel.ids import AgentId, ConversationId, DocumentId, QuestionId, TenantId

_COLUMNS = "id, agent_id, question, examples, count, conversation_id, first_at, last_at"


@dataclass(frozen=True, slots=True)
class Question:
    """A question, with those that ask for the same.

    Attributes:
        question: as it was asked first.
        examples: other wordings, newest first.
        count: how often it was asked.
        conversation_id: where it was asked last.
    """

    id: QuestionId
    agent_id: AgentId
    question: str
    examples: list[str]
    count: int
    conversation_id: ConversationId
    first_at: datetime
    last_at: datetime

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Read a database row."""
        return cls(
            id=QuestionId(row["id"]),
            agent_id=AgentId(row["agent_id"]),
            question=row["question"],
            examples=row["examples"],
            count=row["count"],
            conversation_id=ConversationId(row["conversation_id"]),
            first_at=row["first_at"],
            last_at=row["last_at"],
        )


async def list_open(sql: Sql, paging: PageRequest, *, agent_id: AgentId | None) -> Page[Question]:
    """Return open questions, those asked most often first."""
    key = paging.key(2)
    count, before = (None, None) if key is None else (key[0], QuestionId.find(str(key[1])))
    if key is not None and (before is None or not isinstance(count, int)):
        raise bad_cursor()
    rows = await sql.fetch(
        f"SELECT {_COLUMNS} FROM knowledge_questions WHERE state = 'open' AND ($1::uuid IS NULL OR agent_id = $1)"
        f" AND ($2::int IS NULL OR (count, id) < ($2, $3)) ORDER BY count DESC, id DESC LIMIT {paging.limit + 1}",
        agent_id,
        count,
        before,
    )
    return paging.page([Question.of(row) for row in rows], lambda found: [found.count, str(found.id)])


async def lock_agent(sql: Sql, agent_id: AgentId) -> None:
    """Let nobody else group questions of this agent until the transaction ends."""
    await sql.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('knowledge_questions' || $1::text, 0))", str(agent_id)
    )


async def list_terms(sql: Sql, agent_id: AgentId, limit: int) -> list[tuple[QuestionId, frozenset[int]]]:
    """Return the terms of an agent's open questions, the last asked first."""
    rows = await sql.fetch(
        "SELECT id, terms FROM knowledge_questions WHERE state = 'open' AND agent_id = $1"
        " ORDER BY last_at DESC LIMIT $2",
        agent_id,
        limit,
    )
    return [(QuestionId(row["id"]), frozenset(row["terms"])) for row in rows]


async def insert_question(
    sql: Sql,
    tenant: TenantId,
    agent_id: AgentId,
    question: str,
    terms: Sequence[int],
    *,
    conversation: ConversationId,
    at: datetime,
) -> None:
    """Add a question that is like no other."""
    await sql.execute(
        "INSERT INTO knowledge_questions"
        " (tenant_id, id, agent_id, question, terms, conversation_id, first_at, last_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        tenant,
        QuestionId.new(),
        agent_id,
        question,
        list(terms),
        conversation,
        at,
    )


async def add_wording(
    sql: Sql, question_id: QuestionId, wording: str, *, conversation: ConversationId, at: datetime, kept: int
) -> None:
    """Count a question once more; another wording of it is kept, up to so many."""
    await sql.execute(
        "UPDATE knowledge_questions SET count = count + 1, last_at = $4, conversation_id = $3,"
        " examples = CASE WHEN question = $2 OR examples ? $2 THEN examples"
        "   ELSE jsonb_path_query_array(jsonb_build_array($2::text) || examples, '$[0 to $n]',"
        "     jsonb_build_object('n', $5::int - 1)) END"
        " WHERE id = $1",
        question_id,
        wording,
        conversation,
        at,
        kept,
    )


async def is_open(sql: Sql, question_id: QuestionId) -> bool:
    """Tell whether there is such an open question."""
    found = await sql.fetchval("SELECT id FROM knowledge_questions WHERE id = $1 AND state = 'open'", question_id)
    return found is not None


async def close_question(sql: Sql, question_id: QuestionId, *, document_id: DocumentId | None) -> bool:
    """Close an open question, answered by a document or dismissed; False: there is no such open one."""
    found = await sql.fetchval(
        "UPDATE knowledge_questions SET state = CASE WHEN $2::uuid IS NULL THEN 'dismissed' ELSE 'answered' END,"
        " document_id = $2 WHERE id = $1 AND state = 'open' RETURNING id",
        question_id,
        document_id,
    )
    return found is not None
