"""Forms that an assistant shows, and what visitors fill in."""

import re
from typing import Any

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.ids import AgentId, ConversationId, LeadId, TurnId
from medea.kernel.text import clean_text
from medea.modules.tools import repository
from medea.modules.tools.events import LeadCaptured

MAX_ANSWER = 4_000
_EMAIL = re.compile(r"[^\s@<>]{1,64}@[^\s@<>.]+(\.[^\s@<>.]+)+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{4,28}")


def read_answers(form: dict[str, Any], given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Hold what was filled in against the form.

    Args:
        form: arguments of `collect_form`.
        given: by field name.

    Returns:
        The answers by field name, and what is wrong with a field by its name.
    """
    answers: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for field in form.get("fields", ()):
        name = field["name"]
        value = given.get(name)
        text = clean_text(str(value)).strip() if isinstance(value, str | int | float) else ""
        fault = _fault(field, text)
        if fault:
            faults[name] = fault
        elif text:
            answers[name] = text
    for name in given.keys() - {field["name"] for field in form.get("fields", ())}:
        faults[str(name)[:40]] = "is not a field of this form"
    return answers, faults


def _fault(field: dict[str, Any], text: str) -> str | None:
    if not text:
        return "must be filled in" if field.get("is_required") else None
    if len(text) > MAX_ANSWER:
        return f"has more than {MAX_ANSWER} characters"
    match field["type"]:
        case "email" if not _EMAIL.fullmatch(text):
            return "is not an e-mail address"
        case "phone" if not _PHONE.fullmatch(text):
            return "is not a phone number"
        case "number" if not re.fullmatch(r"[+-]?\d{1,15}([.,]\d{1,10})?", text):
            return "is not a number"
        case "choice" if text not in field.get("options", ()):
            return "is not one of the choices"
    return None


async def save_lead(
    ctx: Context,
    sql: Sql,
    *,
    agent: AgentId,
    conversation: ConversationId,
    turn: TurnId,
    title: str,
    answers: dict[str, Any],
) -> LeadId:
    """Keep what a visitor filled in, in the caller's transaction, and announce it."""
    lead = LeadId.new()
    await repository.add_lead(
        sql,
        ctx.tenant,
        lead,
        agent=agent,
        conversation=conversation,
        turn=turn,
        title=title,
        answers=answers,
        at=ctx.now(),
    )
    ctx.emit(LeadCaptured(lead_id=lead, agent_id=agent, conversation_id=conversation))
    return lead
