"""How much a worker does at once, per queue."""

from collections.abc import Mapping

from medea.kernel.bus.driver import Slot
from medea.kernel.bus.task import QUEUES, Queue


class Places:
    """Counts busy places per queue and remembers where jobs were left waiting.

    Args:
        limits: places per queue; a queue that is not named has none.
    """

    def __init__(self, limits: Mapping[Queue, int]) -> None:
        self._limits = {queue: limits.get(queue, 0) for queue in QUEUES}
        self._busy = dict.fromkeys(QUEUES, 0)
        self._slots: set[Slot] = set()
        self._left_waiting: set[Queue] = set()

    def take(self, queue: Queue) -> bool:
        """Take a place if one is free; if not, remember that something waits."""
        if self._busy[queue] < self._limits[queue]:
            self._busy[queue] += 1
            return True
        self._left_waiting.add(queue)
        return False

    def give_back(self, queue: Queue) -> bool:
        """Give a place back; tell whether something may wait for it."""
        self._busy[queue] -= 1
        return queue in self._left_waiting

    def reserve(self, queue: Queue, owner: str, lease_seconds: float, now: float) -> Slot | None:
        """Take a place for a job that is being written, unless others wait already: they go first."""
        if queue in self._left_waiting or not self.take(queue):
            return None
        # half the lease: what is committed later than that is left to expire rather than raced for
        slot = Slot(queue, owner, lease_seconds, now + lease_seconds / 2)
        self._slots.add(slot)
        return slot

    def redeem(self, slot: Slot) -> bool:
        """Turn a reserved place into a running job's; False if it was taken back meanwhile."""
        if slot in self._slots:
            self._slots.remove(slot)
            return True
        return False

    def drop_stale(self, now: float) -> bool:
        """Take back reserved places of transactions that never ended; tell whether there were any."""
        stale = [slot for slot in self._slots if slot.expires < now]
        for slot in stale:
            self._slots.remove(slot)
            self._busy[slot.queue] -= 1
        return bool(stale)

    def free(self, most: int) -> dict[Queue, int]:
        """Return how many places are free, at most so many per queue; full queues are left out."""
        free = {queue: min(most, self._limits[queue] - self._busy[queue]) for queue in QUEUES}
        return {queue: number for queue, number in free.items() if number > 0}

    def take_all(self, places: Mapping[Queue, int]) -> None:
        """Take free places for a claim, so that nothing newer gets in before its result."""
        for queue, number in places.items():
            self._busy[queue] += number
            self._left_waiting.discard(queue)

    def return_unused(self, queue: Queue, number: int) -> None:
        """Give back places that a claim found nothing for."""
        self._busy[queue] -= number

    def has_free(self, queue: Queue) -> bool:
        """Tell whether a place is free."""
        return self._busy[queue] < self._limits[queue]

    @property
    def can_serve_waiting(self) -> bool:
        """Whether jobs were left waiting in a queue that has a free place by now."""
        return any(self.has_free(queue) for queue in self._left_waiting)

    def note_waiting(self, queue: Queue) -> None:
        """Remember that jobs may have been left waiting, so that the next place that gets free is for them."""
        self._left_waiting.add(queue)

    @property
    def busy(self) -> dict[Queue, int]:
        """Busy places per queue."""
        return dict(self._busy)
