"""What an agent's guardrails would do to a text, without a turn."""

from dataclasses import dataclass
from functools import partial

from medea.kernel.context import Context
from medea.kernel.guardrails.answers import Act, Answer
from medea.kernel.guardrails.guards import Guards
from medea.kernel.guardrails.rules import Guardrails
from medea.kernel.guardrails.threads import beside
from medea.modules.agents.scope import judge_topics


@dataclass(frozen=True, slots=True)
class PromptTrial:
    """A text as a visitor's message.

    Attributes:
        reply: what is answered instead of asking the model; None: it is let in.
        to_model: what the model would be shown.
        kept: what the transcript would hold.
        acts: what rules do, those that refuse first.
    """

    reply: str | None
    to_model: str
    kept: str
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class AnswerTrial:
    """The same text as the model's answer.

    Attributes:
        shown: what readers would see; what somebody of the company looks at first is left out.
        acts: what rules do.
    """

    shown: str
    acts: tuple[Act, ...]


async def try_prompt(ctx: Context, rules: Guardrails, text: str) -> PromptTrial:
    """Return what rules would do to a visitor's message."""
    guards = Guards(rules)
    acts: list[Act] = []
    replies: list[str] = []
    for refusal in guards.find_refusals(text):
        acts.append(Act(refusal.rule, "refused", refusal.name))
        replies.append(refusal.reply)
    verdict = await judge_topics(ctx, rules.topics, text)
    if verdict is not None:
        acts.append(Act("topics", "refused", verdict.topic or ""))
        replies.append(rules.topics.reply)
    redactor = guards.redactor()
    hidden = text if redactor is None else await beside(partial(redactor.redact, text), len(text))
    if redactor is not None and redactor.counts:
        acts.append(Act("pii", "hidden", counts=dict(redactor.counts)))
    kept = hidden if rules.pii.in_transcript else text
    return PromptTrial(replies[0] if replies else None, hidden, kept, tuple(acts))


def try_answer(rules: Guardrails, text: str) -> AnswerTrial:
    """Return what rules would do to an answer of the model."""
    answer = Answer(Guards(rules))
    shown = answer.feed(text) + answer.end()
    if answer.is_withheld:
        shown += answer.replacement
    acts = list(answer.acts)
    if answer.held and not answer.is_stopped:
        acts.append(Act("approval.answers", "held", rules.approval.answers))
    return AnswerTrial(shown, tuple(acts))
