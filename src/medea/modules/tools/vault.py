"""Secrets of tenants: encrypted where they are kept, opened only for the request that needs them.

Each is bound to the hosts that it may be sent to: by whoever adds it, or else by the first request that holds it. One
that is older than this rule goes anywhere until hosts are named; the dashboard says so.
"""

from collections.abc import Mapping, Sequence

from medea.kernel.auth.crypto import random_token
from medea.kernel.auth.rotation import Cipher
from medea.kernel.context import Context
from medea.kernel.ids import SecretId, TenantId, ToolId
from medea.modules.tools import repository
from medea.modules.tools.errors import ToolFailed
from medea.modules.tools.values import OwnTool, SealedSecret


def owner_of_secret(tenant: TenantId, secret: SecretId) -> str:
    """Return what a secret is encrypted for: it opens in no other row and no other company."""
    return f"secret/{tenant}/{secret}"


def owner_of_signing(tenant: TenantId, tool: ToolId) -> str:
    """Return what a tool's signing secret is encrypted for."""
    return f"tool/{tenant}/{tool}"


CIPHERS = (
    Cipher("secrets", "ciphertext", ("id",), lambda tenant, row: owner_of_secret(tenant, SecretId(row["id"]))),
    Cipher("tools", "signing_ciphertext", ("id",), lambda tenant, row: owner_of_signing(tenant, ToolId(row["id"]))),
)
"""What `medea keys rotate` encrypts anew."""


def seal_secret(ctx: Context, secret: SecretId, value: str) -> bytes:
    """Encrypt a secret for its place."""
    return ctx.ports.keyring.encrypt(value.encode(), owner_of_secret(ctx.tenant, secret))


async def open_secrets(ctx: Context, names: list[str], *, host: str) -> dict[str, str]:
    """Return the values of secrets by name, for a request to a host; those that are missing are left out.

    Args:
        ctx: its tenant is whose secrets they are.
        names: of the secrets.
        host: that the request goes to, as the outbound door writes it: lower case, IDNA, no brackets, no port.

    Raises:
        ToolFailed: one of them may not be sent to that host.
    """
    if not names:
        return {}
    async with ctx.ports.database.transaction(ctx.tenant, durable=False) as sql:
        sealed = await repository.sealed_secrets(sql, names)
        _refuse(sealed, host)
        if unbound := {name: found.id for name, found in sealed.items() if found.hosts == ()}:
            bound = await repository.bind_secrets(sql, list(unbound.values()), host)
            _refuse(bound, host)  # who bound one first decides
            sealed = {name: found for name, found in sealed.items() if name not in unbound} | bound
    return {
        name: ctx.ports.keyring.decrypt(found.ciphertext, owner_of_secret(ctx.tenant, found.id)).decode()
        for name, found in sealed.items()
    }


def _refuse(sealed: Mapping[str, SealedSecret], host: str) -> None:
    for name, found in sealed.items():
        if refusal := refusal_of(name, found.hosts, host):
            raise ToolFailed(refusal)


def refusal_of(name: str, hosts: Sequence[str] | None, host: str) -> str | None:
    """Say why a secret may not be sent to a host; None if it may.

    Args:
        name: of the secret.
        hosts: that it is bound to, `*.example.com` for all below; empty: not bound yet; None: to none, ever.
        host: lower case.
    """
    if not hosts or any(_covers(pattern, host) for pattern in hosts):
        return None
    return f"The secret {name} may only be sent to {', '.join(hosts)}, not to {host}; change the hosts of the secret."


def is_wider(hosts: Sequence[str], than: Sequence[str] | None) -> bool:
    """Tell whether a secret could go with these hosts where it cannot go now.

    Args:
        hosts: that it is to be bound to; empty: to that of the next request.
        than: those of now, as `refusal_of` takes them.
    """
    if not than:
        return False
    return not hosts or not all(any(_covers(known, host) for known in than) for host in hosts)


def _covers(pattern: str, host: str) -> bool:
    return host == pattern or (pattern.startswith("*.") and host.endswith(pattern[1:]))


def new_signing(ctx: Context, tool: ToolId) -> tuple[str, bytes]:
    """Return a fresh signing secret, and the same encrypted."""
    secret = random_token("whs")
    return secret, ctx.ports.keyring.encrypt(secret.encode(), owner_of_signing(ctx.tenant, tool))


def open_signing(ctx: Context, tool: OwnTool) -> str:
    """Return what a tool's requests are signed with."""
    return ctx.ports.keyring.decrypt(tool.signing_ciphertext, owner_of_signing(ctx.tenant, tool.id)).decode()
