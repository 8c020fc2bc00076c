"""Who may read, manage and hold conversations."""

from typing import Annotated

from medea.kernel.auth.scopes import Role, Scope
from medea.kernel.context import Context
from medea.kernel.errors import Forbidden
from medea.kernel.web.security import requires

CHAT = "conversations:chat"
REVIEW = "conversations:review"

SCOPES: tuple[Scope, ...] = (
    Scope("conversations:read", Role.VIEWER),
    Scope("conversations:write", Role.EDITOR),
    Scope(CHAT, Role.EDITOR),
    Scope(REVIEW, Role.EDITOR, is_default_for_keys=False),
)

Read = Annotated[Context, requires("conversations:read", CHAT)]
"""A context that may see conversations: all of the tenant's, or a visitor's own."""
ReadLog = Annotated[Context, requires("conversations:read")]
"""A context that may see what happened behind a conversation."""
Write = Annotated[Context, requires("conversations:write", CHAT)]
"""A context that may rename and judge."""
Chat = Annotated[Context, requires(CHAT)]
"""A context that may open conversations and say something in them."""

Reviewing = Annotated[Context, requires(REVIEW)]
"""A context that may see which answers wait for somebody to look at them, and decide on them."""


def refuse_visitors(ctx: Context) -> None:
    """Refuse visitors' sessions where a caller speaks for the tenant: brings instructions, sees every agent.

    Raises:
        Forbidden: a visitor asks.
    """
    if ctx.principal.is_visitor:
        raise Forbidden("Use a secret key here; a visitor session may only chat as a visitor.")
