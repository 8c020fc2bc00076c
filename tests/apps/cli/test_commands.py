"""The command line as its users call it: a process, its output, its exit status."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from medea import __version__
from medea.seeds.demo import EMAIL, PASSWORD
from tests.support.commands import call

KEPT = ("PATH", "HOME", "LANG", "TMPDIR")


def medea(*arguments: str, cwd: Path, said: str = "", **extra: str) -> "subprocess.CompletedProcess[str]":
    """Run a command in an empty folder and with no settings but these."""
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    return call(arguments, cwd=cwd, env={**environment, **extra}, said=said)


def refusal(done: "subprocess.CompletedProcess[str]") -> str:
    """Return the one sentence that a command ended with."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr.removeprefix("✗ ").strip()


def test_help_names_the_commands(tmp_path: Path) -> None:
    called = [sys.executable, "-m", "medea", "--help"]
    done = subprocess.run(called, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    for command in ("up", "api", "worker", "db", "seed", "openapi", "doctor", "projections", "jobs", "operators"):
        assert f" {command} " in done.stdout


def test_it_tells_its_version(tmp_path: Path) -> None:
    done = medea("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"medea {__version__}\n")


def test_a_start_imports_what_is_large_while_postgresql_starts(tmp_path: Path) -> None:
    known = "{'sqlalchemy', 'fastapi', 'pydantic_settings'}"
    asked = f"import sys, medea.apps.cli.serve; print(sorted({known} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "['pydantic_settings']\n", "and not before it"


def test_migrating_twice_does_nothing_the_second_time(tmp_path: Path) -> None:
    assert "migrated" in medea("db", "migrate", cwd=tmp_path).stdout
    assert "up to date" in medea("db", "migrate", cwd=tmp_path).stdout


def test_reset_asks_first(tmp_path: Path) -> None:
    done = medea("db", "reset", cwd=tmp_path, said="n\n")
    assert "Delete everything in the database in" in done.stdout
    assert refusal(done) == "Nothing was deleted."
    assert not (tmp_path / ".medea").exists()


def test_a_setting_that_cannot_be_is_named(tmp_path: Path) -> None:
    assert refusal(medea("doctor", cwd=tmp_path, MEDEA_PORT="eighty")).startswith(
        "The setting MEDEA_PORT cannot be used: "
    )
    said = refusal(medea("up", cwd=tmp_path, MEDEA_DATABSE__URL="postgresql://elsewhere/medea"))
    assert said == "There is no setting MEDEA_DATABSE__URL: did you mean MEDEA_DATABASE__URL?"
    (tmp_path / ".env").write_text("MEDEA_RABBITMQ_URL=amqp://elsewhere/\n")
    assert (
        refusal(medea("up", cwd=tmp_path))
        == "There is no setting MEDEA_RABBITMQ_URL: did you mean MEDEA_RABBITMQ__URL?"
    )
    (tmp_path / ".env").unlink()
    said = refusal(medea("doctor", cwd=tmp_path, MEDEA_LLM__SILENCE_TIMEOUT="-1"))
    assert said.startswith("The setting MEDEA_LLM__SILENCE_TIMEOUT cannot be used: ")


def test_a_database_that_does_not_answer_is_told(tmp_path: Path) -> None:
    said = refusal(medea("db", "migrate", cwd=tmp_path, MEDEA_DATABASE__URL="postgresql://nobody@127.0.0.1:1/none"))
    assert said.startswith("The database of MEDEA_DATABASE__URL cannot be used: ")


def test_a_database_in_use_is_migrated_where_it_runs(tmp_path: Path, fresh_database_url: str) -> None:
    done = medea("db", "migrate", cwd=tmp_path, MEDEA_DATABASE__URL=fresh_database_url)
    assert "up to date" in done.stdout
    assert not (tmp_path / ".medea").exists()


@pytest.mark.parametrize("command", [("db", "migrate"), ("db", "reset", "--yes")])
def test_a_data_folder_that_is_a_file(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "data").write_text("a file")
    said = refusal(medea(*command, cwd=tmp_path, MEDEA_DATA_DIR=str(tmp_path / "data")))
    assert said == f"The data folder {tmp_path / 'data'} is not a folder: set MEDEA_DATA_DIR to a folder."


def test_the_doctor_names_what_is_missing_and_the_mend(tmp_path: Path) -> None:
    done = medea("doctor", cwd=tmp_path, MEDEA_PORT="58123", MEDEA_WEB_ROOT=str(tmp_path))
    assert done.returncode == 1
    assert "✓ PostgreSQL" in done.stdout
    assert "✓ Documents" in done.stdout
    assert "✗ Web parts" in done.stdout
    assert "run `make setup`" in done.stdout
    assert done.stdout.endswith("1 to mend.\n")


def test_what_a_command_logs_is_not_in_what_it_says(tmp_path: Path, fresh_database_url: str) -> None:
    done = medea("seed", cwd=tmp_path, MEDEA_DATABASE__URL=fresh_database_url, MEDEA_LOG_LEVEL="debug")
    assert "seeds.demo_ready" in done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["✓", "Log"]
    assert done.stdout.endswith(f"Log in as {EMAIL} with the password {PASSWORD}\n"), "no full stop to copy along"
    assert medea("seed", cwd=tmp_path, MEDEA_DATABASE__URL=fresh_database_url).stderr == ""
