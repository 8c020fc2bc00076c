"""Conversations of clients that name them themselves, or bring their whole history each time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from medea.kernel.context import Context
from medea.kernel.db.sql import UniqueViolation
from medea.kernel.ids import ConversationId, ToolCallId, TurnId
from medea.modules.conversations import repository
from medea.modules.conversations.aggregate import digest_of
from medea.modules.conversations.errors import CallNotFound, ConversationNotFound, NothingAwaited, NothingToRegenerate
from medea.modules.conversations.log import TurnOptions
from medea.modules.conversations.service import answers, conversations, turns
from medea.modules.conversations.service.conversations import Opening
from medea.modules.conversations.service.turns import Sent

Said = Sequence[tuple[str, str]]
"""(role, text) of messages, the prompt last."""


async def say(
    ctx: Context,
    agent: str,
    chat_id: str,
    said: Said,
    options: TurnOptions | None = None,
    *,
    channel: str | None = None,
) -> Sent:
    """Say the last message in the conversation that the client calls `chat_id`, opening it, in a channel, if need be.

    Raises:
        AgentNotFound: unknown or unpublished.
    """
    if (sent := await turns.find_sent(ctx, ctx.new_id(TurnId))) is not None:
        return sent
    named = await conversations.resolve_agent(ctx, agent)
    found = await conversations.find_by_external(ctx, named.id, chat_id)
    if found is None:
        opening = Opening(agent=str(named.id), channel=channel, external_id=chat_id, history=history_of(said))
        found = await _open_once(ctx, opening)
    return await turns.send_message(ctx, found, said[-1][1], options)


async def _open_once(ctx: Context, opening: Opening) -> ConversationId:
    try:
        return (await conversations.start_conversation(ctx, opening)).id
    except UniqueViolation:  # the same chat was opened by another request in this very moment
        named = await conversations.resolve_agent(ctx, opening.agent)
        found = await conversations.find_by_external(ctx, named.id, opening.external_id or "")
        if found is None:
            raise
        return found


async def regenerate_last(ctx: Context, agent: str, chat_id: str) -> Sent:
    """Write the last reply of the client's chat again.

    Raises:
        AgentNotFound: unknown or unpublished.
        ConversationNotFound: there is no such chat.
        NothingToRegenerate: nothing was answered yet, or a turn runs.
    """
    if (sent := await turns.find_sent(ctx, ctx.new_id(TurnId))) is not None:
        return sent
    conversation = await _find(ctx, agent, chat_id)
    async with ctx.transaction(durable=False) as sql:
        state = await repository.load(sql, conversation)
    if state.last is None or state.active is not None:
        raise NothingToRegenerate()
    return await turns.regenerate(ctx, state.last.turn_id)


async def find_running(ctx: Context, agent: str, chat_id: str) -> TurnId | None:
    """Return the running turn of the client's chat, or None.

    Raises:
        AgentNotFound: unknown or unpublished.
        ConversationNotFound: there is no such chat.
    """
    conversation = await _find(ctx, agent, chat_id)
    return (await conversations.get_conversation(ctx, conversation)).active_turn_id


async def _find(ctx: Context, agent: str, chat_id: str) -> ConversationId:
    named = await conversations.resolve_agent(ctx, agent)
    found = await conversations.find_by_external(ctx, named.id, chat_id)
    if found is None:
        raise ConversationNotFound()
    return found


@dataclass(frozen=True, slots=True)
class ClientAnswer:
    """What a client says of a call that its turn waits for.

    Attributes:
        is_approved: whether the call may be made.
        form: what was filled in.
    """

    call: ToolCallId
    is_approved: bool = False
    comment: str | None = None
    form: dict[str, Any] | None = None


async def answer_running(ctx: Context, agent: str, chat_id: str, given: Sequence[ClientAnswer]) -> TurnId:
    """Take in what a client says of the calls that the chat's turn waits for; return the turn.

    A client brings its whole last message each time: answers that were given before are let pass.

    Raises:
        AgentNotFound: unknown or unpublished.
        ConversationNotFound: there is no such chat.
        NothingAwaited: no turn of it waits for any of this.
    """
    turn = await find_running(ctx, agent, chat_id)
    if turn is None or not given:
        raise NothingAwaited()
    taken = False
    for answer in given:
        try:
            if answer.form is not None:
                await answers.submit_form(ctx, turn, answer.call, answer.form)
            else:
                await answers.approve(ctx, turn, answer.call, is_approved=answer.is_approved, comment=answer.comment)
            taken = True
        except (NothingAwaited, CallNotFound):
            continue
    if not taken:
        raise NothingAwaited()
    return turn


async def complete(ctx: Context, agent: str, said: Said, options: TurnOptions) -> Sent:
    """Say the last message of a history that the client brings whole.

    The conversation in which exactly the rest was said goes on; where there is none, one is opened with
    the rest as its history.

    Raises:
        AgentNotFound: unknown or unpublished.
    """
    if (sent := await turns.find_sent(ctx, ctx.new_id(TurnId))) is not None:  # or another conversation would be opened
        return sent
    named = await conversations.resolve_agent(ctx, agent)
    history = history_of(said)
    found = None
    if history:
        found = await conversations.continue_by_digest(ctx, named.id, digest_of(history))
    if found is None:
        opening = Opening(agent=str(named.id), channel="openai", history=history, is_digested=True)
        found = (await conversations.start_conversation(ctx, opening)).id
    return await turns.send_message(ctx, found, said[-1][1], options)


def history_of(said: Said) -> list[tuple[str, str]]:
    """Return what was said by either side before the prompt."""
    return [(role, text) for role, text in said[:-1] if role in {"user", "assistant"}]
