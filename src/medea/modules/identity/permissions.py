"""Identity has no scopes: people look after their own account only, and nobody else's."""

from medea.kernel.auth.scopes import Scope

SCOPES: tuple[Scope, ...] = ()
