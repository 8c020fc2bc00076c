"""What may go into the model, and come out of it."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from pydantic import AfterValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from medea.kernel.guardrails.patterns import Pattern, PatternRefusedError
from medea.kernel.guardrails.rules import (
    PII_KINDS,
    ApprovalRules,
    Asking,
    BlockedRules,
    Guardrails,
    InputRules,
    PiiKind,
    Strictness,
    TopicRules,
)
from medea.kernel.web.wire import Line, Text, Wire, WireIn

_NAME = "^[a-z][a-z0-9_]{0,23}$"
_HOST = "^(?:[*][.])?[a-z0-9_](?:[a-z0-9_-]{0,62})(?:[.][a-z0-9_](?:[a-z0-9_-]{0,62}))+$"


def _compiles(value: str) -> str:
    try:
        Pattern(value)
    except PatternRefusedError as refusal:
        raise PydanticCustomError("pattern", "{message}", {"message": str(refusal)}) from refusal
    return value


def _named(value: str) -> str:
    if not re.fullmatch(_NAME, value):
        message = "use 1 to 24 lower-case letters, digits and underscores, a letter first"
        raise PydanticCustomError("pattern", "{message}", {"message": message})
    if value in PII_KINDS:
        raise PydanticCustomError("taken", "is the name of a kind of personal data; choose another")
    return value


def _is_host(value: str) -> str:
    value = value.strip().lower().rstrip(".")
    if not re.fullmatch(_HOST, value):
        message = "name a host like example.com, or *.example.com for all below it; no scheme, port or path"
        raise PydanticCustomError("host", "{message}", {"message": message})
    return value


def _has_words(value: str) -> str:
    value = " ".join(value.split())
    if not any(sign.isalnum() for sign in value):
        raise PydanticCustomError("blank", "must hold a letter or a digit")
    return value


def _unique(values: Sequence[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


Reply = Annotated[Text, AfterValidator(lambda value: value.strip()), Field(min_length=1, max_length=500)]
Term = Annotated[Line, AfterValidator(_has_words), Field(max_length=100)]
Topic = Annotated[Line, AfterValidator(_has_words), Field(max_length=200)]
Host = Annotated[Text, AfterValidator(_is_host), WithJsonSchema({"type": "string", "examples": ["example.com"]})]
Flag = Annotated[bool, Field(strict=True)]


class PatternIn(WireIn):
    """A regular expression in RE2's syntax: no look-around, no back-references, linear time whatever it is."""

    name: Annotated[Text, AfterValidator(_named), WithJsonSchema({"type": "string", "pattern": _NAME})]
    pattern: Annotated[Text, Field(min_length=1, max_length=300), AfterValidator(_compiles)]


Patterns = Annotated[list[PatternIn], Field(max_length=20)]


class InputRulesIn(WireIn):
    """How much a visitor may say."""

    max_chars: Annotated[int, Field(ge=1, le=32_000, strict=True)] | None = None
    per_minute: Annotated[int, Field(ge=1, le=600, strict=True)] | None = None
    reply: Reply = InputRules().reply


class TopicRulesIn(WireIn):
    """What the assistant talks about."""

    allowed: Annotated[list[Topic], Field(max_length=20), AfterValidator(_unique)] = Field(default_factory=list)
    forbidden: Annotated[list[Topic], Field(max_length=20), AfterValidator(_unique)] = Field(default_factory=list)
    strictness: Strictness = "balanced"
    reply: Reply = TopicRules().reply


class BlockedRulesIn(WireIn):
    """Words and patterns that must not come up."""

    terms: Annotated[list[Term], Field(max_length=200), AfterValidator(_unique)] = Field(default_factory=list)
    patterns: Patterns = Field(default_factory=list)
    in_prompts: Flag = True
    in_answers: Flag = True
    reply: Reply = BlockedRules().reply
    replacement: Reply = BlockedRules().replacement


