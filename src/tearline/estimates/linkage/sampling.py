"""Linkages drawn as likely as they are, so that what is counted from them carries the doubt about who is who.

A linkage's weight is e to what it gains (``clustering``), for each of a few values that ``bonus`` may have. Three
kinds of moves keep that weight: each report in turn leaves its group and joins one of the groups it has a candidate in,
or stands alone, with the chance that this gives (Gibbs sampling on groupings); two reports of one source exchange their
places; two groups become one, or one falls in two. Without the second, of two brothers of one name the one who was put
first with the others' reports would stay there: the other cannot join while he is there, and he does not leave. No
group ever has two reports of one source.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from tearline.estimates.compiled import exact
from tearline.estimates.linkage.clustering import (
    Graph,
    between,
    gain_of,
    groups_of,
    put_in,
    renumbered,
    set_aside,
    take_out,
    unused,
    with_one,
    worth,
)
from tearline.estimates.linkage.reports import NONE, Ints

BETWEEN = 2
"""Sweeps over all reports from one linkage that is kept to the next."""
VALUES = 8
"""Of ``bonus``, equally likely."""
MOST_OPTIONS = 256
MOST_AT_ONCE = 32
"""Reports of one person, beyond which its group is neither split nor merged as a whole."""
UNLIKELY = -4.0
"""Pairs with log-odds below this are joined by way of others only."""


def linkages(
    of: Graph, start: Ints, *, seed: int, count: int = 100, between: int = BETWEEN
) -> Iterator[Ints]:
    """``count`` groupings, numbered as by ``clusters``; for each value of ``bonus`` as many, the first of them after
    ten times as many sweeps as between two."""
    random = np.random.Generator(np.random.PCG64(seed))
    member = start.astype(np.int64).copy()
    moved = _Moved(of)
    values = min(VALUES, count) if of.spread > 0.0 else 1
    before = -1
    for n in range(count):
        value = n * values // count
        if value != before:
            moved.of = of._replace(bonus=of.bonus + of.spread * float(ndtri((value + 0.5) / values)))
            moved.sweep(member, random, 10 * between)
            before = value
        moved.sweep(member, random, between)
        yield renumbered(member)


class _Moved:
    """A graph with the pairs that are tried: ``a`` and ``b`` to merge or part, ``mates`` to exchange."""

    def __init__(self, of: Graph) -> None:
        rows = np.repeat(np.arange(len(of.source)), np.diff(of.begins))
        likely = (rows < of.neighbours) & (of.log_odds + of.told > UNLIKELY)
        self.of, self.a, self.b = of, rows[likely], of.neighbours[likely]
        mates = np.empty((_mates(of, np.empty((0, 2), np.int64)), 2), np.int64)
        _mates(of, mates)
        self.mates = np.unique(mates, axis=0)

    def sweep(self, member: Ints, random: np.random.Generator, times: int) -> None:
        """In place."""
        for _ in range(times):
            _sweep(self.of, member, random.random(len(member)))
            _exchange(self.of, member, self.mates, random.random(len(self.mates)))
            _merge_or_part(self.of, member, self.a, self.b, random.random((len(self.a), 2)))


@exact
def _mates(of: Graph, mates: Ints) -> int:
    """Writes pairs of reports of one source that are both likely with some third, where there is room; how many."""
    count = 0
    for k in range(len(of.source)):
        for x in range(of.begins[k], of.begins[k + 1]):
            if of.log_odds[x] + of.told[x] <= UNLIKELY:
                continue
            for y in range(x + 1, of.begins[k + 1]):
                i, j = of.neighbours[x], of.neighbours[y]
                if of.log_odds[y] + of.told[y] > UNLIKELY and of.source[i] == of.source[j]:
                    if len(mates):
                        mates[count, 0], mates[count, 1] = i, j
                    count += 1
    return count


@exact
def _inner(of: Graph, reports: Ints) -> tuple[float, float]:
    total, told = 0.0, 0.0
    for x in range(len(reports)):
        for y in range(x):
            log_odds, label = between(of, reports[x], reports[y])
            total += log_odds
            told += label
    return total, told


@exact
def _crossing(of: Graph, ones: Ints, others: Ints) -> tuple[float, float]:
    total, told = 0.0, 0.0
    for one in ones:
        for other in others:
            log_odds, label = between(of, one, other)
            total += log_odds
            told += label
    return total, told


@exact
def _sweep(of: Graph, member: Ints, uniform: NDArray[np.float64]) -> None:
    groups = groups_of(of, member)
    options = np.empty(MOST_OPTIONS, np.int64)
    gains = np.empty(MOST_OPTIONS, np.float64)
    for i in range(len(member)):
        if of.begins[i] == of.begins[i + 1]:
            continue
        was = member[i]
        take_out(of, groups, i)
        if groups.head[was] < 0:
            set_aside(groups, was)
        count = 1
        options[0] = NONE
        gains[0] = 0.0
        most = 0.0
        for at in range(of.begins[i], of.begins[i + 1]):
            group = member[of.neighbours[at]]
            known = count >= MOST_OPTIONS
            for k in range(1, count):
                if options[k] == group:
                    known = True
                    break
            if known:
                continue
            gain = gain_of(of, groups, i, group)
            if gain > -20.0:
                options[count] = group
                gains[count] = gain
                most = max(most, gain)
                count += 1
        total = 0.0
        for k in range(count):
            gains[k] = np.exp(gains[k] - most)
            total += gains[k]
        left = uniform[i] * total
        chosen = options[count - 1]
        for k in range(count):
            left -= gains[k]
            if left < 0.0:
                chosen = options[k]
                break
        put_in(of, groups, i, unused(groups) if chosen < 0 else chosen)


@exact
def _exchange(of: Graph, member: Ints, mates: Ints, uniform: NDArray[np.float64]) -> None:
    """Metropolis; which pairs are tried does not depend on where they are."""
    groups = groups_of(of, member)
    for n in range(len(mates)):
        i, j = mates[n, 0], mates[n, 1]
        first, second = member[i], member[j]
        if groups.size[first] == 1 and groups.size[second] == 1:
            continue
        take_out(of, groups, i)
        take_out(of, groups, j)
        gained = 0.0
        for group, there, comes in ((first, i, j), (second, j, i)):
            gained += with_one(of, groups, comes, group) - with_one(of, groups, there, group)
        if np.log(uniform[n]) < gained:
            first, second = second, first
        put_in(of, groups, i, first)
        put_in(of, groups, j, second)


@exact
def _merge_or_part(of: Graph, member: Ints, a: Ints, b: Ints, uniform: NDArray[np.float64]) -> None:
    """Metropolis; a group of k in which a and b are falls in one of the 2^(k-2) ways that part them, all alike."""
    groups = groups_of(of, member)
    ones, others = np.empty(MOST_AT_ONCE, np.int64), np.empty(MOST_AT_ONCE, np.int64)
    for n in range(len(a)):
        first, second = member[a[n]], member[b[n]]
        together = groups.size[first] + (groups.size[second] if first != second else 0)
        if together > MOST_AT_ONCE:
            continue
        one, other = 0, 0
        bits = np.int64(uniform[n, 1] * (1 << MOST_AT_ONCE))
        i = groups.head[first]
        while i >= 0:
            if first == second and i != a[n] and (i == b[n] or (bits >> (one + other)) & 1):
                others[other] = i
                other += 1
            else:
                ones[one] = i
                one += 1
            i = groups.following[i]
        i = groups.head[second] if first != second else NONE
        while i >= 0:
            others[other] = i
            other += 1
            i = groups.following[i]
        inner_one, told_one = _inner(of, ones[:one])
        inner_other, told_other = _inner(of, others[:other])
        crossing, told = _crossing(of, ones[:one], others[:other])
        gain = worth(of, inner_one + inner_other + crossing, told_one + told_other + told, together)
        gain -= worth(of, inner_one, told_one, one) + worth(of, inner_other, told_other, other)
        ways = (together - 2) * np.log(2.0)
        taken = np.log(uniform[n, 0])
        if first != second and taken < gain - ways:
            for y in range(other):
                take_out(of, groups, others[y])
                put_in(of, groups, others[y], first)
            set_aside(groups, second)
        elif first == second and taken < ways - gain:
            new = unused(groups)
            for y in range(other):
                take_out(of, groups, others[y])
                put_in(of, groups, others[y], new)
