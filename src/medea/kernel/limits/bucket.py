"""Token buckets: the port, and its side in process memory.

A bucket of `amount` tokens refills evenly over `per` seconds; each request takes one. The headers follow
the IETF draft `RateLimit` fields (draft-ietf-httpapi-ratelimit-headers-07, the three-field form).
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from medea.kernel.errors import LimitReached


@dataclass(frozen=True, slots=True)
class Limit:
    """How much of what.

    Attributes:
        name: what is limited, part of the key (`login`).
        amount: requests in a full bucket.
        per: seconds in which an empty bucket fills.
    """

    name: str
    amount: int
    per: float


@dataclass(frozen=True, slots=True)
class Decision:
    """Answer of a limiter."""

    is_allowed: bool
    limit: int
    remaining: int
    retry_after: int
    reset: int

    @classmethod
    def of(cls, limit: Limit, tokens: float, *, is_allowed: bool) -> "Decision":
        """Tell what a bucket with so many tokens left means to the caller."""
        rate = limit.amount / limit.per
        return cls(
            is_allowed,
            limit.amount,
            int(tokens),
            math.ceil(max(0.0, 1 - tokens) / rate),
            math.ceil((limit.amount - tokens) / rate),
        )

    @property
    def headers(self) -> dict[str, str]:
        """Headers that tell the caller where it stands."""
        headers = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }
        if not self.is_allowed:
            headers["Retry-After"] = str(self.retry_after)
        return headers


class Limiter(Protocol):
    """Counts requests."""

    async def take(self, limit: Limit, subject: str) -> Decision:
        """Take one token of a subject's bucket, if there is one."""
        ...


class MemoryLimiter:
    """Buckets in this process, the most recently used ones.

    Args:
        clock: monotonic seconds.
        capacity: buckets kept; beyond it the least recently used is dropped (and so is full again).
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, capacity: int = 100_000) -> None:
        self._clock = clock
        self._capacity = capacity
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    async def take(self, limit: Limit, subject: str) -> Decision:
        """Take one token of a subject's bucket, if there is one."""
        now = self._clock()
        key = (limit.name, subject)
        tokens, at = self._buckets.pop(key, (float(limit.amount), now))
        tokens = min(float(limit.amount), tokens + (now - at) * limit.amount / limit.per)
        is_allowed = tokens >= 1
        if is_allowed:
            tokens -= 1
        self._buckets[key] = (tokens, now)
        if len(self._buckets) > self._capacity:
            self._buckets.popitem(last=False)
        return Decision.of(limit, tokens, is_allowed=is_allowed)


async def require(limiter: Limiter, limit: Limit, subject: str) -> Decision:
    """Take a token or refuse.

    Raises:
        LimitReached: the bucket is empty; the error carries `Retry-After` and the `RateLimit` headers.
    """
    decision = await limiter.take(limit, subject)
    if not decision.is_allowed:
        raise LimitReached(
            f"Too many requests; try again in {decision.retry_after} s.",
            headers=decision.headers,
            retry_after=decision.retry_after,
        )
    return decision
