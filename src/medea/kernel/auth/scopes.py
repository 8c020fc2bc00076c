"""Scopes and roles. A module names its own scopes in its `permissions.py`; this is how they add up."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """A member's role in a tenant, strongest first."""

    OWNER = "owner"
    ADMIN = "admin"
    EDITOR = "editor"
    VIEWER = "viewer"


_ORDER = (Role.VIEWER, Role.EDITOR, Role.ADMIN, Role.OWNER)


@dataclass(frozen=True, slots=True)
class Scope:
    """One permission.

    Attributes:
        name: `<module>:<verb>`.
        role: the weakest role that has it.
        is_for_keys: whether a secret API key may carry it.
        is_default_for_keys: whether a key made without a list of scopes carries it.
    """

    name: str
    role: Role
    is_for_keys: bool = True
    is_default_for_keys: bool = True


class ScopeRegistry:
    """All scopes of the installation, gathered from the modules."""

    def __init__(self, scopes: Iterable[Scope]) -> None:
        self._scopes = {scope.name: scope for scope in scopes}

    def of_role(self, role: Role) -> frozenset[str]:
        """Return what a role may do."""
        rank = _ORDER.index(role)
        return frozenset(s.name for s in self._scopes.values() if _ORDER.index(s.role) <= rank)

    @property
    def for_keys(self) -> list[str]:
        """Names a secret key may carry, sorted."""
        return sorted(s.name for s in self._scopes.values() if s.is_for_keys)

    @property
    def default_for_keys(self) -> list[str]:
        """Names a secret key carries when none are chosen, sorted."""
        return sorted(s.name for s in self._scopes.values() if s.is_default_for_keys and s.is_for_keys)
