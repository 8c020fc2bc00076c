"""The installation's Redis: one way to connect, one prefix for all keys, one sentence when it cannot be used.

Redis holds only what may be lost: live streams and counters. It is asked for one thing at a time and
nothing waits for it long, so that an installation goes on, with less, while it is away.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from redis.exceptions import AuthenticationError, RedisError

from medea.kernel.redis.wire import Hear, RedisWire

OLDEST = (6, 2)  # XADD NOMKSTREAM, XTRIM MINID
COMMAND_SECONDS = 2.0

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
        wire: for what is answered at once, by any number of tasks.
    """

    url: str
    prefix: str
    wire: RedisWire

    @classmethod
    async def connect(cls, url: str, prefix: str) -> "RedisServer":
        """Connect and see that it is one that we can use.

        Raises:
            RedisUnusable: it cannot be reached, refuses us, or is too old.
        """
        wire = RedisWire(url, seconds=COMMAND_SECONDS, connect_seconds=COMMAND_SECONDS)
        try:
            await _check(wire, prefix)
        except (*REDIS_FAULTS, ValueError) as error:  # ValueError: the address is none
            await wire.close()
            raise _unusable(error) from error
        except RedisUnusable:
            await wire.close()
            raise
        return cls(url, prefix, wire)

    def hearing_wire(self, hear: Hear, lost: Callable[[], None]) -> RedisWire:
        """Return a connection of its own, for channels: see `RedisWire`.

        Args:
            hear: called with each message.
            lost: called when the connection broke.
        """
        return RedisWire(self.url, seconds=COMMAND_SECONDS, connect_seconds=COMMAND_SECONDS, hear=hear, lost=lost)

    def key(self, *parts: object) -> str:
        """Return a key of ours."""
        return self.prefix + ":".join(str(part) for part in parts)

    async def close(self) -> None:
        """Hang up."""
        await self.wire.close()


async def _check(wire: RedisWire, prefix: str) -> None:
    told = bytes(await wire.ask("INFO", "server")).decode()
    found = re.search(r"redis_version:((\d+)\.(\d+)\S*)", told)
    if found is None or (int(found[2]), int(found[3])) < OLDEST:
        version = found[1] if found else "none"
        raise RedisUnusable(f"Medea needs Redis 6.2 or newer and MEDEA_REDIS__URL leads to {version}.")
    await wire.ask("PUBLISH", f"{prefix}check", "")  # a user of Redis 7 may use no channel unless told that it may


def _unusable(error: Exception) -> RedisUnusable:
    why = re.sub(r"^Error -?\d+ ", "", str(error).strip()).rstrip(".") or "no answer"
    mend = "start it, or correct the address"
    if isinstance(error, AuthenticationError):
        mend = "correct user and password in the address, or let them in there"
    elif "NOPERM" in why:
        mend = "let the user have all commands, keys (`~*`) and channels (`&*`), or those of MEDEA_REDIS__PREFIX"
    return RedisUnusable(f"The Redis of MEDEA_REDIS__URL cannot be used: {why}; {mend}.")
