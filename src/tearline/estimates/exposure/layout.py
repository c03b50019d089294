"""Which units and readers cover which items, laid out for loops; and what the exact answer will cost.

The layout depends on who read what leaked, and on nothing else, so it stays while negatives come in. Everything is
counted here, before anything is computed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tearline.estimates.exposure.factors import Cover, People
from tearline.estimates.exposure.plan import WIDEST, Multiply, Plan, Settle, plan
from tearline.estimates.exposure.tables import Floats, Ints

MULTIPLY, SETTLE = 0, 1


class Units(NamedTuple):
    """Units sorted by what they cover; readers by unit, those of one item first; edges by reader."""

    items: Ints
    reader_start: Ints
    several_start: Ints
    edge_start: Ints
    bits: Ints
    r: Floats
    table_start: Ints


class Steps(NamedTuple):
    """Groups of units that cover the same items, and the steps of the plan; tables are numbered, groups first.

    ``order`` has, for each step, the bits of both tables in the order in which they are laid beside each other.
    """

    group_start: Ints
    chain_start: Ints
    at: Ints
    items: Ints
    kind: Ints
    first: Ints
    second: Ints
    shared: Ints
    own_first: Ints
    own_second: Ints
    order: Ints
    order_start: Ints
    item: Ints
    bit: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """``unit`` and ``people`` are indexes in the world; ``nobody`` are covers that no reader can have covered.

    ``edges`` are reader, position of the unit, bit and chance of everything that can have been covered.
    ``products`` counts multiplications, both ways; ``entries`` the numbers that are held.
    """

    covers: tuple[Cover, ...]
    unit: Ints
    people: Ints
    edges: tuple[Ints, Ints, Ints, Floats]
    units: Units
    steps: Steps
    nobody: tuple[int, ...]
    plan: Plan
    products: float
    entries: float

    @property
    def weights(self) -> tuple[Floats, Floats]:
        """What each cover weighs if it is covered, and if it is not."""
        return np.array([c.covered for c in self.covers]), np.array([c.uncovered for c in self.covers])


def layout(covers: Sequence[Cover], unit_of: People, nodes: int) -> Layout:
    """The layout of these covers, each with a chance for each of its readers, who are numbered as ``unit_of`` is.

    ``nodes`` is how many values a propensity is taken at; it only counts.
    """
    people, item, chance = edges_of(covers)
    unit = unit_of[people].astype(np.int64)
    groups, of_edge, bit = _supports(unit, item)
    place = np.lexsort((unit, of_edge))
    units = unit[place][_starts(unit[place])[:-1]]
    of_unit = of_edge[place][_starts(unit[place])[:-1]]
    items = np.array([len(support) for support in groups], np.int64)[of_unit] if groups else of_unit
    position = np.zeros(int(unit_of.max(initial=0)) + 1, np.int64)
    position[units] = np.arange(len(units))
    edges = people, position[unit], bit, chance
    tables, readers = arranged(*edges, items)
    order_of_products = plan([sum(1 << one for one in support) for support in groups])
    steps = _steps(groups, _starts(of_unit), order_of_products)
    products, entries = _cost(tables, steps, order_of_products, nodes)
    spoken_of = {one for support in groups for one in support}
    return Layout(
        covers=tuple(covers),
        unit=units,
        people=readers,
        edges=edges,
        units=tables,
        steps=steps,
        nobody=tuple(n for n in range(len(covers)) if n not in spoken_of),
        plan=order_of_products,
        products=products,
        entries=entries,
    )


def arranged(people: Ints, unit: Ints, bit: Ints, chance: Floats, items: Ints) -> tuple[Units, Ints]:
    """Edges laid out for loops, ``unit`` being positions of units with so many ``items``; and the readers in order."""
    _, of_person, count = np.unique(people, return_inverse=True, return_counts=True)
    several = count[of_person.ravel()] > 1
    order = np.lexsort((bit, people, np.where(several, 0, bit), several, unit))
    people, unit, several = people[order], unit[order], several[order]
    edge_start = _starts(people)
    first = edge_start[:-1]
    reader_start = np.searchsorted(unit[first], np.arange(len(items) + 1)).astype(np.int64)
    singles = np.concatenate([[0], np.cumsum(~several[first])]).astype(np.int64)
    made = Units(
        items=items,
        reader_start=reader_start,
        several_start=reader_start[:-1] + np.diff(singles[reader_start]),
        edge_start=edge_start,
        bits=bit[order],
        r=chance[order],
        table_start=np.concatenate([[0], np.cumsum(1 << np.minimum(items, WIDEST))]).astype(np.int64),
    )
    return made, people[first]


def edges_of(covers: Sequence[Cover]) -> tuple[Ints, Ints, Floats]:
    """Reader, item and chance of every edge that can cover anything; two copies of an item are one edge."""
    if not covers:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    people = np.concatenate([c.people for c in covers]).astype(np.int64)
    item = np.repeat(np.arange(len(covers)), [len(c.people) for c in covers])
    chance = np.concatenate([c.r for c in covers])
    kept = chance > 0.0
    people, item, chance = people[kept], item[kept], chance[kept]
    first, chance = merged(people * len(covers) + item, chance)
    return people[first], item[first], chance


def merged(pairs: Ints, chance: Floats) -> tuple[Ints, Floats]:
    """Of edges that say the same pair, the first's place, and the chance that one of them covers."""
    found, first, of_edge = np.unique(pairs, return_index=True, return_inverse=True)
    if len(found) == len(pairs):
        return np.arange(len(pairs)), chance
    spared, caught = np.ones(len(found)), np.zeros(len(found))
    for edge, pair in enumerate(of_edge.ravel().tolist()):
        caught[pair] += spared[pair] * chance[edge]
        spared[pair] *= 1.0 - chance[edge]
    return first, caught


