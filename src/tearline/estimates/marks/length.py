"""How many bits are needed, reckoned for this number of copies, of colluders and this error.

For one colluder a codeword of fair bits: 2^-m ≤ error / 2n. For more, whatever they do without knowing the biases,
the scores of c colluders have mean mμ/c each, variance m(1 - μ²/c²) and a covariance that is slightly negative,
where μ is their joint score a position: by the symmetry of score and biases none of this depends on their strategy,
and if they share the burden unequally the largest score only grows. So the bits suffice when the largest of c
independent normal variables with that mean and variance exceeds, with a chance of ``CAUGHT``, the score that an
innocent copy exceeds with a chance of error / 2n. The latter is reckoned with by the saddle point (Lugannani and
Rice, 1980). Normal scores are an approximation; ``bench/marks.py`` tries the lengths that come of it against
attacks.

Half of the error goes to the score and half to the e-value, because the smaller p-value of the two counts.
"""

import math

import numpy as np
from scipy.optimize import brentq
from scipy.special import bdtrc, ndtr, ndtri

from tearline.estimates.marks.biases import Discrete, discrete

CAUGHT = 0.985
"""With this chance one colluder or more is found: above the 0.95 that is promised, as scores are not quite normal."""
ENOUGH = 0.95
"""With this chance enough bits are read where each may be lost."""

LONGEST = 10**7


def bits_needed(*, copies: int, colluders: int, error: float, lost: float = 0.0) -> int:
    """The bits of a code that finds one of the colluders; ``lost``, below 1, is the chance that a bit is not read."""
    level = error / (2 * copies)
    needed = math.ceil(-math.log2(level)) if colluders == 1 else _against(colluders, level)
    bits = math.ceil(needed / (1 - lost) - 1e-9)
    while lost and bdtrc(needed - 1, bits, 1 - lost) < ENOUGH:
        bits += 1
    return bits


def bits_missing(read: int, *, copies: int, colluders: int, error: float) -> int:
    return max(0, bits_needed(copies=copies, colluders=colluders, error=error) - read)


def bits_to_differ(copies: int) -> int:
    """With fewer bits than these, two copies would be alike."""
    return math.ceil(math.log2(copies)) if copies > 1 else 0


def _against(colluders: int, level: float) -> int:
    spread = discrete(colluders)
    joint = joint_score(spread, colluders)
    single = 1 - (joint / colluders) ** 2
    short = -float(ndtri((1 - CAUGHT) ** (1 / colluders)))

    def lacking(bits: float) -> float:
        expected = bits * joint / colluders - short * math.sqrt(bits * single)
        return level - _chance(spread, bits, expected) if expected > 0 else level - 1

    first = math.ceil((colluders * short / joint) ** 2) + 1
    found: float = brentq(lacking, first, LONGEST, xtol=0.5)
    return math.ceil(found)


def joint_score(spread: Discrete, colluders: int) -> float:
    """μ: what the colluders together gain a position, whatever they do."""
    bias, other = spread.values, 1 - spread.values
    gained = colluders * (other * bias**colluders + bias * other**colluders) / np.sqrt(bias * other)
    return float(spread.chances @ gained)


def _chance(spread: Discrete, bits: float, score: float) -> float:
    """P(an innocent copy scores more) where the biases come as often as expected and what was read follows them."""
    bias = spread.values
    agrees = np.concatenate([bias, 1 - bias])
    often = bits * np.concatenate([spread.chances * bias, spread.chances * (1 - bias)])
    gain, loss = np.sqrt((1 - agrees) / agrees), np.sqrt(agrees / (1 - agrees))

    def tilted(rate: float) -> tuple[float, float, float]:
        up, down = np.log(agrees) + rate * gain, np.log1p(-agrees) - rate * loss
        total = np.logaddexp(up, down)
        share = np.exp(up - total)
        return (
            float(often @ total),
            float(often @ (share * gain - (1 - share) * loss)),
            float(often @ (share * (1 - share) * (gain + loss) ** 2)),
        )

    most = float(often @ gain)
    if score >= most:
        return 0.0
    rate = brentq(lambda r: tilted(r)[1] - score, 0, 200)
    generated, _, variance = tilted(rate)
    root = math.sqrt(2 * (rate * score - generated))
    scaled = rate * math.sqrt(variance)
    density = math.exp(-root * root / 2) / math.sqrt(2 * math.pi)
    return float(ndtr(-root) + density * (1 / scaled - 1 / root))
