"""What visitors answer when a turn waits for them: approvals, and forms filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.errors import FieldError
from medea.kernel.guardrails.threads import LONG
from medea.kernel.ids import ConversationId, ToolCallId, TurnId
from medea.kernel.text import clean_text, clean_value
from medea.modules.conversations import queries, repository
from medea.modules.conversations.access import conversation_of_turn
from medea.modules.conversations.activity import Activity, Call, calls_in
from medea.modules.conversations.aggregate import State, decide, evolve
from medea.modules.conversations.calls import Approve, Expire, Submit
from medea.modules.conversations.errors import CallNotFound, FormInvalid, NothingAwaited, ResultsMissing
from medea.modules.conversations.log import LogEvent
from medea.modules.conversations.models import TurnRow
from medea.modules.conversations.runtime.calling import bounded
from medea.modules.conversations.service import receiving, reviews, turns
from medea.modules.tools import facade as tools


@dataclass(frozen=True, slots=True)
class Answered:
    """A turn after an answer.

    Attributes:
        goes_on: it waits for nothing more.
    """

    turn: TurnRow
    goes_on: bool


async def approve(
    ctx: Context, turn: TurnId, call: ToolCallId, *, is_approved: bool, comment: str | None = None
) -> Answered:
    """Say whether a call may be made; the turn goes on when all that it waits for is answered.

    Raises:
        TurnNotFound, CallNotFound: there is none that the caller may see.
        NothingAwaited: nobody asks that, any more.
    """
    said = None if comment is None else clean_text(comment).strip() or None
    command = Approve(turn_id=turn, call_id=call, is_approved=is_approved, by=ctx.principal.id, comment=said)
    async with ctx.transaction() as sql:
        conversation = await conversation_of_turn(ctx, sql, turn)
        before = await repository.load(sql, conversation)
        found = await queries.get_turn(sql, turn)
        _call(await queries.get_activity(sql, found.reply_id), call)
        after = await _save(ctx, sql, conversation, before, decide(before, command))
        found = await queries.get_turn(sql, turn)
    return _went_on(ctx, before, after, found)


async def submit_form(ctx: Context, turn: TurnId, call: ToolCallId, given: dict[str, Any] | None) -> Answered:
    """Fill in a form, or decline to; what was filled in is kept as a lead, too.

    Raises:
        TurnNotFound, CallNotFound: there is none that the caller may see.
        NothingAwaited: nobody asks that, any more.
        FormInvalid: `errors` names the fields.
    """
    async with ctx.transaction() as sql:
        conversation = await conversation_of_turn(ctx, sql, turn)
        before = await repository.load(sql, conversation)
        found = await queries.get_turn(sql, turn)
        form = _call(await queries.get_activity(sql, found.reply_id), call)
        output = None
        if form.state != "awaited":
            raise NothingAwaited()
        if given is not None:
            output, faults = tools.read_answers(form.input, given)
            if faults:
                named = "; ".join(f"{name} {words}" for name, words in faults.items())  # not all dialects tell `errors`
                errors = [FieldError(name, words, "invalid") for name, words in faults.items()]
                raise FormInvalid(f"The form is not filled in as it asks: {named}.", errors=errors)
        command = Submit(turn_id=turn, call_id=call, output=output)
        events = decide(before, command)
        if output is not None and before.agent_id is not None:
            await tools.save_lead(
                ctx,
                sql,
                agent=before.agent_id,
                conversation=conversation,
                turn=turn,
                title=str(form.input.get("title", "")),
                answers=output,
            )
        after = await _save(ctx, sql, conversation, before, events)
        found = await queries.get_turn(sql, turn)
    return _went_on(ctx, before, after, found)


async def submit_results(ctx: Context, turn: TurnId, results: Mapping[ToolCallId, str]) -> Answered:
    """Take in what the program that asked got from tools of its own; what it gave before is let pass.

    Raises:
        TurnNotFound, CallNotFound: there is none that the caller may see.
        NothingAwaited: a call is not the program's to make, or nobody waits for it any more.
        ResultsMissing: the turn waits for more than these.
    """
    ctx.repeatable()
    plan = await _look_ahead(ctx, turn, results)
    async with ctx.transaction() as sql:
        conversation = await conversation_of_turn(ctx, sql, turn)
        before = await repository.load(sql, conversation)
        found = await queries.get_turn(sql, turn)
        activity = await queries.get_activity(sql, found.reply_id)
        if all(_call(activity, call).state == "returned" for call in results):
            return Answered(found, goes_on=True)
        after = await _save(ctx, sql, conversation, before, _submitted(ctx, turn, before, activity, results), plan)
        found = await queries.get_turn(sql, turn)
    return _went_on(ctx, before, after, found)


def _submitted(
    ctx: Context, turn: TurnId, before: State, activity: Activity, results: Mapping[ToolCallId, str]
) -> list[LogEvent]:
    awaited = () if before.active is None else before.active.awaited
    missing = [call.call_id for call in awaited if call.call_id not in results]
    if any(_call(activity, call).awaits == "client" for call in missing):  # others have their own way in
        raise ResultsMissing()
    events: list[LogEvent] = []
    state = before
    for call, text in results.items():
        if _call(activity, call).awaits != "client":
            raise NothingAwaited()
        output, size = bounded(text, ctx.ports.settings.tools.result_chars)
        for event in decide(state, Submit(turn_id=turn, call_id=call, output=output, size=size)):
            events.append(event)
            state = evolve(state, event)
    return events


async def _look_ahead(ctx: Context, turn: TurnId, results: Mapping[ToolCallId, str]) -> receiving.Plan | None:
    """Go through long results while nobody waits for the conversation; None where that is of no use.

    Raises:
        TurnNotFound, CallNotFound, NothingAwaited, ResultsMissing: as in `submit_results`.
    """
    if sum(map(len, results.values())) <= LONG:
        return None
    async with ctx.transaction(durable=False) as sql:
        state = await repository.peek(sql, await conversation_of_turn(ctx, sql, turn))
        activity = await queries.get_activity(sql, (await queries.get_turn(sql, turn)).reply_id)
        if state is None or all(_call(activity, call).state == "returned" for call in results):
            return None
        planned = await receiving.plan_results(ctx, sql, state, _submitted(ctx, turn, state, activity, results))
    return None if planned is None else await planned()


@dataclass(frozen=True, slots=True)
class Given:
    """What a program says of the calls that a turn waits for.

    Attributes:
        results: of calls that it made, and forms filled in: JSON objects, `null` to decline.
        approvals: whether a call may be made, and what was said to it.
        is_either: a call may stand in both; what it waits for says which is meant.
    """

    results: Mapping[ToolCallId, str] = field(default_factory=dict)
    approvals: Mapping[ToolCallId, tuple[bool, str | None]] = field(default_factory=dict)
    is_either: bool = False


async def answer_calls(ctx: Context, turn: TurnId, given: Given) -> tuple[TurnRow, Activity]:
    """Take in all that a program says at once; what was said before is let pass. Return the turn and what it did.

    Raises:
        TurnNotFound, CallNotFound: there is none that the caller may see.
        NothingAwaited: a call is not the program's to answer.
        ResultsMissing: the turn waits for more than these.
        FormInvalid: `errors` names the fields.
    """
    ctx.repeatable()
    async with ctx.transaction(durable=False) as sql:
        await conversation_of_turn(ctx, sql, turn)
        found = await queries.get_turn(sql, turn)
        activity = await queries.get_activity(sql, found.reply_id)
    calls = {call: _call(activity, call) for call in (*given.results, *given.approvals)}
    for call, (is_approved, comment) in given.approvals.items():
        if calls[call].state == "asked":
            found = (await approve(ctx, turn, call, is_approved=is_approved, comment=comment)).turn
        elif calls[call].expires_at is None and not given.is_either:
            raise NothingAwaited()
    results = {call: text for call, text in given.results.items() if not given.is_either or calls[call].awaits}
    for call in [call for call in results if calls[call].awaits == "form"]:
        text = results.pop(call)
        if calls[call].state == "awaited":
            found = (await submit_form(ctx, turn, call, _form(text))).turn
    if results:
        found = (await submit_results(ctx, turn, results)).turn
    return found, activity


def _form(text: str) -> dict[str, Any] | None:
    try:
        found = clean_value(msgspec.json.decode(text))
    except (msgspec.DecodeError, RecursionError):
        found = text
    if found is None or isinstance(found, dict):
        return found
    words = "give the fields as a JSON object, or null to decline"
    raise FormInvalid(f"output: {words}", errors=[FieldError("output", words, "json_object")])


def _call(activity: Activity, call: ToolCallId) -> Call:
    for found in calls_in(activity):
        if found.id == call:
            return found
    raise CallNotFound()


async def expire(ctx: Context, conversation: ConversationId, turn: TurnId, attempt: int) -> None:
    """Answer for somebody who did not, so that the turn comes to its end."""
    async with ctx.transaction() as sql:
        before = await repository.load(sql, conversation)
        events = decide(before, Expire(turn_id=turn, attempt=attempt))
        if not events:
            return
        if is_held := reviews.is_review(events):
            await reviews.end(ctx, sql, conversation, before, events)
            after = before
        else:
            after = await _save(ctx, sql, conversation, before, events)
        found = await queries.get_turn(sql, turn)
        reply = await queries.get_message(sql, found.reply_id)
    if is_held:
        turns.tell_ended(ctx, found, reply)
    else:
        _went_on(ctx, before, after, found)


async def _save(
    ctx: Context,
    sql: Sql,
    conversation: ConversationId,
    before: State,
    events: list[LogEvent],
    plan: receiving.Plan | None = None,
) -> State:
    guards = await receiving.guards_for(ctx, sql, before)
    if plan is not None and guards is not None and (plan.guards.rules, plan.version) == (guards.rules, before.version):
        kept = await receiving.keep(ctx, sql, conversation, plan)
    else:
        kept = await receiving.conceal(ctx, sql, conversation, before, events, guards)
    after = await repository.save(sql, ctx.tenant, conversation, before, kept, at=ctx.now(), by=ctx.principal.id)
    if turns.has_resumed(before, after):
        turns.run_next(ctx, conversation, after)
    return after


def _went_on(ctx: Context, before: State, after: State, found: TurnRow) -> Answered:
    goes_on = turns.has_resumed(before, after)
    if goes_on and after.active is not None:
        turns.reopen_stream(ctx, after.active)
    return Answered(found, goes_on)
