"""The database a command works on: the operator's, or the embedded one in the data folder."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg

from medea.apps.cli.output import CommandFault
from medea.kernel.datafolder import DataFolderInUse
from medea.kernel.db.embedded import EmbeddedPostgres, PostgresAddress
from medea.kernel.settings import Settings, find_misspelt

DATABASE = "medea"
_ASIDE = "or leave the setting out"


def read_settings() -> Settings:
    """Read the settings from the environment and `.env`; from here on the log goes where and how they say.

    Raises:
        CommandFault: One of them has a value that cannot be, or a name that is nearly one; the sentence names it.
    """
    from pydantic import ValidationError

    from medea.kernel.telemetry.logging import configure

    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = "MEDEA_" + "__".join(str(part).upper() for part in first["loc"])
        raise CommandFault(
            f"The setting {name} cannot be used: {first['msg'].removeprefix('Value error, ')}."
        ) from error
    if (misspelt := find_misspelt()) is not None:
        raise CommandFault("There is no setting {}: did you mean {}?".format(*misspelt))
    configure(settings.log_level, settings.log_format)
    return settings


async def ensure_database(address: PostgresAddress) -> str:
    """Make the database `medea` on the embedded server if it is not there, and return its URL."""
    url = address.url(DATABASE)
    try:
        connection = await asyncpg.connect(url)
    except asyncpg.InvalidCatalogNameError:
        connection = await asyncpg.connect(address.url())
        await connection.execute(f"CREATE DATABASE {DATABASE}")
    await connection.close()
    return url


@asynccontextmanager
async def opened(settings: Settings, *, alone: bool = False) -> AsyncIterator[str]:
    """Yield the URL of the database for the time of one command.

    Args:
        settings: Which database and data folder.
        alone: Refuse to share the embedded server with a Medea that is running.

    Raises:
        DataFolderInUse: A Medea is running and `alone` is asked for, or its server does not answer.
    """
    if settings.database.url is not None:
        yield settings.database.url
        return
    server = EmbeddedPostgres(settings.data_dir)
    try:
        address = await server.start()
    except DataFolderInUse:
        running = None if alone else server.running()
        if running is None:
            raise
        yield await ensure_database(running)
        return
    try:
        yield await ensure_database(address)
    finally:
        await server.stop()


async def check_reachable(url: str) -> None:
    """See that a database of the operator answers and is one that Medea can use.

    Raises:
        CommandFault: It cannot be reached, is too old, or has no pgvector.
    """
    connection = await _connect("MEDEA_DATABASE__URL", url)
    try:
        version = connection.get_server_version()
        has_vector = await connection.fetchval("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")
    finally:
        await connection.close()
    if version.major < 15:
        raise CommandFault(f"Medea needs PostgreSQL 15 or newer and MEDEA_DATABASE__URL leads to {version.major}.")
    if not has_vector:
        raise CommandFault(
            "The PostgreSQL of MEDEA_DATABASE__URL lacks pgvector: install the extension `vector` there."
        )


async def _connect(setting: str, url: str) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(url, timeout=10)
    except (OSError, asyncpg.PostgresError, ValueError) as error:
        why = re.sub(r"^\[Errno -?\d+\] ", "", str(error).strip()).rstrip(".") or "no answer"
        mend = "start it, or correct the address"
        if isinstance(error, asyncpg.InvalidCatalogNameError):
            mend = "make it with `createdb`, or correct the end of the address"
        elif isinstance(error, asyncpg.InvalidAuthorizationSpecificationError):
            mend = "correct user and password in the address, or let them in there"
        raise CommandFault(f"The database of {setting} cannot be used: {why}; {mend}.") from error


async def check_logins(settings: Settings) -> None:
    """See that logins of their own, where the settings name such, are of the roles that they are for.

    One of the application that may do more would see other companies' rows, whatever the policies say.

    Raises:
        CommandFault: One cannot be used, lacks its role, or the application's may do more than its role.
    """
    from medea.kernel.db.database import APP_ROLE, OWNER_ROLE, SYSTEM_ROLE  # brings SQLAlchemy along

    logins = {
        "MEDEA_DATABASE__APP_URL": (settings.database.app_url, APP_ROLE, (OWNER_ROLE, SYSTEM_ROLE)),
        "MEDEA_DATABASE__SYSTEM_URL": (settings.database.system_url, SYSTEM_ROLE, ()),
    }
    for setting, (url, role, others) in logins.items():
        if url is not None:
            await _check_login(setting, url, role, others)


async def _check_login(setting: str, url: str, role: str, others: Sequence[str]) -> None:
    connection = await _connect(setting, url)
    try:
        name, fits, may_more = await connection.fetchrow(
            "SELECT rolname, pg_has_role(rolname, $1, 'USAGE'), rolsuper OR rolbypassrls OR EXISTS ("
            "SELECT FROM unnest($2::text[]) AS other WHERE pg_has_role(rolname, other, 'USAGE'))"
            " FROM pg_roles WHERE rolname = current_user",
            role,
            list(others),
        )
    finally:
        await connection.close()
    if not fits:
        raise CommandFault(f"The login {name} of {setting} lacks the role {role}: grant it to the login, {_ASIDE}.")
    if others and may_more:
        raise CommandFault(
            f"The login {name} of {setting} may see all companies' rows: name one that is no superuser and has the "
            f"role {role} alone, {_ASIDE}."
        )


async def require_schema(url: str) -> None:
    """See that a database has the schema of this code.

    Raises:
        CommandFault: It has that of an earlier release, or none.
        SchemaTooNewError: It has that of a later one.
    """
    from medea.kernel.db.migrate import is_current

    if not await is_current(url):
        raise CommandFault("The database does not have the schema of this Medea: run `medea db migrate` first.")
