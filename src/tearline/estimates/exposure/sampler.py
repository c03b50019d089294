"""Where an exact answer cannot be afforded: several chains from different starts, and how far they lie apart.

The propensities are summed out, so that what is sampled is only which readers of positives are channels:

    P(z)  in proportion to  prod_u f_u(channels in u) * prod_i m_i^z_i * prod_j (weight of j as covered by z)^beta

with ``f_u(n) = sum_k w_k c_k pi_k^n (1 - pi_k)^(readers - n)``. Each sweep visits every reader (Gibbs), and then
proposes for each channel to hand over to another reader of something that it read (swap), which single visits would
hardly find. A ladder of tempered copies, ``beta`` from 0 to 1, trades states between neighbours (parallel tempering),
so that no chain has to stay where it started; and from the ladder comes the evidence (stepping stones, Xie et al.
2011).

A posterior is the mean of the chances at each visit. ``gap`` is the largest difference of anybody's posterior between
two chains: above ``LARGEST_GAP`` the chains have not met, and there is no answer.
"""

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from tearline.estimates.compiled import compiled
from tearline.estimates.exposure.tables import Floats, Ints

CHAINS = 4
LARGEST_GAP = 0.05
VISITS = 3e9
"""How many looks at a reader or an item of theirs a run may take: some ten seconds a thousand million."""

