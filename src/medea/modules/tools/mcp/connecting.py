"""Where a server is and as whom it is asked: its address, its credentials, what of them must never be shown."""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping
from datetime import timedelta

from medea.kernel.context import Context
from medea.kernel.mcp.errors import McpFailed
from medea.kernel.mcp.values import Command, Endpoint, OnChange
from medea.modules.tenancy import facade as tenancy
from medea.modules.tools import hosts, vault
from medea.modules.tools.errors import ToolFailed
from medea.modules.tools.headers import SECRET
from medea.modules.tools.masking import Masking
from medea.modules.tools.mcp import grants
from medea.modules.tools.mcp.values import Server

REFRESH_TASK = "tools.refresh_mcp_server"
LONG = 20_000
"""Characters of what a server says from which on it is looked through in a thread."""


class Prepared:
    """A server ready to be asked on behalf of one use case.

    Attributes:
        endpoint: for `kernel/mcp`.
    """

    def __init__(
        self,
        ctx: Context,
        server: Server,
        headers: Mapping[str, str],
        command: Command | None,
        secrets: Iterable[str] = (),
    ) -> None:
        self._ctx = ctx.branch()
        self._server = server
        self._headers = headers
        self._secrets = {*headers.values(), *secrets}
        digest = hashlib.sha256("\n".join(f"{name}: {value}" for name, value in sorted(headers.items())).encode())
        self.endpoint = Endpoint(
            url=server.url,
            transport=server.transport,
            version=f"{server.revision}/{digest.hexdigest()}",
            authorize=self._authorize,
            command=command,
        )

    async def _authorize(self, refused: str | None) -> Mapping[str, str]:
        if self._server.auth != "oauth":
            return self._headers
        token = None if refused is None else refused.removeprefix("Bearer ")
        grant = await grants.current(self._ctx, self._server, token)
        if grant is None:
            return {}
        self._secrets.update(grants.secrets_of(grant))
        return {"Authorization": f"Bearer {grant.access_token}"}

    async def learn(self) -> None:
        """Learn the credentials of this moment: a connection that another use case opened asks for them by itself."""
        await self._authorize(None)

    async def masking(self) -> Masking:
        """Return what takes the credentials, those since `prepare`, out of what the server says."""
        await self.learn()
        parts = {part for value in self._secrets for part in (value, value.partition(" ")[2])}
        return Masking(part for part in parts if part)

    async def shown(self, failure: McpFailed) -> McpFailed:
        """Return a failure in words that may be shown: servers say in errors, too, what they were sent."""
        mask = await self.masking()
        is_long = len(failure.detail) > LONG
        return await asyncio.to_thread(failure.shown, mask.text) if is_long else failure.shown(mask.text)

    def on_change(self) -> OnChange:
        """Return what lets the server be asked anew what it offers."""
        ctx, server_id = self._ctx, self._server.id

        async def changed(wait: float) -> None:
            async with ctx.branch() as own:
                run_at = own.now() + timedelta(seconds=wait)
                own.enqueue(REFRESH_TASK, server_id=server_id, key=str(server_id), run_at=run_at)

        return changed


async def prepare(ctx: Context, server: Server) -> Prepared:
    """Make a server ready to be asked.

    Raises:
        McpFailed: a secret is missing or goes elsewhere, or its program is none of the operator's.
    """
    if server.transport == "stdio":
        return Prepared(ctx, server, {}, await find_program(ctx, server.program))
    names = sorted({name for value in server.headers.values() for name in SECRET.findall(value)})
    try:
        secrets = await vault.open_secrets(ctx, names, host=hosts.host_of(server.url))
    except ToolFailed as failure:
        raise McpFailed(failure.detail, kind="unauthorized", is_undone=True) from None
    missing = [name for name in names if name not in secrets]
    if missing:
        words = f"The secret {missing[0]} is missing; add it to the vault, or change the headers."
        raise McpFailed(words, kind="unauthorized", is_undone=True)
    headers = {
        name: SECRET.sub(lambda found: secrets[found[1]], value)
        for name, value in (server.headers if server.auth == "headers" else {}).items()
    }
    prepared = Prepared(ctx, server, headers, None, secrets.values())
    await prepared.learn()
    return prepared


async def find_program(ctx: Context, name: str) -> Command:
    """Return one of the operator's programs.

    Raises:
        McpFailed: there is none of this name, which may have been taken away since, or another company has come.
    """
    if not await is_alone(ctx):
        words = "Programs (stdio) are only for installations of one company; this one has several."
        raise McpFailed(words, kind="refused", is_undone=True)
    found = ctx.ports.mcp.programs.get(name)
    if found is None:
        words = f"The program {name!r} is not one that the operator of this installation allows."
        raise McpFailed(words, kind="refused", is_undone=True)
    return found


async def is_alone(ctx: Context) -> bool:
    """Say whether one company has the installation to itself."""
    return len(await tenancy.list_tenants(ctx.ports, None, 2)) < 2
