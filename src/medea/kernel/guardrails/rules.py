"""What can be set: the values that an agent's configuration holds."""

from typing import Literal

import msgspec

PiiKind = Literal["email", "phone", "card", "iban"]
PII_KINDS: tuple[PiiKind, ...] = ("email", "phone", "card", "iban")
Strictness = Literal["lenient", "balanced", "strict"]

TOO_LONG = "Your message is too long for me. Could you shorten it, please?"
OFF_TOPIC = "I can only help with questions about our own offer."
BLOCKED = "I cannot talk about that here."
WITHHELD = "I have to stop here: the rest of this answer is not for this chat."
NOT_APPROVED = "I cannot answer this here. Please get in touch with us directly."
Asking = Literal["off", "flagged", "unsupported", "all"]


class NamedPattern(msgspec.Struct, frozen=True, kw_only=True):
    """A regular expression in RE2's syntax.

    Attributes:
        name: what transcripts call it; of a pattern for personal data also the name of its placeholders.
        pattern: https://github.com/google/re2/wiki/Syntax.
    """

    name: str
    pattern: str


class InputRules(msgspec.Struct, frozen=True, kw_only=True):
    """How much a visitor may say.

    Attributes:
        max_chars: of one message; None: as much as the API takes.
        per_minute: messages of one visitor; None: only the installation's limits.
        reply: what is answered to a message that is too long.
    """

    max_chars: int | None = None
    per_minute: int | None = None
    reply: str = TOO_LONG


class TopicRules(msgspec.Struct, frozen=True, kw_only=True):
    """What the assistant talks about.

    Attributes:
        allowed: topics in a few words each; none: whatever is not forbidden.
        forbidden: topics that it refuses.
        strictness: how near a message must be to an allowed topic, and how far from a forbidden one.
        reply: what is answered to a message outside.
    """

    allowed: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    strictness: Strictness = "balanced"
    reply: str = OFF_TOPIC


class BlockedRules(msgspec.Struct, frozen=True, kw_only=True):
    """Words and patterns that must not come up.

    Attributes:
        terms: words or phrases, whatever the case, as whole words.
        patterns: regular expressions, looked for sentence by sentence in answers.
        in_prompts: refuse messages that hold one.
        in_answers: withhold an answer from the sentence that holds one.
        reply: what is answered to such a message.
        replacement: what stands in place of the rest of such an answer.
    """

    terms: tuple[str, ...] = ()
    patterns: tuple[NamedPattern, ...] = ()
    in_prompts: bool = True
    in_answers: bool = True
    reply: str = BLOCKED
    replacement: str = WITHHELD


class PiiRules(msgspec.Struct, frozen=True, kw_only=True):
    """Personal data that the model does not get to see: placeholders stand in its place.

    Attributes:
        kinds: what is looked for.
        patterns: of the company's own, such as customer numbers.
        allowed: what is never hidden: addresses and numbers of the company itself, or domains of addresses.
        in_transcript: hide it in what is stored, too; nobody reads it later.
        in_answers: hide what the model says of its own accord, too.
    """

    kinds: tuple[PiiKind, ...] = ()
    patterns: tuple[NamedPattern, ...] = ()
    allowed: tuple[str, ...] = ()
    in_transcript: bool = False
    in_answers: bool = False

    @property
    def is_on(self) -> bool:
        """Whether anything is looked for."""
        return bool(self.kinds or self.patterns)


class LinkRules(msgspec.Struct, frozen=True, kw_only=True):
    """Where links and images in answers may lead.

    Attributes:
        only_listed: take out all that lead elsewhere.
        hosts: `example.com`, or `*.example.com` for all below it.
    """

    only_listed: bool = False
    hosts: tuple[str, ...] = ()


class ApprovalRules(msgspec.Struct, frozen=True, kw_only=True):
    """What a person is asked before.

    Attributes:
        unsafe_tools: the visitor, before every call of a tool that has effects, whatever is set with the tool.
        answers: the company's people, before an answer is shown: `flagged`, where it holds a blocked term or pattern;
            `unsupported`, also where the documents do not support a sentence of it; `all`.
        by_mail: they are told by mail, too, that one waits.
        minutes: that the visitor waits for them at most.
        replacement: what stands in place of an answer that was declined, or that nobody looked at in time.
    """

    unsafe_tools: bool = False
    answers: Asking = "off"
    by_mail: bool = True
    minutes: int = 15
    replacement: str = NOT_APPROVED


class Guardrails(msgspec.Struct, frozen=True, kw_only=True):
    """All rules of an agent."""

    input: InputRules = InputRules()
    topics: TopicRules = TopicRules()
    blocked: BlockedRules = BlockedRules()
    pii: PiiRules = PiiRules()
    links: LinkRules = LinkRules()
    approval: ApprovalRules = ApprovalRules()


OFF = Guardrails()
