"""The installation's Redis: one way to connect, one prefix for all keys, one sentence when it cannot be used.

Redis holds only what may be lost: live streams and counters. It is asked for one thing at a time and
nothing waits for it long, so that an installation goes on, with less, while it is away.
"""

import re
from dataclasses import dataclass
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, RedisError

from medea.kernel.redis.wire import RedisWire

OLDEST = (6, 2)  # XADD NOMKSTREAM, XTRIM MINID
COMMAND_SECONDS = 2.0
_CONNECTIONS = 8

REDIS_FAULTS = (RedisError, OSError, TimeoutError)
"""What a command raises when Redis is away, full or starting."""


class RedisUnusable(Exception):
    """The Redis that was named cannot be used; the message is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class RedisServer:
    """One Redis and the keys in it that are ours.

    Attributes:
        url: `redis://`, `rediss://` or `unix://`.
        prefix: of every key.
        commands: redis-py's, for what is asked now and then.
        wire: for what is asked all the time.
    """

    url: str
    prefix: str
    commands: Any
    wire: RedisWire

    @classmethod
    async def connect(cls, url: str, prefix: str) -> "RedisServer":
        """Connect and see that it is one that we can use.

        Raises:
            RedisUnusable: it cannot be reached, refuses us, or is too old.
        """
        try:
            server = cls(url, prefix, _client(url), _wire(url, COMMAND_SECONDS))
        except ValueError as error:
            raise _unusable(error) from error
        try:
            await _check(server.commands)
        except REDIS_FAULTS as error:
            await server.close()
            raise _unusable(error) from error
        except RedisUnusable:
            await server.close()
            raise
        return server

    def waiting_wire(self, seconds: float) -> RedisWire:
        """Return a connection of its own, for a command that waits.

        Args:
            seconds: after which an answer that has not come will not come.
        """
        return _wire(self.url, seconds)

    def key(self, *parts: object) -> str:
        """Return a key of ours."""
        return self.prefix + ":".join(str(part) for part in parts)

    async def close(self) -> None:
        """Hang up."""
        await self.wire.close()
        await self.commands.aclose()


async def _check(client: Any) -> None:
    told = str((await client.info("server")).get("redis_version", "0.0"))
    found = re.match(r"(\d+)\.(\d+)", told)
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        raise RedisUnusable(f"Medea needs Redis 6.2 or newer and MEDEA_REDIS__URL leads to {told}.")


def _client(url: str) -> Any:
    # no retries by the client: who asks knows whether asking twice is harmless
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=_CONNECTIONS,
        timeout=COMMAND_SECONDS,
        socket_timeout=COMMAND_SECONDS,
        socket_connect_timeout=COMMAND_SECONDS,
        retry=Retry(NoBackoff(), 0),
        client_name="medea",
    )
    return Redis.from_pool(pool)


def _wire(url: str, seconds: float) -> RedisWire:
    return RedisWire(url, seconds=seconds, connect_seconds=COMMAND_SECONDS)


def _unusable(error: Exception) -> RedisUnusable:
    why = re.sub(r"^Error -?\d+ ", "", str(error).strip()).rstrip(".") or "no answer"
    mend = "start it, or correct the address"
    if isinstance(error, AuthenticationError):
        mend = "correct user and password in the address, or let them in there"
    return RedisUnusable(f"The Redis of MEDEA_REDIS__URL cannot be used: {why}; {mend}.")
