"""What published versions, and comparisons of them, read as."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Self

from pydantic import Field

from medea.kernel.ids import UserId
from medea.kernel.web.wire import Wire
from medea.modules.agents.config import Change
from medea.modules.agents.models import Agent, AgentVersion
from medea.modules.agents.schemas.agent import ConfigRead


class PersonRead(Wire):
    """A person, as far as colleagues see one."""

    id: UserId
    name: str


class VersionRead(Wire):
    """A published version."""

    number: int
    note: str | None
    created_at: datetime
    created_by: PersonRead | None
    is_live: bool
    config: ConfigRead

    @classmethod
    def of(cls, agent: Agent, version: AgentVersion, authors: Mapping[UserId, object]) -> Self:
        """Read a row; whoever published it is looked for among the authors."""
        author = authors.get(version.created_by) if version.created_by else None
        return cls(
            number=version.number,
            note=version.note or None,
            created_at=version.created_at,
            created_by=PersonRead.model_validate(author) if author else None,
            is_live=version.number == agent.published_version,
            config=ConfigRead.model_validate(version.config),
        )


class ChangeRead(Wire):
    """One field that differs; members of appearance and retrieval are dotted (`appearance.accent`)."""

    field: str
    before: Any
    after: Any


class ComparisonRead(Wire):
    """What differs between two versions, or a version and the draft."""

    from_: int | Literal["draft"] = Field(serialization_alias="from", validation_alias="from")
    to: int | Literal["draft"]
    changes: list[ChangeRead]

    @classmethod
    def of(cls, before: int | None, after: int | None, changes: list[Change]) -> Self:
        """Read a comparison; None is the draft."""
        read = [ChangeRead.model_validate(change) for change in changes]
        return cls.model_validate({"from": before or "draft", "to": after or "draft", "changes": read})
