"""What PostgreSQL itself says of the tables, for tests that must cover a new table on arrival."""

from dataclasses import dataclass

import asyncpg

PLATFORM_TABLES = frozenset(
    {
        "alembic_version",
        "password_resets",
        "platform_model_entries",
        "schedules",
        "schema_state",
        "user_sessions",
        "users",
    }
)
"""Tables that belong to no tenant. A name is added here only with a reason why medea_app never touches it."""

_TABLES = """
SELECT c.relname AS name, pg_get_userbyid(c.relowner) AS owner, c.relkind::text AS kind,
       c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
       coalesce(a.attnotnull, false) AS has_tenant
FROM pg_class c
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND a.atttypid = 'uuid'::regtype
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relname
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table, view or the like of the public schema.

    Attributes:
        kind: `pg_class.relkind`; `r` is an ordinary table.
        has_tenant: whether it has `tenant_id uuid NOT NULL`.
    """

    name: str
    owner: str
    kind: str
    enabled: bool
    forced: bool
    has_tenant: bool

    @property
    def is_platform(self) -> bool:
        """Whether it is named as one that belongs to no tenant."""
        return self.name in PLATFORM_TABLES


async def list_tables(connection: asyncpg.Connection) -> list[Table]:
    """Return every table and view, extensions' own left out."""
    return [Table(**row) for row in await connection.fetch(_TABLES)]


async def list_columns(connection: asyncpg.Connection, table: str) -> list[str]:
    """Return the columns that a row can be written with, in order."""
    rows = await connection.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped"
        " AND attgenerated = '' AND attidentity <> 'a' ORDER BY attnum",
        table,
    )
    return [row["attname"] for row in rows]
