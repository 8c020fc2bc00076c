"""When a delivery is tried again: soon at first, then ever more rarely, for a day."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from medea.kernel.spreading import spread

PAUSES = (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600, 28_800)
"""Seconds from one try to the next; 21 hours in all, the rest of the day holds one more."""

_SPREAD = 0.2  # so that what failed together does not come back together
_SHORTEST_LAST = timedelta(minutes=10)


def next_try(attempts: int, *, now: datetime, give_up_at: datetime, retry_after: str | None = None) -> datetime | None:
    """Return when a delivery is tried again; None: never.

    Args:
        attempts: that failed, at least one.
        now: of the last of them.
        give_up_at: no try is later than this.
        retry_after: what the server asked for, in seconds or as a date (RFC 9110, 10.2.3); it only puts off.
    """
    pause = spread(PAUSES[min(attempts, len(PAUSES)) - 1], 1 - _SPREAD, 1 + _SPREAD)
    at = now + timedelta(seconds=pause)
    if (asked := _asked(retry_after, now)) is not None:
        at = max(at, asked)
    if at <= give_up_at:
        return at
    return give_up_at if give_up_at - now > _SHORTEST_LAST else None


def _asked(header: str | None, now: datetime) -> datetime | None:
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdecimal():
        return now + timedelta(seconds=min(int(text[:9]), 366 * 86_400))
    try:
        asked = parsedate_to_datetime(text)
        return asked.astimezone(UTC) if asked.tzinfo else asked.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None
