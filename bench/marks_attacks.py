"""How several holders mix their copies, as attacks on the code."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tearline.estimates.marks.collusion import named
from tearline.estimates.marks.score import Bits, Floats


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """The colluders' codewords, one a row; and what they must not know, the biases."""

    words: Bits
    biases: Floats
    rng: np.random.Generator

    @property
    def ones(self) -> NDArray[np.int64]:
        made: NDArray[np.int64] = self.words.sum(axis=0, dtype=np.int64)
        return made

    def drawn(self, chance: Floats) -> Bits:
        return (self.rng.random(len(chance)) < chance).astype(np.int8)

    def where_they_differ(self, bits: NDArray[np.bool_]) -> Bits:
        """These bits, except where all of them have the same one."""
        agree = (self.ones == 0) | (self.ones == len(self.words))
        made: Bits = np.where(agree, self.words[0], bits).astype(np.int8)
        return made


Attack = Callable[[Held], Bits]


def by_strategy(name: str) -> Attack:
    def attack(held: Held) -> Bits:
        strategies = named(len(held.words))
        return held.drawn(strategies.get(name, strategies["interleaving"])[held.ones])

    return attack


def scapegoat(held: Held) -> Bits:
    """One colluder after the other, a stretch of the text each."""
    bits = held.words.shape[1]
    made: Bits = held.words[np.arange(bits) * len(held.words) // bits, np.arange(bits)]
    return made


def one_alone(held: Held) -> Bits:
    made: Bits = held.words[0].copy()
    return made


def mostly_one(held: Held) -> Bits:
    """One of them in seven positions of ten, the rest taken from the others."""
    bits = held.words.shape[1]
    others = held.rng.integers(1, max(2, len(held.words)), size=bits) % len(held.words)
    chosen = np.where(held.rng.random(bits) < 0.7, 0, others)
    made: Bits = held.words[chosen, np.arange(bits)]
    return made


def mixed(held: Held) -> Bits:
    """At each position one of the known strategies, by chance."""
    strategies = np.array(list(named(len(held.words)).values()))
    which = held.rng.integers(len(strategies), size=held.words.shape[1])
    return held.drawn(strategies[which, held.ones])


def threshold(share: float) -> Attack:
    """A one as soon as such a share of them has a one."""

    def attack(held: Held) -> Bits:
        return held.where_they_differ(held.ones >= share * len(held.words))

    return attack


def alternating(held: Held) -> Bits:
    """Where they differ, a one and a zero by turns, whoever has which."""
    return held.where_they_differ(np.arange(held.words.shape[1]) % 2 == 0)


def knowing_the_biases(held: Held) -> Bits:
    """Where they differ, what a codeword drawn at random would more likely have. Needs the secret key."""
    return held.where_they_differ(held.biases > 0.5)


IN_THE_MIXTURE: dict[str, Attack] = {
    name: by_strategy(name)
    for name in ("minority", "majority", "interleaving", "all ones", "all zeros", "coin")
}
NOT_IN_IT: dict[str, Attack] = {
    "scapegoat": scapegoat,
    "mostly one": mostly_one,
    "mixed": mixed,
    "threshold 0.3": threshold(0.3),
    "threshold 0.7": threshold(0.7),
    "alternating": alternating,
    "one alone": one_alone,
}
