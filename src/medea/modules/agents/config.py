"""What an assistant is made of: the value that a draft holds and a version freezes. Pure."""

import hashlib
from typing import Any, Literal

import msgspec

from medea.kernel.guardrails.rules import Guardrails

Theme = Literal["auto", "light", "dark"]
Position = Literal["right", "left"]
OnAccent = Literal["#000000", "#ffffff"]
FallbackReason = Literal["error", "timeout", "budget"]


class Example(msgspec.Struct, frozen=True):
    """A question and the answer the assistant should give to its like.

    Attributes:
        user: what someone asks.
        assistant: how the assistant answers.
    """

    user: str
    assistant: str


class Appearance(msgspec.Struct, frozen=True):
    """How the widget looks.

    Attributes:
        accent: `#rrggbb`, lower case.
        theme: `auto` follows the visitor's system.
        position: corner of the launcher.
        launcher_label: accessible name of the launcher.
        title: of the window; None: the agent's name.
        subtitle: below the title.
        radius: of corners, in CSS pixels.
        show_branding: whether "Powered by Medea" is shown.
    """

    accent: str = "#1f6f5c"
    theme: Theme = "auto"
    position: Position = "right"
    launcher_label: str = "Chat with us"
    title: str | None = None
    subtitle: str | None = None
    radius: int = 16
    show_branding: bool = True

    @property
    def on_accent(self) -> OnAccent:
        """Colour of text on the accent."""
        return readable_on(self.accent)


class Retrieval(msgspec.Struct, frozen=True, kw_only=True):
    """What an assistant answers from.

    Attributes:
        knowledge_bases: ids (`kb_...`); none: it answers from its instructions alone.
        top_k: passages that the model is shown, at most.
        threshold: passages that score lower are not shown, 0 to 1; None: the best ones, however good.
        when_unanswered: what to offer where no passage answers; empty: only say so.
        show_sources: whether visitors see which documents an answer is from, and may open the place.
    """

    knowledge_bases: tuple[str, ...] = ()
    top_k: int = 6
    threshold: float | None = None
    when_unanswered: str = ""
    show_sources: bool = True


class ToolChoice(msgspec.Struct, frozen=True, kw_only=True):
    """A tool that an assistant may use.

    Attributes:
        name: of a built-in tool, or the id (`tol_...`) of one of the tenant's own.
        needs_approval: whether the visitor is asked before each call.
    """

    name: str
    needs_approval: bool = False


class ToolLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How far a turn of an assistant may go with tools; None: as far as the installation lets any.

    Attributes:
        max_steps: model calls that may ask for tools.
        max_seconds: of one attempt at a turn.
        max_cost_usd: of a turn.
    """

    max_steps: int | None = None
    max_seconds: float | None = None
    max_cost_usd: float | None = None


class Fallback(msgspec.Struct, frozen=True, kw_only=True):
    """A model that takes over where those before it did not answer.

    Attributes:
        model: as `/v1/llm/models` names it.
        on: what must have happened: `error` (it failed, or is switched off), `timeout` (it did not begin in time),
            `budget` (there is no room for its price).
    """

    model: str
    on: tuple[FallbackReason, ...] = ("error", "timeout", "budget")


class AgentConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a turn and the widget need to know of an assistant.

    Attributes:
        name: shown to visitors.
        system_prompt: instructions.
        examples: few-shot examples, in order.
        model: as `/v1/llm/models` names it; None: the default one.
        fallbacks: what answers where it does not, in order.
        temperature: 0 to 2; None: the model's own.
        max_output_tokens: None: the model's own.
        greeting: first thing a visitor sees; may be empty.
        suggested_questions: offered before the first message.
        appearance: of the widget.
        retrieval: what it answers from.
        tools: what it may do besides, in the order in which the model is told.
        tool_limits: how far it may go with them.
        guardrails: what may go into the model, and come out of it.
    """

    name: str
    system_prompt: str = ""
    examples: tuple[Example, ...] = ()
    model: str | None = None
    fallbacks: tuple[Fallback, ...] = ()
    temperature: float | None = None
    max_output_tokens: int | None = None
    greeting: str = ""
    suggested_questions: tuple[str, ...] = ()
    appearance: Appearance = Appearance()
    retrieval: Retrieval = Retrieval()
    tools: tuple[ToolChoice, ...] = ()
    tool_limits: ToolLimits = ToolLimits()
    guardrails: Guardrails = Guardrails()

    @property
    def missing_parts(self) -> list[str]:
        """Names of the fields that a live assistant needs and this one lacks."""
        return [name for name in ("name", "system_prompt") if not getattr(self, name).strip()]

    @property
    def content_hash(self) -> str:
        """A digest (SHA-256, hex) that is equal exactly for equal content.

        What came into being after agents were published counts only where it is set: an agent that nobody
        touched does not read as changed after an upgrade.
        """
        values = self.to_json()
        for name, unset in _LATER.items():
            if getattr(self, name) == unset:
                del values[name]
        return hashlib.sha256(msgspec.json.encode(values)).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON-like values, as a version stores it."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found

    @classmethod
    def from_json(cls, value: Any) -> "AgentConfig":
        """Read what `to_json` returned, also where fields came into being since.

        Raises:
            msgspec.ValidationError: the value is no configuration.
        """
        return msgspec.convert(value, cls)


_LATER: dict[str, Any] = {"fallbacks": (), "tool_limits": ToolLimits(), "guardrails": Guardrails()}
"""Fields that agents were published without, as they are where nobody set them."""

GROUPS = ("appearance", "retrieval", "tool_limits", "guardrails")
"""Fields that are made of members, which change one by one."""


class Change(msgspec.Struct, frozen=True):
    """One field that differs between two configurations.

    Attributes:
        field: name; members of groups are dotted (`appearance.accent`).
        before: JSON-like value on the one side.
        after: and on the other.
    """

    field: str
    before: Any
    after: Any


def compare(before: AgentConfig, after: AgentConfig) -> list[Change]:
    """Return what differs, in the order of the fields."""
    old, new = _flat(before), _flat(after)
    return [Change(name, old[name], new[name]) for name in new if old[name] != new[name]]


def _flat(config: AgentConfig) -> dict[str, Any]:
    values = config.to_json()
    for group in GROUPS:
        members = values.pop(group)
        values |= {f"{group}.{name}": value for name, value in members.items()}
    return values


def readable_on(colour: str) -> OnAccent:
    """Return black or white, whichever has the better contrast on a colour.

    Relative luminance and contrast ratio as WCAG 2.2 defines them.

    Args:
        colour: `#rrggbb`.
    """
    luminance = _luminance(colour)
    return "#ffffff" if contrast(1.0, luminance) >= contrast(luminance, 0.0) else "#000000"


def contrast(lighter: float, darker: float) -> float:
    """Return the contrast ratio of two relative luminances, 1 to 21."""
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
