"""Queries on the identity secret of the bound company: there is at most one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from medea.kernel.ids import TenantId
from medea.modules.tenancy.models import IdentitySecret


async def find_secret(db: AsyncSession) -> IdentitySecret | None:
    """Return the company's secret, or None."""
    return (await db.scalars(select(IdentitySecret))).one_or_none()


async def add_secret(db: AsyncSession, tenant_id: TenantId, ciphertext: bytes, at: datetime) -> bool:
    """Add the company's first secret. False: someone was faster."""
    values = {"tenant_id": tenant_id, "secret_ciphertext": ciphertext, "created_at": at}
    statement = insert(IdentitySecret).values(values).on_conflict_do_nothing().returning(IdentitySecret.tenant_id)
    return (await db.execute(statement)).one_or_none() is not None


async def replace_secret(db: AsyncSession, tenant_id: TenantId, ciphertext: bytes, at: datetime) -> None:
    """Put another secret in the place of the present one, or add the first."""
    values = {"secret_ciphertext": ciphertext, "created_at": at}
    statement = insert(IdentitySecret).values({"tenant_id": tenant_id, **values})
    await db.execute(statement.on_conflict_do_update(index_elements=[IdentitySecret.tenant_id], set_=values))
