"""One of several processes leads: who holds an advisory lock of the database."""

import asyncio

import asyncpg

_ANSWER_SECONDS = 5.0


class Leadership:
    """Leads while its own connection holds the lock; PostgreSQL frees it when that connection ends.

    Args:
        url: where to connect, to the server itself (a session of a pooler in transaction mode is not
            ours to keep); the role needs no rights.
        key: of the lock, one per kind of work.
    """

    def __init__(self, url: str, key: int) -> None:
        self._url = url
        self._key = key
        self._connection: asyncpg.Connection | None = None
        self._is_leading = False

    async def is_mine(self) -> bool:
        """Tell whether this process leads, becoming the leader if there is none.

        Raises:
            OSError, asyncpg.PostgresError, TimeoutError: the database is away, and with it the leadership.
        """
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                if self._connection is None:
                    self._connection = await asyncpg.connect(self._url)
                if self._is_leading:
                    await self._connection.fetchval("SELECT 1")
                else:
                    self._is_leading = await self._connection.fetchval("SELECT pg_try_advisory_lock($1)", self._key)
        except BaseException:
            self._let_go()
            raise
        return self._is_leading

    async def close(self) -> None:
        """Let another lead."""
        self._let_go()

    def _let_go(self) -> None:
        connection, self._connection, self._is_leading = self._connection, None, False
        if connection is not None:
            connection.terminate()
