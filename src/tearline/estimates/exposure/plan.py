"""In which order tables are multiplied, and items settled: variable elimination by counted cost.

Once all tables that speak of an item are one, the item is settled and the table halves. So what an exact answer costs
goes by how far items hang together through units, not by their number: independent parts never meet, and many
positives are cheap where each unit read few of them. The worst case, every unit having read all of ``P`` positives, is
``3**P`` a unit.

Supports are sets of items as bits of an integer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tearline.estimates.compiled import compiled
from tearline.estimates.exposure.tables import Floats, Ints

HANDLING = 12.0
"""What it takes to lay out, clear and read one entry of a product, in multiplications: measured."""

SLOWNESS = np.array([6.0, 9.0, 5.3, 3.6, 2.4, 1.7, 1.0])
"""How much longer one multiplication takes where rows are short: by the items that the larger table has for itself."""

WIDEST = 40
"""A table of more items is not even planned: its entries alone would not fit any memory."""


@dataclass(frozen=True, slots=True)
class Multiply:
    """Tables ``first`` and ``second`` become a new one."""

    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Settle:
    """No other table speaks of ``item``: table ``table`` becomes a new one without it."""

    table: int
    item: int


Step = Multiply | Settle


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in order; each makes the next table, numbered on from those that were given.

    ``products`` are the multiplications that they take (infinite if there is no plan), ``entries`` those of all tables
    together, ``width`` the items of the largest.
    """

    steps: tuple[Step, ...]
    products: float
    entries: float
    width: int


def plan(supports: Sequence[int]) -> Plan:
    """A cheap order for tables of these items; greedy, so not always the cheapest."""
    return _Planner(supports).plan()


class _TooWide(Exception):
    """No order was found in which all tables fit."""


class _Planner:
    def __init__(self, supports: Sequence[int]) -> None:
        self.live = dict(enumerate(supports))
        self.next = len(supports)
        self.steps: list[Step] = []
        self.products = 0.0
        self.entries = 0.0
        self.width = max((s.bit_count() for s in supports), default=0)
        self.about: dict[int, set[int]] = {}
        for n, support in self.live.items():
            for item in _items(support):
                self.about.setdefault(item, set()).add(n)

    def plan(self) -> Plan:
        try:
            while self.about:
                item = min(self.about, key=self._width)
                table = self._merge(sorted(self.about[item]))
                for one in _items(self.live[table]):
                    if self.about.get(one) == {table}:
                        table = self._settle(table, one)
        except _TooWide:
            return Plan((), np.inf, np.inf, self.width)
        return Plan(tuple(self.steps), self.products, self.entries, self.width)

    def _width(self, item: int) -> tuple[int, int, int]:
        union = 0
        for table in self.about[item]:
            union |= self.live[table]
        return union.bit_count(), len(self.about[item]), item

    def _merge(self, tables: list[int]) -> int:
        """All of these as one: the smallest goes first, into whichever other makes the rest cheapest."""
        union = 0
        for table in tables:
            union |= self.live[table]
        items = union.bit_count()
        self.width = max(self.width, items)
        if items > WIDEST:
            raise _TooWide
        place = {item: 1 << n for n, item in enumerate(_items(union))}
        masks = np.array([sum(place[i] for i in _items(self.live[t])) for t in tables], np.int64)
        small, into = np.empty(len(tables) - 1, np.int64), np.empty(len(tables) - 1, np.int64)
        last = _joined(masks, items, SLOWNESS, small, into)
        names = list(tables)
        apart: list[int] = []
        for one, other in zip(small.tolist(), into.tolist(), strict=True):
            if other < 0:
                apart.append(names[one])
            else:
                names[other] = self._multiply(names[one], names[other])
        whole = names[last]
        for table in reversed(apart):
            whole = self._multiply(whole, table)
        return whole

    def _multiply(self, first: int, second: int) -> int:
        one, other = self.live.pop(first), self.live.pop(second)
        shared, made = (one & other).bit_count(), (one | other).bit_count()
        own = max(one.bit_count(), other.bit_count()) - shared
        self.products += _cost(shared, own, made, SLOWNESS)
        self.steps.append(Multiply(first, second))
        return self._made(one | other, (first, second))

    def _settle(self, table: int, item: int) -> int:
        support = self.live.pop(table)
        self.steps.append(Settle(table, item))
        del self.about[item]
        return self._made(support & ~(1 << item), (table,))

    def _made(self, support: int, gone: tuple[int, ...]) -> int:
        made, self.next = self.next, self.next + 1
        self.live[made] = support
        self.entries += 2.0 ** support.bit_count()
        for item in _items(support):
            self.about[item].difference_update(gone)
            self.about[item].add(made)
        return made


def _items(support: int) -> list[int]:
    found = []
    while support:
        lowest = support & -support
        found.append(lowest.bit_length() - 1)
        support ^= lowest
    return found


@compiled
def _cost(shared: int, own: int, made: int, slowness: Floats) -> float:
    """What a product takes of ``made`` items, of which both have ``shared`` and the larger ``own`` for itself."""
    slow = slowness[min(own, len(slowness) - 1)]
    return float(slow * 3.0**shared * 2.0 ** (made - shared) + HANDLING * 2.0**made)


@compiled
def _count(mask: int) -> int:
    """How many items a set has."""
    count = 0
    while mask != 0:
        mask &= mask - 1
        count += 1
    return count


@compiled
def _joined(masks: Ints, items: int, slowness: Floats, small: Ints, into: Ints) -> int:
    """The smallest table, again and again, and which other it goes into, or -1 if it is better kept apart until the
    others are one; returns which that is. ``masks`` change.
    """
    later = np.empty(items + 1)
    for size in range(items + 1):
        later[size] = _cost(size, items - size, items, slowness)
    waiting = np.ones(len(masks), np.bool_)
    sizes = np.empty(len(masks), np.int64)
    for t in range(len(masks)):
        sizes[t] = _count(masks[t])
    for n in range(len(masks) - 1):
        one = -1
        for t in range(len(masks)):
            if waiting[t] and (one < 0 or sizes[t] < sizes[one]):
                one = t
        waiting[one] = False
        small[n] = one
        into[n] = -1
        most = 0.0
        for t in range(len(masks)):
            if waiting[t]:
                shared = _count(masks[t] & masks[one])
                made = sizes[t] + sizes[one] - shared
                gain = later[sizes[t]] + later[sizes[one]] - later[made]
                gain -= _cost(shared, sizes[t] - shared, made, slowness)
                if gain > most:
                    most = gain
                    into[n] = t
        if into[n] >= 0:
            masks[into[n]] |= masks[one]
            sizes[into[n]] = _count(masks[into[n]])
    for t in range(len(masks)):
        if waiting[t]:
            return t
    return 0
