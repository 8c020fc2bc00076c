"""What a company lets all its tools do."""

import re

from medea.kernel.context import Context
from medea.kernel.errors import FieldError
from medea.modules.tools import caches, repository
from medea.modules.tools.errors import ToolInvalid

_HOST = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}|localhost|\d{1,3}(\.\d{1,3}){3}")


async def get_fetch_hosts(ctx: Context) -> list[str]:
    """Return the sites that agents may read."""
    async with ctx.transaction(durable=False) as sql:
        return list(await repository.get_fetch_hosts(sql))


async def set_fetch_hosts(ctx: Context, hosts: list[str]) -> list[str]:
    """Replace the sites that agents may read; the door out has its own word on each request.

    Raises:
        ToolInvalid: one of them is no name of a site.
    """
    cleaned: dict[str, None] = {}
    for host in hosts:
        name = host.strip().lower().removeprefix("https://").removeprefix("http://").partition("/")[0]
        try:
            name = name if name.isascii() else name.encode("idna").decode()
        except UnicodeError:
            name = ""
        if not _HOST.fullmatch(name):
            words = f"{host[:60]!r} is not a site such as docs.example.com or *.example.com"
            raise ToolInvalid(errors=[FieldError("fetch_hosts", words, "host")])
        cleaned[name] = None
    async with ctx.transaction() as sql:
        await repository.save_fetch_hosts(sql, ctx.tenant, list(cleaned), ctx.now())
        caches.forget_fetch_hosts(ctx)
    return list(cleaned)
