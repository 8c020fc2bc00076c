"""Delivery inside one process: the whole of the memory implementation, and half of every other."""

from collections.abc import Callable

import structlog

from medea.kernel.signals.base import MAX_PAYLOAD, Callback, Unsubscribe

_log = structlog.get_logger()


class _Subscriber:
    __slots__ = ("callback", "on_gap")

    def __init__(self, callback: Callback, on_gap: Callable[[], None] | None) -> None:
        self.callback = callback
        self.on_gap = on_gap


class LocalSubscribers:
    """Who listens in this process."""

    def __init__(self) -> None:
        self._topics: dict[str, list[_Subscriber]] = {}

    def add(self, topic: str, callback: Callback, on_gap: Callable[[], None] | None) -> Unsubscribe:
        """Add one and return the function that removes it."""
        subscriber = _Subscriber(callback, on_gap)
        self._topics.setdefault(topic, []).append(subscriber)

        def remove() -> None:
            subscribers = self._topics.get(topic, [])
            if subscriber in subscribers:
                subscribers.remove(subscriber)
            if not subscribers:
                self._topics.pop(topic, None)

        return remove

    def deliver(self, topic: str, payload: str) -> None:
        """Call everyone who listens to a topic; one that fails does not hinder the others."""
        for subscriber in tuple(self._topics.get(topic, ())):
            try:
                subscriber.callback(payload)
            except Exception:  # noqa: BLE001 - not ours to judge, and the others must be called
                _log.exception("signals.callback_failed", topic=topic)

    def report_gap(self) -> None:
        """Tell everyone that signals may have been missed."""
        for topic, subscribers in tuple(self._topics.items()):
            for subscriber in tuple(subscribers):
                try:
                    if subscriber.on_gap is not None:
                        subscriber.on_gap()
                except Exception:  # noqa: BLE001 - as above
                    _log.exception("signals.callback_failed", topic=topic)

    def clear(self) -> None:
        """Forget all."""
        self._topics.clear()


def check_signal(topic: str, payload: str) -> None:
    """Refuse what cannot be sent.

    Raises:
        ValueError: an empty or long topic, a line break in it, a long payload, NUL or lone surrogates.
    """
    if not 0 < len(topic) <= 200 or "\n" in topic or not topic.isascii():
        raise ValueError(f"not a signal topic: {topic!r}")
    if "\0" in payload or len(payload.encode()) > MAX_PAYLOAD:
        raise ValueError(f"the payload of {topic} is longer than {MAX_PAYLOAD} bytes or has a NUL")


class MemorySignals:
    """Signals of a single process. See `Signals`."""

    def __init__(self) -> None:
        self._subscribers = LocalSubscribers()

    async def publish(self, topic: str, payload: str) -> None:
        """Tell every subscriber."""
        check_signal(topic, payload)
        self._subscribers.deliver(topic, payload)

    def subscribe(self, topic: str, callback: Callback, *, on_gap: Callable[[], None] | None = None) -> Unsubscribe:
        """Be told."""
        return self._subscribers.add(topic, callback, on_gap)

    async def close(self) -> None:
        """Forget all subscribers."""
        self._subscribers.clear()
