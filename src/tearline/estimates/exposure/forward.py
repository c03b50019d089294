"""Forwards: how probable it is that an item reaches the adversary, if it is released to these people.

    P(leak | D) = 1 - Z(D and the item is not compromised) / Z(D)

Both are normalisers of the same model, so what past evidence says of the readers together is in it. Only the units of
the recipients change between the two; of the rest, tables are taken as they are.

The interval is about the propensities of the recipients' units, which nobody knows: for values ``k`` of theirs

    P(leak | k, D) = 1 - P(not | D) P(k | D and not) / P(k | D),

exactly for each unit; several units are taken as independent of each other, given D and given D and no leak. The mean
over their posterior is then the exact chance. Its quantiles 0.025 and 0.975 are the interval. It does not hold what
the model itself may have wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tearline.estimates.exposure.checks import check_release
from tearline.estimates.exposure.cover import Covered, odds, recover
from tearline.estimates.exposure.factors import People, Readers
from tearline.estimates.exposure.people import TINY, Roll, everybody, unit_weights, weighed
from tearline.estimates.exposure.quadrature import nodes_and_weights
from tearline.estimates.exposure.sampling import Run
from tearline.estimates.exposure.solution import Method, Solution, how, solve
from tearline.estimates.exposure.state import Known, State, padded
from tearline.estimates.exposure.tables import Floats, Ints
from tearline.estimates.exposure.units import HELD, units_back
from tearline.estimates.exposure.world import Id, NotCompromised, Release
from tearline.facts.errors import Malformed
from tearline.facts.shape import Place

FINE = 200
"""Values that a propensity with a Beta prior is taken at for an interval."""

LIKELIEST = 2_000
"""Values of a sum over units that are kept apart; beyond, neighbours are taken together at their mean."""

UNSEEN = 1e-12
"""What a propensity may be with no more chance than this does not move an interval of 95 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marginal:
    """What one reader adds: ``without`` is the chance of the leak if all others read it."""

    person: Id
    without: float
    adds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """``low95`` and ``high95`` hold the chance with 95 %, as far as the units' propensities are what is unknown.

    ``method`` is that of the posterior.
    """

    p_leak: float
    low95: float
    high95: float
    method: Method
    readers: tuple[Marginal, ...]


class Asked(Protocol):
    """A state beside the same state if the item has not leaked; ``log_ratio`` is that of their evidence."""

    @property
    def log_ratio(self) -> float: ...

    def without(self, n: int) -> "Asked":
        """The same with one recipient less."""

    def chances(self) -> Floats:
        """How probable each recipient is to be a channel, if the item has not leaked."""

    def propensities(self) -> Iterator[tuple[Floats, Floats]]:
        """For each unit of the recipients: what its propensity may be, as it is, and if the item has not leaked."""


def risk(state: State, release: Release) -> Risk:
    """The chance of a leak, exactly, and what each reader adds to it. Raises Malformed."""
    check_release(release, state.people, Place(state.name) / "forward")
    asked = _asked(state, release)
    p_leak = _leak(asked.log_ratio)
    low, high = _interval(asked)
    readers = tuple(
        Marginal(person=person, without=without, adds=p_leak - without)
        for person, without in zip(release.recipients, _without(asked, release), strict=True)
    )
    return Risk(
        p_leak=p_leak, low95=min(low, p_leak), high95=max(high, p_leak), method=how(state), readers=readers
    )


def _asked(state: State, release: Release) -> Asked:
    match how(state):
        case Method.SAMPLER:
            return _AskedSampled.of(state, release)
        case Method.COVER if len(state.epochs) == 1:
            if np.isneginf(state.covered()[1]):
                raise state.impossible()
            return _AskedOnce.of(state, release)
        case _:
            return _AskedWhole.of(state, release)


