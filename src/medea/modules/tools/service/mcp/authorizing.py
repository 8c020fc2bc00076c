"""OAuth: a person is sent to agree, comes back, and the server is theirs to use."""

from dataclasses import replace
from datetime import timedelta

import msgspec

from medea.kernel.context import Context
from medea.kernel.errors import FieldError, Forbidden
from medea.kernel.ids import ServerId, SessionId
from medea.kernel.mcp.errors import McpFailed
from medea.kernel.mcp.oauth.values import Grant, OAuthClient, OAuthFailed, Pending
from medea.kernel.text import clean_text
from medea.modules.tools import hosts, vault
from medea.modules.tools.errors import (
    AuthorizationFailed,
    AuthorizationUnknown,
    ServerInvalid,
    ServerNotFound,
    ToolFailed,
)
from medea.modules.tools.masking import Masking
from medea.modules.tools.mcp import grants, repository
from medea.modules.tools.mcp.values import Server
from medea.modules.tools.service.mcp import listing

CALLBACK = "/dashboard/tools/mcp/callback"
"""The page of the dashboard that a person comes back to."""
DOCUMENT = "/v1/mcp-client"
"""Where we say who we are, for authorization servers that take an address for a client's id."""
_AWAY = timedelta(minutes=15)


def redirect_uri(ctx: Context) -> str:
    """Return where answers come to."""
    return f"{ctx.ports.settings.dashboard_origin}{CALLBACK}"


def document_url(ctx: Context) -> str | None:
    """Return the address of the document about us; None: nobody out there could read it."""
    origin = ctx.ports.settings.dashboard_origin
    return f"{origin}{DOCUMENT}" if origin.startswith("https://") else None


async def start(ctx: Context, server_id: ServerId) -> str:
    """Return the address to send a person to, who agrees there that Medea may use the server.

    Raises:
        ServerNotFound: there is none.
        ServerInvalid: it is not connected by OAuth.
        AuthorizationFailed: it cannot be; the message says why.
        Forbidden: no person asks.
    """
    session = _session(ctx)
    async with ctx.transaction(durable=False) as sql:
        server = await repository.find_server(sql, server_id)
    if server is None:
        raise ServerNotFound()
    if server.auth != "oauth":
        raise ServerInvalid(errors=[FieldError("auth", "is not oauth", "auth")])
    earlier = await grants.find(ctx, server_id)
    try:
        pending, address = await ctx.ports.mcp.oauth.begin(
            ctx.ports.outbound,
            server.url,
            redirect_uri=redirect_uri(ctx),
            challenge=await _challenge(ctx, server),
            client=_client(server, earlier),
            document_url=document_url(ctx),
            granted=None if earlier is None else earlier.scope,
        )
        pending = await _with_secret(ctx, server, pending)
    except OAuthFailed as failure:
        raise AuthorizationFailed(failure.shown(_mask(earlier).text).detail) from None
    sealed = ctx.ports.keyring.encrypt(msgspec.json.encode(pending), grants.owner_of_pending(ctx.tenant, server_id))
    async with ctx.transaction() as sql:
        now = await repository.find_server(sql, server_id, for_update=True)
        if now is None:
            raise ServerNotFound()
        if _who(now) != _who(server):
            raise AuthorizationFailed("The server was changed just now. Connect again.", server_id=str(server_id))
        key = ctx.ports.keyring.hash_credential(pending.state)
        await repository.add_pending(sql, ctx.tenant, key, server_id, session, sealed, ctx.now() + _AWAY)
    return address


