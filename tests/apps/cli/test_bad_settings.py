"""A setting that cannot work stops the start, with one sentence that says what to do: real processes, real servers."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.apps.cli.test_commands import medea, refusal
from tests.support.postgres import SharedServer
from tests.support.rabbitmq import rabbitmq_url
from tests.support.redis import redis_url
from tests.support.server import free_port

pytestmark = pytest.mark.slow

DATABASE = "The database of MEDEA_DATABASE__URL cannot be used: "
RABBITMQ = "The RabbitMQ of MEDEA_RABBITMQ__URL cannot be used: "
REDIS = "The Redis of MEDEA_REDIS__URL cannot be used: "
NOBODY = "127.0.0.1:1"  # where nothing listens


@pytest.fixture(scope="module")
def database(postgres: SharedServer) -> Iterator[str]:
    """A database as it should be; these tests write nothing into it."""
    url = postgres.clone()
    yield url
    postgres.drop(url)


def change(url: str, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(statement.replace("DBNAME", await connection.fetchval("SELECT current_database()")))
        await connection.close()

    asyncio.run(run())


@pytest.mark.parametrize("command", ["up", "api", "worker"])
@pytest.mark.parametrize(
    ("url", "says"),
    [
        (f"postgresql://medea@{NOBODY}/medea", "Connection refused; start it, or correct the address."),
        ("postgresql://medea@no-such-host.invalid/medea", "; start it, or correct the address."),
        ("nonsense", "scheme is expected to be either"),
    ],
)
def test_a_database_that_is_not_there(tmp_path: Path, command: str, url: str, says: str) -> None:
    said = refusal(medea(command, cwd=tmp_path, MEDEA_DATABASE__URL=url, MEDEA_PORT=str(free_port())))
    assert said.startswith(DATABASE)
    assert says in said


def test_a_database_that_refuses(tmp_path: Path, database: str) -> None:
    name = database.split("@/")[1].split("?", maxsplit=1)[0]
    said = refusal(medea("worker", cwd=tmp_path, MEDEA_DATABASE__URL=database.replace(name, "no_such_database")))
    assert said == DATABASE + (
        'database "no_such_database" does not exist; make it with `createdb`, or correct the end of the address.'
    )
    stranger = re.sub(r"//[^@/]*@", "//nobody@", database)
    said = refusal(medea("worker", cwd=tmp_path, MEDEA_DATABASE__URL=stranger))
    assert said == DATABASE + (
        'role "nobody" does not exist; correct user and password in the address, or let them in there.'
    )


@pytest.mark.parametrize("command", ["up", "worker"])
def test_a_database_without_pgvector(tmp_path: Path, fresh_database_url: str, command: str) -> None:
    change(fresh_database_url, "ALTER DATABASE \"DBNAME\" SET extension_control_path = '/nonexistent'")
    said = refusal(medea(command, cwd=tmp_path, MEDEA_DATABASE__URL=fresh_database_url, MEDEA_PORT=str(free_port())))
    assert said == "The PostgreSQL of MEDEA_DATABASE__URL lacks pgvector: install the extension `vector` there."


@pytest.mark.parametrize("command", ["api", "worker", "jobs list"])
def test_a_database_of_an_earlier_release(tmp_path: Path, fresh_database_url: str, command: str) -> None:
    change(fresh_database_url, "UPDATE schema_state SET hash = 'x'; UPDATE alembic_version SET version_num = '0003'")
    said = refusal(
        medea(*command.split(), cwd=tmp_path, MEDEA_DATABASE__URL=fresh_database_url, MEDEA_PORT=str(free_port()))
    )
    assert said == "The database does not have the schema of this Medea: run `medea db migrate` first."


@pytest.mark.parametrize("command", ["up", "api", "worker", "db migrate"])
def test_a_database_of_a_later_release(tmp_path: Path, fresh_database_url: str, command: str) -> None:
    change(fresh_database_url, "UPDATE schema_state SET hash = 'x'; UPDATE alembic_version SET version_num = '9999'")
    said = refusal(
        medea(*command.split(), cwd=tmp_path, MEDEA_DATABASE__URL=fresh_database_url, MEDEA_PORT=str(free_port()))
    )
    assert said.startswith("The database has the schema of a later Medea (step 9999, this one knows ")
    assert said.endswith("start that release, or give this one another database.")


@pytest.mark.services
@pytest.mark.parametrize(
    ("change_to", "says"),
    [
        (f"amqp://guest:guest@{NOBODY}/", "; start it, or correct the address."),
        ("amqp://guest:guest@no-such-host.invalid/", "; start it, or correct the address."),
        ("http://127.0.0.1:5672/", "it begins with neither amqp:// nor amqps://"),
        ("password", "it refuses the user or the password; correct them in the address, or let that user in there."),
        ("virtual host", "it has no such virtual host, or the user may not enter it; make it with `rabbitmqctl add_"),
    ],
)
@pytest.mark.parametrize("command", ["worker", "doctor"])
def test_a_rabbitmq_that_cannot_be_used(tmp_path: Path, database: str, command: str, change_to: str, says: str) -> None:
    there = rabbitmq_url()
    urls = {"password": there.with_password("wrong"), "virtual host": there.with_path("/no-such-host")}
    url = str(urls.get(change_to, change_to))
    done = medea(command, cwd=tmp_path, MEDEA_DATABASE__URL=database, MEDEA_RABBITMQ__URL=url)
    assert done.returncode == 1
    said = refusal(done) if command == "worker" else next(line for line in done.stdout.splitlines() if RABBITMQ in line)
    assert RABBITMQ in said
    assert says in said


@pytest.mark.services
@pytest.mark.parametrize(
    ("url", "says"),
    [
        (f"redis://{NOBODY}/0", "Connection refused; start it, or correct the address."),
        ("redis://no-such-host.invalid/0", "; start it, or correct the address."),
        ("http://127.0.0.1:6379/0", "one of the following schemes"),
        ("redis://stranger:wrong@THERE/0", "; correct user and password in the address, or let them in there."),
        ("redis://THERE/9999", "DB index is out of range"),
    ],
)
def test_a_redis_that_cannot_be_used(tmp_path: Path, database: str, url: str, says: str) -> None:
    there = redis_url().removeprefix("redis://").rpartition("@")[2].partition("/")[0]
    said = refusal(
        medea("worker", cwd=tmp_path, MEDEA_DATABASE__URL=database, MEDEA_REDIS__URL=url.replace("THERE", there))
    )
    assert said.startswith(REDIS)
    assert says in said


@pytest.mark.services
def test_the_doctor_finds_a_rabbitmq_and_a_database_that_can_be_used(tmp_path: Path, database: str) -> None:
    done = medea("doctor", cwd=tmp_path, MEDEA_DATABASE__URL=database, MEDEA_RABBITMQ__URL=str(rabbitmq_url()))
    assert "the one of MEDEA_RABBITMQ__URL answers and has our queues" in done.stdout
    assert "the one of MEDEA_DATABASE__URL answers and has the schema of this Medea" in done.stdout
    assert "none: PostgreSQL carries the jobs" in medea("doctor", cwd=tmp_path).stdout


def test_the_doctor_finds_a_rabbitmq_that_cannot_be_used(tmp_path: Path) -> None:
    done = medea("doctor", cwd=tmp_path, MEDEA_RABBITMQ__URL=f"amqp://guest:guest@{NOBODY}/")
    assert done.returncode == 1
    assert f"✗ RabbitMQ       {RABBITMQ}" in done.stdout
