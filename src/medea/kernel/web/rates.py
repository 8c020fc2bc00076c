"""Rate limits of requests: one look at the limiter for each, whatever number of buckets it counts in.

A chat request counts for its tenant, for the key behind it, for its visitor, and for the address it comes from; any
other call with a credential for its caller and its tenant. Answers carry the `RateLimit-*` fields of the bucket that
is nearest to being empty.
"""

import ipaddress
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from fastapi import Request

from medea.kernel.auth.principal import Principal
from medea.kernel.ids import Id
from medea.kernel.limits.allowance import Covers, Rate, Subject
from medea.kernel.limits.bucket import Bucket, Decision, refusal, tightest
from medea.kernel.web.security import client_address, ports_of

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

HEADERS = "rate_headers"
"""Key in the request's state under which the edge finds what to add to the answer."""

CHARGED = "medea.charged"
"""Key in the scope of a request that was counted before its route was found."""


def rated(covers: Covers) -> Callable[[Endpoint], Endpoint]:
    """Mark an endpoint as one that counts in other buckets than ordinary calls do."""

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.covers = covers  # type: ignore[attr-defined]
        return endpoint

    return mark


def covers_of(endpoint: Callable[..., Any]) -> Covers:
    """Return which buckets an endpoint counts in."""
    found: Covers = getattr(endpoint, "covers", "api")
    return found


async def charge(request: Request, principal: Principal, covers: Covers) -> None:
    """Count a request.

    Raises:
        LimitReached: a bucket is empty; then none is charged.
    """
    ports = ports_of(request)
    allowance = ports.allowances(principal.tenant_id)
    buckets = _buckets(getattr(allowance, covers), request, principal, any_address=covers == "widget_sessions")
    if not buckets:
        return
    decision = tightest(await ports.limiter.take_all(buckets))
    if not decision.is_allowed:
        raise refusal(decision)
    request.scope["state"][HEADERS] = _encoded(decision)


def _buckets(rates: tuple[Rate, ...], request: Request, principal: Principal, *, any_address: bool) -> list[Bucket]:
    found: list[Bucket] = []
    for rate in rates:
        subject = _subject(rate.subject, request, principal, any_address=any_address)
        if subject is not None:
            found.append((rate.limit, subject))
    return found


def _subject(kind: Subject, request: Request, principal: Principal, *, any_address: bool) -> str | None:
    if kind == "address":
        return network_of(request) if any_address else public_network(client_address(request))
    if kind == "caller":
        return principal.id if principal.tenant_id else None
    named: dict[str, Id | None] = {
        "tenant": principal.tenant_id,
        "key": principal.api_key_id,
        "visitor": principal.visitor_id,
    }
    found = named[kind]
    return None if found is None else found.hex


@lru_cache(maxsize=10_000)
def public_network(address: str) -> str | None:
    """Return what an address counts as: itself, or the /64 of an IPv6 one, which is one subscriber's.

    None for private addresses: behind one stands a proxy that was not named (see `web.trust_proxy`), and everybody
    would share its bucket, or a colleague.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if not found.is_global:
        return None
    return str(found) if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False))


def network_of(request: Request) -> str:
    """Return what the caller's address counts as at doors where everybody is counted: see `public_network`.

    Without it whoever has a /64, as every subscriber has, would be somebody else with each request.
    """
    address = client_address(request)
    return public_network(address) or address


def _encoded(decision: Decision) -> list[tuple[bytes, bytes]]:
    return [
        (b"ratelimit-limit", b"%d" % decision.limit),
        (b"ratelimit-remaining", b"%d" % decision.remaining),
        (b"ratelimit-reset", b"%d" % decision.reset),
    ]
