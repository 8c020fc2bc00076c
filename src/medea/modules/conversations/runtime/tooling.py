"""The calls of one step: recorded, asked for, made side by side, recorded again."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from medea.kernel.context import Context
from medea.kernel.guardrails.threads import LONG, beside
from medea.kernel.text import clean_text
from medea.modules.conversations import events as announced
from medea.modules.conversations import hidden, repository, streaming
from medea.modules.conversations.activity import Call, calls_in, follow
from medea.modules.conversations.aggregate import decide
from medea.modules.conversations.calls import Progress
from medea.modules.conversations.log import (
    GuardrailActed,
    HandoffRequested,
    ModelFellBack,
    StepCompleted,
    ToolApprovalRequested,
    ToolCalled,
    ToolError,
    ToolReturned,
    TurnUsage,
)
from medea.modules.conversations.runtime.calling import (
    OUTCOME_UNKNOWN,
    find_refusal,
    make_call,
    read_arguments,
    returned,
)
from medea.modules.conversations.runtime.running import Running
from medea.modules.conversations.runtime.speaking import Asked, Spoken
from medea.modules.conversations.runtime.toolbox import HAND_OVER, Equipped

Step = (
    ModelFellBack
    | StepCompleted
    | ToolCalled
    | ToolApprovalRequested
    | ToolReturned
    | HandoffRequested
    | GuardrailActed
)
Due = Sequence[tuple[Equipped, Call]]
"""Calls to be made."""

TOO_MANY = "tools.too_many_calls"
_UNKNOWN = (
    "This call was begun, but the server stopped before its result was known. It may or may not have had its effect; "
    "do not simply make it again, and tell the visitor what is not certain."
)


async def begin_step(ctx: Context, running: Running, spoken: Spoken) -> Due:
    """Record what the model said and wants; return the calls that can be made now.

    Those that cannot be made at all have their refusal recorded with them, those that the visitor must allow or
    answer are left waiting.
    """
    limits = ctx.ports.settings.tools
    step = running.steps + 1
    assert spoken.finish is not None  # noqa: S101 - a step is only begun by an answer that ended
    guard = running.guard
    events: list[Step] = [
        *running.take_moves(),
        *(() if guard is None else guard.take_marks()),
        _completed(running, step, spoken),
    ]
    due: list[tuple[Equipped, ToolCalled]] = []
    is_durable = False
    for number, asked in enumerate(spoken.calls):
        arguments, fault = read_arguments(asked)
        equipped = running.tools.find(asked.name)
        given = arguments if guard is None else guard.for_tool(arguments)
        arguments = arguments if guard is None else guard.for_log(arguments)
        error = find_refusal(running.tools, asked.name, given, fault)
        if number >= limits.max_calls:
            error = ToolError(code=TOO_MANY, message=f"At most {limits.max_calls} calls at once; make it again later.")
        called = _called(running, step, asked, arguments, equipped if error is None else None)
        events.append(called)
        if error is not None or equipped is None:
            events.append(ToolReturned(turn_id=running.turn.turn_id, call_id=called.call_id, error=error))
        elif equipped.needs_approval:
            expires = ctx.now() + timedelta(hours=limits.answer_hours)
            events.append(
                ToolApprovalRequested(turn_id=running.turn.turn_id, call_id=called.call_id, expires_at=expires)
            )
        elif not called.awaits:
            due.append((equipped, called))
            is_durable = is_durable or not equipped.tool.is_safe_to_repeat
    await record(ctx, running, events, durable=is_durable)
    running.steps = step
    calls = [call for call in calls_in(running.activity) if call.step == step]
    _tell(running, calls, with_input=True)
    by_id = {call.id: call for call in calls}
    return [(equipped, by_id[called.call_id]) for equipped, called in due]


def _completed(running: Running, step: int, spoken: Spoken) -> StepCompleted:
    assert spoken.finish is not None  # noqa: S101 - see begin_step
    usage = spoken.finish.usage
    held = "" if running.guard is None else running.guard.held
    return StepCompleted(
        turn_id=running.turn.turn_id,
        step=step,
        text=clean_text(spoken.text or held),
        is_shown=bool(spoken.text) or not held,
        model=spoken.finish.model,
        usage=TurnUsage(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens),
        cost_usd=usage.cost_usd,
    )


def _called(running: Running, step: int, asked: Asked, arguments: object, equipped: Equipped | None) -> ToolCalled:
    tool = None if equipped is None else equipped.tool
    return ToolCalled(
        turn_id=running.turn.turn_id,
        step=step,
        call_id=asked.id,
        provider_id=asked.provider_id,
        name=asked.name,
        tool=None if tool is None else tool.ref,
        input=arguments,
        awaits=None if tool is None else tool.awaits,
        is_public=tool is not None and tool.is_public,
    )


async def make_calls(ctx: Context, running: Running, due: Due) -> None:
    """Make calls side by side; each result is recorded, then told, when it is there."""
    tasks = {asyncio.create_task(make_call(ctx, running, equipped, call)): call for equipped, call in due}
    try:
        waiting = set(tasks)
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            ended = [(tasks[task], task.result()) for task in tasks if task in done]
            is_durable = any(not equipped.tool.is_safe_to_repeat for equipped, _ in due)
            await record(ctx, running, _outcomes(ended), durable=is_durable)
            ids = {call.id for call, _ in ended}
            _tell(running, [call for call in calls_in(running.activity) if call.id in ids])
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _outcomes(ended: Iterable[tuple[Call, ToolReturned]]) -> list[Step]:
    events: list[Step] = []
    for call, result in ended:
        events.append(result)
        if call.tool == HAND_OVER and result.error is None:
            events.append(HandoffRequested(turn_id=result.turn_id, reason=str(call.input.get("reason", ""))))
    return events


async def settle(ctx: Context, running: Running) -> None:
    """Go on with the calls of a step that another attempt began, or that were approved since.

    A call that was begun there is made again only if it is safe to repeat; otherwise the model is told that nobody
    knows what became of it.
    """
    states = {open_call.call_id: open_call.state for open_call in running.turn.calls}
    due: list[tuple[Equipped, Call]] = []
    lost: list[ToolReturned] = []
    for call in calls_in(running.activity):
        state = states.get(call.id)
        if state not in {"called", "approved"}:
            continue
        equipped = running.tools.find(call.name)
        if equipped is not None and (state == "approved" or equipped.tool.is_safe_to_repeat):
            due.append((equipped, call))
        else:
            error = ToolError(code=OUTCOME_UNKNOWN, message=_UNKNOWN)
            lost.append(returned(running.turn.turn_id, call, None, error, limit=0))
    if lost:
        await record(ctx, running, lost, durable=True)
        ids = {result.call_id for result in lost}
        _tell(running, [call for call in calls_in(running.activity) if call.id in ids])
    await make_calls(ctx, running, due)
    if (due or lost) and not is_waiting(running):
        running.writer.append((streaming.FINISH_STEP, streaming.START_STEP))


def is_waiting(running: Running) -> bool:
    """Say whether the visitor has to answer before the turn can go on."""
    return bool(calls_in(running.activity, "asked", "awaited"))


async def record(ctx: Context, running: Running, events: Sequence[Step], *, durable: bool) -> None:
    """Append events to the log, as long as this attempt is the one that runs the turn.

    Raises:
        TurnAlreadyEnded: it is not any more.
    """
    job, guard = running.job, running.guard
    ahead = await _conceal_ahead(ctx, running, events)
    values: dict[str, str] = {}
    async with ctx.transaction(durable=durable) as sql:
        state = await repository.load(sql, job.conversation)
        if ahead is not None and ahead.last == state.hidden:
            events, values = ahead.kept, ahead.values
        elif guard is not None:
            events, values = await beside(partial(guard.conceal, events, state.hidden), _length(events))
        decided = decide(state, Progress(turn_id=job.turn_id, attempt=running.attempt, events=tuple(events)))
        if values:
            await hidden.keep(ctx, sql, job.conversation, job.turn_id, state.version, values)
        for event in events:
            if isinstance(event, HandoffRequested):
                ctx.emit(
                    announced.HandoffRequested(
                        conversation_id=job.conversation, agent_id=job.agent_id, reason=event.reason
                    )
                )
        await repository.save(sql, ctx.tenant, job.conversation, state, decided, at=ctx.now(), by=ctx.principal.id)
    if guard is not None:
        guard.learn(values)
    running.activity = follow(running.activity, events)


@dataclass(frozen=True, slots=True)
class _Ahead:
    """Long results gone through before their conversation is held; of use if no placeholder was given since.

    Attributes:
        last: the highest numbers of placeholders in the conversation then, by kind.
        kept: the events as the log may keep them.
        values: what was hidden in them.
    """

    last: dict[str, int]
    kept: Sequence[Step]
    values: dict[str, str]


async def _conceal_ahead(ctx: Context, running: Running, events: Sequence[Step]) -> _Ahead | None:
    """Go through long results while nobody waits for the conversation; None where that is of no use."""
    guard = running.guard
    if guard is None or not guard.hides_in_log or _length(events) <= LONG:
        return None
    async with ctx.transaction(durable=False) as sql:
        state = await repository.peek(sql, running.job.conversation)
    if state is None:
        return None
    kept, values = await beside(partial(guard.conceal, events, state.hidden), _length(events))
    return _Ahead(dict(state.hidden), kept, values)


def _length(events: Sequence[Step]) -> int:
    return sum(event.size for event in events if isinstance(event, ToolReturned))


def _tell(running: Running, calls: Iterable[Call], *, with_input: bool = False) -> None:
    """Tell the readers of calls; only now, when the log holds them."""
    frames = running.end_text()
    for call in calls:
        if with_input:
            frames.append(streaming.tool_input(call))
        frames += streaming.tool_outcome(call)
    running.writer.append(frames)
