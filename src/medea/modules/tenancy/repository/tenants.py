"""The bound company itself."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from medea.modules.tenancy.models import Tenant


async def find_tenant(db: AsyncSession) -> Tenant | None:
    """Return the bound company: the only row there is."""
    return (await db.scalars(select(Tenant))).one_or_none()


async def lock_tenant(db: AsyncSession) -> None:
    """Let nobody else change the company's members or providers until the transaction ends."""
    await db.execute(select(Tenant.tenant_id).with_for_update(key_share=True))
