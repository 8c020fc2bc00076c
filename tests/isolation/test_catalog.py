"""Row-level security is complete: asked of pg_catalog, so a new table is covered on arrival."""

import asyncpg
import pytest

from medea.kernel.db.database import APP_ROLE, OWNER_ROLE, SYSTEM_ROLE
from tests.isolation.catalog import PLATFORM_TABLES, list_tables

TENANT_CHECK = "(tenant_id = (NULLIF(current_setting('medea.tenant_id'::text, true), ''::text))::uuid)"
DATA_PRIVILEGES = {"SELECT", "INSERT", "UPDATE", "DELETE"}


async def test_there_are_only_ordinary_tables(admin: asyncpg.Connection) -> None:
    """A view runs with its owner's rights and a foreign table has no policies: each would need a rule of its own."""
    tables = await list_tables(admin)
    assert [t for t in tables if t.kind != "r"] == []
    assert len(tables) > len(PLATFORM_TABLES)


async def test_every_table_is_a_tenants_or_named_as_the_platforms(admin: asyncpg.Connection) -> None:
    tables = await list_tables(admin)
    assert [t.name for t in tables if t.has_tenant == t.is_platform] == []
    assert {t.name for t in tables} >= PLATFORM_TABLES


async def test_every_tenants_table_has_forced_row_security_and_the_owner_role(admin: asyncpg.Connection) -> None:
    owned = [t for t in await list_tables(admin) if not t.is_platform]
    assert [t.name for t in owned if not (t.enabled and t.forced)] == []
    assert [(t.name, t.owner) for t in owned if t.owner != OWNER_ROLE] == []


async def test_the_application_role_is_bound_to_the_tenant_on_every_table(admin: asyncpg.Connection) -> None:
    policies = await admin.fetch(
        "SELECT tablename, policyname, permissive, roles::text[] AS roles, cmd, qual, with_check FROM pg_policies"
        " WHERE schemaname = 'public'"
    )
    bound = set()
    for policy in policies:
        if policy["roles"] == [SYSTEM_ROLE]:
            continue
        assert policy["roles"] == [APP_ROLE], f"{policy['tablename']}.{policy['policyname']} is for others too"
        assert (policy["cmd"], policy["permissive"]) == ("ALL", "PERMISSIVE"), dict(policy)
        assert policy["qual"] == policy["with_check"] == TENANT_CHECK, dict(policy)
        bound.add(policy["tablename"])
    assert bound == {t.name for t in await list_tables(admin) if not t.is_platform}


async def test_the_application_role_has_no_privilege_that_goes_round_the_policies(admin: asyncpg.Connection) -> None:
    grants = await admin.fetch(
        "SELECT table_name, grantee, privilege_type, is_grantable FROM information_schema.table_privileges"
        " WHERE table_schema = 'public' AND grantee NOT IN ($1, current_user)",
        OWNER_ROLE,
    )
    for grant in grants:
        assert grant["grantee"] in {APP_ROLE, SYSTEM_ROLE}, dict(grant)
        assert grant["privilege_type"] in DATA_PRIVILEGES, f"TRUNCATE and its like know no rows: {dict(grant)}"
        assert grant["is_grantable"] == "NO", dict(grant)
        assert grant["grantee"] == SYSTEM_ROLE or grant["table_name"] not in PLATFORM_TABLES, dict(grant)
    columns = await admin.fetch(
        "SELECT table_name FROM information_schema.column_privileges WHERE table_schema = 'public' AND grantee = $1",
        APP_ROLE,
    )
    assert {row["table_name"] for row in columns}.isdisjoint(PLATFORM_TABLES)


async def test_the_roles_own_nothing_and_bypass_nothing(admin: asyncpg.Connection) -> None:
    roles = await admin.fetch("SELECT * FROM pg_roles WHERE rolname = ANY($1)", [APP_ROLE, SYSTEM_ROLE, OWNER_ROLE])
    assert len(roles) == 3
    for role in roles:
        forbidden = ("rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb", "rolreplication")
        assert [name for name in forbidden if role[name]] == [], role["rolname"]
    for kind in ("pg_class", "pg_proc", "pg_namespace"):
        column = {"pg_class": "relowner", "pg_proc": "proowner", "pg_namespace": "nspowner"}[kind]
        query = f"SELECT count(*) FROM {kind} WHERE pg_get_userbyid({column}) = ANY($1)"
        assert await admin.fetchval(query, [APP_ROLE, SYSTEM_ROLE]) == 0
    for schema_right in ("CREATE",):
        assert not await admin.fetchval("SELECT has_schema_privilege($1, 'public', $2)", APP_ROLE, schema_right)
    memberships = "SELECT count(*) FROM pg_auth_members WHERE pg_get_userbyid(member) = ANY($1)"
    assert await admin.fetchval(memberships, [APP_ROLE, SYSTEM_ROLE]) == 0


async def test_no_function_of_ours_lends_its_owners_rights(admin: asyncpg.Connection) -> None:
    lending = await admin.fetch(
        "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = pg_proc.oid AND d.deptype = 'e')"
    )
    assert [row["proname"] for row in lending] == []


async def test_a_row_refers_only_to_rows_of_its_own_tenant(admin: asyncpg.Connection) -> None:
    """A foreign key is checked without row security, so between tenants' tables it must carry the tenant."""
    keys = await admin.fetch(
        "SELECT conname, conrelid::regclass::text AS source, confrelid::regclass::text AS target,"
        " ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY(conkey)) AS columns"
        " FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
    )
    owned = {t.name for t in await list_tables(admin) if not t.is_platform}
    between = [key for key in keys if {key["source"], key["target"]} <= owned]
    assert between
    assert [key["conname"] for key in between if "tenant_id" not in key["columns"]] == []


CHECKS = [value for name, value in sorted(globals().items()) if name.startswith("test_")]


@pytest.mark.parametrize(
    "hole",
    [
        "CREATE TABLE leak (tenant_id uuid NOT NULL)",
        "CREATE TABLE leak (id uuid)",
        "CREATE VIEW leak AS SELECT * FROM agents",
        "CREATE MATERIALIZED VIEW leak AS SELECT * FROM agents",
        "CREATE TABLE leak (tenant_id uuid)",
        "ALTER TABLE agents DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE agents NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE agents OWNER TO medea_app",
        "CREATE POLICY open ON agents USING (true)",
        "CREATE POLICY open ON agents TO medea_app USING (true)",
        "DROP POLICY tenant ON agents",
        "GRANT SELECT ON users TO medea_app",
        "GRANT SELECT (email) ON users TO medea_app",
        "GRANT SELECT ON agents TO PUBLIC",
        "GRANT TRUNCATE ON agents TO medea_app",
        "ALTER ROLE medea_app BYPASSRLS",
        "GRANT medea_system TO medea_app",
        "GRANT CREATE ON SCHEMA public TO medea_app",
        "CREATE FUNCTION leak() RETURNS bigint SECURITY DEFINER LANGUAGE sql AS 'SELECT count(*) FROM agents'",
        "ALTER TABLE agents ADD COLUMN key uuid REFERENCES api_keys (id)",
    ],
)
async def test_each_hole_is_found(admin: asyncpg.Connection, hole: str) -> None:
    transaction = admin.transaction()
    await transaction.start()
    try:
        await admin.execute(hole)
        found = 0
        for check in CHECKS:
            try:
                await check(admin)
            except AssertionError:
                found += 1
        assert found > 0, "no check saw it"
    finally:
        await transaction.rollback()
