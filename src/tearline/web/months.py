"""Months, days and weeks of a calendar, in a time zone. Pure arithmetic."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

FIRST_YEAR, LAST_YEAR = 1900, 2199
DAY = timedelta(days=1)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    def after(self) -> "Month":
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    def before(self) -> "Month":
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    def days(self) -> Sequence[date]:
        first = self.first
        return [first + n * DAY for n in range((self.after().first - first).days)]

    def offered(self) -> bool:
        return FIRST_YEAR <= self.year <= LAST_YEAR


def month_of(text: str) -> Month | None:
    """The month that an address names, such as 2026-11; None for anything else."""
    found = _MONTH.fullmatch(text)
    month = Month(int(found[1]), int(found[2])) if found else None
    return month if month and month.offered() and 1 <= month.month <= 12 else None


def day_of(text: str) -> date | None:
    """The day that an address names, such as 2026-11-30; None for anything else."""
    try:
        day = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


def month_at(when: datetime, zone: tzinfo) -> Month:
    there = when.astimezone(zone)
    return Month(there.year, there.month)


def span(first: date, last: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """From the start of one day to the end of another there: the end is the next day's start, and not of it.

    In UTC, so that comparing is comparing instants: a day has 23 or 25 hours when clocks are moved.
    """
    return _starts(first, zone), _starts(last + DAY, zone)


def _starts(day: date, zone: tzinfo) -> datetime:
    """Where midnight is left out or comes twice, the day starts at the first instant that is of that day."""
    start = datetime.combine(day, time.min, zone).astimezone(UTC)
    while start.astimezone(zone).date() < day:
        start += timedelta(minutes=15)
    return start


def column(day: date, first_weekday: int) -> int:
    """Where a day stands in its week, from 0; ``first_weekday`` as in Babel, 0 for Monday."""
    return (day.weekday() - first_weekday) % 7
