"""Running one turn: begin, stream, end. Three short transactions at most; none is open while the model speaks."""

import asyncio
import time
from collections.abc import Callable
from functools import partial

import msgspec

from medea.kernel.context import Context
from medea.kernel.db.batch import Batch
from medea.kernel.db.outages import outlast
from medea.kernel.errors import AppError
from medea.kernel.guardrails.guards import Refusal
from medea.kernel.guardrails.threads import beside
from medea.kernel.ids import ConversationId, TurnId
from medea.kernel.llm.errors import ModelError, ModelTimeout
from medea.kernel.llm.messages import Finish, Usage
from medea.kernel.streams.base import StreamSuperseded
from medea.modules.agents import facade as agents
from medea.modules.billing import facade as billing
from medea.modules.conversations import events as announced
from medea.modules.conversations import hidden, queries, repository, streaming
from medea.modules.conversations.aggregate import Begin, End, State, decide
from medea.modules.conversations.calls import Pause
from medea.modules.conversations.errors import TurnAlreadyEnded
from medea.modules.conversations.guarded import guardrail_frames, mark_of
from medea.modules.conversations.log import (
    AnswerHeld,
    ReplyCompleted,
    TurnCancelled,
    TurnFailed,
    TurnPaused,
    TurnUsage,
)
from medea.modules.conversations.runtime import watching
from medea.modules.conversations.runtime.cancellation import Stop, stoppable
from medea.modules.conversations.runtime.grounding import take_ground
from medea.modules.conversations.runtime.guarding import NO_MODEL, open_guard
from medea.modules.conversations.runtime.holding import held_text, hold, release
from medea.modules.conversations.runtime.loop import Paused, converse
from medea.modules.conversations.runtime.prompt import HISTORY_MESSAGES, assemble, messages_of
from medea.modules.conversations.runtime.running import Running, TurnJob
from medea.modules.conversations.runtime.toolbox import NO_TOOLS, open_toolbox, with_client_tools
from medea.modules.conversations.sources import grounding_frame

POLITE = "The assistant cannot answer right now. Its owner has been told why; please try again later."
LONGEST_SECONDS = 600.0
"""Of one answer. Below the job's own limit, after which the whole answer would be tried, and paid for, again."""
EMPTY = "The model gave no answer; please try again."

Outcome = ReplyCompleted | AnswerHeld | TurnFailed | TurnCancelled | TurnPaused
RunNext = Callable[[Context, ConversationId, State], None]


async def run_turn(ctx: Context, job: TurnJob, run_next: RunNext) -> None:
    """Answer a turn, unless it has ended.

    Whatever happens to this process on the way, the job comes back and another attempt is made; clients
    are then told by a restart frame that the text begins anew. After the last attempt, see `give_up`.

    Args:
        ctx: of the job.
        job: which turn.
        run_next: lets the turn behind this one run; called in the transaction that ends this one.
    """
    try:
        with watching.watched(ctx, job) as span, stoppable(ctx.ports.signals, job.turn_id) as stop:
            running = await _begin(ctx, job)
            if running.attempt > 1:  # what broke off may have set something aside, and nothing need be asked any more
                await billing.release_turn(ctx, job.turn_id)
            outcome = await _answer(ctx, running, stop)
            outcome = await _end_surely(ctx, running, outcome, run_next)
            watching.count(ctx, running, outcome, span)
            _close(running, outcome)
    except (TurnAlreadyEnded, StreamSuperseded):
        ctx.log.info("conversations.turn_lost", turn=str(job.turn_id))


async def give_up(ctx: Context, job: TurnJob, run_next: RunNext) -> None:
    """Fail a turn whose every attempt broke off, so that nobody waits for it and the next one runs."""
    attempt = _attempt(ctx, job)
    outcome = _failed(job.turn_id, AppError("Every attempt at this turn broke off."), "")
    async with ctx.transaction() as sql:
        state = await repository.load(sql, job.conversation)
        if state.active is None or state.active.turn_id != job.turn_id:
            return
        events = decide(state, End(attempt=max(attempt, state.active.attempt), event=outcome))
        state = await repository.save(
            sql, ctx.tenant, job.conversation, state, events, at=ctx.now(), by=ctx.principal.id
        )
        run_next(ctx, job.conversation, state)
    watching.count_given_up(ctx, outcome)
    await billing.release_turn(ctx, job.turn_id)
    writer = ctx.ports.streams.writer(ctx.tenant, job.turn_id, attempt + 1, restart=streaming.restart(attempt + 1))
    writer.append([*_frames(outcome), streaming.DONE])
    writer.finish()


