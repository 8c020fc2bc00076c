"""Reading old events as if they had been written today."""

from collections.abc import Callable
from typing import Any

Data = dict[str, Any]
Upcaster = Callable[[Data], Data]


class Upcasters:
    """Steps from one schema of an event's data to the next, applied when events are read."""

    def __init__(self) -> None:
        self._steps: dict[tuple[str, int], Upcaster] = {}

    def register(self, name: str, *, from_schema: int) -> Callable[[Upcaster], Upcaster]:
        """Decorate the pure function that turns data of `from_schema` into data of the next schema.

        Raises:
            ValueError: there is such a step already, or the schema is below 1.
        """
        if from_schema < 1:
            raise ValueError(f"schemas count from 1, not {from_schema}")

        def add(step: Upcaster) -> Upcaster:
            if self._steps.setdefault((name, from_schema), step) is not step:
                raise ValueError(f"two steps lead from schema {from_schema} of {name}")
            return step

        return add

    def newest(self, name: str, schema: int = 1) -> int:
        """Return the schema that data of `schema` is read as."""
        while (name, schema) in self._steps:
            schema += 1
        return schema

    def upcast(self, name: str, schema: int, data: Data) -> tuple[int, Data]:
        """Take data to the newest schema; data that is newest already comes back as it is.

        Returns:
            The schema reached, and the data in it.
        """
        while (step := self._steps.get((name, schema))) is not None:
            data = step(data)
            schema += 1
        return schema, data
