"""How many stand on no list, where people differ in how likely they are to be listed, and two lists may depend as well.

    logit P(person i is on list j) = t_i + b_j,    t of mean 0 and standard deviation s ~ half Normal(0, 1)

t is spread normally (Mth; Fienberg, Johnson and Junker, JRSS A 162, 1999) or people are of two kinds, of any shares: a
table hardly tells which, and what few who are hard to hear of hide differs. Beside that, no two lists depend on each
other, or one pair does: for people of one t, the log-odds ratio of the two is d ~ Normal(0, 1), and whoever is on
either has d / 2 more on the other's scale, who is not as much less. No pair has as much weight beforehand as all pairs
together. At t = 0 a list's chance is uniform where it depends on none; the population's size N has weight 1 / N and is
summed out as in ``classes``. With few lists a small spread hardly shows in the table and still hides many people: so
this method's interval is wide where the others' are not.

For each such model, points are drawn around its maximum, then anew around what that drew, and weighed by what they
should have been drawn from (importance sampling, adapted); that also weighs the models, and those out of reach are left
after the first look. People on no list follow.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.linalg import solve_triangular
from scipy.optimize import minimize
from scipy.special import gammaln, log_expit, logsumexp

from tearline.estimates.casualties.decomposable import Interval
from tearline.estimates.casualties.histories import Floats, Histories
from tearline.estimates.casualties.unseen import unseen_people

NODES, DRAWS, FREEDOM = 31, 2_000, 5
ROUNDS, MOST_ROUNDS, ENOUGH = 2, 5, 400.0
KERNELS, FAR = 200, 0.1
MOST_OF_PAIRS = 6
"""Lists beyond which no pair of them is taken to depend: there would be too many."""
OUT_OF_REACH = 10.0
"""How much less than the best, as a log, a model's evidence is at the first look where it is looked at no more."""
AT_ONCE = 2_000_000
FURTHEST, WIDEST = 500.0, 20.0
"""Of a point's coordinates, and of the log of the spread: beyond, its chance is nothing anyway."""
STARTS = (-0.7, 0.7)
"""Log-odds of the likelier kind's share, from which the maximum is looked for."""

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Abilities:
    """``sizes`` are draws of the population's size, all alike; ``effective`` how many weighed ones they rest on."""

    size: Interval
    sizes: Floats
    spread: Interval
    effective: float


def abilities(histories: Histories, *, seed: int, draws: int = 8_000) -> Abilities:
    """Raises nothing: a table without overlaps has a posterior too, as wide as the prior lets it be."""
    random = np.random.default_rng(seed)
    lists = len(histories.lists)
    pairs = list(combinations(range(lists), 2)) if lists <= MOST_OF_PAIRS else []
    models = [_Asked(histories, pair, kinds=kinds) for pair in (None, *pairs) for kinds in (False, True)]
    prior = {model: np.log(0.25 if model.pair is None else 0.25 / len(pairs)) for model in models}
    looked = {model: _first(model, random) for model in models}
    evidence = {model: logsumexp(looked[model][1]) + prior[model] for model in models}
    least = max(evidence.values()) - OUT_OF_REACH
    logs, unseen, spreads = [], [], []
    for model in models:
        if evidence[model] < least:
            continue
        points, weights = _drawn(model, looked[model], random)
        logs.append(weights + prior[model])
        unseen.append(model.unseen(points))
        spreads.append(np.exp(points[:, lists]))
    log_weights = np.concatenate(logs)
    weights = np.exp(log_weights - log_weights.max())
    weights /= weights.sum()
    chosen = random.choice(len(weights), draws, p=weights)
    missed = np.concatenate(unseen)[chosen]
    sizes = histories.documented + unseen_people(histories.documented, missed, random)
    return Abilities(
        size=Interval.of(sizes),
        sizes=sizes,
        spread=Interval.of(np.concatenate(spreads)[chosen]),
        effective=_effective(weights),
    )


