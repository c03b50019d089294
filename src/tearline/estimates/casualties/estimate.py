"""The documented count, and how many there were in all: by several methods, with reasons where no number is given.

The number given pools three methods that carry their own uncertainty: decomposable graphs, in which lists depend on
each other, latent classes, in which people are of kinds that each list finds more or less easily, and people who differ
alike for all lists while a pair of lists may depend. A table hardly ever tells these apart, and each alone is too sure
of itself where another is true. The last has half the weight, as it alone has people who differ and lists that depend
at once. The number is given only where no reason of ``refusals`` stands against it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tearline.estimates.casualties.abilities import Abilities, abilities
from tearline.estimates.casualties.bounds import lower_bound
from tearline.estimates.casualties.convergence import quantile_error
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
    of_draws,
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
class Pooled:
    """What the methods say together: ``at_most`` is the chance that there were no more than each of ``numbers``."""

    numbers: Floats
    at_most: Floats
    mean: float

    def quantiles(self, chances: Floats) -> Floats:
        places = np.minimum(np.searchsorted(self.at_most, chances), len(self.numbers) - 1)
        return np.asarray(self.numbers[places], float)

    @property
    def interval(self) -> Interval:
        low, median, high = self.quantiles(np.array([0.025, 0.5, 0.975])).tolist()
        return Interval(median=median, low95=low, high95=high, mean=self.mean)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimate:
    """``size`` is None where any of ``refused`` stands against a number; methods are there where they could be run.

    ``pooled`` is what the number is read from, and is there where it is refused as well.

    ``latent`` are two runs from different seeds.
    """

    documented: int
    lower_bound: float
    size: Interval | None
    pooled: Pooled | None
    refused: tuple[Reason, ...]
    graphs: Averaged | None
    latent: tuple[Latent, Latent] | None
    abilities: Abilities | None
    loglinear: LogLinear | None
    overlaps: list[Overlap]
    captured: list[Captured]
    varied: Varied | None

    @property
    def latent_size(self) -> Interval:
        """Of both runs of the latent-class model together; only where it was run."""
        assert self.latent is not None  # noqa: S101  asked only where it is
        return Interval.of(_draws(self.latent))

    @property
    def latent_errors(self) -> tuple[float, float, float]:
        """Standard errors of that lower end, median and upper end, from how much the chains of both runs know."""
        assert self.latent is not None  # noqa: S101  asked only where it is
        draws = _side_by_side(self.latent)
        low, median, high = (quantile_error(draws, q) for q in (0.025, 0.5, 0.975))
        return low, median, high


def estimate(histories: Histories, *, seed: int, varied: bool = True, step: Step = silent) -> Estimate:
    """``varied`` also changes each assumption, which takes three times as long. ``step`` is told what is being done."""
    lists, n = len(histories.lists), histories.documented
    refused = list(of_lists(histories))
    step("graphs")
    graphs = averaged(histories) if n and 2 <= lists <= MOST_OF_GRAPHS else None
    fit = loglinear(histories) if n and lists <= MOST_OF_LOGLINEAR else None
    runs, spread, together = None, None, None
    if n and lists >= FEWEST_LISTS:
        step("latent classes")
        first, second = np.random.SeedSequence(seed).generate_state(2)
        runs = (latent(histories, seed=int(first)), latent(histories, seed=int(second)))
        refused += of_chains(runs)
        step("people who differ by degrees")
        spread = abilities(histories, seed=seed)
        refused += of_draws(spread.effective)
        together = pooled(graphs, _draws(runs), spread.sizes)
    size = together.interval if together else None
    pairs = overlaps(histories, size.median if size else float(n))
    refused += of_overlaps(pairs)
    if runs is not None and spread is not None:
        refused += of_methods(graphs.size if graphs else None, Interval.of(_draws(runs)), spread.size)
    if size is not None:
        refused += of_width(size)
    return Estimate(
        documented=n,
        lower_bound=lower_bound(histories),
        size=None if refused else size,
        pooled=together,
        refused=tuple(refused),
        graphs=graphs,
        latent=runs,
        abilities=spread,
        loglinear=fit,
        overlaps=pairs,
        captured=_captured(histories, runs) if runs else [],
        varied=_varied(histories, seed, step) if varied and n else None,
    )


def pooled(graphs: Averaged | None, classes: Floats, differing: Floats) -> Pooled:
    """Posteriors of the same number: draws, the second's counting twice, and a table of its own if there is one."""
    ordered = [np.sort(one, axis=None) for one in (classes, differing)]
    numbers = np.unique(np.concatenate([*ordered, graphs.ends] if graphs else ordered))
    chances = [np.searchsorted(one, numbers, side="right") / len(one) for one in ordered]
    means, weights = [float(one.mean()) for one in ordered], [1.0, 2.0]
    if graphs is not None:
        chances.append(np.interp(numbers, graphs.ends, graphs.cdf, left=0.0, right=1.0))
        means.append(graphs.size.mean)
        weights.append(1.0)
    at_most = np.average(chances, axis=0, weights=weights)
    return Pooled(numbers=numbers, at_most=at_most, mean=float(np.average(means, weights=weights)))


def _side_by_side(runs: tuple[Latent, Latent]) -> Floats:
    """The chains of both runs, as long as the shorter's."""
    shortest = min(run.draws.shape[1] for run in runs)
    return np.concatenate([run.draws[:, -shortest:] for run in runs])


def _draws(runs: tuple[Latent, Latent]) -> Floats:
    return np.concatenate([run.draws.ravel() for run in runs])


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
