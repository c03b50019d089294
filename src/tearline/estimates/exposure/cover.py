"""The exact answer: the probability of every set of items that could be covered, and its derivatives.

    Z = sum over sets T of M(T) prod_{j in T} covered_j prod_{j not in T} uncovered_j

where ``M`` is the distribution of what all readers together cover. It is never written out whole: units' tables are
multiplied and items settled in the order of a ``plan``. Every term is positive, so nothing cancels, and an error grows
only with the number of operations in a row. Posteriors come from the same sums gone through backwards.
"""

from dataclasses import dataclass, field

import numpy as np

from tearline.estimates.compiled import compiled
from tearline.estimates.exposure.layout import MULTIPLY, Layout, Steps, Units
from tearline.estimates.exposure.tables import (
    Floats,
    Ints,
    carry_back,
    multiply,
    places,
    settle,
    settle_back,
)
from tearline.estimates.exposure.units import HELD, unit_tables, units_back


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Joint:
    """All units' tables together: ``log_z``, -inf where nothing fits, and the tables on the way to it."""

    layout: Layout
    log_z: float
    units: Floats = field(repr=False)
    chains: Floats = field(repr=False)
    tables: Floats = field(repr=False)
    _adjoint: list[Floats] = field(default_factory=list, repr=False)

    @classmethod
    def of(cls, made: Layout, units: Floats) -> "Joint":
        """Go forwards, from the tables of the units in the layout's order."""
        chains = np.empty(int(made.steps.chain_start[-1]))
        tables = np.empty(int(made.steps.at[-1]))
        covered, uncovered = made.weights
        log_z = _forwards(made.units, made.steps, units, covered, uncovered, chains, tables)
        with np.errstate(divide="ignore"):
            log_z += float(np.log(uncovered[list(made.nobody)]).sum())
        return cls(layout=made, log_z=log_z, units=units, chains=chains, tables=tables)

    @property
    def adjoint(self) -> Floats:
        """Go backwards: the derivatives of ``log Z`` by the units' tables. ``log_z`` must be finite."""
        if not self._adjoint:
            made = self.layout
            adjoint = np.empty_like(self.units)
            _backwards(made.units, made.steps, self.units, *made.weights, self.chains, self.tables, adjoint)
            self._adjoint.append(adjoint)
        return self._adjoint[0]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Covered:
    """The same with what the units' tables were made of: ``yes / no`` is what each reader weighs by the negatives."""

    joint: Joint
    nodes: Floats
    omega: Floats
    yes: Floats
    no: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shares:
    """Each reader's posterior and each unit's nodes after everything, in the layout's order."""

    posterior: Floats
    omega: Floats


def odds(log_m: Floats) -> tuple[Floats, Floats]:
    """What people weigh, as two numbers of which the larger is 1: their quotient may be beyond a double."""
    return np.exp(np.minimum(log_m, 0.0)), np.exp(-np.maximum(log_m, 0.0))


def cover(made: Layout, nodes: Floats, omega: Floats, log_m: Floats) -> Covered:
    """``nodes`` and ``omega`` of the layout's units, ``log_m`` of its readers."""
    yes, no = odds(log_m)
    units = np.empty(int(made.units.table_start[-1]))
    unit_tables(made.units, np.arange(len(made.unit)), nodes, omega, yes, no, units)
    return Covered(joint=Joint.of(made, units), nodes=nodes, omega=omega, yes=yes, no=no)


def recover(found: Covered, which: Ints, omega: Floats, readers: Ints, log_m: Floats) -> Covered:
    """The same after evidence that changed the units ``which`` and the weights of ``readers`` only.

    ``omega`` are the rows of those units. All are positions in the layout.
    """
    made = found.joint.layout
    omega_now, yes, no = found.omega.copy(), found.yes.copy(), found.no.copy()
    omega_now[which] = omega
    yes[readers], no[readers] = odds(log_m)
    units = found.joint.units.copy()
    unit_tables(made.units, which, found.nodes, omega_now, yes, no, units)
    return Covered(joint=Joint.of(made, units), nodes=found.nodes, omega=omega_now, yes=yes, no=no)


def shares(found: Covered) -> Shares:
    """What each reader and each unit has to do with it. ``log_z`` must be finite."""
    made, adjoint = found.joint.layout, found.joint.adjoint
    posterior, which = np.empty(len(made.people)), np.arange(len(made.unit))
    odds_of = found.yes, found.no
    after = units_back(made.units, which, found.nodes, found.omega, *odds_of, adjoint, posterior, HELD)
    return Shares(posterior=posterior, omega=after)


