"""Rate limits in Redis: the contract, and what becomes of them when Redis is away."""

import asyncio
import time

import pytest

from medea.kernel.limits.bucket import Limit, Limiter
from medea.kernel.limits.redis import RedisLimiter
from medea.kernel.redis.server import RedisServer
from tests.contracts.limits import Advance, LimiterContract
from tests.support.redis import OwnRedis, delete_all, names_in

pytestmark = pytest.mark.services


class TestContract(LimiterContract):
    @pytest.fixture
    def limiter(self, redis_server: RedisServer) -> Limiter:
        return RedisLimiter(redis_server)

    @pytest.fixture
    def advance(self, redis_server: RedisServer) -> Advance:
        """Time cannot be moved, so the buckets are: what is in them has been there for longer."""

        async def wait(seconds: float) -> None:
            for name in await names_in(redis_server, "limit", ""):
                await redis_server.wire.ask("HINCRBYFLOAT", name, "at", -seconds)

        return wait


async def test_processes_share_a_bucket(redis_server: RedisServer) -> None:
    limit = Limit("shared", amount=10, per=3600)
    limiters = [RedisLimiter(redis_server) for _ in range(5)]
    decisions = await asyncio.gather(*(limiter.take(limit, "a") for limiter in limiters for _ in range(10)))
    assert sum(decision.is_allowed for decision in decisions) == 10


async def test_a_bucket_is_kept_until_it_is_full_and_names_nobody(redis_server: RedisServer) -> None:
    await RedisLimiter(redis_server).take(Limit("kept", amount=2, per=7200), "ada@example.com")
    [name] = await names_in(redis_server)
    assert b"ada" not in name
    assert 3_540_000 < await redis_server.wire.ask("PTTL", name) <= 3_601_000
    await delete_all(redis_server)


async def test_a_redis_that_hangs_delays_one_request_and_not_for_long(own_redis: OwnRedis) -> None:
    server = await RedisServer.connect(own_redis.url, "t:")
    limiter, limit = RedisLimiter(server), Limit("hanging", amount=1000, per=3600)
    await limiter.take(limit, "a")
    own_redis.hang()
    before = time.monotonic()
    for _ in range(200):
        assert (await limiter.take(limit, "a")).is_allowed
    assert time.monotonic() - before < 60, "two hundred times the waiting would be a hundred seconds"
    own_redis.go_on()
    await server.close()


async def test_requests_go_on_while_redis_is_away(own_redis: OwnRedis) -> None:
    server = await RedisServer.connect(own_redis.url, "t:")
    limiter, limit = RedisLimiter(server), Limit("away", amount=2, per=3600)
    assert (await limiter.take(limit, "a")).is_allowed
    await own_redis.kill()
    counted_here = [(await limiter.take(limit, "a")).is_allowed for _ in range(3)]
    assert counted_here == [True, True, False]
    await own_redis.start()
    async with asyncio.timeout(60):
        while limiter._away_until:
            await asyncio.sleep(0.1)
            await limiter.take(limit, "b")
    assert await server.wire.ask("EXISTS", limiter._key(limit, "b"))
    await server.close()
