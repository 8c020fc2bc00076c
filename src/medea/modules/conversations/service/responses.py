"""Responses, as OpenAI's clients know them: parts of turns, each following a response before it."""

from collections.abc import Collection
from dataclasses import dataclass

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.ids import ConversationId, ResponseId, ToolCallId, TurnId
from medea.modules.conversations import kept_responses, queries
from medea.modules.conversations.access import check_conversation
from medea.modules.conversations.activity import Activity, Call, calls_in
from medea.modules.conversations.errors import (
    ConversationMovedOn,
    ConversationNotFound,
    NothingAwaited,
    ResponseNotFound,
)
from medea.modules.conversations.kept_responses import Asked, KeptResponse
from medea.modules.conversations.log import TurnOptions
from medea.modules.conversations.models import MessageRow, TurnRow
from medea.modules.conversations.service import answers, clients, conversations, turns

MAX_HISTORY = 900
"""Messages that a branch takes with it."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something to say, and where.

    Attributes:
        said: (role, text), the prompt last.
        follows: the response that this goes on from.
        conversation: the conversation that this goes on in.
    """

    said: clients.Said
    asked: Asked
    options: TurnOptions
    follows: ResponseId | None = None
    conversation: ConversationId | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """What a client gives to the calls that a turn waits for: at least one answer."""

    turn: TurnId
    given: answers.Given
    asked: Asked
    follows: ResponseId | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A response, with its turn and its reply as they are."""

    response: KeptResponse
    turn: TurnRow
    reply: MessageRow


async def ask(ctx: Context, question: Question) -> tuple[KeptResponse, bool]:
    """Say something; return the response that answers it, and whether its turn waits behind another.

    A response goes on from the one before it. Where more was said in that conversation since, or another agent is
    asked, a conversation of its own begins with what was said up to there.

    Raises:
        AgentNotFound: unknown or unpublished.
        ResponseNotFound, ConversationNotFound: there is none that the caller may see.
        ResultsMissing: the response before waits for results.
    """
    response_id = ctx.new_id(ResponseId)
    sent = await turns.find_sent(ctx, ctx.new_id(TurnId)) or await _send(ctx, question)
    response = KeptResponse(response_id, sent.conversation_id, sent.turn_id, 0, question.asked, ctx.now())
    return await _keep(ctx, response), sent.is_waiting


async def _send(ctx: Context, question: Question) -> turns.Sent:
    asked = question.asked
    if question.conversation is not None:
        return await _send_in(ctx, question, question.conversation)
    if question.follows is None:
        return await clients.complete(ctx, asked.model, question.said, question.options)
    before = await get_response(ctx, question.follows)
    agent = await conversations.resolve_agent(ctx, asked.model)
    conversation = await conversations.get_conversation(ctx, before.conversation_id)
    if len(question.said) == 1 and conversation.agent_id == agent.id:
        try:
            return await turns.send_message(
                ctx, conversation.id, question.said[-1][1], question.options, follows=before.turn_id
            )
        except ConversationMovedOn:
            pass
    history = [*await _said_until(ctx, before), *question.said]
    return await clients.complete(ctx, str(agent.id), history, question.options)


async def _send_in(ctx: Context, question: Question, conversation: ConversationId) -> turns.Sent:
    agent = await conversations.resolve_agent(ctx, question.asked.model)
    if (await conversations.get_conversation(ctx, conversation)).agent_id != agent.id:
        raise ConversationNotFound("This conversation is with another agent; name that as `model`.")
    return await turns.send_message(ctx, conversation, question.said[-1][1], question.options)


async def _said_until(ctx: Context, response: KeptResponse) -> list[tuple[str, str]]:
    """Return what was said up to the end of a response's turn."""
    async with ctx.transaction(durable=False) as sql:
        turn = await queries.get_turn(sql, response.turn_id)
        before = await queries.history_before(sql, response.conversation_id, turn.reply_id, MAX_HISTORY)
        reply = await queries.get_message(sql, turn.reply_id)
    said = [(row.role, row.text) for row in before]
    return [*said, ("assistant", reply.text)] if reply.text else said


