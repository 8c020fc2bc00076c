"""Who may see and change tools, secrets and what visitors filled in."""

from typing import Annotated

from medea.kernel.auth.scopes import Role, Scope
from medea.kernel.context import Context
from medea.kernel.web.security import requires

BIND = "secrets:bind"
"""To let a secret go to further hosts without knowing its value."""

SCOPES: tuple[Scope, ...] = (
    Scope("tools:read", Role.VIEWER),
    Scope("tools:write", Role.EDITOR),
    Scope(BIND, Role.ADMIN, is_for_keys=False),
    Scope("leads:read", Role.EDITOR, is_default_for_keys=False),
    Scope("leads:write", Role.EDITOR, is_default_for_keys=False),
)

Read = Annotated[Context, requires("tools:read")]
"""A context that may see tools and names of secrets."""
Write = Annotated[Context, requires("tools:write")]
"""A context that may change them and try tools out."""
ReadLeads = Annotated[Context, requires("leads:read")]
"""A context that may see what visitors filled in: all of it, people's addresses included."""
WriteLeads = Annotated[Context, requires("leads:write")]
"""A context that may delete it."""
