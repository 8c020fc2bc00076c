"""Who may read and change knowledge."""

from typing import Annotated

from medea.kernel.auth.scopes import Role, Scope
from medea.kernel.context import Context
from medea.kernel.web.security import requires

SCOPES: tuple[Scope, ...] = (Scope("knowledge:read", Role.VIEWER), Scope("knowledge:write", Role.EDITOR))

Read = Annotated[Context, requires("knowledge:read")]
"""A context that may see and search knowledge."""
Write = Annotated[Context, requires("knowledge:write")]
"""A context that may change it."""