def _attempt(ctx: Context, job: TurnJob) -> int:
    """Return the number of this attempt at the turn: a job that goes on after a pause counts on."""
    return job.base + (ctx.job.attempt if ctx.job is not None else 1)


async def _begin(ctx: Context, job: TurnJob) -> Running:
    attempt = _attempt(ctx, job)
    agent = await _find_agent(ctx, job)
    tools = NO_TOOLS if agent is None else await open_toolbox(ctx, agent.config)
    # After a pause what was approved counts as begun from here on, also if the machine loses power.
    async with ctx.transaction(durable=job.base > 0) as sql:
        state, history = await repository.load_to_begin(sql, job.conversation, job.turn_id, HISTORY_MESSAGES)
        turn = state.active
        if turn is None or turn.turn_id != job.turn_id:
            raise TurnAlreadyEnded()
        version, model = (agent.version, agent.config.model) if agent else (None, None)
        begin = Begin(turn_id=job.turn_id, attempt=attempt, agent_version=version, model=model)
        await repository.save(
            sql, ctx.tenant, job.conversation, state, decide(state, begin), at=ctx.now(), by=ctx.principal.id
        )
        activity = await queries.get_activity(sql, turn.reply_id) if turn.steps else ()
        values = await hidden.read(ctx, sql, turn.turn_id) if turn.has_values else {}
    writer = ctx.ports.streams.writer(ctx.tenant, job.turn_id, attempt, restart=streaming.restart(attempt))
    writer.append([streaming.start(turn.reply_id, job.turn_id, job.conversation, version), streaming.START_STEP])
    if agent is not None:
        tools = with_client_tools(tools, agent.config, turn.options)
    request = None if agent is None else assemble(agent.config, history, turn.options, tools)
    end_user = None if state.visitor_id is None else str(state.visitor_id)
    retrieval = None if agent is None else agent.config.retrieval
    running = Running(job, turn, attempt, request, writer, end_user, retrieval, tools=tools, place=turn.place)
    if agent is not None:
        running.fallbacks = agent.config.fallbacks
    if activity:
        running.take_over(activity)
    if agent is not None and history:
        running.guard = open_guard(agent.config, turn.turn_id, history[-1].text, values)
        await _guard_request(running, state)
    return running


async def _guard_request(running: Running, state: State) -> None:
    """Let the model see no more than it may of what was said, and of what earlier attempts came to."""
    guard, request = running.guard, running.request
    if guard is None or request is None:
        return
    options = running.turn.options
    mask = partial(guard.mask_request, request, state.hidden, None if options is None else options.instructions)
    running.request = await beside(mask, sum(len(message.content) for message in request.messages))
    if running.activity:
        guard.go_on(messages_of([part for part in running.activity if part.step < running.steps]))


async def _find_agent(ctx: Context, job: TurnJob) -> agents.LiveAgent | None:
    try:
        if job.is_draft:
            return await agents.get_draft(ctx, str(job.agent_id))
        return await agents.get_live_agent(ctx, str(job.agent_id))
    except agents.AgentNotFound:
        return None


async def _answer(ctx: Context, running: Running, stop: Stop) -> Outcome:
    """Stream the model's answer and return how it ended."""
    turn = running.turn
    cancelled = TurnCancelled(turn_id=turn.turn_id, by=turn.cancelled_by or "visitor")
    if stop.is_asked or turn.is_cancel_requested:
        return cancelled
    if running.request is None:
        return _failed(turn.turn_id, agents.AgentNotFound(), "")
    finish: Finish | Paused | None = None
    limit = asyncio.timeout(LONGEST_SECONDS)
    try:
        with stop.interrupts():
            async with limit:
                finish = await _refuse(ctx, running)
                if finish is None:
                    await take_ground(ctx, running)
                    finish = await converse(ctx, running)
    except (ModelError, billing.BudgetExhausted) as error:
        return _failed(turn.turn_id, error, running.text)
    except TimeoutError:
        if not limit.expired():
            raise
        return _failed(turn.turn_id, ModelTimeout("The model did not come to an end."), running.text)
    if finish is None and stop.is_asked:
        return msgspec.structs.replace(cancelled, text=running.text)
    if isinstance(finish, Paused):
        return TurnPaused(turn_id=turn.turn_id, is_waiting=True)
    return await _conclude(ctx, running, finish)


