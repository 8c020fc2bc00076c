"""Log lines: what they are bound to, in both forms, ours and libraries'."""

import json
import subprocess
import sys

PROGRAM = """
import logging
import asyncpg
import structlog
from medea.kernel.telemetry import tracing
from medea.kernel.telemetry.logging import bind, configure, unbind_all
configure("info", {form!r})
log = structlog.get_logger()
log.info("outside.any_request")
with tracing.entry("GET", kind="server", parent=None):
    unbind_all()
    bind(request_id="ticket-4711", tenant="ten_1")
    log.info("things.happened", number=3)
    logging.getLogger("some.library").warning("it said %s", "so")
    try:
        password = "of nobody's business"
        raise ValueError("bad thing")
    except ValueError:
        log.exception("things.failed")
    error = asyncpg.UniqueViolationError("duplicate key value")
    error.detail = "Key (email)=(ada@example.com) already exists."
    try:
        raise error
    except asyncpg.PostgresError:
        log.exception("things.collided", reason=str(error), error=repr(error))
    log.debug("not.wanted")
unbind_all()
log.info("after.it")
"""


def lines(form: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", PROGRAM.format(form=form)], capture_output=True, text=True, check=True)
    return done.stderr.splitlines()


def test_every_line_is_an_object_that_names_its_request() -> None:
    told = [json.loads(line) for line in lines("json")]
    assert [line["event"] for line in told] == [
        "outside.any_request",
        "things.happened",
        "it said so",
        "things.failed",
        "things.collided",
        "after.it",
    ]
    inside = told[1:5]
    assert {line["request_id"] for line in inside} == {"ticket-4711"}
    assert {line["tenant"] for line in inside} == {"ten_1"}
    assert len({(line["trace_id"], line["span_id"]) for line in inside}) == 1
    assert (len(inside[0]["trace_id"]), len(inside[0]["span_id"])) == (32, 16)
    assert inside[1]["logger"] == "some.library"
    assert "ValueError: bad thing" in inside[2]["exception"]
    assert "duplicate key value" in inside[3]["exception"]
    assert "ada@example.com" not in "".join(lines("json")), "the database quotes rows"
    for line in (told[0], told[-1]):
        assert not {"request_id", "trace_id", "tenant"} & set(line)


def test_people_see_the_same_and_no_local_variables() -> None:
    told = "\n".join(lines("console"))
    assert "things.happened" in told
    assert "request_id=ticket-4711" in told
    assert "it said so" in told
    assert "ada@example.com" not in told
    assert "of nobody's business" not in told.replace('password = "of nobody', "")
