"""Guardrails within one turn: what the model is shown, what tools get, what readers see.

With `in_transcript` the log holds placeholders only, and the values that this turn needs are kept beside it, encrypted,
until it ends. Otherwise the log holds what was said, and placeholders exist only between here and the model: they are
numbered anew for each request, in the order of its messages, so that whoever takes a turn over numbers them alike.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar, cast

import msgspec

from medea.kernel.guardrails.answers import Answer
from medea.kernel.guardrails.filters import Restoring
from medea.kernel.guardrails.guards import Guards, guards_of
from medea.kernel.guardrails.redaction import Redactor, kind_of, mapped, restored
from medea.kernel.guardrails.topics import as_instructions
from medea.kernel.ids import TurnId
from medea.kernel.llm.messages import (
    ChatMessage,
    Finish,
    ModelEvent,
    ModelRequest,
    TextDelta,
    ToolCallDelta,
    Usage,
    estimate_tokens,
)
from medea.modules.agents.facade import AgentConfig
from medea.modules.conversations.log import GuardrailActed, LogEvent, ToolReturned

NO_MODEL = "medea/guardrails"
"""What is named as the model of a reply that none was asked for."""
E = TypeVar("E", bound=LogEvent)


@dataclass(slots=True)
class Guard:
    """The rules of an agent at work in one turn.

    Attributes:
        guards: the rules.
        turn_id: of the turn.
        prompt: what it answers.
        values: what earlier attempts, or the prompt, hid in the log of this turn.
        marks: what the rules did and the log does not hold yet.
        is_stopped: an answer was withheld, or held for a person; nothing more is done in this turn.
    """

    guards: Guards
    turn_id: TurnId
    prompt: str = ""
    values: dict[str, str] = field(default_factory=dict)
    marks: list[GuardrailActed] = field(default_factory=list)
    is_stopped: bool = False
    _base: Redactor | None = None
    _current: Redactor | None = None
    _told: Counter[str] = field(default_factory=Counter)
    _answer: Answer | None = None

    @property
    def hides_in_log(self) -> bool:
        """Whether the log holds placeholders only. A turn that began so goes on so, whatever is set meanwhile."""
        pii = self.guards.rules.pii
        return bool(self.values) or (pii.is_on and pii.in_transcript)

    def mask_request(self, request: ModelRequest, last: Mapping[str, int], brought: str | None = None) -> ModelRequest:
        """Return the first request of the turn as the model may see it; the scope of topics is added to it.

        Args:
            request: what the model would be asked.
            last: the highest numbers of placeholders in the conversation, by kind.
            brought: the system message that came with the prompt and not from the agent: it is masked, too.
        """
        scope = as_instructions(self.guards.rules.topics)
        messages = request.messages
        if scope:
            ahead = sum(1 for message in messages if message.role == "system")
            messages = (*messages[:ahead], ChatMessage("system", scope), *messages[ahead:])
        self._base = self._current = base = self.guards.redactor(self.values, last)
        if base is None:
            return replace(request, messages=messages)
        for message in messages:
            base.reserve(message.content)
        messages = tuple(_hidden(base, each) if _is(each, brought) else each for each in messages)
        told = Counter(base.counts)
        before = _masked(base, messages[:-1])
        base.counts.clear()
        masked = (*before, *_masked(base, messages[-1:]))
        told += base.counts
        if told:
            self.note("pii", "prompt", "hidden", counts=told)
        return replace(request, messages=masked)

    def mask_steps(self, messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
        """Return what came of the steps so far as the model may see it, after what it was asked first."""
        if self._base is None:
            return tuple(messages)
        self._current = current = self._base.fork()
        current.learn(self.values)
        masked = _masked(current, messages)
        hidden = Counter(kind_of(placeholder) for placeholder in current.values.keys() - self._base.values.keys())
        if more := hidden - self._told:
            self._told = hidden
            if not self.hides_in_log:  # there it was noted when it was hidden
                self.note("pii", "tool", "hidden", counts=more)
        return masked

    def conceal(self, events: Sequence[E], last: Mapping[str, int]) -> tuple[list[E | GuardrailActed], dict[str, str]]:
        """Return events as the log may keep them, and the values that were hidden in them by their placeholders.

        Args:
            events: of the turn's steps.
            last: the highest numbers of placeholders in the conversation, by kind.
        """
        redactor = self.guards.redactor(self.values, last) if self._current is None else self._current.fork()
        if redactor is None or not self.hides_in_log:
            return list(events), {}
        redactor.learn(self.values)
        redactor.raise_to(last)
        redactor.counts.clear()
        kept = [_concealed(redactor, event) for event in events]
        if not redactor.counts:
            return list(kept), {}
        hidden = {placeholder: redactor.values[placeholder] for placeholder in redactor.used}
        new = {placeholder: value for placeholder, value in hidden.items() if placeholder not in self.values}
        mark = GuardrailActed(
            turn_id=self.turn_id,
            rule="pii",
            stage="tool",
            action="hidden",
            counts=dict(redactor.counts),
            last=highest(new),
            keeps_values=bool(new),
        )
        return [*kept, mark], new

    def learn(self, values: Mapping[str, str]) -> None:
        """Know from now on what the log hides."""
        self.values = {**self.values, **values}  # a new one: another call's result may be gone through in a thread

    def go_on(self, steps: Sequence[ChatMessage]) -> None:
        """Take over from an earlier attempt, which has noted what it did to the prompt and to these steps."""
        self.mask_steps(steps)
        self.marks.clear()

    def note(
        self, rule: str, stage: str, action: str, *, name: str = "", counts: Mapping[str, int] | None = None
    ) -> None:
        """Remember what a rule did, for the log."""
        self.marks.append(
            GuardrailActed(
                turn_id=self.turn_id, rule=rule, stage=stage, action=action, name=name, counts=dict(counts or {})
            )
        )

    def take_marks(self) -> tuple[GuardrailActed, ...]:
        """Return what the log does not hold yet; it is about to."""
        taken, self.marks = tuple(self.marks), []
        return taken

    def for_tool(self, value: Any) -> Any:
        """Return the arguments of a call with the values in place of their placeholders."""
        if self._current is None:
            return mapped(value, partial(restored, values=self.values))
        return self._current.restore_value(value)

    def for_log(self, value: Any) -> Any:
        """Return the arguments of a call as the log keeps them."""
        return value if self.hides_in_log else self.for_tool(value)

    def answer(self) -> Answer:
        """Return what the next answer of the model goes through."""
        self._answer = Answer(self.guards, self._current, restores=not self.hides_in_log)
        return self._answer

    @property
    def held(self) -> str:
        """What the model said last and readers are not to see before somebody of the company has."""
        return "" if self._answer is None else self._answer.held

    def stands(self) -> tuple[int, bool]:
        """Return where this turn stands with the rules, for `go_back`."""
        return len(self.marks), self.is_stopped

    def go_back(self, stood: tuple[int, bool]) -> None:
        """Forget what rules did to an answer that broke off before readers saw any of it."""
        number, self.is_stopped = stood
        del self.marks[number:]
        self._answer = None

    def _note_acts(self, answer: Answer) -> None:
        for act in answer.take_acts():
            self.note(act.rule, "answer", act.action, name=act.name, counts=act.counts)
        self.is_stopped = self.is_stopped or answer.is_stopped

    async def filtered(
        self, events: AsyncGenerator[ModelEvent, None], request: ModelRequest
    ) -> AsyncGenerator[ModelEvent, None]:
        """Yield the events of a call of the model as readers may see them; after one that is withheld, nothing more.

        Args:
            events: of the call.
            request: what it answers.
        """
        answer = self.answer()
        arguments: dict[str, Restoring] = {}
        said = 0
        async for event in events:
            if type(event) is TextDelta:
                said += len(event.text)
                if text := answer.feed(event.text):
                    yield TextDelta(text)
            else:
                if text := answer.end():
                    yield TextDelta(text)
                self._note_acts(answer)
                if not answer.is_stopped:
                    for each in self._with_arguments(event, arguments):
                        yield each
                elif type(event) is Finish and not answer.is_withheld:
                    yield event
            if answer.is_withheld:
                self._note_acts(answer)
                yield TextDelta(answer.replacement)
                usage = Usage(_estimate(request), (said + 3) // 4, is_estimated=True)
                yield Finish("content_filter", usage, request.model or NO_MODEL, "")
                return
        text = answer.end()  # the stream broke off: what was held back was said
        self._note_acts(answer)
        if text:
            yield TextDelta(text)

    def _with_arguments(self, event: ModelEvent, held: dict[str, Restoring]) -> Sequence[ModelEvent]:
        """Return an event of a call with values in place of placeholders, also where these come in pieces."""
        current = self._current
        if current is None or self.hides_in_log or not current.values:
            return (event,)
        if type(event) is ToolCallDelta:
            each = held.setdefault(event.call_id, Restoring(_in_json(current)))
            text = each.feed(event.text)
            return (ToolCallDelta(event.call_id, text),) if text else ()
        rest = [ToolCallDelta(call, text) for call, each in held.items() if (text := each.end())]
        return (*rest, event)


def open_guard(config: AgentConfig, turn_id: TurnId, prompt: str, values: Mapping[str, str]) -> Guard | None:
    """Return the guardrails of a turn; None where the agent has none and the log of the turn hides nothing.

    Args:
        config: of the agent.
        turn_id: of the turn.
        prompt: what it answers.
        values: what the log of this turn hides, by placeholder.
    """
    guards = guards_of(config.guardrails)
    if guards is None and values:  # switched off while the turn waited: its tools need the values all the same
        guards = Guards(config.guardrails)
    return None if guards is None else Guard(guards, turn_id, prompt, dict(values))


def highest(values: Iterable[str]) -> dict[str, int]:
    """Return the highest numbers of placeholders, by kind."""
    found: dict[str, int] = {}
    for placeholder in values:
        number = int(placeholder[:-1].rpartition("_")[2])
        found[kind_of(placeholder)] = max(number, found.get(kind_of(placeholder), 0))
    return found


def _concealed(redactor: Redactor, event: E) -> E:
    """Return an event without what must not be kept: only what tools gave comes from outside."""
    if not isinstance(event, ToolReturned):
        return event
    error = event.error
    if error is not None:
        error = msgspec.structs.replace(error, message=redactor.redact(error.message))
    changed = msgspec.structs.replace(event, output=redactor.redact_value(event.output), error=error)
    return cast(E, changed)


def _masked(redactor: Redactor, messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
    for message in messages:
        redactor.reserve(message.content)
    return tuple(message if message.role == "system" else _hidden(redactor, message) for message in messages)


def _is(message: ChatMessage, brought: str | None) -> bool:
    return brought is not None and message.role == "system" and message.content == brought


def _hidden(redactor: Redactor, message: ChatMessage) -> ChatMessage:
    calls = tuple(replace(call, arguments=redactor.redact(call.arguments)) for call in message.calls)
    return replace(message, content=redactor.redact(message.content), calls=calls)


def _in_json(redactor: Redactor) -> Callable[[str], str]:
    """Return what restores values in JSON text: each as it stands inside quotes."""
    quoted = {name: msgspec.json.encode(value).decode()[1:-1] for name, value in redactor.values.items()}
    return partial(restored, values=quoted)


def _estimate(request: ModelRequest) -> int:
    return sum(estimate_tokens(message.content) for message in request.messages)
