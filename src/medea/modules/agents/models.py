"""Tables of this module."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from medea.kernel.db.base import Base, IdType, TenantOwned
from medea.kernel.ids import AgentId, AgentVersionId, UserId
from medea.modules.agents.config import AgentConfig


class Agent(TenantOwned, Base):
    """An assistant and its draft."""

    __tablename__ = "agents"

    id: Mapped[AgentId] = mapped_column(IdType(AgentId), primary_key=True)
    slug: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="")
    system_prompt: Mapped[str] = mapped_column(Text, default="")
    examples: Mapped[list[Any]] = mapped_column(JSONB)
    model: Mapped[str | None] = mapped_column(Text)
    fallbacks: Mapped[list[Any]] = mapped_column(JSONB)
    temperature: Mapped[float | None]
    max_output_tokens: Mapped[int | None]
    greeting: Mapped[str] = mapped_column(Text, default="")
    suggested_questions: Mapped[list[Any]] = mapped_column(JSONB)
    appearance: Mapped[dict[str, Any]] = mapped_column(JSONB)
    retrieval: Mapped[dict[str, Any]] = mapped_column(JSONB)
    tools: Mapped[list[Any]] = mapped_column(JSONB)
    tool_limits: Mapped[dict[str, Any]] = mapped_column(JSONB)
    guardrails: Mapped[dict[str, Any]] = mapped_column(JSONB)
    published_version: Mapped[int | None]
    published_hash: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UserId | None] = mapped_column(IdType(UserId))
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    @property
    def config(self) -> AgentConfig:
        """The draft as a value."""
        return AgentConfig.from_json({name: getattr(self, name) for name in AgentConfig.__struct_fields__})

    @config.setter
    def config(self, config: AgentConfig) -> None:
        for name, value in config.to_json().items():
            setattr(self, name, msgspec.to_builtins(value))

    @property
    def has_unpublished_changes(self) -> bool:
        """Whether publishing now would make a version."""
        return self.config.content_hash != self.published_hash


class AgentVersion(TenantOwned, Base):
    """A frozen configuration. Rows are only ever added."""

    __tablename__ = "agent_versions"

    id: Mapped[AgentVersionId] = mapped_column(IdType(AgentVersionId), primary_key=True)
    agent_id: Mapped[AgentId] = mapped_column(IdType(AgentId))
    number: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")
    config_json: Mapped[dict[str, Any]] = mapped_column("config", JSONB)
    created_at: Mapped[datetime]
    created_by: Mapped[UserId | None] = mapped_column(IdType(UserId))

    @property
    def config(self) -> AgentConfig:
        """What was frozen."""
        return AgentConfig.from_json(self.config_json)