async def answer(ctx: Context, given: Answers) -> KeptResponse:
    """Take in what a client gives to the calls that a turn waits for; return the response with which it goes on.

    What was given before is let pass: the same answers lead to the same response.

    Raises:
        TurnNotFound, CallNotFound, ResponseNotFound: there is none that the caller may see.
        NothingAwaited: the turn does not wait for this, or for anything any more.
        ResultsMissing: it waits for more.
        FormInvalid: a form is not filled in as it asks.
    """
    if given.follows is not None and (await get_response(ctx, given.follows)).turn_id != given.turn:
        raise NothingAwaited("These outputs are not for calls of the response that `previous_response_id` names.")
    row, activity = await answers.answer_calls(ctx, given.turn, given.given)
    segment = _segment_after(activity, {*given.given.results, *given.given.approvals})
    async with ctx.transaction(durable=False) as sql:
        known = await kept_responses.find_part(sql, given.turn, segment)
    if known is not None:
        return known
    response = KeptResponse(ctx.new_id(ResponseId), row.conversation_id, given.turn, segment, given.asked, ctx.now())
    return await _keep(ctx, response)


def _segment_after(activity: Activity, answered: Collection[ToolCallId]) -> int:
    """Return which part of its turn follows these answers: each ends with calls that are answered outside."""
    calls = [call for call in calls_in(activity) if is_answered_outside(call)]
    last = max(call.step for call in calls if call.id in answered)
    return len({call.step for call in calls if call.step <= last})


def is_answered_outside(call: Call) -> bool:
    """Say whether somebody outside had to answer a call before the turn could go on."""
    return call.awaits is not None or call.expires_at is not None


async def _keep(ctx: Context, response: KeptResponse) -> KeptResponse:
    if not response.asked.store:
        return response
    async with ctx.transaction() as sql:
        await kept_responses.keep(sql, ctx.tenant, response)
        return await kept_responses.find(sql, response.id) or response


async def get_response(ctx: Context, response: ResponseId) -> KeptResponse:
    """Return a response.

    Raises:
        ResponseNotFound: there is none that the caller may see.
    """
    async with ctx.transaction(durable=False) as sql:
        return await _get(ctx, sql, response)


async def _get(ctx: Context, sql: Sql, response: ResponseId) -> KeptResponse:
    found = await kept_responses.find(sql, response)
    if found is None:
        raise ResponseNotFound()
    try:
        await check_conversation(ctx, sql, found.conversation_id)
    except ConversationNotFound:
        raise ResponseNotFound() from None
    return found


async def tell_response(ctx: Context, response: ResponseId) -> Told:
    """Return a response with its turn and its reply as they are.

    Raises:
        ResponseNotFound: there is none that the caller may see.
    """
    async with ctx.transaction(durable=False) as sql:
        found = await _get(ctx, sql, response)
        turn = await queries.get_turn(sql, found.turn_id)
        return Told(found, turn, await queries.get_message(sql, turn.reply_id))


async def list_input(ctx: Context, response: ResponseId) -> tuple[KeptResponse, list[MessageRow], list[Call]]:
    """Return what was said to get a response: messages, or calls with what the client gave to them.

    Raises:
        ResponseNotFound: there is none that the caller may see.
    """
    async with ctx.transaction(durable=False) as sql:
        found = await _get(ctx, sql, response)
        turn = await queries.get_turn(sql, found.turn_id)
        if found.segment:
            return found, [], _answered(await queries.get_activity(sql, turn.reply_id), found.segment)
        prompt = await queries.get_message(sql, turn.message_id)
        if not found.asked.brought:
            return found, [prompt], []
        before = await queries.messages_before(sql, found.conversation_id, prompt.ordinal, MAX_HISTORY)
        return found, [*before, prompt], []


def _answered(activity: Activity, segment: int) -> list[Call]:
    calls = [call for call in calls_in(activity) if is_answered_outside(call)]
    steps = sorted({call.step for call in calls})
    return [call for call in calls if call.step == steps[segment - 1]] if segment <= len(steps) else []


async def cancel_response(ctx: Context, response: ResponseId) -> Told:
    """Stop the turn of a response, and return it as it is then; one that has ended stays as it is.

    Raises:
        ResponseNotFound: there is none that the caller may see.
    """
    found = await get_response(ctx, response)
    await turns.cancel_turn(ctx, found.turn_id)
    return await tell_response(ctx, response)


async def delete_response(ctx: Context, response: ResponseId) -> None:
    """Forget a response; what was said stays in its conversation.

    Raises:
        ResponseNotFound: there is none that the caller may see.
    """
    async with ctx.transaction() as sql:
        await _get(ctx, sql, response)
        await kept_responses.forget(sql, response)
