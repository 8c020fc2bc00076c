"""Where this server may send requests on behalf of a tenant. Knows no HTTP client.

Two questions: `check_url` before a request, `check_address` for each address that a name resolved to.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

from yarl import URL

from medea.kernel.outbound.addresses import parse_address, refusal_of
from medea.kernel.outbound.errors import OutboundRefused

_MAX_URL = 2048
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\\]")
_CREDENTIALS = re.compile(r"[^/?#]*//[^/?#]*@")
_HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_NUMERIC_LABEL = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)
_LOCAL_SUFFIXES = (
    "localhost", "local", "internal", "localdomain", "lan", "home", "corp", "intranet", "private",
    "home.arpa", "in-addr.arpa", "ip6.arpa", "onion", "test", "invalid", "example", "alt",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """An address that passed.

    Attributes:
        url: the canonical form, and the only one to use: parsers disagree about others.
        host: lower case, IDNA-encoded, without brackets.
        is_private_allowed: the operator named this host; its addresses may be private.
    """

    url: URL
    host: str
    port: int
    is_private_allowed: bool


@dataclass(frozen=True, slots=True)
class OutboundPolicy:
    """What the door lets through.

    Attributes:
        allowed_private_hosts: `host` or `host:port` (IPv6 in brackets) that the operator allows although
            they are not public, on any port or that one.
        allowed_ports: for all other hosts.
        schemes: lower case.
    """

    allowed_private_hosts: frozenset[str] = frozenset()
    allowed_ports: frozenset[int] = frozenset({80, 443, 8080, 8443})
    schemes: frozenset[str] = frozenset({"https", "http"})

    def check_url(self, raw: str) -> Target:
        """Check a URL as it was given.

        Raises:
            OutboundRefused: with the reason in words and as `reason`.
        """
        if len(raw) > _MAX_URL:
            _refuse("malformed", "The address is too long.")
        if _UNPRINTABLE.search(raw):
            _refuse("malformed", "The address holds a space, a backslash or a control character.")
        try:
            url = URL(raw)
            host, port = url.raw_host, url.port
        except ValueError:
            _refuse("malformed", "This is not a valid address.")
        if url.scheme not in self.schemes:
            _refuse("scheme", f"The address must begin with {_either(f'{s}://' for s in self.schemes)}.")
        if not host or port is None or not 0 < port < 65536:
            _refuse("malformed", "The address needs a host name.")
        if _CREDENTIALS.match(raw):
            _refuse("credentials", "The address must not hold a user name or password.")
        host = host.lower().removesuffix(".")
        is_allowed = self._names(host, port)
        self._check_host(host, is_allowed=is_allowed)
        if not is_allowed and port not in self.allowed_ports:
            _refuse("port", f"Port {port} is not one of {', '.join(map(str, sorted(self.allowed_ports)))}.")
        return Target(url, host, port, is_allowed)

    def check_address(self, text: str, *, is_private_allowed: bool = False) -> None:
        """Check an IP address that a name was resolved to.

        Raises:
            OutboundRefused: it is not public.
        """
        if is_private_allowed:
            return
        address = parse_address(text)
        reason = "no IP address" if address is None else refusal_of(address)
        if reason is not None:
            _refuse("private", f"The address leads to {text} ({reason}), not to the public Internet.")

    def _names(self, host: str, port: int) -> bool:
        shown = f"[{host}]" if ":" in host else host
        return not self.allowed_private_hosts.isdisjoint({host, shown, f"{shown}:{port}"})

    def _check_host(self, host: str, *, is_allowed: bool) -> None:
        if "%" in host:
            _refuse("host", "The address holds a zone or an escaped host name.")
        address = parse_address(host)
        if address is not None:
            self.check_address(host, is_private_allowed=is_allowed)
            return
        if not _HOST_NAME.fullmatch(host) or len(host) > 253:
            _refuse("host", "The address has no valid host name.")
        if _NUMERIC_LABEL.fullmatch(host.rpartition(".")[2]):
            _refuse("host", "Write an IP address as four decimal numbers.")
        if is_allowed:
            return
        if "." not in host or any(host.endswith(f".{suffix}") for suffix in _LOCAL_SUFFIXES):
            _refuse("private", f"{host} is a name of a private network, not of the public Internet.")


def _refuse(reason: str, words: str) -> NoReturn:
    raise OutboundRefused(words, reason=reason)


def _either(words: Iterable[str]) -> str:
    return " or ".join(sorted(words, reverse=True))
