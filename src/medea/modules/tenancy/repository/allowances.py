"""What was agreed on with single companies, in the database. Only `medea_system` writes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from medea.kernel.db.sql import Sql
from medea.kernel.ids import TenantId


@dataclass(frozen=True, slots=True)
class Agreed:
    """What one company may, where that is not what all may; None: what all may."""

    knowledge_bases: int | None = None
    knowledge_documents: int | None = None
    knowledge_pages: int | None = None
    knowledge_bytes: int | None = None


_COLUMNS = ", ".join(Agreed.__slots__)


async def find_agreed(sql: Sql, tenant_id: TenantId) -> Agreed:
    """Return what was agreed on with a company."""
    row = await sql.fetchrow(f"SELECT {_COLUMNS} FROM tenant_allowances WHERE tenant_id = $1", tenant_id)
    return Agreed() if row is None else Agreed(**dict(row))


async def set_agreed(sql: Sql, tenant_id: TenantId, changes: Mapping[str, int | None], at: datetime) -> None:
    """Agree on something else with a company.

    Args:
        sql: a transaction of `medea_system`.
        tenant_id: which company.
        changes: members of `Agreed`; what is not named stays.
        at: now.
    """
    names = [name for name in Agreed.__slots__ if name in changes]
    columns = "".join(f", {name}" for name in names)
    values = "".join(f", ${number}" for number, _ in enumerate(names, 3))
    updates = "".join(f", {name} = excluded.{name}" for name in names)
    await sql.execute(
        f"INSERT INTO tenant_allowances (tenant_id, updated_at{columns}) VALUES ($1, $2{values})"
        f" ON CONFLICT (tenant_id) DO UPDATE SET updated_at = excluded.updated_at{updates}",
        tenant_id,
        at,
        *(changes[name] for name in names),
    )
