"""The read models, written in the transaction that appends: every row is a function of the event log.

`apply` is used by live commands and by the rebuild alike, which is why a rebuild gives the same rows.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from medea.kernel.db.batch import Batch, Statement
from medea.kernel.db.sql import Sql
from medea.kernel.ids import ConversationId, TenantId
from medea.modules.conversations.activity import added, patch
from medea.modules.conversations.aggregate import State
from medea.modules.conversations.fallen_back import move_of
from medea.modules.conversations.guarded import mark_of, review_mark
from medea.modules.conversations.log import (
    AnswerHeld,
    AnswerReviewed,
    ConversationRenamed,
    ConversationStarted,
    FeedbackGiven,
    GuardrailActed,
    LogEvent,
    ModelFellBack,
    PromptReceived,
    ReplyCompleted,
    StepCompleted,
    ToolApprovalAnswered,
    ToolApprovalRequested,
    ToolCalled,
    ToolReturned,
    TurnCancelled,
    TurnFailed,
    TurnPaused,
    TurnStarted,
)

PREVIEW_LENGTH = 160
TITLE_LENGTH = 80
_STEP = 1000  # ordinals between two prompts: an earlier history and the reply fit between

Recorded = tuple[LogEvent, int, datetime]
"""An event with its version and time."""


Change = tuple[Statement, tuple[Any, ...]]
"""A statement with its arguments."""


async def apply(
    sql: Sql, tenant: TenantId, conversation: ConversationId, events: Sequence[Recorded], state: State
) -> None:
    """Write what the events change, and the snapshot after them.

    Args:
        sql: the transaction that appended the events.
        tenant: whose conversation.
        conversation: which.
        events: in order, without gaps.
        state: the aggregate's state after the last of them.
    """
    for recorded in events:
        for statement, args in changes(tenant, conversation, recorded):
            await _run(sql, statement, args)
    await _run(sql, *summary(conversation, events, state))


async def _run(sql: Sql, statement: Statement, args: Sequence[Any]) -> None:
    batch = Batch()
    batch.add(statement, *args)
    await batch.run(sql)


def changes(tenant: TenantId, conversation: ConversationId, recorded: Recorded) -> list[Change]:
    """Return what one event changes besides the conversation's summary: in rows that are there before it."""
    event, version, at = recorded
    found: list[Change] = []  # of a name, a request to cancel and what was retrieved nothing shows here
    match event:
        case ConversationStarted():
            found = _started(tenant, conversation, event, version, at)
        case PromptReceived(replaces=None):
            ids = (event.turn_id, event.message_id, event.reply_id)
            found = [(_PROMPT, (tenant, conversation, *ids, event.text, version * _STEP, at))]
        case PromptReceived():
            ids = (event.turn_id, event.message_id, event.reply_id)
            found = [(_AGAIN, (tenant, conversation, *ids, event.replaces, at))]
        case TurnStarted():
            found = [(_TURN_STARTED, (event.turn_id, event.attempt, event.agent_version, event.model, at))]
        case ReplyCompleted() | TurnFailed() | TurnCancelled():
            reason, grounding = _manner(event)
            found = [(_ENDED, (event.turn_id, *_outcome(event), at, reason, grounding))]
        case StepCompleted() | ToolCalled():
            part = added(event)
            found = [] if part is None else [(_DID, (event.turn_id, [part]))]
        case ToolReturned() | ToolApprovalRequested() | ToolApprovalAnswered():
            found = _called(event)
        case AnswerHeld() | TurnPaused(is_waiting=True):
            found = [_stands(event, at)]
        case AnswerReviewed() | GuardrailActed() if event.turn_id is not None:
            found = [_guarded(event)]
        case ModelFellBack():
            found = [(_FELL_BACK, (event.turn_id, [move_of(event)]))]
        case FeedbackGiven():
            found = [(_JUDGED, (event.message_id, event.rating, event.comment))]
    return found


def _stands(event: AnswerHeld | TurnPaused, at: datetime) -> Change:
    """Return what somebody is waited for with."""
    if isinstance(event, TurnPaused):
        return _STANDS, (event.turn_id, "waiting")
    known = {"text": event.reply.text, "shown": event.shown, "reason": event.reason}
    held = {**known, "asked_at": at.isoformat(), "expires_at": event.expires_at.isoformat()}
    return _HELD, (event.turn_id, event.shown, held)


