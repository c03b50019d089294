"""Everything known about one adversary's channels, in the form that answers are computed from.

A ``State`` does not change: what happens makes another one, which shares what stayed the same. A negative only changes
a weight of its readers and of their units; a positive doubles the tables of the units that read it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tearline.estimates.exposure.checks import check, check_release
from tearline.estimates.exposure.cover import Covered, cover, recover
from tearline.estimates.exposure.epochs import Epochs
from tearline.estimates.exposure.factors import Cover, Factor, People, Readers, factor
from tearline.estimates.exposure.layout import Layout, layout
from tearline.estimates.exposure.people import Roll, add_to, normalised, people_of, unit_weights
from tearline.estimates.exposure.quadrature import nodes_and_weights, nodes_for
from tearline.estimates.exposure.regimes import Past, Told, past
from tearline.estimates.exposure.sampling import Run, refuse_epochs, run
from tearline.estimates.exposure.tables import Floats, Ints
from tearline.estimates.exposure.world import (
    Beta,
    Between,
    Compromised,
    Exposure,
    Id,
    Marked,
    Nodes,
    NotCompromised,
    Observation,
    Release,
    Unknown,
    World,
)
from tearline.facts.errors import Malformed
from tearline.facts.shape import Place

MOST_PRODUCTS = 2e10
MOST_ENTRIES = 5e7
"""Multiplications that an exact answer may take, which is some ten seconds, and numbers held for it: 400 MB."""

NO_EPOCHS = Epochs()
LEAKED = (Compromised, Between, Marked)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """One item: its readers, and what is known of it."""

    readers: Readers
    background: float
    variants: int = 1
    observation: Observation = Unknown()  # noqa: RUF009  it has no state

    def factor(self) -> Factor:
        return factor(self.readers, self.background, self.variants, self.observation)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class State:
    """See the module. ``nodes`` and ``weights`` have a row a unit, padded by nodes of weight zero.

    ``log_m`` is each person's weight by what is known of them alone; ``log_c`` sums, for each unit and node, what
    that says of the propensity (not where time is cut into epochs); ``covers`` are the items that somebody must have
    covered, or not. ``_before`` is the exact answer of an earlier state with the same covers, and the units of which
    something else has become known since; ``_told`` the probabilities of everybody then, and the units of which these
    may be others now.
    """

    name: str
    epochs: Epochs
    roll: Roll
    nodes: Floats
    weights: Floats
    items: Mapping[Id, Known]
    log_m: Floats
    log_c: Floats
    constant: float
    covers: Mapping[Id, Cover]
    names: Sequence[Id] = field(repr=False)
    people: Mapping[Id, int] = field(repr=False)
    priors: Sequence[Nodes | Beta] = field(repr=False)
    _omega: list[tuple[Floats, Floats]] = field(repr=False)
    _layout: list[Layout] = field(repr=False)
    _before: list[tuple[Covered, Ints]] = field(repr=False)
    _covered: list[tuple[Covered, float]] = field(repr=False)
    _told: list[tuple[Floats, Ints]] = field(repr=False)
    _past: list[Past] = field(repr=False)
    _run: list[Run] = field(repr=False)
    most_products: float = MOST_PRODUCTS
    seed: int = 0

    @classmethod
    def of(cls, world: World, file: str = "", *, seed: int = 0) -> "State":
        """The state of a world, which is checked first; raises Malformed, which names ``file`` or the world."""
        check(world, file)
        unit_at = {unit.id: n for n, unit in enumerate(world.units)}
        person_at = {person.id: n for n, person in enumerate(world.people)}
        unit = np.array([unit_at[p.unit] for p in world.people], np.int32)
        phantom = np.array([p.phantom for p in world.people], bool)
        first = min((one.released for one in world.items), default=world.horizon)
        epochs = Epochs.cut(first, world.horizon, world.half_life)
        roll = Roll.of(unit, phantom, len(world.units), len(epochs))
        sizes = np.diff(roll.start)
        priors = [unit.prior for unit in world.units]
        nodes, weights = padded(
            [
                nodes_and_weights(one, nodes_for(int(n), len(epochs)))
                for one, n in zip(priors, sizes, strict=True)
            ]
        )
        exposures: dict[Id, list[Exposure]] = {item.id: [] for item in world.items}
        for exposure in world.exposures:
            exposures[exposure.item].append(exposure)
        items = {}
        for item in world.items:
            days = [item.released if e.day is None else e.day for e in exposures[item.id]]
            slots = [
                epochs.of(day) * len(person_at) + person_at[e.person]
                for day, e in zip(days, exposures[item.id], strict=True)
            ]
            items[item.id] = Known(
                readers=_readers(exposures[item.id], slots, item.observation),
                background=item.background,
                variants=item.variants,
                observation=item.observation,
            )
        name = file or world.name or "world"
        return cls.made(
            name=name,
            epochs=epochs,
            roll=roll,
            nodes=nodes,
            weights=weights,
            items=items,
            names=tuple(person_at),
            priors=priors,
            seed=seed,
        )

    @classmethod
    def made(
        cls,
        *,
        name: str,
        roll: Roll,
        nodes: Floats,
        weights: Floats,
        items: Mapping[Id, Known],
        names: Sequence[Id],
        priors: Sequence[Nodes | Beta],
        epochs: Epochs = NO_EPOCHS,
        seed: int = 0,
    ) -> "State":
        """A state from arrays: for worlds too large for an object an exposure. Nothing is checked here."""
        log_m = np.zeros(len(roll.unit))
        constant = 0.0
        covers: dict[Id, Cover] = {}
        for item, known in items.items():
            one = known.factor()
            constant += one.log_constant
            add_to(log_m, one.people, one.log_m)
            if one.cover is not None:
                covers[item] = one.cover
        log_c = np.zeros_like(nodes)
        if len(epochs) == 1:
            unit_weights(np.arange(len(nodes)), roll.start, roll.members, log_m, nodes, log_c)
        return cls(
            name=name,
            epochs=epochs,
            roll=roll,
            nodes=nodes,
            weights=weights,
            items=items,
            log_m=log_m,
            log_c=log_c,
            constant=constant,
            covers=covers,
            names=names,
            people={name: n for n, name in enumerate(names)},
            priors=priors,
            _omega=[],
            _layout=[],
            _before=[],
            _covered=[],
            _told=[],
            _past=[],
            _run=[],
            seed=seed,
        )

    def released(self, item: Id, release: Release, variants: int = 1) -> "State":
        """An item was released to these people; nothing is known of it yet. Raises Malformed."""
        at = Place(self.name) / str(item)
        check_release(release, self.people, at)
        if item in self.items:
            raise at.expected("an item that was not released before")
        readers = Readers(people=self.indexes(release.recipients), q=np.array(release.q, np.float64))
        return self.put(item, Known(readers=readers, background=release.background, variants=variants))

    def observe(self, item: Id, observation: Observation) -> "State":
        """What is now known of an item, in place of what was known before. Raises Malformed.

        What leaked does not become unleaked: an observation that was wrong is first replaced by ``Unknown``.
        """
        at = Place(self.name) / str(item)
        if item not in self.items:
            raise at.expected("an item that was released")
        known = self.items[item]
        if isinstance(observation, NotCompromised) and isinstance(known.observation, LEAKED):
            raise at.expected("no observation that contradicts an earlier one: it was compromised")
        if isinstance(observation, Between) and known.readers.within is None:
            raise at.expected("readers with their chances by the two days")
        return self.put(item, replace(known, observation=observation))

    def indexes(self, people: Sequence[Id]) -> People:
        """These people as they are now: in the last epoch."""
        now = (len(self.epochs) - 1) * self.roll.count
        return np.array([now + self.people[person] for person in people], np.int32)

    def put(self, item: Id, known: Known) -> "State":
        """The same with this item, in place of what was known of it. Nothing is checked here."""
        before = self.items[item].factor() if item in self.items else None
        after = known.factor()
        log_m, log_c, constant = self.log_m.copy(), self.log_c.copy(), self.constant + after.log_constant
        touched = [after.people]
        if before is not None:
            constant -= before.log_constant
            touched.append(before.people)
            if np.isneginf(before.log_m).any():
                log_m[before.people] = 0.0
                for other in self.items.values():
                    one = other.factor()
                    if other is not self.items[item]:
                        hit = np.isin(one.people, before.people)
                        add_to(log_m, one.people[hit], one.log_m[hit])
            else:
                add_to(log_m, before.people, -before.log_m)
        add_to(log_m, after.people, after.log_m)
        units = np.unique(self.roll.unit[np.concatenate(touched)]).astype(np.int64)
        if len(self.epochs) == 1:
            unit_weights(units, self.roll.start, self.roll.members, log_m, self.nodes, log_c)
        covers = dict(self.covers)
        covers.pop(item, None)
        if after.cover is not None:
            covers[item] = after.cover
        same = item not in self.covers and after.cover is None
        return replace(
            self,
            items={**self.items, item: known},
            log_m=log_m,
            log_c=log_c,
            constant=constant,
            covers=covers,
            _omega=[_weighed(units, self.weights, log_c, self._omega[0])] if self._omega else [],
            _layout=self._layout if same else [],
            _before=self._since(units) if same else [],
            _covered=[],
            _told=[(told, np.union1d(changed, units)) for told, changed in self._told],
            _past=[],
            _run=[],
        )

    def _since(self, units: Ints) -> list[tuple[Covered, Ints]]:
        """The exact answer that was reckoned last, and the units that have changed since if these change now."""
        if self._covered:
            return [(self._covered[0][0], units)]
        return [(found, np.union1d(changed, units)) for found, changed in self._before]

    def weighing(self, log_m: Floats, log_c: Floats, covers: Mapping[Id, Cover]) -> "State":
        """The same people with other weights and covers, for what follows from those; its items are not changed."""
        return replace(
            self,
            log_m=log_m,
            log_c=log_c,
            covers=covers,
            _omega=[],
            _layout=[],
            _before=[],
            _covered=[],
            _told=[],
            _past=[],
            _run=[],
        )

    @property
    def most_nodes(self) -> int:
        """How many values a propensity is taken at, at most."""
        return int(self.nodes.shape[1])

    @property
    def layout(self) -> Layout:
        if not self._layout:
            made = layout(tuple(self.covers.values()), self.roll.unit, self.most_nodes)
            self._layout.append(made)
        return self._layout[0]

    @property
    def affordable(self) -> bool:
        """Whether an exact answer is within the budget, as counted beforehand."""
        stretches = len(self.epochs) * (len(self.epochs) + 1) // 2
        made = self.layout
        return made.products * stretches <= self.most_products and made.entries * stretches <= MOST_ENTRIES

    def omega(self) -> tuple[Floats, float]:
        """The nodes' weights after all but the covers, a row a unit; and the log evidence of all but them."""
        if not self._omega:
            every = np.arange(len(self.nodes))
            nothing = np.empty_like(self.weights), np.empty(len(self.weights))
            self._omega.append(_weighed(every, self.weights, self.log_c, nothing))
        omega, sums = self._omega[0]
        return omega.copy(), self.constant + float(sums.sum())

    def covered(self) -> tuple[Covered, float]:
        """The exact answer's tables, and the log evidence: -inf where the observations cannot all be true."""
        if not self._covered:
            omega, log_evidence = self.omega()
            made = self.layout
            if before := self._before[:1]:
                earlier, units = before[0]
                which = np.flatnonzero(np.isin(made.unit, units))
                readers = np.flatnonzero(np.isin(self.roll.unit[made.people], units))
                weights = self.log_m[made.people[readers]]
                found = recover(earlier, which, omega[made.unit[which]], readers, weights)
            else:
                found = cover(made, self.nodes[made.unit], omega[made.unit], self.log_m[made.people])
            self._before.clear()
            self._covered.append((found, log_evidence + found.joint.log_z))
        return self._covered[0]

    def everybody(self, omega: Floats) -> Floats:
        """Each person's probability where what they covered does not matter, by their units' nodes after all.

        What does not follow from the covers stays as it was told before, in units of which nothing new is known.
        """
        covering = self.layout.unit
        if before := self._told[:1]:
            told, changed = before[0]
            probability, units = told.copy(), np.union1d(changed, covering)
        else:
            probability, units = np.empty(self.roll.count), np.arange(len(self.nodes))
        people_of(units, self.roll.start, self.roll.members, self.log_m, self.nodes, omega, probability)
        self._told[:] = [(probability, covering)]
        return probability.copy()

    def past(self) -> Past:
        """The same as ``covered`` where time is cut into epochs."""
        if not self._past:
            told = Told(
                epochs=self.epochs,
                people=self.roll.count,
                start=self.roll.start,
                members=self.roll.members,
                nodes=self.nodes,
                weights=self.weights,
                log_m=self.log_m,
                constant=self.constant,
                layout=self.layout,
            )
            self._past.append(past(told))
        return self._past[0]

    def sampled(self) -> Run:
        """What the sampler says, where an exact answer cannot be afforded; raises Refused where it has no answer."""
        if len(self.epochs) > 1:
            raise refuse_epochs()
        if not self._run:
            self._run.append(run(self, self.seed))
        return self._run[0]

    def impossible(self) -> Malformed:
        return Malformed(
            self.name,
            "items",
            "observations that can all be true: under no choice of channels do these have any probability",
        )