class _Asked:
    """A model. A point is the lists' rates, the log of the spread, d where a pair depends, and the log-odds of the
    likelier kind's share where there are two."""

    def __init__(self, histories: Histories, pair: Pair | None, *, kinds: bool) -> None:
        self.lists, self.pair, self.kinds = len(histories.lists), pair, kinds
        cells = np.unique(np.append(0, np.flatnonzero(histories.counts)))
        self.on = ((cells[:, None] >> np.arange(self.lists)) & 1).astype(np.float64)
        self.counts = histories.counts[cells].astype(np.float64)
        self.counts[0] = 0.0
        size = self.lists + 1 + (pair is not None) + kinds
        reach = self.counts @ self.on
        start = np.zeros(size)
        start[: self.lists] = np.log(reach / (histories.documented + 1.0 - reach) + 1e-3) - 0.3
        start[self.lists] = np.log(0.5)
        self.starts = [np.append(start[:-1], one) for one in STARTS] if kinds else [start]
        nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
        self.nodes, self.weights = nodes, np.log(weights / weights.sum())

    def log_posterior(self, points: Floats) -> Floats:
        """A row a point: the log of prior and likelihood. A search may ask far out, where nothing is likely."""
        points = np.clip(points, -FURTHEST, FURTHEST)
        logs = self.log_cells(points)
        rates, spread = points[:, : self.lists], points[:, self.lists]
        likelihood = logs @ self.counts - self.counts.sum() * np.log(
            -np.expm1(np.minimum(logs[:, 0], -1e-12))
        )
        prior = (log_expit(rates) + log_expit(-rates)).sum(axis=1)
        prior += spread - 0.5 * np.exp(2.0 * np.minimum(spread, WIDEST)) + 0.5 * np.log(2.0 / np.pi)
        if self.pair is not None:
            prior += -0.5 * points[:, self.lists + 1] ** 2 - 0.5 * np.log(2.0 * np.pi)
        if self.kinds:
            prior += log_expit(points[:, -1]) + log_expit(-points[:, -1])
        return np.asarray(likelihood + prior)

    def unseen(self, points: Floats) -> Floats:
        return np.asarray(np.exp(self.log_cells(points)[:, 0]))

    def log_cells(self, points: Floats) -> Floats:
        """For each pattern that is there, that of nobody first: the log of the chance to stand on just those lists."""
        rows = max(AT_ONCE // (NODES * len(self.on)), 1)
        parts = [self._log_cells(points[n : n + rows]) for n in range(0, len(points), rows)]
        return np.concatenate(parts)

    def _log_cells(self, points: Floats) -> Floats:
        spread = np.exp(np.minimum(points[:, self.lists, None], WIDEST))
        if self.kinds:
            share = np.clip(1.0 / (1.0 + np.exp(-points[:, -1, None])), 1e-6, 1.0 - 1e-6)
            odds = np.sqrt((1.0 - share) / share)
            ability = spread * np.concatenate([odds, -1.0 / odds], axis=1)
            weights = np.log(np.concatenate([share, 1.0 - share], axis=1))
        else:
            ability, weights = spread * self.nodes, self.weights[None]
        logits = ability[:, :, None] + points[:, None, : self.lists]
        off = log_expit(-logits)
        terms = logits @ self.on.T + off.sum(axis=2)[:, :, None] + weights[:, :, None]
        if self.pair is not None:
            terms += _dependent(points[:, self.lists + 1], off, self.on, self.pair)
        most = terms.max(axis=1, keepdims=True)
        return np.asarray((most + np.log(np.exp(terms - most).sum(axis=1, keepdims=True)))[:, 0])


def _dependent(d: Floats, off: Floats, on: Floats, pair: Pair) -> Floats:
    """Points by abilities by patterns: what d adds to the log of each, where ``off`` is that of not being on a list.

    The chances of the pair's four patterns are those without d, times exp(d / 4) where a person is on both or neither
    and exp(-d / 4) else, over their sum.
    """
    first, second = pair
    neither = np.exp(off[:, :, [first, second]])
    alike = neither.prod(axis=2) + (1.0 - neither).prod(axis=2)
    quarter = 0.25 * d[:, None]
    alike = np.clip(alike, 1e-300, 1.0 - 1e-16)
    whole = np.logaddexp(quarter + np.log(alike), np.log1p(-alike) - quarter)
    sign = np.where(on[:, first] == on[:, second], 1.0, -1.0)
    return np.asarray(quarter[:, :, None] * sign - whole[:, :, None])


def _first(asked: _Asked, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Points around the maximum, and the logs of their weights: their mean weight is the model's evidence."""
    at, spread = _maximum(asked)
    return _weighed(asked, at[None], spread, 4.0 * spread, random)


def _drawn(asked: _Asked, found: tuple[Floats, Floats], random: np.random.Generator) -> tuple[Floats, Floats]:
    """The same, drawn anew around what was found, until few points do not stand for the rest any more."""
    for done in range(MOST_ROUNDS):
        found = _weighed(asked, *_kernels(*found, random), random)
        if done + 1 >= ROUNDS and _effective(np.exp(found[1] - found[1].max())) >= ENOUGH:
            break
    return found


def _effective(weights: Floats) -> float:
    return float(weights.sum() ** 2 / (weights**2).sum())


def _kernels(points: Floats, logs: Floats, random: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Where the next points are drawn: centres, the spread around each, and a spread that is wider than all.

    Many narrow kernels follow a posterior that bends, which one wide kernel does not (West, JRSS B 55, 1993). Weights
    are tempered before they choose, so that no few points do.
    """
    weights = np.exp(0.7 * (logs - logs.max()))
    weights /= weights.sum()
    at = weights @ points
    spread = ((points - at) * weights[:, None]).T @ (points - at) + 1e-4 * np.eye(len(at))
    narrow = (4.0 / (KERNELS * (len(at) + 2.0))) ** (1.0 / (len(at) + 4.0))
    centres = points[random.choice(len(points), KERNELS, p=weights)]
    # Drawn together as much as the kernels draw them apart, the whole is as wide as the weighed points are.
    centres = at + np.sqrt(1.0 - narrow**2) * (centres - at)
    return centres, 1.2 * narrow**2 * spread, 4.0 * spread


def _weighed(
    asked: _Asked, centres: Floats, spread: Floats, wide: Floats, random: np.random.Generator
) -> tuple[Floats, Floats]:
    """Nine of ten points around the centres, the others far around all of them; with the logs of their weights."""
    size = centres.shape[1]
    far = random.random(DRAWS) < FAR
    around = np.where(far[:, None], centres.mean(axis=0), centres[random.integers(len(centres), size=DRAWS)])
    steps = random.normal(size=(DRAWS, size)) / np.sqrt(random.chisquare(FREEDOM, (DRAWS, 1)) / FREEDOM)
    roots = np.linalg.cholesky(np.stack([spread, wide]))
    points = around + np.where(far[:, None], steps @ roots[1].T, steps @ roots[0].T)
    near = _log_t(points, centres, roots[0])
    proposed = np.logaddexp(
        np.log((1.0 - FAR) / len(centres)) + logsumexp(near, axis=1),
        np.log(FAR) + _log_t(points, centres.mean(axis=0)[None], roots[1])[:, 0],
    )
    return points, asked.log_posterior(points) - proposed


def _log_t(points: Floats, centres: Floats, root: Floats) -> Floats:
    """Points by centres: the log of a multivariate t's density whose spread is ``root @ root.T``."""
    size = len(root)
    moved, at = (
        solve_triangular(root, points.T, lower=True).T,
        solve_triangular(root, centres.T, lower=True).T,
    )
    apart = np.maximum((moved**2).sum(axis=1)[:, None] + (at**2).sum(axis=1) - 2.0 * moved @ at.T, 0.0)
    whole = gammaln(0.5 * (FREEDOM + size)) - gammaln(0.5 * FREEDOM) - 0.5 * size * np.log(FREEDOM * np.pi)
    return np.asarray(
        whole - np.log(np.diag(root)).sum() - 0.5 * (FREEDOM + size) * np.log1p(apart / FREEDOM)
    )


def _maximum(asked: _Asked) -> tuple[Floats, Floats]:
    """The posterior's maximum, and a covariance from its curvature there, kept positive."""
    size, step = len(asked.starts[0]), 1e-3
    steps = 1e-4 * np.eye(size)

    def value(at: Floats) -> tuple[float, Floats]:
        values = asked.log_posterior(np.vstack([at, at + steps, at - steps]))
        return -float(values[0]), -(values[1 : size + 1] - values[size + 1 :]) / 2e-4

    found = [minimize(value, one, jac=True, method="BFGS", options={"maxiter": 60}) for one in asked.starts]
    at = min(found, key=lambda one: one.fun).x
    wide = step * np.eye(size)
    pairs = [(i, j) for i in range(size) for j in range(i, size)]
    points = np.array([at + a * wide[i] + b * wide[j] for i, j in pairs for a in (1, -1) for b in (1, -1)])
    values = asked.log_posterior(points).reshape(len(pairs), 4)
    curvature = np.zeros((size, size))
    for (i, j), (both, one, other, neither) in zip(pairs, values, strict=True):
        curvature[i, j] = curvature[j, i] = -(both - one - other + neither) / (4.0 * step**2)
    values_of, vectors = np.linalg.eigh(curvature)
    return at, np.asarray(vectors @ np.diag(1.3 / np.maximum(values_of, 0.3)) @ vectors.T)
