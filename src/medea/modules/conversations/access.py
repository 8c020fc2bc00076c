"""Who may see a conversation: members and secret keys all of their tenant's, a visitor their own."""

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


async def check_conversation(ctx: Context, sql: Sql, conversation: ConversationId) -> None:
    """Refuse a conversation that the caller may not see.

    Raises:
        ConversationNotFound: it does not exist, or is not the visitor's own.
    """
    row = await sql.fetchrow("SELECT visitor_id FROM conversations WHERE id = $1", conversation)
    only = visitor_filter(ctx.principal)
    if row is None or (only is not None and row["visitor_id"] != only):
        raise ConversationNotFound()


def check_state(ctx: Context, state: State) -> None:
    """Refuse a conversation that the caller may not see, whose state is known already.

    Raises:
        ConversationNotFound: it is not the visitor's own.
    """
    only = visitor_filter(ctx.principal)
    if only is not None and state.visitor_id != only:
        raise ConversationNotFound()


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
