"""Counts that are made public so that nobody can work out one of fewer than five, by whatever is public together.

A table is of one scope: cells of one person or more, and their total, which is public. Whoever reads it knows the rule:

1. The total is at least 5, and differs from that of each earlier publication by nothing or by at least 5.
2. In the first table, cells under 5 are suppressed, and further ones, the smallest first and all of one size together,
   until those suppressed are not all alike and come to at least 5 together: everybody can take the shown cells from
   the total. As they are not all alike, each might be another one of them.
3. A later table has the same cells suppressed; each shown cell, and the sum of those suppressed, is nobody or at least
   5, and differs from each earlier table by nothing or at least 5. Else it is left out, and the one before stays.
4. Where rule 2 leaves no cell to be shown the table is left out as well: its names alone tell that there are some.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FEWEST = 5
RULE = "suppression/1: none under 5, complementary, differences between releases"

Cells = Mapping[str, int]
Shown = Mapping[str, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A table as it was made public; a cell that is None is suppressed. No cells: the table was left out."""

    total: int
    cells: Shown

    @property
    def hidden(self) -> int:
        """The sum of what is suppressed, which anybody can work out."""
        return self.total - sum(n for n in self.cells.values() if n is not None)


def tells(one: int, other: int) -> bool:
    """Whether two counts differ by so little that the difference tells of a few people."""
    return 0 < abs(one - other) < FEWEST


def total_tells(total: int, earlier: Sequence[Released]) -> bool:
    """Whether a total may not be made public at all."""
    return total < FEWEST or any(tells(total, one.total) for one in earlier)


def suppressed(cells: Cells, earlier: Sequence[Released]) -> Shown:
    """The cells that may be made public, the others None; nothing where the table is left out."""
    cells = {name: n for name, n in sorted(cells.items()) if n}
    before = [one for one in earlier if one.cells]
    shown = _as_before(cells, before[0]) if before else _first(cells)
    total = sum(cells.values())
    if any(n is not None and n < FEWEST for n in shown.values()):
        return {}
    if any(_differ(Released(total=total, cells=shown), one) for one in before):
        return {}
    return shown


def _first(cells: Cells) -> Shown:
    closed = {name for name, n in cells.items() if n < FEWEST}
    while closed and not _safe([cells[name] for name in closed]):
        left = [n for name, n in cells.items() if name not in closed]
        if not left:
            break
        closed |= {name for name, n in cells.items() if n == min(left)}
    if len(closed) == len(cells):
        return {}
    return {name: None if name in closed else n for name, n in cells.items()}


def _safe(hidden: Sequence[int]) -> bool:
    return sum(hidden) >= FEWEST and len(set(hidden)) > 1


def _as_before(cells: Cells, first: Released) -> Shown:
    closed = {name for name, n in first.cells.items() if n is None}
    shown = {name: None if name in closed else n for name, n in cells.items()}
    return shown | dict.fromkeys(closed)


def _differ(now: Released, before: Released) -> bool:
    """Whether something that can be worked out of both differs by 1 to 4; a cell that is not there is 0."""
    if 0 < now.hidden < FEWEST:
        return True
    shown = {name for one in (now, before) for name, n in one.cells.items() if n is not None}
    return tells(now.hidden, before.hidden) or any(
        tells(now.cells.get(name) or 0, before.cells.get(name) or 0) for name in shown
    )
