"""Backwards: given what leaked and what did not, how probable each reader is a channel, and what must be said with it.

A posterior says whom to ask first. It accuses nobody: it rests on a model, on a base rate, and on what was logged.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tearline.estimates.exposure.factors import Cover, People
from tearline.estimates.exposure.people import unit_weights
from tearline.estimates.exposure.solution import Method, Solution, log_evidence_of, solve
from tearline.estimates.exposure.state import Known, State, prior_of
from tearline.estimates.exposure.tables import Floats, Ints
from tearline.estimates.exposure.world import Id, NotCompromised, Unknown

HELD_SHARE = 0.9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Propensities:
    """Each unit's propensity: its mean before any evidence, and mean and standard deviation after it."""

    prior: Floats
    mean: Floats
    sd: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """What an answer rests on. For each person: items read that leaked or may have, that did not, of which nobody
    knows; and ``negatives_ratio``, how much more probable what did not leak is if they are a channel than if they are
    not, which speaks for them.
    """

    positives: int
    negatives: int
    unknown: int
    read_positive: Ints
    read_negative: Ints
    read_unknown: Ints
    negatives_ratio: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Posterior:
    """The answer, a row a person in the world's order.

    ``probability`` is that of being a channel now; where propensities forget, ``by_epoch`` has a row an epoch.
    ``p_nobody_logged``: the probability that no logged reader is a channel, or was. ``p_unlogged``: that whatever
    leaked came out through the background or phantoms, whoever else is a channel. Both are ratios of normalisers.
    ``expected_channels`` counts logged readers; ``set90`` is the smallest set of them that holds 90 % of that number,
    and ``set90_exposed`` the same among those who read anything that leaked or may have. ``digits_left`` bounds from
    below the correct digits of an exact answer; a sampler says ``chain_gap`` instead.
    """

    people: Sequence[Id]
    logged: np.ndarray = field(repr=False)
    probability: Floats
    by_epoch: Floats = field(repr=False)
    prior: Floats
    log_evidence: float
    p_nobody_logged: float
    p_unlogged: float
    units: Propensities
    evidence: Evidence
    method: Method
    digits_left: float | None = None
    chain_gap: float | None = None

    @property
    def likelihood_ratio(self) -> Floats:
        """Posterior odds over prior odds: what the evidence alone says of each person. Infinite for a certainty."""
        with np.errstate(divide="ignore", invalid="ignore"):
            odds = self.probability / (1.0 - self.probability)
            before = self.prior / (1.0 - self.prior)
            made: Floats = odds / before
        return made

    @property
    def exposed(self) -> Ints:
        """Logged readers of anything that leaked or may have, by index."""
        return np.flatnonzero(self.logged & (self.evidence.read_positive > 0))

    @property
    def expected_channels(self) -> float:
        return float(self.probability[self.logged].sum())

    @property
    def expected_channels_exposed(self) -> float:
        return float(self.probability[self.exposed].sum())

    @property
    def set90(self) -> tuple[Id, ...]:
        return self.holding(np.flatnonzero(self.logged))

    @property
    def set90_exposed(self) -> tuple[Id, ...]:
        return self.holding(self.exposed)

    def holding(self, among: Ints, share: float = HELD_SHARE) -> tuple[Id, ...]:
        """The fewest of these people who hold that share of the channels expected among them, the likeliest first."""
        order = among[np.argsort(-self.probability[among], kind="stable")]
        total = np.cumsum(self.probability[order])
        if not len(order) or total[-1] == 0.0:
            return ()
        count = int(np.searchsorted(total, share * total[-1] * (1.0 - 1e-12))) + 1
        return tuple(self.people[i] for i in order[:count].tolist())


def attribute(state: State) -> Posterior:
    """The posterior of everybody and what is shown beside it; raises Malformed where evidence is impossible."""
    return beside(state, solve(state))


