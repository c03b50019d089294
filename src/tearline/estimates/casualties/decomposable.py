"""How many stand on no list, averaged over all decomposable graphs (Madigan and York, Biometrika 84, 1997).

For each graph the cell probabilities have a hyper-Dirichlet prior with ``delta`` in every cell, all graphs are alike
beforehand, and the population's size N has weight 1 / N. The sums over those on no list are taken block by block, each
whole number by itself at first and then in blocks that grow in proportion, and narrow where a graph's peak is, over a
range that is found and not chosen: up to 10^15.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from tearline.estimates.casualties.graphs import Graphs, decomposable
from tearline.estimates.casualties.histories import Floats, Histories
from tearline.estimates.casualties.peaks import Places, grid_around, peaks

COARSE, FINE = 260, 700
"""Stretches of the first look, which finds where the answer lies, and blocks of the second."""
LEFT_OUT = 1e-7
"""Share of the posterior that may lie outside the second look's range; a graph of less chance has no say."""
FURTHEST = 1e15
STIRLING = 1e4
"""Unseen from which on log-gammas are taken by their difference, as they themselves would leave no digit of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Of the population's size: documented and not. The mean may be infinite."""

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

    def likeliest(self, most: int) -> list[tuple[tuple[tuple[int, int], ...], float]]:
        """The graphs of most chance, by the pairs of lists that depend on each other in them; the likeliest first."""
        first = np.argsort(-self.chances, kind="stable")[:most]
        return [
            (
                tuple(
                    pair for pair, there in zip(self.graphs.pairs, self.graphs.edges[n], strict=True) if there
                ),
                float(self.chances[n]),
            )
            for n in first
        ]


def averaged(histories: Histories, delta: float | None = None, blocks: int = FINE) -> Averaged:
    """``delta`` is 2^-k for k lists where it is not given, as in the paper. 2 to 6 lists; raises ValueError beyond."""
    lists = len(histories.lists)
    if not 2 <= lists <= 6:
        raise ValueError(f"two to six lists, not {lists}")
    delta = 2.0**-lists if delta is None else delta
    graphs = decomposable(lists)
    first, among = _first_look(histories, graphs, delta)
    terms = graphs.terms[among].astype(np.float64)
    second = first.refined(_posterior(histories, terms, delta, first).sum(axis=0), blocks)
    fine = _posterior(histories, terms, delta, second)
    chances = np.zeros(len(graphs.terms))
    chances[among] = fine.sum(axis=1)
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
            mean=_mean(histories, terms, delta, fine, second),
        ),
        delta=delta,
        graphs=graphs,
        chances=chances,
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


def _first_look(histories: Histories, graphs: Graphs, delta: float) -> tuple[_Blocks, Places]:
    """Blocks that are narrow where any graph's peak is, and the graphs whose peaks may matter."""
    grid = np.linspace(0.0, np.log1p(FURTHEST), COARSE + 1)
    terms = graphs.terms.astype(np.float64)

    def curves(which: Places, x: Floats) -> Floats:
        """Of log(1 + unseen)."""
        margins = _margins(histories, delta, np.expm1(x).ravel()).reshape(-1, *x.shape)
        return np.asarray(np.einsum("gs,sgx->gx", terms[which], margins) + _whole(histories, np.expm1(x)) + x)

    logs = terms @ _margins(histories, delta, np.expm1(grid)) + _whole(histories, np.expm1(grid)) + grid
    found = peaks(logs, grid, curves)
    return _Blocks.between(np.expm1(grid_around(found, grid))), np.unique(found.curves)


def _posterior(histories: Histories, terms: Floats, delta: float, blocks: _Blocks) -> Floats:
    """Graphs by blocks: the probability of each graph with that many people unseen, all of them summing to 1."""
    log_p = terms @ _margins(histories, delta, blocks.middles)
    log_p += _whole(histories, blocks.middles) + blocks.log_lengths
    log_p -= log_p.max()
    p = np.exp(log_p, out=log_p)
    return np.asarray(p / p.sum())


def _whole(histories: Histories, unseen: Floats) -> Floats:
    """What all graphs share: the ways to choose those unseen, and the weight 1 / N."""
    return _rising(unseen, histories.documented + 1.0) - np.log(histories.documented + unseen)


def _margins(histories: Histories, delta: float, unseen: Floats) -> Floats:
    """For each set of lists as bits, the log of the Dirichlet-multinomial of its margin, with so many unseen."""
    prior = delta * len(histories.counts)
    whole = gammaln(prior) - _rising(unseen, prior + histories.documented)
    margins = np.zeros((len(histories.counts), len(unseen)))
    for within, cells in _cells(histories):
        each = prior / len(cells)
        seen = float((gammaln(cells[1:] + each) - gammaln(each)).sum() - gammaln(each))
        margins[within] = whole + seen + _rising(unseen, cells[0] + each)
    return margins


def _cells(histories: Histories) -> Iterator[tuple[int, Floats]]:
    """Each set of lists, and how many people are documented in each cell of its margin; on none of them first."""
    patterns = np.arange(len(histories.counts))
    for within in range(1, len(patterns)):
        counts = np.bincount(patterns & within, weights=histories.counts, minlength=len(patterns))
        yield within, counts[(patterns & ~within) == 0]


def _rising(unseen: Floats, more: float) -> Floats:
    """log Gamma(unseen + more) - log Gamma(unseen + 1)."""
    few = unseen < STIRLING
    found = np.empty(unseen.shape)
    found[few] = gammaln(unseen[few] + more) - gammaln(unseen[few] + 1.0)
    z = unseen[~few] + 1.0
    far = (z - 0.5) * np.log1p((more - 1.0) / z) + (more - 1.0) * (np.log(z + more - 1.0) - 1.0)
    found[~few] = far + (1.0 / (z + more - 1.0) - 1.0 / z) / 12.0
    return found


def _mean(histories: Histories, terms: Floats, delta: float, fine: Floats, blocks: _Blocks) -> float:
    """Infinite where the tail of a graph that has a say falls no faster than by the square of N."""
    prior = delta * len(histories.counts)
    powers = np.zeros(len(histories.counts))
    for within, cells in _cells(histories):
        powers[within] = cells[0] + prior / len(cells) - prior - histories.documented
    tails = terms @ powers + histories.documented - 1.0
    if (tails[fine.sum(axis=1) > LEFT_OUT] >= -2.0).any():
        return np.inf
    return float(histories.documented + fine.sum(axis=0) @ blocks.middles)


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
