"""The posterior of everybody: exact, where the layout says that it can be afforded, else by the sampler."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from tearline.estimates.exposure.cover import shares
from tearline.estimates.exposure.enumeration import MOST_READERS, enumerated
from tearline.estimates.exposure.layout import Layout
from tearline.estimates.exposure.regimes import lived
from tearline.estimates.exposure.sampling import target_of
from tearline.estimates.exposure.state import State
from tearline.estimates.exposure.tables import Floats


class Method(StrEnum):
    """How a posterior was found: the first two are exact."""

    COVER = "cover"
    ENUMERATION = "enumeration"
    SAMPLER = "sampler"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solution:
    """Each person's probability of being a channel now, and of having been one in each epoch; each unit's nodes after
    all evidence, and ``now`` the same with when it was renewed; and how it was found.
    """

    probability: Floats
    by_epoch: Floats
    omega: Floats
    now: Floats
    log_evidence: float
    method: Method
    digits_left: float | None = None
    chain_gap: float | None = None


def how(state: State) -> Method:
    """By which method a state is solved."""
    if state.affordable:
        return Method.COVER
    if len(state.epochs) == 1 and len(state.layout.people) <= MOST_READERS:
        return Method.ENUMERATION
    return Method.SAMPLER


def solve(state: State) -> Solution:
    """Raises Malformed where the observations cannot all be true, Refused where no answer is better than any."""
    match how(state):
        case Method.SAMPLER:
            return _solve_sampled(state)
        case Method.ENUMERATION:
            return _solve_enumerated(state)
        case Method.COVER:
            return _solve_once(state) if len(state.epochs) == 1 else _solve_epochs(state)


def log_evidence_of(state: State) -> float:
    """The log of the probability of everything observed: -inf if it cannot all be true. Raises Refused as ``solve``."""
    match how(state):
        case Method.SAMPLER:
            return state.sampled().log_evidence
        case Method.ENUMERATION:
            asked = target_of(state)
            return asked.log_evidence + enumerated(asked.target).log_z
        case Method.COVER:
            return state.covered()[1] if len(state.epochs) == 1 else state.past().log_evidence


def _solve_once(state: State) -> Solution:
    covered, log_evidence = state.covered()
    if np.isneginf(log_evidence):
        raise state.impossible()
    omega, _ = state.omega()
    made = covered.joint.layout
    found = shares(covered)
    omega[made.unit] = found.omega
    probability = state.everybody(omega)
    probability[made.people] = found.posterior
    return Solution(
        probability=probability,
        by_epoch=probability[None, :],
        omega=omega,
        now=omega,
        log_evidence=log_evidence,
        method=Method.COVER,
        digits_left=_digits(made, len(omega)),
    )


def _solve_epochs(state: State) -> Solution:
    found = state.past()
    if np.isneginf(found.log_evidence):
        raise state.impossible()
    after = lived(found)
    return Solution(
        probability=after.by_epoch[-1],
        by_epoch=after.by_epoch,
        omega=after.now.sum(axis=1),
        now=after.now.reshape(len(after.now), -1),
        log_evidence=found.log_evidence,
        method=Method.COVER,
        digits_left=_digits(found.joint.layout, len(state.nodes) * len(found.omega)),
    )


def _solve_sampled(state: State) -> Solution:
    found = state.sampled()
    return Solution(
        probability=found.probability,
        by_epoch=found.probability[None, :],
        omega=found.omega,
        now=found.omega,
        log_evidence=found.log_evidence,
        method=Method.SAMPLER,
        chain_gap=found.sampled.gap,
    )


def _solve_enumerated(state: State) -> Solution:
    asked = target_of(state)
    found = enumerated(asked.target)
    if np.isneginf(found.log_z) or np.isneginf(asked.log_evidence):
        raise state.impossible()
    omega, probability = asked.everybody(state, found.posterior, found.counts)
    depth = len(asked.target.item) + len(asked.target.covered) + 2.0 ** len(asked.readers) + 64
    return Solution(
        probability=probability,
        by_epoch=probability[None, :],
        omega=omega,
        now=omega,
        log_evidence=asked.log_evidence + found.log_z,
        method=Method.ENUMERATION,
        digits_left=float(-np.log10(np.finfo(np.float64).eps * depth)),
    )


def _digits(made: Layout, units: int) -> float:
    """Each rounding in a row costs at most half a unit in the last place, and sums of positive terms add none."""
    readers = int(np.diff(made.units.reader_start).max(initial=0))
    edges = int(np.diff(made.units.edge_start).max(initial=0))
    in_a_row = int(np.diff(made.steps.group_start).max(initial=0)) + len(made.plan.steps)
    depth = readers * (edges + 8) + in_a_row * (made.plan.width + 3) + units + 64
    return float(-np.log10(np.finfo(np.float64).eps * depth))
