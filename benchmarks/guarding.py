"""What guardrails add to a turn: every rule on, prompt and answer of 2,000 characters, the answer in small pieces."""

import statistics
import time
from collections.abc import Callable, Iterator

from benchmarks.row import MILLI, Row
from benchmarks.stage import Stage
from medea.kernel.guardrails.answers import Answer
from medea.kernel.guardrails.guards import Guards
from medea.kernel.guardrails.rules import (
    PII_KINDS,
    BlockedRules,
    Guardrails,
    InputRules,
    LinkRules,
    NamedPattern,
    PiiRules,
    TopicRules,
)
from medea.kernel.guardrails.topics import find_phrase

LENGTH = 2_000
_DELTA = 4
"""Characters of a piece, as models send them."""
_RULES = Guardrails(
    input=InputRules(max_chars=8_000),
    topics=TopicRules(allowed=("orders and shipping",), forbidden=("medical advice", "politics")),
    blocked=BlockedRules(
        terms=tuple(f"project number {number}" for number in range(50)),
        patterns=tuple(NamedPattern(name=f"p{number}", pattern=f"X{number}-[0-9]{{6}}") for number in range(5)),
    ),
    pii=PiiRules(
        kinds=PII_KINDS,
        patterns=(NamedPattern(name="customer", pattern="KD-[0-9]{6}"),),
        allowed=("example.com",),
        in_answers=True,
    ),
    links=LinkRules(only_listed=True, hosts=("example.com",)),
)
_SENTENCE = (
    "My order of 12.03.2026 has not come yet, please write to jane.doe@example.org or call +49 30 1234567; "
    "what it cost was 59.90 euros, paid by card, and the page at https://example.com/orders/88121 says nothing. "
)
TEXT = (_SENTENCE * (LENGTH // len(_SENTENCE) + 1))[:LENGTH]


def guardrails(_stage: Stage, *, is_quick: bool) -> Iterator[Row]:
    """CPU of all rules together, without the embedding that topics may need: that is the model's own time."""
    repeats = 50 if is_quick else 300
    guards = Guards(_RULES)
    prompt = _median(lambda: _let_in(guards), repeats)
    answer = _median(lambda: _let_out(guards), repeats)
    yield Row(
        f"guardrails per turn, every rule on: prompt and answer of {LENGTH} characters, the answer {_DELTA} at a time",
        "<= 2 ms",
        f"{(prompt + answer) * MILLI:.2f} ms CPU (prompt {prompt * MILLI:.2f}, answer {answer * MILLI:.2f})",
        is_met=prompt + answer <= 0.002,
    )


def _let_in(guards: Guards) -> None:
    """Do what is done before the model is asked."""
    refused = guards.find_refusal(TEXT) or find_phrase(guards.rules.topics, TEXT)
    redactor = guards.redactor()
    if refused is not None or redactor is None or "[email_1]" not in redactor.redact(TEXT):
        raise RuntimeError("the rules do not do what is measured")


def _let_out(guards: Guards) -> None:
    """Do what is done with every piece of the answer."""
    answer = Answer(guards)
    shown = [answer.feed(TEXT[place : place + _DELTA]) for place in range(0, LENGTH, _DELTA)]
    if "[email_1]" not in "".join([*shown, answer.end()]):
        raise RuntimeError("the rules do not do what is measured")


def _median(work: Callable[[], None], repeats: int) -> float:
    """Return the CPU seconds that something takes; the first rounds warm it up."""
    taken: list[float] = []
    for _ in range(repeats):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return statistics.median(taken[repeats // 10 :])
