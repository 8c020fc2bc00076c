"""Who may read and change agents."""

from typing import Annotated

from medea.kernel.auth.scopes import Role, Scope
from medea.kernel.context import Context
from medea.kernel.web.security import requires

SCOPES: tuple[Scope, ...] = (Scope("agents:read", Role.VIEWER), Scope("agents:write", Role.EDITOR))

Read = Annotated[Context, requires("agents:read")]
"""A context that may see agents, drafts included."""
Write = Annotated[Context, requires("agents:write")]
"""A context that may change and publish them."""
