"""What the people of one unit cover: each reader an operator on tables, mixed over the nodes of the propensity.

Given a node ``pi``, and all evidence but the positives, a reader whose negatives have weight ``m`` is a channel with
probability ``pi m / (1 - pi + pi m)``; the factors ``1 - pi + pi m`` weight the node. A channel covers its items
independently, so it is applied item by item, in place: ``M[S with j] += r M[S]; M[S] *= 1 - r``. So a unit's table is a
probability distribution over covered sets, whatever was observed. Readers of one item only are a product over items
and cost ``2**e`` together; each other reader costs ``(its items + 1) * 2**e``, for each node.

Every complement (not being a channel, not covering) is carried beside its probability, and never taken by subtraction.
"""

import math

import numpy as np

from tearline.estimates.compiled import compiled
from tearline.estimates.exposure.layout import Units
from tearline.estimates.exposure.tables import FIT, Floats, Ints

NOTHING = 1e-20
"""A node that can come to no more than this share of its unit is left out: no posterior can tell."""

HELD = 4_000_000
"""Entries of tables that are held while one unit is gone through backwards; beyond that, some are made again."""


@compiled
def _chances(pi: float, yes: Floats, no: Floats, first: int, last: int, on: Floats, off: Floats) -> None:
    """For readers ``first`` to ``last``: the chances of being a channel at this node and not, given the negatives."""
    for i in range(first, last):
        channel = pi * yes[i]
        other = (1.0 - pi) * no[i]
        both = channel + other
        on[i - first] = channel / both if both > 0.0 else 0.0
        off[i - first] = other / both if both > 0.0 else 1.0


@compiled
def _single_items(
    units: Units,
    first: int,
    several: int,
    on: Floats,
    off: Floats,
    count: int,
    caught: Floats,
    spared: Floats,
) -> None:
    """For each item: the chance that a reader of it alone covers it, and that none does."""
    for j in range(count):
        caught[j] = 0.0
        spared[j] = 1.0
    for i in range(first, several):
        edge = units.edge_start[i]
        j = units.bits[edge]
        r = units.r[edge]
        caught[j] += spared[j] * on[i - first] * r
        spared[j] *= off[i - first] + on[i - first] * (1.0 - r)


@compiled
def _spread(caught: Floats, spared: Floats, count: int, out: Floats) -> None:
    """The table in which items are covered independently."""
    out[0] = 1.0
    for j in range(count):
        half = 1 << j
        for y in range(half):
            out[half + y] = out[y] * caught[j]
            out[y] *= spared[j]


@compiled
def _apply(units: Units, i: int, on: float, off: float, size: int, cur: Floats, tmp: Floats) -> None:
    """One reader joins: ``cur`` becomes ``off cur + on covered(cur)``."""
    for x in range(size):
        tmp[x] = cur[x]
    for edge in range(units.edge_start[i], units.edge_start[i + 1]):
        r = units.r[edge]
        step = (1 << units.bits[edge]) & FIT
        for base in range(0, size, 2 * step):
            low = base & FIT
            for x in range(step):
                here = tmp[low + x]
                tmp[low + step + x] += r * here
                tmp[low + x] = (1.0 - r) * here
    for x in range(size):
        cur[x] = off * cur[x] + on * tmp[x]


@compiled
def unit_tables(
    units: Units, which: Ints, nodes: Floats, omega: Floats, yes: Floats, no: Floats, out: Floats
) -> None:
    """The tables of the units ``which``, in their places in ``out``; ``omega`` weighs each unit's nodes.

    ``yes / no`` is each reader's ``m``; the larger of the two is 1.
    """
    widest = 1
    most = 1
    for u in which:
        widest = max(widest, units.items[u])
        most = max(most, units.reader_start[u + 1] - units.reader_start[u])
    on = np.empty(most)
    off = np.empty(most)
    caught = np.empty(widest)
    spared = np.empty(widest)
    cur = np.empty(1 << widest)
    tmp = np.empty(1 << widest)
    for u in which:
        count = units.items[u]
        size = 1 << count
        at = units.table_start[u]
        first = units.reader_start[u]
        several = units.several_start[u]
        last = units.reader_start[u + 1]
        for x in range(size):
            out[at + x] = 0.0
        for k in range(nodes.shape[1]):
            weight = omega[u, k]
            if weight == 0.0:
                continue
            _chances(nodes[u, k], yes, no, first, last, on, off)
            _single_items(units, first, several, on, off, count, caught, spared)
            _spread(caught, spared, count, cur)
            for i in range(several, last):
                _apply(units, i, on[i - first], off[i - first], size, cur, tmp)
            for x in range(size):
                out[at + x] += weight * cur[x]


