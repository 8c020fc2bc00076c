"""Bringing a database to the schema of this code: roles, extension, Alembic migrations.

A hash of the migration files is kept beside the Alembic version, so that a start on an up-to-date
database costs one query and never imports Alembic.
"""

import hashlib
from pathlib import Path

import asyncpg

from medea.kernel.db.database import OWNER_ROLE, sqlalchemy_url
from medea.kernel.db.schema import ROLES_SQL

MIGRATIONS = Path(__file__).resolve().parents[4] / "migrations"
_LOCK = 0x6D656465  # "mede": one migration at a time per database


def schema_hash() -> str:
    """Return a hash of all migration files, in order."""
    digest = hashlib.sha256()
    for path in sorted((MIGRATIONS / "versions").glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:32]


class SchemaTooNewError(Exception):
    """The database belongs to a later release; the message is one sentence for the operator."""


async def is_current(url: str) -> bool:
    """Tell whether the database already has this code's schema.

    Raises:
        SchemaTooNewError: it has that of a later release.
    """
    connection = await asyncpg.connect(url)
    try:
        return await _is_current(connection)
    finally:
        await connection.close()


async def migrate(url: str) -> bool:
    """Create roles and extension, run what migrations are missing.

    Args:
        url: login with the right to create roles and extensions (embedded: the superuser).

    Returns:
        Whether anything was done.

    Raises:
        SchemaTooNewError: the database has the schema of a later release.
        asyncpg.PostgresError: the login may not do that, or pgvector is not installed on the server.
    """
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        if await _is_current(connection):
            return False
        await connection.execute(ROLES_SQL)
        await connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        await connection.execute(f"GRANT CREATE, USAGE ON SCHEMA public TO {OWNER_ROLE}")
        await connection.execute("GRANT USAGE ON SCHEMA public TO medea_app, medea_system")
        await _upgrade(url)
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_state"
            " (one bool PRIMARY KEY DEFAULT true CHECK (one), hash text NOT NULL);"
            "ALTER TABLE schema_state ENABLE ROW LEVEL SECURITY; ALTER TABLE schema_state FORCE ROW LEVEL SECURITY;"
        )
        await connection.execute(
            "INSERT INTO schema_state (hash) VALUES ($1) ON CONFLICT (one) DO UPDATE SET hash = excluded.hash",
            schema_hash(),
        )
        return True
    finally:
        await connection.close()


async def _is_current(connection: asyncpg.Connection) -> bool:
    if await connection.fetchval("SELECT to_regclass('public.schema_state')") is None:
        return False
    if await connection.fetchval("SELECT hash FROM schema_state") == schema_hash():
        return True
    found = await connection.fetchval("SELECT max(version_num) FROM alembic_version")
    if found is not None and found not in _revisions():
        raise SchemaTooNewError(
            f"The database has the schema of a later Medea (step {found}, this one knows {max(_revisions())}): "
            "start that release, or give this one another database."
        )
    return False


def _revisions() -> set[str]:
    """Return the steps that this code knows, which their files are named after."""
    return {path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("*.py")}


async def _upgrade(url: str) -> None:
    # Alembic takes 0.3 s to import and is needed only when there is something to migrate.
    from alembic import command
    from alembic.config import Config
    from sqlalchemy.ext.asyncio import create_async_engine

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_async_engine(
        sqlalchemy_url(url), connect_args={"server_settings": {"role": OWNER_ROLE, "application_name": "medea-migrate"}}
    )
    try:
        async with engine.connect() as connection:

            def run(sync_connection: object) -> None:
                config.attributes["connection"] = sync_connection
                command.upgrade(config, "head")

            await connection.run_sync(run)
            await connection.commit()
    finally:
        await engine.dispose()
