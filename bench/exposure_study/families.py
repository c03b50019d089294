"""What the model is told of a world, rightly or wrongly: families of worlds, each a law with what is believed of it.

A family whose beliefs are those of its law is *drawn from the model*. All settings were chosen before the first run;
docs/exposure.md lists what was changed afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from bench.exposure_study.worlds import (
    BACKGROUND,
    HORIZON,
    NOT_SEEN,
    PEOPLE,
    UNIT_SIZE,
    UNITS,
    Drawn,
    Law,
)
from tearline.estimates.exposure.epochs import Epochs
from tearline.estimates.exposure.factors import Readers
from tearline.estimates.exposure.people import Roll
from tearline.estimates.exposure.quadrature import nodes_and_weights, nodes_for
from tearline.estimates.exposure.sensitivity import PHANTOM, remade, with_phantoms
from tearline.estimates.exposure.state import Known, State
from tearline.estimates.exposure.world import Beta, Compromised, Id, NotCompromised

MOST_PRODUCTS = 2e9
"""An exact answer may take a tenth of what the product allows: a second. Beyond, a world counts as too much."""

PLAIN = Law(name="plain", seed=201)
VARIANTS = Law(name="variants", seed=202, variants=4)
UNLOGGED = Law(name="unlogged", seed=203, unlogged=True)
UNLOGGED_VARIANTS = Law(name="unlogged, variants", seed=204, unlogged=True, variants=4)
CLUSTERED = Law(name="clustered", seed=205, items=(75, 150, 300), prior=0.002, kappa=2.0)
TOGETHER = Law(name="together", seed=208, items=(25, 50, 100), prior=0.002, kappa=2.0, read=0.9)
SHIFTING = Law(name="shifting", seed=206, renewed=True)
NOISY = Law(name="noisy", seed=207, background=10 * BACKGROUND)
UNLOGGED_CHANNEL = 0.05
"""The chance that one of a unit's fifty unlogged readers is a channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """``worlds``: how many in the whole study. ``together``: whether the three to ask first are also sought together.
    ``too_much_of``: the first of that family's worlds that were too much, as the product answers them.

    Terms that are ``None`` are those of the law. ``phantom`` is the prior of one a unit: it read whatever anybody there
    did, as the product has it, or, if ``as_member``, each item with the chance with which a member did.
    """

    name: str
    law: Law
    worlds: int
    what: str
    from_model: bool = False
    prior: float | None = None
    kappa: float | None = None
    background: float = BACKGROUND
    q_times: float = 1.0
    phantom: float | None = None
    as_member: bool = False
    half_life: float | None = None
    together: bool = False
    too_much_of: str = ""


A = Family(name="A", law=PLAIN, worlds=1500, what="drawn from the model", from_model=True, together=True)
C1 = Family(name="C1", law=UNLOGGED, worlds=1000, what="half of the channels unlogged, no phantom")
C2 = Family(
    name="C2",
    law=UNLOGGED_VARIANTS,
    worlds=1000,
    what="half unlogged, four variants, no phantom",
)
E2 = Family(
    name="E2",
    law=CLUSTERED,
    worlds=1500,
    what="corrupt units (kappa 2), told so",
    from_model=True,
    together=True,
)
F1 = Family(name="F1", law=SHIFTING, worlds=1000, what="units renewed half way, no forgetting")
EVERY = (
    A,
    replace(A, name="A+", what="of A what was too much, as answered", worlds=20, too_much_of="A"),
    Family(name="B", law=VARIANTS, worlds=1500, what="four variants of each item", from_model=True),
    C1,
    replace(C1, name="D1", what="the same, a phantom at 0.01", phantom=PHANTOM),
    replace(
        C1,
        name="D2",
        what="the same, at 0.05, who read as members do",
        phantom=UNLOGGED_CHANNEL,
        as_member=True,
    ),
    C2,
    replace(C2, name="D3", what="the same, a phantom at 0.01", phantom=PHANTOM),
    replace(C2, name="D4", what="the same, a phantom at 0.05", phantom=UNLOGGED_CHANNEL),
    replace(C2, name="D5", what="the same, at 0.01, who read as members do", phantom=PHANTOM, as_member=True),
    replace(
        C2,
        name="D6",
        what="the same, at 0.05, who read as members do",
        phantom=UNLOGGED_CHANNEL,
        as_member=True,
    ),
    E2,
    replace(E2, name="E1", what="corrupt units (kappa 2), told kappa 20", kappa=20.0, from_model=False),
    replace(E2, name="E2+", what="of E2 what was too much, as answered", worlds=20, too_much_of="E2"),
    replace(
        E2, name="E3", law=TOGETHER, worlds=600, what="corrupt units whose people read the same, told so"
    ),
    F1,
    replace(F1, name="F2", what="the same, half-life half of the time", half_life=HORIZON / 2),
    replace(
        A,
        name="G1",
        worlds=1000,
        what="background told 10 times too low",
        background=BACKGROUND / 10,
        from_model=False,
        together=False,
    ),
    Family(name="G2", law=NOISY, worlds=1000, what="background 10 times what was told"),
    replace(
        A,
        name="H1",
        worlds=1000,
        what="prior told 10 times too high",
        prior=10 * PLAIN.prior,
        from_model=False,
        together=False,
    ),
    replace(
        A,
        name="H2",
        worlds=1000,
        what="chances told twice too high",
        q_times=2.0,
        from_model=False,
        together=False,
    ),
)
FAMILIES: Mapping[str, Family] = {one.name: one for one in EVERY}


def state_of(family: Family, drawn: Drawn) -> State:
    """The world as the model is told of it."""
    law = family.law
    epochs = Epochs.cut(0.0, HORIZON, family.half_life)
    unit = np.repeat(np.arange(UNITS, dtype=np.int32), UNIT_SIZE)
    prior = Beta(mean=family.prior or law.prior, kappa=family.kappa or law.kappa)
    nodes, weights = nodes_and_weights(prior, nodes_for(UNIT_SIZE, len(epochs)))
    q = np.minimum(drawn.q * family.q_times, 1.0)
    items: dict[Id, Known] = {}
    for item, day in enumerate(drawn.released.tolist()):
        edges = drawn.edges(item)
        seen = int(drawn.seen[item])
        items[item] = Known(
            readers=Readers(
                people=(drawn.person[edges] + PEOPLE * epochs.of(day)).astype(np.int32),
                q=q[edges],
                variant=drawn.variant[edges].astype(np.int32),
            ),
            background=family.background,
            variants=law.variants,
            observation=NotCompromised() if seen == NOT_SEEN else Compromised(variant=seen),
        )
    state = State.made(
        name=f"{law.name} {drawn.law.seed}",
        roll=Roll.of(unit, np.zeros(PEOPLE, bool), UNITS, len(epochs)),
        nodes=np.tile(nodes, (UNITS, 1)),
        weights=np.tile(weights, (UNITS, 1)),
        items=items,
        names=range(PEOPLE),
        priors=[prior] * UNITS,
        epochs=epochs,
    )
    if family.phantom is not None:
        state = (_as_members if family.as_member else with_phantoms)(state, family.phantom)
    return replace(state, most_products=MOST_PRODUCTS)


def _as_members(state: State, prior: float) -> State:
    """With a phantom a unit who read each copy with the chance of a member: the mean over all, not over readers."""
    made = with_phantoms(state, prior)
    covering = np.concatenate([state.roll.unit[one.people] for one in state.covers.values()])
    haunted = np.unique(covering)
    if not len(haunted):  # what came out was a copy that no logged reader had
        return made

    def seldom(readers: Readers) -> Readers:
        logged = readers.people < PEOPLE
        unit = np.where(
            logged, readers.people // UNIT_SIZE, haunted[np.where(logged, 0, readers.people - PEOPLE)]
        )
        variant = np.zeros(len(unit), np.int32) if readers.variant is None else readers.variant
        place = unit * 64 + variant
        count = np.bincount(place[logged], minlength=int(place.max(initial=0)) + 1)
        return replace(readers, q=np.where(logged, readers.q, readers.q * count[place] / UNIT_SIZE))

    return remade(
        made, items={item: replace(one, readers=seldom(one.readers)) for item, one in made.items.items()}
    )
