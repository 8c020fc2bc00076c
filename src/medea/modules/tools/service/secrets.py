"""The vault: names are shown, values go in and never come out."""

from medea.kernel.context import Context
from medea.kernel.db.sql import UniqueViolation
from medea.kernel.errors import FieldError
from medea.kernel.ids import SecretId
from medea.modules.tools import repository, vault
from medea.modules.tools.errors import SecretInUse, SecretNameTaken, SecretNotFound
from medea.modules.tools.values import Secret


async def list_secrets(ctx: Context) -> list[Secret]:
    """Return the company's secrets by name, without their values."""
    async with ctx.transaction(durable=False) as sql:
        return await repository.list_secrets(sql)


async def create_secret(ctx: Context, name: str, value: str) -> Secret:
    """Add a secret.

    Raises:
        SecretNameTaken: another one has the name.
    """
    secret, now = SecretId.new(), ctx.now()
    try:
        async with ctx.transaction() as sql:
            await repository.add_secret(sql, ctx.tenant, secret, name, vault.seal_secret(ctx, secret, value), now)
    except UniqueViolation as error:
        raise SecretNameTaken(errors=[FieldError("name", "is taken by another secret", "taken")]) from error
    return Secret(id=secret, name=name, created_at=now, updated_at=now)


async def replace_secret(ctx: Context, secret: SecretId, value: str) -> Secret:
    """Give a secret another value; requests hold it from the next one on.

    Raises:
        SecretNotFound: there is none.
    """
    async with ctx.transaction() as sql:
        if not await repository.replace_secret(sql, secret, vault.seal_secret(ctx, secret, value), ctx.now()):
            raise SecretNotFound()
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
