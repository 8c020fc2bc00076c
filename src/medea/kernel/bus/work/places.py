"""How much a worker does at once, per queue."""

from collections.abc import Mapping
from uuid import UUID

from medea.kernel.bus.driver import Slot
from medea.kernel.bus.task import QUEUES, Queue
from medea.kernel.bus.work.bounds import Bound
from medea.kernel.ids import TenantId


class Places:
    """Counts busy places per queue and remembers where jobs were left waiting.

    In a bounded queue it counts them per tenant, too. Jobs that wait because their tenant has its part are no reason to
    look again before something ends that lets it have more: who looks anyway finds nothing.

    Args:
        limits: places per queue; a queue that is not named has none.
        parts: of the places of a queue, that one tenant may have even alone (`bounds`); 1, or not named: all.
    """

    def __init__(self, limits: Mapping[Queue, int], parts: Mapping[Queue, float] | None = None) -> None:
        self._limits = {queue: limits.get(queue, 0) for queue in QUEUES}
        self._parts = {queue: part for queue, part in (parts or {}).items() if part < 1}
        self._busy = dict.fromkeys(QUEUES, 0)
        self._whose: dict[Queue, dict[UUID, int]] = {queue: {} for queue in self._parts}
        self._slots: set[Slot] = set()
        self._left_waiting: set[Queue] = set()
        self._held_back: dict[Queue, frozenset[UUID]] = dict.fromkeys(self._parts, frozenset())
        self._claimed_for: set[Queue] = set()  # bounded queues whose claim is under way

    def take(self, queue: Queue) -> bool:
        """Take a place if one is free; if not, remember that something waits."""
        if self._busy[queue] < self._limits[queue]:
            self._busy[queue] += 1
            return True
        self._left_waiting.add(queue)
        return False

    def give_back(self, queue: Queue, tenant_id: UUID) -> bool:
        """Give a tenant's place back; tell whether something may wait for it."""
        self._busy[queue] -= 1
        self._count(queue, tenant_id, -1)
        return queue in self._left_waiting or self.owes(queue)

    def reserve(self, queue: Queue, tenant_id: TenantId, owner: str, lease_seconds: float, now: float) -> Slot | None:
        """Take a place for a job that is being written, unless others wait already: they go first."""
        if queue in self._left_waiting or self._is_held_back(queue, tenant_id) or not self.take(queue):
            return None
        # half the lease: what is committed later than that is left to expire rather than raced for
        slot = Slot(queue, tenant_id, owner, lease_seconds, now + lease_seconds / 2)
        self._slots.add(slot)
        self._count(queue, tenant_id, 1)
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
            self.give_back(slot.queue, slot.tenant_id)
        return bool(stale)

    def free(self, most: int) -> dict[Queue, int]:
        """Return how many places are free, at most so many per queue; full queues are left out."""
        free = {queue: min(most, self._limits[queue] - self._busy[queue]) for queue in QUEUES}
        return {queue: number for queue, number in free.items() if number > 0}

    def take_all(self, places: Mapping[Queue, int]) -> dict[Queue, Bound]:
        """Take free places for a claim, so that nothing newer gets in before its result.

        Returns:
            What bounds tenants in those of the queues that are bounded, as it was before.
        """
        bounds = {queue: self._bound(queue).after(()) for queue in places if queue in self._parts}
        for queue, number in places.items():
            self._busy[queue] += number
            self._left_waiting.discard(queue)
        for queue in bounds:
            self._held_back[queue] = frozenset()
            self._claimed_for.add(queue)
        return bounds

    def fill(self, queue: Queue, tenant_id: UUID) -> None:
        """Let a place that was taken for a claim be a tenant's, whose job it found."""
        self._count(queue, tenant_id, 1)

    def return_unused(self, queue: Queue, number: int) -> None:
        """Give back places that a claim found nothing for."""
        self._busy[queue] -= number
        self._claimed_for.discard(queue)

    def has_free(self, queue: Queue) -> bool:
        """Tell whether a place is free."""
        return self._busy[queue] < self._limits[queue]

    @property
    def can_serve_waiting(self) -> bool:
        """Whether jobs were left waiting in a queue that has a free place by now, for their tenant, too."""
        return any(self.has_free(queue) for queue in self._left_waiting) or any(map(self.owes, self._parts))

    def owes(self, queue: Queue) -> bool:
        """Tell whether a tenant that was held back may have a place by now."""
        if not (held_back := self._held_back.get(queue)) or not self.has_free(queue):
            return False
        return any(map(self._bound(queue).lets, held_back))

    def note_waiting(self, queue: Queue) -> None:
        """Remember that jobs may have been left waiting, so that the next place that gets free is for them."""
        self._left_waiting.add(queue)

    def hold_back(self, queue: Queue, tenants: frozenset[UUID]) -> None:
        """Remember who had its part when a claim ended, and may have more waiting."""
        self._held_back[queue] = tenants

    @property
    def busy(self) -> dict[Queue, int]:
        """Busy places per queue."""
        return dict(self._busy)

    def _bound(self, queue: Queue) -> Bound:
        return Bound(self._parts[queue], self._limits[queue] - self._busy[queue], self._whose[queue])

    def _is_held_back(self, queue: Queue, tenant_id: UUID) -> bool:
        """Tell whether a tenant must not go before a claim: it has its part, or some of its jobs wait already."""
        if queue not in self._parts:
            return False
        is_known = queue in self._claimed_for or tenant_id in self._held_back[queue]
        return is_known or not self._bound(queue).lets(tenant_id)

    def _count(self, queue: Queue, tenant_id: UUID, number: int) -> None:
        if (whose := self._whose.get(queue)) is not None:
            whose[tenant_id] = whose.get(tenant_id, 0) + number
            if not whose[tenant_id]:
                del whose[tenant_id]
