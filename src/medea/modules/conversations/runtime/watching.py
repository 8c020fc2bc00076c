"""What the installation is told of each turn: a span, and counters when it has ended."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from medea.kernel.context import Context
from medea.kernel.telemetry import metrics, tracing
from medea.kernel.telemetry.logging import bind
from medea.modules.conversations.activity import Call
from medea.modules.conversations.log import AnswerHeld, ReplyCompleted, TurnCancelled, TurnFailed, TurnPaused
from medea.modules.conversations.runtime.running import Running, TurnJob
from medea.modules.tools.facade import Tool

# there from the start: an increase from nothing would be none to Prometheus
for _state, _code in (("completed", ""), ("cancelled", ""), ("failed", "billing.budget_exhausted")):
    metrics.TURNS.labels(_state, _code, "")

Outcome = ReplyCompleted | AnswerHeld | TurnFailed | TurnCancelled | TurnPaused


@contextmanager
def watched(ctx: Context, job: TurnJob) -> Iterator[tracing.Span]:
    """Watch a turn: what is done in the block is a part of its span, and its log lines name it."""
    bind(turn=str(job.turn_id), conversation=str(job.conversation))
    names = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.id": str(job.agent_id),
        "gen_ai.conversation.id": str(job.conversation),
    }
    with tracing.span("invoke_agent", names, tenant=ctx.tenant, turn=job.turn_id, is_draft=job.is_draft) as span:
        yield span


@dataclass(slots=True)
class ToolWatch:
    """How a call of a tool ended.

    Attributes:
        outcome: `ok`, an error's code, or `cancelled`.
    """

    outcome: str = "cancelled"


@contextmanager
def tool_call(tool: Tool, call: Call) -> Iterator[ToolWatch]:
    """Watch a call of a tool; neither its arguments nor its result are told."""
    watch = ToolWatch()
    names = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": tool.name,
        "gen_ai.tool.call.id": str(call.id),
        "gen_ai.tool.type": "function",
    }
    with tracing.span(f"execute_tool {tool.name}", names, tool=tool.ref) as span:
        try:
            yield watch
        finally:
            if watch.outcome not in {"ok", "cancelled"}:
                span.fail(watch.outcome)
            label = "own" if tool.ref.startswith("tol_") else tool.ref
            metrics.TOOL_CALLS.labels(label, watch.outcome).inc()


def count(ctx: Context, running: Running, outcome: Outcome, span: tracing.Span) -> None:
    """Count a turn whose end has been recorded."""
    state, code = _named(outcome)
    tenant = metrics.tenant_label(ctx.tenant)
    metrics.TURNS.labels(state, code, tenant).inc()
    # the visitor's time: from when the turn was due, by the clock, for that may have been in another process
    before = (datetime.now(UTC) - ctx.job.created_at).total_seconds() if ctx.job is not None else 0.0
    ran = time.perf_counter() - running.started
    whole = max(before, ran)
    metrics.TURN_SECONDS.labels(state).observe(whole)
    if running.first_token is not None:
        metrics.TURN_FIRST_TOKEN.observe(whole - (time.perf_counter() - running.first_token))
    reply = outcome.reply if isinstance(outcome, AnswerHeld) else outcome
    if isinstance(reply, ReplyCompleted):
        _count_usage(reply, tenant)
    span.set(state=state, attempt=running.attempt)
    ctx.log.info("conversations.turn_ended", state=state, code=code or None, ms=round(whole * 1000))
    if state == "failed":
        span.fail(code)


def count_given_up(ctx: Context, outcome: TurnFailed) -> None:
    """Count a turn whose every attempt broke off."""
    metrics.TURNS.labels("failed", outcome.code, metrics.tenant_label(ctx.tenant)).inc()


def _named(outcome: Outcome) -> tuple[str, str]:
    match outcome:
        case ReplyCompleted():
            return "completed", ""
        case TurnFailed():
            return "failed", outcome.code
        case TurnCancelled():
            return "cancelled", ""
        case AnswerHeld() | TurnPaused():
            return "waiting", ""


def _count_usage(reply: ReplyCompleted, tenant: str) -> None:
    model = metrics.MODELS(reply.model)
    if reply.usage is not None:
        metrics.TOKENS.labels("input", model, tenant).inc(reply.usage.input_tokens)
        metrics.TOKENS.labels("output", model, tenant).inc(reply.usage.output_tokens)
    if reply.cost_usd is not None:
        metrics.COST.labels(model, tenant).inc(reply.cost_usd)