async def _conclude(ctx: Context, running: Running, finish: Finish | None) -> Outcome:
    """Return what the turn comes to when the model is done; what need not be looked at first is shown now."""
    held = held_text(running)
    if finish is None or not (running.parts or held):
        return TurnFailed(turn_id=running.turn.turn_id, code="llm.empty", message=EMPTY, is_retryable=True)
    reply = await _completed(running, finish, running.text + held)
    if not held:
        return reply
    if (asked := hold(running, reply, ctx.now())) is not None:
        return asked
    release(running, held)
    return reply


async def _refuse(ctx: Context, running: Running) -> Finish | None:
    """Answer a prompt that is not put before the model; None where it is."""
    guard = running.guard
    if guard is None or running.steps:  # what took steps was let in by an earlier attempt
        return None
    refusal = guard.guards.find_refusal(guard.prompt)
    topics = guard.guards.rules.topics
    if refusal is None and (topics.allowed or topics.forbidden):
        verdict = await agents.judge_topics(ctx, topics, guard.prompt)
        refusal = None if verdict is None else Refusal("topics", verdict.topic or "", topics.reply)
    if refusal is None:
        return None
    guard.note(refusal.rule, "prompt", "refused", name=refusal.name)
    part = running.begin_text()
    running.writer.append((part.start, part.delta(refusal.reply)))
    running.parts.append(refusal.reply)
    return Finish("content_filter", Usage(0, 0), NO_MODEL, "")


async def _completed(running: Running, finish: Finish, text: str) -> ReplyCompleted:
    now = time.perf_counter()
    # in a thread: other turns of this process do not wait for a long answer's verdict
    grounding = None if running.ground is None else await asyncio.to_thread(running.ground.verdict, text)
    first = running.first_token or now
    return ReplyCompleted(
        turn_id=running.turn.turn_id,
        text=text,
        model=finish.model,
        finish_reason="stop" if finish.reason == "tool_calls" else finish.reason,
        usage=TurnUsage(input_tokens=finish.usage.input_tokens, output_tokens=finish.usage.output_tokens),
        cost_usd=finish.usage.cost_usd,
        first_token_ms=round((first - running.started) * 1000),
        total_ms=round((now - running.started) * 1000),
        grounding=grounding,
    )


def _failed(turn_id: TurnId, error: AppError, text: str) -> TurnFailed:
    is_retryable = isinstance(error, ModelError) and error.retryable
    upstream = getattr(error, "upstream", None)
    return TurnFailed(
        turn_id=turn_id,
        code=error.code,
        message=error.detail if is_retryable else getattr(error, "visitor_message", POLITE),
        is_retryable=is_retryable,
        detail=" ".join(part for part in (error.detail, upstream) if part),
        text=text,
    )


def _close(running: Running, outcome: Outcome) -> None:
    """Tell the readers how it ended; only now, when the log holds it."""
    if isinstance(outcome, TurnPaused) and not outcome.is_waiting:
        return  # the visitor has answered already: who reads here goes on with the attempt that is queued
    grounding = outcome.grounding if isinstance(outcome, ReplyCompleted) else None
    verdict = [] if grounding is None else [grounding_frame(grounding)]
    acts = () if running.guard is None else running.guard.marks
    marks = guardrail_frames(map(mark_of, acts), is_waiting=isinstance(outcome, AnswerHeld))
    running.writer.append([*running.end_text(), *verdict, *marks, *_frames(outcome), streaming.DONE])
    running.writer.finish()


