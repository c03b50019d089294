"""Worlds of a million readers for the exposure model, as arrays: drawn from the model itself, seeds given."""

from dataclasses import dataclass

import numpy as np

from tearline.estimates.exposure.factors import Readers
from tearline.estimates.exposure.people import Roll
from tearline.estimates.exposure.quadrature import nodes_and_weights, nodes_for
from tearline.estimates.exposure.state import Known, State
from tearline.estimates.exposure.world import Beta, Compromised, Id, NotCompromised

PEOPLE, ITEMS, EXPOSURES = 1_000_000, 10_000, 5_800_000
KAPPA, BACKGROUND, CHANCE = 20.0, 1e-5, 0.3


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How readers and releases hang together: the size of units, the share of an item's readers in twelve of them."""

    name: str
    unit_size: int
    together: float = 0.0


SHAPES = (
    Shape(name="units of 50, readers anywhere", unit_size=50),
    Shape(name="units of 50, items to 12 units", unit_size=50, together=0.95),
    Shape(name="units of 1000, readers anywhere", unit_size=1000),
)


def drawn(shape: Shape, *, positives: int, seed: int) -> State:
    """A state of which ``positives`` items are known to have leaked, as drawn; of further ones nobody knows."""
    random = np.random.Generator(np.random.PCG64(seed))
    units = PEOPLE // shape.unit_size
    unit = np.repeat(np.arange(units, dtype=np.int32), shape.unit_size)
    roll = Roll.of(unit, np.zeros(PEOPLE, bool), units)
    mean = 3.0 * positives / (EXPOSURES * CHANCE)
    nodes, weights = nodes_and_weights(Beta(mean=mean, kappa=KAPPA), nodes_for(shape.unit_size))
    readers = [_readers(shape, units, random) for _ in range(ITEMS)]
    chances = [random.uniform(0.5 * CHANCE, 1.5 * CHANCE, len(people)) for people in readers]
    channel = np.zeros(PEOPLE, bool)
    leaked: list[int] = []
    while len(leaked) < positives:
        propensity = random.beta(mean * KAPPA, (1.0 - mean) * KAPPA, units)
        channel = random.random(PEOPLE) < propensity[unit]
        kept = np.array(
            [np.log1p(-q * channel[people]).sum() for people, q in zip(readers, chances, strict=True)]
        )
        p = 1.0 - (1.0 - BACKGROUND) * np.exp(kept)
        leaked = np.flatnonzero(random.random(ITEMS) < p).tolist()
    surfaced = set(random.permutation(leaked)[:positives].tolist())
    items: dict[Id, Known] = {}
    for n, (people, q) in enumerate(zip(readers, chances, strict=True)):
        known = Known(readers=Readers(people=people, q=q), background=BACKGROUND)
        if n in surfaced:
            known = Known(readers=known.readers, background=BACKGROUND, observation=Compromised())
        elif n not in leaked:
            known = Known(readers=known.readers, background=BACKGROUND, observation=NotCompromised())
        items[n] = known
    return State.made(
        name=shape.name,
        roll=roll,
        nodes=np.tile(nodes, (units, 1)),
        weights=np.tile(weights, (units, 1)),
        items=items,
        names=range(PEOPLE),
        priors=[Beta(mean=mean, kappa=KAPPA)] * units,
    )


def _readers(shape: Shape, units: int, random: np.random.Generator) -> np.ndarray:
    count = EXPOSURES // ITEMS
    near = int(shape.together * count)
    parts = [random.integers(0, PEOPLE, count - near)]
    if near:
        chosen = random.integers(0, units, 12)
        parts.append(
            chosen[random.integers(0, 12, near)] * shape.unit_size + random.integers(0, shape.unit_size, near)
        )
    return np.unique(np.concatenate(parts)).astype(np.int32)
