"""Time zones that a reader can choose: IANA names that this machine knows, called as their language calls the place."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_location

REGIONS: Mapping[str, tuple[str, ...]] = {
    "America": ("America",),
    "Europe": ("Europe", "Atlantic"),
    "Africa": ("Africa",),
    "Asia": ("Asia", "Indian"),
    "Pacific": ("Australia", "Pacific", "Antarctica"),
}
SHAPE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d", re.ASCII)


@cache
def names() -> frozenset[str]:
    """One name for each zone: aliases lead to the same place twice. Without a zone database there is UTC alone."""
    aliases = get_global("zone_aliases")
    territories = get_global("zone_territories")
    return frozenset(name for name in available_timezones() if name in territories and name not in aliases)


def zone_of(name: str) -> tzinfo:
    """The zone of this name; UTC for anything that is not offered."""
    return ZoneInfo(name) if name in names() else UTC


def name_of(zone: tzinfo) -> str:
    return zone.key if isinstance(zone, ZoneInfo) else "UTC"


@cache
def choices(locale: str) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
    """The zones by part of the world, each as name and place, in the order of this language."""
    spoken = Locale.parse(locale)
    found = []
    for region, areas in REGIONS.items():
        inside = [name for name in names() if name.partition("/")[0] in areas]
        placed = [(name, _place(name, spoken)) for name in inside]
        found.append((region, sorted(placed, key=lambda pair: _plainly(pair[1]))))
    return found


def place(zone: tzinfo, locale: str) -> str:
    """What the zone is called: its place, and its name."""
    name = name_of(zone)
    return name if name == "UTC" else f"{_place(name, Locale.parse(locale))} ({name})"


def offset(when: datetime) -> str:
    """How far this time's zone is from UTC at that instant: UTC, UTC−6, UTC+5:30."""
    ahead = when.utcoffset() or timedelta()
    minutes = round(ahead.total_seconds() / 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02}" if rest else "")


def read_local(text: str, zone: tzinfo) -> datetime | None:
    """A time as a browser's field gives it, read in this zone; None where it is no time, or one that never comes.

    When clocks are put forward an hour is left out: a time in it stands on no clock. When they are put back an hour
    comes twice: the first of the two is meant.
    """
    try:
        stated = datetime.fromisoformat(text) if SHAPE.match(text) else None
    except ValueError:
        return None
    if stated is None:
        return None
    if stated.tzinfo is not None:
        return stated
    meant = stated.replace(tzinfo=zone)
    try:
        again = meant.astimezone(UTC).astimezone(zone)
    except OverflowError:
        return None
    return meant if again.replace(tzinfo=None) == stated else None


def _place(name: str, spoken: Locale) -> str:
    return get_timezone_location(name, locale=spoken, return_city=True)


def _plainly(text: str) -> str:
    """For sorting: accents aside."""
    return text.translate(str.maketrans("ÁÉÍÓÚÑáéíóúñ", "AEIOUNaeioun")).lower()
