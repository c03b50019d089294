"""Tables over sets of items, and the products that the cover rests on. No term is ever negative.

A table of ``e`` items has ``2**e`` entries; entry ``S`` is the probability that exactly the items of ``S`` are covered,
that is, were passed on by somebody whom the table speaks of. If two tables speak of different people, both
together cover the union: their product is the OR-convolution

    out[S] = sum of a[X] b[Y] over all X | Y = S.

For each item that both tables have it takes three products of half-sized tables, and no subtraction:
``out0 = a0 b0`` and ``out1 = a0 b1 + a1 (b0 + b1)``; for an item of one table alone, two. So the product costs
``3**shared * 2**(others)`` multiplications. Its two adjoints, which carry derivatives back, cost the same each.

A table's first item is its lowest bit. Two tables are laid beside each other as [shared items][own items], the first
slowest, so that the innermost loop runs over what the larger table has for itself.
"""

import numpy as np
from numpy.typing import NDArray

from tearline.estimates.compiled import compiled, reordered

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


FIT = 2**31 - 1
"""Offsets are cut to this, which changes none: it shows the compiler that none is negative, or it would test each."""

Two = tuple[float, float]
Four = tuple[float, float, float, float]


@compiled
def _one(a0: float, a1: float, b0: float, b1: float) -> Two:
    """The product of two tables of one item."""
    return a0 * b0, a0 * b1 + a1 * (b0 + b1)


@compiled
def _two(a0: float, a1: float, a2: float, a3: float, b0: float, b1: float, b2: float, b3: float) -> Four:
    """The product of two tables of two items."""
    c0, c1 = _one(a0, a1, b0, b1)
    d0, d1 = _one(a0, a1, b2, b3)
    e0, e1 = _one(a2, a3, b0 + b2, b1 + b3)
    return c0, c1, d0 + e0, d1 + e1


@compiled
def _three(a: Floats, x: int, b: Floats, y: int, out: Floats, z: int) -> None:
    """``out += a b`` for tables of three items, from these offsets on."""
    a0, a1, a2, a3 = a[x], a[x + 1], a[x + 2], a[x + 3]
    b0, b1, b2, b3 = b[y], b[y + 1], b[y + 2], b[y + 3]
    b4, b5, b6, b7 = b[y + 4], b[y + 5], b[y + 6], b[y + 7]
    c0, c1, c2, c3 = _two(a0, a1, a2, a3, b0, b1, b2, b3)
    d0, d1, d2, d3 = _two(a0, a1, a2, a3, b4, b5, b6, b7)
    a4, a5, a6, a7 = a[x + 4], a[x + 5], a[x + 6], a[x + 7]
    e0, e1, e2, e3 = _two(a4, a5, a6, a7, b0 + b4, b1 + b5, b2 + b6, b3 + b7)
    out[z] += c0
    out[z + 1] += c1
    out[z + 2] += c2
    out[z + 3] += c3
    out[z + 4] += d0 + e0
    out[z + 5] += d1 + e1
    out[z + 6] += d2 + e2
    out[z + 7] += d3 + e3


@compiled
def _rows(a: Floats, ao: int, b: Floats, bo: int, out: Floats, oo: int, na: int, nb: int) -> None:
    """``out += a b`` for two shared items, a row of what ``a`` has for itself at a time."""
    for i in range(nb):
        b0, b1, b2, b3 = b[bo + i], b[bo + nb + i], b[bo + 2 * nb + i], b[bo + 3 * nb + i]
        at = (oo + i * na) & FIT
        step = (na * nb) & FIT
        for j in range(na):
            x = (ao + j) & FIT
            z = (at + j) & FIT
            c0, c1, c2, c3 = _two(a[x], a[x + na], a[x + 2 * na], a[x + 3 * na], b0, b1, b2, b3)
            out[z] += c0
            out[z + step] += c1
            out[z + 2 * step] += c2
            out[z + 3 * step] += c3


