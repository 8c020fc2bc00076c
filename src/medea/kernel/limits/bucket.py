"""Token buckets: the port, and its side in process memory.

A bucket of `amount` tokens refills evenly over `per` seconds; each request takes one. The headers follow
the IETF draft `RateLimit` fields (draft-ietf-httpapi-ratelimit-headers-07, the three-field form).
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
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


Bucket = tuple[Limit, str]
"""A limit and whose bucket of it is meant."""


class Limiter(Protocol):
    """Counts requests."""

    async def take(self, limit: Limit, subject: str) -> Decision:
        """Take one token of a subject's bucket, if there is one."""
        ...

    async def take_all(self, buckets: Sequence[Bucket]) -> list[Decision]:
        """Take one token of each of several buckets, or of none if one of them is empty.

        Args:
            buckets: at least one, each only once.

        Returns:
            What each of them says, in their order; those that are not allowed are empty.
        """
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
        return (await self.take_all(((limit, subject),)))[0]

    async def take_all(self, buckets: Sequence[Bucket]) -> list[Decision]:
        """Take one token of each of several buckets, or of none if one of them is empty."""
        now = self._clock()
        found = [self._tokens(limit, subject, now) for limit, subject in buckets]
        taken = 1 if all(tokens >= 1 for tokens in found) else 0
        decisions = []
        for (limit, subject), tokens in zip(buckets, found, strict=True):
            self._buckets[limit.name, subject] = (tokens - taken, now)
            decisions.append(Decision.of(limit, tokens - taken, is_allowed=tokens >= 1))
        while len(self._buckets) > self._capacity:
            self._buckets.popitem(last=False)
        return decisions

    def _tokens(self, limit: Limit, subject: str, now: float) -> float:
        full = float(limit.amount)
        tokens, at = self._buckets.pop((limit.name, subject), (full, now))
        return min(full, tokens + (now - at) * full / limit.per)


def tightest(decisions: Sequence[Decision]) -> Decision:
    """Return the decision that the caller has to go by: the longest refusal, else the bucket with least in it."""
    refused = [decision for decision in decisions if not decision.is_allowed]
    if refused:
        return max(refused, key=lambda decision: decision.retry_after)
    return min(decisions, key=lambda decision: decision.remaining)


def refusal(decision: Decision) -> LimitReached:
    """Return the refusal of an empty bucket; it carries `Retry-After` and the `RateLimit` headers."""
    return LimitReached(
        f"Too many requests; try again in {decision.retry_after} s.",
        headers=decision.headers,
        retry_after=decision.retry_after,
    )


async def require(limiter: Limiter, limit: Limit, subject: str) -> Decision:
    """Take a token or refuse.

    Raises:
        LimitReached: the bucket is empty; the error carries `Retry-After` and the `RateLimit` headers.
    """
    decision = await limiter.take(limit, subject)
    if not decision.is_allowed:
        raise refusal(decision)
    return decision
