"""Statements that change rows, sent to the server as one: a turn has a dozen, and each trip costs.

PostgreSQL's data-modifying `WITH` does the work. All statements of a batch see the rows as they were
before it, so none may build on what another of them writes.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from medea.kernel.db.sql import Sql

_PARAMETER = re.compile(r"\$(\d+)")


class Statement:
    """A statement in named parts. Made once, at import; statements are told apart by identity.

    Args:
        parts: SQL by name; each may select from those before it that return something. Names are unique
            within a batch. Parameters count from `$1` through all parts.
    """

    __slots__ = ("parts",)

    def __init__(self, **parts: str) -> None:
        self.parts = parts


class Batch:
    """Collects statements with their arguments, then runs them in one trip."""

    __slots__ = ("_checks", "_entries")

    def __init__(self) -> None:
        self._entries: list[tuple[Statement, tuple[Any, ...]]] = []
        self._checks: dict[str, Callable[[], Exception]] = {}

    def add(self, statement: Statement, *args: Any, otherwise: Callable[[], Exception] | None = None) -> None:
        """Add a statement.

        Args:
            statement: what to do.
            args: of its parameters, all of them.
            otherwise: makes the error that `run` raises if the last part returns no row; it must return some.
        """
        self._entries.append((statement, args))
        if otherwise is not None:
            self._checks[next(reversed(statement.parts))] = otherwise

    async def run(self, sql: Sql) -> None:
        """Run what was added, if anything, and forget it.

        Raises:
            Exception: what an `otherwise` made; the transaction can only be rolled back after that.
        """
        if not self._entries:
            return
        entries, self._entries = self._entries, []
        checks, self._checks = self._checks, {}
        text = _compose(tuple((statement, len(args)) for statement, args in entries), tuple(checks))
        row = await sql.fetchrow(text, *(arg for _, args in entries for arg in args))
        for was_done, otherwise in zip(row or (), checks.values(), strict=False):
            if not was_done:
                raise otherwise()


def _shift(text: str, by: int) -> str:
    return _PARAMETER.sub(lambda found: f"${int(found[1]) + by}", text)


@lru_cache(maxsize=256)
def _compose(entries: tuple[tuple[Statement, int], ...], checked: tuple[str, ...]) -> str:
    """Return the text of a batch; there are few different ones."""
    parts: dict[str, str] = {}
    offset = 0
    for statement, count in entries:
        for name, text in statement.parts.items():
            if name in parts:
                raise ValueError(f"two parts of a batch are named {name}")
            parts[name] = _shift(text, offset)
        offset += count
    asked = ", ".join(f"EXISTS (SELECT FROM {name})" for name in checked) or "true"
    return "WITH " + ", ".join(f"{name} AS ({text})" for name, text in parts.items()) + f" SELECT {asked}"
