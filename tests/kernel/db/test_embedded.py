"""The embedded PostgreSQL: starts, keeps data, recovers from kill -9 of either side, says what is wrong."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from medea.kernel.datafolder import DataFolder, DataFolderError, DataFolderInUse
from medea.kernel.db.cluster import Cluster, EmbeddedPostgresError
from medea.kernel.db.embedded import EmbeddedPostgres, PostgresAddress, _why_not_started

OWNER = """
import sys, time
from pathlib import Path
from medea.kernel.db.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start_blocking()
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "data")
    yield server
    if server.running() is not None:
        server.folder.release()
        again = EmbeddedPostgres(tmp_path / "data")
        again.start_blocking()
        again.stop_blocking()


@pytest.fixture
def spawn_owner() -> Iterator[Callable[[Path], "subprocess.Popen[str]"]]:
    """Start a process that starts the server of a folder and then holds it."""
    owners: list[subprocess.Popen[str]] = []

    def spawn(data_dir: Path) -> "subprocess.Popen[str]":
        owner = subprocess.Popen([sys.executable, "-c", OWNER, str(data_dir)], stdout=subprocess.PIPE, text=True)
        owners.append(owner)
        assert owner.stdout is not None
        assert owner.stdout.readline() == "ready\n"
        return owner

    yield spawn
    for owner in owners:
        owner.kill()
        owner.communicate()


async def write(address: PostgresAddress, value: str) -> None:
    connection = await asyncpg.connect(address.url())
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (value text)")
    await connection.execute("INSERT INTO kept VALUES ($1)", value)
    await connection.close()


async def read(address: PostgresAddress) -> list[str]:
    connection = await asyncpg.connect(address.url())
    try:
        return [row["value"] for row in await connection.fetch("SELECT value FROM kept")]
    finally:
        await connection.close()


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def is_gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has waited for yet counts as ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_gone(pid: int) -> None:
    deadline = time.monotonic() + 20
    while not is_gone(pid):
        assert time.monotonic() < deadline, f"process {pid} is still there"
        time.sleep(0.02)


async def test_data_outlives_a_stop_and_a_start(server: EmbeddedPostgres) -> None:
    address = await server.start()
    await write(address, "one")
    pid = postmaster(server.folder.path)
    await server.stop()
    wait_gone(pid)
    assert server.running() is None

    assert await read(await server.start()) == ["one"]
    await server.stop()


async def test_start_and_stop_may_be_repeated(server: EmbeddedPostgres) -> None:
    first = await server.start()
    assert await server.start() == first
    await server.stop()
    await server.stop()


