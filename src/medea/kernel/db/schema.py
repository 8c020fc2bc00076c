"""How tables are made: the one place that writes row-level security.

Three roles: `medea_owner` owns every table, `medea_app` is bound to one tenant by policy, `medea_system`
sees what its explicit policies show. A policy without a bound tenant matches no row, because
`nullif(current_setting(...), '')::uuid` is then NULL.
"""

from typing import Protocol

from medea.kernel.db.database import APP_ROLE, OWNER_ROLE, SYSTEM_ROLE

BOUND_TENANT = "nullif(current_setting('medea.tenant_id', true), '')::uuid"

ROLES_SQL = "\n".join(
    f"""DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
    CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
  END IF;
END $$;
GRANT {role} TO CURRENT_USER;"""
    for role in (OWNER_ROLE, APP_ROLE, SYSTEM_ROLE)
)


class Operations(Protocol):
    """The part of Alembic's `op` used here."""

    def execute(self, sqltext: str) -> None:
        """Run a statement."""
        ...


def _statements(op: Operations, statements: list[str]) -> None:
    for statement in statements:
        op.execute(statement)


def tenant_table(op: Operations, name: str, columns: str, *, app: str = "SELECT, INSERT, UPDATE, DELETE") -> None:
    """Create a tenant-owned table with its forced policies.

    Args:
        op: Alembic operations.
        name: table name.
        columns: SQL of the columns besides `tenant_id`, constraints included.
        app: privileges of `medea_app`; an append-only table gives `SELECT, INSERT`.
    """
    _statements(
        op,
        [
            f"CREATE TABLE {name} (tenant_id uuid NOT NULL, {columns})",
            f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
            (
                f"CREATE POLICY tenant ON {name} TO {APP_ROLE} USING (tenant_id = {BOUND_TENANT})"
                f" WITH CHECK (tenant_id = {BOUND_TENANT})"
            ),
            f"GRANT {app} ON {name} TO {APP_ROLE}",
        ],
    )


def platform_table(op: Operations, name: str, columns: str, *, system: str = "SELECT, INSERT, UPDATE, DELETE") -> None:
    """Create a table that belongs to no tenant: only `medea_system` may touch it."""
    _statements(
        op,
        [
            f"CREATE TABLE {name} ({columns})",
            f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
        ],
    )
    open_to_system(op, name, system)


def open_to_system(op: Operations, name: str, privileges: str = "SELECT") -> None:
    """Let `medea_system` see a table across tenants, with the given privileges and nothing more."""
    _statements(
        op,
        [
            f"CREATE POLICY system ON {name} TO {SYSTEM_ROLE} USING (true) WITH CHECK (true)",
            f"GRANT {privileges} ON {name} TO {SYSTEM_ROLE}",
        ],
    )