def _without(asked: Asked, release: Release) -> list[float]:
    """The chance of a leak without each of the recipients.

    The evidence is linear in a reader's weight, so what it would be without them follows from how probable they are to
    be a channel though nothing leaks. Of a reader who would certainly pass it on, nothing follows: asked again.
    """
    certain = np.isneginf(asked.log_ratio)
    chances = np.zeros(len(release.q)) if certain else asked.chances()
    found = []
    for n, (p, q) in enumerate(zip(chances.tolist(), release.q, strict=True)):
        if len(release.q) == 1:
            found.append(release.background)
        elif certain or q == 1.0:
            found.append(_leak(asked.without(n).log_ratio))
        else:
            found.append(_leak(asked.log_ratio + np.log1p(p * q / (1.0 - q))))
    return found


def _interval(asked: Asked) -> tuple[float, float]:
    """The quantiles of the chance over what the recipients' units' propensities may be."""
    if np.isneginf(asked.log_ratio):
        return 1.0, 1.0
    spared, chance = np.array([np.exp(asked.log_ratio)]), np.ones(1)
    for now, then in asked.propensities():
        kept = now > UNSEEN
        spared = np.multiply.outer(spared, then[kept] / now[kept]).ravel()
        chance = np.multiply.outer(chance, now[kept]).ravel()
        spared, chance = _together(spared, chance)
    leaks, total = 1.0 - spared[::-1], np.cumsum(chance[::-1])
    low, high = (
        leaks[min(int(np.searchsorted(total, p * total[-1])), len(leaks) - 1)] for p in (0.025, 0.975)
    )
    return float(max(low, 0.0)), float(max(high, 0.0))


def _fewer(release: Release, n: int) -> Release:
    people, q = list(release.recipients), list(release.q)
    del people[n], q[n]
    return Release(recipients=tuple(people), q=tuple(q), background=release.background)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _AskedWhole:
    """Both states solved from the beginning; ``after`` is None where it would certainly leak."""

    state: State
    release: Release
    before: Solution
    after: Solution | None
    log_ratio: float

    @classmethod
    def of(cls, state: State, release: Release) -> "_AskedWhole":
        before = solve(state)
        readers = Readers(people=state.indexes(release.recipients), q=np.array(release.q, np.float64))
        known = Known(readers=readers, background=release.background, observation=NotCompromised())
        try:
            after = solve(state.put("\0", known))
        except Malformed:
            return cls(state=state, release=release, before=before, after=None, log_ratio=-np.inf)
        log_ratio = after.log_evidence - before.log_evidence
        return cls(state=state, release=release, before=before, after=after, log_ratio=log_ratio)

    def without(self, n: int) -> Asked:
        return self.of(self.state, _fewer(self.release, n))

    def chances(self) -> Floats:
        people = self.state.indexes(self.release.recipients) % self.state.roll.count
        return np.zeros(len(people)) if self.after is None else self.after.probability[people]

    def propensities(self) -> Iterator[tuple[Floats, Floats]]:
        for unit in np.unique(self.state.roll.unit[self.state.indexes(self.release.recipients)]).tolist():
            if self.after is not None:
                yield self.before.now[unit], self.after.now[unit]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _AskedSampled:
    """What the states that the sampler kept say, each weighed by how probable it leaves it that nothing leaks.

    ``spared`` is that, a number a state, and ``apart`` the same without each recipient; ``channel`` the chance that a
    recipient is a channel in a state, if nothing leaks. ``units`` has each unit's nodes, as it is and if nothing leaks.
    """

    state: State
    release: Release
    log_ratio: float
    spared: Floats
    channel: Floats
    units: list[tuple[Floats, Floats]]

    @classmethod
    def of(cls, state: State, release: Release) -> "_AskedSampled":
        found = state.sampled()
        people, q = state.indexes(release.recipients), np.array(release.q)
        states = len(found.sampled.state_start) - 1
        of_state = np.repeat(np.arange(states), np.diff(found.sampled.state_start))
        spared = np.full(states, 1.0 - release.background)
        channel = np.zeros((len(people), states))
        readers = found.asked.readers
        reader = np.minimum(np.searchsorted(readers, people), len(readers) - 1)
        reads = readers[reader] == people
        for n in np.flatnonzero(reads).tolist():
            on = np.zeros(states)
            on[of_state[found.sampled.channels == reader[n]]] = 1.0
            spared *= 1.0 - on * q[n]
            channel[n] = on
        units = []
        for u in np.unique(state.roll.unit[people]).tolist():
            here = np.flatnonzero((state.roll.unit[people] == u) & ~reads)
            given, number = _given(found, state, u, of_state, states)
            yes, no = odds(state.log_m[people[here]])
            on_node = state.nodes[u] * yes[:, None]
            chance = on_node / (on_node + (1.0 - state.nodes[u]) * no[:, None] + TINY)
            kept = np.prod(1.0 - chance * q[here, None], axis=0)
            after = given * kept
            spared *= after.sum(axis=1)[number]
            share = after / np.maximum(after.sum(axis=1, keepdims=True), TINY)
            left = chance * (1.0 - q[here, None]) / np.maximum(1.0 - chance * q[here, None], TINY)
            channel[here] = (share @ left.T).T[:, number]
            units.append((given, share, number))
        weight = spared / spared.sum()
        return cls(
            state=state,
            release=release,
            log_ratio=float(np.log(spared.mean())),
            spared=spared,
            channel=channel,
            units=[(given[number].mean(axis=0), weight @ share[number]) for given, share, number in units],
        )

    def without(self, n: int) -> Asked:
        return self.of(self.state, _fewer(self.release, n))

    def chances(self) -> Floats:
        found: Floats = self.channel @ (self.spared / self.spared.sum())
        return found

    def propensities(self) -> Iterator[tuple[Floats, Floats]]:
        yield from self.units


