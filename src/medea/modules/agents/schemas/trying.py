"""Trying guardrails out."""

from typing import Annotated, Literal

from pydantic import Field

from medea.kernel.web.wire import Text, Wire, WireIn
from medea.modules.agents.schemas.guardrails import GuardrailsIn


class GuardrailsTry(WireIn):
    """A text, and changes to the draft's rules that are tried but not kept."""

    text: Annotated[Text, Field(min_length=1, max_length=32_000)]
    guardrails: GuardrailsIn | None = None


class GuardrailActRead(Wire):
    """What a rule does."""

    rule: Literal["input.max_chars", "blocked.terms", "blocked.patterns", "topics", "pii", "links", "approval.answers"]
    action: Literal["refused", "hidden", "withheld", "held", "removed"]
    name: str
    counts: dict[str, int]


class PromptTrialRead(Wire):
    """The text as a visitor's message."""

    reply: str | None = Field(description="what is answered without asking the model; null: the message is let in")
    to_model: str
    kept: str = Field(description="what the transcript would hold")
    acts: list[GuardrailActRead]


class AnswerTrialRead(Wire):
    """The text as the model's answer."""

    shown: str
    acts: list[GuardrailActRead]


class GuardrailsTrialRead(Wire):
    """What the rules would do to the text."""

    prompt: PromptTrialRead
    answer: AnswerTrialRead
