"""What goes out does not depend on how it came in."""

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medea.kernel.guardrails.answers import Answer
from medea.kernel.guardrails.filters import Chain, Filter, Restoring
from medea.kernel.guardrails.guards import Guards
from medea.kernel.guardrails.links import LONGEST_WORD, Links
from medea.kernel.guardrails.patterns import Pattern, Terms
from medea.kernel.guardrails.redaction import Redactor
from medea.kernel.guardrails.rules import (
    PII_KINDS,
    ApprovalRules,
    Asking,
    BlockedRules,
    Guardrails,
    LinkRules,
    PiiRules,
)
from medea.kernel.guardrails.sentences import Sentences

PIECES = st.sampled_from(
    [
        "https://good.com/a", "https://evil.com/?q=1", "//evil.com", "www.evil.com", "http:", "/", "\\", "[a b](", "![",
        "](", ")", "<", ">", " ", "\n", "&#104;ttps:", "日本", "\u3000", "。", "javascript:x", "a@b.cc", "[email_1]",
        "[email_", "1]", "[", "]", "secret", "top secret", "Secret.", ". ", "!", "x" * 450, "word " * 90,
        "4111 1111 1111", " 1111", "KD-77", "ü", "\u200b", "y" * 2047, "www.", "é.b",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=16).map("".join), st.text(max_size=80))


def links() -> Filter:
    return Links(["good.com", "*.fine.org"])


def restoring() -> Filter:
    values = {"[email_1]": "jane@example.com", "[card_12]": "4111 1111 1111 1111"}
    redactor = Redactor(PiiRules(kinds=PII_KINDS), values)
    return Restoring(redactor.restore)


def sentences() -> Filter:
    rules = PiiRules(kinds=PII_KINDS)
    return Sentences(Terms(["top secret"]), (("customer", Pattern("KD-[0-9]{2}")),), Redactor(rules))


def chain() -> Filter:
    return Chain([restoring(), links(), sentences()])


MAKERS = {"links": links, "restoring": restoring, "sentences": sentences, "chain": chain}


def filtered(each: Filter, pieces: list[str]) -> str:
    return "".join([*(each.feed(piece) for piece in pieces), each.end()])


@pytest.mark.parametrize("name", MAKERS)
@settings(deadline=None)
@given(text=TEXTS, seed=st.integers(0, 2**32))
def test_any_cutting_gives_the_same(name: str, text: str, seed: int) -> None:
    dice = random.Random(seed)
    cuts = sorted(dice.randint(0, len(text)) for _ in range(dice.randint(0, 12)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert filtered(MAKERS[name](), pieces) == filtered(MAKERS[name](), [text])


@settings(deadline=None)
@given(TEXTS)
def test_letter_by_letter_gives_the_same(text: str) -> None:
    assert filtered(chain(), list(text)) == filtered(chain(), [text])


@given(st.lists(st.text(max_size=30), max_size=6))
def test_without_rules_nothing_is_changed(pieces: list[str]) -> None:
    assert filtered(Chain([]), pieces) == "".join(pieces)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("See https://good.com/a?b=c.", "See https://good.com/a?b=c."),
        ("See https://GOOD.com:8443/x and http://a.fine.org", "See https://GOOD.com:8443/x and http://a.fine.org"),
        ("See [our page](https://good.com/a), [1] and [2].", "See [our page](https://good.com/a), [1] and [2]."),
        ("[click here](https://evil.com/x) now", "[click here] [link removed] now"),
        ("![px](https://evil.com/?q=card)", "![px] [link removed]"),
        ("[a](<https://evil.com/b>) c", "[a] [link removed] c"),
        ("<https://evil.com>", "<[link removed]>"),
        ("[a]: https://evil.com 'x'", "[a]: [link removed] 'x'"),
        ("(https://evil.com)", "([link removed])"),
        ('<img src="https://evil.com/p.png">', '<img src="[link removed]">'),
        ("![x](//evil.com/p)", "![x] [link removed]"),
        ("![x](///evil.com/p)", "![x] [link removed]"),
        ("![x](https:/evil.com) ![x](https:evil.com)", "![x] [link removed] ![x] [link removed]"),
        (r"![x](\\evil.com/p)", "[link removed]"),
        (r"![x](/\evil.com)", "[link removed]"),
        ("![x](&#104;ttps&colon;&sol;&sol;evil.com)", "[link removed]"),
        ("![x](HTTPS://EVIL.com)", "![x] [link removed]"),
        ("https://good.com@evil.com/ x", "[link removed] x"),
        (r"https://evil.com\@good.com x", "[link removed] x"),
        ("https://evil.com#@good.com", "[link removed]"),
        ("https://good.com.evil.com", "[link removed]"),
        ("https://evilgood.com", "[link removed]"),
        ("https://fine.org", "[link removed]"),
        ("https://x%2f.fine.org", "[link removed]"),
        ("https://good.com/go?to=https://evil.com/x", "https://good.com/go?to=[link removed]"),
        ("[a](javascript:alert(1)) data:text/html,x", "[a] [link removed](1)) [link removed]"),
        ("www.evil.com, www.good.com, http://www.good.com", "[link removed] www.good.com, http://www.good.com"),
        ("https://[::1]/x", "[link removed][::1]/x"),
        ("日本https://evil.com/日本", "日本[link removed]"),
        ("at 10:30, and/or: a/b // c, 1:2, C:\\dir, AT&T, me@good.com", None),
        ("mailto:me@good.com tel:+4930 [a](/relative) [b](#part)", None),
    ],
)
def test_links_lead_where_they_may(text: str, shown: str | None) -> None:
    assert filtered(links(), [text]) == (text if shown is None else shown)


