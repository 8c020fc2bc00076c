"""Who may see and change tools, secrets and what visitors filled in."""

from typing import Annotated

from medea.kernel.auth.scopes import Role, Scope
from medea.kernel.context import Context
from medea.kernel.web.security import requires

SCOPES: tuple[Scope, ...] = (Scope("tools:read", Role.VIEWER), Scope("tools:write", Role.EDITOR))

Read = Annotated[Context, requires("tools:read")]
"""A context that may see tools, names of secrets, and what visitors filled in."""
Write = Annotated[Context, requires("tools:write")]
"""A context that may change them and try tools out."""
