"""A setting that cannot work stops the start, with one sentence that says what to do: real processes, real servers."""

import asyncio
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from medea.apps.cli.main import foreseen
from medea.apps.cli.output import CommandFault
from medea.apps.cli.postgres import check_logins
from medea.kernel.settings import DatabaseSettings, Settings
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


@pytest.mark.parametrize("setting", ["MEDEA_DATA_DIR", "MEDEA_STORAGE__FOLDER"])
def test_a_folder_that_cannot_be_used(tmp_path: Path, database: str, setting: str) -> None:
    (tmp_path / "file").touch()
    said = refusal(medea("worker", cwd=tmp_path, MEDEA_DATABASE__URL=database, **{setting: str(tmp_path / "file/x")}))
    assert setting in said
    assert said.endswith(".")


def test_a_bucket_without_keys_is_named(tmp_path: Path) -> None:
    said = refusal(medea("worker", cwd=tmp_path, MEDEA_STORAGE__BUCKET="files"))
    assert said == "The setting MEDEA_STORAGE cannot be used: a bucket needs an access key and a secret key."


def test_a_bucket_that_does_not_answer(tmp_path: Path, database: str) -> None:
    keys = {"MEDEA_STORAGE__ACCESS_KEY": "a", "MEDEA_STORAGE__SECRET_KEY": "s"}
    where = {"MEDEA_STORAGE__BUCKET": "files", "MEDEA_STORAGE__ENDPOINT": f"http://{NOBODY}"}
    said = refusal(
        medea("api", cwd=tmp_path, MEDEA_DATABASE__URL=database, MEDEA_PORT=str(free_port()), **keys, **where)
    )
    assert said.startswith("The bucket of MEDEA_STORAGE__BUCKET cannot be used: ")
    done = medea("operators", "list", cwd=tmp_path, MEDEA_DATABASE__URL=database, **keys, **where)
    assert done.returncode == 0, "what needs no file goes on meanwhile: " + done.stderr


@pytest.fixture
def login(fresh_database_url: str) -> Iterator[Callable[..., str]]:
    """Makes a login with some of the roles and returns the address with it."""
    made: list[str] = []

    def make(*roles: str) -> str:
        made.append(name := f"medea_test_{uuid4().hex}")
        grants = "".join(f"GRANT {role} TO {name};" for role in roles)
        change(fresh_database_url, f"CREATE ROLE {name} LOGIN; {grants}")
        return re.sub(r"//[^@/]*@", f"//{name}@", fresh_database_url)

    yield make
    change(fresh_database_url, "".join(f"DROP ROLE {name};" for name in made))


def with_logins(url: str, **logins: str) -> Settings:
    return Settings(_env_file=None, database=DatabaseSettings(url=url, **logins))


def test_logins_of_their_own_are_of_their_roles(fresh_database_url: str, login: Callable[..., str]) -> None:
    app, system = login("medea_app"), login("medea_system")
    asyncio.run(check_logins(with_logins(fresh_database_url, app_url=app, system_url=system)))
    asyncio.run(check_logins(with_logins(fresh_database_url)))
    for settings, says in (
        (
            with_logins(fresh_database_url, app_url=system),
            r"MEDEA_DATABASE__APP_URL lacks the role medea_app: grant it",
        ),
        (with_logins(fresh_database_url, system_url=app), r"MEDEA_DATABASE__SYSTEM_URL lacks the role medea_system: "),
        (with_logins(fresh_database_url, app_url=fresh_database_url), "may see all companies' rows"),
        (with_logins(fresh_database_url, app_url=login("medea_app", "medea_system")), "may see all companies' rows"),
        (with_logins(fresh_database_url, app_url=login("medea_app", "medea_owner")), "may see all companies' rows"),
        (
            with_logins(fresh_database_url, app_url=f"postgresql://x@{NOBODY}/x"),
            "MEDEA_DATABASE__APP_URL cannot be used",
        ),
    ):
        with pytest.raises(CommandFault, match=says):
            asyncio.run(check_logins(settings))


@pytest.mark.parametrize("command", ["api", "worker", "up", "jobs list", "operators list"])
def test_an_application_that_could_see_all_companies_does_not_start(
    tmp_path: Path, fresh_database_url: str, command: str
) -> None:
    urls = {"MEDEA_DATABASE__URL": fresh_database_url, "MEDEA_DATABASE__APP_URL": fresh_database_url}
    said = refusal(medea(*command.split(), cwd=tmp_path, MEDEA_PORT=str(free_port()), **urls))
    assert "of MEDEA_DATABASE__APP_URL may see all companies' rows" in said


def test_a_database_that_goes_away_during_the_start_is_told() -> None:
    said = foreseen(ConnectionError("the database cannot be reached: [Errno 111] Connection refused"))
    assert said is not None
    assert said.startswith("The database cannot be reached: ")
    assert foreseen(ConnectionError("anything else")) is None, "that is a fault of ours, and shows its stack"