@compiled
def _single_back(
    units: Units,
    first: int,
    several: int,
    on: Floats,
    off: Floats,
    caught: Floats,
    spared: Floats,
    count: int,
    back: Floats,
    folded: Floats,
    weight: float,
    posterior: Floats,
) -> float:
    """What the adjoint ``back`` says of readers of one item; returns what it sums to with the table of ``_spread``.

    Items are folded away from the last to the first, and gone through again: that gives, for each, the sums without it
    and with it, from which each of its readers is left out in turn.
    """
    size = 1 << count
    for x in range(size):
        folded[size + x] = back[x]
    for j in range(count - 1, -1, -1):
        half = 1 << j
        for y in range(half):
            folded[half + y] = spared[j] * folded[2 * half + y] + caught[j] * folded[3 * half + y]
    total: float = folded[1]
    back[0] = 1.0  # from here on, the table of the items gone through so far
    begin = first
    for j in range(count):
        half = 1 << j
        without = 0.0
        with_it = 0.0
        for y in range(half):
            without += back[y] * folded[2 * half + y]
            with_it += back[y] * folded[3 * half + y]
        end = begin
        while end < several and units.bits[units.edge_start[end]] == j:
            end += 1
        for i in range(begin, end):
            r = units.r[units.edge_start[i]]
            here = on[i - first]
            idle = off[i - first] + here * (1.0 - r)
            if idle > 0.01:
                others = spared[j] / idle
                others_caught = max((caught[j] - here * r) / idle, 0.0)
            else:
                others = 1.0
                others_caught = 0.0
                for l in range(begin, end):  # noqa: E741  the index beside i
                    if l != i:
                        q = units.r[units.edge_start[l]]
                        others_caught += others * on[l - first] * q
                        others *= off[l - first] + on[l - first] * (1.0 - q)
            as_channel = (1.0 - r) * others * without + (r + (1.0 - r) * others_caught) * with_it
            posterior[i] += weight * here * as_channel
        begin = end
        for y in range(half):
            back[half + y] = back[y] * caught[j]
            back[y] *= spared[j]
    return total


@compiled
def units_back(
    units: Units,
    which: Ints,
    nodes: Floats,
    omega: Floats,
    yes: Floats,
    no: Floats,
    adjoint: Floats,
    posterior: Floats,
    held: int,
) -> Floats:
    """From the adjoints of the tables of ``which``: their nodes' weights after all, and their readers' ``posterior``.

    ``nodes``, ``omega`` and what is returned have a row for each of ``which``.

    An adjoint sums to one with its table, so that what a node comes to is at most its weight times the largest entry.

    Each reader of several items needs the tables of those before it: as many are held as ``held`` entries allow, the
    rest are made again from the nearest that was (as in checkpointed reverse accumulation, Griewank 1992).
    """
    nodes_after = np.zeros_like(omega)
    widest = 1
    most = 1
    for u in which:
        widest = max(widest, units.items[u])
        most = max(most, units.reader_start[u + 1] - units.reader_start[u])
    on = np.empty(most)
    off = np.empty(most)
    caught = np.empty(widest)
    spared = np.empty(widest)
    cur = np.empty(1 << widest)
    tmp = np.empty(1 << widest)
    back = np.empty(1 << widest)
    folded = np.empty(2 << widest)
    for row in range(len(which)):
        u = which[row]
        count = units.items[u]
        size = 1 << count
        at = units.table_start[u]
        first = units.reader_start[u]
        several = units.several_start[u]
        last = units.reader_start[u + 1]
        stride = max(last - several, 1)
        if stride * size > held:
            stride = math.ceil(math.sqrt(stride))
        blocks = (last - several + stride - 1) // stride
        checkpoints = np.empty((max(blocks, 1), size))
        before = np.empty((stride, size))
        largest = 0.0
        for x in range(size):
            largest = max(largest, adjoint[at + x])
        for i in range(first, last):
            posterior[i] = 0.0
        total = 0.0
        for k in range(nodes.shape[1]):
            nodes_after[row, k] = 0.0
            weight = omega[row, k]
            if weight * largest < NOTHING:
                continue
            _chances(nodes[row, k], yes, no, first, last, on, off)
            _single_items(units, first, several, on, off, count, caught, spared)
            _spread(caught, spared, count, cur)
            for block in range(blocks - 1):
                for x in range(size):
                    checkpoints[block, x] = cur[x]
                for i in range(several + block * stride, several + (block + 1) * stride):
                    _apply(units, i, on[i - first], off[i - first], size, cur, tmp)
            if blocks > 0:
                for x in range(size):
                    checkpoints[blocks - 1, x] = cur[x]
            for x in range(size):
                back[x] = adjoint[at + x]
            for block in range(blocks - 1, -1, -1):
                begin = several + block * stride
                end = min(begin + stride, last)
                for x in range(size):
                    cur[x] = checkpoints[block, x]
                for i in range(begin, end):
                    for x in range(size):
                        before[i - begin, x] = cur[x]
                    if i + 1 < end:
                        _apply(units, i, on[i - first], off[i - first], size, cur, tmp)
                for i in range(end - 1, begin - 1, -1):
                    for x in range(size):
                        tmp[x] = back[x]
                    for edge in range(units.edge_start[i], units.edge_start[i + 1]):
                        r = units.r[edge]
                        step = (1 << units.bits[edge]) & FIT
                        for base in range(0, size, 2 * step):
                            low = base & FIT
                            for x in range(step):
                                tmp[low + x] = (1.0 - r) * tmp[low + x] + r * tmp[low + step + x]
                    as_channel = 0.0
                    for x in range(size):
                        as_channel += before[i - begin, x] * tmp[x]
                        back[x] = off[i - first] * back[x] + on[i - first] * tmp[x]
                    posterior[i] += weight * on[i - first] * as_channel
            whole = _single_back(
                units, first, several, on, off, caught, spared, count, back, folded, weight, posterior
            )
            nodes_after[row, k] = weight * whole
            total += nodes_after[row, k]
        for k in range(nodes.shape[1]):
            nodes_after[row, k] /= total
        for i in range(first, last):
            posterior[i] /= total
    return nodes_after