def _guarded(event: AnswerReviewed | GuardrailActed) -> Change:
    if isinstance(event, AnswerReviewed):
        return _GUARDED, (event.turn_id, False, [review_mark(event)])
    is_of_prompt = event.stage == "prompt" and event.action == "hidden"
    return _GUARDED, (event.turn_id, is_of_prompt, [mark_of(event)])


def _called(event: ToolReturned | ToolApprovalRequested | ToolApprovalAnswered) -> list[Change]:
    change = patch(event)
    if change is None:
        return []
    stands = "queued" if not isinstance(event, ToolApprovalRequested) and event.resumes else None
    return [(_CAME, (event.turn_id, msgspec.to_builtins(change[0]), change[1], stands))]


def _manner(event: ReplyCompleted | TurnFailed | TurnCancelled) -> tuple[str | None, Any]:
    """Return why the model stopped, and how the reply stands on its sources."""
    if not isinstance(event, ReplyCompleted):
        return None, None
    return event.finish_reason, None if event.grounding is None else msgspec.to_builtins(event.grounding)


def _outcome(event: ReplyCompleted | TurnFailed | TurnCancelled) -> tuple[Any, ...]:
    """Return statuses of turn and reply, text, error, model, usage, cost, times."""
    match event:
        case ReplyCompleted():
            usage = None if event.usage is None else msgspec.to_builtins(event.usage)
            times = (event.first_token_ms, event.total_ms)
            return ("completed", "complete", event.text, None, event.model, usage, event.cost_usd, *times)
        case TurnFailed():
            known = {"code": event.code, "message": event.message, "retryable": event.is_retryable}
            error = {**known, "detail": event.detail}
            return ("failed", "failed", event.text, error, None, None, None, None, None)
        case _:
            return ("cancelled", "cancelled", event.text, None, None, None, None, None, None)


_PROMPT = Statement(
    said="""
INSERT INTO messages (tenant_id, id, conversation_id, turn_id, ordinal, role, text, status, created_at)
VALUES ($1, $4, $2, $3, $7, 'user', $6, 'complete', $8), ($1, $5, $2, $3, $7 + 1, 'assistant', '', 'queued', $8)
""",
    turn="""
INSERT INTO turns (tenant_id, id, conversation_id, message_id, reply_id, status, attempt, created_at)
VALUES ($1, $3, $2, $4, $5, 'queued', 0, $8)
""",
)

_AGAIN = Statement(
    old="UPDATE messages SET is_superseded = true WHERE turn_id = $6 AND role = 'assistant' RETURNING ordinal",
    said="""
INSERT INTO messages (tenant_id, id, conversation_id, turn_id, ordinal, role, text, status, created_at)
SELECT $1, $5, $2, $3, ordinal, 'assistant', '', 'queued', $7 FROM old
""",
    turn="""
INSERT INTO turns (tenant_id, id, conversation_id, message_id, reply_id, status, attempt, created_at)
VALUES ($1, $3, $2, $4, $5, 'queued', 0, $7)
""",
)

_TURN_STARTED = Statement(
    reply="UPDATE messages SET status = 'streaming' WHERE id = (SELECT reply_id FROM turns WHERE id = $1)",
    turn="""
UPDATE turns SET status = 'running', attempt = $2, agent_version = $3, model = $4,
  started_at = coalesce(started_at, $5)
WHERE id = $1
""",
)

_ENDED = Statement(
    turn="""
UPDATE turns SET status = $2, error = $5, model = coalesce($6, model), usage = $7, cost_usd = $8,
  first_token_ms = $9, total_ms = $10, finished_at = $11, finish_reason = $12
WHERE id = $1 RETURNING reply_id, model
""",
    reply="""
UPDATE messages AS m SET status = $3, text = $4, error = $5, model = turn.model, usage = $7, cost_usd = $8,
  grounding = $13, held = NULL
FROM turn WHERE m.id = turn.reply_id
""",
)

_DID = Statement(
    did="""
UPDATE messages SET activity = activity || $2::jsonb WHERE id = (SELECT reply_id FROM turns WHERE id = $1)
"""
)

_CAME = Statement(
    came="""
UPDATE messages SET activity = (
  SELECT coalesce(jsonb_agg(CASE WHEN part ->> 'id' = $2 THEN part || $3::jsonb ELSE part END ORDER BY place), '[]')
  FROM jsonb_array_elements(activity) WITH ORDINALITY AS parts (part, place)
), status = coalesce($4::text, status) WHERE id = (SELECT reply_id FROM turns WHERE id = $1)
""",
    goes_on="UPDATE turns SET status = $4::text WHERE id = $1 AND $4::text IS NOT NULL",
)

