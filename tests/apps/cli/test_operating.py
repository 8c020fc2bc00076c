"""`medea jobs` and `medea operators`, as an operator calls them."""

import asyncio
import json
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from medea.kernel.ids import JobId, TenantId
from tests.apps.cli.test_commands import medea, refusal

TENANT = TenantId.new()


async def _fill(url: str) -> dict[str, str]:
    connection = await asyncpg.connect(url)
    made = {}
    for name, state, task in [("dead", "dead", "tests.mail"), ("other", "dead", "tests.index"), ("new", "queued", "t")]:
        made[name] = str(job_id := JobId.new())
        await connection.execute(
            "INSERT INTO jobs (tenant_id, id, task, queue, payload, state, attempts, max_attempts, last_error)"
            " VALUES ($1, $2, $3, 'default', '{\"number\": 1}', $4, 3, 3, 'ValueError: no')",
            TENANT,
            job_id,
            task,
            state,
        )
    await connection.close()
    return made


@pytest.fixture
def jobs(fresh_database_url: str) -> dict[str, str]:
    """Three jobs, by name."""
    return asyncio.run(_fill(fresh_database_url))


@pytest.fixture
def run(fresh_database_url: str, tmp_path: Path) -> Any:
    def call(*arguments: str, said: str = "") -> Any:
        return medea(*arguments, cwd=tmp_path, said=said, MEDEA_DATABASE__URL=fresh_database_url)

    return call


def test_jobs_are_listed_and_shown(run: Any, jobs: dict[str, str]) -> None:
    told = json.loads(run("jobs", "list", "--json").stdout)
    assert [job["id"] for job in told["jobs"]] == [jobs["new"], jobs["other"], jobs["dead"]]
    counts = {queue["queue"]: queue for queue in told["queues"]}["default"]
    assert (counts["waiting"], counts["dead"]) == (1, 2)
    text = run("jobs", "list", "--state", "dead", "--task", "tests.mail", "--tenant", str(TENANT)).stdout
    assert jobs["dead"] in text
    assert "ValueError: no" in text
    assert jobs["other"] not in text
    shown = run("jobs", "show", jobs["dead"]).stdout
    assert '{"number": 1}' in shown
    assert "ValueError: no" in shown
    assert "leaves no trace" in refusal(run("jobs", "show", str(JobId.new())))


def test_jobs_are_retried_and_purged(run: Any, jobs: dict[str, str]) -> None:
    assert "Say which" in refusal(run("jobs", "retry"))
    assert "not given up" in refusal(run("jobs", "retry", jobs["new"]))
    assert run("jobs", "retry", jobs["dead"]).stdout == "1 job waits again.\n"
    assert run("jobs", "retry", "--task", "tests.index").stdout == "1 job waits again.\n"
    assert run("jobs", "retry", "--all").stdout == "0 jobs wait again.\n"
    told = json.loads(run("jobs", "list", "--json").stdout)
    assert {job["state"] for job in told["jobs"]} == {"queued"}


def test_purging_asks_first(run: Any, jobs: dict[str, str]) -> None:
    assert refusal(run("jobs", "purge", "--all", said="n\n")) == "Nothing was forgotten."
    assert run("jobs", "purge", "--older-than", "1", "--yes").stdout == "0 forgotten.\n"
    assert run("jobs", "purge", jobs["dead"], "--yes").stdout == "1 forgotten.\n"
    assert run("jobs", "purge", "--all", "--yes").stdout == "1 forgotten.\n"
    assert "not given up" in refusal(run("jobs", "purge", jobs["new"], "--yes"))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("list", "--state", "done"), "There is no state 'done': take one of queued, running, dead."),
        (("list", "--queue", "fast"), "There is no queue 'fast': take one of turns, default, slow, webhooks."),
        (("list", "--tenant", "acme"), "'acme' is not the id of a company"),
        (("retry", "job_1"), "'job_1' is not the id of a job"),
    ],
)
def test_what_is_no_such_thing_is_said(run: Any, arguments: tuple[str, ...], says: str) -> None:
    assert refusal(run("jobs", *arguments)).startswith(says)


def test_operators_come_and_go(run: Any) -> None:
    assert "Nobody yet" in run("operators", "list").stdout
    assert "sign up first" in refusal(run("operators", "add", "who@example.com"))
    assert run("seed").returncode == 0
    assert run("operators", "list").stdout.startswith("demo@medea.example"), "who tries Medea sees all of it"
    assert "is no operator" in run("operators", "remove", "demo@medea.example").stdout
    assert json.loads(run("operators", "list", "--json").stdout) == []
    assert "operates this installation" in run("operators", "add", "Demo@Medea.example").stdout
    assert json.loads(run("operators", "list", "--json").stdout)[0]["email"] == "demo@medea.example"
