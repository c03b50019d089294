"""Which reports are one person, all at once: the grouping that gains most, from its pairs and from each joining.

A group of k reports gains the sum of its pairs' log-odds and k - 1 times ``bonus``. No group has two reports of one
source. A pair that was no candidate counts as APART. The grouping is built by joining
groups along pairs, likeliest first, where joining gains, and is then improved one report at a time until nothing gains.
For a handful of reports that is the best grouping (tests enumerate them all); for many it need not be.
"""

from dataclasses import dataclass

import numpy as np

from tearline.estimates.compiled import compiled
from tearline.estimates.linkage.reports import Floats, Ints

APART = -8.0
"""Log-odds of a pair that no key brought together."""
SWEEPS = 50


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Graph:
    """Each report's neighbours, in rows: those of report ``i`` stand from ``begins[i]`` to ``begins[i + 1]``."""

    begins: Ints
    neighbours: Ints
    log_odds: Floats
    source: Ints
    bonus: float

    def __len__(self) -> int:
        return len(self.source)


def graph(
    source: Ints, a: Ints, b: Ints, log_odds: Floats, *, bonus: float = 0.0, least: float = APART
) -> Graph:
    """Of candidate pairs; pairs within one source are left out, as they are never joined, and those of at most
    ``least``, which then count as APART."""
    crossing = (source[a] != source[b]) & (log_odds > least)
    a, b, log_odds = a[crossing], b[crossing], log_odds[crossing]
    one, other, weight = np.concatenate([a, b]), np.concatenate([b, a]), np.tile(log_odds, 2)
    order = np.lexsort((other, one))
    begins = np.searchsorted(one[order], np.arange(len(source) + 1))
    return Graph(
        begins=begins,
        neighbours=other[order],
        log_odds=weight[order],
        source=source,
        bonus=bonus,
    )


def clusters(of: Graph) -> Ints:
    """For each report, a number that those of the same person share."""
    rows = np.repeat(np.arange(len(of)), np.diff(of.begins))
    once = (rows < of.neighbours) & (of.log_odds + max(of.bonus, 0.0) > 0.0)
    a, b, weight = rows[once], of.neighbours[once], of.log_odds[once]
    order = np.lexsort((b, a, -weight))
    member = np.arange(len(of))
    following = np.full(len(of), -1, np.int64)
    _join(a[order], b[order], of.begins, of.neighbours, of.log_odds, of.source, of.bonus, member, following)
    _improve(of.begins, of.neighbours, of.log_odds, of.source, of.bonus, member)
    return renumbered(member)


def renumbered(member: Ints) -> Ints:
    """The same grouping with numbers from 0, in the order of each group's first report."""
    _, first, inverse = np.unique(member, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[inverse])


@compiled
def between(begins: Ints, neighbours: Ints, log_odds: Floats, one: int, other: int) -> float:
    """The pair's log-odds; APART where it was no candidate."""
    low, high = begins[one], begins[one + 1]
    while low < high:
        middle = (low + high) // 2
        if neighbours[middle] < other:
            low = middle + 1
        else:
            high = middle
    if low < begins[one + 1] and neighbours[low] == other:
        return float(log_odds[low])
    return APART


@compiled
def _join(
    a: Ints,
    b: Ints,
    begins: Ints,
    neighbours: Ints,
    log_odds: Floats,
    source: Ints,
    bonus: float,
    member: Ints,
    following: Ints,
) -> None:
    """Each group is a chain of reports from ``member``'s number on, linked by ``following``."""
    for n in range(len(a)):
        first, second = member[a[n]], member[b[n]]
        if first == second:
            continue
        gain = 0.0
        i = first
        while i >= 0:
            j = second
            while j >= 0:
                if source[i] == source[j]:
                    gain = -1e18
                else:
                    gain += between(begins, neighbours, log_odds, i, j)
                j = following[j]
            i = following[i]
        if gain + bonus <= 0.0:
            continue
        last = first
        while following[last] >= 0:
            last = following[last]
        following[last] = second
        j = second
        while j >= 0:
            member[j] = first
            j = following[j]


@compiled
def members_of(member: Ints, groups: int) -> tuple[Ints, Ints]:
    """The first report of each group, and for each report the next one of its group; -1 ends."""
    head = np.full(groups, -1, np.int64)
    following = np.full(len(member), -1, np.int64)
    for i in range(len(member) - 1, -1, -1):
        following[i] = head[member[i]]
        head[member[i]] = i
    return head, following


@compiled
def take_out(i: int, member: Ints, head: Ints, following: Ints) -> None:
    """Report ``i`` out of its group; it is then in none."""
    group = member[i]
    if head[group] == i:
        head[group] = following[i]
    else:
        j = head[group]
        while following[j] != i:
            j = following[j]
        following[j] = following[i]
    following[i] = -1
    member[i] = -1


@compiled
def put_in(i: int, group: int, member: Ints, head: Ints, following: Ints) -> None:
    following[i] = head[group]
    head[group] = i
    member[i] = group


@compiled
def gain_of(
    i: int,
    group: int,
    begins: Ints,
    neighbours: Ints,
    log_odds: Floats,
    source: Ints,
    bonus: float,
    head: Ints,
    following: Ints,
) -> float:
    """What the sum of log-odds gains if ``i``, in no group now, joins this one; hugely negative on a shared source."""
    gain = 0.0
    j = head[group]
    while j >= 0:
        if source[i] == source[j]:
            return -1e18
        gain += between(begins, neighbours, log_odds, i, j)
        j = following[j]
    return gain + bonus


@compiled
def _improve(
    begins: Ints, neighbours: Ints, log_odds: Floats, source: Ints, bonus: float, member: Ints
) -> None:
    n = len(member)
    head, following = members_of(member, n)
    empty = np.empty(n, np.int64)
    spare = 0
    for group in range(n - 1, -1, -1):
        if head[group] < 0:
            empty[spare] = group
            spare += 1
    for _ in range(SWEEPS):
        changed = 0
        for i in range(n):
            was = member[i]
            take_out(i, member, head, following)
            best = 0.0
            chosen = -1
            if head[was] >= 0:
                best = gain_of(i, was, begins, neighbours, log_odds, source, bonus, head, following)
                chosen = was
                if best < 0.0:
                    best = 0.0
                    chosen = -1
            for at in range(begins[i], begins[i + 1]):
                if log_odds[at] + bonus <= 0.0:
                    continue
                group = member[neighbours[at]]
                if group == chosen or group < 0:
                    continue
                gain = gain_of(i, group, begins, neighbours, log_odds, source, bonus, head, following)
                if gain > best + 1e-9:
                    best = gain
                    chosen = group
            if chosen < 0:
                if head[was] < 0:
                    chosen = was
                else:
                    spare -= 1
                    chosen = empty[spare]
            if chosen != was:
                changed += 1
                if head[was] < 0:
                    empty[spare] = was
                    spare += 1
            put_in(i, chosen, member, head, following)
        if changed == 0:
            break
