"""`medea up` from its start to its end, and what other commands say while it runs."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx2 import AsyncClient

from medea.kernel.db.embedded import EmbeddedPostgres
from medea.seeds.demo import EMAIL, PASSWORD
from tests.apps.cli.test_commands import medea, refusal
from tests.support.commands import end_leftovers
from tests.support.server import NewServer, Server

pytestmark = pytest.mark.slow


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    running = NewServer(tmp_path / "data")
    await running.start()
    yield running
    await running.stop()


def has_postgres(server: Server) -> bool:
    return EmbeddedPostgres(server.folder).running() is not None


async def test_it_says_where_to_click_in_plain_text_and_ctrl_c_stops_everything(server: Server) -> None:
    async with AsyncClient(base_url=server.origin, timeout=60) as client:
        answer = await client.post("/v1/auth/login", json={"email": EMAIL, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
    assert has_postgres(server)

    assert await server.stop() == 0
    told = "".join(server.output)
    assert re.search(r"✓ PostgreSQL +\d+\.\d\d s +data in ", told)
    for line in (f"{server.origin}/demo", f"{EMAIL}, password {PASSWORD}", "medea/offline", "Medea is ready after"):
        assert line in told
    assert "\x1b" not in told
    assert "Traceback" not in told
    assert not has_postgres(server)


async def test_a_killed_process_is_followed_by_one_that_starts_as_if_nothing_were(server: Server) -> None:
    await server.kill()
    assert has_postgres(server)
    await server.start()
    told = "".join(server.output)
    assert "up to date" in told
    assert "there already" in told
    assert await server.stop() == 0
    assert not has_postgres(server)


async def test_a_process_that_stands_still_is_ended_all_the_same(server: Server) -> None:
    """By whoever stops it, and when nobody does: else a test that fails meanwhile would keep all tests from ending."""
    server.freeze()
    assert await asyncio.wait_for(server.stop(), 60) == 0
    await server.start()
    process = server._process
    assert process is not None
    server.freeze()
    waiting = asyncio.gather(process.wait(), process.wait())
    await asyncio.to_thread(end_leftovers, [process], 60)
    assert list(await asyncio.wait_for(waiting, 60)) == [0, 0]
    assert process.returncode == 0
    end_leftovers([process])
    assert not has_postgres(server)


async def test_a_database_that_dies_is_started_again(server: Server) -> None:
    pid_file = server.folder / "postgres" / "postmaster.pid"
    os.kill(int(pid_file.read_text(encoding="utf-8").split()[0]), signal.SIGKILL)
    login = {"email": EMAIL, "password": PASSWORD}
    seen: list[int] = []
    async with AsyncClient(base_url=server.origin, timeout=60) as client, asyncio.timeout(60):
        while seen[-2:] != [200, 200]:  # pools notice one connection after the other
            await asyncio.sleep(0.3)
            seen.append((await client.get("/readyz")).status_code)
            if seen[-1] == 200 and "medea_session" not in client.cookies:
                seen.append((await client.post("/v1/auth/login", json=login)).status_code)
            if seen[-1] == 200:
                seen.append((await client.get("/v1/agents")).status_code)
    assert set(seen) <= {200, 503}
    assert await server.stop() == 0
    assert not has_postgres(server)


async def test_what_others_say_while_it_runs(server: Server, tmp_path: Path) -> None:
    settings = {"MEDEA_DATA_DIR": str(server.folder), "MEDEA_PORT": str(server.port)}

    def during() -> None:
        said = refusal(medea("up", cwd=tmp_path, **settings))
        assert re.match(
            rf"The data folder {server.folder} is in use by process \d+ \(.*up\): stop that one first", said
        )
        other = settings | {"MEDEA_DATA_DIR": str(tmp_path / "other")}
        said = refusal(medea("up", cwd=tmp_path, **other))
        assert said.startswith(
            f"Port {server.port} on 127.0.0.1 cannot be used (Address already in use): stop the program"
        )
        assert not (tmp_path / "other" / "postgres").exists()
        assert "is in use by process" in refusal(medea("db", "reset", "--yes", cwd=tmp_path, **settings))
        assert "up to date" in medea("db", "migrate", cwd=tmp_path, **settings).stdout
        assert "there already" in medea("seed", cwd=tmp_path, **settings).stdout
        assert "0 conversations" in medea("projections", "rebuild", cwd=tmp_path, **settings).stdout
        assert "Medea is running" in medea("doctor", cwd=tmp_path, **settings).stdout

    await asyncio.to_thread(during)
    assert has_postgres(server)


async def test_a_database_of_ones_own(tmp_path: Path, fresh_database_url: str) -> None:
    server = Server(tmp_path / "data", MEDEA_DATABASE__URL=fresh_database_url, MEDEA_SEED="0")
    await server.start()
    assert not (server.folder / "postgres").exists()
    assert await server._end(signal.SIGTERM) == 0


async def test_who_goes_online_with_the_demo_is_warned(tmp_path: Path, fresh_database_url: str) -> None:
    database = {"MEDEA_DATABASE__URL": fresh_database_url, "MEDEA_DATA_DIR": str(tmp_path / "data")}
    assert "added" in (await asyncio.to_thread(medea, "seed", cwd=tmp_path, **database)).stdout
    warning = "Everybody knows the password of demo@medea.example"
    for origin, is_warned in (("https://medea.example.com", True), ("", False)):
        online = {"MEDEA_WEB__DASHBOARD_ORIGIN": origin} if origin else {}
        server = Server(tmp_path / "data", MEDEA_DATABASE__URL=fresh_database_url, MEDEA_SEED="0", **online)
        await server.start()
        assert await server._end(signal.SIGTERM) == 0
        assert (warning in "".join(server.output)) is is_warned, "".join(server.output)


@pytest.mark.parametrize("command", ["api", "worker"])
def test_parts_want_a_database_of_ones_own(tmp_path: Path, command: str) -> None:
    said = refusal(medea(command, cwd=tmp_path))
    assert said.startswith(f"`medea {command}` works on the database of MEDEA_DATABASE__URL, which is not set: ")


def test_the_description_is_complete_json(tmp_path: Path) -> None:
    done = medea("openapi", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert '"openapi": "3.1' in done.stdout
    assert "/v1/agents/{agent_id}/publish" in done.stdout
