"""Forgetting: a unit is renewed from time to time, and what was learnt of it before then says nothing of it now.

Time is cut into epochs. Between two epochs a unit stays what it was, propensity and channels, with chance ``stay``;
else it is renewed: a new propensity is drawn from its prior, and for each of its people anew whether they are a
channel. With half-life h and epochs of length d, ``stay = 2**(-d / h)``: so evidence of age t, in whole epochs,
speaks of today with chance ``2**(-t / h)``, and is not merely weakened, which no probability model of a compromise
would do.

A stretch of epochs without renewal is a *regime*, and within one the model is that of the other modules. So a unit's
table is

    G_b = sum over a <= b of P(renewed at a, stayed until b) * G_{a-1} F_{a..b},

``F`` being the table of a regime and the product being the OR-convolution; all terms are positive, and backwards it
gives how probable each regime is, each reader's posterior in it, and so what each reader was in every epoch. It
is exact for renewals at the bounds of epochs; that all people of a unit are renewed together is an assumption.
"""

import math
from dataclasses import dataclass

import numpy as np

from tearline.estimates.compiled import compiled
from tearline.estimates.exposure.cover import Joint, odds
from tearline.estimates.exposure.epochs import Epochs
from tearline.estimates.exposure.factors import People
from tearline.estimates.exposure.layout import Layout, Units, arranged, merged
from tearline.estimates.exposure.people import everybody, normalised, unit_weights
from tearline.estimates.exposure.tables import Floats, Ints, carry_back, multiply
from tearline.estimates.exposure.units import HELD, unit_tables, units_back


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Told:
    """What is asked: everything about people in epochs, who are numbered epoch by epoch, each with ``people`` of them.

    ``start`` and ``members`` are the people of each unit in a row.
    """

    epochs: Epochs
    people: int
    start: Ints
    members: People
    nodes: Floats
    weights: Floats
    log_m: Floats
    constant: float
    layout: Layout

    @property
    def stretches(self) -> list[tuple[int, int]]:
        """First and last epoch of every possible regime, in the order in which they are numbered."""
        return [(a, b) for b in range(len(self.epochs)) for a in range(b + 1)]

    def weight(self, a: int, b: int) -> Floats:
        """What each person weighs by what is known of them alone in a regime."""
        made: Floats = self.log_m.reshape(len(self.epochs), self.people)[a : b + 1].sum(axis=0)
        return made

    def log_chance(self, a: int, b: int) -> float:
        """Of a regime that begins at ``a`` to be a regime until ``b``."""
        stay = self.epochs.stay
        renewed = math.log1p(-stay[a - 1]) if a else 0.0
        return renewed + sum(math.log(one) for one in stay[a:b])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Past:
    """What is known after going forwards: of each regime and unit, the nodes' weights by all but covers.

    ``share`` is the chance that the regime that ends at its last epoch began at its first, given what is known up to
    then.
    """

    told: Told
    omega: list[Floats]
    share: Floats
    readers: Units
    people: Ints
    odds: tuple[Floats, Floats]
    tables: Floats
    sums: Floats
    joint: Joint
    log_evidence: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lived:
    """``by_epoch``: each person's probability of having been a channel in each epoch. ``now``: for each unit, the
    probabilities of the current regime having begun at each epoch and of its propensity having each value, together.
    """

    by_epoch: Floats
    now: Floats


def past(told: Told) -> Past:
    """Go forwards; ``log_evidence`` is -inf where the observations cannot all be true."""
    count, stretches, made = len(told.epochs), told.stretches, told.layout
    units = np.arange(len(told.nodes))
    omega: list[Floats] = []
    share = np.empty((len(stretches), len(units)))
    sums = np.zeros((count + 1, len(units)))
    with np.errstate(divide="ignore"):
        log_weights = np.log(told.weights)
    for b in range(count):
        logs = np.empty((len(units), b + 1))
        for a in range(b + 1):
            log_c = np.empty_like(told.nodes)
            unit_weights(units, told.start, told.members, told.weight(a, b), told.nodes, log_c)
            of_nodes, log_sum = normalised(log_weights + log_c)
            omega.append(of_nodes)
            logs[:, a] = sums[a] + log_sum + told.log_chance(a, b)
        of_regimes, sums[b + 1] = normalised(logs)
        share[len(omega) - b - 1 : len(omega)] = of_regimes.T
    readers, people = _readers(told)
    log_m = np.empty(len(people))
    for n, (a, b) in enumerate(stretches):
        here = people // told.people == n
        log_m[here] = told.weight(a, b)[people[here] % told.people]
    tables = np.empty(int(readers.table_start[-1]))
    rows = _rows([one[made.unit] for one in omega])
    which = np.arange(len(rows))
    nodes = np.repeat(told.nodes[made.unit], len(stretches), axis=0)
    unit_tables(readers, which, nodes, rows, *odds(log_m), tables)
    joined = np.empty(int(made.units.table_start[-1]))
    sums_of_tables = np.empty((count + 1) * len(joined))
    shares = np.ascontiguousarray(share[:, made.unit])
    _join(count, made.units.items, made.units.table_start, shares, tables, sums_of_tables, joined)
    joint = Joint.of(made, joined)
    return Past(
        told=told,
        omega=omega,
        share=share,
        readers=readers,
        people=people,
        odds=odds(log_m),
        tables=tables,
        sums=sums_of_tables,
        joint=joint,
        log_evidence=told.constant + float(sums[count].sum()) + joint.log_z,
    )


