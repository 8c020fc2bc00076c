"""Which tasks, subscriptions and events there are: built in bootstrap, never by import."""

from collections.abc import Iterable
from types import ModuleType
from typing import Any

from medea.kernel.bus.event import event_name, is_event
from medea.kernel.bus.periodic import Periodic
from medea.kernel.bus.task import Runnable, Subscription, Task


class Registry:
    """Names to code.

    Args:
        runnables: tasks and subscriptions.

    Raises:
        ValueError: two of them share a name.
    """

    def __init__(self, runnables: Iterable[Task | Subscription[Any]] = ()) -> None:
        self._runnables: dict[str, Runnable] = {}
        self._subscriptions: dict[str, tuple[Subscription[Any], ...]] = {}
        self._events: dict[str, type] = {}
        for runnable in runnables:
            self.add(runnable)

    @classmethod
    def collect(cls, modules: Iterable[ModuleType]) -> "Registry":
        """Take every task, subscription and event defined in some Python modules."""
        registry = cls()
        for module in modules:
            for value in vars(module).values():
                if isinstance(value, Task | Subscription):
                    registry.add(value)
                elif isinstance(value, type) and is_event(value):
                    registry.add_event(value)
        return registry

    def add(self, runnable: Task | Subscription[Any]) -> None:
        """Add a task or subscription; the same object twice is the same as once.

        Raises:
            ValueError: another one has this name.
        """
        known = self._runnables.setdefault(runnable.name, runnable)
        if known is not runnable:
            raise ValueError(f"two tasks or subscriptions are named {runnable.name!r}")
        if isinstance(runnable, Subscription):
            self.add_event(runnable.event_type)
            name = event_name(runnable.event_type)
            others = self._subscriptions.get(name, ())
            if runnable not in others:
                self._subscriptions[name] = (*others, runnable)

    def add_event(self, kind: type) -> None:
        """Add an event class.

        Raises:
            ValueError: another class has this event's name.
        """
        name = event_name(kind)
        if self._events.setdefault(name, kind) is not kind:
            raise ValueError(f"two events are named {name!r}")

    def find(self, name: str) -> Runnable | None:
        """Return the task or subscription of a name, or None."""
        return self._runnables.get(name)

    def task(self, name: str) -> Task:
        """Return the task of a name.

        Raises:
            KeyError: no task has this name.
        """
        found = self._runnables[name]
        if not isinstance(found, Task):
            raise KeyError(name)
        return found

    def subscriptions(self, event: object) -> tuple[Subscription[Any], ...]:
        """Return who reacts to an event (instance or class)."""
        return self._subscriptions.get(event_name(event), ())

    @property
    def periodic(self) -> tuple[Periodic, ...]:
        """Recurring work."""
        return tuple(each for each in self._runnables.values() if isinstance(each, Periodic))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all tasks and subscriptions."""
        return tuple(self._runnables)

    @property
    def events(self) -> dict[str, type]:
        """Event classes by name."""
        return dict(self._events)
