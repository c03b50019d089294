"""How much more likely what was read is if a copy took part than if it did not: one e-value a copy.

For one strategy the likelihood ratio of a codeword is a product over positions, and its mean over innocent codewords
is exactly 1, given the biases and what was read. So is that of any average of such ratios whose weights depend on
nothing else. Some sizes of coalition up to the declared one weigh the same; within one size, strategies weigh by how
well they explain what was read. P(e ≥ 1/α) ≤ α for an innocent copy (Markov; Wang and Ramdas, "False discovery rate
control with e-values", 2022), if it is decided upon once: the largest of several looks is no e-value.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tearline.estimates.marks.collusion import FLOOR, among, fitted, named
from tearline.estimates.marks.score import UNREAD, Bits, Floats


@dataclass(frozen=True, slots=True)
class _Counted:
    """What was read, by bias: the different biases, which of them a position has, and how often each read one, or at
    all.
    """

    biases: Floats
    which: NDArray[np.int64]
    ones: Floats
    total: Floats


@dataclass(frozen=True, slots=True)
class _Component:
    """One strategy: by bias, and by whether zero or one was read, the logarithm of its ratio for a codeword's bit.

    ``ratios``: shape (bit, read, biases). ``explains``: the logarithm of how likely it makes what was read.
    """

    ratios: Floats
    explains: float


def log_e_values(biases: Floats, words: Bits, seen: Bits, colluders: int) -> Floats:
    """The natural logarithm of each copy's e-value, for up to so many colluders: shape (copies,)."""
    read = seen != UNREAD
    words, seen = words[:, read], seen[read]
    counted = _count(biases[read], seen)
    zero, difference, weights = [], [], []
    for size in sizes(colluders):
        strategies = list(named(size).values())
        if size > 1:
            strategies.append(fitted(size, counted.biases, counted.ones, counted.total))
        components = [_component(strategy, counted) for strategy in strategies]
        explains = np.array([one.explains for one in components])
        weights.append(explains - np.logaddexp.reduce(explains) - np.log(len(sizes(colluders))))
        for one in components:
            here = one.ratios[:, seen, counted.which]
            zero.append(here[0].sum())
            difference.append(here[1] - here[0])
    ratios = words @ np.array(difference).T + np.array(zero)
    logs: Floats = np.logaddexp.reduce(ratios + np.concatenate(weights), axis=1)
    return logs


def sizes(colluders: int) -> list[int]:
    """The sizes of coalition that are averaged over: what lies between two of them resembles both."""
    return [size for size in (1, 2, 3, 5, 8, 13) if size < colluders] + [colluders]


def _count(biases: Floats, seen: Bits) -> _Counted:
    different, which = np.unique(biases, return_inverse=True)
    ones: Floats = np.bincount(which, weights=seen, minlength=len(different)).astype(np.float64)
    total = np.bincount(which, minlength=len(different)).astype(np.float64)
    return _Counted(different, which, ones, total)


def _component(strategy: Floats, counted: _Counted) -> _Component:
    chance = np.clip(strategy, FLOOR, 1 - FLOOR)
    others = among(len(strategy) - 2, counted.biases)
    reads_one = np.array([chance[:-1] @ others, chance[1:] @ others])
    either = (1 - counted.biases) * reads_one[0] + counted.biases * reads_one[1]
    by_bit = np.log(np.stack([1 - reads_one, reads_one], axis=1))
    by_any = np.log(np.stack([1 - either, either]))
    explains = (counted.total - counted.ones) @ by_any[0] + counted.ones @ by_any[1]
    return _Component(ratios=by_bit - by_any, explains=float(explains))
