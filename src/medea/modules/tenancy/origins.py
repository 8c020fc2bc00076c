"""Origins of websites: `scheme://host[:port]` (RFC 6454), with `*.` for all subdomains."""

import ipaddress
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from yarl import URL

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")
_LONGEST_HOST = 253


def normalise_origin(text: str) -> str:
    """Return an origin as browsers send it: lower case, IDNA, no default port, no slash.

    Args:
        text: `https://shop.example.com`, `http://localhost:3000`, `https://*.example.com`; a trailing slash is let by.

    Raises:
        ValueError: with what to do about it.
    """
    text = text.strip()
    if text == "*":
        raise ValueError("leave the list empty to allow every website")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ValueError("must look like https://www.example.com") from error
    if parts.scheme.lower() not in _DEFAULT_PORTS:
        raise ValueError("must begin with https:// or http://")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or "?" in text or "#" in text:
        raise ValueError("must end after the host or port: an origin has no path")
    if "@" in parts.netloc or not parts.hostname:
        raise ValueError("must look like https://www.example.com")
    host = _host(parts.hostname)
    is_default = port is None or port == _DEFAULT_PORTS[parts.scheme.lower()]
    return f"{parts.scheme.lower()}://{host}" + ("" if is_default else f":{port}")


def _host(host: str) -> str:
    if ":" in host:
        try:
            return f"[{ipaddress.IPv6Address(host).compressed}]"
        except ValueError as error:
            raise ValueError("is not a valid IPv6 address") from error
    star, plain = ("*.", host[2:]) if host.startswith("*.") else ("", host)
    plain = plain.removesuffix(".").lower()
    if not plain.isascii():
        try:
            plain = URL.build(scheme="https", host=plain).raw_host or ""  # `encode("idna")` makes ss of ß
        except ValueError as error:
            raise ValueError("has no valid host name") from error
    labels = plain.split(".")
    if len(plain) > _LONGEST_HOST or not all(_LABEL.match(label) for label in labels):
        raise ValueError("has no valid host name; `*.` may stand at its beginning only")
    if star and len(labels) < 2:
        raise ValueError("allows a whole top-level domain; name the one below it")
    return star + plain


def is_origin_allowed(allowed: Sequence[str], origin: str) -> bool:
    """Tell whether an `Origin` header's value is among the allowed ones; an empty list allows every website.

    `https://*.example.com` allows each subdomain, at any depth, on that scheme and port, but not
    `https://example.com` itself.
    """
    if not allowed:
        return True
    try:
        given = normalise_origin(origin)
    except ValueError:  # `null` of sandboxed frames and files, or no origin at all
        return False
    if "*" in given:
        return False
    return any(given == entry or ("://*." in entry and _is_below(given, entry)) for entry in allowed)


def _is_below(origin: str, pattern: str) -> bool:
    scheme, _, rest = pattern.partition("://*.")
    return origin.startswith(f"{scheme}://") and origin[len(scheme) + 3 :].endswith(f".{rest}")