@given(st.text("ht:/\\.@&#evilcomgd[]()! \n%x", max_size=40))
def test_no_address_of_a_browser_leads_elsewhere(text: str) -> None:
    shown = filtered(links(), [text])
    for scheme in ("http://", "https://", "http:/", "https:\\", "//"):
        for host in ("evil.com", "x.evil.com"):
            assert f"{scheme}{host}" not in shown


def test_a_word_without_end_is_taken_out() -> None:
    assert filtered(links(), ["a " + "x" * (LONGEST_WORD + 1), "y" * 9000, " b"]) == "a [link removed] b"
    assert filtered(links(), ["字" * 9000]) == "字" * 9000


def test_words_go_out_as_soon_as_they_are_whole() -> None:
    each = links()
    assert [each.feed(piece) for piece in ("See ", "the ", "page htt", "ps://evil", ".com ", "now")] == [
        "See ", "the ", "page ", "", "[link removed] ", "",
    ]  # fmt: skip
    assert each.end() == "now"


@pytest.mark.parametrize(
    ("text", "shown", "why"),
    [
        ("All fine. This is TOP  secret! More.", "All fine.", "top secret"),
        ("This is t\u200bop se\u00adcret", "", "top secret"),
        ("Stop secretary. Top secrets.", "Stop secretary. Top secrets.", None),
        ("Fine.\nYour number KD-12 is new.\nBye", "Fine.\n", "customer"),
        ("It is top\nsecret, yes", "It is top\n", "top secret"),
        ("Write to a@b.cc.", "Write to [email_1].", None),
    ],
)
def test_answers_stop_before_what_is_forbidden(text: str, shown: str, why: str | None) -> None:
    each = Sentences(
        Terms(["top secret"]), (("customer", Pattern("KD-[0-9]{2}")),), Redactor(PiiRules(kinds=PII_KINDS))
    )
    assert filtered(each, list(text)) == shown
    assert (each.stopped.name if each.stopped else None) == why


@settings(deadline=None)
@given(TEXTS)
def test_no_term_goes_out_whole(text: str) -> None:
    terms = Terms(["secret"])
    assert terms.find(filtered(Sentences(terms, ()), list(text))) is None


@given(st.text("01234 .-\n", max_size=60))
def test_what_is_hidden_in_answers_is_what_is_hidden_in_texts(text: str) -> None:
    rules = PiiRules(kinds=("card",))
    shown = filtered(Sentences(None, (), Redactor(rules)), list(text))
    assert Redactor(rules).redact(shown) == shown


RULES = Guardrails(
    blocked=BlockedRules(terms=("top secret",), replacement="No."),
    pii=PiiRules(kinds=PII_KINDS, in_answers=True),
    links=LinkRules(only_listed=True, hosts=("good.com",)),
)


@settings(deadline=None)
@given(text=TEXTS, seed=st.integers(0, 2**32))
def test_an_answer_is_the_same_however_it_was_cut(text: str, seed: int) -> None:
    known = Redactor(RULES.pii)
    hidden = known.redact("I am jane@example.com")
    whole = f"{hidden} {text}"
    one, other = (Answer(Guards(RULES), known, restores=True) for _ in range(2))
    place = random.Random(seed).randint(0, len(whole))
    pieces = list(whole) if seed % 2 else [whole[:place], whole[place:]]
    assert filtered(one, pieces) == filtered(other, [whole])
    assert (one.acts, one.is_stopped) == (other.acts, other.is_stopped)


@pytest.mark.parametrize("asking", ["flagged", "unsupported", "all"])
@settings(deadline=None)
@given(text=TEXTS, seed=st.integers(0, 2**32))
def test_nothing_is_lost_of_an_answer_that_is_held(asking: Asking, text: str, seed: int) -> None:
    rules = msgspec.structs.replace(RULES, approval=ApprovalRules(answers=asking))
    one, other = (Answer(Guards(rules)) for _ in range(2))
    place = random.Random(seed).randint(0, len(text))
    shown = filtered(one, list(text) if seed % 2 else [text[:place], text[place:]])
    assert (shown, one.held, one.acts) == (filtered(other, [text]), other.held, other.acts), "however it was cut"
    judged = Answer(Guards(RULES))
    passed = filtered(judged, [text])
    assert one.is_stopped == judged.is_stopped
    if asking != "flagged":
        assert shown == ""
        assert one.held.startswith(passed)
    else:
        assert shown == passed, "what is shown is what would be shown without anybody to ask"
        assert bool(one.held) <= one.is_stopped
    free = msgspec.structs.replace(RULES, blocked=BlockedRules())
    assert shown + one.held == filtered(Answer(Guards(free)), [text]), "links and personal data apart it is all there"


def test_a_sentence_of_an_answer_goes_out_when_the_next_begins() -> None:
    answer = Answer(Guards(RULES))
    pieces = ["It ", "is", " so", ".", " An", "d he", ' said "no', '."', " Th", "en", " he left"]
    shown = [answer.feed(piece) for piece in pieces]
    assert shown == ["", "", "", "", "It is so.", "", "", "", ' And he said "no."', "", ""]
    assert answer.end() == " Then he left"