def lived(found: Past) -> Lived:
    """Go backwards; ``log_evidence`` must be finite."""
    told, made, stretches = found.told, found.joint.layout, found.told.stretches
    count, people = len(told.epochs), told.people
    chance = _chances(count, found.share)
    into, of_units = np.empty_like(found.tables), np.empty((len(stretches), len(made.unit)))
    items, start = made.units.items, made.units.table_start
    shares = np.ascontiguousarray(found.share[:, made.unit])
    _part(count, items, start, shares, found.tables, found.sums, found.joint.adjoint, into, of_units)
    chance[:, made.unit] = of_units
    rows = _rows([one[made.unit] for one in found.omega])
    nodes = np.repeat(told.nodes[made.unit], len(stretches), axis=0)
    which = np.flatnonzero(of_units.T.ravel() > 0.0)
    posterior, after = np.zeros(len(found.people)), np.zeros(rows.shape)
    after[which] = units_back(
        found.readers, which, nodes[which], rows[which], *found.odds, into, posterior, HELD
    )
    by_epoch = np.zeros((count, people))
    now = np.zeros((len(told.nodes), count, told.nodes.shape[1]))
    unit = np.empty(people, np.int64)
    unit[told.members] = np.repeat(np.arange(len(told.nodes)), np.diff(told.start))
    for n, (a, b) in enumerate(stretches):
        omega = found.omega[n].copy()
        omega[made.unit] = after[n :: len(stretches)]
        probability = everybody(told.start, told.members, told.weight(a, b), told.nodes, omega)
        here = np.flatnonzero(found.people // people == n)
        probability[found.people[here] % people] = posterior[here]
        by_epoch[a : b + 1] += chance[n, unit] * probability
        if b == count - 1:
            now[:, a, :] = chance[n][:, None] * omega
    return Lived(by_epoch=by_epoch, now=now)


def _rows(of_stretches: list[Floats]) -> Floats:
    """A row a unit and stretch, the stretches of a unit in a row."""
    stacked = np.stack(of_stretches, axis=1)
    return np.ascontiguousarray(stacked.reshape(-1, stacked.shape[2]))


def _readers(told: Told) -> tuple[Units, Ints]:
    """The readers of every stretch of every unit, a person once a stretch; each has the bits of the unit's table."""
    made, stretches = told.layout, told.stretches
    slot, unit, bit, chance = made.edges
    epoch, person = slot // told.people, slot % told.people
    rows: list[tuple[Ints, Ints, Ints, Floats]] = []
    for n, (a, b) in enumerate(stretches):
        here = np.flatnonzero((epoch >= a) & (epoch <= b))
        first, caught = merged(person[here] * 64 + bit[here], chance[here])
        kept = here[first]
        rows.append((n * told.people + person[kept], unit[kept] * len(stretches) + n, bit[kept], caught))
    people, units, bits, chances = (np.concatenate([row[n] for row in rows]) for n in range(4))
    return arranged(people, units, bits, chances, np.repeat(made.units.items, len(stretches)))


def _chances(count: int, share: Floats) -> Floats:
    """How probable each regime is, for units of which no table speaks; a row a stretch."""
    chance = np.empty_like(share)
    ends = np.zeros((count + 1, share.shape[1]))
    ends[count] = 1.0
    for b in range(count - 1, -1, -1):
        for a in range(b + 1):
            n = b * (b + 1) // 2 + a
            chance[n] = ends[b + 1] * share[n]
            ends[a] += chance[n]
    return chance


@compiled
def _join(
    count: int, items: Ints, start: Ints, share: Floats, tables: Floats, sums: Floats, out: Floats
) -> None:
    """``G`` for every unit and last epoch, in ``sums``, and for the last of all in ``out``."""
    for u in range(len(items)):
        size = 1 << items[u]
        stretches = count * (count + 1) // 2
        at = start[u] * (count + 1)
        right = np.empty(2 * size)
        for x in range((count + 1) * size):
            sums[at + x] = 0.0
        sums[at] = 1.0
        n = 0
        for b in range(count):
            for a in range(b + 1):
                table = start[u] * stretches + n * size
                for x in range(size):
                    right[x] = share[n, u] * tables[table + x]
                before = sums[at + a * size : at + (a + 1) * size]
                multiply(before, right, sums[at + (b + 1) * size : at + (b + 2) * size], items[u], 1, 1)
                n += 1
        for x in range(size):
            out[start[u] + x] = sums[at + count * size + x]


@compiled
def _part(
    count: int,
    items: Ints,
    start: Ints,
    share: Floats,
    tables: Floats,
    sums: Floats,
    adjoint: Floats,
    into: Floats,
    chance: Floats,
) -> None:
    """The adjoints of the tables of all stretches, each so scaled that it sums to one with its table; ``chance`` is
    what it came to before: how probable the stretch is to be a regime.
    """
    for u in range(len(items)):
        size = 1 << items[u]
        stretches = count * (count + 1) // 2
        at = start[u] * (count + 1)
        right = np.empty(2 * size)
        grad = np.empty(2 * size)
        back = np.zeros((count + 1) * size)
        for x in range(size):
            back[count * size + x] = adjoint[start[u] + x]
        for b in range(count - 1, -1, -1):
            for a in range(b + 1):
                n = b * (b + 1) // 2 + a
                table = start[u] * stretches + n * size
                for x in range(size):
                    right[x] = share[n, u] * tables[table + x]
                    grad[x] = 0.0
                before = sums[at + a * size : at + (a + 1) * size]
                given = back[(b + 1) * size : (b + 2) * size]
                carry_back(before, right, given, back[a * size : (a + 1) * size], grad, items[u], 1, 1)
                total = 0.0
                for x in range(size):
                    total += grad[x] * right[x]
                chance[n, u] = total
                for x in range(size):
                    into[table + x] = grad[x] * share[n, u] / total if total > 0.0 else 0.0