_GUARDED = Statement(
    guarded="""
UPDATE messages SET guardrails = coalesce(guardrails, '[]') || $3::jsonb
WHERE id = (SELECT CASE WHEN $2::boolean THEN message_id ELSE reply_id END FROM turns WHERE id = $1)
"""
)

_HELD = Statement(held="UPDATE messages SET text = $2, held = $3 WHERE id = (SELECT reply_id FROM turns WHERE id = $1)")

_FELL_BACK = Statement(
    fell_back="""
UPDATE messages SET fallbacks = coalesce(fallbacks, '[]') || $2::jsonb
WHERE id = (SELECT reply_id FROM turns WHERE id = $1)
"""
)

_STANDS = Statement(
    turn="UPDATE turns SET status = $2 WHERE id = $1 RETURNING reply_id",
    reply="UPDATE messages AS m SET status = $2 FROM turn WHERE m.id = turn.reply_id",
)

_JUDGED = Statement(judged="UPDATE messages SET feedback = $2, feedback_comment = $3 WHERE id = $1")

_START = Statement(
    started="""
INSERT INTO conversations (tenant_id, id, agent_id, channel, started_by, visitor_id, external_id, is_draft, title,
  status, message_count, version, state, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', 0, 0, '{}', $10, $10)
ON CONFLICT (id) DO UPDATE SET agent_id = excluded.agent_id, channel = excluded.channel,
  started_by = excluded.started_by, visitor_id = excluded.visitor_id, external_id = excluded.external_id,
  is_draft = excluded.is_draft, title = excluded.title, status = 'open', message_count = 0,
  last_message_preview = NULL, active_turn_id = NULL, created_at = excluded.created_at
"""
)

_HISTORY = Statement(
    history="""
INSERT INTO messages (tenant_id, id, conversation_id, ordinal, role, text, status, created_at)
SELECT $1, id, $2, ordinal, role, text, 'complete', $3
FROM unnest($4::uuid[], $5::bigint[], $6::text[], $7::text[]) AS past (id, ordinal, role, text)
"""
)


def _started(
    tenant: TenantId, conversation: ConversationId, event: ConversationStarted, version: int, at: datetime
) -> list[Change]:
    who = (event.agent_id, event.channel, event.started_by, event.visitor_id, event.external_id)
    made: list[Change] = [(_START, (tenant, conversation, *who, event.is_draft, event.title, at))]
    if past := event.history:
        columns = (
            [message.message_id for message in past],
            [version * _STEP + place for place in range(len(past))],
            [message.role for message in past],
            [message.text for message in past],
        )
        made.append((_HISTORY, (tenant, conversation, at, *columns)))
    return made


_SUMMARY = Statement(
    summary="""
UPDATE conversations SET version = $2, state = $3, active_turn_id = $4, title = coalesce($5, title, $6),
  message_count = message_count + $7, last_message_preview = coalesce($8, last_message_preview),
  updated_at = coalesce($9, updated_at),
  digest = $10, is_handed_over = $11
WHERE id = $1
"""
)


def summary(conversation: ConversationId, events: Sequence[Recorded], state: State) -> Change:
    """Return what events change in the conversation's own row, which must be there."""
    said = 0
    preview = renamed = first_words = None
    for event, _, _ in events:
        match event:
            case ConversationStarted(history=history) if history:
                said += len(history)
                preview = history[-1].text[:PREVIEW_LENGTH]
                first_words = next((past.text for past in history if past.role == "user"), None)
            case PromptReceived(replaces=None):
                said += 1
                preview = event.text[:PREVIEW_LENGTH]
                first_words = first_words or event.text
            case ReplyCompleted():
                said += 1
                preview = event.text[:PREVIEW_LENGTH]
            case ConversationRenamed():
                renamed = event.title
    title = None if first_words is None else title_from(first_words)
    active = state.active.turn_id if state.active else None
    digest = bytes.fromhex(state.digest) if state.digest else None
    snapshot = msgspec.to_builtins(state)
    texts = (active, renamed, title, said, preview)
    # That a worker began is no use of the conversation; with `updated_at` as it was no index has to change.
    used_at = next((at for event, _, at in reversed(events) if not isinstance(event, TurnStarted)), None)
    return _SUMMARY, (conversation, state.version, snapshot, *texts, used_at, digest, state.is_handed_over)


def title_from(text: str) -> str:
    """Return a title made of the first words of a text, at most 80 characters."""
    line = " ".join(text.split())
    if len(line) <= TITLE_LENGTH:
        return line
    return line[:TITLE_LENGTH].rsplit(" ", 1)[0] + "…"