def beside(state: State, solution: Solution) -> Posterior:
    """A solution with what is shown beside it."""
    mean = (solution.omega * state.nodes).sum(axis=1)
    spread = (solution.omega * (state.nodes - mean[:, None]) ** 2).sum(axis=1)
    prior = prior_of(state.nodes, state.weights)
    return Posterior(
        people=state.names,
        logged=~state.roll.phantom[: state.roll.count],
        by_epoch=solution.by_epoch,
        probability=solution.probability,
        prior=prior[state.roll.unit[: state.roll.count]],
        log_evidence=solution.log_evidence,
        p_nobody_logged=_ratio(_log_silent(state), solution.log_evidence),
        p_unlogged=_ratio(_log_unlogged(state), solution.log_evidence),
        units=Propensities(prior=prior, mean=mean, sd=np.sqrt(spread)),
        evidence=_evidence(state),
        method=solution.method,
        digits_left=solution.digits_left,
        chain_gap=solution.chain_gap,
    )


def _log_silent(state: State) -> float:
    """Log of the probability of all evidence and of no logged reader being, or having been, a channel."""
    roll, nodes = state.roll, state.nodes
    log_m = np.where(roll.phantom, state.log_m, -np.inf)
    if len(state.epochs) > 1:
        return _log_of_phantoms(state, log_m, state.log_c)
    phantoms = roll.members[roll.phantom[roll.members]]
    count = np.bincount(roll.unit[phantoms], minlength=len(nodes))
    start = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    log_c = np.zeros_like(state.log_c)
    unit_weights(np.arange(len(nodes)), start, phantoms, state.log_m, nodes, log_c)
    logged = (np.diff(roll.start) - count)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        log_c += np.where(logged > 0, logged * np.log1p(-nodes), 0.0)
    return _log_of_phantoms(state, log_m, log_c)


def _log_unlogged(state: State) -> float:
    """Log of the probability of all evidence and of no logged reader having covered anything."""
    log_m, log_c = state.log_m.copy(), state.log_c.copy()
    touched = []
    for one in state.covers.values():
        logged = ~state.roll.phantom[one.people]
        with np.errstate(divide="ignore"):
            np.add.at(log_m, one.people[logged], np.log1p(-one.r[logged]))
        touched.append(state.roll.unit[one.people])
    if touched and len(state.epochs) == 1:
        units = np.unique(np.concatenate(touched)).astype(np.int64)
        unit_weights(units, state.roll.start, state.roll.members, log_m, state.nodes, log_c)
    return _log_of_phantoms(state, log_m, log_c)


def _log_of_phantoms(state: State, log_m: Floats, log_c: Floats) -> float:
    """The log evidence if only phantoms cover, and people weigh as said."""
    covers = {item: _of_phantoms(state, one) for item, one in state.covers.items()}
    return log_evidence_of(state.weighing(log_m, log_c, covers))


def _of_phantoms(state: State, one: Cover) -> Cover:
    kept = state.roll.phantom[one.people]
    return Cover(people=one.people[kept], r=one.r[kept], covered=one.covered, uncovered=one.uncovered)


def _ratio(log_part: float, log_whole: float) -> float:
    return float(np.exp(min(log_part - log_whole, 0.0)))


def _evidence(state: State) -> Evidence:
    positive: list[Known] = []
    negative: list[Known] = []
    unknown: list[Known] = []
    for known in state.items.values():
        match known.observation:
            case Unknown():
                unknown.append(known)
            case NotCompromised():
                negative.append(known)
            case _:
                positive.append(known)
    count = state.roll.count
    ratio = state.log_m.reshape(-1, count).sum(axis=0)
    readers: list[People] = []
    for known in positive:
        one = known.factor()
        with np.errstate(invalid="ignore"):
            np.subtract.at(ratio, one.people % count, one.log_m)
        readers.append(known.readers.people if one.cover is None else one.cover.people)
    return Evidence(
        positives=len(positive),
        negatives=len(negative),
        unknown=len(unknown),
        read_positive=_times(readers, count),
        read_negative=_times([known.readers.people for known in negative], count),
        read_unknown=_times([known.readers.people for known in unknown], count),
        negatives_ratio=np.exp(np.nan_to_num(ratio, nan=-np.inf, neginf=-np.inf)),
    )


def _times(readers: Sequence[People], count: int) -> Ints:
    """How often each person stands in these."""
    if not readers:
        return np.zeros(count, np.int64)
    return np.bincount(np.concatenate(readers) % count, minlength=count)
