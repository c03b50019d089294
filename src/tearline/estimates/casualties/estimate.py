"""The documented count, and how many there were in all: by several methods, with reasons where no number is given.

The number given pools the two methods that carry their own uncertainty, half each: decomposable graphs, in which lists
depend on each other, and latent classes, in which people differ. It is given only where both fit and no reason of
``refusals`` stands against it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tearline.estimates.casualties.bounds import lower_bound
from tearline.estimates.casualties.decomposable import Averaged, Interval, averaged
from tearline.estimates.casualties.graphs import MOST_LISTS as MOST_OF_GRAPHS
from tearline.estimates.casualties.histories import Floats, Histories
from tearline.estimates.casualties.latent import Latent, latent
from tearline.estimates.casualties.loglinear import LogLinear, loglinear
from tearline.estimates.casualties.overlaps import Overlap, overlaps
from tearline.estimates.casualties.refusals import (
    FEWEST_LISTS,
    Reason,
    of_chains,
    of_lists,
    of_methods,
    of_overlaps,
    of_width,
)

MOST_OF_LOGLINEAR = 8
DELTAS = (0.5, 1.0)
OTHER_CLASSES = (5, 20)

Step = Callable[[str], None]


def silent(_said: str) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """People on so many lists, and how many a fitted model repeats, with 95 %."""

    lists: int
    people: int
    low95: float
    high95: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Varied:
    """The estimate's median with one thing changed, each by the method that is named."""

    deltas: dict[float, float]
    classes: dict[int, float]
    without: dict[str, float]
    merged: dict[tuple[str, str], float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimate:
    """``size`` is None where any of ``refused`` stands against a number; methods are there where they could be run.

    ``latent`` are two runs from different seeds.
    """

    documented: int
    lower_bound: float
    size: Interval | None
    refused: tuple[Reason, ...]
    graphs: Averaged | None
    latent: tuple[Latent, Latent] | None
    loglinear: LogLinear | None
    overlaps: list[Overlap]
    captured: list[Captured]
    varied: Varied | None

    @property
    def latent_size(self) -> Interval:
        """Of both runs of the latent-class model together; only where it was run."""
        assert self.latent is not None  # noqa: S101  asked only where it is
        return _interval(_draws(self.latent))


def estimate(histories: Histories, *, seed: int, varied: bool = True, step: Step = silent) -> Estimate:
    """``varied`` also changes each assumption, which takes three times as long. ``step`` is told what is being done."""
    lists, n = len(histories.lists), histories.documented
    refused = list(of_lists(histories))
    step("graphs")
    graphs = averaged(histories) if n and 2 <= lists <= MOST_OF_GRAPHS else None
    fit = loglinear(histories) if n and lists <= MOST_OF_LOGLINEAR else None
    runs = None
    if n and lists >= FEWEST_LISTS:
        step("latent classes")
        first, second = np.random.SeedSequence(seed).generate_state(2)
        runs = (latent(histories, seed=int(first)), latent(histories, seed=int(second)))
        refused += of_chains(runs)
    size = _pooled(graphs, runs)
    pairs = overlaps(histories, size.median if size else float(n))
    refused += of_overlaps(pairs)
    if graphs is not None and runs is not None:
        refused += of_methods(graphs.size, _interval(_draws(runs)))
    if size is not None:
        refused += of_width(size)
    return Estimate(
        documented=n,
        lower_bound=lower_bound(histories),
        size=None if refused else size,
        refused=tuple(refused),
        graphs=graphs,
        latent=runs,
        loglinear=fit,
        overlaps=pairs,
        captured=_captured(histories, runs) if runs else [],
        varied=_varied(histories, seed, step) if varied and n else None,
    )


def pooled(graphs: Averaged, draws: Floats) -> Interval:
    """Half each of two posteriors of the same number."""
    ordered = np.sort(draws, axis=None)

    def at_most(number: float) -> float:
        by_draws = np.searchsorted(ordered, number, side="right") / len(ordered)
        by_graphs = np.interp(number, graphs.ends, graphs.cdf, left=0.0, right=1.0)
        return float(by_draws + by_graphs) / 2

    numbers = np.unique(np.concatenate([ordered, graphs.ends]))
    chances = np.array([at_most(number) for number in numbers])
    low, median, high = (float(numbers[np.searchsorted(chances, q)]) for q in (0.025, 0.5, 0.975))
    mean = (graphs.size.mean + float(draws.mean())) / 2
    return Interval(median=median, low95=low, high95=high, mean=mean)


def _pooled(graphs: Averaged | None, runs: tuple[Latent, Latent] | None) -> Interval | None:
    if runs is None:
        return None
    if graphs is None:
        return _interval(_draws(runs))
    return pooled(graphs, _draws(runs))


def _draws(runs: tuple[Latent, Latent]) -> Floats:
    return np.concatenate([run.draws.ravel() for run in runs])


def _interval(draws: Floats) -> Interval:
    low, median, high = np.quantile(draws, [0.025, 0.5, 0.975])
    return Interval(median=float(median), low95=float(low), high95=float(high), mean=float(draws.mean()))


def _captured(histories: Histories, runs: tuple[Latent, Latent]) -> list[Captured]:
    repeated = np.concatenate([run.repeated for run in runs])
    low, high = np.quantile(repeated, [0.025, 0.975], axis=0)
    people = histories.captures()
    return [
        Captured(lists=n, people=int(people[n]), low95=float(low[n - 1]), high95=float(high[n - 1]))
        for n in range(1, len(people))
    ]


def _varied(histories: Histories, seed: int, step: Step) -> Varied:
    lists = range(len(histories.lists))
    deltas, without, merged, classes = {}, {}, {}, {}
    if 2 <= len(lists) <= MOST_OF_GRAPHS:
        step("other priors")
        deltas = {delta: averaged(histories, delta).size.median for delta in (2.0 ** -len(lists), *DELTAS)}
    if FEWEST_LISTS < len(lists) <= MOST_OF_GRAPHS + 1:
        step("lists left out and merged")
        without = {
            histories.lists[one]: averaged(left).size.median
            for one in lists
            if (left := histories.without(one)).documented
        }
        merged = {
            (histories.lists[a], histories.lists[b]): averaged(histories.merged(a, b)).size.median
            for a in lists
            for b in lists
            if a < b
        }
    if len(lists) >= FEWEST_LISTS:
        for count in OTHER_CLASSES:
            step(f"{count} classes")
            classes[count] = latent(histories, seed=seed + count, classes=count).size.median
    return Varied(deltas=deltas, classes=classes, without=without, merged=merged)