def _weighed(
    units: Ints, weights: Floats, log_c: Floats, before: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Every unit's nodes with what is known of them, and the log of what they added up to, where ``units`` changed."""
    omega, sums = before[0].copy(), before[1].copy()
    with np.errstate(divide="ignore"):
        omega[units], sums[units] = normalised(np.log(weights[units]) + log_c[units])
    return omega, sums


def padded(rules: Sequence[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """Nodes and weights of several units, a row each; the shorter are filled up with nodes of weight zero."""
    most = max(len(nodes) for nodes, _ in rules)
    nodes, weights = np.zeros((len(rules), most)), np.zeros((len(rules), most))
    for n, (values, of_values) in enumerate(rules):
        nodes[n, : len(values)], weights[n, : len(values)] = values, of_values
    return nodes, weights


def _readers(exposures: Sequence[Exposure], slots: Sequence[int], observation: Observation) -> Readers:
    marked, dated = isinstance(observation, Marked), isinstance(observation, Between)
    within = [e.within for e in exposures if e.within is not None] if dated else []
    return Readers(
        people=np.array(slots, np.int32),
        q=np.array([e.q for e in exposures]),
        variant=np.array([e.variant for e in exposures], np.int32),
        within=(np.array([a for a, _ in within]), np.array([b for _, b in within])) if dated else None,
        ratio=np.array([e.likelihood_ratio for e in exposures]) if marked else None,
    )


def prior_of(nodes: Floats, weights: Floats) -> Floats:
    """The mean of each unit's propensity before any evidence."""
    return np.asarray((nodes * weights).sum(axis=1) / weights.sum(axis=1))