async def test_listens_on_no_network_and_keeps_what_it_confirmed(server: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect((await server.start()).url())
    shown = {
        name: await connection.fetchval(f"SELECT current_setting('{name}')")
        for name in ("listen_addresses", "fsync", "synchronous_commit", "jit", "server_encoding", "TimeZone")
    }
    assert shown == {
        "listen_addresses": "",
        "fsync": "on",
        "synchronous_commit": "on",
        "jit": "off",
        "server_encoding": "UTF8",
        "TimeZone": "UTC",
    }
    await connection.execute("CREATE EXTENSION vector")
    assert await connection.fetchval("SELECT lower('ÄÖÜ É')") == "äöü é"
    words = await connection.fetchval("SELECT to_tsvector('simple', 'Öl—Preise „steigen“')::text")
    assert words == "'preise':2 'steigen':3 'öl':1"
    await connection.close()
    await server.stop()


async def test_a_server_whose_owner_was_killed_is_adopted(
    server: EmbeddedPostgres, spawn_owner: Callable[[Path], "subprocess.Popen[str]"]
) -> None:
    owner = spawn_owner(server.folder.path)
    running = server.running()
    assert running is not None
    await write(running, "before")
    pid = postmaster(server.folder.path)
    owner.kill()
    owner.wait()

    address = await server.start()
    assert postmaster(server.folder.path) == pid
    assert await read(address) == ["before"]
    await server.stop()
    wait_gone(pid)


async def test_a_killed_server_recovers_at_the_next_start(server: EmbeddedPostgres) -> None:
    await write(await server.start(), "confirmed")
    pid = postmaster(server.folder.path)
    os.kill(pid, signal.SIGKILL)
    wait_gone(pid)
    server.folder.release()

    again = EmbeddedPostgres(server.folder.path)
    assert await read(await again.start()) == ["confirmed"]
    assert postmaster(server.folder.path) != pid
    await again.stop()
    await server.stop()


async def test_both_killed_with_sessions_at_work(
    server: EmbeddedPostgres, spawn_owner: Callable[[Path], "subprocess.Popen[str]"]
) -> None:
    owner = spawn_owner(server.folder.path)
    running = server.running()
    assert running is not None
    await write(running, "confirmed")
    sleeper = await asyncpg.connect(running.url())
    pid = postmaster(server.folder.path)
    owner.kill()
    owner.wait()
    os.kill(pid, signal.SIGKILL)
    wait_gone(pid)

    assert await read(await server.start()) == ["confirmed"]
    sleeper.terminate()
    await server.stop()


async def test_the_number_of_a_dead_server_may_belong_to_somebody_else(server: EmbeddedPostgres) -> None:
    await write(await server.start(), "kept")
    pid_file = server.folder.path / "postgres" / "postmaster.pid"
    said = pid_file.read_text().splitlines()
    await server.stop()

    # this very process has the number now, as happens in containers
    pid_file.write_text("\n".join([str(os.getpid()), *said[1:]]) + "\n")
    os.chown(pid_file, pid_file.parent.stat().st_uid, pid_file.parent.stat().st_gid)
    assert await read(await server.start()) == ["kept"]
    await server.stop()


async def test_the_second_start_says_who_holds_the_folder(
    server: EmbeddedPostgres, spawn_owner: Callable[[Path], "subprocess.Popen[str]"]
) -> None:
    owner = spawn_owner(server.folder.path)
    with pytest.raises(DataFolderInUse, match=rf"in use by process {owner.pid} .*MEDEA_DATA_DIR"):
        await server.start()


async def test_odd_and_long_folder_names(tmp_path: Path) -> None:
    folder = tmp_path / 'it\'s a "data", folder\\' / ("long" * 30)
    server = EmbeddedPostgres(folder)
    address = await server.start()
    await write(address, "here")
    assert await read(address) == ["here"]
    assert len(address.host) < 100
    assert os.stat(address.host).st_mode & 0o077 == 0  # noqa: PTH116 - async code may not use pathlib here
    await server.stop()


async def test_an_unfinished_set_up_is_done_again(server: EmbeddedPostgres) -> None:
    unfinished = server.folder.path / "postgres.new-1"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    await server.start()
    assert not unfinished.exists()
    await server.stop()


async def test_another_version_on_disk_is_refused(server: EmbeddedPostgres) -> None:
    await server.start()
    await server.stop()
    version = server.folder.path / "postgres" / "PG_VERSION"
    version.write_text("15\n")
    with pytest.raises(EmbeddedPostgresError, match="written by PostgreSQL 15 and this Medea brings 18"):
        await server.start()
    assert not server.folder.is_held


async def test_a_folder_with_something_else_in_it_is_left_alone(server: EmbeddedPostgres) -> None:
    other = server.folder.path / "postgres" / "letters.txt"
    other.parent.mkdir(parents=True)
    other.write_text("dear")
    with pytest.raises(EmbeddedPostgresError, match="not a PostgreSQL cluster"):
        await server.start()
    assert other.read_text() == "dear"


async def test_a_broken_setting_is_told_in_one_sentence(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path, tuning={"shared_buffers": "a lot"})
    with pytest.raises(EmbeddedPostgresError, match="shared_buffers") as refusal:
        await server.start()
    assert "\n" not in str(refusal.value)


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    said = 'FATAL:  could not write lock file "postmaster.pid": No space left on device'
    assert "is full" in _why_not_started(Cluster(tmp_path), said)


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(DataFolderError, match="is not a folder: set MEDEA_DATA_DIR"):
        DataFolder(tmp_path / "data").acquire()


def test_containers_that_share_a_folder_do_not_trip_over_each_other(tmp_path: Path) -> None:
    """Each of their processes has the same number."""
    (tmp_path / f".probe-{os.getpid()}").mkdir()
    DataFolder(tmp_path).create()
    assert [path.name for path in tmp_path.iterdir()] == [f".probe-{os.getpid()}"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    for folder in tmp_path.parents:
        folder.chmod(folder.stat().st_mode | 0o011) if os.geteuid() == 0 and folder.owner() == "root" else None
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        message = "no refusal"
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            DataFolder(tmp_path / "data").acquire()
        except DataFolderError as error:
            message = str(error)
        os.write(told, message.encode())
        os._exit(0)
    os.close(told)
    os.waitpid(child, 0)
    with os.fdopen(heard) as pipe:
        said = pipe.read()
    tmp_path.chmod(0o755)
    assert said.startswith(f"Medea cannot write to the data folder {tmp_path / 'data'} (Permission denied)")
