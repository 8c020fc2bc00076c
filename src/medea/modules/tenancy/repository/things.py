"""Queries on the bound company itself, its API keys and its model providers."""

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.ids import ApiKeyId, ProviderId
from medea.modules.tenancy.models import ApiKey, ModelProvider, Tenant
from medea.modules.tenancy.repository.pages import page_of


async def find_tenant(db: AsyncSession) -> Tenant | None:
    """Return the bound company: the only row there is."""
    return (await db.scalars(select(Tenant))).one_or_none()


async def list_keys(db: AsyncSession, request: PageRequest) -> Page[ApiKey]:
    """Return keys, the oldest first."""
    return await page_of(db, select(ApiKey), ApiKey.id, request, ApiKeyId)


async def delete_key(db: AsyncSession, key_id: ApiKeyId) -> tuple[str, bytes] | None:
    """Delete a key and return its kind and hash, or None: no such key, or someone else was faster."""
    row = (
        await db.execute(delete(ApiKey).where(ApiKey.id == key_id).returning(ApiKey.kind, ApiKey.token_hash))
    ).one_or_none()
    return (row.kind, row.token_hash) if row else None


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


async def lock_providers(db: AsyncSession) -> None:
    """Let nobody else change the company's providers until the transaction ends."""
    await db.execute(select(Tenant.tenant_id).with_for_update(key_share=True))


async def clear_default(db: AsyncSession) -> None:
    """Let no provider be the default one."""
    await db.execute(update(ModelProvider).where(ModelProvider.is_default).values(is_default=False))
