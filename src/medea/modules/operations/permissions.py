"""Who may operate: no scope grants it, so that no role in a company and no key can."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from medea.kernel.auth.scopes import Scope
from medea.kernel.context import Context
from medea.kernel.errors import Unauthenticated
from medea.kernel.web.security import authenticate, open_context
from medea.modules.identity import facade as identity
from medea.modules.operations.errors import NotForYou

SCOPES: tuple[Scope, ...] = ()


async def _operator(request: Request) -> AsyncIterator[Context]:
    principal = await authenticate(request)
    if principal.tenant_id is None:
        raise Unauthenticated()
    async with open_context(request, principal) as ctx:
        if not await identity.is_operator(ctx):
            raise NotForYou()
        yield ctx


Operator = Annotated[Context, Depends(_operator, scope="function")]
"""A context of who operates the installation; its tenant is the company they happen to be in."""
