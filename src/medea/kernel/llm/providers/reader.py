"""Read one answer from the network, with a watch on its time.

One timer per answer, moved only when it rings: a timer per read (or `asyncio.timeout`) would cost more than
decoding the token.
"""

import asyncio

import aiohttp

from medea.kernel.llm.config import CallLimits
from medea.kernel.llm.errors import ModelTimeout
from medea.kernel.llm.providers.attempts import Attempts
from medea.kernel.llm.providers.streamed import StreamedAnswer

_DRAIN = 0.02  # seconds that the end of the body may lag behind [DONE]; then the connection is given up
_NEVER = float("inf")


class _Overdue(Exception):
    """Raised in the reader by its watch."""


class AnswerReader:
    """Reads the text of one response.

    Args:
        response: with status 200; the reader closes it.
        answer: follows the bytes.
        limits: of silence.
        attempts: of the call, which know when the first text or reasoning is overdue.
    """

    __slots__ = (
        "_answer",
        "_attempts",
        "_content",
        "_deadline",
        "_due",
        "_first",
        "_limits",
        "_loop",
        "_response",
        "_timer",
    )

    def __init__(
        self, response: aiohttp.ClientResponse, answer: StreamedAnswer, limits: CallLimits, attempts: Attempts
    ) -> None:
        self._response = response
        self._content = response.content
        self._answer = answer
        self._limits = limits
        self._attempts = attempts
        self._loop = asyncio.get_running_loop()
        self._first = self._loop.time() + attempts.remaining()
        self._deadline = self._first
        self._set_timer(self._first)

    @property
    def answer(self) -> StreamedAnswer:
        """What is known of the answer so far."""
        return self._answer

    async def read(self) -> str:
        """Wait for more and return the text that has arrived.

        "" without news in `answer.events` is the end of the answer.

        Raises:
            ModelError: after the text that was received before the failure has been returned.
        """
        answer = self._answer
        while not answer.is_done:
            data = await self._receive()
            text = answer.feed(data) if data else answer.end()
            if text or answer.events:
                return text
        if answer.failure is not None:
            raise answer.failure
        return ""

    async def _receive(self) -> bytes:
        """Wait for bytes; a lost connection is an end, for the answer may have been complete."""
        answer = self._answer
        if answer.reason is not None:
            self._deadline = self._loop.time() + self._limits.trailing
        elif answer.is_alive:
            self._deadline = self._loop.time() + self._limits.silence
        else:
            self._deadline = self._first
        if self._due > self._deadline:
            self._timer.cancel()
            self._set_timer(self._deadline)
        try:
            return await self._content.readany()
        except _Overdue:
            if answer.reason is not None:
                return b""
            raise (ModelTimeout() if answer.is_alive else self._attempts.overdue()) from None
        except (aiohttp.ClientError, OSError, RuntimeError):
            return b""
        finally:
            self._deadline = _NEVER

    def _set_timer(self, due: float) -> None:
        self._due = due
        self._timer = self._loop.call_at(due, self._ring)

    def _ring(self) -> None:
        now = self._loop.time()
        if now < self._deadline:
            # nobody waits (the consumer is slow), or bytes have come since: look again when it may be due
            self._set_timer(min(self._deadline, now + self._limits.silence))
            return
        self._content.set_exception(_Overdue())

    async def drain(self) -> None:
        """Let the body end, so that the connection can serve the next call."""
        if self._content.is_eof():
            return
        try:
            async with asyncio.timeout(_DRAIN):
                await self._content.readany()
        except (TimeoutError, aiohttp.ClientError, OSError, RuntimeError, _Overdue):
            return

    def close(self) -> None:
        """End the call: the connection goes back to the pool if the body has ended, and is cut if not."""
        self._timer.cancel()
        if not self._content.is_eof():
            self._response.close()