def _frames(outcome: Outcome) -> list[bytes]:
    match outcome:
        case ReplyCompleted(usage=usage):
            tokens = None if usage is None else msgspec.to_builtins(usage)
            last = streaming.finish(finish_reason=outcome.finish_reason, model=outcome.model, usage=tokens)
            return [streaming.FINISH_STEP, last]
        case TurnFailed():
            return streaming.failure(outcome.code, outcome.message, is_retryable=outcome.is_retryable)
        case TurnCancelled():
            return [streaming.ABORT]
        case AnswerHeld() | TurnPaused():
            return [streaming.FINISH_STEP, streaming.finish(finish_reason=streaming.WAITING, model=None, usage=None)]


async def _end_surely(ctx: Context, running: Running, outcome: Outcome, run_next: RunNext) -> Outcome:
    """Record the outcome and return it. While the database is away, wait for it: the answer has been paid for."""
    tries = 0

    async def end() -> Outcome:
        nonlocal tries
        tries += 1
        try:
            return await _end(ctx, running, outcome, run_next)
        except TurnAlreadyEnded:
            if tries == 1:
                raise
            if isinstance(outcome, TurnPaused):
                return msgspec.structs.replace(outcome, is_waiting=False)  # it has gone on, or ended, since
            return outcome  # by the commit whose answer was lost; if by another attempt, the stream takes none of ours

    return await outlast(end)


async def _end(ctx: Context, running: Running, outcome: Outcome, run_next: RunNext) -> Outcome:
    """Record the outcome, let the next turn run, and be done with the job: all or nothing.

    Returns:
        What was recorded: a pause is none where the visitor has answered, or stopped the turn, in the meantime.
    """
    async with ctx.transaction() as sql:
        conversation = running.job.conversation
        state = await repository.load(sql, conversation)
        if isinstance(outcome, TurnCancelled) and state.active is not None and state.active.cancelled_by:
            outcome = msgspec.structs.replace(outcome, by=state.active.cancelled_by)
        if isinstance(outcome, TurnPaused):
            events = decide(state, Pause(turn_id=outcome.turn_id, attempt=running.attempt, text=running.text))
            if isinstance(recorded := events[-1], TurnPaused | TurnCancelled):
                outcome = recorded
        else:
            context = None if running.ground is None else running.ground.event(outcome.turn_id)
            guarded = () if running.guard is None else tuple(running.guard.marks)
            events = decide(
                state,
                End(
                    attempt=running.attempt, event=outcome, context=context, guarded=guarded, moves=tuple(running.moves)
                ),
            )
            if isinstance(outcome, AnswerHeld) and isinstance(events[-1], TurnCancelled):
                outcome = events[-1]  # it was stopped before anybody was asked

        def close(batch: Batch, state: State) -> None:
            run_next(ctx, conversation, state)
            _announce(ctx, running, outcome)
            ctx.announce_in(batch)
            if ctx.job is not None:
                ctx.job.complete_in(batch)

        now, who = ctx.now(), ctx.principal.id
        await repository.save(sql, ctx.tenant, conversation, state, events, at=now, by=who, also=close)
    return outcome


def _announce(ctx: Context, running: Running, outcome: Outcome) -> None:
    job = running.job
    known = {"conversation_id": job.conversation, "turn_id": job.turn_id, "agent_id": job.agent_id}
    reply = outcome.reply if isinstance(outcome, AnswerHeld) else outcome
    grounding = reply.grounding if isinstance(reply, ReplyCompleted) else None
    if running.ground is not None and grounding is not None and not grounding.is_answered:
        asked = running.ground.query
        ctx.emit(announced.QuestionUnanswered(**known, question=asked))  # type: ignore[arg-type]
    match outcome:
        case AnswerHeld(reason=reason):
            ctx.emit(announced.AnswerHeld(**known, reason=reason))  # type: ignore[arg-type]
        case ReplyCompleted(usage=usage):
            ctx.emit(
                announced.TurnCompleted(
                    **known,  # type: ignore[arg-type]
                    model=outcome.model,
                    input_tokens=usage.input_tokens if usage else 0,
                    output_tokens=usage.output_tokens if usage else 0,
                    cost_usd=outcome.cost_usd,
                )
            )
        case TurnFailed():
            ctx.emit(announced.TurnFailed(**known, code=outcome.code))  # type: ignore[arg-type]
        case TurnCancelled() | TurnPaused():
            pass
