"""A table of places with their degrees, read strictly; and reports with the degrees of the places that they name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tearline.estimates.linkage.names import place_key
from tearline.estimates.linkage.reports import Report
from tearline.facts.errors import Malformed
from tearline.folds.located import Degrees
from tearline.formats.csv import line_of, read_table

COLUMNS = ("place", "latitude", "longitude")
BOUNDS = {"latitude": 90, "longitude": 180}
LARGEST_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Place:
    """One line: a place as it is written, and where it lies."""

    name: str
    at: Degrees


def read_places(data: bytes, *, file: str) -> Sequence[Place]:
    """Each place once; other columns are not read. Raises Malformed."""
    header, rows = read_table(data, file=file, largest=LARGEST_BYTES)
    for column in COLUMNS:
        if column not in header:
            raise Malformed(file, "line 1", f"a column {column!r}")
    found: dict[str, tuple[Place, int]] = {}
    for row in rows:
        key = place_key(row.cells["place"])
        if not key:
            raise Malformed(file, line_of(row.line, "place"), "the name of a place")
        north, east = (_degrees(row.cells[column], column, row.line, file) for column in COLUMNS[1:])
        place = Place(row.cells["place"].strip(), (north, east))
        held, line = found.setdefault(key, (place, row.line))
        if held.at != place.at:
            at = line_of(row.line, "place")
            raise Malformed(
                file,
                at,
                f"no name that counts as that in line {line} and lies elsewhere",
            )
    if not found:
        raise Malformed(file, "line 2", "at least one place")
    return [place for place, _ in found.values()]


def _degrees(cell: str, column: str, line: int, file: str) -> float:
    most = BOUNDS[column]
    if not (re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,12})?", cell) and abs(float(cell)) <= most):
        raise Malformed(file, line_of(line, column), f"degrees from -{most} to {most}, found {cell!r}")
    return float(cell)


def with_places(reports: Sequence[Report], places: Sequence[Place]) -> list[Report]:
    """The same reports; those without degrees have those of their place, where the table has it."""
    where = {place_key(place.name): place.at for place in places}
    return [
        replace(r, latitude=where[place_key(r.place)][0], longitude=where[place_key(r.place)][1])
        if r.latitude is None and place_key(r.place) in where
        else r
        for r in reports
    ]
