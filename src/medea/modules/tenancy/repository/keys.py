"""Queries on API keys of the bound company."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.ids import ApiKeyId
from medea.modules.tenancy.models import ApiKey
from medea.modules.tenancy.repository.pages import page_of


async def list_keys(db: AsyncSession, request: PageRequest) -> Page[ApiKey]:
    """Return keys, the oldest first."""
    return await page_of(db, select(ApiKey), ApiKey.id, request, ApiKeyId)


async def find_key_for_update(db: AsyncSession, key_id: ApiKeyId) -> ApiKey | None:
    """Return a key that nobody else changes or revokes until the transaction ends, or None."""
    return (await db.scalars(select(ApiKey).where(ApiKey.id == key_id).with_for_update())).one_or_none()


async def delete_key(db: AsyncSession, key_id: ApiKeyId) -> tuple[str, bytes] | None:
    """Delete a key and return its kind and hash, or None: no such key, or someone else was faster."""
    row = (
        await db.execute(delete(ApiKey).where(ApiKey.id == key_id).returning(ApiKey.kind, ApiKey.token_hash))
    ).one_or_none()
    return (row.kind, row.token_hash) if row else None
