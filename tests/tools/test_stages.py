"""`make test`: all steps run, whatever fails, and a table tells what became of them."""

import sys

import pytest

from tools.test import Done, Step, run, table


def says(name: str, *, status: int = 0) -> Step:
    """A step that prints its name."""
    return Step(name, [sys.executable, "-c", f"print('it is {name}'); raise SystemExit({status})"])


def test_what_fails_stops_nothing_and_what_it_said_stands_below_its_name(capfd: pytest.CaptureFixture[str]) -> None:
    done = run([says("one", status=1), says("two")], [says("three")])
    assert [(step.name, step.outcome) for step in done] == [("one", "FAILED"), ("two", "passed"), ("three", "passed")]
    told = capfd.readouterr().out.splitlines()
    for name in ("one", "two", "three"):
        assert told[told.index(f"→ {name}") + 1] == f"it is {name}"


def test_a_lane_that_is_alone_speaks_for_itself(capfd: pytest.CaptureFixture[str]) -> None:
    run([says("one")])
    assert "it is one\n" in capfd.readouterr().out


def test_the_table_holds_every_stage_with_its_steps() -> None:
    steps = [Done("mypy", 30, "passed"), Done("tsc", 9, "FAILED")]
    lines = table([(Done("check", 31, "FAILED"), steps), (Done("browser", 0, "passed"), [])])
    assert [line.split() for line in lines[2:]] == [
        ["check", "31.0", "s", "FAILED"],
        ["mypy", "30.0", "s", "passed"],
        ["tsc", "9.0", "s", "FAILED"],
        ["browser", "0.0", "s", "passed"],
        ["together", "31.0", "s"],
        ["failed:", "check"],
    ]
