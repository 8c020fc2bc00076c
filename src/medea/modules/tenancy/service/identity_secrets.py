"""What a company signs its users' identity tokens with: one secret, made when it is first asked for."""

from dataclasses import dataclass
from datetime import datetime

from medea.kernel.auth.identity_token import new_identity_secret
from medea.kernel.context import Context, Ports
from medea.kernel.ids import TenantId
from medea.modules.tenancy import caches
from medea.modules.tenancy.events import IdentitySecretRotated
from medea.modules.tenancy.models import IdentitySecret
from medea.modules.tenancy.repository import identity_secrets as repository


@dataclass(frozen=True, slots=True)
class Identity:
    """The secret, for who may see it."""

    secret: str
    created_at: datetime


async def get_identity(ctx: Context) -> Identity:
    """Return the company's secret, made now if there is none."""
    row = await repository.find_secret(ctx.db)
    if row is None:
        at, (secret, ciphertext) = ctx.now(), _sealed(ctx)
        if await repository.add_secret(ctx.db, ctx.tenant, ciphertext, at):
            _forget(ctx)
            return Identity(secret, at)
        row = await repository.find_secret(ctx.db)  # two asked at once: both are shown the one that was kept
        assert row is not None  # noqa: S101 - rows of this table are never deleted
    return Identity(_opened(ctx.ports, row), row.created_at)


async def rotate_identity(ctx: Context) -> Identity:
    """Make another secret. Tokens signed with the present one are refused from now on, in every process."""
    at, (secret, ciphertext) = ctx.now(), _sealed(ctx)
    await repository.replace_secret(ctx.db, ctx.tenant, ciphertext, at)
    ctx.emit(IdentitySecretRotated(rotated_by=ctx.principal.user_id))
    _forget(ctx)
    return Identity(secret, at)


async def find_secret(ports: Ports, tenant_id: TenantId) -> str | None:
    """Return the company's secret, or None. Remembered, both."""

    async def load() -> str | None:
        async with ports.database.session(tenant_id) as db:
            row = await repository.find_secret(db)
        return None if row is None else _opened(ports, row)

    return await ports.cache(caches.IDENTITY_SECRETS).get(tenant_id, "current", load)


def _sealed(ctx: Context) -> tuple[str, bytes]:
    secret = new_identity_secret()
    return secret, ctx.ports.keyring.encrypt(secret.encode(), IdentitySecret(tenant_id=ctx.tenant).owner_of_secret)


def _opened(ports: Ports, row: IdentitySecret) -> str:
    return ports.keyring.decrypt(row.secret_ciphertext, row.owner_of_secret).decode()


def _forget(ctx: Context) -> None:
    tenant_id = ctx.tenant
    ctx.after_commit(lambda: ctx.ports.cache(caches.IDENTITY_SECRETS).forget(tenant_id))