FEWEST_SWEEPS, MOST_SWEEPS = 400, 15_000
MOST_CHANNELS = 2_000
PILOT_RUNGS, PILOT_SWEEPS = 32, 100
FEWEST_RUNGS, MOST_RUNGS, STEP = 5, 40, 1.2
AT_THE_TOP = 3
"""Rounds of visits and swaps at temperature 1, for one on each other rung: what is counted is there."""
KEPT = 1_000
"""States that are kept of each chain, for what is asked later."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Target:
    """What is sampled from. Readers in order, each with a unit, ``log_m``, and its edges in a row: items and chances.

    ``log_f`` has, for each unit from ``f_start`` on, the log of ``f_u(n)``, which adds up to one over all choices.
    """

    unit: Ints
    log_m: Floats
    edge_start: Ints
    item: Ints
    r: Floats
    f_start: Ints
    log_f: Floats
    covered: Floats
    uncovered: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sampled:
    """``posterior`` of each reader in each chain; how often each unit had each number of channels, as ``log_f`` is laid
    out; the states that were kept, as the readers who were channels in each, one state after the other.
    """

    posterior: Floats
    counts: Floats
    log_evidence: Floats
    state_start: Ints
    channels: Ints
    temperatures: Floats
    traded: Floats = field(repr=False)

    @property
    def gap(self) -> float:
        """Between two chains, at most."""
        if not self.posterior.size:
            return 0.0
        return float((self.posterior.max(axis=0) - self.posterior.min(axis=0)).max())


class Loop(NamedTuple):
    """A target as the loops take it, with the readers of each item in a row, and the temperatures.

    ``m`` is ``exp(log_m)``, and ``one_more`` what ``f`` changes by with one channel more.
    """

    unit: Ints
    log_m: Floats
    edge_start: Ints
    item: Ints
    r: Floats
    f_start: Ints
    log_f: Floats
    covered: Floats
    uncovered: Floats
    item_start: Ints
    reader_of_item: Ints
    temperatures: Floats
    m: Floats
    one_more: Floats


def sample(target: Target, seed: int) -> Sampled:
    """The same seed gives the same states."""
    readers, items = len(target.unit), len(target.covered)
    order = np.argsort(target.item, kind="stable")
    of_edge = np.repeat(np.arange(readers), np.diff(target.edge_start))
    reader_of_item = of_edge[order]
    item_start = np.searchsorted(target.item[order], np.arange(items + 1)).astype(np.int64)
    by_item = item_start, reader_of_item
    temperatures = _spaced(target, by_item, np.random.Generator(np.random.PCG64([seed, CHAINS])))
    visits = VISITS / (CHAINS * len(temperatures) * max(readers + len(target.item), 1))
    sweeps = int(np.clip(visits, FEWEST_SWEEPS, MOST_SWEEPS))
    every = max(sweeps // KEPT, 1)
    chains = [
        _chain(
            target,
            by_item,
            temperatures,
            _start(target, *by_item, chain, np.random.Generator(np.random.PCG64([seed, chain]))),
            np.random.Generator(np.random.PCG64([seed, chain, 1])),
            (sweeps // 3, sweeps, every),
        )
        for chain in range(CHAINS)
    ]
    lengths = np.concatenate([np.diff(one.kept_start) for one in chains])
    return Sampled(
        posterior=np.array([one.posterior for one in chains]) / (AT_THE_TOP * sweeps),
        counts=np.sum([one.counts for one in chains], axis=0) / (CHAINS * sweeps),
        log_evidence=np.array([np.log(one.steps / sweeps).sum() for one in chains]),
        state_start=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        channels=np.concatenate([one.kept for one in chains]),
        temperatures=temperatures,
        traded=np.array([one.traded for one in chains]) * 2.0 / sweeps,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Chain:
    """Sums over the sweeps of one chain; ``like`` those of the log weights on each rung."""

    posterior: Floats
    counts: Floats
    steps: Floats
    traded: Floats
    like: Floats
    kept_start: Ints
    kept: Ints


def _chain(
    target: Target,
    by_item: tuple[Ints, Ints],
    temperatures: Floats,
    first: Ints,
    random: np.random.Generator,
    lengths: tuple[int, int, int],
) -> _Chain:
    """``lengths``: sweeps that are not counted, that are, and after how many a state is kept."""
    burn, sweeps, every = lengths
    readers, rungs = len(target.unit), len(temperatures)
    posterior, counts, traded = np.zeros(readers), np.zeros(len(target.log_f)), np.zeros(rungs - 1)
    steps, like = np.zeros(rungs - 1), np.zeros(rungs)
    kept_start = np.zeros(sweeps // every + 2, np.int64)
    kept = np.empty(len(kept_start) * min(readers, MOST_CHANNELS) + 1, np.int64)
    number = _run(
        Loop(
            target.unit,
            target.log_m,
            target.edge_start,
            target.item,
            target.r,
            target.f_start,
            target.log_f,
            target.covered,
            target.uncovered,
            *by_item,
            temperatures,
            np.exp(target.log_m),
            np.exp(np.append(np.diff(target.log_f), 0.0)),
        ),
        first,
        burn,
        sweeps,
        every,
        random,
        posterior,
        counts,
        steps,
        traded,
        like,
        kept_start,
        kept,
    )
    return _Chain(
        posterior=posterior,
        counts=counts,
        steps=steps,
        traded=traded,
        like=like,
        kept_start=kept_start[: number + 1],
        kept=kept[: kept_start[number]].copy(),
    )


def _spaced(target: Target, by_item: tuple[Ints, Ints], random: np.random.Generator) -> Floats:
    """Temperatures so spaced that neighbours trade about equally often: by what a short run says of the weights.

    Equal steps of thermodynamic length, the integral of ``sqrt(d E / d beta)`` with the mean log weight ``E``.
    """
    rough = (np.arange(PILOT_RUNGS) / (PILOT_RUNGS - 1.0)) ** 2.5
    first = _start(target, *by_item, 2, random)
    sweeps = PILOT_SWEEPS
    found = _chain(target, by_item, rough, first, random, (sweeps, sweeps, sweeps))
    rising = np.maximum.accumulate(found.like[1:] / sweeps)  # at 0 it may be infinite
    change = np.maximum(np.diff(rising), 0.0)
    length = np.concatenate([[0.0], np.cumsum(np.sqrt(change * np.diff(rough[1:])) + 1e-3)])
    count = int(np.clip(np.ceil(length[-1] / STEP), FEWEST_RUNGS, MOST_RUNGS - 1))
    spaced = np.interp(np.linspace(0.0, length[-1], count), length, rough[1:])
    made: Floats = np.concatenate([[0.0], spaced])
    return made


def _start(
    target: Target, item_start: Ints, reader_of_item: Ints, chain: int, random: np.random.Generator
) -> Ints:
    """Where a chain begins: nobody; a few readers who cover all; a random reader of each item; or a half of those."""
    z = np.zeros(len(target.unit), np.int64)
    readers = np.split(reader_of_item, item_start[1:-1])
    if chain == 1:
        covered: set[int] = set()
        items = [set(part.tolist()) for part in np.split(target.item, target.edge_start[1:-1])]
        for n, who in enumerate(readers):
            if n not in covered and len(who):
                best = max(who.tolist(), key=lambda i: len(items[i] - covered))
                z[best] = 1
                covered |= items[best]
    elif chain in {2, 3}:
        for who in readers[:: chain - 1]:
            if len(who):
                z[random.choice(who)] = 1
    for n, who in enumerate(readers):
        if target.uncovered[n] == 0.0 and len(who) and not z[who].any():
            z[random.choice(who)] = 1
    return z


@compiled
def _weight(loop: Loop, j: int, spared: Floats, certain: Ints) -> float:
    """Of item ``j``, as it is covered: no channel covers it with chance ``spared``, unless one certainly does."""
    p = spared[j] if certain[j] == 0 else 0.0
    made: float = loop.uncovered[j] * p + loop.covered[j] * (1.0 - p)
    return made


@compiled
def _turn(loop: Loop, i: int, on: int, spared: Floats, certain: Ints) -> None:
    """Reader ``i`` becomes a channel, or stops to be one."""
    for edge in range(loop.edge_start[i], loop.edge_start[i + 1]):
        j = loop.item[edge]
        r = loop.r[edge]
        if r == 1.0:
            certain[j] += on
        elif on > 0:
            spared[j] *= 1.0 - r
        else:
            spared[j] /= 1.0 - r


@compiled
def _log_weights_of(loop: Loop, i: int, other: int, spared: Floats, certain: Ints) -> float:
    """The log of the weights of all items that either of two readers read."""
    total = 0.0
    for edge in range(loop.edge_start[i], loop.edge_start[i + 1]):
        total += np.log(_weight(loop, loop.item[edge], spared, certain))
    for edge in range(loop.edge_start[other], loop.edge_start[other + 1]):
        j = loop.item[edge]
        shared = False
        for own in range(loop.edge_start[i], loop.edge_start[i + 1]):
            shared = shared or loop.item[own] == j
        if not shared:
            total += np.log(_weight(loop, j, spared, certain))
    return total


@compiled
def _anew(loop: Loop, z: Ints, spared: Floats, certain: Ints, channels: Ints) -> None:
    """Everything that follows from who is a channel, so that roundings do not add up."""
    for j in range(len(spared)):
        spared[j] = 1.0
        certain[j] = 0
    for u in range(len(channels)):
        channels[u] = 0
    for i in range(len(z)):
        if z[i] == 1:
            channels[loop.unit[i]] += 1
            _turn(loop, i, 1, spared, certain)


@compiled
def _visit(
    loop: Loop,
    beta: float,
    random: np.random.Generator,
    z: Ints,
    spared: Floats,
    certain: Ints,
    channels: Ints,
    on: Ints,
    posterior: Floats,
) -> int:
    """Visit every reader; ``on`` is filled with those who are channels then, and their number returned.

    One long loop over plain arrays: to hand a tuple of them to a function takes longer than a visit does.
    """
    unit, edge_start, items, chances = loop.unit, loop.edge_start, loop.item, loop.r
    f_start, one_more, m = loop.f_start, loop.one_more, loop.m
    covered, uncovered = loop.covered, loop.uncovered
    many = 0
    for i in range(len(z)):
        u = unit[i]
        first = edge_start[i]
        last = edge_start[i + 1]
        if z[i] == 1:
            channels[u] -= 1
            for edge in range(first, last):
                if chances[edge] == 1.0:
                    certain[items[edge]] -= 1
                else:
                    spared[items[edge]] /= 1.0 - chances[edge]
        ratio = 1.0
        must = False
        for edge in range(first, last):
            j = items[edge]
            p = spared[j] if certain[j] == 0 else 0.0
            off = uncovered[j] * p + covered[j] * (1.0 - p)
            p *= 1.0 - chances[edge]
            if off > 0.0:
                ratio *= (uncovered[j] * p + covered[j] * (1.0 - p)) / off
            else:
                must = True
        if beta < 1.0 and ratio != 1.0:
            ratio = math.exp(beta * math.log(ratio))
        odds = m[i] * one_more[f_start[u] + channels[u]] * ratio
        chance = odds / (1.0 + odds)
        if (must and beta > 0.0) or odds == np.inf:
            chance = 1.0
        posterior[i] += chance
        z[i] = 0
        if random.random() < chance:
            z[i] = 1
            channels[u] += 1
            for edge in range(first, last):
                if chances[edge] == 1.0:
                    certain[items[edge]] += 1
                else:
                    spared[items[edge]] *= 1.0 - chances[edge]
            on[many] = i
            many += 1
    return many


@compiled
def _swap(
    loop: Loop,
    beta: float,
    random: np.random.Generator,
    z: Ints,
    spared: Floats,
    certain: Ints,
    channels: Ints,
    on: Ints,
    many: int,
) -> None:
    """As often as there are channels, let one hand over to another reader of something that it read."""
    for _ in range(many):
        which = int(random.random() * many)
        i = on[which]
        first, size = loop.edge_start[i], loop.edge_start[i + 1] - loop.edge_start[i]
        j = loop.item[first + int(random.random() * size)]
        readers = loop.item_start[j + 1] - loop.item_start[j]
        other = loop.reader_of_item[loop.item_start[j] + int(random.random() * readers)]
        if z[other] == 1:
            continue
        u, v = loop.unit[i], loop.unit[other]
        change = loop.log_m[other] - loop.log_m[i]
        change += np.log(size / (loop.edge_start[other + 1] - loop.edge_start[other]))
        if u != v:
            at, to = loop.f_start[u] + channels[u], loop.f_start[v] + channels[v]
            change += loop.log_f[at - 1] - loop.log_f[at] + loop.log_f[to + 1] - loop.log_f[to]
        before = _log_weights_of(loop, i, other, spared, certain)
        _turn(loop, i, -1, spared, certain)
        _turn(loop, other, 1, spared, certain)
        if beta > 0.0:
            change += beta * (_log_weights_of(loop, i, other, spared, certain) - before)
        if np.log(random.random()) < change:
            z[i] = 0
            z[other] = 1
            channels[u] -= 1
            channels[v] += 1
            on[which] = other
        else:
            _turn(loop, other, -1, spared, certain)
            _turn(loop, i, 1, spared, certain)


@compiled
def _run(
    loop: Loop,
    first: Ints,
    burn: int,
    sweeps: int,
    every: int,
    random: np.random.Generator,
    posterior: Floats,
    counts: Floats,
    steps: Floats,
    traded: Floats,
    like: Floats,
    kept_start: Ints,
    kept: Ints,
) -> int:
    """One chain with its ladder; how many states were kept."""
    readers, items, units = len(loop.unit), len(loop.covered), len(loop.f_start) - 1
    temperatures = loop.temperatures
    rungs = len(temperatures)
    z = np.empty((rungs, readers), np.int64)
    spared = np.empty((rungs, items))
    certain = np.empty((rungs, items), np.int64)
    channels = np.empty((rungs, units), np.int64)
    log_like = np.empty(rungs)
    holds = np.arange(rungs)  # which copy stands on each rung
    on = np.empty(readers, np.int64)
    unused = np.empty(readers)
    for t in range(rungs):
        for i in range(readers):
            z[t, i] = first[i]
    number = 0
    for sweep in range(burn + sweeps):
        counted = sweep >= burn
        for t in range(rungs):
            c = holds[t]
            beta = temperatures[t]
            into = posterior if counted and t == rungs - 1 else unused
            _anew(loop, z[c], spared[c], certain[c], channels[c])
            for _ in range(AT_THE_TOP if t == rungs - 1 else 1):
                many = _visit(loop, beta, random, z[c], spared[c], certain[c], channels[c], on, into)
                _swap(loop, beta, random, z[c], spared[c], certain[c], channels[c], on, many)
            total = 0.0
            for j in range(items):
                total += np.log(_weight(loop, j, spared[c], certain[c]))
            log_like[t] = total
        if counted:
            top = holds[rungs - 1]
            for u in range(units):
                counts[loop.f_start[u] + channels[top, u]] += 1.0
            for t in range(rungs):
                like[t] += log_like[t]
            for t in range(rungs - 1):
                steps[t] += np.exp((temperatures[t + 1] - temperatures[t]) * log_like[t])
            if (sweep - burn) % every == 0 and number + 1 < len(kept_start):
                at = kept_start[number]
                for i in range(readers):
                    if z[top, i] == 1 and at < len(kept):
                        kept[at] = i
                        at += 1
                number += 1
                kept_start[number] = at
        for t in range(sweep % 2, rungs - 1, 2):
            gain = (temperatures[t + 1] - temperatures[t]) * (log_like[t] - log_like[t + 1])
            if np.log(random.random()) < gain:
                holds[t], holds[t + 1] = holds[t + 1], holds[t]
                if counted:
                    traded[t] += 1.0
    return number
