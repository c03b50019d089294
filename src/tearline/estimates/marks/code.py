"""The randomised code (Tardos, "Optimal probabilistic fingerprint codes", J. ACM 55(2), 2008): a secret bias for
each position, and for each copy a codeword whose bits are ones with these biases, independently of all others.

No two copies are alike: as long as two codewords coincide, all are drawn anew. That makes the others of a code a
little less independent of the one that leaked; ``coincide`` bounds by how much, and every p-value is divided by what
is left.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tearline.estimates.marks.biases import arcsine, discrete
from tearline.estimates.marks.score import Bits, Floats
from tearline.estimates.marks.stream import uniforms

MOST_COPIES = 1_000_000
MOST_DRAWS = 50

Spread = Literal["discrete", "arcsine"]


class TooFewBits(Exception):
    """So many copies cannot all differ in so few bits."""

    def __init__(self, copies: int, bits: int) -> None:
        self.copies, self.bits = copies, bits
        super().__init__(f"{copies} copies in {bits} bits")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Code:
    """``biases``: shape (bits,). ``words``: zeros and ones, shape (copies, bits), one row a copy."""

    biases: Floats
    words: Bits

    @property
    def coincide(self) -> float:
        """At most the chance that any two of so many codewords, drawn at random, are alike."""
        return coincide(self.biases, len(self.words))


def coincide(biases: Floats, copies: int) -> float:
    alike = float(np.prod(biases**2 + (1 - biases) ** 2))
    return min(1.0, copies * (copies - 1) / 2 * alike)


def make_code(*, copies: int, bits: int, colluders: int, seed: bytes, spread: Spread = "discrete") -> Code:
    """Codewords for so many copies, for up to so many colluders; raises ``TooFewBits``."""
    biases = (discrete if spread == "discrete" else arcsine)(colluders).draw(uniforms(seed, "biases", bits))
    for draw in range(MOST_DRAWS):
        drawn = [uniforms(seed, f"copy {copy}, draw {draw}", bits) for copy in range(copies)]
        words = np.array([numbers < biases for numbers in drawn], dtype=np.int8).reshape(copies, bits)
        if len({word.tobytes() for word in words}) == copies:
            return Code(biases=biases, words=words)
    raise TooFewBits(copies, bits)
