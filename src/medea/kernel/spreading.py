"""Pauses of different lengths, so that those who wait do not all come back at once."""

import random

# of its own: whoever seeds or watches the shared generator, as property tests do, finds it untouched
_RANDOM = random.Random()  # noqa: S311 - keeps no secret


def spread(pause: float, least: float = 0.5, most: float = 1.5) -> float:
    """Return a pause of random length around another.

    Args:
        pause: seconds.
        least: the shortest, as a part of it.
        most: the longest.
    """
    return pause * _RANDOM.uniform(least, most)
