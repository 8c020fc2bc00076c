"""What is hidden, what is not, and that it comes back."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medea.kernel.guardrails import redaction
from medea.kernel.guardrails.iban import find_ibans, passes_mod_97
from medea.kernel.guardrails.pii import Finder, find_cards, finders_of
from medea.kernel.guardrails.redaction import PASSES, Redactor
from medea.kernel.guardrails.rules import PII_KINDS, NamedPattern, PiiRules

ALL = PiiRules(kinds=PII_KINDS, patterns=(NamedPattern(name="customer", pattern="KD-[0-9]{4}"),))
PIECES = st.sampled_from(
    [
        "jane@example.com", "+49 30 1234567", "030/123456", "(555) 234-5678", "4111 1111 1111 1111", "4111111111111111",
        "DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819", "KD-1234", "[email_1]", "[card_07]", "[customer_2]",
        "0 4111 1111", " ", "-", ".", "a", "7", "+", "@", "[", "]", "_1]", "[email", "ü", "\n", "378282246310005",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text(max_size=60))


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Write to jane.doe+x@mail.example.co.uk, please.", "Write to [email_1], please."),
        ("jürgen@exämple.de", "[email_1]"),
        ("Call +49 (30) 123-45 67 or 0041 44 668 18 00", "Call [phone_1] or [phone_2]"),
        ("030 1234567 and (555) 234-5678", "[phone_1] and [phone_2]"),
        ("4111 1111 1111 1111, 378282246310005", "[card_1], [card_2]"),
        ("de89 3704 0044 0532 0130 00 is mine", "[iban_1] is mine"),
        ("GB29-NWBK-6016-1331-9268-19", "[iban_1]"),
        ("I am KD-1234.", "I am [customer_1]."),
        ("a@b.cc and c@d.ee and a@b.cc", "[email_1] and [email_2] and [email_1]"),
        ("on 01.02.2024 or 2024-05-11, order 1234567, for 1.234,50", None),
        ("4111 1111 1111 1112", None),
        ("@home, x@y, 3@4", None),
        ("10.20.30.40 at 12:30:45", None),
    ],
)
def test_what_is_hidden(text: str, hidden: str | None) -> None:
    assert Redactor(ALL).redact(text) == (text if hidden is None else hidden)


def test_what_the_company_allows_stays() -> None:
    rules = PiiRules(kinds=PII_KINDS, allowed=("acme.com", "info@partner.org", "+49 30 123456-0"))
    text = "help@acme.com, x@de.acme.com, Info@partner.org, +49 (30) 1234560"
    assert Redactor(rules).redact(text) == text
    assert Redactor(rules).redact("x@notacme.com") == "[email_1]"


def test_numbers_that_somebody_wrote_are_given_to_nothing_else() -> None:
    redactor = Redactor(ALL)
    assert redactor.redact("[email_3] means jane@example.com") == "[email_3] means [email_4]"
    assert redactor.restore("[email_3] [email_4] [email_5]") == "[email_3] jane@example.com [email_5]"


def test_a_fork_goes_on_alone() -> None:
    redactor = Redactor(ALL)
    redactor.redact("a@b.cc")
    fork = redactor.fork()
    assert fork.redact("c@d.ee, a@b.cc") == "[email_2], [email_1]"
    assert redactor.redact("e@f.gg") == "[email_2]"
    assert fork.restore("[email_2]") == "c@d.ee"


def test_values_are_redacted_all_through() -> None:
    redactor = Redactor(ALL)
    value: Any = {"to": ["a@b.cc", {"card": "4111111111111111"}], "n": 4, "ok": True, "a@b.cc": None}
    hidden = redactor.redact_value(value)
    assert hidden == {"to": ["[email_1]", {"card": "[card_1]"}], "n": 4, "ok": True, "[email_1]": None}
    assert redactor.restore_value(hidden) == value


@given(TEXTS)
def test_what_was_hidden_comes_back(text: str) -> None:
    redactor = Redactor(ALL)
    assert redactor.restore(redactor.redact(text)) == text


@given(TEXTS)
def test_hiding_twice_hides_no_more(text: str) -> None:
    once = Redactor(ALL).redact(text)
    assert Redactor(ALL).redact(once) == once


@given(st.lists(TEXTS, max_size=4))
def test_the_same_texts_give_the_same_placeholders(texts: list[str]) -> None:
    first, second = Redactor(ALL), Redactor(ALL)
    assert [first.redact(text) for text in texts] == [second.redact(text) for text in texts]
    assert first.values == second.values


def passes_luhn(digits: str) -> bool:
    """Say whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(int(digit) for digit in digits[-1::-2]) + doubled) % 10 == 0


