"""What visitors give, before it is kept: how often they may, and personal data hidden where transcripts hold none."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.guardrails.guards import Guards, guards_of
from medea.kernel.guardrails.redaction import Redactor
from medea.kernel.guardrails.threads import LONG, beside
from medea.kernel.ids import ConversationId, TurnId
from medea.kernel.limits.bucket import Limit
from medea.modules.agents import facade as agents
from medea.modules.conversations import hidden, repository
from medea.modules.conversations.aggregate import State, digest_of
from medea.modules.conversations.errors import SaidTooOften
from medea.modules.conversations.log import (
    ConversationRenamed,
    ConversationStarted,
    FeedbackGiven,
    GuardrailActed,
    LogEvent,
    PromptReceived,
    ToolApprovalAnswered,
    ToolReturned,
    TurnOptions,
)
from medea.modules.conversations.reviews import Review
from medea.modules.conversations.runtime.guarding import highest

RATE = "input.per_minute"


async def guards_for(ctx: Context, sql: Sql, state: State) -> Guards | None:
    """Return the rules of a conversation's agent; None where there are none. Remembered, as a rule without a query."""
    if state.agent_id is None:
        return None
    try:
        if state.is_draft:
            agent = await agents.get_draft(ctx, str(state.agent_id), sql=sql)
        else:
            agent = await agents.get_live_agent(ctx, str(state.agent_id), sql=sql)
    except agents.AgentNotFound:
        return None
    return guards_of(agent.config.guardrails)


@dataclass(frozen=True, slots=True)
class Received:
    """What a message causes.

    Attributes:
        events: to be kept.
        refusal: to be raised when they are kept: the message is none of them.
    """

    events: list[LogEvent]
    refusal: SaidTooOften | None = None


@dataclass(frozen=True, slots=True)
class Ahead:
    """A long message gone through before its conversation is held; of use if nothing has changed since.

    Attributes:
        guards: the rules that were in force.
        last: the highest numbers of placeholders in the conversation then, by kind.
        redactor: that has hidden what is in it.
        given: text and options as they came.
        kept: the same as the log may keep them.
    """

    guards: Guards
    last: dict[str, int]
    redactor: Redactor
    given: tuple[str, TurnOptions | None]
    kept: tuple[str, TurnOptions | None]

    def fits(self, event: LogEvent, guards: Guards, last: dict[str, int]) -> bool:
        """Say whether this is what would come of an event now."""
        return (
            isinstance(event, PromptReceived)
            and event.replaces is None
            and self.given == (event.text, event.options)
            and (self.guards.rules, self.last) == (guards.rules, last)
        )


async def look_ahead(
    ctx: Context, conversation: ConversationId, text: str, options: TurnOptions | None
) -> Ahead | None:
    """Go through a long message while nobody waits for the conversation; None where that is of no use."""
    if _chars(text, options) <= LONG:
        return None
    async with ctx.transaction(durable=False) as sql:
        state = await repository.peek(sql, conversation)
        guards = None if state is None else await guards_for(ctx, sql, state)
    if state is None or guards is None or not guards.rules.pii.in_transcript:
        return None
    redactor = guards.redactor(last=state.hidden)
    if redactor is None:
        return None
    kept = await asyncio.to_thread(_said, redactor, text, options)
    return Ahead(guards, dict(state.hidden), redactor, (text, options), kept)


def _chars(text: str, options: TurnOptions | None) -> int:
    return len(text) + len((options and options.instructions) or "")


def _said(redactor: Redactor, text: str, options: TurnOptions | None) -> tuple[str, TurnOptions | None]:
    """Return a message as the log may keep it, and what was brought with it."""
    brought = None if options is None else options.instructions
    if brought is not None:
        redactor.reserve(brought)
    text = redactor.redact(text)
    if options is None or brought is None:
        return text, options
    return text, msgspec.structs.replace(options, instructions=redactor.redact(brought))


async def receive(
    ctx: Context,
    sql: Sql,
    conversation: ConversationId,
    state: State,
    events: list[LogEvent],
    ahead: Ahead | None = None,
) -> Received:
    """Return what a message causes under the agent's rules.

    Args:
        ctx: of whoever says it.
        sql: the transaction that appends the events.
        conversation: in which.
        state: before them.
        events: what was decided.
        ahead: what is known of a long message already.
    """
    guards = await guards_for(ctx, sql, state)
    if guards is None:
        return Received(events)
    refusal = await _too_often(ctx, conversation, guards.rules.input.per_minute)
    if refusal is not None:
        return Received(await _note_once(ctx, conversation), refusal)
    return Received(await conceal(ctx, sql, conversation, state, events, guards, ahead))


