"""Commands on turns: send, answer again, cancel, judge."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from medea.kernel.context import Context
from medea.kernel.db.batch import Batch
from medea.kernel.db.sql import Sql
from medea.kernel.ids import ConversationId, MessageId, TurnId
from medea.kernel.streams.base import StreamSuperseded
from medea.kernel.text import clean_text
from medea.modules.conversations import queries, repository, streaming
from medea.modules.conversations.access import check_loaded, conversation_of_turn, place_of_message
from medea.modules.conversations.activity import spoken_in
from medea.modules.conversations.aggregate import Cancel, Command, Judge, Prompt, Regenerate, State, decide
from medea.modules.conversations.calls import Turn
from medea.modules.conversations.errors import (
    AnswerAwaited,
    ConversationMovedOn,
    EmptyPrompt,
    NotAReply,
    ResultsMissing,
    TurnNotFound,
)
from medea.modules.conversations.events import FeedbackGiven as Announced
from medea.modules.conversations.log import FeedbackGiven, LogEvent, TurnOptions
from medea.modules.conversations.models import MessageRow, TurnRow
from medea.modules.conversations.runtime import execution
from medea.modules.conversations.runtime.cancellation import topic_of
from medea.modules.conversations.runtime.running import TurnJob
from medea.modules.conversations.service import crowding, notices, receiving

RUN_TURN = "conversations.run_turn"
EXPIRE_ANSWERS = "conversations.expire_answers"


@dataclass(frozen=True, slots=True)
class Sent:
    """A prompt that was accepted.

    Attributes:
        turn_id: the turn that answers it.
        message_id: the prompt.
        reply_id: the reply to come.
        is_waiting: another turn of this conversation comes first.
    """

    conversation_id: ConversationId
    turn_id: TurnId
    message_id: MessageId
    reply_id: MessageId
    is_waiting: bool


async def send_message(
    ctx: Context,
    conversation: ConversationId,
    text: str,
    options: TurnOptions | None = None,
    *,
    follows: TurnId | None = None,
) -> Sent:
    """Accept a prompt; when this returns it is in the log, and its turn runs or waits.

    Args:
        ctx: of the caller.
        conversation: which.
        text: what is said.
        options: what is asked for in this turn only.
        follows: the turn that the caller knows as the last; another may have been begun meanwhile.

    Raises:
        ConversationMovedOn: `follows` is not the last turn.
        ResultsMissing: it waits for results of its caller's tools.
        AnswerAwaited: its answer waits for somebody to look at it.
        ConversationNotFound: there is none that the caller may see.
        EmptyPrompt: no text.
        ConversationClosed, TooManyWaiting: not now.
        TooManyRunning: the company has as many open turns as it may.
        SaidTooOften: the agent takes no more of this visitor in a minute.
    """
    text = clean_text(text)
    if not text.strip():
        raise EmptyPrompt()
    turn_id = ctx.new_id(TurnId)
    if (sent := await find_sent(ctx, turn_id)) is not None:
        return sent
    command = Prompt(turn_id=turn_id, message_id=MessageId.new(), reply_id=MessageId.new(), text=text, options=options)

    resumed: list[Turn] = []

    def run(batch: Batch, after: State) -> None:
        if after.active is not None and (after.active.turn_id == command.turn_id or has_resumed(state, after)):
            resumed.extend([after.active] if has_resumed(state, after) else ())
            run_next(ctx, conversation, after)
            ctx.announce_in(batch)

    ahead = await receiving.look_ahead(ctx, conversation, text, options)
    async with ctx.transaction() as sql:
        state, open_turns = await repository.load_for_turn(sql, conversation, crowding.cap(ctx))
        await check_loaded(ctx, sql, conversation, state)
        if follows is not None:
            _require_last(state, follows)
        await crowding.require_room(ctx, sql, open_turns)
        received = await receiving.receive(ctx, sql, conversation, state, decide(state, command), ahead)
        saved = await _save(ctx, sql, conversation, state, received.events, run)
    if received.refusal is not None:
        raise received.refusal
    for turn in resumed:
        reopen_stream(ctx, turn)
    is_waiting = saved.active is None or saved.active.turn_id != command.turn_id
    return Sent(conversation, command.turn_id, command.message_id, command.reply_id, is_waiting)


def _require_last(state: State, turn: TurnId) -> None:
    active = state.active
    last = None if state.last is None else state.last.turn_id
    if state.waiting or (active.turn_id if active is not None else last) != turn:
        raise ConversationMovedOn()
    if active is not None and active.is_paused:
        raise ResultsMissing() if active.held is None else AnswerAwaited()


async def regenerate(ctx: Context, turn: TurnId) -> Sent:
    """Answer the prompt of the last turn once more; the old reply is superseded.

    Raises:
        TurnNotFound: there is none that the caller may see.
        NothingToRegenerate: it is not the last one, or one is running.
        TooManyRunning: the company has as many open turns as it may.
        SaidTooOften: the agent takes no more of this visitor in a minute.
    """
    turn_id = ctx.new_id(TurnId)
    if (sent := await find_sent(ctx, turn_id)) is not None:
        return sent
    async with ctx.transaction() as sql:
        conversation = await conversation_of_turn(ctx, sql, turn)
        text = await repository.prompt_of_turn(sql, turn)
        before, open_turns = await repository.load_for_turn(sql, conversation, crowding.cap(ctx))
        await crowding.require_room(ctx, sql, open_turns)
        command = Regenerate(of=turn, turn_id=turn_id, reply_id=MessageId.new(), text=text)
        received = await receiving.receive(ctx, sql, conversation, before, decide(before, command))
        state = await _save(ctx, sql, conversation, before, received.events)
        if received.refusal is None:
            run_next(ctx, conversation, state)
    if received.refusal is not None:
        raise received.refusal
    assert state.active is not None  # noqa: S101 - it is the one just begun
    return Sent(conversation, command.turn_id, state.active.message_id, command.reply_id, is_waiting=False)


async def find_sent(ctx: Context, turn_id: TurnId) -> Sent | None:
    """Return what this very request did, if it was sent before and its answer got lost."""
    if ctx.request_key is None:
        return None
    async with ctx.transaction(durable=False) as sql:
        try:
            turn = await queries.get_turn(sql, turn_id)
        except TurnNotFound:
            return None
    return Sent(turn.conversation_id, turn.id, turn.message_id, turn.reply_id, is_waiting=turn.status == "queued")


async def cancel_turn(ctx: Context, turn: TurnId) -> TurnRow:
    """Stop a turn wherever it runs; one that has ended stays as it is.

    A waiting turn ends here; a running one is ended by its worker, which is told at once and keeps what
    was said until then. This returns when the request is in the log.

    Raises:
        TurnNotFound: there is none that the caller may see.
    """
    ctx.repeatable()
    async with ctx.transaction() as sql:
        conversation = await conversation_of_turn(ctx, sql, turn)
        before = await repository.load(sql, conversation)
        shown = spoken_in(await queries.get_activity(sql, (await queries.get_turn(sql, turn)).reply_id))
        state = await _carry_out(ctx, sql, conversation, Cancel(turn_id=turn, by=ctx.principal.id, text=shown))
        if state.active is not None and (before.active is None or before.active.turn_id != state.active.turn_id):
            run_next(ctx, conversation, state)
        found = await queries.get_turn(sql, turn)
        reply = await queries.get_message(sql, found.reply_id)
    if not found.has_ended:
        await ctx.ports.signals.publish(topic_of(turn), "")
    elif before.find_turn(turn) is not None:  # it ended here, so nobody else tells those who wait for it
        tell_ended(ctx, found, reply)
    return found


def tell_ended(ctx: Context, turn: TurnRow, reply: MessageRow) -> None:
    """Tell those who follow a turn that it has ended where no worker ran it."""
    with suppress(StreamSuperseded):
        attempt = turn.attempt + 1
        writer = ctx.ports.streams.writer(ctx.tenant, turn.id, attempt, restart=streaming.restart(attempt))
        writer.append(streaming.stored_frames(turn, reply))
        writer.finish()


async def give_feedback(ctx: Context, message: MessageId, rating: str | None, comment: str | None) -> MessageRow:
    """Judge a reply; the latest judgement counts, None takes it back.

    Raises:
        MessageNotFound: there is none that the caller may see.
        NotAReply: it is a prompt.
    """
    async with ctx.transaction() as sql:
        conversation, role = await place_of_message(ctx, sql, message)
        if role != "assistant":
            raise NotAReply()
        event = FeedbackGiven(
            message_id=message,
            by=ctx.principal.id,
            rating=rating,
            comment=None if comment is None else clean_text(comment),
        )
        state = await repository.load(sql, conversation)
        guards = await receiving.guards_for(ctx, sql, state)
        kept = await receiving.conceal(ctx, sql, conversation, state, decide(state, Judge(event)), guards)
        await _save(ctx, sql, conversation, state, kept)
        ctx.emit(Announced(conversation_id=conversation, message_id=message, rating=rating))
        return await queries.get_message(sql, message)


async def get_turn(ctx: Context, turn: TurnId) -> TurnRow:
    """Return a turn.

    Raises:
        TurnNotFound: there is none that the caller may see.
    """
    async with ctx.transaction(durable=False) as sql:
        await conversation_of_turn(ctx, sql, turn)
        return await queries.get_turn(sql, turn)


async def _carry_out(ctx: Context, sql: Sql, conversation: ConversationId, command: Command) -> State:
    state = await repository.load(sql, conversation)
    return await _save(ctx, sql, conversation, state, decide(state, command))


async def _save(
    ctx: Context,
    sql: Sql,
    conversation: ConversationId,
    state: State,
    events: list[LogEvent],
    also: Callable[[Batch, State], None] | None = None,
) -> State:
    now, who = ctx.now(), ctx.principal.id
    return await repository.save(sql, ctx.tenant, conversation, state, events, at=now, by=who, also=also)


def run_next(ctx: Context, conversation: ConversationId, state: State) -> None:
    """Let a worker run the conversation's active turn, if there is one; one that waits, when its time is up."""
    turn = state.active
    if turn is None:
        return
    known = {"conversation_id": conversation, "turn_id": turn.turn_id}
    if turn.is_paused:
        hours = timedelta(hours=ctx.ports.settings.tools.answer_hours)
        at = ctx.now() + hours if turn.held is None else turn.held.expires_at
        if turn.held is not None:
            notices.plan(ctx, state, at)
        ctx.enqueue(EXPIRE_ANSWERS, **known, attempt=turn.attempt, run_at=at)
        return
    ctx.enqueue(RUN_TURN, **known, agent_id=state.agent_id, is_draft=state.is_draft, base=turn.attempt)


def has_resumed(before: State, after: State) -> bool:
    """Say whether a turn that waited for the visitor goes on now."""
    was, now = before.active, after.active
    return was is not None and now is not None and was.turn_id == now.turn_id and was.is_paused and not now.is_paused


def reopen_stream(ctx: Context, turn: Turn) -> None:
    """Begin the live stream of the attempt that goes on after a pause, so that who joins now waits for it."""
    with suppress(StreamSuperseded):
        attempt = turn.attempt + 1
        writer = ctx.ports.streams.writer(ctx.tenant, turn.turn_id, attempt, restart=streaming.restart(attempt))
        writer.append((streaming.status("queued"),))


async def run_turn(ctx: Context, job: TurnJob) -> None:
    """Answer a turn, as the job that carries it."""
    await execution.run_turn(ctx, job, run_next)


async def give_up_turn(ctx: Context, job: TurnJob) -> None:
    """Fail a turn whose job has no attempt left."""
    await execution.give_up(ctx, job, run_next)
