"""Where the places that reports name lie: the middle of a town as a gazetteer has it, and never where somebody is.

So degrees have at most two decimals, which is about a kilometre. A name counts as it is compared: without accents,
capitals and particles, so that ``Zaragoza, Coahuila`` and ``zaragoza, coahuila`` are one.
"""

import re
from collections.abc import Mapping
from math import asin, cos, radians, sin, sqrt

from tearline.estimates.linkage.names import place_key
from tearline.facts.history import History
from tearline.facts.linkage import PlaceLocated

Degrees = tuple[float, float]
"""North and east, WGS 84."""
EARTH_KM = 6371.0
_WRITTEN = re.compile(r"(-?[0-9]{1,2}(?:\.[0-9]{1,2})?), ?(-?[0-9]{1,3}(?:\.[0-9]{1,2})?)", re.ASCII)


def degrees(text: str) -> Degrees | None:
    """As in ``28.34, -100.85``; None for anything else."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    north, east = float(found[1]), float(found[2])
    return (north, east) if abs(north) <= 90 and abs(east) <= 180 else None


def written(north: float, east: float) -> str:
    """To two decimals, as ``degrees`` reads it."""
    return f"{north:.2f}, {east:.2f}"


def kilometres(one: Degrees, other: Degrees) -> float:
    """As the crow flies, on a sphere of the Earth's mean radius (the haversine formula)."""
    north, further = radians(one[0]), radians(other[0])
    east = radians(other[1] - one[1])
    half = sin((further - north) / 2) ** 2 + cos(north) * cos(further) * sin(east / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def located(known: History) -> Mapping[str, Degrees]:
    """By ``place_key``, as far as places are open. What was said last holds, be it that nobody knows where one lies."""
    found: dict[str, Degrees] = {}
    for r in known.of(PlaceLocated):
        if r.told is not None or not r.fact.place.value:
            continue
        key, where = place_key(r.fact.place.value), degrees(r.fact.degrees.value or "")
        if where is None:
            found.pop(key, None)
        else:
            found[key] = where
    return found
