"""Vector stores on the command line: settings that cannot work, and copying."""

import asyncio
import dataclasses
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from medea.apps.bootstrap import Installation
from medea.apps.cli.doctor import _CHECKS
from medea.apps.cli.output import CommandFault
from medea.apps.cli.postgres import read_settings
from medea.kernel.settings import Settings, VectorSettings
from tests.apps.cli.test_commands import medea, refusal
from tests.modules.knowledge.stores import KINDS, Kind, copying, store_server
from tests.support.vectors.server import StoreServer


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"KIND": "qdrant"}, "qdrant needs MEDEA_VECTORS__URL, the address of its REST API"),
        ({"KIND": "weaviate", "URL": " "}, "weaviate needs MEDEA_VECTORS__URL"),
        ({"KIND": "pinecone"}, "pinecone needs MEDEA_VECTORS__API_KEY"),
        ({"URL": "http://127.0.0.1:6333"}, "say which with MEDEA_VECTORS__KIND"),
        ({"KIND": "qdrant", "URL": "127.0.0.1:6333"}, "must look like http://host:port"),
        ({"KIND": "qdrant", "URL": "http://user:word@127.0.0.1:6333"}, "a key goes to MEDEA_VECTORS__API_KEY"),
        ({"KIND": "chroma"}, "MEDEA_VECTORS__KIND cannot be used"),
        ({"KIND": "qdrant", "URL": "http://127.0.0.1:6333", "PREFIX": "My-Own"}, "MEDEA_VECTORS__PREFIX cannot be"),
    ],
)
def test_a_setting_that_cannot_be(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], says: str) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"MEDEA_VECTORS__{name}", value)
    with pytest.raises(CommandFault) as refused:
        read_settings()
    assert says in str(refused.value)


async def run(*arguments: str, cwd: Path, url: str, kind: Kind, server: StoreServer, **more: str) -> Any:
    """Run a command beside the server, which answers from this process."""
    given = {
        "MEDEA_DATABASE__URL": url,
        "MEDEA_VECTORS__KIND": kind,
        "MEDEA_VECTORS__URL": server.url,
        "MEDEA_VECTORS__API_KEY": server.key,
        **more,
    }
    return await asyncio.to_thread(medea, *arguments, cwd=cwd, **given)


@pytest.mark.slow
async def test_a_store_that_refuses_the_key_stops_the_start(tmp_path: Path, database_url: str) -> None:
    async with store_server("qdrant") as server:
        wrong = {"MEDEA_VECTORS__API_KEY": "another"}
        done = await run("worker", cwd=tmp_path, url=database_url, kind="qdrant", server=server, **wrong)
    said = "The Qdrant of MEDEA_VECTORS__URL cannot be used: it refuses the key; correct MEDEA_VECTORS__API_KEY."
    assert refusal(done) == said


@pytest.mark.parametrize("kind", KINDS)
async def test_the_doctor_looks_at_the_store(kind: Kind, settings: Settings) -> None:
    async with store_server(kind) as server:
        group = VectorSettings(kind=kind, url=server.url, api_key=SecretStr(server.key))
        look = _CHECKS["Vectors"]
        said = await asyncio.to_thread(look, settings.model_copy(update={"vectors": group}))
        assert said == f"the {kind} of MEDEA_VECTORS__URL answers"


@pytest.mark.slow
async def test_all_vectors_are_copied_and_progress_is_told(
    tmp_path: Path, installation: Installation, settings: Settings, database_url: str
) -> None:
    async with copying(installation, settings, "qdrant") as copied:
        ports = installation.ports
        installation.ports = dataclasses.replace(ports, vectors=None)
        shelf = await copied.fill(30)
        installation.ports = ports

        async def reindex(*more: str) -> Any:
            command = ("knowledge", "reindex", "--tenant", str(shelf.tenant), *more)
            return await run(*command, cwd=tmp_path, url=database_url, kind="qdrant", server=copied.server)

        done = await reindex()
        assert done.returncode == 0, done.stderr
        assert f"base 1 of 1, of {shelf.tenant}: 30 of 30 vectors" in done.stdout
        assert copied.server.count(shelf.tenant) == 30
        done = await reindex()
        assert done.stdout == f"The store has all vectors of {shelf.tenant}.\n"
        written = len(copied.server.exchanges)
        done = await reindex("--again")
        assert "30 of 30 vectors" in done.stdout
        assert any(each.path.endswith("/points") for each in copied.server.exchanges[written:])
