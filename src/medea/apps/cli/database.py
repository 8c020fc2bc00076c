"""`medea db`: schema and content of the database."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg

from medea.apps.cli.output import Steps
from medea.apps.cli.postgres import check_reachable, opened, read_settings
from medea.kernel.db.migrate import migrate
from medea.kernel.settings import Settings


def run_migrate() -> None:
    """Bring the database to the schema of this code."""

    async def work(settings: Settings) -> None:
        steps = Steps()
        async with opened(settings) as url:
            with steps.step("Schema") as remarks:
                remarks.append("migrated" if await migrate(url) else "up to date")

    asyncio.run(_checked(work))


def run_reset() -> None:
    """Delete everything in the database and give it the schema again."""

    async def work(settings: Settings) -> None:
        steps = Steps()
        async with opened(settings, alone=True) as url:
            with steps.step("Empty database"):
                await _empty(url)
            with steps.step("Schema"):
                await migrate(url)

    asyncio.run(_checked(work))


def shown_database() -> str:
    """Name the database that a command would work on, without its password."""
    settings = read_settings()
    if settings.database.url is None:
        return f"the database in {settings.data_dir.resolve()}"
    return f"the database {settings.database.url.rsplit('@', maxsplit=1)[-1]}"


async def _checked(work: Callable[[Settings], Awaitable[None]]) -> None:
    settings = read_settings()
    if settings.database.url is not None:
        await check_reachable(settings.database.url)
    await work(settings)


async def _empty(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    finally:
        await connection.close()