@compiled
def multiply(a: Floats, b: Floats, out: Floats, shared: int, na: int, nb: int) -> None:
    """``out += a b``. Entries are [shared items][b's own][a's own], the first slowest; ``b`` has as much room again.

    Depth first with a stack of its own: what numba keeps of a function that calls itself crashes when it is loaded
    (numba issue 6061). Three items at once where neither table has any of its own.
    """
    na = na & FIT
    nb = nb & FIT
    end = nb << shared
    stack = np.empty((2 * shared + 3, 4), np.int64)
    stack[0, 0] = 0
    stack[0, 1] = 0
    stack[0, 2] = 0
    stack[0, 3] = shared
    top = 1
    while top > 0:
        top -= 1
        ao = stack[top, 0] & FIT
        bo = stack[top, 1] & FIT
        oo = stack[top, 2] & FIT
        left = stack[top, 3]
        if left == 0:
            for i in range(nb):
                weight = b[bo + i]
                at = (oo + i * na) & FIT
                for j in range(na):
                    out[at + j] += weight * a[ao + j]
            continue
        if left == 3 and na == 1 and nb == 1:
            _three(a, ao, b, bo, out, oo)
            continue
        if left == 2 and na > 1:
            _rows(a, ao, b, bo, out, oo, na, nb)
            continue
        ha = (na << (left - 1)) & FIT
        hb = (nb << (left - 1)) & FIT
        ho = (ha * nb) & FIT
        if left == 1:
            for i in range(nb):
                b0 = b[bo + i]
                b1 = b[bo + hb + i]
                both = b0 + b1
                at = (oo + i * na) & FIT
                for j in range(na):
                    a0 = a[ao + j]
                    out[at + j] += a0 * b0
                    out[at + ho + j] += a0 * b1 + a[ao + ha + j] * both
            continue
        free = (2 * end - (nb << left)) & FIT
        for i in range(hb):
            b[free + i] = b[bo + i] + b[bo + hb + i]
        for n in range(3):
            stack[top, 0] = ao + ha if n == 2 else ao
            stack[top, 1] = (bo, bo + hb, free)[n]
            stack[top, 2] = oo if n == 0 else oo + ho
            stack[top, 3] = left - 1
            top += 1


@compiled
def _one_back(a0: float, a1: float, b0: float, b1: float, g0: float, g1: float) -> Four:
    """The adjoints of two tables of one item: of a, then of b."""
    return b0 * g0 + b1 * g1, (b0 + b1) * g1, a0 * g0 + a1 * g1, (a0 + a1) * g1


@compiled
def _two_back(a: Floats, x: int, b: Four, g: Floats, z: int, ga: Floats) -> Four:
    """The same for two items: those of a are added to ``ga``, those of b returned."""
    b0, b1, b2, b3 = b
    a0, a1, a2, a3 = a[x], a[x + 1], a[x + 2], a[x + 3]
    g0, g1, g2, g3 = g[z], g[z + 1], g[z + 2], g[z + 3]
    s0, s1, u0, u1 = _one_back(a0, a1, b0, b1, g0, g1)
    t0, t1, v0, v1 = _one_back(a0, a1, b2, b3, g2, g3)
    r0, r1, w0, w1 = _one_back(a2, a3, b0 + b2, b1 + b3, g2, g3)
    ga[x] += s0 + t0
    ga[x + 1] += s1 + t1
    ga[x + 2] += r0
    ga[x + 3] += r1
    return u0 + w0, u1 + w1, v0 + w0, v1 + w1


@compiled
def _three_back(a: Floats, x: int, b: Floats, y: int, g: Floats, z: int, ga: Floats, gb: Floats) -> None:
    """The same for three items."""
    low = b[y], b[y + 1], b[y + 2], b[y + 3]
    high = b[y + 4], b[y + 5], b[y + 6], b[y + 7]
    both = low[0] + high[0], low[1] + high[1], low[2] + high[2], low[3] + high[3]
    u0, u1, u2, u3 = _two_back(a, x, low, g, z, ga)
    v0, v1, v2, v3 = _two_back(a, x, high, g, z + 4, ga)
    w0, w1, w2, w3 = _two_back(a, x + 4, both, g, z + 4, ga)
    gb[y] += u0 + w0
    gb[y + 1] += u1 + w1
    gb[y + 2] += u2 + w2
    gb[y + 3] += u3 + w3
    gb[y + 4] += v0 + w0
    gb[y + 5] += v1 + w1
    gb[y + 6] += v2 + w2
    gb[y + 7] += v3 + w3


@reordered
def _rows_back(
    a: Floats, ao: int, b: Floats, bo: int, g: Floats, go: int, ga: Floats, gb: Floats, na: int, nb: int
) -> None:
    """The same for two shared items, a row at a time."""
    step = (na * nb) & FIT
    for i in range(nb):
        b0, b1, b2, b3 = b[bo + i], b[bo + nb + i], b[bo + 2 * nb + i], b[bo + 3 * nb + i]
        at = (go + i * na) & FIT
        u0 = 0.0
        u1 = 0.0
        u2 = 0.0
        u3 = 0.0
        for j in range(na):
            x = (ao + j) & FIT
            z = (at + j) & FIT
            a0, a1, a2, a3 = a[x], a[x + na], a[x + 2 * na], a[x + 3 * na]
            g0, g1, g2, g3 = g[z], g[z + step], g[z + 2 * step], g[z + 3 * step]
            ga[x] += b0 * g0 + b1 * g1 + b2 * g2 + b3 * g3
            ga[x + na] += (b0 + b1) * g1 + (b2 + b3) * g3
            ga[x + 2 * na] += (b0 + b2) * g2 + (b1 + b3) * g3
            ga[x + 3 * na] += (b0 + b1 + b2 + b3) * g3
            u0 += a0 * g0 + a1 * g1 + a2 * g2 + a3 * g3
            u1 += (a0 + a1) * g1 + (a2 + a3) * g3
            u2 += (a0 + a2) * g2 + (a1 + a3) * g3
            u3 += (a0 + a1 + a2 + a3) * g3
        gb[bo + i] += u0
        gb[bo + nb + i] += u1
        gb[bo + 2 * nb + i] += u2
        gb[bo + 3 * nb + i] += u3


