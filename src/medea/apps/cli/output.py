"""What the command line prints: steps with their times, one-sentence faults; plain text into a pipe."""

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

GREEN, RED, YELLOW, DIM, BOLD = "32", "31", "33", "2", "1"


class CommandFault(Exception):
    """A command cannot do what it was asked; the message is one sentence for the operator."""


def styled(text: str, style: str) -> str:
    """Colour a text where somebody looks at a terminal."""
    return f"\x1b[{style}m{text}\x1b[0m" if sys.stdout.isatty() else text


def say(text: str = "") -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)


class Steps:
    """A start-up told step by step, each with the time it took."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    @contextmanager
    def step(self, doing: str) -> Iterator[list[str]]:
        """Tell what is being done and how long it took.

        Args:
            doing: what, as a noun: "PostgreSQL".

        Yields:
            A list to which the step may add remarks, printed behind the name.
        """
        began = time.monotonic()
        remarks: list[str] = []
        try:
            yield remarks
        except asyncio.CancelledError:
            say(f"{styled('–', YELLOW)} {doing:<22}stopped")
            raise
        except BaseException:
            say(f"{styled('✗', RED)} {doing}")
            raise
        told = f"  {styled(', '.join(remarks), DIM)}" if remarks else ""
        say(f"{styled('✓', GREEN)} {doing:<22}{styled(f'{time.monotonic() - began:6.2f} s', DIM)}{told}")

    @property
    def total(self) -> float:
        """Seconds since the first step could begin."""
        return time.monotonic() - self._began
