"""Token buckets that all processes share, in Redis.

One script reads, refills and takes in one step, by Redis' own clock, so that no two processes can spend the
same token. While Redis is away each process counts for itself: requests go on, limits are as many times
wider as there are processes.
"""

import asyncio
import hashlib
import time
from collections.abc import Sequence

import structlog

from medea.kernel.limits.bucket import Bucket, Decision, Limit, Limiter, MemoryLimiter
from medea.kernel.redis.server import REDIS_FAULTS, RedisServer

TAKE_SECONDS = 0.5  # a request waits no longer for Redis
AWAY_SECONDS = 1.0  # Redis is left alone for so long after it did not answer

# KEYS: buckets. ARGV, for each: tokens in a full one, seconds in which an empty one fills. Takes of all or of none;
# answers {tokens that were in each, as text, before anything was taken}
_TAKE = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local found, taken = {}, 1
for i, key in ipairs(KEYS) do
  local full, per = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local bucket = redis.call('HMGET', key, 'tokens', 'at')
  local tokens, at = tonumber(bucket[1]) or full, tonumber(bucket[2]) or now
  found[i] = math.min(full, tokens + math.max(0, now - at) * full / per)
  if found[i] < 1 then taken = 0 end
end
local answer = {}
for i, key in ipairs(KEYS) do
  local full, per = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local left = found[i] - taken
  redis.call('HSET', key, 'tokens', string.format('%.17g', left), 'at', string.format('%.17g', now))
  redis.call('PEXPIRE', key, math.ceil((full - left) * per / full * 1000) + 1000)
  answer[i] = string.format('%.17g', found[i])
end
return answer
"""

_log = structlog.get_logger()


class RedisLimiter:
    """Buckets of all processes. See `Limiter`.

    Args:
        server: the Redis.
        fallback: counts while Redis is away; by default the memory of this process.
    """

    def __init__(self, server: RedisServer, fallback: Limiter | None = None) -> None:
        self._server = server
        self._fallback = fallback or MemoryLimiter()
        self._away_until = 0.0

    async def take(self, limit: Limit, subject: str) -> Decision:
        """Take one token of a subject's bucket, if there is one."""
        return (await self.take_all(((limit, subject),)))[0]

    async def take_all(self, buckets: Sequence[Bucket]) -> list[Decision]:
        """Take one token of each of several buckets, or of none if one of them is empty, in one step."""
        now = time.monotonic()
        if now < self._away_until:
            return await self._fallback.take_all(buckets)
        if self._away_until:
            self._away_until = now + AWAY_SECONDS  # one asks whether it is back; the others do not wait for that
        try:
            async with asyncio.timeout(TAKE_SECONDS):
                keys = [self._key(limit, subject) for limit, subject in buckets]
                numbers = [number for limit, _ in buckets for number in (limit.amount, limit.per)]
                answer = await self._server.wire.ask("EVAL", _TAKE, len(keys), *keys, *numbers)
        except REDIS_FAULTS as error:
            if not self._away_until:
                _log.warning("limits.redis_away", error=repr(error))
            self._away_until = time.monotonic() + AWAY_SECONDS
            return await self._fallback.take_all(buckets)
        if self._away_until:
            self._away_until = 0.0
            _log.info("limits.redis_back")
        found = [float(tokens) for tokens in answer]
        taken = 1 if min(found) >= 1 else 0
        return [
            Decision.of(limit, tokens - taken, is_allowed=tokens >= 1)
            for (limit, _), tokens in zip(buckets, found, strict=True)
        ]

    def _key(self, limit: Limit, subject: str) -> str:
        # a subject may be long, or an address that should not be read in a list of keys
        return self._server.key("limit", limit.name, hashlib.blake2b(subject.encode(), digest_size=16).hexdigest())
