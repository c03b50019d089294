"""How likely an innocent copy scores as high, given the biases and what was read: never too small a figure.

The score is a sum of independent two-point variables, so its distribution can be reckoned with: positions of the
same chance share one binomial distribution, and these are added up on a lattice onto which every score is rounded
*up*. What is cut off at the far ends is counted as if it scored higher. All terms are positive, so nothing cancels,
and the figure is an upper bound of the true chance at every score; with a single chance of a half it is that chance
exactly. ``chernoff`` is the bound of which this is the sharper form, and its test.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

Floats = NDArray[np.float64]

FINEST, COARSEST = 1 / 128, 1 / 16
NEGLIGIBLE = 1e-40


class Tail:
    """P(score ≥ s) for an innocent copy, from the chances of agreeing at the positions that were read."""

    def __init__(self, agreeing: Floats) -> None:
        chances, counts = np.unique(agreeing, return_counts=True)
        self._step = _fineness(len(agreeing), len(chances))
        self._mass = np.ones(1)  # mass[k] stands at base + (low + k) · step
        self._low = 0
        self._base = 0.0
        self._beyond = 0.0
        for chance, count in zip(chances, counts, strict=True):
            self._add(float(chance), int(count))
        self._at_least = np.cumsum(self._mass[::-1])[::-1] + self._beyond

    def __call__(self, scores: Floats) -> Floats:
        """An upper bound of the chance, for each score."""
        # A score is a float sum in another order: a millionth of a step makes up for its last digits.
        step = np.ceil((scores - self._base) / self._step - 1e-6).astype(np.int64) - self._low
        last = len(self._at_least) - 1
        bound: Floats = np.where(step > last, self._beyond, self._at_least[np.clip(step, 0, last)])
        return np.minimum(bound, 1.0)

    def _add(self, chance: float, count: int) -> None:
        """``count`` more positions. The rarer event is counted, because each of its steps is rounded up once."""
        spread = 1 / np.sqrt(chance * (1 - chance))
        rare = min(chance, 1 - chance)
        happens, self._beyond = _binomial(count, rare, self._beyond)
        if chance <= 0.5:
            self._base -= count * np.sqrt(chance / (1 - chance))
            steps = np.ceil(happens.times * spread / self._step - 1e-9).astype(np.int64)
        else:
            self._base += count * np.sqrt((1 - chance) / chance)
            steps = np.ceil(-happens.times * spread / self._step - 1e-9).astype(np.int64)
        low = int(steps.min())
        made = np.zeros(len(self._mass) + int(steps.max()) - low)
        for step, mass in zip(steps - low, happens.mass, strict=True):
            made[step : step + len(self._mass)] += mass * self._mass
        self._low += low
        self._trim(made)

    def _trim(self, mass: Floats) -> None:
        kept = np.flatnonzero(mass > NEGLIGIBLE)
        first, last = int(kept[0]), int(kept[-1])
        self._beyond += float(mass[last + 1 :].sum())
        below = float(mass[:first].sum())
        self._mass = mass[first : last + 1].copy()
        self._mass[0] += below
        self._low += first


def _fineness(positions: int, different: int) -> float:
    """A step, a power of two, so fine that rounding costs at most about a fortieth of a standard deviation."""
    wanted = 0.05 * np.sqrt(max(positions, 1)) / max(different, 1)
    return float(np.clip(2.0 ** np.floor(np.log2(wanted)), FINEST, COARSEST))


class _Happens:
    def __init__(self, times: NDArray[np.int64], mass: Floats) -> None:
        self.times, self.mass = times, mass


def _binomial(count: int, chance: float, beyond: float) -> tuple[_Happens, float]:
    """How often something of this chance happens, without what is negligible; that is added to ``beyond``."""
    times = np.arange(count + 1)
    logs = (
        gammaln(count + 1)
        - gammaln(times + 1)
        - gammaln(count - times + 1)
        + times * np.log(chance)
        + (count - times) * np.log1p(-chance)
    )
    mass = np.exp(logs)
    mass *= 1 / mass.sum()
    kept = mass > NEGLIGIBLE
    return _Happens(times[kept], mass[kept]), beyond + float(mass[~kept].sum())


def chernoff(agreeing: Floats, score: float) -> float:
    """min over λ ≥ 0 of E exp(λ(S - score)): an upper bound of the same chance in one line."""
    gain, loss = np.sqrt((1 - agreeing) / agreeing), np.sqrt(agreeing / (1 - agreeing))

    def exponent(rate: float) -> float:
        terms = np.logaddexp(np.log(agreeing) + rate * gain, np.log1p(-agreeing) - rate * loss)
        return float(terms.sum() - rate * score)

    if score <= 0:
        return 1.0
    best = minimize_scalar(exponent, bounds=(0, 40), method="bounded")
    return float(min(1.0, np.exp(best.fun)))
