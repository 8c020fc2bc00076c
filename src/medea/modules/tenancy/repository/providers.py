"""Queries on model providers of the bound company."""

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.ids import ProviderId
from medea.modules.tenancy.models import ModelProvider
from medea.modules.tenancy.repository.pages import page_of


async def list_providers(db: AsyncSession, request: PageRequest) -> Page[ModelProvider]:
    """Return providers, the oldest first."""
    return await page_of(db, select(ModelProvider), ModelProvider.id, request, ProviderId)


async def all_providers(db: AsyncSession) -> list[ModelProvider]:
    """Return all providers, the default one first."""
    found = await db.scalars(select(ModelProvider).order_by(ModelProvider.is_default.desc(), ModelProvider.id))
    return list(found)


async def find_provider(db: AsyncSession, provider_id: ProviderId) -> ModelProvider | None:
    """Return a provider or None."""
    return await db.get(ModelProvider, provider_id, populate_existing=True)


async def delete_provider(db: AsyncSession, provider_id: ProviderId) -> bool:
    """Delete a provider. False: no such provider, or someone else was faster."""
    statement = delete(ModelProvider).where(ModelProvider.id == provider_id).returning(ModelProvider.id)
    return (await db.scalars(statement)).one_or_none() is not None


async def clear_default(db: AsyncSession) -> None:
    """Let no provider be the default one."""
    await db.execute(update(ModelProvider).where(ModelProvider.is_default).values(is_default=False))
