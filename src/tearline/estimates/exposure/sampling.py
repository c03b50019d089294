"""A state put to the sampler or to enumeration: only readers of positives are asked about, the rest follows."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tearline.estimates.exposure.layout import edges_of
from tearline.estimates.exposure.people import everybody, normalised, unit_weights
from tearline.estimates.exposure.sampler import LARGEST_GAP, Sampled, Target, sample
from tearline.estimates.exposure.tables import Floats, Ints
from tearline.facts.errors import Refused
from tearline.facts.words import Words

if TYPE_CHECKING:
    from tearline.estimates.exposure.state import State

APART = Words(
    "The evidence is too much for an exact answer, and {chains} chains of the sampler differ by up to {gap:.2f} in"
    " somebody's probability, where {limit:.2f} is allowed: no answer is better than this one.",
    "Los indicios son demasiados para una respuesta exacta, y {chains} cadenas del muestreo difieren hasta {gap:.2f} en"
    " la probabilidad de alguien, cuando se admite {limit:.2f}: mejor ninguna respuesta que esta.",
)
IN_EPOCHS = Words(
    "The evidence is too much for an exact answer where propensities forget, and there is no sampler for that.",
    "Los indicios son demasiados para una respuesta exacta si las propensiones se olvidan, y para eso no hay muestreo.",
)


def refuse_epochs() -> Refused:
    return Refused("exposure-too-much", IN_EPOCHS)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """Readers of positives and their units, by index, as a target; ``log_evidence`` is that of all but the target.

    ``nodes_given`` has a row for each unit and number of channels in it, as ``log_f`` is laid out.
    """

    target: Target
    readers: Ints
    units: Ints
    nodes_given: Floats = field(repr=False)
    log_evidence: float

    def everybody(self, state: "State", posterior: Floats, counts: Floats) -> tuple[Floats, Floats]:
        """All units' nodes and all people's probabilities, from those of the target."""
        omega, _ = state.omega()
        for row, u in enumerate(self.units.tolist()):
            a, b = self.target.f_start[row], self.target.f_start[row + 1]
            omega[u] = counts[a:b] @ self.nodes_given[a:b]
        probability = everybody(state.roll.start, state.roll.members, state.log_m, state.nodes, omega)
        probability[self.readers] = posterior
        return omega, probability


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """What the sampler found, with what it was asked."""

    sampled: Sampled
    asked: Asked
    omega: Floats
    probability: Floats
    log_evidence: float


def run(state: "State", seed: int) -> Run:
    """Raises Refused where the chains have not met."""
    asked = target_of(state)
    sampled = sample(asked.target, seed)
    if not sampled.gap <= LARGEST_GAP:
        figures = {"chains": len(sampled.posterior), "gap": sampled.gap, "limit": LARGEST_GAP}
        said = (text.format(**figures) for text in (APART.en, APART.es))
        raise Refused("exposure-chains-apart", Words(*said))
    omega, probability = asked.everybody(state, sampled.posterior.mean(axis=0), sampled.counts)
    highest = float(sampled.log_evidence.max())
    log_z = highest + float(np.log(np.mean(np.exp(sampled.log_evidence - highest))))
    return Run(
        sampled=sampled,
        asked=asked,
        omega=omega,
        probability=probability,
        log_evidence=asked.log_evidence + log_z,
    )


def target_of(state: "State") -> Asked:
    """What is asked of a state for which tables over items are too large."""
    covers = tuple(state.covers.values())
    people, item, chance = edges_of(covers)
    order = np.lexsort((item, people))
    people, item, chance = people[order], item[order], chance[order]
    readers, edge_start = np.unique(people, return_index=True)
    units, of_reader = np.unique(state.roll.unit[readers].astype(np.int64), return_inverse=True)
    unit = of_reader.ravel().astype(np.int64)
    apart = state.log_m.copy()
    apart[readers] = 0.0
    log_c = state.log_c.copy()
    unit_weights(units, state.roll.start, state.roll.members, apart, state.nodes, log_c)
    f_start, log_f, nodes_given = [0], [], []
    with np.errstate(divide="ignore"):
        log_weights = np.log(state.weights)
        on, off = np.log(state.nodes), np.log1p(-state.nodes)
    for row, u in enumerate(units.tolist()):
        count = int((unit == row).sum())
        n = np.arange(count + 1)[:, None]
        with np.errstate(invalid="ignore"):
            logs = log_weights[u] + log_c[u] + np.where(n > 0, n * on[u], 0.0)
            logs = logs + np.where(count - n > 0, (count - n) * off[u], 0.0)
        given, sums = normalised(logs)
        _, whole = normalised((log_weights[u] + state.log_c[u])[None, :])
        nodes_given.append(given)
        log_f.append(
            sums - np.maximum(whole, np.finfo(np.float64).min)
        )  # -inf: then nothing has any probability
        f_start.append(f_start[-1] + count + 1)
    _, log_evidence = state.omega()
    read = np.isin(np.arange(len(covers)), item)
    uncovered = np.array([one.uncovered for one in covers])
    with np.errstate(divide="ignore"):
        log_evidence += float(np.log(uncovered[~read]).sum())
    number = np.cumsum(read) - 1
    target = Target(
        unit=unit,
        log_m=state.log_m[readers],
        edge_start=np.append(edge_start, len(people)).astype(np.int64),
        item=number[item].astype(np.int64),
        r=chance,
        f_start=np.array(f_start, np.int64),
        log_f=np.concatenate(log_f) if log_f else np.zeros(0),
        covered=np.array([one.covered for one in covers])[read],
        uncovered=uncovered[read],
    )
    return Asked(
        target=target,
        readers=readers,
        units=units,
        nodes_given=np.concatenate(nodes_given) if nodes_given else np.zeros((0, state.most_nodes)),
        log_evidence=log_evidence,
    )
