"""Answers that somebody of the company looks at before readers do: what waits, and what is said to it."""

from medea.kernel.context import Context
from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.db.sql import Sql
from medea.kernel.ids import ConversationId, TurnId
from medea.kernel.text import clean_text
from medea.modules.conversations import events as announced
from medea.modules.conversations import queries, repository
from medea.modules.conversations.aggregate import State, decide
from medea.modules.conversations.errors import EmptyPrompt, NothingAwaited, TurnNotFound
from medea.modules.conversations.log import AnswerReviewed, LogEvent, ReplyCompleted
from medea.modules.conversations.models import HeldRow, TurnRow
from medea.modules.conversations.reviews import Review, decision_of
from medea.modules.conversations.service import receiving, turns


async def review(
    ctx: Context, turn: TurnId, *, is_approved: bool, answer: str | None = None, comment: str | None = None
) -> TurnRow:
    """Say whether an answer that is held may be shown; the turn ends by it. To say the same again changes nothing.

    Args:
        ctx: of somebody who may.
        turn: whose answer.
        is_approved: it is shown as it is.
        answer: what is said instead; None: what the agent's rules say.
        comment: for the company's people.

    Raises:
        TurnNotFound: the tenant has none of this id.
        NothingAwaited: the answer is not held, or somebody has decided otherwise.
        EmptyPrompt: `answer` is no text.
    """
    said = None if answer is None or is_approved else clean_text(answer).strip()
    if said == "":
        raise EmptyPrompt()
    note = None if comment is None else clean_text(comment).strip() or None
    command = Review(turn_id=turn, is_approved=is_approved, by=ctx.principal.id, answer=said, comment=note)
    async with ctx.transaction() as sql:
        # Whoever may decide sees all that is held listed, and so decides on all of it: the tenant alone bounds it.
        conversation = await repository.conversation_of_turn(sql, turn)
        if conversation is None:
            raise TurnNotFound()
        before = await repository.load(sql, conversation)
        try:
            decide(before, command)
        except NothingAwaited:
            return await _same(sql, turn, command)
        command, marks = await receiving.conceal_review(ctx, sql, before, command)
        await end(ctx, sql, conversation, before, [*marks, *decide(before, command)])
        found = await queries.get_turn(sql, turn)
        reply = await queries.get_message(sql, found.reply_id)
    turns.tell_ended(ctx, found, reply)
    return found


async def _same(sql: Sql, turn: TurnId, command: Review) -> TurnRow:
    """Return how a turn stands whose answer this caller has decided on just like this; nobody else hears otherwise.

    Raises:
        NothingAwaited: it is not so.
    """
    found = await queries.get_turn(sql, turn)
    reply = await queries.get_message(sql, found.reply_id)
    decision = decision_of(command)
    is_said = command.answer is None or reply.text.endswith(command.answer)
    if is_said and any((mark["action"], mark.get("by")) == (decision, command.by) for mark in reply.guardrails):
        return found
    raise NothingAwaited()


async def end(ctx: Context, sql: Sql, conversation: ConversationId, before: State, events: list[LogEvent]) -> None:
    """Append what ends a turn whose answer was held, let the next one run, and announce it."""
    after = await repository.save(sql, ctx.tenant, conversation, before, events, at=ctx.now(), by=ctx.principal.id)
    if after.active is not None:
        turns.run_next(ctx, conversation, after)
    for event in events:
        if isinstance(event, ReplyCompleted) and before.agent_id is not None:
            usage = event.usage
            ctx.emit(
                announced.TurnCompleted(
                    conversation_id=conversation,
                    turn_id=event.turn_id,
                    agent_id=before.agent_id,
                    model=event.model,
                    input_tokens=usage.input_tokens if usage else 0,
                    output_tokens=usage.output_tokens if usage else 0,
                    cost_usd=event.cost_usd,
                )
            )


def is_review(events: list[LogEvent]) -> bool:
    """Say whether events end a turn whose answer was held."""
    return any(isinstance(event, AnswerReviewed) for event in events)


async def list_held(ctx: Context, page: PageRequest) -> Page[HeldRow]:
    """Return the answers that wait, the one that waits longest first."""
    async with ctx.transaction(durable=False) as sql:
        return await queries.list_held(sql, page)


async def count_held(ctx: Context) -> int:
    """Return how many answers wait."""
    async with ctx.transaction(durable=False) as sql:
        return await queries.count_held(sql)