async def finish(
    ctx: Context, *, state: str, code: str | None, issuer: str | None, error: str | None, description: str | None
) -> Server:
    """Take a person's answer, and ask the server what it offers.

    Raises:
        AuthorizationUnknown: nobody was sent away with this `state` in this session, or it is long ago.
        AuthorizationFailed: the answer is a refusal, gives no token, or is for what the server was before a change.
        Forbidden: no person asks.
    """
    session = _session(ctx)
    async with ctx.transaction() as sql:
        found = await repository.take_pending(sql, ctx.ports.keyring.hash_credential(state), session, ctx.now())
    if found is None:
        raise AuthorizationUnknown()
    server_id, sealed = found
    opened = ctx.ports.keyring.decrypt(sealed, grants.owner_of_pending(ctx.tenant, server_id))
    pending = msgspec.json.decode(opened, type=Pending)
    mask = grants.masking_of(pending.client, code, pending.verifier, state)
    if code is None:
        words = "You did not agree" if error == "access_denied" else description or error or "There was no answer"
        words = mask.text(clean_text(words))
        raise AuthorizationFailed(f"{words[:300]}. Connect again if that was not meant.", server_id=str(server_id))
    try:
        grant = await ctx.ports.mcp.oauth.finish(ctx.ports.outbound, pending, code=code, issuer=issuer)
    except OAuthFailed as failure:
        raise AuthorizationFailed(failure.shown(mask.text).detail, server_id=str(server_id)) from None
    await _keep(ctx, server_id, grant)
    return await listing.refresh(ctx, server_id)


async def _keep(ctx: Context, server_id: ServerId, grant: Grant) -> None:
    async with ctx.transaction() as sql:
        server = await repository.find_server(sql, server_id, for_update=True)
        if server is None:
            raise ServerNotFound()
        if server.auth != "oauth" or server.url != grant.url or not _is_still(server, grant.client):
            words = "The server was changed while you were away, so this is not kept. Connect again."
            raise AuthorizationFailed(words, server_id=str(server_id))
        await grants.keep(ctx, sql, server_id, grant)
        renew_at = grants.renewal_time(grant, ctx.now())
        found = replace(server, revision=server.revision + 1, renew_at=renew_at, state="new", error=None)
        await repository.save_server(sql, ctx.tenant, found)


def _who(server: Server) -> tuple[str | None, ...]:
    """Return what an agreement is for, and as whom it is asked for."""
    return server.url, server.auth, server.oauth_client_id, server.oauth_client_secret


def _is_still(server: Server, client: OAuthClient) -> bool:
    """Say whether we are still this client there: the one that was entered by hand, or one that it registered."""
    return bool(client.issuer) if server.oauth_client_id is None else client.id == server.oauth_client_id


def _mask(earlier: Grant | None) -> Masking:
    return Masking(()) if earlier is None else Masking(grants.secrets_of(earlier))


def _session(ctx: Context) -> SessionId:
    if ctx.principal.session_id is None:
        raise Forbidden("Only a person who is logged in can do this, not a key.")
    return ctx.principal.session_id


async def _challenge(ctx: Context, server: Server) -> str:
    """Return what the server says when somebody asks whom it does not know."""
    try:
        await listing.ask(ctx, server)
    except McpFailed as failure:
        return failure.challenge
    return ""


def _client(server: Server, earlier: Grant | None) -> OAuthClient | None:
    if server.oauth_client_id is not None:
        return OAuthClient(id=server.oauth_client_id, secret="" if server.oauth_client_secret else None)
    if earlier is None or server.state == "unauthorized":
        return None  # who we are there may be what is not accepted any more
    return earlier.client


async def _with_secret(ctx: Context, server: Server, pending: Pending) -> Pending:
    """Return what is kept with the client secret that stands in the vault."""
    if server.oauth_client_secret is None:
        return pending
    host = hosts.host_of(pending.authority.token_url)
    try:
        secrets = await vault.open_secrets(ctx, [server.oauth_client_secret], host=host)
    except ToolFailed as failure:
        raise OAuthFailed(failure.detail, is_final=True) from None
    if server.oauth_client_secret not in secrets:
        raise OAuthFailed(f"The secret {server.oauth_client_secret} is missing; add it to the vault.", is_final=True)
    client = msgspec.structs.replace(pending.client, secret=secrets[server.oauth_client_secret])
    return msgspec.structs.replace(pending, client=client)
