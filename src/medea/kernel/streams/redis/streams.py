"""The port of live streams, over Redis."""

from medea.kernel.ids import TenantId, TurnId
from medea.kernel.redis.server import RedisServer
from medea.kernel.streams.base import FrameId
from medea.kernel.streams.memory import KEEP_SECONDS, STREAM_BYTES, MemoryReader
from medea.kernel.streams.redis.reading import CHECK_SECONDS, LOST_SECONDS, Incoming
from medea.kernel.streams.redis.writing import Outgoing, RedisWriter


class RedisStreams:
    """All live streams of an installation. See `LiveStreams`. Made in a running event loop.

    While Redis is away, turns go on and readers wait; after `lost_seconds` readers end without having
    finished. When it is back, what running turns have said is written to it again.

    Args:
        server: the Redis.
        keep_seconds: how long a stream is kept after its end.
        stream_bytes: bound of one stream.
        lost_seconds: how long readers wait for a Redis that is away.
        check_seconds: between two looks whether silent streams are still there.
    """

    def __init__(
        self,
        server: RedisServer,
        *,
        keep_seconds: float = KEEP_SECONDS,
        stream_bytes: int = STREAM_BYTES,
        lost_seconds: float = LOST_SECONDS,
        check_seconds: float = CHECK_SECONDS,
    ) -> None:
        self._outgoing = Outgoing(server, keep_seconds=keep_seconds, stream_bytes=stream_bytes)
        self._incoming = Incoming(server, lost_seconds=lost_seconds, check_seconds=check_seconds)

    def writer(self, tenant_id: TenantId, turn_id: TurnId, attempt: int, *, restart: bytes) -> RedisWriter:
        """Begin an attempt, or go on with the present one."""
        return self._outgoing.writer((tenant_id, turn_id), attempt, restart)

    async def read(
        self,
        tenant_id: TenantId,
        turn_id: TurnId,
        after: FrameId | None = None,
        *,
        expected: bool = False,
        heartbeat: float | None = None,
    ) -> MemoryReader | None:
        """Read a stream from the beginning or after a frame."""
        key = (tenant_id, turn_id)
        if not expected or after is not None:
            await self._outgoing.settle(key)
        return await self._incoming.read(key, after, expected=expected, heartbeat=heartbeat)

    async def close(self) -> None:
        """Send what is left, and end all readers."""
        await self._outgoing.close()
        await self._incoming.close()