@given(st.text("0123456789", min_size=12, max_size=18), st.text(max_size=20), st.text(max_size=20), st.data())
def test_no_card_number_survives(digits: str, before: str, after: str, data: st.DataObject) -> None:
    check = next(str(last) for last in range(10) if passes_luhn(digits + str(last)))
    gaps = data.draw(st.lists(st.sampled_from(["", "", "", " ", "-"]), min_size=len(digits), max_size=len(digits)))
    number = digits[0] + "".join(gap + digit for gap, digit in zip(gaps, digits[1:] + check, strict=True))
    ends, begins = before[-1:].isdigit(), after[:1].isdigit()
    text = f"{before}{'.' if ends else ''}{number}{'.' if begins else ''}{after}"
    hidden = Redactor(PiiRules(kinds=("card",))).redact(text)
    assert number not in hidden
    assert not list(find_cards(hidden))


@given(st.sampled_from(["DE", "FR", "NO", "GB", "MT"]), st.text("0123456789ABCXYZ", min_size=30, max_size=30))
def test_every_account_number_with_right_check_digits_is_found(country: str, digits: str) -> None:
    length = {"DE": 22, "FR": 27, "NO": 15, "GB": 22, "MT": 31}[country]
    rest = digits[: length - 4].ljust(length - 4, "0")
    number = next(n for check in range(2, 99) if passes_mod_97(n := f"{country}{check:02}{rest}"))
    assert [f"x {number}"[start:end] for start, end in find_ibans(f"x {number} y")] == [number]
    wrong = str((int(number[2:4]) + 1) % 97).rjust(2, "0")
    assert not list(find_ibans(f"{country}{wrong}{rest}"))


def test_numbers_without_anything_between_them_are_each_hidden() -> None:
    redactor = Redactor(PiiRules(kinds=PII_KINDS))
    assert redactor.redact("+4912345678+4987654321+4912345678") == "[phone_1][phone_2][phone_1]"


UNCOVERING = [
    ("+4912345678", ()),
    ("a", (r"^\w",)),
    ("a", (r"\w$",)),
    ("a ", (r"^\w|\w$", r"^ | $")),
    ("0049123456784111111111111111", (r"^[0-9]",)),
]


@pytest.mark.parametrize(("piece", "patterns"), UNCOVERING)
def test_the_work_is_linear_also_where_everything_hidden_uncovers_what_is_next(
    piece: str, patterns: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tuple(NamedPattern(name=f"own{place}", pattern=pattern) for place, pattern in enumerate(patterns))
    rules = PiiRules(kinds=PII_KINDS, patterns=named)
    looked_at: list[int] = []

    def counted(find: Finder) -> Finder:
        def found(text: str) -> Iterator[tuple[int, int]]:
            looked_at.append(len(text))
            return find(text)

        return found

    finders = tuple((kind, counted(find)) for kind, find in finders_of(rules))
    monkeypatch.setattr(redaction, "finders_of", lambda _: finders)
    text = piece * (32_000 // len(piece))
    redactor = Redactor(rules)
    hidden = redactor.redact(text)
    assert sum(looked_at) <= (PASSES + 1) * len(finders) * len(text)
    assert len(looked_at) <= (PASSES + 1) * len(finders) * (len(text) // len(piece) + 1)
    assert redactor.restore(hidden) == text
    assert Redactor(rules).redact(hidden) == hidden
    assert hidden.count("[") > 1
    assert not list(find_cards(hidden))


@given(st.lists(PIECES, max_size=10).map("".join), st.sampled_from(UNCOVERING))
def test_what_is_made_to_uncover_keeps_the_promises(text: str, made: tuple[str, tuple[str, ...]]) -> None:
    rules = PiiRules(kinds=PII_KINDS, patterns=tuple(NamedPattern(name="own", pattern=each) for each in made[1][:1]))
    redactor = Redactor(rules)
    hidden = redactor.redact(text + made[0] * 12)
    assert redactor.restore(hidden) == text + made[0] * 12
    assert Redactor(rules).redact(hidden) == hidden
