"""Which reports are one person, all at once: the grouping that gains most, from its pairs and from each joining.

A group of k reports gains k - 1 times the mean of its pairs' log-odds and ``bonus``. The mean and not the sum: a report
that looks like one of a group looks like the others for the same reasons (a brother shares surnames, place and day with
each of them), so that its pairs say the same again. No group has two reports of one source. A pair that was no
candidate counts as APART. The grouping is built by joining groups along pairs, likeliest first, where joining gains,
and is then improved one report at a time until nothing gains. For a handful of reports that is the best grouping (tests
enumerate them all); for many it need not be. What labels say is added whole, and outweighs all else.
"""

from typing import NamedTuple

import numpy as np

from tearline.estimates.compiled import exact
from tearline.estimates.linkage.reports import Floats, Ints

APART = -6.0
"""Log-odds of a pair that no key brought together."""
NEVER = -1e18
CERTAIN = 40.0
"""What a label adds or takes, in nats: more than all else can outweigh."""
SWEEPS = 50


class Graph(NamedTuple):
    """Each report's neighbours, in rows: those of report ``i`` stand from ``begins[i]`` to ``begins[i + 1]``. ``told``
    is CERTAIN where a label says that the two are one person, -CERTAIN where that they are not, else 0. ``bonus`` is
    not known better than to ``spread``, a standard deviation.
    """

    begins: Ints
    neighbours: Ints
    log_odds: Floats
    told: Floats
    source: Ints
    bonus: float
    spread: float


class Groups(NamedTuple):
    """``member``: each report's group; ``head`` and ``following``: a group's reports as a chain, -1 ends it; ``size``,
    ``total`` and ``told``: how many they are, and their pairs' log-odds and what labels say, added up.
    ``empty[:spare[0]]`` are groups of none.
    """

    member: Ints
    head: Ints
    following: Ints
    size: Ints
    total: Floats
    told: Floats
    empty: Ints
    spare: Ints


def graph(
    source: Ints,
    a: Ints,
    b: Ints,
    log_odds: Floats,
    *,
    told: Floats | None = None,
    bonus: float = 0.0,
    spread: float = 0.0,
    least: float = APART,
) -> Graph:
    """Of candidate pairs; pairs within one source are left out, as they are never joined, and those of at most
    ``least`` of which no label says anything, which then count as APART."""
    told = np.zeros(len(a)) if told is None else told
    crossing = (source[a] != source[b]) & ((log_odds > least) | (told != 0.0))
    a, b = a[crossing], b[crossing]
    one, other = np.concatenate([a, b]), np.concatenate([b, a])
    order = np.lexsort((other, one))
    begins = np.searchsorted(one[order], np.arange(len(source) + 1))
    return Graph(
        begins=begins,
        neighbours=other[order],
        log_odds=np.tile(log_odds[crossing], 2)[order],
        told=np.tile(told[crossing], 2)[order],
        source=source,
        bonus=bonus,
        spread=spread,
    )


def clusters(of: Graph) -> Ints:
    """For each report, a number that those of the same person share."""
    rows = np.repeat(np.arange(len(of.source)), np.diff(of.begins))
    weight = of.log_odds + of.told
    once = (rows < of.neighbours) & (weight + max(of.bonus, 0.0) > 0.0)
    a, b, weight = rows[once], of.neighbours[once], weight[once]
    order = np.lexsort((b, a, -weight))
    groups = groups_of(of, np.arange(len(of.source)))
    _join(of, groups, a[order], b[order])
    _improve(of, groups)
    return renumbered(groups.member)


def renumbered(member: Ints) -> Ints:
    """The same grouping with numbers from 0, in the order of each group's first report."""
    _, first, inverse = np.unique(member, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[inverse])


@exact
def between(of: Graph, one: int, other: int) -> tuple[float, float]:
    """The pair's log-odds, APART where it was no candidate; and what a label says, NEVER on a shared source."""
    if of.source[one] == of.source[other]:
        return 0.0, NEVER
    low, high = of.begins[one], of.begins[one + 1]
    while low < high:
        middle = (low + high) // 2
        if of.neighbours[middle] < other:
            low = middle + 1
        else:
            high = middle
    if low < of.begins[one + 1] and of.neighbours[low] == other:
        return float(of.log_odds[low]), float(of.told[low])
    return APART, 0.0


@exact
def worth(of: Graph, total: float, told: float, size: int) -> float:
    """What a group gains whose pairs' log-odds, and what labels say of them, add up to these."""
    return 2.0 * total / size + (size - 1) * of.bonus + told if size > 1 else 0.0


@exact
def from_all(of: Graph, groups: Groups, i: int, group: int) -> tuple[float, float]:
    """``between`` report ``i``, which is not in it, and each of a group, added up."""
    total, told = 0.0, 0.0
    j = groups.head[group]
    while j >= 0:
        log_odds, label = between(of, i, j)
        total += log_odds
        told += label
        j = groups.following[j]
    return total, told