async def _too_often(ctx: Context, conversation: ConversationId, limit: int | None) -> SaidTooOften | None:
    """Count by visitor; a program speaks for many, so of those each conversation counts as one."""
    if limit is None:
        return None
    who = ctx.principal.visitor_id or conversation
    decision = await ctx.ports.limiter.take(Limit("said", limit, 60.0), f"{ctx.tenant.hex}/{who}")
    if decision.is_allowed:
        return None
    return SaidTooOften(
        f"At most {limit} messages in a minute; try again in {decision.retry_after} s.",
        headers=decision.headers,
        retry_after=decision.retry_after,
    )


async def _note_once(ctx: Context, conversation: ConversationId) -> list[LogEvent]:
    """Return what the log keeps of a message that came too soon: once in a minute, so that nobody fills a log."""
    once = await ctx.ports.limiter.take(Limit("said_noted", 1, 60.0), conversation.hex)
    return [GuardrailActed(rule=RATE, stage="prompt", action="refused")] if once.is_allowed else []


async def conceal(
    ctx: Context,
    sql: Sql,
    conversation: ConversationId,
    state: State,
    events: Sequence[LogEvent],
    guards: Guards | None,
    ahead: Ahead | None = None,
) -> list[LogEvent]:
    """Return what people's words cause as the log may keep it; the values are kept with the turn that needs them.

    Args:
        ctx: who and where.
        sql: the transaction that appends the events.
        conversation: whose events.
        state: before them.
        events: what was decided.
        guards: the rules of the agent.
        ahead: what is known of a long message already.
    """
    if guards is None or not guards.rules.pii.in_transcript:
        return list(events)
    known = await _known(ctx, sql, state, events)
    return await keep(ctx, sql, conversation, await plan(guards, state, events, known, ahead))


@dataclass(frozen=True, slots=True)
class Plan:
    """What people's words cause as the log may keep it; of use as long as the conversation is as it was.

    Attributes:
        guards: by whose rules.
        version: of the conversation.
        kept: the events.
        values: what was hidden in them: of which turn, as of which version, by placeholder.
    """

    guards: Guards
    version: int
    kept: list[LogEvent]
    values: list[tuple[TurnId, int, dict[str, str]]]


async def plan(
    guards: Guards,
    state: State,
    events: Sequence[LogEvent],
    known: Mapping[TurnId, Mapping[str, str]],
    ahead: Ahead | None = None,
) -> Plan:
    """Go through what was decided; needs no transaction.

    Args:
        guards: the rules of the agent; transcripts hide data.
        state: before the events.
        events: what was decided.
        known: what the log of each open turn hides, by placeholder.
        ahead: what is known of a long message already.
    """
    found = Plan(guards, state.version, [], [])
    values = {turn: dict(of) for turn, of in known.items()}
    for event in events:
        turn_id: TurnId | None = getattr(event, "turn_id", None)
        before = {} if turn_id is None else values.setdefault(turn_id, {})
        redactor, said = guards.redactor(before, state.hidden), None
        if redactor is None:
            found.kept.append(event)
            continue
        if ahead is not None and not before and ahead.fits(event, guards, state.hidden):
            redactor, said = ahead.redactor, ahead.kept
        changed, stage = await beside(partial(_concealed, redactor, event, state, said), _length(event, said))
        found.kept.append(changed)
        if not redactor.counts:
            continue
        new = {name: redactor.values[name] for name in redactor.used if name not in before}
        if new and turn_id is not None:
            found.values.append((turn_id, found.version + len(found.kept), new))
            before.update(new)
        mark = _mark(redactor, stage, turn_id, highest(new))
        state = msgspec.structs.replace(state, hidden=state.hidden | mark.last)
        found.kept.append(mark)
    return found


async def keep(ctx: Context, sql: Sql, conversation: ConversationId, made: Plan) -> list[LogEvent]:
    """Keep what was hidden with the turns that need it; return the events."""
    for turn, version, values in made.values:
        await hidden.keep(ctx, sql, conversation, turn, version, values)
    return made.kept


async def _known(ctx: Context, sql: Sql, state: State, events: Sequence[LogEvent]) -> dict[TurnId, dict[str, str]]:
    """Return what the log of each open turn of these events hides."""
    named = {turn for event in events if (turn := getattr(event, "turn_id", None)) is not None}
    return {turn: await hidden.read(ctx, sql, turn) for turn in named if state.find_turn(turn) is not None}


