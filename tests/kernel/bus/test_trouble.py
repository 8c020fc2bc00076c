"""A fault that goes on is told at once, then ever more rarely, and when it is over."""

import itertools

from structlog.testing import capture_logs

from medea.kernel.bus.work.trouble import Trouble


def test_an_hour_of_trouble_is_a_handful_of_lines() -> None:
    now = 0.0
    trouble = Trouble("bus.claim_failed", lambda: now)
    with capture_logs() as logs:
        for _ in range(3600):
            trouble.note(ConnectionError("away"))
            now += 1
        trouble.over()
        trouble.over()
    told = [entry["seconds"] for entry in logs]
    assert told[0] == 0
    assert all(later > sooner for sooner, later in itertools.pairwise(told))
    assert len(logs) < 25
    assert (logs[-1]["event"], logs[-1]["times"], logs[-1]["seconds"]) == ("bus.claim_works_again", 3600, 3600.0)


def test_new_trouble_is_told_at_once() -> None:
    now = 0.0
    trouble = Trouble("bus.claim_failed", lambda: now)
    with capture_logs() as logs:
        trouble.note(OSError())
        trouble.over()
        trouble.note(OSError())
    assert [entry["event"] for entry in logs] == ["bus.claim_failed", "bus.claim_works_again", "bus.claim_failed"]
