"""Tokens that people agreed to, and renewing them: one process does it, the others take what it got.

A token is renewed before it ends, by a job; whoever finds one that ends within half a minute, or that the server does
not accept any more, does not wait for the job. Who renews says so in the row first (`claimed_until`), as an
authorization server that gives each refresh token once takes two renewals at the same time for a theft.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import msgspec

from medea.kernel.auth.rotation import Cipher
from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.ids import ServerId, TenantId
from medea.kernel.mcp.oauth.values import Grant, OAuthClient, OAuthFailed
from medea.modules.tools.masking import Masking
from medea.modules.tools.mcp import health, repository
from medea.modules.tools.mcp.remembering import GRANTS, forget_grant
from medea.modules.tools.mcp.values import Server

_CLAIM = timedelta(seconds=25)  # longer than a renewal takes
_WAIT = 12.0  # seconds for the one who renews
_LOOK = 0.25  # seconds between two looks
_SOON = 30.0  # seconds before its end in which a token is not used any more
_EARLY = (60.0, 600.0)  # seconds before its end at which the job renews it: a fifth of its life between these


def owner_of_grant(tenant: TenantId, server: ServerId) -> str:
    """Return what a grant is encrypted for."""
    return f"mcp-grant/{tenant}/{server}"


def owner_of_pending(tenant: TenantId, server: ServerId) -> str:
    """Return what is kept while a person is away is encrypted for."""
    return f"mcp-pending/{tenant}/{server}"


CIPHERS = (
    Cipher(
        "mcp_grants",
        "ciphertext",
        ("server_id",),
        lambda tenant, row: owner_of_grant(tenant, ServerId(row["server_id"])),
    ),
    Cipher(
        "mcp_pending",
        "ciphertext",
        ("state_hash", "server_id"),
        lambda tenant, row: owner_of_pending(tenant, ServerId(row["server_id"])),
    ),
)
"""What `medea keys rotate` encrypts anew."""


def renewal_time(grant: Grant, now: datetime) -> datetime | None:
    """Return when the job renews a token; None: it cannot be, or does not end."""
    if grant.expires_at is None or grant.refresh_token is None:
        return None
    life = grant.expires_at - now.timestamp()
    early = min(max(life / 5, _EARLY[0]), _EARLY[1])
    return datetime.fromtimestamp(max(grant.expires_at - early, now.timestamp() + 1), UTC)


async def keep(ctx: Context, sql: Sql, server: ServerId, grant: Grant) -> None:
    """Write a grant in the caller's transaction."""
    sealed = ctx.ports.keyring.encrypt(msgspec.json.encode(grant), owner_of_grant(ctx.tenant, server))
    await repository.save_grant(sql, ctx.tenant, server, sealed, ctx.now())
    forget_grant(ctx, server)


def secrets_of(grant: Grant) -> list[str]:
    """Return what of a grant must never be shown."""
    return _values(grant.client, grant.access_token, grant.refresh_token)


def masking_of(client: OAuthClient | None, *others: str | None) -> Masking:
    """Return what takes secrets out of what an authorization server says.

    Args:
        client: who we are there.
        others: of what it was sent besides.
    """
    return Masking(_values(client, *others))


def _values(client: OAuthClient | None, *others: str | None) -> list[str]:
    secret = None if client is None else client.secret
    quoted = None if secret is None else quote(secret, safe="")  # as it stands within `Authorization: Basic`
    return [value for value in (secret, quoted, *others) if value]


async def find(ctx: Context, server: ServerId) -> Grant | None:
    """Return what was agreed to for a server, as it is in the database."""
    async with ctx.ports.database.transaction(ctx.tenant, durable=False) as sql:
        return await _read(ctx, sql, server)


async def _read(ctx: Context, sql: Sql, server: ServerId) -> Grant | None:
    found = await repository.find_grant(sql, server)
    if found is None:
        return None
    opened = ctx.ports.keyring.decrypt(found[0], owner_of_grant(ctx.tenant, server))
    return msgspec.json.decode(opened, type=Grant)


async def current(ctx: Context, server: Server, refused: str | None) -> Grant | None:
    """Return the grant to ask a server with, renewed where it ends; None: nobody has agreed yet, for this address.

    Args:
        ctx: no transaction may be open.
        server: whose grant.
        refused: the access token that the server has just refused; None: none.
    """
    grant = await ctx.ports.cache(GRANTS).get(ctx.tenant, str(server.id), lambda: find(ctx, server.id))
    if grant is None or grant.url != server.url:
        return None  # a connection to an address of before outlives the change for a while, as does what is remembered
    ends = grant.expires_at is not None and grant.expires_at - time.time() < _SOON
    if (not ends and grant.access_token != refused) or grant.refresh_token is None:
        return grant
    return await renew(ctx, server.id, grant)


async def renew(ctx: Context, server: ServerId, known: Grant) -> Grant | None:
    """Renew a token, or wait for who does; where it cannot be, return it as it was.

    Args:
        ctx: no transaction may be open.
        server: whose token.
        known: what the caller has; if the database holds another one by now, that is the answer.
    """
    deadline = time.monotonic() + _WAIT
    while True:
        now = ctx.now()
        async with ctx.ports.database.transaction(ctx.tenant) as sql:
            is_ours = await repository.claim_grant(sql, server, now, now + _CLAIM)
        found = await find(ctx, server)
        if found is None or found.access_token != known.access_token:
            if is_ours:
                await _release(ctx, server, now + _CLAIM)
            return found if found is not None and found.url == known.url else None
        if is_ours:
            return await _renew(ctx, server, found, now + _CLAIM)
        if time.monotonic() > deadline:
            return known
        await asyncio.sleep(_LOOK)


async def _renew(ctx: Context, server: ServerId, grant: Grant, claim: datetime) -> Grant | None:
    try:
        renewed = await ctx.ports.mcp.oauth.renew(ctx.ports.outbound, grant)
    except OAuthFailed as failure:
        shown = failure.shown(masking_of(grant.client, grant.access_token, grant.refresh_token).text)
        dead = msgspec.structs.replace(grant, refresh_token=None)  # asking again and again helps nobody
        found = await _replace(ctx, server, grant, dead if failure.is_final else grant, shown)
        if not failure.is_final:
            await _release(ctx, server, claim)
        return found
    except BaseException:
        await _release(ctx, server, claim)
        raise
    found = await _replace(ctx, server, grant, renewed, None)
    ctx.log.info("tools.mcp_token_renewed", server=str(server))
    return found


async def _replace(
    ctx: Context, server_id: ServerId, before: Grant, after: Grant, failure: OAuthFailed | None
) -> Grant | None:
    """Write what a renewal gave, if the grant is still the one that was renewed.

    While it went on, somebody may have agreed anew or given the server another address: then what there is now stays.

    Returns:
        What there is now; None: nothing for that address.
    """
    async with ctx.branch() as own, own.transaction() as sql:
        server = await repository.find_server(sql, server_id, for_update=True)
        held = None if server is None else await _read(own, sql, server_id)
        if server is None or held != before:
            return held if held is not None and held.url == before.url else None
        if after != before:
            await keep(own, sql, server_id, after)
        if failure is None:
            await health.renewed(own, sql, server, renewal_time(after, own.now()))
        else:
            await health.could_not_renew(own, sql, server, failure)
    return after


async def _release(ctx: Context, server: ServerId, claim: datetime) -> None:
    async with ctx.ports.database.transaction(ctx.tenant) as sql:
        await repository.release_grant(sql, server, claim)
