"""Who may see and change webhooks."""

from typing import Annotated

from medea.kernel.auth.scopes import Role, Scope
from medea.kernel.context import Context
from medea.kernel.web.security import requires

SCOPES: tuple[Scope, ...] = (
    Scope("webhooks:read", Role.EDITOR, is_default_for_keys=False),
    Scope("webhooks:write", Role.ADMIN, is_default_for_keys=False),
)

Read = Annotated[Context, requires("webhooks:read")]
"""A context that may see webhooks and what was delivered, which holds what visitors filled in."""
Write = Annotated[Context, requires("webhooks:write")]
"""A context that may send what happens here elsewhere."""
