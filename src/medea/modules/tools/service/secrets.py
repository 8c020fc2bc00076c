"""The vault: names are shown, values go in and never come out."""

from collections.abc import Sequence

from medea.kernel.context import Context
from medea.kernel.db.sql import UniqueViolation
from medea.kernel.errors import FieldError
from medea.kernel.ids import SecretId
from medea.modules.tools import hosts, repository, vault
from medea.modules.tools.errors import (
    SecretHostsInvalid,
    SecretInUse,
    SecretNameTaken,
    SecretNotFound,
    SecretValueNeeded,
)
from medea.modules.tools.permissions import BIND
from medea.modules.tools.values import Secret


async def list_secrets(ctx: Context) -> list[Secret]:
    """Return the company's secrets by name, without their values."""
    async with ctx.transaction(durable=False) as sql:
        return await repository.list_secrets(sql)


async def create_secret(ctx: Context, name: str, value: str, bound_to: Sequence[str] = ()) -> Secret:
    """Add a secret.

    Args:
        ctx: of the request.
        name: that tools call it by.
        value: that is never shown again.
        bound_to: hosts that it may be sent to; without any, the first request with it binds it to its own.

    Raises:
        SecretNameTaken: another one has the name.
        SecretHostsInvalid: one of the hosts is none.
    """
    now = ctx.now()
    secret = Secret(id=SecretId.new(), name=name, hosts=_checked(bound_to), created_at=now, updated_at=now)
    try:
        async with ctx.transaction() as sql:
            await repository.add_secret(sql, ctx.tenant, secret, vault.seal_secret(ctx, secret.id, value))
    except UniqueViolation as error:
        raise SecretNameTaken(errors=[FieldError("name", "is taken by another secret", "taken")]) from error
    return secret


async def replace_secret(
    ctx: Context, secret: SecretId, value: str | None, bound_to: Sequence[str] | None = None
) -> Secret:
    """Give a secret another value, other hosts, or both; requests hold it so from the next one on.

    Who lets it go to further hosts knows its value, and gives it, or may do so without: otherwise anybody who edits
    tools could have it sent to a server of theirs.

    Raises:
        SecretNotFound: there is none.
        SecretHostsInvalid: one of the hosts is none.
        SecretValueNeeded: it could go further then, and the caller may not let it.
    """
    changed = None if bound_to is None else list(_checked(bound_to))
    sealed = None if value is None else vault.seal_secret(ctx, secret, value)
    async with ctx.transaction() as sql:
        is_there, before = await repository.find_secret_hosts(sql, secret)
        if not is_there:
            raise SecretNotFound()
        is_known = value is not None or ctx.principal.may(BIND)
        if changed is not None and not is_known and vault.is_wider(changed, before):
            words = "is needed: the secret could go to hosts then that it cannot go to now; or let an admin do this"
            raise SecretValueNeeded(errors=[FieldError("value", words, "required")])
        await repository.replace_secret(sql, secret, ciphertext=sealed, hosts=changed, at=ctx.now())
        return next(found for found in await repository.list_secrets(sql) if found.id == secret)


async def delete_secret(ctx: Context, secret: SecretId) -> None:
    """Delete a secret that no tool uses.

    Raises:
        SecretNotFound: there is none.
        SecretInUse: a tool's requests hold it.
    """
    async with ctx.transaction() as sql:
        found = next((one for one in await repository.list_secrets(sql) if one.id == secret), None)
        if found is None:
            raise SecretNotFound()
        if found.used_by:
            raise SecretInUse(f"{', '.join(found.used_by)} uses this secret; change the tool first.")
        await repository.delete_secret(sql, secret)


def _checked(patterns: Sequence[str]) -> tuple[str, ...]:
    try:
        return tuple(dict.fromkeys(hosts.read_pattern(pattern) for pattern in patterns))
    except ValueError as error:
        raise SecretHostsInvalid(errors=[FieldError("hosts", str(error), "host")]) from error
