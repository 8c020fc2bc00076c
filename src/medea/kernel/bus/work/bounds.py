"""How many places of a queue a tenant may have whose jobs may wait for servers of its own.

Nobody may have more than a part of what is left free: with a part of one half as many as are free. Then one tenant
has half of the places, two a third each, nine a tenth each, and who has none finds one. The rule is that of buffers in
switches (Choudhury and Hahne, Dynamic queue length thresholds for shared-memory packet switches, IEEE/ACM Transactions
on Networking 6 (2), 1998). The statement of the claim counts by it, too: `FITS`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

FITS = "({number} = 1 OR {number} * (1 - {part}) <= {part} * {free})"
"""SQL of `fits`: `number`, `part` and `free` are to be filled in."""


def fits(number: int, part: float, free: int) -> bool:
    """Tell whether a tenant may have so many places.

    Args:
        number: with the one that it is to get.
        part: of all places, that a tenant alone may have; more than 0, less than 1.
        free: places before it gets that one.
    """
    return number == 1 or number * (1 - part) <= part * free


@dataclass(frozen=True, slots=True)
class Bound:
    """A queue in which no tenant may have all places.

    Attributes:
        part: of all places, that a tenant alone may have.
        free: places.
        whose: how many places each tenant has; who has none is not named.
    """

    part: float
    free: int
    whose: Mapping[UUID, int]

    def lets(self, tenant_id: UUID) -> bool:
        """Tell whether a tenant may have one more place, if there is one."""
        return fits(self.whose.get(tenant_id, 0) + 1, self.part, self.free)

    def after(self, tenants: Iterable[UUID]) -> "Bound":
        """Return what it is when each of these got a place; one that got two is named twice."""
        whose, free = dict(self.whose), self.free
        for tenant_id in tenants:
            whose[tenant_id] = whose.get(tenant_id, 0) + 1
            free -= 1
        return Bound(self.part, free, whose)

    @property
    def full(self) -> frozenset[UUID]:
        """Tenants that may have no more."""
        return frozenset(tenant_id for tenant_id in self.whose if not self.lets(tenant_id))
