"""Worlds of a million readers for the exposure model, as arrays: drawn from the model itself, seeds given."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tearline.estimates.exposure.factors import People, Readers
from tearline.estimates.exposure.people import Roll
from tearline.estimates.exposure.quadrature import nodes_and_weights, nodes_for
from tearline.estimates.exposure.state import Known, State
from tearline.estimates.exposure.world import Beta, Compromised, Id, NotCompromised, Observation

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


@dataclass(frozen=True, kw_only=True, eq=False)
class Drawn:
    """A world as drawn: each person's unit, the propensities' prior, and what is known of each item."""

    shape: Shape
    unit: People
    prior: Beta
    items: Mapping[Id, Known]

    @property
    def units(self) -> int:
        return PEOPLE // self.shape.unit_size

    @property
    def rule(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The values that a propensity is taken at, and their weights: the same in every unit."""
        return nodes_and_weights(self.prior, nodes_for(self.shape.unit_size))

    def state(self) -> State:
        """The state of this world, from its arrays."""
        nodes, weights = self.rule
        return State.made(
            name=self.shape.name,
            roll=Roll.of(self.unit, np.zeros(PEOPLE, bool), self.units),
            nodes=np.tile(nodes, (self.units, 1)),
            weights=np.tile(weights, (self.units, 1)),
            items=self.items,
            names=range(PEOPLE),
            priors=[self.prior] * self.units,
        )


def drawn(shape: Shape, *, positives: int, seed: int) -> Drawn:
    """A world of which ``positives`` items are known to have leaked, as drawn; of further ones nobody knows."""
    random = np.random.Generator(np.random.PCG64(seed))
    units = PEOPLE // shape.unit_size
    unit = np.repeat(np.arange(units, dtype=np.int32), shape.unit_size)
    mean = 3.0 * positives / (EXPOSURES * CHANCE)
    readers = [_people(shape, units, random) for _ in range(ITEMS)]
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
        read = Readers(people=people, q=q)
        if n in surfaced:
            items[n] = known(read, Compromised())
        elif n in leaked:
            items[n] = Known(readers=read, background=BACKGROUND)
        else:
            items[n] = known(read, NotCompromised())
    return Drawn(shape=shape, unit=unit, prior=Beta(mean=mean, kappa=KAPPA), items=items)


def known(readers: Readers, observation: Observation) -> Known:
    """What is known of an item of such a world."""
    return Known(readers=readers, background=BACKGROUND, observation=observation)


def read_by(shape: Shape, random: np.random.Generator) -> Readers:
    """The readers of one more item of such a world."""
    people = _people(shape, PEOPLE // shape.unit_size, random)
    return Readers(people=people, q=random.uniform(0.5 * CHANCE, 1.5 * CHANCE, len(people)))


def _people(shape: Shape, units: int, random: np.random.Generator) -> People:
    count = EXPOSURES // ITEMS
    near = int(shape.together * count)
    parts = [random.integers(0, PEOPLE, count - near)]
    if near:
        chosen = random.integers(0, units, 12)
        parts.append(
            chosen[random.integers(0, 12, near)] * shape.unit_size + random.integers(0, shape.unit_size, near)
        )
    return np.unique(np.concatenate(parts)).astype(np.int32)
