"""An answer that somebody of the company is to look at before readers do (ADR 31)."""

import time
from datetime import datetime, timedelta

from medea.kernel.guardrails.rules import ApprovalRules
from medea.kernel.text import clean_text
from medea.modules.conversations.guarded import HELD, RULE
from medea.modules.conversations.log import AnswerHeld, ReplyCompleted
from medea.modules.conversations.runtime.guarding import Guard
from medea.modules.conversations.runtime.running import Running
from medea.modules.conversations.runtime.speaking import BETWEEN


def held_text(running: Running) -> str:
    """Return what readers were not shown of the answer, as it goes on behind what they were shown."""
    held = "" if running.guard is None else running.guard.held
    return BETWEEN + held if held and running.parts and running.open_text is None else held


def hold(running: Running, reply: ReplyCompleted, now: datetime) -> AnswerHeld | None:
    """Return what somebody is asked; None where the answer may be shown without.

    Args:
        running: the turn; readers have not seen all of its answer.
        reply: what would complete it.
        now: the time.
    """
    guard = running.guard
    if guard is None:
        return None
    rules = guard.guards.rules.approval
    reason = _reason(guard, rules, reply)
    if reason is None:
        return None
    if reason != "flagged":  # of what was flagged the rule is noted already
        guard.note(RULE, "answer", HELD, name=reason)
    return AnswerHeld(
        turn_id=reply.turn_id,
        reply=reply,
        shown=clean_text(running.text),
        reason=reason,
        replacement=rules.replacement,
        expires_at=now + timedelta(minutes=rules.minutes),
    )


def _reason(guard: Guard, rules: ApprovalRules, reply: ReplyCompleted) -> str | None:
    if guard.is_stopped:
        return "flagged"
    if rules.answers == "unsupported":
        return "unsupported" if reply.grounding is not None and reply.grounding.unsupported else None
    return "all"


def release(running: Running, text: str) -> None:
    """Show readers what was held back of an answer that nobody need look at."""
    part = running.open_text
    begun = []
    if part is None:
        part = running.begin_text()
        begun = [part.start]
    running.writer.append([*begun, part.delta(text)])
    running.parts.append(text)
    running.first_token = running.first_token or time.perf_counter()
