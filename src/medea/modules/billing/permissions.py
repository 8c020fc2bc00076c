"""Who may see and change budgets."""

from typing import Annotated

from medea.kernel.auth.scopes import Role, Scope
from medea.kernel.context import Context
from medea.kernel.web.security import requires

READ = "billing:read"
WRITE = "billing:write"

SCOPES: tuple[Scope, ...] = (
    Scope(READ, Role.VIEWER, is_default_for_keys=False),
    Scope(WRITE, Role.ADMIN, is_default_for_keys=False),
)

Read = Annotated[Context, requires(READ)]
"""A context that may see budgets and what is spent."""
Write = Annotated[Context, requires(WRITE)]
"""A context that may set them."""
