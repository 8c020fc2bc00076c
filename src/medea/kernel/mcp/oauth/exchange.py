"""Single requests to authorization servers, through the door."""

import base64
import json
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx2

from medea.kernel.errors import AppError
from medea.kernel.mcp.oauth.values import OAuthClient, OAuthFailed
from medea.kernel.outbound.client import OutboundClient
from medea.kernel.outbound.errors import OutboundRefused
from medea.kernel.text import clean_text

_SECONDS = 10.0
_VERSION = {"MCP-Protocol-Version": "2025-11-25"}


async def fetch(door: OutboundClient, url: str) -> httpx2.Response:
    """Get a document.

    Raises:
        OAuthFailed: it cannot be had.
    """
    return await _send(door, "GET", url, {"Accept": "application/json", **_VERSION}, None, redirects=3)


async def post_json(door: OutboundClient, url: str, value: dict[str, Any]) -> httpx2.Response:
    """Send a JSON object.

    Raises:
        OAuthFailed: there is no answer.
    """
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    return await _send(door, "POST", url, headers, json.dumps(value).encode())


async def post_form(door: OutboundClient, url: str, form: dict[str, str], client: OAuthClient) -> httpx2.Response:
    """Send a form as this client, which proves itself in its way (RFC 6749, 2.3.1).

    Raises:
        OAuthFailed: there is no answer.
    """
    headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
    form = {**form, "client_id": client.id}
    if client.secret is not None and client.method == "client_secret_basic":
        pair = f"{quote(client.id, safe='')}:{quote(client.secret, safe='')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    elif client.secret is not None and client.method == "client_secret_post":
        form["client_secret"] = client.secret
    return await _send(door, "POST", url, headers, urlencode(form).encode())


def check_safe(door: OutboundClient, url: str, what: str) -> None:
    """Refuse an address that secrets must not go to: one without TLS, but for hosts that the operator named.

    Raises:
        OAuthFailed: it is one, or the door refuses it.
    """
    try:
        target = door.policy.check_url(url)
    except OutboundRefused as error:
        raise OAuthFailed(f"The {what} of this server is refused: {error.detail}", is_final=True) from None
    if target.url.scheme != "https" and not target.is_private_allowed:
        raise OAuthFailed(f"The {what} of this server is not protected by TLS (https://).", is_final=True)


def refusal(response: httpx2.Response) -> tuple[str, str]:
    """Return the code of an error and what is said about it (RFC 6749, 5.2); empty where it is none such."""
    try:
        body = json.loads(response.content)
        code, words = str(body.get("error", "")), str(body.get("error_description", ""))
    except (ValueError, AttributeError):
        return "", ""
    return clean_text(code), clean_text(words)


async def _send(
    door: OutboundClient, method: str, url: str, headers: dict[str, str], body: bytes | None, *, redirects: int = 0
) -> httpx2.Response:
    headers = {**headers, "User-Agent": "medea"}
    try:
        answer = await door.request(
            method, url, headers=headers, body=body, max_redirects=redirects, timeout=_SECONDS, purpose="mcp"
        )
    except AppError as error:
        host = urlsplit(url).netloc
        raise OAuthFailed(f"{host} cannot be asked: {error.detail}") from None
    return httpx2.Response(answer.status, content=answer.body, request=httpx2.Request(method, url))
