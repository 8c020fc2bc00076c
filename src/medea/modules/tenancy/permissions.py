"""Who may see and change a company."""

from typing import Annotated

from medea.kernel.auth.scopes import Role, Scope
from medea.kernel.context import Context
from medea.kernel.web.security import requires

READ = "tenancy:read"
WRITE = "tenancy:write"
OWNER = "tenancy:owner"

SCOPES: tuple[Scope, ...] = (
    Scope(READ, Role.VIEWER, is_default_for_keys=False),
    Scope(WRITE, Role.ADMIN, is_default_for_keys=False),
    Scope(OWNER, Role.OWNER, is_for_keys=False, is_default_for_keys=False),
)

Read = Annotated[Context, requires(READ)]
"""A context that may see the company, its members, keys and providers."""
Write = Annotated[Context, requires(WRITE)]
"""A context that may change them."""
