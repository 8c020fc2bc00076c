"""How the company's own server says who a visitor is."""

from fastapi import Response

from medea.kernel.web.routes import make_router
from medea.modules.tenancy.permissions import Write
from medea.modules.tenancy.schemas.company import IdentityRead
from medea.modules.tenancy.service import identity_secrets

router = make_router("/tenant/identity", "Company")

_NOT_KEPT = {"cache-control": "no-store"}


@router.get("")
async def get_identity(ctx: Write, response: Response) -> IdentityRead:
    """Return the secret that identity tokens are signed with; the first call makes it.

    An identity token is a JWT signed with HS256; `sub` names the user, `exp` says until when it may be used.
    `POST /v1/widget/sessions` takes it as `identity_token`.
    """
    response.headers.update(_NOT_KEPT)
    return IdentityRead.model_validate(await identity_secrets.get_identity(ctx))


@router.post("/rotate")
async def rotate_identity(ctx: Write, response: Response) -> IdentityRead:
    """Make another secret. Tokens signed with the one of before are refused at once."""
    response.headers.update(_NOT_KEPT)
    return IdentityRead.model_validate(await identity_secrets.rotate_identity(ctx))
