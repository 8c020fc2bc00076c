"""Rate limits in memory."""

import pytest

from medea.kernel.limits.bucket import Limit, Limiter, MemoryLimiter
from tests.contracts.limits import Advance, LimiterContract


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class TestContract(LimiterContract):
    @pytest.fixture
    def time(self) -> Time:
        return Time()

    @pytest.fixture
    def limiter(self, time: Time) -> Limiter:
        return MemoryLimiter(time)

    @pytest.fixture
    def advance(self, time: Time) -> Advance:
        async def wait(seconds: float) -> None:
            time.now += seconds

        return wait


async def test_the_longest_unused_bucket_goes_first() -> None:
    limiter, limit = MemoryLimiter(capacity=2), Limit("tests", amount=1, per=3600)
    for subject in ("a", "b", "c"):
        await limiter.take(limit, subject)
    assert not (await limiter.take(limit, "c")).is_allowed
    assert (await limiter.take(limit, "a")).is_allowed
