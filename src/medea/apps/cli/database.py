"""`medea db`: schema and content of the database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

from medea.apps.cli.output import CommandFault, Steps, say
from medea.apps.cli.postgres import check_reachable, opened, read_settings
from medea.kernel.db.migrate import migrate
from medea.kernel.settings import Settings

if TYPE_CHECKING:
    from medea.apps.bootstrap import Installation


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


def run_seed() -> None:
    """Add what is missing of the demo."""

    async def work(settings: Settings) -> None:
        from medea.seeds.demo import seed

        steps = Steps()
        async with opened(settings) as url:
            await migrate(url)
            async with _installation(settings, url) as installation:
                with steps.step("Demo company") as remarks:
                    demo = await seed(installation.ports)
                    remarks.append("added" if demo and demo.is_new else "there already")
        if demo is None:
            raise CommandFault("The demo's e-mail address belongs to an account without a company: nothing was added.")
        say(f"Log in as {demo.email} with the password {demo.password}")

    asyncio.run(_checked(work))


def run_rebuild() -> None:
    """Write the read models of all conversations anew."""

    async def work(settings: Settings) -> None:
        from medea.modules.conversations.service.rebuilding import rebuild_all

        steps = Steps()
        async with opened(settings) as url:
            await migrate(url)
            async with _installation(settings, url) as installation:
                with steps.step("Read models") as remarks:
                    count = 0
                    async for done in rebuild_all(installation.ports):
                        count = done
                    remarks.append(f"{count} conversations")

    asyncio.run(_checked(work))


def shown_database() -> str:
    """Name the database that a command would work on, without its password."""
    settings = read_settings()
    if settings.database.url is None:
        return f"the database in {settings.data_dir.resolve()}"
    return f"the database {settings.database.url.rsplit('@', maxsplit=1)[-1]}"


@asynccontextmanager
async def _installation(settings: Settings, url: str) -> AsyncIterator["Installation"]:
    from medea.apps.bootstrap import open_installation

    installation = await open_installation(settings, url)
    try:
        yield installation
    finally:
        await installation.close()


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