def _supports(unit: Ints, item: Ints) -> tuple[list[tuple[int, ...]], Ints, Ints]:
    """The sets of items that units cover, small ones first; for each edge, which its unit's is, and which bit in it."""
    if not len(unit):
        return [], unit, unit
    width = int(item.max()) + 1
    pairs, of_edge = np.unique(unit * width + item, return_inverse=True)
    units, items = np.divmod(pairs, width)
    begin = _starts(units)
    counts = np.diff(begin)
    rows = np.full((len(counts), 1 + int(counts.max())), -1)
    rows[:, 0] = counts
    rank = np.arange(len(pairs)) - np.repeat(begin[:-1], counts)
    rows[np.repeat(np.arange(len(counts)), counts), 1 + rank] = items
    distinct, of_unit = np.unique(rows, axis=0, return_inverse=True)
    supports = [tuple(row[1 : 1 + row[0]]) for row in distinct.tolist()]
    edges = of_edge.ravel()
    return supports, np.repeat(of_unit.ravel(), counts)[edges].astype(np.int64), rank[edges].astype(np.int64)


def _starts(values: Ints) -> Ints:
    """Where each run of equal values begins, and the end."""
    changes = np.flatnonzero(values[1:] != values[:-1]) + 1
    begin = [0] if len(values) else []
    return np.concatenate([begin, changes, [len(values)]]).astype(np.int64)


def _steps(groups: Sequence[tuple[int, ...]], begin: Ints, made: Plan) -> Steps:
    supports = list(groups)
    sizes = np.array([1 << min(len(s), WIDEST) for s in groups], np.int64)
    rows: list[tuple[int, ...]] = []
    order: list[int] = []
    order_start = [0]
    for step in made.steps:
        match step:
            case Multiply(first=first, second=second):
                if len(supports[second]) > len(supports[first]):
                    first, second = second, first
                a, b = supports[first], supports[second]
                shared = [one for one in a if one in b]
                own_a, own_b = ([one for one in c if one not in shared] for c in (a, b))
                order += [a.index(one) for one in own_a + shared] + [b.index(one) for one in own_b + shared]
                supports.append((*own_a, *own_b, *shared))
                rows.append((MULTIPLY, first, second, len(shared), len(own_a), len(own_b), 0, 0))
            case Settle(table=table, item=item):
                bit = supports[table].index(item)
                supports.append(supports[table][:bit] + supports[table][bit + 1 :])
                rows.append((SETTLE, table, 0, 0, 0, 0, item, bit))
        order_start.append(len(order))
    columns = np.array(rows, np.int64).reshape(-1, 8).T
    kind, first_of, second_of, shared_of, own_first, own_second, item_of, bit_of = (
        np.ascontiguousarray(column) for column in columns
    )
    return Steps(
        group_start=begin,
        chain_start=np.concatenate([[0], np.cumsum((np.diff(begin) + 1) * sizes)]).astype(np.int64),
        at=np.concatenate([[0], np.cumsum([1 << min(len(s), WIDEST) for s in supports])]).astype(np.int64),
        items=np.array([len(s) for s in supports], np.int64),
        kind=kind,
        first=first_of,
        second=second_of,
        shared=shared_of,
        own_first=own_first,
        own_second=own_second,
        order=np.array(order, np.int64),
        order_start=np.array(order_start, np.int64),
        item=item_of,
        bit=bit_of,
    )


def _cost(units: Units, steps: Steps, made: Plan, nodes: int) -> tuple[float, float]:
    sizes = 2.0**units.items
    several = units.reader_start[1:] - units.several_start
    edges = units.edge_start[units.reader_start[1:]] - units.edge_start[units.several_start]
    of_units = float(((several + edges + 3) * sizes).sum()) * nodes
    group_items = steps.items[: len(steps.group_start) - 1].astype(np.float64)
    of_chains = float((np.diff(steps.group_start) * 3.0**group_items).sum())
    held = float(steps.at[-1]) + float(steps.chain_start[-1]) + float(units.table_start[-1])
    return 3.0 * (of_units + of_chains + made.products), 2.0 * held
