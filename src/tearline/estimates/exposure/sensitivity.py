"""The same question under other assumptions: what moves when they do should not be acted upon.

Priors tenfold and a tenth (in odds), chances ``q`` doubled and halved, and phantoms the other way round: without those
that the world has, or, where it has none, with one in each unit that read anything that leaked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from tearline.estimates.exposure.attribution import Posterior, attribute
from tearline.estimates.exposure.factors import Readers
from tearline.estimates.exposure.people import Roll
from tearline.estimates.exposure.state import Known, State, padded
from tearline.estimates.exposure.world import Id, Nodes
from tearline.facts.errors import Malformed

PHANTOM = 0.01
"""The prior of a phantom that the world did not have: see docs/exposure.md for what others do."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scenario:
    """A posterior under another assumption; its first rows are the people of the world as it was given."""

    name: str
    posterior: Posterior


def sensitivity(state: State) -> tuple[Scenario, ...]:
    """What the posterior would be in each case under which the evidence is possible."""
    phantoms = bool(state.roll.phantom.any())
    cases: dict[str, Callable[[], State]] = {
        "prior_times_10": lambda: prior_times(state, 10.0),
        "prior_over_10": lambda: prior_times(state, 0.1),
        "q_times_2": lambda: q_times(state, 2.0),
        "q_over_2": lambda: q_times(state, 0.5),
        ("without_phantoms" if phantoms else "with_phantoms"): lambda: (
            without_phantoms(state) if phantoms else with_phantoms(state, PHANTOM)
        ),
    }
    found = []
    for name, case in cases.items():
        try:
            found.append(Scenario(name=name, posterior=attribute(case())))
        except Malformed:  # the evidence is impossible under this assumption, so it is none
            continue
    return tuple(found)


def prior_times(state: State, factor: float) -> State:
    """The odds of every value of every propensity by this factor."""
    odds = state.nodes * factor
    return remade(state, nodes=odds / (odds + (1.0 - state.nodes)))


def q_times(state: State, factor: float) -> State:
    """Every chance of a reader to pass something on by this factor, at most 1."""

    def scaled(readers: Readers) -> Readers:
        within = None
        if readers.within is not None:
            first, last = readers.within
            within = np.minimum(first * factor, 1.0), np.minimum(last * factor, 1.0)
        return replace(readers, q=np.minimum(readers.q * factor, 1.0), within=within)

    return remade(state, items={item: _read(known, scaled) for item, known in state.items.items()})


def without_phantoms(state: State) -> State:
    """As if phantoms had read nothing."""

    def logged(readers: Readers) -> Readers:
        return readers.kept(~state.roll.phantom[readers.people])

    return remade(state, items={item: _read(known, logged) for item, known in state.items.items()})


def with_phantoms(state: State, prior: float) -> State:
    """One phantom more for each unit that read anything that leaked: it read what they did, with their mean chance."""
    roll, epochs = state.roll, len(state.epochs)
    covering = [roll.unit[one.people] for one in state.covers.values()]
    haunted = np.unique(np.concatenate(covering)) if covering else np.zeros(0, np.int32)
    number = np.full(len(state.nodes), -1, np.int64)
    number[haunted] = np.arange(len(haunted)) + roll.count
    everybody = roll.count + len(haunted)

    def joined(readers: Readers) -> Readers:
        epoch = readers.people // roll.count
        phantom = number[roll.unit[readers.people]]
        phantom = np.where(phantom < 0, -1, phantom + epoch * everybody)
        found = np.unique(phantom[phantom >= 0]).tolist()
        moved = replace(readers, people=(readers.people + epoch * len(haunted)).astype(np.int32))
        return moved.joined([readers.each_variant(phantom == one, one) for one in found])

    nodes, weights = padded(
        [*zip(state.nodes, state.weights, strict=True)]
        + [(np.array([prior]), np.ones(1)) for _ in haunted.tolist()]
    )
    units = np.arange(len(haunted), dtype=np.int32) + np.int32(len(state.nodes))
    unit = np.concatenate([roll.unit[: roll.count], units])
    phantoms = np.concatenate([roll.phantom[: roll.count], np.ones(len(haunted), bool)])
    return State.made(
        name=state.name,
        roll=Roll.of(unit, phantoms, len(nodes), epochs),
        nodes=nodes,
        weights=weights,
        items={item: _read(known, joined) for item, known in state.items.items()},
        names=[*state.names, *(f"phantom:{one}" for one in haunted.tolist())],
        priors=[*state.priors, *(Nodes(nodes=(prior,), weights=(1.0,)) for _ in haunted.tolist())],
        epochs=state.epochs,
        seed=state.seed,
    )


def _read(known: Known, change: Callable[[Readers], Readers]) -> Known:
    return replace(known, readers=change(known.readers)) if len(known.readers.people) else known


def remade(
    state: State, *, nodes: np.ndarray | None = None, items: Mapping[Id, Known] | None = None
) -> State:
    """The same world with other nodes or items."""
    return State.made(
        name=state.name,
        roll=state.roll,
        nodes=state.nodes if nodes is None else nodes,
        weights=state.weights,
        items=state.items if items is None else items,
        names=state.names,
        priors=state.priors,
        epochs=state.epochs,
        seed=state.seed,
    )
