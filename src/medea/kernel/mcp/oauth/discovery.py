"""Finding out who issues tokens for a server."""

from urllib.parse import urljoin, urlsplit

import httpx2
from mcp.client.auth.exceptions import OAuthFlowError
from mcp.client.auth.utils import (
    build_oauth_authorization_server_metadata_discovery_urls,
    build_protected_resource_metadata_discovery_urls,
    extract_resource_metadata_from_www_auth,
    extract_scope_from_www_auth,
    get_client_metadata_scopes,
    handle_auth_metadata_response,
    handle_protected_resource_response,
    validate_metadata_issuer,
)
from mcp.shared.auth import OAuthMetadata, ProtectedResourceMetadata
from mcp.shared.auth_utils import check_resource_allowed, resource_url_from_server_url

from medea.kernel.mcp.oauth.exchange import fetch
from medea.kernel.mcp.oauth.values import Authority, OAuthFailed
from medea.kernel.outbound.client import OutboundClient

_GRANTS = ["authorization_code", "refresh_token"]


async def discover(door: OutboundClient, url: str, challenge: str) -> Authority:
    """Return who issues tokens for a server.

    Args:
        door: the way out.
        url: of the server.
        challenge: its `WWW-Authenticate`, or empty.

    Raises:
        OAuthFailed: it does not say, or says what cannot be.
    """
    asked = httpx2.Response(401, headers={"WWW-Authenticate": challenge} if challenge else {})
    resource = await _resource(door, url, extract_resource_metadata_from_www_auth(asked))
    named = None if resource is None else str(resource.authorization_servers[0])
    found = await _authority(door, url, named)
    scopes = get_client_metadata_scopes(extract_scope_from_www_auth(asked), resource, found, _GRANTS)
    origin = _origin(url)
    audience = None if resource is None else _audience(url, resource)
    if found is None:  # before 2025-06-18: fixed addresses at the server itself
        return Authority(
            issuer=origin,
            authorize_url=urljoin(origin, "/authorize"),
            token_url=urljoin(origin, "/token"),
            register_url=urljoin(origin, "/register"),
            resource=audience,
            scopes=scopes,
            is_assumed=True,
        )
    return Authority(
        issuer=str(found.issuer),
        authorize_url=str(found.authorization_endpoint),
        token_url=str(found.token_endpoint),
        register_url=None if found.registration_endpoint is None else str(found.registration_endpoint),
        methods=_tuple(found.token_endpoint_auth_methods_supported),
        takes_documents=bool(found.client_id_metadata_document_supported),
        names_itself=bool(found.authorization_response_iss_parameter_supported),
        resource=audience,
        scopes=scopes,
    )


async def _resource(door: OutboundClient, url: str, told: str | None) -> ProtectedResourceMetadata | None:
    for place in build_protected_resource_metadata_discovery_urls(told, url):
        response = await fetch(door, place)
        if response.status_code >= 500 or response.status_code == 429:
            raise OAuthFailed(f"The server answered with status {response.status_code} when asked who issues tokens.")
        found = await handle_protected_resource_response(response)
        if found is None:
            continue
        if not check_resource_allowed(
            requested_resource=resource_url_from_server_url(url), configured_resource=str(found.resource)
        ):
            words = f"The server says that it is another one ({found.resource}); connect it under that address."
            raise OAuthFailed(words[:400], is_final=True)
        return found
    return None


async def _authority(door: OutboundClient, url: str, named: str | None) -> OAuthMetadata | None:
    expected = named or _origin(url)
    for place in build_oauth_authorization_server_metadata_discovery_urls(named, url):
        go_on, found = await handle_auth_metadata_response(await fetch(door, place))
        if not go_on:
            raise OAuthFailed("The server that issues tokens is out of order; try again later.")
        if found is None:
            continue
        if named is None and _origin(str(found.issuer)) == expected:
            expected = str(found.issuer)  # before 2025-06-18 it could be a path of the server
        try:
            validate_metadata_issuer(found, expected)
        except OAuthFlowError:
            words = f"The server that issues tokens is called {found.issuer}, not {expected} as it should be."
            raise OAuthFailed(words[:400], is_final=True) from None
        challenges = found.code_challenge_methods_supported
        if challenges is not None and "S256" not in challenges:
            raise OAuthFailed("The server that issues tokens does not know PKCE with S256.", is_final=True)
        return found
    if named is not None:
        raise OAuthFailed(f"{named[:200]} does not say how tokens are had there.", is_final=True)
    return None


def _audience(url: str, resource: ProtectedResourceMetadata) -> str:
    return str(resource.resource) if resource.resource else resource_url_from_server_url(url)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _tuple(found: list[str] | None) -> tuple[str, ...] | None:
    return None if found is None else tuple(found)
