"""What is written down of models: by the bound company, and by the operator for the platform's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from medea.kernel.db.sql import Sql
from medea.modules.tenancy.models import ModelEntry

FIELDS = (
    "name", "context_window", "input_price", "output_price", "cached_input_price", "has_tools", "has_vision",
    "is_enabled",
)  # fmt: skip
"""What an entry says, in the order of the statements below."""


async def list_entries(db: AsyncSession) -> list[ModelEntry]:
    """Return all entries of the company."""
    return list(await db.scalars(select(ModelEntry).order_by(ModelEntry.model)))


async def find_entry(db: AsyncSession, model: str) -> ModelEntry | None:
    """Return an entry or None."""
    return await db.scalar(
        select(ModelEntry).where(ModelEntry.model == model).execution_options(populate_existing=True)
    )


async def list_of_platform(sql: Sql) -> list[Mapping[str, Any]]:
    """Return the operator's entries."""
    return await sql.fetch("SELECT * FROM platform_model_entries ORDER BY model")


async def find_of_platform(sql: Sql, model: str) -> Mapping[str, Any] | None:
    """Return one of the operator's entries, locked against others who change it, or None."""
    await sql.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 20))", f"platform_model_entries/{model}")
    return await sql.fetchrow("SELECT * FROM platform_model_entries WHERE model = $1", model)


async def save_of_platform(sql: Sql, model: str, values: Mapping[str, Any], at: datetime) -> None:
    """Write one of the operator's entries."""
    await sql.execute(
        """
        INSERT INTO platform_model_entries (model, updated_at, name, context_window, input_price, output_price,
            cached_input_price, has_tools, has_vision, is_enabled)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (model) DO UPDATE SET updated_at = excluded.updated_at, name = excluded.name,
            context_window = excluded.context_window, input_price = excluded.input_price,
            output_price = excluded.output_price, cached_input_price = excluded.cached_input_price,
            has_tools = excluded.has_tools, has_vision = excluded.has_vision, is_enabled = excluded.is_enabled
        """,
        model,
        at,
        *(values[name] for name in FIELDS),
    )


async def delete_of_platform(sql: Sql, model: str) -> bool:
    """Delete one of the operator's entries. False: there is none."""
    found = await sql.fetchval("DELETE FROM platform_model_entries WHERE model = $1 RETURNING model", model)
    return found is not None
