"""One line of the table."""

from dataclasses import dataclass

MICRO, MILLI = 1e6, 1e3


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; what does not apply is left empty.

    Attributes:
        what: is measured.
        target: as `docs/benchmarks.md` says.
        figure: of Medea.
        relay: of the relay.
        ratio: of the two.
        is_met: whether the target holds; None where there is none.
    """

    what: str
    target: str
    figure: str
    relay: str = ""
    ratio: str = ""
    is_met: bool | None = None
