"""What the bus needs of the database: the way past one tenant's rows."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from medea.kernel.db.sql import Sql


class SystemDoor(Protocol):
    """The part of `Database` that workers, relays and schedulers need."""

    def system(self, *, durable: bool = True, planned_once: bool = False) -> AbstractAsyncContextManager[Sql]:
        """Open a transaction as `medea_system`."""
        ...
