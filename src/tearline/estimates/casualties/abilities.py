"""How many stand on no list, where people differ by degrees: a normal spread of how likely they are to be listed.

    logit P(person i is on list j) = t_i + b_j,    t_i ~ Normal(0, s^2),    s ~ half Normal(0, 1)

(Mth; Fienberg, Johnson and Junker, JRSS A 162, 1999.) At ``t = 0`` a list's chance is uniform; the population's size N
has weight 1 / N and is summed out as in ``classes``. With few lists a small spread hardly shows in the table and still
hides many people: so this method's interval is wide where the others' are not.

For each of a grid of spreads, the lists' rates are drawn around their maximum and weighed by what they should have
been drawn from (importance sampling); people on no list follow.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_expit
from scipy.stats import multivariate_t

from tearline.estimates.casualties.decomposable import Interval
from tearline.estimates.casualties.histories import Floats, Histories

SPREADS = np.linspace(0.05, 3.95, 40)
NODES, DRAWS, FREEDOM = 31, 250, 6


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
    asked = _Asked(histories)
    at = np.log(asked.on / (histories.documented + 1.0 - asked.on) + 1e-3)
    points, logs, of_spread = [], [], []
    for spread in SPREADS:
        at = minimize(lambda b, s=spread: -asked.log_posterior(b[None], s)[0], at, method="BFGS").x
        proposal = multivariate_t(at, _covariance(asked, at, float(spread)), FREEDOM, seed=random)
        drawn = proposal.rvs(DRAWS).reshape(DRAWS, len(at))
        logs.append(asked.log_posterior(drawn, float(spread)) - 0.5 * spread**2 - proposal.logpdf(drawn))
        points.append(asked.unseen(drawn, float(spread)))
        of_spread.append(np.full(DRAWS, spread))
    log_weights, unseen, spreads = np.concatenate(logs), np.concatenate(points), np.concatenate(of_spread)
    weights = np.exp(log_weights - log_weights.max())
    weights /= weights.sum()
    chosen = random.choice(len(weights), draws, p=weights)
    missed = unseen[chosen] / (1.0 - unseen[chosen])
    unseen_people = random.poisson(random.gamma(histories.documented, missed))
    sizes = (histories.documented + unseen_people).astype(np.float64)
    return Abilities(
        size=Interval.of(sizes),
        sizes=sizes,
        spread=Interval.of(spreads[chosen]),
        effective=float(1.0 / (weights**2).sum()),
    )


class _Asked:
    """What of a table matters here: how many each list has, and how many people stand on c lists."""

    def __init__(self, histories: Histories) -> None:
        lists = range(len(histories.lists))
        self.on = np.array([histories.on(one) for one in lists], np.float64)
        self.captures = histories.captures().astype(np.float64)
        nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
        self.nodes, self.weights = nodes, weights / weights.sum()

    def log_posterior(self, rates: Floats, spread: float) -> Floats:
        """A row of ``rates`` a point: the log of prior and likelihood."""
        logs = self._log_cells(rates, spread)
        people = self.captures[1:].sum()
        likelihood = rates @ self.on + logs[:, 1:] @ self.captures[1:]
        likelihood -= people * np.log(-np.expm1(np.minimum(logs[:, 0], -1e-12)))
        return np.asarray(likelihood + (log_expit(rates) + log_expit(-rates)).sum(axis=1))

    def unseen(self, rates: Floats, spread: float) -> Floats:
        return np.asarray(np.minimum(np.exp(self._log_cells(rates, spread)[:, 0]), 1.0 - 1e-12))

    def _log_cells(self, rates: Floats, spread: float) -> Floats:
        """For c = 0, 1, ...: the log of the mean over people of e^(c t) times the chance of being on no list."""
        ability = spread * self.nodes
        nobody = log_expit(-(ability[None, :, None] + rates[:, None, :])).sum(axis=2)
        counts = np.arange(len(self.captures))
        terms = nobody[:, None, :] + counts[None, :, None] * ability + np.log(self.weights)
        most = terms.max(axis=2, keepdims=True)
        return np.asarray((most + np.log(np.exp(terms - most).sum(axis=2, keepdims=True)))[:, :, 0])


def _covariance(asked: _Asked, at: Floats, spread: float) -> Floats:
    """From the curvature at the maximum, by differences; kept positive."""
    lists, step = len(at), 1e-3
    steps = step * np.eye(lists)
    pairs = [(i, j) for i in range(lists) for j in range(i, lists)]
    points = np.array([at + a * steps[i] + b * steps[j] for i, j in pairs for a in (1, -1) for b in (1, -1)])
    values = asked.log_posterior(points, spread).reshape(len(pairs), 4)
    curvature = np.zeros((lists, lists))
    for (i, j), (both, first, second, neither) in zip(pairs, values, strict=True):
        curvature[i, j] = curvature[j, i] = -(both - first - second + neither) / (4 * step**2)
    values_of, vectors = np.linalg.eigh(curvature)
    return np.asarray(vectors @ np.diag(1.3 / np.maximum(values_of, 1e-2)) @ vectors.T)
