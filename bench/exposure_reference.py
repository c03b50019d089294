"""The exposure model of a million readers by inclusion-exclusion: another way to the same answer, in any arithmetic.

    Z = sum over sets S of what leaked of prod_{j in S} -(1 - b_j) prod_u F_u(S),
    F_u(S) = sum_k w_k prod_{i in u} (1 - pi_k + pi_k m_i prod_{j in S} (1 - q_ij))

(Quickscore, Heckerman 1989), over all sets at once: the multiplicative Möbius transform of each ``F_u`` over the items
that the unit read, and one zeta transform of them all. Its terms alternate, and what is left of them may be 1e-60 of
the largest. So with doubles nothing is right that is not easy; with 200 decimal digits it is a reference that has no
step in common with ours but the nodes. ``digits_lost`` says how many of its digits cancelled.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, setcontext
from typing import Any

import numpy as np

from bench.exposure_scale import BACKGROUND, PEOPLE, Drawn
from tearline.estimates.exposure.world import Compromised, NotCompromised

DIGITS = 200
NOTHING = 1e-60
"""A value of the propensity to which what did not leak leaves no more than this anywhere is left out."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """``people`` by index and their probabilities; the decimal digits that cancelled in the sum for all of them."""

    people: np.ndarray
    probability: np.ndarray
    digits_lost: float


class Sums:
    """A world made ready: products over what did not leak, and for each unit its readers of what did."""

    def __init__(self, world: Drawn, *, decimal: bool) -> None:
        setcontext(Context(prec=DIGITS))
        self.number = np.vectorize(lambda x: Decimal(float(x)), otypes=[object]) if decimal else np.asarray
        self.dtype: Any = object if decimal else np.float64
        self.one: Any = Decimal(1) if decimal else 1.0
        self.size = world.shape.unit_size
        self.pi, weights = world.rule
        self.m = np.ones(PEOPLE, np.longdouble)
        edges: dict[int, dict[int, list[tuple[int, float]]]] = defaultdict(lambda: defaultdict(list))
        self.count = 0
        for known in world.items.values():
            read = known.readers
            if isinstance(known.observation, NotCompromised):
                self.m[read.people] *= 1.0 - read.q  # nobody is twice among an item's readers
            if isinstance(known.observation, Compromised):
                for person, q in zip(read.people.tolist(), read.q.tolist(), strict=True):
                    edges[person // self.size][person].append((self.count, q))
                self.count += 1
        self.edges = edges
        others = self.m.reshape(-1, self.size).copy()
        reads = np.zeros(PEOPLE, bool)
        reads[[person for unit in edges.values() for person in unit]] = True
        others[reads.reshape(-1, self.size)] = 1.0
        alone = np.stack(
            [w * np.prod(1.0 - p + p * others, axis=1) for p, w in zip(self.pi, weights, strict=True)], axis=1
        )
        kept = (alone / alone.sum(axis=1, keepdims=True)).max(axis=0) > NOTHING
        self.alone, self.pi = alone[:, kept], self.pi[kept]
        self.signed, self.digits_lost = self._signed()

    def support(self, unit: int) -> list[int]:
        return sorted({item for read in self.edges[unit].values() for item, _ in read})

    def patterns(self, unit: int) -> Iterator[tuple[int, list[int], Any, Any]]:
        """Each reader with its items and, for each set of these, its two parts: as no channel, and as one."""
        pi = self.number(self.pi)
        for person, read in self.edges[unit].items():
            m = self.number(np.array([float(self.m[person])]))[0]
            spared = np.array([self.one], self.dtype)
            for _, q in read:
                spared = np.concatenate([spared, spared * (self.one - self.number(np.array([q]))[0])])
            on = spared[:, None] * (m * pi)[None, :]
            yield person, [item for item, _ in read], (self.one - pi)[None, :] + on, on

    def table(self, unit: int) -> Any:
        """``F_u`` of each set of what the unit read, before the sum over nodes."""
        support = self.support(unit)
        whole = self.number(self.alone[unit].astype(np.float64))[None, :]
        single: dict[int, Any] = {}
        several = []
        for _, items, both, _ in self.patterns(unit):
            if len(items) == 1:
                single[items[0]] = single[items[0]] * both if items[0] in single else both
            else:
                several.append((items, both))
        for item in support:
            one = single.get(item)
            whole = np.concatenate([whole, whole] if one is None else [whole * one[:1], whole * one[1:]])
        for items, both in several:
            whole = whole * both[within(items, support)]
        return whole

    def _signed(self) -> tuple[Any, float]:
        """The terms of Z for all sets, each with its sign, and how many digits cancel in their sum."""
        product = np.full(1 << self.count, self.one, self.dtype)
        for unit in self.edges:
            support = self.support(unit)
            own = self.table(unit).sum(axis=1)
            for bit in range(len(support)):
                halves = own.reshape(-1, 2, 1 << bit)
                halves[:, 1] /= halves[:, 0]
            product[spread(support)] *= own
        known_otherwise = self.number(np.array([-(1.0 - BACKGROUND)]))[0]
        for bit in range(self.count):
            halves = product.reshape(-1, 2, 1 << bit)
            halves[:, 1] *= halves[:, 0]
        for bit in range(self.count):
            product.reshape(-1, 2, 1 << bit)[:, 1] *= known_otherwise
        left = abs(product.sum())
        lost = Decimal(float(np.max(np.abs(product)))) / Decimal(left) if left else Decimal("Infinity")
        return product, float(lost.log10())

    def posterior(self, units: Sequence[int]) -> Found:
        """Everybody in these units."""
        people, probability = [], []
        pi = self.pi.astype(np.longdouble)
        for unit in units:
            support = self.support(unit)
            left = self.signed
            for bit in reversed(range(self.count)):
                if bit not in support:
                    left = left.reshape(-1, 2, 1 << bit).sum(axis=1).reshape(-1)
            table = self.table(unit)
            share = table * (left / table.sum(axis=1))[:, None]
            whole = share.sum()
            node = (share.sum(axis=0) / whole).astype(np.longdouble)
            first = unit * self.size
            m = self.m[first : first + self.size, None]
            found = (node * pi * m / (1.0 - pi + pi * m)).sum(axis=1).astype(np.float64)
            for person, items, both, on in self.patterns(unit):
                as_channel = share * (on / both)[within(items, support)]
                found[person - first] = float(as_channel.sum() / whole)
            people.append(np.arange(first, first + self.size))
            probability.append(found)
        return Found(
            people=np.concatenate(people),
            probability=np.concatenate(probability),
            digits_lost=self.digits_lost,
        )


def within(items: Sequence[int], support: Sequence[int]) -> np.ndarray:
    """For each set of the support, which set of these items is in it."""
    sets = np.arange(1 << len(support))
    return sum(((sets >> support.index(item) & 1) << n for n, item in enumerate(items)), np.zeros_like(sets))


def spread(support: Sequence[int]) -> np.ndarray:
    """For each set of the support, the same set among all items."""
    sets = np.arange(1 << len(support))
    return sum(((sets >> n & 1) << item for n, item in enumerate(support)), np.zeros_like(sets))


def chosen(sums: Sums, likeliest: Sequence[int], most: int) -> list[int]:
    """Units to compare: those of the likeliest people, and then others as they come."""
    first = [person // sums.size for person in likeliest]
    order = dict.fromkeys(itertools.chain((unit for unit in first if unit in sums.edges), sums.edges))
    return list(order)[:most]
