"""The read models, written in the transaction that appends: every row is a function of the event log.

`apply` is used by live commands and by the rebuild alike, which is why a rebuild gives the same rows.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from medea.kernel.db.sql import Sql
from medea.kernel.ids import ConversationId, TenantId
from medea.modules.conversations.aggregate import State
from medea.modules.conversations.log import (
    ConversationRenamed,
    ConversationStarted,
    FeedbackGiven,
    LogEvent,
    PromptReceived,
    ReplyCompleted,
    TurnCancelled,
    TurnCancelRequested,
    TurnFailed,
    TurnStarted,
)

PREVIEW_LENGTH = 160
TITLE_LENGTH = 80
_STEP = 1000  # ordinals between two prompts: an earlier history and the reply fit between

Recorded = tuple[LogEvent, int, datetime]
"""An event with its version and time."""


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
    for event, version, at in events:
        await _apply_one(sql, tenant, conversation, event, version, at)
    await _write_summary(sql, conversation, events, state)


async def _apply_one(
    sql: Sql, tenant: TenantId, conversation: ConversationId, event: LogEvent, version: int, at: datetime
) -> None:
    match event:
        case ConversationStarted():
            await _started(sql, tenant, conversation, event, version, at)
        case PromptReceived(replaces=None):
            await sql.execute(
                _PROMPT, tenant, conversation, event.turn_id, event.message_id, event.reply_id,
                event.text, version * _STEP, at,
            )  # fmt: skip
        case PromptReceived():
            await sql.execute(
                _AGAIN, tenant, conversation, event.turn_id, event.message_id, event.reply_id, event.replaces, at
            )
        case TurnStarted():
            await sql.execute(_TURN_STARTED, event.turn_id, event.attempt, event.agent_version, event.model, at)
        case ReplyCompleted():
            await sql.execute(
                _ENDED, event.turn_id, "completed", "complete", event.text, None, event.model,
                None if event.usage is None else msgspec.to_builtins(event.usage), event.cost_usd,
                event.first_token_ms, event.total_ms, at,
            )  # fmt: skip
        case TurnFailed():
            error = {"code": event.code, "message": event.message, "detail": event.detail}
            await sql.execute(
                _ENDED, event.turn_id, "failed", "failed", event.text, error, None, None, None, None, None, at
            )
        case TurnCancelled():
            await sql.execute(
                _ENDED, event.turn_id, "cancelled", "cancelled", event.text, None, None, None, None, None, None, at
            )
        case FeedbackGiven():
            await sql.execute(
                "UPDATE messages SET feedback = $2, feedback_comment = $3 WHERE id = $1",
                event.message_id, event.rating, event.comment,
            )  # fmt: skip
        case ConversationRenamed() | TurnCancelRequested():
            pass  # the title is part of the summary; a request shows only in the state


_PROMPT = """
WITH said AS (
  INSERT INTO messages (tenant_id, id, conversation_id, turn_id, ordinal, role, text, status, created_at)
  VALUES ($1, $4, $2, $3, $7, 'user', $6, 'complete', $8), ($1, $5, $2, $3, $7 + 1, 'assistant', '', 'queued', $8)
)
INSERT INTO turns (tenant_id, id, conversation_id, message_id, reply_id, status, attempt, created_at)
VALUES ($1, $3, $2, $4, $5, 'queued', 0, $8)
"""

_AGAIN = """
WITH old AS (
  UPDATE messages SET is_superseded = true WHERE turn_id = $6 AND role = 'assistant' RETURNING ordinal
), said AS (
  INSERT INTO messages (tenant_id, id, conversation_id, turn_id, ordinal, role, text, status, created_at)
  SELECT $1, $5, $2, $3, ordinal, 'assistant', '', 'queued', $7 FROM old
)
INSERT INTO turns (tenant_id, id, conversation_id, message_id, reply_id, status, attempt, created_at)
VALUES ($1, $3, $2, $4, $5, 'queued', 0, $7)
"""

_TURN_STARTED = """
WITH reply AS (UPDATE messages SET status = 'streaming' WHERE id = (SELECT reply_id FROM turns WHERE id = $1))
UPDATE turns SET status = 'running', attempt = $2, agent_version = $3, model = $4,
  started_at = coalesce(started_at, $5)
WHERE id = $1
"""

_ENDED = """
WITH turn AS (
  UPDATE turns SET status = $2, error = $5, model = coalesce($6, model), usage = $7, cost_usd = $8,
    first_token_ms = $9, total_ms = $10, finished_at = $11
  WHERE id = $1 RETURNING reply_id, model
)
UPDATE messages AS m SET status = $3, text = $4, error = $5, model = turn.model, usage = $7, cost_usd = $8
FROM turn WHERE m.id = turn.reply_id
"""

_START = """
INSERT INTO conversations (tenant_id, id, agent_id, channel, started_by, visitor_id, external_id, is_draft, title,
  status, message_count, version, state, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', 0, 0, '{}', $10, $10)
ON CONFLICT (id) DO UPDATE SET agent_id = excluded.agent_id, channel = excluded.channel,
  started_by = excluded.started_by, visitor_id = excluded.visitor_id, external_id = excluded.external_id,
  is_draft = excluded.is_draft, title = excluded.title, status = 'open', message_count = 0,
  last_message_preview = NULL, active_turn_id = NULL, created_at = excluded.created_at
"""


async def _started(
    sql: Sql, tenant: TenantId, conversation: ConversationId, event: ConversationStarted, version: int, at: datetime
) -> None:
    await sql.execute(
        _START, tenant, conversation, event.agent_id, event.channel, event.started_by, event.visitor_id,
        event.external_id, event.is_draft, event.title, at,
    )  # fmt: skip
    if event.history:
        rows = [
            (tenant, past.message_id, conversation, version * _STEP + place, past.role, past.text, at)
            for place, past in enumerate(event.history)
        ]
        await sql.executemany(
            "INSERT INTO messages (tenant_id, id, conversation_id, ordinal, role, text, status, created_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, 'complete', $7)",
            rows,
        )


_SUMMARY = """
UPDATE conversations SET version = $2, state = $3, active_turn_id = $4, title = coalesce($5, title, $6),
  message_count = message_count + $7, last_message_preview = coalesce($8, last_message_preview), updated_at = $9,
  digest = $10
WHERE id = $1
"""


async def _write_summary(sql: Sql, conversation: ConversationId, events: Sequence[Recorded], state: State) -> None:
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
    await sql.execute(
        _SUMMARY, conversation, state.version, msgspec.to_builtins(state), active, renamed, title, said, preview,
        events[-1][2], bytes.fromhex(state.digest) if state.digest else None,
    )  # fmt: skip


def title_from(text: str) -> str:
    """Return a title made of the first words of a text, at most 80 characters."""
    line = " ".join(text.split())
    if len(line) <= TITLE_LENGTH:
        return line
    return line[:TITLE_LENGTH].rsplit(" ", 1)[0] + "…"