class PiiRulesIn(WireIn):
    """Personal data that the model does not get to see."""

    kinds: Annotated[list[PiiKind], AfterValidator(_unique)] = Field(default_factory=list)
    patterns: Annotated[list[PatternIn], Field(max_length=10)] = Field(default_factory=list)
    allowed: Annotated[list[Term], Field(max_length=50), AfterValidator(_unique)] = Field(
        default_factory=list, description="addresses, domains and numbers of the company itself"
    )
    in_transcript: Flag = Field(default=False, description="hide it in what is stored, too")
    in_answers: Flag = Field(default=False, description="hide what the model says of its own accord, too")

    @model_validator(mode="after")
    def _check_names(self) -> "PiiRulesIn":
        names = [named.name for named in self.patterns]
        if len(set(names)) < len(names):
            raise PydanticCustomError("taken", "each pattern needs a name of its own")
        return self


class LinkRulesIn(WireIn):
    """Where links and images in answers may lead."""

    only_listed: Flag = False
    hosts: Annotated[list[Host], Field(max_length=100), AfterValidator(_unique)] = Field(default_factory=list)


class ApprovalRulesIn(WireIn):
    """What a person is asked before."""

    unsafe_tools: Flag = Field(default=False, description="the visitor, before each call of a tool that has effects")
    answers: Asking = Field(
        default="off",
        description="the company's people, before they are shown: `flagged`, those that hold a blocked term or pattern;"
        " `unsupported`, also those that the documents do not support; `all`",
    )
    by_mail: Flag = Field(default=True, description="members who may decide are told by mail, too, that one waits")
    minutes: Annotated[int, Field(ge=1, le=1440, strict=True)] = Field(
        default=ApprovalRules().minutes, description="that a visitor waits for them at most"
    )
    replacement: Reply = ApprovalRules().replacement


class GuardrailsIn(WireIn):
    """Changes to the guardrails: absent groups stay, null ones go back to their default; a group is given whole."""

    input: InputRulesIn | None = None
    topics: TopicRulesIn | None = None
    blocked: BlockedRulesIn | None = None
    pii: PiiRulesIn | None = None
    links: LinkRulesIn | None = None
    approval: ApprovalRulesIn | None = None

    def changes(self, *, reset: bool = False) -> dict[str, Any]:
        """Return the groups that were sent, null ones as their default; with `reset` all of them."""
        defaults = Guardrails()
        if reset:
            return {name: getattr(defaults, name) for name in defaults.__struct_fields__}
        found: dict[str, Any] = {}
        for name in self.model_fields_set:
            default, given = getattr(defaults, name), getattr(self, name)
            found[name] = default if given is None else msgspec.convert(given.model_dump(), type(default))
        return found


class PatternRead(Wire):
    """A pattern."""

    name: str
    pattern: str


class InputRulesRead(Wire):
    """How much a visitor may say."""

    max_chars: int | None
    per_minute: int | None
    reply: str


class TopicRulesRead(Wire):
    """What the assistant talks about."""

    allowed: list[str]
    forbidden: list[str]
    strictness: Strictness
    reply: str


class BlockedRulesRead(Wire):
    """Words and patterns that must not come up."""

    terms: list[str]
    patterns: list[PatternRead]
    in_prompts: bool
    in_answers: bool
    reply: str
    replacement: str


class PiiRulesRead(Wire):
    """Personal data that the model does not get to see."""

    kinds: list[PiiKind]
    patterns: list[PatternRead]
    allowed: list[str]
    in_transcript: bool
    in_answers: bool


class LinkRulesRead(Wire):
    """Where links and images in answers may lead."""

    only_listed: bool
    hosts: list[str]


class ApprovalRulesRead(Wire):
    """What a person is asked before."""

    unsafe_tools: bool
    answers: Asking
    by_mail: bool
    minutes: int
    replacement: str


class GuardrailsRead(Wire):
    """What may go into the model, and come out of it."""

    input: InputRulesRead
    topics: TopicRulesRead
    blocked: BlockedRulesRead
    pii: PiiRulesRead
    links: LinkRulesRead
    approval: ApprovalRulesRead
