"""What several holders could have made of their copies, as chances: a *strategy* says how likely a position reads
one when so many of the colluders' bits are ones. By the marking assumption it is near zero for none and near one for
all.

``named`` are the known attacks. ``fitted`` is the one that makes what was read most likely, found from the biases
alone (Furon and Pérez-Freire, "EM decoding of Tardos traitor tracing codes", 2009): it may rest on what was read,
because innocent codewords do not depend on that, and so it is the answer to attacks that are not among the named.
"""

import numpy as np
from scipy.special import comb

from tearline.estimates.marks.score import Floats

FLOOR = 0.01
"""At least this is the chance that a position reads otherwise: a word mistyped, a sentence put differently."""

ROUNDS = 60


def named(colluders: int) -> dict[str, Floats]:
    """The known strategies of so many: shape (colluders + 1,) each, by the number of ones among their bits."""
    ones = np.arange(colluders + 1)
    share = ones / colluders
    strategies = {
        "interleaving": share,
        "majority": np.where(share == 0.5, 0.5, share > 0.5),
        "minority": np.where(share == 0.5, 0.5, share < 0.5),
        "all ones": np.ones(colluders + 1),
        "all zeros": np.zeros(colluders + 1),
        "coin": np.full(colluders + 1, 0.5),
    }
    for strategy in strategies.values():
        strategy[0], strategy[-1] = 0, 1
    alike = {strategy.tobytes(): name for name, strategy in reversed(strategies.items())}
    return {name: strategies[name].astype(float) for name in strategies if name in alike.values()}


def among(ones: int, biases: Floats) -> Floats:
    """The chance of each number of ones among so many bits: shape (ones + 1, positions)."""
    counts = np.arange(ones + 1)[:, None]
    chances: Floats = comb(ones, counts) * biases**counts * (1 - biases) ** (ones - counts)
    return chances


def fitted(colluders: int, biases: Floats, ones: Floats, total: Floats) -> Floats:
    """The strategy of so many that best explains what was read, by expectation-maximisation.

    ``biases``: the different ones; ``ones`` and ``total``: how often a one, and anything, was read at each. One
    position's worth of interleaving is added to each count, so that what never occurred is not taken for certain.
    """
    spread = among(colluders, biases)
    prior = np.clip(np.arange(colluders + 1) / colluders, FLOOR, 1 - FLOOR)
    strategy = prior
    for _ in range(ROUNDS):
        if_one, if_zero = strategy[:, None] * spread, (1 - strategy)[:, None] * spread
        with_one = (if_one / if_one.sum(axis=0)) @ ones
        with_zero = (if_zero / if_zero.sum(axis=0)) @ (total - ones)
        strategy = (with_one + prior) / (with_one + with_zero + 1)
        strategy[0], strategy[-1] = min(strategy[0], 0.1), max(strategy[-1], 0.9)
    return strategy
