"""Worlds for the study of the exposure model: who could read what, who is a channel, and what came out of it.

Forty units of fifty people. An item goes to one to four units, in which three in ten read it, and to a few people
elsewhere. A unit's propensity is drawn, then its channels, then what each of them lets out of what they read, and what
comes out by itself. A world in which nothing leaked asks nothing: the next one is drawn, and the number of draws kept.

Laws differ in one thing each: copies in variants, readers whom nobody logged, corrupt units, units that are renewed
half way. ``np.random.default_rng([seed, number, draw])`` makes each world by itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

UNITS, UNIT_SIZE = 40, 50
PEOPLE = UNITS * UNIT_SIZE
HORIZON, LAST_RELEASE, DELAY = 360.0, 330.0, 30.0
"""Days; what leaks becomes known after so many on average."""
READ, ELSEWHERE = 0.3, 5.0
CHANCE, DEGREES, SPREAD = 0.5, (0.3, 0.6, 1.0), (0.6, 1.4)
"""What a channel lets out of what they read: times how much of the item it was, times a factor of their own."""
BACKGROUND = 1e-3
NOT_SEEN = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """``unlogged``: each unit has as many readers again who are in no log. ``renewed``: propensities and channels are
    drawn anew on the middle day.
    """

    name: str
    seed: int
    items: tuple[int, ...] = (150, 300, 600)
    prior: float = 0.001
    kappa: float = 20.0
    background: float = BACKGROUND
    variants: int = 1
    read: float = READ
    unlogged: bool = False
    renewed: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Drawn:
    """What a law drew. An edge is a logged reader and an item; edges stand in the order of items, from ``start`` on.

    ``seen`` is the variant of each item that came out, or ``NOT_SEEN``. The truth: who is a ``channel`` at the horizon,
    and through which edges something ``came_out``.
    """

    law: Law
    draws: int
    released: NDArray[np.float64]
    start: Ints
    person: Ints
    q: NDArray[np.float64]
    variant: Ints
    seen: Ints
    channel: Flags
    came_out: Flags

    @property
    def leaked(self) -> Ints:
        return np.flatnonzero(self.seen != NOT_SEEN)

    def edges(self, item: int) -> slice:
        return slice(int(self.start[item]), int(self.start[item + 1]))


def world(law: Law, number: int) -> Drawn:
    """The world of this number in which something leaked."""
    draws = 0
    while True:
        made = _draw(law, np.random.default_rng([law.seed, number, draws]), draws + 1)
        if len(made.leaked):
            return made
        draws += 1


def _draw(law: Law, rng: np.random.Generator, draws: int) -> Drawn:
    items = int(rng.choice(law.items))
    released = rng.uniform(0.0, LAST_RELEASE, items)
    degree = rng.choice(DEGREES, items)
    addressed = rng.permuted(np.tile(np.arange(UNITS), (items, 1)), axis=1)[:, :4]
    addressed = np.where(np.arange(4) < rng.integers(1, 5, (items, 1)), addressed, -1)

    item, person = _reads(addressed, law.read, rng)
    every = np.unique(item * PEOPLE + person)
    item, person = every // PEOPLE, every % PEOPLE
    variant = rng.integers(0, law.variants, len(item))
    logged = len(item)
    if law.unlogged:
        more, who = _inside(addressed, law.read, rng)
        place, asked = item * UNITS + person // UNIT_SIZE, more * UNITS + who // UNIT_SIZE
        variant = np.concatenate([variant, _colleagues(place, variant, asked, law.variants, rng)])
        item, person = np.concatenate([item, more]), np.concatenate([person, who + PEOPLE])

    q = CHANCE * degree[item] * rng.uniform(*SPREAD, len(item))
    q *= 1.0 - np.exp(-(HORIZON - released[item]) / DELAY)
    before, now = (_channels(law, rng) for _ in range(2))
    is_channel = now[person]
    if law.renewed:
        is_channel = np.where(released[item] < HORIZON / 2, before[person], is_channel)
    came_out = is_channel & (rng.random(len(item)) < q)

    itself = np.flatnonzero(rng.random(items) < law.background)
    ways = np.concatenate([item[came_out], itself])
    of_way = np.concatenate([variant[came_out], rng.integers(0, law.variants, len(itself))])
    mixed = rng.permutation(len(ways))
    seen = np.full(items, NOT_SEEN)
    seen[ways[mixed]] = of_way[mixed]
    return Drawn(
        law=law,
        draws=draws,
        released=released,
        start=np.searchsorted(item[:logged], np.arange(items + 1)),
        person=person[:logged],
        q=q[:logged],
        variant=variant[:logged],
        seen=seen,
        channel=now[:PEOPLE],
        came_out=came_out[:logged],
    )


def _inside(addressed: Ints, share: float, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Those in the units that an item goes to who read it: items and people."""
    read = (rng.random((*addressed.shape, UNIT_SIZE)) < share) & (addressed >= 0)[:, :, None]
    item, at, member = np.nonzero(read)
    return item, addressed[item, at] * UNIT_SIZE + member


def _reads(addressed: Ints, share: float, rng: np.random.Generator) -> tuple[Ints, Ints]:
    item, person = _inside(addressed, share, rng)
    others = np.repeat(np.arange(len(addressed)), rng.poisson(ELSEWHERE, len(addressed)))
    return np.concatenate([item, others]), np.concatenate([person, rng.integers(0, PEOPLE, len(others))])


def _colleagues(place: Ints, variant: Ints, asked: Ints, variants: int, rng: np.random.Generator) -> Ints:
    """Which copy an unlogged reader saw: that of any logged one of an item in a unit; where there is none, any copy."""
    order = np.argsort(place, kind="stable")
    first, end = (np.searchsorted(place[order], asked, side) for side in ("left", "right"))
    chosen = first + (rng.random(len(asked)) * (end - first)).astype(np.int64)
    found = variant[order[np.minimum(chosen, len(order) - 1)]]
    return np.where(end > first, found, rng.integers(0, variants, len(asked)))


def _channels(law: Law, rng: np.random.Generator) -> Flags:
    """Logged people first, then as many unlogged ones in the same units."""
    propensity = rng.beta(law.prior * law.kappa, (1.0 - law.prior) * law.kappa, UNITS)
    chance = np.tile(np.repeat(propensity, UNIT_SIZE), 2)
    return rng.random(2 * PEOPLE) < chance
