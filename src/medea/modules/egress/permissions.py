"""Who may see where a company's work led."""

from typing import Annotated

from medea.kernel.auth.scopes import Role, Scope
from medea.kernel.context import Context
from medea.kernel.web.security import requires

SCOPES: tuple[Scope, ...] = (Scope("egress:read", Role.EDITOR, is_default_for_keys=False),)

Read = Annotated[Context, requires("egress:read")]
"""A context that may see it."""
