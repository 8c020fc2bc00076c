"""The checks of the chaos suite can fail: runs that are broken on purpose, each in one way."""

import dataclasses
from typing import Any

import pytest

from tests.chaos.checks import Asked, Stored, Turn, Verdict, judge
from tests.chaos.model import tokens_of

FIRST, SECOND = ("".join(tokens_of("p", call, 5)) for call in (1, 2))
SAID = {"p": [tokens_of("p", 1, 5), tokens_of("p", 2, 5)]}
TURN = Turn("trn_1", "p", "completed", 2, replies=(SECOND,), logged=(SECOND,), prompts_logged=1)


def heard(**changes: Any) -> Asked:
    return dataclasses.replace(Asked("p", "native", "trn_1", SECOND, has_ended=True, restarts=1), **changes)


def verdict(asked: Asked | None = None, turn: Turn | None = TURN, **stored: Any) -> Verdict:
    turns = [] if turn is None else [turn]
    return judge([asked or heard()], SAID, Stored(**{"turns": turns, **stored}))


def counts(found: Verdict) -> tuple[int, int, int, int]:
    return found.lost_tokens, found.lost_messages, found.doubled_effects, found.stuck_turns


def test_a_run_in_which_all_went_well_is_clean() -> None:
    assert verdict().is_clean
    assert counts(verdict()) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        (SECOND.replace("p.2.3 ", ""), 1),
        (SECOND + "p.2.5 ", 1),
        (SECOND.replace("p.2.5 ", ""), 1),
        ("p.1.1 " + SECOND, 1),
        (FIRST, 10),
        ("p.2.2 p.2.1 p.2.3 p.2.4 p.2.5 ", 1),
        ("", 5),
    ],
    ids=["lost", "doubled", "cut short", "restart not heeded", "earlier attempt", "out of order", "nothing"],
)
def test_a_client_that_shows_another_text(text: str, tokens: int) -> None:
    assert counts(verdict(heard(text=text))) == (tokens, 0, 0, 0)


def test_a_kept_reply_that_nobody_said() -> None:
    torn = "p.1.1 p.1.2 p.2.3 p.2.4 p.2.5 "
    turn = dataclasses.replace(TURN, replies=(torn,), logged=(torn,))
    assert verdict(heard(text=torn), turn).lost_tokens == 4, "two attempts in one reply"


def test_a_log_that_tells_another_story() -> None:
    assert counts(verdict(turn=dataclasses.replace(TURN, logged=(FIRST,)))) == (0, 1, 0, 0)


def test_a_reply_that_is_there_twice() -> None:
    assert verdict(turn=dataclasses.replace(TURN, logged=(FIRST, SECOND))).doubled_effects == 1
    assert verdict(turn=dataclasses.replace(TURN, replies=(SECOND, SECOND))).doubled_effects == 1


def test_a_prompt_that_was_received_twice() -> None:
    assert counts(verdict(turn=dataclasses.replace(TURN, prompts_logged=2))) == (0, 0, 1, 0)
    other = dataclasses.replace(TURN, id="trn_2")
    assert counts(verdict(turns=[TURN, other])) == (0, 0, 1, 0)


def test_a_message_that_is_gone() -> None:
    assert counts(verdict(turn=None)) == (0, 1, 0, 0)
    assert verdict(heard(has_ended=False, was_refused=True, text="", turn_id=""), None).is_clean, "it was refused"


def test_a_message_that_failed_or_was_never_asked() -> None:
    assert verdict(turn=dataclasses.replace(TURN, status="failed")).lost_messages == 1
    stranger = dataclasses.replace(TURN, id="trn_2", prompt="q")
    assert counts(verdict(turns=[TURN, stranger])) == (0, 1, 0, 0)
    assert counts(verdict(heard(turn_id="trn_9"))) == (0, 1, 0, 0)


def test_what_never_ends() -> None:
    assert verdict(heard(has_ended=False)).stuck_turns == 1
    assert verdict(turn=dataclasses.replace(TURN, status="running")).stuck_turns == 1
    assert counts(verdict(waiting_jobs=3)) == (0, 0, 0, 3)
    assert counts(verdict(dead_jobs=["run_turn: too late"])) == (0, 0, 0, 1)


def test_events_that_are_missing_in_the_middle() -> None:
    assert counts(verdict(gaps=2)) == (0, 1, 0, 0)


def test_an_answer_that_broke_off_may_be_short_but_not_wrong() -> None:
    short = heard(kind="openai", has_ended=False, has_broken_off=True, text="p.1.1 p.1.2 ")
    assert verdict(short).is_clean
    assert counts(verdict(dataclasses.replace(short, text="p.1.1 p.2.1 "))) == (1, 0, 0, 0)
    assert verdict(dataclasses.replace(short, has_ended=True, has_broken_off=False)).lost_tokens == 7
