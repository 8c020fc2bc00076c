"""What every limiter must do."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from medea.kernel.errors import LimitReached
from medea.kernel.limits.bucket import Limit, Limiter, require, tightest

Advance = Callable[[float], Awaitable[None]]


class LimiterContract:
    """Subclass it with fixtures `limiter` and `advance`, which lets seconds pass."""

    @pytest.fixture
    def limit(self) -> Limit:
        return Limit(f"tests-{uuid4().hex}", amount=6, per=3600)

    async def test_a_full_bucket_gives_what_it_has_and_no_more(self, limiter: Limiter, limit: Limit) -> None:
        taken = [await limiter.take(limit, "ada@example.com") for _ in range(8)]
        assert [decision.is_allowed for decision in taken] == [True] * 6 + [False] * 2
        assert [decision.remaining for decision in taken] == [5, 4, 3, 2, 1, 0, 0, 0]
        assert {decision.limit for decision in taken} == {6}

    async def test_it_says_when_to_come_back(self, limiter: Limiter, limit: Limit) -> None:
        last = [await limiter.take(limit, "a") for _ in range(6)][-1]
        assert last.headers == {"RateLimit-Limit": "6", "RateLimit-Remaining": "0", "RateLimit-Reset": "3600"}
        with pytest.raises(LimitReached) as caught:
            await require(limiter, limit, "a")
        assert caught.value.headers["Retry-After"] == "600"
        assert caught.value.extra["retry_after"] == 600

    async def test_it_refills_evenly_and_not_over_its_brim(
        self, limiter: Limiter, advance: Advance, limit: Limit
    ) -> None:
        for _ in range(7):
            await limiter.take(limit, "a")
        await advance(591)
        refused = await limiter.take(limit, "a")
        assert not refused.is_allowed
        assert 1 <= refused.retry_after <= 10
        await advance(15)
        assert (await limiter.take(limit, "a")).is_allowed
        assert not (await limiter.take(limit, "a")).is_allowed
        await advance(36_000)
        assert [(await limiter.take(limit, "a")).is_allowed for _ in range(7)] == [True] * 6 + [False]

    async def test_subjects_and_limits_have_buckets_of_their_own(self, limiter: Limiter, limit: Limit) -> None:
        other = Limit(f"{limit.name}-other", amount=1, per=60)
        for _ in range(6):
            await limiter.take(limit, "a")
        assert not (await limiter.take(limit, "a")).is_allowed
        assert (await limiter.take(limit, "b")).is_allowed
        assert (await limiter.take(other, "a")).is_allowed
        assert not (await limiter.take(other, "a")).is_allowed

    async def test_many_at_once_get_no_more_than_there_is(self, limiter: Limiter, limit: Limit) -> None:
        decisions = await asyncio.gather(*(limiter.take(limit, "a\n:*é") for _ in range(50)))
        assert sum(decision.is_allowed for decision in decisions) == 6

    async def test_several_are_taken_from_together_or_not_at_all(self, limiter: Limiter, limit: Limit) -> None:
        small = Limit(f"{limit.name}-small", amount=2, per=3600)
        both = ((limit, "a"), (small, "b"))
        taken = [await limiter.take_all(both) for _ in range(3)]
        assert [[d.is_allowed for d in decisions] for decisions in taken] == [[True, True]] * 2 + [[True, False]]
        assert [[d.remaining for d in decisions] for decisions in taken] == [[5, 1], [4, 0], [4, 0]]
        assert tightest(taken[2]).headers["Retry-After"] == "1800"
        assert tightest(taken[0]).limit == 2
        assert (await limiter.take(limit, "a")).remaining == 3

    async def test_many_at_once_take_no_more_than_the_smallest_has(self, limiter: Limiter, limit: Limit) -> None:
        large = Limit(f"{limit.name}-large", amount=40, per=36_000)
        answers = await asyncio.gather(*(limiter.take_all(((large, "x"), (limit, f"y{n % 2}"))) for n in range(50)))
        assert sum(all(d.is_allowed for d in decisions) for decisions in answers) == 12
        assert (await limiter.take(large, "x")).remaining == 40 - 12 - 1
