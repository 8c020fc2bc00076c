"""A mail to those who may decide on answers, when one waits and nobody has looked at it at once.

At most one in a while for each agent: whoever follows it finds all that wait listed. Answers that begin to wait
meanwhile are told of when that while is over, if one still waits then.
"""

from datetime import datetime, timedelta

from medea.kernel.context import Context
from medea.kernel.ids import AgentId, JobId
from medea.kernel.mail.mailer import send_each
from medea.modules.agents import facade as agents
from medea.modules.conversations import queries, repository
from medea.modules.conversations.aggregate import State
from medea.modules.conversations.models import Waiting
from medea.modules.conversations.permissions import REVIEW
from medea.modules.tenancy import facade as tenancy

TELL_REVIEWERS = "conversations.tell_reviewers"
_PATIENCE = timedelta(minutes=1)  # for those who sit in front of the dashboard, and decide without being told
_QUIET = (timedelta(minutes=5), timedelta(minutes=15))  # between two mails about one agent, at least and at most


def plan(ctx: Context, state: State, expires_at: datetime) -> None:
    """Let people be told of an answer that begins to wait until then, in the caller's transaction; not of a draft's."""
    if state.agent_id is None or state.is_draft:
        return
    now = ctx.now()
    run_at = now + min(_PATIENCE, max(expires_at - now, timedelta()) / 4)
    ctx.enqueue(TELL_REVIEWERS, agent_id=state.agent_id, run_at=run_at, key=str(state.agent_id))


async def tell_reviewers(ctx: Context, agent_id: AgentId) -> None:
    """Tell them if an answer of the agent still waits, and its rules want it; later, if a mail has just gone."""
    try:
        agent = await agents.get_live_agent(ctx, str(agent_id))
    except agents.AgentNotFound:
        return
    rules = agent.config.guardrails.approval
    if not rules.by_mail:
        return
    quiet = min(max(timedelta(minutes=rules.minutes), _QUIET[0]), _QUIET[1])
    async with ctx.transaction() as sql:
        waiting = await queries.find_waiting(sql, agent_id, ctx.now())
        if waiting is None:
            return
        job = JobId.new() if ctx.job is None else ctx.job.id
        told_at = await repository.note_notice(sql, ctx.tenant, agent_id, job, at=ctx.now(), quiet=quiet)
        if told_at is not None:
            # not before a while by this clock, either: it may be behind the one by which jobs are due
            run_at = max(told_at + quiet, ctx.now() + _PATIENCE)
            ctx.enqueue(TELL_REVIEWERS, agent_id=agent_id, run_at=run_at, key=str(agent_id))
            return
    those = await tenancy.find_people_who_may(ctx, REVIEW)
    subject = f"{_what(waiting)} to be looked at: {agent.name}"
    text = _text(ctx, agent.name, those.company, waiting)
    await send_each(ctx.ports.mailer, those.addresses, subject, text)


def _what(waiting: Waiting) -> str:
    return "An answer waits" if waiting.number == 1 else f"{waiting.number} answers wait"


def _text(ctx: Context, agent: str, company: str, waiting: Waiting) -> str:
    place = f"/{waiting.conversation_id}" if waiting.number == 1 else ""
    what = _what(waiting)
    return (
        f"Hello,\n\n{what[0].lower()}{what[1:]} for one of you to look at before visitors of {company} read what the\n"
        f"assistant “{agent}” would say. On {waiting.expires_at:%d %B %Y at %H:%M} UTC the first visitor gets the\n"
        "sentence from the assistant's settings instead.\n\n"
        f"  {ctx.ports.settings.dashboard_origin}/dashboard/conversations{place}\n\n"
        "Whether such mails are sent is set with the assistant, under Guardrails, Approval.\n"
    )
