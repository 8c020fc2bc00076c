"""Who may see a conversation: who may read all of the tenant's, and others what they began themselves."""

from medea.kernel.auth.principal import Principal, PrincipalKind
from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.ids import ConversationId, MessageId, TurnId, VisitorId
from medea.modules.conversations import repository
from medea.modules.conversations.aggregate import State
from medea.modules.conversations.errors import ConversationNotFound, MessageNotFound, TurnNotFound


def visitor_filter(principal: Principal) -> VisitorId | None:
    """Return the visitor whose conversations alone may be seen, or None for all of the tenant's."""
    if principal.kind is PrincipalKind.VISITOR:
        return principal.visitor_id
    return None


def starter_filter(principal: Principal) -> str | None:
    """Return who began the conversations that alone may be seen: the caller, whose key may chat but not read."""
    if principal.kind is PrincipalKind.VISITOR or principal.may("conversations:read"):
        return None
    return principal.id


def is_inside(principal: Principal) -> bool:
    """Tell whether the caller may know what is behind an answer: which model, tool or rule did what, and why not.

    Visitors may not, nor may programs that only chat: what those read they show to visitors.
    """
    return principal.kind is not PrincipalKind.VISITOR and principal.may("conversations:read")


def may_see(principal: Principal, *, visitor_id: VisitorId | None, started_by: str) -> bool:
    """Tell whether the caller may see a conversation of their tenant."""
    visitor, starter = visitor_filter(principal), starter_filter(principal)
    return (visitor is None or visitor_id == visitor) and (starter is None or started_by == starter)


async def check_conversation(ctx: Context, sql: Sql, conversation: ConversationId) -> None:
    """Refuse a conversation that the caller may not see.

    Raises:
        ConversationNotFound: it does not exist, or the caller may see their own only.
    """
    row = await sql.fetchrow("SELECT visitor_id, started_by FROM conversations WHERE id = $1", conversation)
    if row is None or not may_see(ctx.principal, visitor_id=row["visitor_id"], started_by=row["started_by"]):
        raise ConversationNotFound()


async def check_loaded(ctx: Context, sql: Sql, conversation: ConversationId, state: State) -> None:
    """Refuse a conversation that the caller may not see, whose state is known already: mostly no statement.

    Raises:
        ConversationNotFound: the caller may see their own only.
    """
    only = visitor_filter(ctx.principal)
    if only is not None and state.visitor_id != only:
        raise ConversationNotFound()
    if starter_filter(ctx.principal) is not None:
        await check_conversation(ctx, sql, conversation)


async def conversation_of_turn(ctx: Context, sql: Sql, turn: TurnId) -> ConversationId:
    """Return the conversation of a turn that the caller may see.

    Raises:
        TurnNotFound: it does not exist, or is not the visitor's own.
    """
    conversation = await repository.conversation_of_turn(sql, turn)
    if conversation is None:
        raise TurnNotFound()
    try:
        await check_conversation(ctx, sql, conversation)
    except ConversationNotFound:
        raise TurnNotFound() from None
    return conversation


async def place_of_message(ctx: Context, sql: Sql, message: MessageId) -> tuple[ConversationId, str]:
    """Return conversation and role of a message that the caller may see.

    Raises:
        MessageNotFound: it does not exist, or is not the visitor's own.
    """
    place = await repository.place_of_message(sql, message)
    if place is None:
        raise MessageNotFound()
    try:
        await check_conversation(ctx, sql, place[0])
    except ConversationNotFound:
        raise MessageNotFound() from None
    return place
