"""Where a sum over many curves has its mass: around their peaks, however narrow these are.

A curve is the log of a density over ``x``, smooth on the scale of one, and sharp where it stands for many people: a
grid that is fine enough for all of them would be endless. So a coarse one finds about where each curve peaks, and each
that may matter is looked at closer until its width is known.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tearline.estimates.casualties.histories import Floats

Places = NDArray[np.int64]
Curves = Callable[[Places, Floats], Floats]
"""Of curves, by their places, and for each a row of ``x``: the logs, a row each."""

OUT_OF_REACH = 30.0
"""How much less than the highest, as a log, a peak is that does not matter."""
CLOSER, MOST_LOOKS = np.linspace(-1.0, 1.0, 9), 14
AROUND = np.arange(-8.0, 8.25, 0.5)
"""Standard deviations from a peak at which a grid has points."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Peaks:
    """A row each: whose it is, where, how high, and its standard deviation there."""

    curves: Places
    at: Floats
    height: Floats
    width: Floats

    def kept(self, which: NDArray[np.bool_] | Places) -> "Peaks":
        return Peaks(
            curves=self.curves[which], at=self.at[which], height=self.height[which], width=self.width[which]
        )


def peaks(logs: Floats, grid: Floats, curves: Curves) -> Peaks:
    """``logs`` are all curves on an even ``grid``, a row each. Every peak that may matter is found to its width."""
    rows, places = np.nonzero(_tops(logs))
    inner = np.clip(places, 1, len(grid) - 2)
    spacing = float(grid[1] - grid[0])
    threes = np.stack([logs[rows, inner + step] for step in (-1, 0, 1)], axis=1)
    best = float(logs.max())
    found, bound = _vertex(rows, grid[inner], spacing, threes)
    for _ in range(MOST_LOOKS):
        near = bound >= best - OUT_OF_REACH
        found, bound = found.kept(near), bound[near]
        blunt = spacing > found.width
        if not blunt.any():
            break
        again = found.kept(blunt)
        x = again.at[:, None] + spacing * CLOSER
        values = curves(again.curves, np.maximum(x, grid[0]))
        best = max(best, float(values.max()))
        top = np.clip(values.argmax(axis=1), 1, len(CLOSER) - 2)
        each = np.arange(len(top))
        threes = np.stack([values[each, top + step] for step in (-1, 0, 1)], axis=1)
        spacing_now = spacing * float(CLOSER[1] - CLOSER[0])
        closer, closer_bound = _vertex(again.curves, x[each, top], spacing_now, threes)
        found, bound = _joined(found.kept(~blunt), closer), np.concatenate([bound[~blunt], closer_bound])
        spacing = spacing_now
    return found


def grid_around(found: Peaks, grid: Floats) -> Floats:
    """The grid, and points around each peak as close as that is narrow."""
    octaves = np.floor(np.log2(found.width))
    alike = np.stack([octaves, np.round(4.0 * found.at / 2.0**octaves)])
    one = found.kept(np.unique(alike, axis=1, return_index=True)[1])
    points = (one.at[:, None] + one.width[:, None] * AROUND).ravel()
    widths = np.repeat(one.width, len(AROUND))
    within = (points > grid[0]) & (points < grid[-1])
    points, widths = points[within], widths[within]
    kept: list[float] = []
    for n in np.argsort(points):
        if not kept or points[n] - kept[-1] >= 0.25 * widths[n]:
            kept.append(float(points[n]))
    return np.unique(np.concatenate([grid, kept]))


def _tops(logs: Floats) -> NDArray[np.bool_]:
    """Where a curve is as high as both its neighbours; an end has one."""
    rises = np.diff(logs, axis=1) >= 0
    edge = np.ones((len(logs), 1), bool)
    falls = np.diff(logs, axis=1) <= 0
    return np.asarray(np.concatenate([edge, rises], axis=1) & np.concatenate([falls, edge], axis=1))


def _vertex(curves: Places, at: Floats, spacing: float, threes: Floats) -> tuple[Peaks, Floats]:
    """The parabola through three points, and a bound on how high its curve may be: it is off by less than it adds."""
    left, middle, right = threes.T
    bend = np.minimum(left - 2.0 * middle + right, -1e-9)
    shift = np.clip(0.5 * (left - right) / bend, -1.0, 1.0)
    height = middle - 0.25 * (left - right) * shift
    top = threes.max(axis=1)
    found = Peaks(
        curves=curves,
        at=at + shift * spacing,
        height=np.maximum(height, top),
        width=np.minimum(spacing / np.sqrt(-bend), 1.0),
    )
    return found, found.height + 0.5 * np.maximum(height - top, 0.0) + 1.0


def _joined(one: Peaks, other: Peaks) -> Peaks:
    both = [(getattr(one, name), getattr(other, name)) for name in ("curves", "at", "height", "width")]
    curves, at, height, width = (np.concatenate(pair) for pair in both)
    return Peaks(curves=curves, at=at, height=height, width=width)
