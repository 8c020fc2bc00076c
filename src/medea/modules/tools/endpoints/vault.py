"""`/v1/secrets`: what tools' requests may hold. Values go in and never come out."""

from medea.kernel.ids import SecretId
from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import ListOf
from medea.modules.tools.errors import (
    SecretHostsInvalid,
    SecretInUse,
    SecretNameTaken,
    SecretNotFound,
    SecretValueNeeded,
)
from medea.modules.tools.permissions import Read, Write
from medea.modules.tools.schemas import SecretBind, SecretCreate, SecretRead, SecretReplace
from medea.modules.tools.service import secrets as service

router = make_router("/secrets", "Secrets")


@router.get("")
async def list_secrets(ctx: Read) -> ListOf[SecretRead]:
    """List secrets by name, and which tools use them."""
    return ListOf(data=[SecretRead.model_validate(secret) for secret in await service.list_secrets(ctx)])


@router.post("", status_code=201, responses=problems(SecretNameTaken, SecretHostsInvalid))
async def create_secret(body: SecretCreate, ctx: Write) -> SecretRead:
    """Add a secret."""
    return SecretRead.model_validate(await service.create_secret(ctx, body.name, body.value, body.hosts))


@router.put("/{secret_id}", responses=problems(SecretNotFound))
async def replace_secret(secret_id: SecretId, body: SecretReplace, ctx: Write) -> SecretRead:
    """Give a secret another value."""
    return SecretRead.model_validate(await service.replace_secret(ctx, secret_id, body.value))


@router.patch("/{secret_id}", responses=problems(SecretNotFound, SecretHostsInvalid, SecretValueNeeded))
async def bind_secret(secret_id: SecretId, body: SecretBind, ctx: Write) -> SecretRead:
    """Name the hosts that a secret may be sent to; further ones by who knows its value, or is an admin."""
    return SecretRead.model_validate(await service.replace_secret(ctx, secret_id, body.value, body.hosts))


@router.delete("/{secret_id}", status_code=204, responses=problems(SecretNotFound, SecretInUse))
async def delete_secret(secret_id: SecretId, ctx: Write) -> None:
    """Delete a secret that no tool uses."""
    await service.delete_secret(ctx, secret_id)