def _given(found: Run, state: State, unit: int, of_state: Ints, states: int) -> tuple[Floats, Ints]:
    """A unit's nodes by the number of its channels among readers of positives; and that number in each state."""
    row = int(np.searchsorted(found.asked.units, unit))
    if row == len(found.asked.units) or found.asked.units[row] != unit:
        omega, _ = state.omega()
        return omega[unit][None, :], np.zeros(states, np.int64)
    asked = found.asked
    ours = asked.target.unit[found.sampled.channels] == row
    number = np.bincount(of_state[ours], minlength=states)
    return asked.nodes_given[asked.target.f_start[row] : asked.target.f_start[row + 1]], number


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _AskedOnce:
    """Both states cut to the recipients' units.

    ``units`` are those, ``roll`` their people by themselves, ``log_m`` what these weigh now and then. ``at`` are the
    recipients in ``roll``; ``which`` the units that the state's layout has, ``row`` each of those in ``units``, and
    ``readers`` the recipients that it has, each at ``place`` in ``roll``.
    """

    state: State
    release: Release
    units: Ints
    roll: Roll
    log_m: tuple[Floats, Floats]
    at: Ints
    which: Ints
    row: Ints
    readers: Ints
    place: Ints
    covered: Covered
    log_ratio: float

    @classmethod
    def of(cls, state: State, release: Release) -> "_AskedOnce":
        people = state.indexes(release.recipients).astype(np.int64)
        units = np.unique(state.roll.unit[people]).astype(np.int64)
        roll, members = state.roll.cut(units)
        at = np.searchsorted(
            _keys(roll.unit, members),
            _keys(np.searchsorted(units, state.roll.unit[people]).astype(np.int64), people),
        )
        now = state.log_m[members]
        then = now.copy()
        with np.errstate(divide="ignore"):
            then[at] += np.log1p(-np.array(release.q))
        found, _ = state.covered()
        made = found.joint.layout
        which = np.flatnonzero(np.isin(made.unit, units))
        row = np.searchsorted(units, made.unit[which])
        readers = np.flatnonzero(np.isin(made.people, people))
        order = np.argsort(people)
        place = at[order[np.searchsorted(people[order], made.people[readers])]]
        nodes, weights = state.nodes[units], state.weights[units]
        _, log_now = _omega(roll, now, nodes, weights)
        omega, log_then = _omega(roll, then, nodes, weights)
        if np.isneginf(log_then):
            covered, log_ratio = found, -np.inf
        else:
            covered = recover(found, which, omega[row], readers, then[place])
            log_ratio = log_then - log_now + covered.joint.log_z - found.joint.log_z
        return cls(
            state=state,
            release=release,
            units=units,
            roll=roll,
            log_m=(now, then),
            at=at,
            which=which,
            row=row,
            readers=readers,
            place=place,
            covered=covered,
            log_ratio=float(np.log1p(-release.background) + log_ratio),
        )

    def without(self, n: int) -> Asked:
        return self.of(self.state, _fewer(self.release, n))

    def chances(self) -> Floats:
        nodes, weights = self.state.nodes[self.units], self.state.weights[self.units]
        omega, _ = _omega(self.roll, self.log_m[1], nodes, weights)
        posterior = np.empty(len(self.covered.joint.layout.people))
        if len(self.which):
            omega[self.row] = self._back(self.covered, self.covered.nodes, self.covered.omega, posterior)
        chances = everybody(self.roll.start, self.roll.members, self.log_m[1], nodes, omega)
        chances[self.place] = posterior[self.readers]
        return chances[self.at]

    def propensities(self) -> Iterator[tuple[Floats, Floats]]:
        priors = [self.state.priors[u] for u in self.units.tolist()]
        nodes, weights = padded([nodes_and_weights(prior, FINE) for prior in priors])
        found, _ = self.state.covered()
        before = self._fine(found, nodes, weights, self.log_m[0])
        after = self._fine(self.covered, nodes, weights, self.log_m[1])
        yield from zip(before, after, strict=True)

    def _fine(self, found: Covered, nodes: Floats, weights: Floats, log_m: Floats) -> Floats:
        """The units' nodes after all evidence, for finer nodes than the exact sums need."""
        omega, _ = _omega(self.roll, log_m, nodes, weights)
        if len(self.which):
            count = len(found.joint.layout.unit)
            rows, of_rows = np.zeros((count, nodes.shape[1])), np.zeros((count, nodes.shape[1]))
            rows[self.which], of_rows[self.which] = nodes[self.row], omega[self.row]
            posterior = np.empty(len(found.joint.layout.people))
            omega[self.row] = self._back(found, rows, of_rows, posterior)
        return omega

    def _back(self, found: Covered, nodes: Floats, omega: Floats, posterior: Floats) -> Floats:
        """The nodes after all of those units that the layout has; ``posterior`` is filled for their readers."""
        after = np.zeros(omega.shape)  # unlike zeros_like, it touches only what is written
        given = found.yes, found.no, found.joint.adjoint, posterior, after, HELD
        units_back(found.joint.layout.units, self.which, nodes, omega, *given)
        made: Floats = after[self.which]
        return made


