"""From rows to wire types."""

from collections.abc import Sequence

from medea.kernel.auth.principal import Principal
from medea.kernel.context import Context
from medea.modules.agents import facade as agents
from medea.modules.conversations.access import is_inside
from medea.modules.conversations.models import ConversationRow, HeldRow, MessageRow, TurnRow
from medea.modules.conversations.schemas import AgentRef, ConversationRead, HeldAnswerRead, MessageRead, TurnRead


async def read_conversations(ctx: Context, rows: Sequence[ConversationRow]) -> list[ConversationRead]:
    """Return conversations with the names of their agents."""
    names = await agents.get_names(ctx, {row.agent_id for row in rows})
    return [_conversation(row, names.get(row.agent_id)) for row in rows]


async def read_conversation(ctx: Context, row: ConversationRow) -> ConversationRead:
    """Return one conversation with the name of its agent."""
    return (await read_conversations(ctx, [row]))[0]


def _conversation(row: ConversationRow, named: agents.AgentName | None) -> ConversationRead:
    slug, name = (named.slug, named.name) if named else ("", "")
    return ConversationRead(
        id=row.id,
        agent=AgentRef(id=row.agent_id, slug=slug, name=name),
        title=row.title,
        channel=row.channel,
        status=row.status,
        active_turn_id=row.active_turn_id,
        waits_for=row.waits_for,
        is_handed_over=row.is_handed_over,
        message_count=row.message_count,
        last_message_preview=row.last_message_preview,
        visitor_id=row.visitor_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def read_message(principal: Principal, row: MessageRow) -> MessageRead:
    """Return a message; what only the tenant's people may know is left out for others."""
    message = MessageRead.model_validate(row)
    if not is_inside(principal):
        message.parts = row.parts_for(is_inside=False)
        _leave_out(principal, message)
    if principal.is_visitor:  # it may be the company's people who said it
        message.feedback_comment = None
    return message


def _leave_out(principal: Principal, found: MessageRead | TurnRead) -> None:
    """Take out why it failed; from visitors also what it took: that is between the company and who runs its models."""
    if found.error is not None:
        found.error.detail = None
    if principal.is_visitor:
        found.cost_usd = None


async def read_held(ctx: Context, rows: Sequence[HeldRow]) -> list[HeldAnswerRead]:
    """Return answers that are held, with the names of their agents."""
    names = await agents.get_names(ctx, {row.agent_id for row in rows})
    return [_held(row, names.get(row.agent_id)) for row in rows]


def _held(row: HeldRow, named: agents.AgentName | None) -> HeldAnswerRead:
    slug, name = (named.slug, named.name) if named else ("", "")
    return HeldAnswerRead(
        id=row.message_id,
        turn_id=row.turn_id,
        conversation_id=row.conversation_id,
        agent=AgentRef(id=row.agent_id, slug=slug, name=name),
        channel=row.channel,
        is_draft=row.is_draft,
        title=row.title,
        prompt=row.prompt,
        text=row.text,
        shown=row.shown,
        reason=row.reason,
        rules=list(row.rules),
        asked_at=row.asked_at,
        expires_at=row.expires_at,
    )


def read_turn(principal: Principal, row: TurnRow) -> TurnRead:
    """Return a turn; what only the tenant's people may know is left out for others."""
    turn = TurnRead.model_validate(row)
    if not is_inside(principal):
        _leave_out(principal, turn)
    return turn
