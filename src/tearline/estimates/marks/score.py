"""The symmetric accusation score (Škorić, Katzenbeisser, Celik, "Symmetric Tardos fingerprinting codes for arbitrary
alphabet sizes", Des. Codes Cryptogr. 46, 2008).

A copy that agrees with what was read gains √((1-π)/π) at a position, one that does not loses √(π/(1-π)), where π is
the chance that a codeword drawn at random agrees. So an innocent's score has mean 0 and variance 1 a position, given
the biases and what was read. A position that was not read counts nothing.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bits = NDArray[np.int8]
"""Zeros and ones; in what was read, also ``UNREAD``."""

UNREAD = -1


def agreeing(biases: Floats, seen: Bits) -> Floats:
    """The chance of agreeing with each position that was read: shape (read,)."""
    read = seen != UNREAD
    chance: Floats = np.where(seen[read] == 1, biases[read], 1 - biases[read])
    return chance


def scores(biases: Floats, words: Bits, seen: Bits) -> Floats:
    """One score a codeword: shapes (positions,), (copies, positions), (positions,) to (copies,)."""
    read = seen != UNREAD
    chance = agreeing(biases, seen)
    gain, loss = np.sqrt((1 - chance) / chance), np.sqrt(chance / (1 - chance))
    agrees = words[:, read] == seen[read]
    found: Floats = agrees @ (gain + loss) - loss.sum()
    return found
