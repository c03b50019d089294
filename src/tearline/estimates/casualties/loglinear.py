"""Log-linear models of the lists' overlaps (Fienberg 1972), the one of the least BIC and an interval given that model.

Every model has the lists' own rates; which pairs of lists depend on each other differs. Of up to four lists all sets of
pairs are fitted, of more one pair after the other is added as long as BIC falls. A pair that never occurs together
leaves its dependence at minus infinity: its cells are then certain to be empty and say nothing more (Chan, Silverman
and Vincent, JASA 116, 2021); models are not considered where that leaves too little to fit.

The interval holds only if the model chosen is the true one, and is for comparison with others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from tearline.estimates.casualties.histories import Floats, Histories

Pair = tuple[int, int]
ALL_OF = 4
"""Lists of which all sets of pairs are fitted: 64 models."""
ROUNDS, CLOSE, SHORTEST = 200, 1e-10, 1e-6
MOST_LOG = 40.0
FARTHEST, RUNAWAY = 1e3, 25.0
"""A fit that puts the unseen at a thousand times the documented, or a rate at e^25, has run off to no maximum."""
Z95 = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLinear:
    """``median`` is the maximum likelihood estimate of the population's size; ``pairs`` depend on each other."""

    median: float
    low95: float
    high95: float
    pairs: tuple[Pair, ...]
    bic: float


def loglinear(histories: Histories) -> LogLinear | None:
    """None where no model can be fitted."""
    lists = len(histories.lists)
    pairs = tuple(combinations(range(lists), 2))
    if lists <= ALL_OF:
        return _best(histories, (one for n in range(len(pairs)) for one in combinations(pairs, n)))
    best = _best(histories, iter([()]))
    while best is not None:
        more = (tuple(sorted((*best.pairs, pair))) for pair in pairs if pair not in best.pairs)
        better = _best(histories, more)
        if better is None or better.bic >= best.bic:
            break
        best = better
    return best


def _best(histories: Histories, models: Iterator[tuple[Pair, ...]]) -> LogLinear | None:
    fitted = [one for pairs in models if (one := _fit(histories, pairs)) is not None]
    return min(fitted, key=lambda one: one.bic, default=None)


def _fit(histories: Histories, pairs: tuple[Pair, ...]) -> LogLinear | None:
    """Poisson maximum likelihood by Newton's steps; None where the likelihood has no maximum, or no single one."""
    lists, counts = len(histories.lists), histories.counts.astype(np.float64)
    patterns = np.arange(1 << lists)
    on = ((patterns[:, None] >> np.arange(lists)) & 1).astype(np.float64)
    never = [pair for pair in pairs if histories.on(*pair) == 0]
    kept = patterns > 0
    for a, b in never:
        kept &= on[:, a] * on[:, b] == 0
    living = [pair for pair in pairs if pair not in never]
    design = np.column_stack([np.ones(len(patterns)), on, *[on[:, a] * on[:, b] for a, b in living]])
    x, y = design[kept], counts[kept]
    if np.linalg.matrix_rank(x) < x.shape[1] or len(x) <= x.shape[1] - 1:
        return None
    found = _newton(x, y)
    if found is None:
        return None
    log_mean, covariance = found
    n = histories.documented
    if log_mean[0] > np.log(FARTHEST * n) or np.any(np.abs(log_mean[1:]) > RUNAWAY):
        return None
    unseen = float(np.exp(log_mean[0]))
    fitted = x @ log_mean
    deviance = -2.0 * float((y * fitted - np.exp(fitted)).sum())
    bic = deviance + (x.shape[1] + len(never)) * np.log(max(histories.documented, 1))
    error = float(np.sqrt(covariance[0, 0] + 1.0 / max(unseen, 1.0)))
    spread = float(np.exp(min(Z95 * error, MOST_LOG)))
    return LogLinear(
        median=n + unseen,
        low95=n + unseen / spread,
        high95=n + unseen * spread,
        pairs=pairs,
        bic=float(bic),
    )


def _newton(x: Floats, y: Floats) -> tuple[Floats, Floats] | None:
    at: Floats = np.asarray(np.linalg.lstsq(x, np.log(y + 0.5), rcond=None)[0], np.float64)
    value = _log_likelihood(x, y, at)
    for _ in range(ROUNDS):
        mean = np.exp(np.clip(x @ at, -MOST_LOG, MOST_LOG))
        information = x.T @ (mean[:, None] * x)
        try:
            step = np.linalg.solve(information, x.T @ (y - mean))
        except np.linalg.LinAlgError:
            return None
        size = 1.0
        while (
            size > SHORTEST
            and _log_likelihood(x, y, np.asarray(at + size * step, np.float64)) < value - CLOSE
        ):
            size /= 2
        at = np.asarray(at + size * step, np.float64)
        now = _log_likelihood(x, y, at)
        if abs(now - value) < CLOSE * (1.0 + abs(now)):
            covariance: Floats = np.asarray(np.linalg.pinv(information), np.float64)
            return at, covariance
        value = now
    return None


def _log_likelihood(x: Floats, y: Floats, at: Floats) -> float:
    log_mean = x @ at
    return float((y * log_mean - np.exp(np.clip(log_mean, -MOST_LOG, MOST_LOG))).sum())
