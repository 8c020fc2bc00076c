"""The port of signals."""

from collections.abc import Callable
from typing import Protocol

from medea.kernel.errors import Unavailable

MAX_PAYLOAD = 7000  # bytes; PostgreSQL's NOTIFY takes 8000 with topic and sender

Callback = Callable[[str], None]
Unsubscribe = Callable[[], None]


class SignalsDown(Unavailable):
    """The signal reached this process only; the connection to the others is down."""

    code = "signals.down"


class Signals(Protocol):
    """Publish and subscribe among the processes of an installation."""

    async def publish(self, topic: str, payload: str) -> None:
        """Tell every subscriber in every process; those of this process before this returns.

        Args:
            topic: `<module>.<what>`.
            payload: at most `MAX_PAYLOAD` bytes in UTF-8, without NUL.

        Raises:
            ValueError: topic or payload is too long or has a character that cannot be sent.
            SignalsDown: the other processes could not be told.
        """
        ...

    def subscribe(self, topic: str, callback: Callback, *, on_gap: Callable[[], None] | None = None) -> Unsubscribe:
        """Be told. The callback is called in the event loop and must not block.

        Args:
            topic: exactly this one.
            callback: gets the payload; what it raises is logged and goes no further.
            on_gap: called after signals may have been missed.

        Returns:
            A function that ends the subscription.
        """
        ...

    async def close(self) -> None:
        """Stop sending and receiving."""
        ...