@reordered
def _row_back(
    a: Floats, ao: int, b: Floats, bo: int, g: Floats, go: int, ga: Floats, gb: Floats, na: int, nb: int
) -> None:
    """The same for one shared item."""
    step = (na * nb) & FIT
    for i in range(nb):
        b0, b1 = b[bo + i], b[bo + nb + i]
        at = (go + i * na) & FIT
        u0 = 0.0
        u1 = 0.0
        for j in range(na):
            x = (ao + j) & FIT
            z = (at + j) & FIT
            a0, a1, g0, g1 = a[x], a[x + na], g[z], g[z + step]
            ga[x] += b0 * g0 + b1 * g1
            ga[x + na] += (b0 + b1) * g1
            u0 += a0 * g0 + a1 * g1
            u1 += (a0 + a1) * g1
        gb[bo + i] += u0
        gb[bo + nb + i] += u1


@compiled
def carry_back(
    a: Floats, b: Floats, g: Floats, ga: Floats, gb: Floats, shared: int, na: int, nb: int
) -> None:
    """``ga`` and ``gb`` += the derivatives of ``sum(g * out)`` by a and b; ``gb`` has the room that ``b`` has."""
    na = na & FIT
    nb = nb & FIT
    end = nb << shared
    stack = np.empty((3 * shared + 4, 4), np.int64)
    stack[0, 0] = 0
    stack[0, 1] = 0
    stack[0, 2] = 0
    stack[0, 3] = shared
    top = 1
    while top > 0:
        top -= 1
        ao = stack[top, 0] & FIT
        bo = stack[top, 1] & FIT
        go = stack[top, 2] & FIT
        left = stack[top, 3]
        if left < 0:  # what was derived by the sum of two halves of b goes to both
            hb = (nb << (-left - 1)) & FIT
            free = (2 * end - (nb << -left)) & FIT
            for i in range(hb):
                gb[bo + i] += gb[free + i]
                gb[bo + hb + i] += gb[free + i]
            continue
        if left == 0:
            for i in range(nb):
                weight = b[bo + i]
                at = (go + i * na) & FIT
                total = 0.0
                for j in range(na):
                    here = g[at + j]
                    ga[ao + j] += weight * here
                    total += a[ao + j] * here
                gb[bo + i] += total
            continue
        if left == 3 and na == 1 and nb == 1:
            _three_back(a, ao, b, bo, g, go, ga, gb)
            continue
        if left == 2 and na > 1:
            _rows_back(a, ao, b, bo, g, go, ga, gb, na, nb)
            continue
        if left == 1:
            _row_back(a, ao, b, bo, g, go, ga, gb, na, nb)
            continue
        ha = (na << (left - 1)) & FIT
        hb = (nb << (left - 1)) & FIT
        ho = (ha * nb) & FIT
        free = (2 * end - (nb << left)) & FIT
        for i in range(hb):
            b[free + i] = b[bo + i] + b[bo + hb + i]
            gb[free + i] = 0.0
        for n in range(4):
            stack[top, 0] = ao + ha if n == 3 else ao
            stack[top, 1] = (bo, bo + hb, bo, free)[n]
            stack[top, 2] = go if n in {0, 2} else go + ho
            stack[top, 3] = -left if n == 2 else left - 1
            top += 1


@compiled
def places(order: Ints, begin: int, count: int) -> Ints:
    """Where the entries of a table are, if its bit ``t`` is taken from bit ``order[begin + t]``."""
    place = np.empty(1 << count, np.int64)
    place[0] = 0
    for t in range(count):
        half = 1 << t
        step = 1 << order[begin + t]
        for y in range(half):
            place[half + y] = place[y] + step
    return place


@compiled
def settle(table: Floats, size: int, bit: int, covered: float, uncovered: float, out: Floats) -> float:
    """``out`` becomes the table without an item that no other speaks of; the largest entry is returned."""
    step = 1 << bit
    largest = 0.0
    for x in range(size // 2):
        low = x & (step - 1)
        at = ((x - low) << 1) + low
        out[x] = uncovered * table[at] + covered * table[at + step]
        largest = max(largest, out[x])
    return largest


@compiled
def settle_back(g: Floats, size: int, bit: int, covered: float, uncovered: float, into: Floats) -> None:
    """``into`` becomes the adjoint of a table of ``size`` entries, from that of what ``settle`` made of it."""
    step = 1 << bit
    for x in range(size // 2):
        low = x & (step - 1)
        at = ((x - low) << 1) + low
        into[at] = uncovered * g[x]
        into[at + step] = covered * g[x]
