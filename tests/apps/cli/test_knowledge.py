"""`medea knowledge add`, as whoever runs the machine calls it."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from medea.kernel.ids import TenantId
from tests.apps.cli.test_commands import medea, refusal


@pytest.fixture
def run(fresh_database_url: str, tmp_path: Path) -> Any:
    def call(*arguments: str) -> Any:
        return medea(*arguments, cwd=tmp_path, MEDEA_DATABASE__URL=fresh_database_url)

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Some documents."""
    made = tmp_path / "documents"
    (made / "inner").mkdir(parents=True)
    (made / "one.txt").write_text("The first document.")
    (made / "inner" / "two.md").write_text("# The second\n\nDocument.")
    (made / ".hidden").write_text("Not this.")
    (tmp_path / "elsewhere.txt").write_text("Nor this.")
    (made / "link.txt").symlink_to(tmp_path / "elsewhere.txt")
    return made


async def _found(url: str) -> TenantId:
    connection = await asyncpg.connect(url)
    tenant = TenantId.new()
    await connection.execute(
        "INSERT INTO tenants (tenant_id, name, slug, created_at, updated_at) VALUES ($1, 'Engines', $2, now(), now())",
        tenant,
        tenant.hex,
    )
    await connection.close()
    return tenant


async def _documents(url: str) -> list[tuple[str, str]]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("SELECT name, status FROM knowledge_documents ORDER BY name")
    await connection.close()
    return [tuple(row) for row in rows]


def test_folders_are_added_once(run: Any, folder: Path, fresh_database_url: str) -> None:
    assert run("db", "migrate").returncode == 0
    tenant = str(asyncio.run(_found(fresh_database_url)))
    assert "add --create" in refusal(run("knowledge", "add", "Help", str(folder), "--tenant", tenant))
    first = run("knowledge", "add", "Help", str(folder), "--tenant", tenant, "--create")
    assert first.returncode == 0, first.stderr
    assert first.stdout.endswith("2 added\n")
    assert asyncio.run(_documents(fresh_database_url)) == [("inner/two.md", "queued"), ("one.txt", "queued")]
    again = run("knowledge", "add", "Help", str(folder / "one.txt"), "--tenant", tenant)
    assert again.stdout.endswith("1 there already\n")
    waited = run("knowledge", "add", "Help", str(folder), "--tenant", tenant, "--wait", "0.1")
    assert "2 of 2 are not ready yet" in refusal(waited)
    asyncio.run(_settle(fresh_database_url))
    waited = run("knowledge", "add", "Help", str(folder / "one.txt"), "--tenant", tenant, "--wait", "60")
    assert waited.returncode == 0, waited.stderr
    assert waited.stdout.splitlines()[-1].startswith("ready ")


async def _settle(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("UPDATE knowledge_documents SET status = 'ready'")
    await connection.close()


def test_what_is_not_there_is_told(run: Any, folder: Path) -> None:
    assert "no id of a company" in refusal(run("knowledge", "add", "Help", str(folder), "--tenant", "engines"))
    assert run("db", "migrate").returncode == 0
    told = refusal(run("knowledge", "add", "Help", str(folder), "--tenant", str(TenantId.new())))
    assert "There is no company" in told
