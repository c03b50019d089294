"""Capture histories from a table: a column of 0 and 1 for each list, and how many people stand on just those."""

import numpy as np

from tearline.estimates.casualties.histories import MOST_LISTS, MOST_PATTERNS, MOST_PEOPLE, Histories
from tearline.facts.errors import Malformed
from tearline.formats.csv import Row, read_rows

COUNT = "count"
LARGEST_BYTES = 64 * 2**20


def read_histories(data: bytes, *, file: str) -> Histories:
    """Of a CSV file whose last column is ``count``; patterns that are missing are zero. Raises Malformed."""
    rows = read_rows(data, file=file, largest=LARGEST_BYTES)
    if not rows:
        raise Malformed(file, "line 2", "at least one row of counts")
    *lists, last = rows[0].cells
    if last != COUNT:
        where = f"column {len(lists) + 1}"
        found = ", found it elsewhere" if COUNT in lists else f", found {last!r}"
        raise Malformed(file, f"line 1, {where}", f"the last column to be {COUNT!r}{found}")
    if not 1 <= len(lists) <= MOST_LISTS:
        raise Malformed(file, "line 1", f"one to {MOST_LISTS} lists, found {len(lists)}")
    counts = np.zeros(1 << len(lists), np.int64)
    given: dict[int, int] = {}
    for row in rows:
        pattern = sum(1 << n for n, one in enumerate(lists) if _is_on(row, one, file))
        people = _people(row, file)
        if pattern in given:
            at = f"line {row.line}"
            raise Malformed(file, at, f"each pattern once, found that of line {given[pattern]} again")
        given[pattern] = row.line
        if pattern == 0 and people:
            at = f"line {row.line}, column {COUNT!r}"
            raise Malformed(file, at, "no count of people who are on no list: it is what is to be estimated")
        counts[pattern] = people
    if np.count_nonzero(counts) > MOST_PATTERNS:
        raise Malformed(
            file,
            f"{len(rows)} rows",
            f"at most {MOST_PATTERNS} patterns that somebody has, found {np.count_nonzero(counts)}",
        )
    if int(counts.sum()) > MOST_PEOPLE:
        raise Malformed(
            file, f"column {COUNT!r}", f"at most {MOST_PEOPLE} people in all, found {counts.sum()}"
        )
    return Histories(lists=tuple(lists), counts=counts)


def _is_on(row: Row, column: str, file: str) -> bool:
    cell = row.cells[column].strip()
    if cell not in ("0", "1"):
        raise Malformed(file, f"line {row.line}, column {column!r}", f"0 or 1, found {cell!r}")
    return cell == "1"


def _people(row: Row, file: str) -> int:
    cell = row.cells[COUNT].strip()
    at = f"line {row.line}, column {COUNT!r}"
    if not (cell.isascii() and cell.isdigit()):
        raise Malformed(file, at, f"a whole number, 0 or more, found {cell!r}")
    if len(cell) > len(str(MOST_PEOPLE)) or int(cell) > MOST_PEOPLE:
        raise Malformed(file, at, f"at most {MOST_PEOPLE} people, found {cell!r}")
    return int(cell)
