"""Declarative base of the ORM tables and the column types they share."""

from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import DateTime, MetaData, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from medea.kernel.ids import Id, TenantId

K = TypeVar("K", bound=Id)


class IdType(TypeDecorator[Any]):
    """A typed id in a `uuid` column."""

    impl = Uuid
    cache_ok = True

    def __init__(self, kind: type[Id]) -> None:
        super().__init__()
        self.kind = kind

    def process_result_value(self, value: Any, dialect: Dialect) -> Id | None:
        """Give back the typed id."""
        return None if value is None else self.kind(value)


class Base(DeclarativeBase):
    """Base of every table; the schema itself is made by the migrations."""

    metadata = MetaData()
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        list[str]: JSONB,
    }


class TenantOwned:
    """Mixin of a tenant-owned row."""

    tenant_id: Mapped[TenantId] = mapped_column(IdType(TenantId))