async def plan_results(
    ctx: Context, sql: Sql, state: State, events: Sequence[LogEvent]
) -> Callable[[], Awaitable[Plan]] | None:
    """Return what goes through long results when the transaction is over; None where that is of no use."""
    if sum(_length(event, None) for event in events) <= LONG:
        return None
    guards = await guards_for(ctx, sql, state)
    if guards is None or not guards.rules.pii.in_transcript:
        return None
    return partial(plan, guards, state, events, await _known(ctx, sql, state, events))


async def conceal_review(
    ctx: Context, sql: Sql, state: State, command: Review
) -> tuple[Review, tuple[GuardrailActed, ...]]:
    """Return what somebody says to an answer as the log may keep it, and what rules did to it.

    Args:
        ctx: who and where.
        sql: the transaction that appends it.
        state: of the conversation.
        command: as it was said.
    """
    guards = await guards_for(ctx, sql, state)
    if guards is None or not guards.rules.pii.in_transcript or not (command.answer or command.comment):
        return command, ()
    known = await hidden.read(ctx, sql, command.turn_id)
    redactor = guards.redactor(known, state.hidden)
    if redactor is None:
        return command, ()
    words = [None if text is None else redactor.redact(text) for text in (command.answer, command.comment)]
    kept = msgspec.structs.replace(command, answer=words[0], comment=words[1])
    if not redactor.counts:
        return kept, ()
    new = {name for name in redactor.used if name not in known}
    mark = _mark(redactor, "form", command.turn_id, highest(new))
    return kept, (msgspec.structs.replace(mark, keeps_values=False),)  # the turn ends here


def _length(event: LogEvent, said: tuple[str, TurnOptions | None] | None) -> int:
    """Return how much of an event is still to be gone through, in characters."""
    if isinstance(event, PromptReceived) and said is None:
        return _chars(event.text, event.options)
    return event.size if isinstance(event, ToolReturned) else 0


def _concealed(
    redactor: Redactor, event: LogEvent, state: State, said: tuple[str, TurnOptions | None] | None
) -> tuple[LogEvent, str]:
    """Return an event without what must not be kept, and where it came in."""
    match event:
        case PromptReceived(replaces=None):
            text, options = said or _said(redactor, event.text, event.options)
            digest = None
            if redactor.counts and state.digest is not None:
                digest = digest_of([("user", event.text)], state.digest)
            return msgspec.structs.replace(event, text=text, options=options, digest=digest), "prompt"
        case ToolReturned():
            return msgspec.structs.replace(event, output=redactor.redact_value(event.output)), "form"
        case ToolApprovalAnswered(comment=str() as comment):
            return msgspec.structs.replace(event, comment=redactor.redact(comment)), "form"
        case FeedbackGiven(comment=str() as comment):
            return msgspec.structs.replace(event, comment=redactor.redact(comment)), "form"
        case ConversationRenamed():
            return msgspec.structs.replace(event, title=redactor.redact(event.title)), "form"
    return event, ""


def _mark(redactor: Redactor, stage: str, turn: TurnId | None, last: dict[str, int]) -> GuardrailActed:
    counts = dict(redactor.counts)
    return GuardrailActed(
        turn_id=turn,
        rule="pii",
        stage=stage,
        action="hidden",
        counts=counts,
        last=last,
        keeps_values=turn is not None and bool(last),
    )


async def conceal_history(event: ConversationStarted, config: agents.AgentConfig) -> list[LogEvent]:
    """Return how a conversation begins as the log may keep it: what a client brought, and its title."""
    return await beside(partial(_conceal_history, event, config), sum(len(past.text) for past in event.history))


def _conceal_history(event: ConversationStarted, config: agents.AgentConfig) -> list[LogEvent]:
    guards = guards_of(config.guardrails)
    redactor = None if guards is None or not guards.rules.pii.in_transcript else guards.redactor()
    if redactor is None:
        return [event]
    for past in event.history:
        redactor.reserve(past.text)
    history = tuple(msgspec.structs.replace(past, text=redactor.redact(past.text)) for past in event.history)
    title = None if event.title is None else redactor.redact(event.title)
    if not redactor.counts:
        return [event]
    digest = digest_of((past.role, past.text) for past in event.history) if event.is_digested else None
    kept: Any = msgspec.structs.replace(event, history=history, title=title, digest=digest)
    return [kept, _mark(redactor, "history", None, highest(redactor.used))]
