"""The three steps: send a person to agree, take the answer, renew what it gave."""

import base64
import hashlib
import secrets
import time
from urllib.parse import urlencode, urlsplit, urlunsplit

import httpx2
from mcp.client.auth.exceptions import OAuthRegistrationError
from mcp.client.auth.utils import handle_registration_response, union_scopes
from mcp.shared.auth import OAuthToken
from pydantic import ValidationError

from medea.kernel.mcp.oauth.discovery import discover
from medea.kernel.mcp.oauth.exchange import check_safe, post_form, post_json, refusal
from medea.kernel.mcp.oauth.values import AuthMethod, Authority, Grant, OAuthClient, OAuthFailed, Pending
from medea.kernel.outbound.client import OutboundClient

_METHODS: tuple[AuthMethod, ...] = ("client_secret_basic", "client_secret_post", "none")  # the first that is taken
_DEAD = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "access_denied", "invalid_token"})


async def is_offered(door: OutboundClient, url: str, challenge: str) -> bool:
    """Say whether a server says who issues tokens for it."""
    try:
        return not (await discover(door, url, challenge)).is_assumed
    except OAuthFailed:
        return "resource_metadata" in challenge


async def begin(
    door: OutboundClient,
    url: str,
    *,
    redirect_uri: str,
    challenge: str = "",
    client: OAuthClient | None = None,
    document_url: str | None = None,
    granted: str | None = None,
) -> tuple[Pending, str]:
    """Find out who issues tokens for a server and introduce ourselves there.

    Args:
        door: the way out.
        url: of the server.
        redirect_uri: where the person's answer is to come.
        challenge: the server's `WWW-Authenticate`, or empty.
        client: what we are there already, registered or entered by hand.
        document_url: address of a public document about us; None: there is none.
        granted: scopes of an earlier grant, which are asked for again.

    Returns:
        What to keep, and the address to send the person to.

    Raises:
        OAuthFailed: in words for whoever connects the server.
    """
    authority = await discover(door, url, challenge)
    check_safe(door, authority.token_url, "address for tokens")
    check_safe(door, authority.authorize_url, "address for logging in")
    if client is not None and client.issuer and client.issuer != authority.issuer:
        client = None  # what another issuer registered is nobody here
    if client is None and authority.takes_documents and document_url is not None:
        client = OAuthClient(id=document_url, issuer=authority.issuer)
    if client is None:
        client = await _register(door, authority, redirect_uri)
    elif not client.issuer and client.secret is not None:
        method = next((m for m in _METHODS if m in (authority.methods or _METHODS)), _METHODS[0])
        client = OAuthClient(id=client.id, secret=client.secret, method=method)
    pending = Pending(
        url=url,
        state=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(64),
        redirect_uri=redirect_uri,
        authority=authority,
        client=client,
    )
    return pending, _address(pending, union_scopes(granted, authority.scopes))


def _address(pending: Pending, scopes: str | None) -> str:
    digest = hashlib.sha256(pending.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": pending.client.id,
        "redirect_uri": pending.redirect_uri,
        "state": pending.state,
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    if pending.authority.resource is not None:
        asked["resource"] = pending.authority.resource
    if scopes:
        asked["scope"] = scopes
        if "offline_access" in scopes.split():
            asked["prompt"] = "consent"  # OpenID Connect Core, 11
    parts = urlsplit(pending.authority.authorize_url)
    query = "&".join(filter(None, (parts.query, urlencode(asked))))
    return urlunsplit(parts._replace(query=query, fragment=""))


async def _register(door: OutboundClient, authority: Authority, redirect_uri: str) -> OAuthClient:
    if authority.register_url is None:
        words = f"{authority.issuer} registers nobody by itself: register Medea there and enter its client id."
        raise OAuthFailed(words, is_final=True)
    check_safe(door, authority.register_url, "address for registration")
    about: dict[str, object] = {
        "client_name": "Medea",
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "application_type": "web" if redirect_uri.startswith("https://") else "native",
    }
    if authority.methods is not None:
        about["token_endpoint_auth_method"] = next((m for m in _METHODS if m in authority.methods), _METHODS[0])
    if authority.scopes:
        about["scope"] = authority.scopes
    response = await post_json(door, authority.register_url, about)
    try:
        made = await handle_registration_response(response)
    except OAuthRegistrationError:
        code, said = refusal(response)
        why = said or code or f"status {response.status_code}"
        words = f"{authority.issuer} did not register Medea. If it has a client for you, enter its client id."
        words = f"{words} It said: {why}"
        raise OAuthFailed(words, is_final=True) from None
    wanted = made.token_endpoint_auth_method or ("none" if made.client_secret is None else "client_secret_basic")
    method = next((m for m in _METHODS if m == wanted), None)
    if method is None or (method != "none" and made.client_secret is None):
        raise OAuthFailed(f"{authority.issuer} wants a proof of identity that is not supported.", is_final=True)
    return OAuthClient(id=made.client_id, secret=made.client_secret, method=method, issuer=authority.issuer)


async def finish(door: OutboundClient, pending: Pending, *, code: str, issuer: str | None) -> Grant:
    """Turn the code that a person came back with into a token.

    Args:
        door: the way out.
        pending: whose `state` came back with the code.
        code: of the answer.
        issuer: `iss` of the answer.

    Raises:
        OAuthFailed: in words for that person.
    """
    authority = pending.authority
    if (issuer is None and authority.names_itself) or (issuer is not None and issuer != authority.issuer):
        raise OAuthFailed("The answer does not come from the server that was asked. Connect again.", is_final=True)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": pending.redirect_uri,
        "code_verifier": pending.verifier,
    }
    empty = Grant(url=pending.url, authority=authority, client=pending.client, access_token="")
    return await _token(door, empty, form)


async def renew(door: OutboundClient, grant: Grant) -> Grant:
    """Get another token for one that ends.

    Raises:
        OAuthFailed: it cannot be had; `is_final` says that a person has to agree anew.
    """
    if grant.refresh_token is None:
        raise OAuthFailed("The connection has expired and cannot renew itself. Connect again.", is_final=True)
    return await _token(door, grant, {"grant_type": "refresh_token", "refresh_token": grant.refresh_token})


async def _token(door: OutboundClient, grant: Grant, form: dict[str, str]) -> Grant:
    authority = grant.authority
    if authority.resource is not None:
        form["resource"] = authority.resource
    response = await post_form(door, authority.token_url, form, grant.client)
    if response.status_code not in {200, 201}:
        raise _refused(authority, response)
    try:
        token = OAuthToken.model_validate_json(response.content)
    except ValidationError:
        raise OAuthFailed(f"{authority.issuer} answered with something that is no token.") from None
    if not (token.access_token.isascii() and token.access_token.isprintable()):
        raise OAuthFailed(f"{authority.issuer} answered with a token that no request can hold.")
    return Grant(
        url=grant.url,
        authority=authority,
        client=grant.client,
        access_token=token.access_token,
        refresh_token=token.refresh_token or grant.refresh_token,
        expires_at=None if token.expires_in is None else time.time() + token.expires_in,
        scope=token.scope or grant.scope or authority.scopes,
    )


def _refused(authority: Authority, response: httpx2.Response) -> OAuthFailed:
    code, said = refusal(response)
    why = said or code or f"status {response.status_code}"
    is_final = code in _DEAD or (400 <= response.status_code < 500 and response.status_code not in {408, 429})
    return OAuthFailed(f"{authority.issuer} gave no token. Connect again. It said: {why}", is_final=is_final)
