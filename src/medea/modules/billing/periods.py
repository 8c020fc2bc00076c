"""Days and months, in UTC: when a budget's period began and when the next one does."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal

Period = Literal["day", "month"]


def start_of(period: str, at: datetime) -> date:
    """Return the first day of the period that a moment lies in."""
    today = at.astimezone(UTC).date()
    return today if period == "day" else today.replace(day=1)


def end_of(period: str, start: date) -> datetime:
    """Return the moment at which the period that began on this day is over and the next one begins."""
    after = start + timedelta(days=1)
    if period == "month":
        after = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return datetime(after.year, after.month, after.day, tzinfo=UTC)
