"""How many stand on no list, averaged over all decomposable graphs (Madigan and York, Biometrika 84, 1997).

For each graph the cell probabilities have a hyper-Dirichlet prior with ``delta`` in every cell, all graphs are alike
beforehand, and the population's size N has weight 1 / N. The sums over those on no list are taken block by block, each
whole number by itself at first and then in blocks that grow in proportion, over a range that is found and not chosen.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from tearline.estimates.casualties.graphs import Graphs, decomposable
from tearline.estimates.casualties.histories import Floats, Histories

COARSE, FINE = 160, 700
"""Blocks of the first look, which finds where the answer lies, and of the second."""
LEFT_OUT = 1e-7
"""Share of the posterior that may lie outside the second look's range."""
FURTHEST = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Of the population's size: documented and not."""

    median: float
    low95: float
    high95: float
    mean: float

    @classmethod
    def of(cls, draws: Floats) -> "Interval":
        """Of draws that all count the same."""
        low, median, high = np.quantile(draws, [0.025, 0.5, 0.975])
        return cls(median=float(median), low95=float(low), high95=float(high), mean=float(draws.mean()))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Averaged:
    """``chances`` is each graph's posterior probability, beside ``graphs``; ``ends`` and ``cdf`` the size's posterior:
    the probability of at most ``ends[b]`` people.
    """

    size: Interval
    delta: float
    graphs: Graphs
    chances: Floats
    ends: Floats
    cdf: Floats

    def edges(self) -> dict[tuple[int, int], float]:
        """For each pair of lists, the probability that they depend on each other directly."""
        shares = self.chances @ self.graphs.edges
        return {pair: float(p) for pair, p in zip(self.graphs.pairs, shares, strict=True)}


def averaged(histories: Histories, delta: float | None = None, blocks: int = FINE) -> Averaged:
    """``delta`` is 2^-k for k lists where it is not given, as in the paper. 2 to 6 lists; raises ValueError beyond."""
    lists = len(histories.lists)
    if not 2 <= lists <= 6:
        raise ValueError(f"two to six lists, not {lists}")
    delta = 2.0**-lists if delta is None else delta
    graphs = decomposable(lists)
    first = _Blocks.in_proportion(0.0, FURTHEST, COARSE)
    coarse = _posterior(histories, graphs, delta, first)
    second = first.refined(coarse.sum(axis=0), blocks)
    fine = _posterior(histories, graphs, delta, second)
    by_block = fine.sum(axis=0)
    cdf = np.cumsum(by_block)
    n = histories.documented
    ends = n + second.ends
    quantiles = [_quantile(q, n + second.starts, ends, cdf) for q in (0.5, 0.025, 0.975)]
    return Averaged(
        size=Interval(
            median=quantiles[0],
            low95=quantiles[1],
            high95=quantiles[2],
            mean=float(n + by_block @ second.middles),
        ),
        delta=delta,
        graphs=graphs,
        chances=fine.sum(axis=1),
        ends=ends,
        cdf=cdf,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Blocks:
    """Stretches of whole numbers, from ``starts`` to ``ends`` with both; a stretch counts as often as it is long."""

    starts: Floats
    ends: Floats

    @classmethod
    def in_proportion(cls, first: float, last: float, count: int) -> "_Blocks":
        """About so many blocks: each a fixed share of its distance from ``first``, or a single number."""
        edges = first + np.expm1(np.linspace(0.0, np.log1p(last + 1 - first), count + 1))
        return cls.between(edges)

    @classmethod
    def between(cls, edges: Floats) -> "_Blocks":
        whole = np.unique(np.round(edges))
        return cls(starts=whole[:-1], ends=whole[1:] - 1)

    def refined(self, mass: Floats, count: int) -> "_Blocks":
        """Over where the mass lies: half of the blocks in proportion, half with as much mass as each other."""
        cdf = np.concatenate([[0.0], np.cumsum(mass)])
        low = int(np.searchsorted(cdf, LEFT_OUT / 2, side="right")) - 1
        high = min(int(np.searchsorted(cdf, 1.0 - LEFT_OUT / 2)) + 1, len(mass))
        edges = np.concatenate([self.starts, self.ends[-1:] + 1])
        wanted = np.linspace(cdf[low], cdf[high], count // 2 + 1)
        alike = np.interp(wanted, cdf, np.log1p(edges))
        apart = _Blocks.in_proportion(edges[low], edges[high] - 1, count // 2)
        return _Blocks.between(np.sort(np.concatenate([np.expm1(alike), apart.starts, apart.ends[-1:] + 1])))

    @property
    def middles(self) -> Floats:
        return np.asarray((self.starts + self.ends) / 2)

    @property
    def log_lengths(self) -> Floats:
        return np.log(self.ends - self.starts + 1)


def _posterior(histories: Histories, graphs: Graphs, delta: float, blocks: _Blocks) -> Floats:
    """Graphs by blocks: the probability of each graph with that many people unseen, all of them summing to 1."""
    unseen, n = blocks.middles, histories.documented
    total = n + unseen
    log_p = graphs.terms.astype(np.float64) @ _margins(histories, delta, unseen)
    log_p += gammaln(total + 1) - gammaln(unseen + 1) - np.log(total) + blocks.log_lengths
    log_p -= log_p.max()
    p = np.exp(log_p, out=log_p)
    return np.asarray(p / p.sum())


def _margins(histories: Histories, delta: float, unseen: Floats) -> Floats:
    """For each set of lists as bits, the log of the Dirichlet-multinomial of its margin, with so many unseen."""
    k, n = len(histories.lists), histories.documented
    patterns = np.arange(1 << k)
    prior = delta * len(patterns)
    whole = gammaln(prior) - gammaln(prior + n + unseen)
    margins = np.zeros((1 << k, len(unseen)))
    for within in range(1, 1 << k):
        counts = np.bincount(patterns & within, weights=histories.counts, minlength=1 << k)
        cells = counts[(patterns & ~within) == 0]
        each = prior / len(cells)
        seen = float((gammaln(cells[1:] + each) - gammaln(each)).sum())
        margins[within] = whole + seen + gammaln(cells[0] + unseen + each) - gammaln(each)
    return margins


def _quantile(q: float, starts: Floats, ends: Floats, cdf: Floats) -> float:
    """Within its block as if all numbers there were alike."""
    b = int(np.searchsorted(cdf, q * cdf[-1]))
    before = cdf[b - 1] if b else 0.0
    within = (q * cdf[-1] - before) / (cdf[b] - before)
    return (
        float(starts[b] + within * (ends[b] - starts[b] + 1) - 0.5)
        if ends[b] > starts[b]
        else float(starts[b])
    )
