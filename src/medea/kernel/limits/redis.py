"""Token buckets that all processes share, in Redis.

One script reads, refills and takes in one step, by Redis' own clock, so that no two processes can spend the
same token. While Redis is away each process counts for itself: requests go on, limits are as many times
wider as there are processes.
"""

import asyncio
import hashlib
import time

import structlog

from medea.kernel.limits.bucket import Decision, Limit, Limiter, MemoryLimiter
from medea.kernel.redis import REDIS_FAULTS, RedisServer

TAKE_SECONDS = 0.5  # a request waits no longer for Redis
AWAY_SECONDS = 1.0  # Redis is left alone for so long after it did not answer

# ARGV: tokens in a full bucket, seconds in which an empty one fills; answers {1 or 0, tokens left as text}
_TAKE = """
local full, per = tonumber(ARGV[1]), tonumber(ARGV[2])
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(bucket[1]) or full, tonumber(bucket[2]) or now
tokens = math.min(full, tokens + math.max(0, now - at) * full / per)
local allowed = 0
if tokens >= 1 then
  allowed = 1
  tokens = tokens - 1
end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.17g', tokens), 'at', string.format('%.17g', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((full - tokens) * per / full * 1000) + 1000)
return {allowed, string.format('%.17g', tokens)}
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
        self._take = server.commands.register_script(_TAKE)
        self._away_until = 0.0

    async def take(self, limit: Limit, subject: str) -> Decision:
        """Take one token of a subject's bucket, if there is one."""
        now = time.monotonic()
        if now < self._away_until:
            return await self._fallback.take(limit, subject)
        if self._away_until:
            self._away_until = now + AWAY_SECONDS  # one asks whether it is back; the others do not wait for that
        try:
            async with asyncio.timeout(TAKE_SECONDS):
                is_allowed, tokens = await self._take([self._key(limit, subject)], [limit.amount, limit.per])
        except REDIS_FAULTS as error:
            if not self._away_until:
                _log.warning("limits.redis_away", error=repr(error))
            self._away_until = time.monotonic() + AWAY_SECONDS
            return await self._fallback.take(limit, subject)
        if self._away_until:
            self._away_until = 0.0
            _log.info("limits.redis_back")
        return Decision.of(limit, float(tokens), is_allowed=bool(is_allowed))

    def _key(self, limit: Limit, subject: str) -> str:
        # a subject may be long, or an address that should not be read in a list of keys
        return self._server.key("limit", limit.name, hashlib.blake2b(subject.encode(), digest_size=16).hexdigest())
