"""What a company lets all its tools do."""

from medea.kernel.context import Context
from medea.kernel.errors import FieldError
from medea.modules.tools import caches, repository
from medea.modules.tools.errors import ToolInvalid
from medea.modules.tools.hosts import read_pattern


async def get_fetch_hosts(ctx: Context) -> list[str]:
    """Return the sites that agents may read."""
    async with ctx.transaction(durable=False) as sql:
        return list(await repository.get_fetch_hosts(sql))


async def set_fetch_hosts(ctx: Context, hosts: list[str]) -> list[str]:
    """Replace the sites that agents may read; the door out has its own word on each request.

    Raises:
        ToolInvalid: one of them is no name of a site.
    """
    try:
        cleaned = dict.fromkeys(read_pattern(host) for host in hosts)
    except ValueError as error:
        raise ToolInvalid(errors=[FieldError("fetch_hosts", str(error), "host")]) from error
    async with ctx.transaction() as sql:
        await repository.save_fetch_hosts(sql, ctx.tenant, list(cleaned), ctx.now())
        caches.forget_fetch_hosts(ctx)
    return list(cleaned)