@exact
def with_one(of: Graph, groups: Groups, i: int, group: int) -> float:
    """What the group would gain with ``i``, which is in none now."""
    total, told = from_all(of, groups, i, group)
    return worth(of, groups.total[group] + total, groups.told[group] + told, groups.size[group] + 1)


@exact
def gain_of(of: Graph, groups: Groups, i: int, group: int) -> float:
    """What is gained if ``i``, in no group now, joins this one; hugely negative on a shared source."""
    now = worth(of, groups.total[group], groups.told[group], groups.size[group])
    return with_one(of, groups, i, group) - now


@exact
def put_in(of: Graph, groups: Groups, i: int, group: int) -> None:
    total, told = from_all(of, groups, i, group)
    groups.total[group] += total
    groups.told[group] += told
    groups.following[i] = groups.head[group]
    groups.head[group] = i
    groups.member[i] = group
    groups.size[group] += 1


@exact
def take_out(of: Graph, groups: Groups, i: int) -> None:
    """Report ``i`` out of its group; it is then in none."""
    group = groups.member[i]
    if groups.head[group] == i:
        groups.head[group] = groups.following[i]
    else:
        j = groups.head[group]
        while groups.following[j] != i:
            j = groups.following[j]
        groups.following[j] = groups.following[i]
    groups.following[i] = -1
    groups.member[i] = -1
    groups.size[group] -= 1
    total, told = from_all(of, groups, i, group)
    groups.total[group] = groups.total[group] - total if groups.size[group] > 1 else 0.0
    groups.told[group] = groups.told[group] - told if groups.size[group] > 1 else 0.0


@exact
def groups_of(of: Graph, member: Ints) -> Groups:
    """``member`` numbers groups by less than there are reports, and is changed in place by what is done to these."""
    n = len(member)
    none = np.full(n, -1, np.int64)
    size, spare, total, told = np.zeros(n, np.int64), np.zeros(1, np.int64), np.zeros(n), np.zeros(n)
    groups = Groups(member, none, none.copy(), size, total, told, none.copy(), spare)
    for i in range(n - 1, -1, -1):
        put_in(of, groups, i, member[i])
    for group in range(n - 1, -1, -1):
        if groups.head[group] < 0:
            groups.empty[groups.spare[0]] = group
            groups.spare[0] += 1
    return groups


@exact
def set_aside(groups: Groups, group: int) -> None:
    """A group that has just lost its last report can be used anew."""
    groups.empty[groups.spare[0]] = group
    groups.spare[0] += 1


@exact
def unused(groups: Groups) -> int:
    groups.spare[0] -= 1
    return int(groups.empty[groups.spare[0]])


@exact
def _join(of: Graph, groups: Groups, a: Ints, b: Ints) -> None:
    for n in range(len(a)):
        first, second = groups.member[a[n]], groups.member[b[n]]
        if first == second:
            continue
        total, told = groups.total[first] + groups.total[second], groups.told[first] + groups.told[second]
        i = groups.head[first]
        while i >= 0:
            log_odds, label = from_all(of, groups, i, second)
            total += log_odds
            told += label
            i = groups.following[i]
        apart = worth(of, groups.total[first], groups.told[first], groups.size[first])
        apart += worth(of, groups.total[second], groups.told[second], groups.size[second])
        if worth(of, total, told, groups.size[first] + groups.size[second]) <= apart:
            continue
        while groups.head[second] >= 0:
            j = groups.head[second]
            take_out(of, groups, j)
            put_in(of, groups, j, first)
        set_aside(groups, second)


@exact
def _improve(of: Graph, groups: Groups) -> None:
    for _ in range(SWEEPS):
        changed = 0
        for i in range(len(groups.member)):
            was = groups.member[i]
            take_out(of, groups, i)
            best, chosen = 0.0, -1
            if groups.head[was] >= 0:
                best = gain_of(of, groups, i, was)
                chosen = was
                if best < 0.0:
                    best, chosen = 0.0, -1
            for at in range(of.begins[i], of.begins[i + 1]):
                if of.log_odds[at] + of.told[at] + of.bonus <= 0.0:
                    continue
                group = groups.member[of.neighbours[at]]
                if group in (chosen, -1):
                    continue
                gain = gain_of(of, groups, i, group)
                if gain > best + 1e-9:
                    best, chosen = gain, group
            if chosen < 0:
                chosen = was if groups.head[was] < 0 else unused(groups)
            if chosen != was:
                changed += 1
                if groups.head[was] < 0:
                    set_aside(groups, was)
            put_in(of, groups, i, chosen)
        if changed == 0:
            break
