"""Conversations as other programs' threads: named by the client, or by their own id."""

from dataclasses import dataclass

from medea.kernel.context import Context
from medea.kernel.ids import ConversationId, TurnId
from medea.modules.agents.facade import LiveAgent
from medea.modules.conversations import queries
from medea.modules.conversations.errors import ConversationNotFound
from medea.modules.conversations.log import TurnOptions
from medea.modules.conversations.models import MessageRow
from medea.modules.conversations.service import clients, conversations, turns

CHANNEL = "agui"
MAX_MESSAGES = 300
"""Of a thread that is joined, the latest."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread as it is.

    Attributes:
        turn: what runs, or waits for somebody outside; None: nothing.
        waiting: its reply, where it waits.
        title: of the conversation.
        messages: before the answer that `turn` gives, oldest first.
    """

    conversation: ConversationId
    turn: TurnId | None
    title: str | None = None
    messages: tuple[MessageRow, ...] = ()
    waiting: MessageRow | None = None


async def find_conversation(ctx: Context, agent: LiveAgent, thread: str) -> ConversationId | None:
    """Return the conversation of a thread with an agent: the client's own name for it, or our id; None: none yet."""
    known = ConversationId.find(thread)
    if known is not None:
        try:
            found = await conversations.get_conversation(ctx, known)
        except ConversationNotFound:
            return None
        return found.id if found.agent_id == agent.id else None
    return await conversations.find_by_external(ctx, agent.id, thread)


async def say(ctx: Context, agent: LiveAgent, thread: str, said: clients.Said, options: TurnOptions) -> turns.Sent:
    """Say the last message in a thread, which is opened if need be, with what was said before as its history."""
    conversation = await find_conversation(ctx, agent, thread)
    if conversation is not None:
        return await turns.send_message(ctx, conversation, said[-1][1], options)
    return await clients.say(ctx, str(agent.id), thread, said, options, channel=CHANNEL)


async def find_thread(ctx: Context, agent: LiveAgent, thread: str) -> Thread | None:
    """Return a thread as it is, or None where nothing was said in it."""
    conversation = await find_conversation(ctx, agent, thread)
    if conversation is None:
        return None
    async with ctx.transaction(durable=False) as sql:
        row = await queries.get_conversation(sql, conversation)
        end, waiting = 2**62, None
        if row.active_turn_id is not None:
            turn = await queries.get_turn(sql, row.active_turn_id)
            reply = await queries.get_message(sql, turn.reply_id)
            end, waiting = reply.ordinal, reply if turn.status == "waiting" else None
        messages = await queries.messages_before(sql, conversation, end, MAX_MESSAGES)
    return Thread(conversation, row.active_turn_id, row.title, tuple(messages), waiting)


async def stop_thread(ctx: Context, agent: LiveAgent, thread: str) -> bool:
    """Stop what runs in a thread; tell whether anything did."""
    conversation = await find_conversation(ctx, agent, thread)
    if conversation is None:
        return False
    row = await conversations.get_conversation(ctx, conversation)
    if row.active_turn_id is None:
        return False
    await turns.cancel_turn(ctx, row.active_turn_id)
    return True
