"""How well a text fits one with alternatives, for each alternative of each place (Smith and Waterman, J. Mol. Biol.
147, 1981, over a lattice).

The best local alignment counts +1 for a letter that agrees and -2 for one that does not. A gap costs 2, and 1 a
letter, up to 14 however long it is: so that what was left out, or written in between, costs no more than that. All
of it is whole numbers. Rows are the letters of the text with alternatives, one after the other, columns those of the
text that surfaced; a row is reckoned from the one before it as a whole. The best alignment through an alternative
joins a forward half, which ends at one of its edges, and a backward half, which begins there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.int32]
Letters = NDArray[np.uint32]

AGREES, DIFFERS = 1, -2
OPEN, EXTEND = 2, 1
LONG = 14
NEVER = -(2**20)


@dataclass(frozen=True, slots=True)
class Fork:
    """A place with alternatives, each a string of letters, perhaps empty."""

    alternatives: tuple[Letters, ...]


Lattice = Sequence[Letters | Fork]


@dataclass(frozen=True, slots=True)
class Row:
    """The best scores at one edge, by column: after a letter (``whole``), and inside a gap, short or long."""

    whole: Scores
    short: Scores
    long: Scores


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Of one fork: the best alignment across an edge of each alternative, and the best that touches none of them."""

    through: tuple[int, ...]
    without: int


def letters(text: str) -> Letters:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def fits(lattice: Lattice, surfaced: Letters) -> list[Fit]:
    """One for each fork, in order. Time grows with letters of the lattice times letters that surfaced."""
    edges = _walk(lattice, surfaced)
    mirrored = [_mirrored(part) for part in reversed(lattice)]
    back = list(reversed(_walk(mirrored, surfaced[::-1])))
    found = []
    for ahead, behind in zip(edges, back, strict=True):
        through = tuple(
            max(_joined(ahead.entry, behind.ends[a]), _joined(ahead.ends[a], behind.entry))
            for a in range(len(ahead.ends))
        )
        found.append(Fit(through=through, without=max(ahead.best_before, behind.best_before)))
    return found


@dataclass(frozen=True, slots=True)
class _Edges:
    """Of one fork, as it is walked: its entry, the end of each alternative, and the best score so far outside it."""

    entry: Row
    ends: tuple[Row, ...]
    best_before: int


def _mirrored(part: Letters | Fork) -> Letters | Fork:
    if isinstance(part, Fork):
        return Fork(tuple(one[::-1] for one in part.alternatives))
    return part[::-1]


def _walk(lattice: Lattice, surfaced: Letters) -> list[_Edges]:
    columns = len(surfaced) + 1
    row = Row(*(np.full(columns, start, dtype=np.int32) for start in (0, NEVER, NEVER)))
    best = 0
    edges: list[_Edges] = []
    steps = np.arange(columns, dtype=np.int32) * EXTEND
    for part in lattice:
        if not isinstance(part, Fork):
            for letter in part:
                row = _next(row, surfaced == letter, steps)
                best = max(best, int(row.whole.max()))
            continue
        ends, inside = [], best
        for alternative in part.alternatives:
            end = row
            for letter in alternative:
                end = _next(end, surfaced == letter, steps)
                inside = max(inside, int(end.whole.max()))
            ends.append(end)
        edges.append(_Edges(row, tuple(ends), best))
        best = inside
        row = Row(
            whole=np.maximum.reduce([end.whole for end in ends]),
            short=np.maximum.reduce([end.short for end in ends]),
            long=np.maximum.reduce([end.long for end in ends]),
        )
    return edges


def _next(row: Row, agrees: NDArray[np.bool_], steps: Scores) -> Row:
    """One letter of the lattice further down."""
    short = np.maximum(row.whole - OPEN, row.short) - EXTEND
    long = np.maximum(row.whole - LONG, row.long)
    whole = np.maximum(np.maximum(short, long), 0)
    np.maximum(whole[1:], row.whole[:-1] + np.where(agrees, AGREES, DIFFERS), out=whole[1:])
    inserted = np.maximum.accumulate(whole + steps)[:-1] - steps[1:] - OPEN
    skipped = np.maximum.accumulate(whole)[:-1] - LONG
    np.maximum(whole[1:], np.maximum(inserted, skipped), out=whole[1:])
    return Row(whole.astype(np.int32), short.astype(np.int32), long.astype(np.int32))


def _joined(ahead: Row, behind: Row) -> int:
    """The best of a forward and a backward half that meet at one edge; a gap across it is opened once."""
    return int(
        max(
            (ahead.whole + behind.whole[::-1]).max(),
            (ahead.short + behind.short[::-1]).max() + OPEN,
            (ahead.long + behind.long[::-1]).max() + LONG,
        )
    )