def _keys(unit: Ints | People, people: Ints) -> Ints:
    """Units and people as one number, in the order of both."""
    return unit.astype(np.int64) * 2**32 + people


def _omega(roll: Roll, log_m: Floats, nodes: Floats, weights: Floats) -> tuple[Floats, float]:
    """The nodes' weights after all but the covers, and their log evidence, of units by themselves."""
    log_c = np.zeros_like(nodes)
    unit_weights(np.arange(len(nodes)), roll.start, roll.members, log_m, nodes, log_c)
    return weighed(weights, log_c, 0.0)


def _leak(log_ratio: float) -> float:
    return float(-np.expm1(min(log_ratio, 0.0)))


def _together(values: Floats, chance: Floats) -> tuple[Floats, Floats]:
    """Sorted; and where there are too many, neighbours in steps of equal chance as one, at their mean."""
    order = np.argsort(values)
    values, chance = values[order], chance[order]
    if len(values) <= LIKELIEST:
        return values, chance
    total = np.cumsum(chance)
    step = np.minimum((total / total[-1] * LIKELIEST).astype(np.int64), LIKELIEST - 1)
    weights: Floats = np.bincount(step, chance, LIKELIEST).astype(np.float64, copy=False)
    sums: Floats = np.bincount(step, chance * values, LIKELIEST).astype(np.float64, copy=False)
    kept = weights > 0.0
    return sums[kept] / weights[kept], weights[kept]
