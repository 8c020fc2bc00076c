"""Secrets of tenants: encrypted where they are kept, opened only for the request that needs them."""

from medea.kernel.auth.crypto import random_token
from medea.kernel.context import Context
from medea.kernel.ids import SecretId, TenantId, ToolId
from medea.modules.tools import repository
from medea.modules.tools.values import OwnTool


def _owner(tenant: TenantId, kind: str, of: SecretId | ToolId) -> str:
    return f"{kind}/{tenant}/{of}"


def seal_secret(ctx: Context, secret: SecretId, value: str) -> bytes:
    """Encrypt a secret for its place."""
    return ctx.ports.keyring.encrypt(value.encode(), _owner(ctx.tenant, "secret", secret))


async def open_secrets(ctx: Context, names: list[str]) -> dict[str, str]:
    """Return the values of secrets by name; those that are missing are left out."""
    if not names:
        return {}
    async with ctx.ports.database.transaction(ctx.tenant, durable=False) as sql:
        sealed = await repository.sealed_secrets(sql, names)
    return {
        name: ctx.ports.keyring.decrypt(ciphertext, _owner(ctx.tenant, "secret", secret)).decode()
        for name, (secret, ciphertext) in sealed.items()
    }


def new_signing(ctx: Context, tool: ToolId) -> tuple[str, bytes]:
    """Return a fresh signing secret, and the same encrypted."""
    secret = random_token("whs")
    return secret, ctx.ports.keyring.encrypt(secret.encode(), _owner(ctx.tenant, "tool", tool))


def open_signing(ctx: Context, tool: OwnTool) -> str:
    """Return what a tool's requests are signed with."""
    return ctx.ports.keyring.decrypt(tool.signing_ciphertext, _owner(ctx.tenant, "tool", tool.id)).decode()