@compiled
def _forwards(
    units: Units,
    steps: Steps,
    tables_of_units: Floats,
    covered: Floats,
    uncovered: Floats,
    chains: Floats,
    tables: Floats,
) -> float:
    """All tables of the plan; the log of what they come to."""
    groups = len(steps.group_start) - 1
    largest = 1
    for t in range(len(steps.items)):
        largest = max(largest, 1 << steps.items[t])
    left = np.empty(largest)
    right = np.empty(2 * largest)
    for g in range(groups):
        count = steps.items[g]
        size = 1 << count
        at = steps.chain_start[g]
        for x in range(size):
            chains[at + x] = 0.0
        chains[at] = 1.0
        for u in range(steps.group_start[g], steps.group_start[g + 1]):
            table = units.table_start[u]
            for x in range(size):
                right[x] = tables_of_units[table + x]
                chains[at + size + x] = 0.0
            multiply(chains[at : at + size], right, chains[at + size : at + 2 * size], count, 1, 1)
            at += size
        for x in range(size):
            tables[steps.at[g] + x] = chains[at + x]
    log_z = 0.0
    for n in range(len(steps.kind)):
        first = steps.first[n]
        size = 1 << steps.items[first]
        at = steps.at[first]
        begin = steps.at[groups + n]
        end = steps.at[groups + n + 1]
        out = tables[begin:end]
        if steps.kind[n] == MULTIPLY:
            second = steps.second[n]
            order = steps.order_start[n]
            _lay(tables, at, steps.order, order, steps.items[first], left)
            order += steps.items[first]
            _lay(tables, steps.at[second], steps.order, order, steps.items[second], right)
            for x in range(end - begin):
                out[x] = 0.0
            multiply(left, right, out, steps.shared[n], 1 << steps.own_first[n], 1 << steps.own_second[n])
        else:
            j = steps.item[n]
            top = settle(tables[at : at + size], size, steps.bit[n], covered[j], uncovered[j], out)
            if top == 0.0:
                return -np.inf
            log_z += np.log(top)
            for x in range(end - begin):
                out[x] /= top
    return log_z


@compiled
def _lay(tables: Floats, at: int, order: Ints, begin: int, count: int, out: Floats) -> None:
    place = places(order, begin, count)
    for x in range(1 << count):
        out[x] = tables[at + place[x]]


@compiled
def _give(grad: Floats, values: Floats, place: Ints, size: int, at: int, adjoint: Floats) -> None:
    """Put an adjoint in its table's place, scaled to sum to one with it, as the derivative of a log does."""
    total = 0.0
    for x in range(size):
        total += grad[x] * values[x]
    for x in range(size):
        adjoint[at + place[x]] = grad[x] / total


@compiled
def _backwards(
    units: Units,
    steps: Steps,
    tables_of_units: Floats,
    covered: Floats,
    uncovered: Floats,
    chains: Floats,
    tables: Floats,
    adjoint_of_units: Floats,
) -> None:
    """The adjoints of the units' tables, each so scaled that it sums to one with its table."""
    groups = len(steps.group_start) - 1
    largest = 1
    for t in range(len(steps.items)):
        largest = max(largest, 1 << steps.items[t])
    left = np.empty(largest)
    right = np.empty(2 * largest)
    grad_left = np.empty(largest)
    grad_right = np.empty(2 * largest)
    adjoint = np.empty(len(tables))
    for t in range(len(steps.items)):
        if steps.items[t] == 0:
            adjoint[steps.at[t]] = 1.0
    for n in range(len(steps.kind) - 1, -1, -1):
        first = steps.first[n]
        size = 1 << steps.items[first]
        at = steps.at[first]
        given = adjoint[steps.at[groups + n] : steps.at[groups + n + 1]]
        if steps.kind[n] == MULTIPLY:
            second = steps.second[n]
            other = 1 << steps.items[second]
            order = steps.order_start[n]
            place = places(steps.order, order, steps.items[first])
            place_other = places(steps.order, order + steps.items[first], steps.items[second])
            for x in range(size):
                left[x] = tables[at + place[x]]
                grad_left[x] = 0.0
            for x in range(other):
                right[x] = tables[steps.at[second] + place_other[x]]
                grad_right[x] = 0.0
            na = 1 << steps.own_first[n]
            nb = 1 << steps.own_second[n]
            carry_back(left, right, given, grad_left, grad_right, steps.shared[n], na, nb)
            _give(grad_left, left, place, size, at, adjoint)
            _give(grad_right, right, place_other, other, steps.at[second], adjoint)
        else:
            j = steps.item[n]
            settle_back(given, size, steps.bit[n], covered[j], uncovered[j], grad_left)
            _give(grad_left, tables[at : at + size], np.arange(size), size, at, adjoint)
    for g in range(groups):
        count = steps.items[g]
        size = 1 << count
        straight = np.arange(size)
        at = steps.chain_start[g + 1] - size
        for x in range(size):
            left[x] = adjoint[steps.at[g] + x]
        for u in range(steps.group_start[g + 1] - 1, steps.group_start[g] - 1, -1):
            at -= size
            table = units.table_start[u]
            for x in range(size):
                right[x] = tables_of_units[table + x]
                grad_left[x] = 0.0
                grad_right[x] = 0.0
            before = chains[at : at + size]
            carry_back(before, right, left, grad_left, grad_right, count, 1, 1)
            _give(grad_right, right, straight, size, table, adjoint_of_units)
            _give(grad_left, before, straight, size, 0, left)
