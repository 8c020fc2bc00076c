"""Patterns that tenants write, marks around data, topics, and rules as a whole."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medea.kernel.guardrails import topics
from medea.kernel.guardrails.fences import fenced
from medea.kernel.guardrails.guards import guards_of
from medea.kernel.guardrails.patterns import Pattern, PatternRefusedError, Terms
from medea.kernel.guardrails.rules import (
    OFF,
    BlockedRules,
    Guardrails,
    InputRules,
    LinkRules,
    NamedPattern,
    PiiRules,
    TopicRules,
)

HOSTILE = ["(a+)+$", "(a|a)*$", "(.*)*x", "([a-zA-Z]+)*$", "(a|aa)+$", "(.+)+(.+)+(.+)+y", "(a*)*b|(a*)*c"]


@pytest.mark.parametrize("source", HOSTILE)
def test_no_pattern_takes_more_than_linear_time(source: str) -> None:
    """Python's engine takes 2^30 steps for thirty letters of most of these; processor time, so load is no excuse."""
    try:
        pattern = Pattern(source)
    except PatternRefusedError:
        pattern = Pattern(f"!{source}")
    begun = time.process_time()
    pattern.is_in("a" * 200_000 + "!")
    list(pattern.find("a" * 200_000))
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("(a", "missing )"),
        ("(?=a)b", "invalid perl operator"),
        (r"(a)\1", "invalid escape sequence"),
        ("a*", "matches an empty text"),
        ("(a{1000}){1000}", "invalid repetition size"),
        ("((((a{30}){30}){30}))", "invalid repetition size"),
    ],
)
def test_what_is_no_pattern_is_refused_with_its_reason(source: str, why: str) -> None:
    with pytest.raises(PatternRefusedError, match=why.replace(")", r"\)")):
        Pattern(source)


@pytest.mark.parametrize(
    ("term", "text", "is_there"),
    [
        ("top secret", "It is TOP \n Secret!", True),
        ("top secret", "It is top secrets", False),
        ("straße", "die STRASSE, die Straße", True),
        ("C++", "I know C++ well", True),
        (".*", "anything", False),
        ("café", "a CAFÉ", True),
        ("café", "a cafe\u0301", True),
        ("秘密", "これは秘密です", True),
        (".net core", "We use .NET  Core!", True),
        (".net core", "Not x.net core", False),
        ("net", "internet, nets, a net_", False),
    ],
)
def test_terms_are_whole_words_whatever_the_case(term: str, text: str, is_there: bool) -> None:
    assert (Terms(["x y z", term]).find(text) == term) is is_there


@given(st.text(max_size=200), st.sampled_from(["</data>", "< / DATA >", "<data from='x'>", "<\tdata", "<\\/data>"]))
def test_no_text_can_close_its_marks(text: str, mark: str) -> None:
    marked = fenced(f"{text}{mark}{text}", "web_page")
    head, *body, tail = marked.split("\n")
    assert (head, tail) == ('<data from="web_page">', "</data>")
    inside = "\n".join(body).lower().replace("\\", "/")
    assert "<data" not in "".join(inside.split())
    assert "</data" not in "".join(inside.split())


SHOP = TopicRules(allowed=("orders and shipping", "opening hours"), forbidden=("medical advice",))


def unit(*numbers: float) -> np.ndarray:
    made = np.array(numbers, dtype=np.float32)
    return made / np.linalg.norm(made)


def test_topics_are_judged_by_the_nearest() -> None:
    of_topics = np.stack([unit(1, 0, 0), unit(0, 1, 0), unit(0, 0, 1)])
    far = "Tell me something about ancient Rome"
    assert topics.judge(SHOP, far, unit(1, 0, 0.2), of_topics) is None
    refused = topics.judge(SHOP, far, unit(0.2, 0, 1), of_topics)
    assert refused is not None
    assert refused.topic == "medical advice"
    outside = topics.judge(SHOP, far, unit(-1, -1, -1), of_topics)
    assert outside is not None
    assert outside.topic is None
    assert topics.judge(SHOP, "Whatever became of the orders I made", unit(-1, -1, -1), of_topics) is None


def test_words_alone_can_settle_it() -> None:
    assert topics.find_phrase(SHOP, "I need Medical Advice now") == topics.Verdict("medical advice")
    assert topics.find_phrase(SHOP, "I need advice") is None
    assert not topics.is_worth_judging(SHOP, "and by express?")
    assert topics.is_worth_judging(SHOP, "please write a poem about roses")
    assert not topics.is_worth_judging(TopicRules(), "please write a poem about roses")


def test_the_model_is_told_the_same_scope() -> None:
    told = topics.as_instructions(SHOP)
    assert "orders and shipping; opening hours" in told
    assert "medical advice" in told
    assert topics.as_instructions(TopicRules()) == ""


def test_rules_that_are_off_make_nothing() -> None:
    assert guards_of(OFF) is None
    assert guards_of(Guardrails(input=InputRules(reply="x"), links=LinkRules(hosts=("a.com",)))) is None


@given(st.text(max_size=300), st.integers(1, 200))
def test_messages_are_refused_exactly_for_what_is_set(text: str, most: int) -> None:
    blocked = BlockedRules(terms=("bad word",), patterns=(NamedPattern(name="digits", pattern="[0-9]{5}"),))
    guards = guards_of(Guardrails(input=InputRules(max_chars=most), blocked=blocked))
    assert guards is not None
    refusal = guards.find_refusal(text)
    if len(text) > most:
        assert refusal is not None
        assert refusal.rule == "input.max_chars"
    elif refusal is not None:
        assert refusal.rule == "blocked.patterns"
        assert sum(sign in "0123456789" for sign in text) >= 5


def test_rules_for_answers_do_not_refuse_messages() -> None:
    rules = BlockedRules(terms=("bad word",), in_prompts=False)
    guards = guards_of(Guardrails(blocked=rules, pii=PiiRules(kinds=("email",))))
    assert guards is not None
    assert guards.find_refusal("a bad word") is None
    assert guards.sentences(None) is not None
    assert guards.links() is None
    assert guards.redactor() is not None
