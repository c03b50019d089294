"""How likely a pair of reports is one person: a linear model of log-odds, from labels and from what sources tell.

Within one source nobody is reported twice. So pairs within a source show, without any label, what different people look
like, relatives included, and pairs across sources are a mixture: of the same kind of different people, and of pairs
that are one person. Were no two reports one person, ``k`` pairs across sources would stand beside each pair within one,
``k`` being known from how much each source reported; whatever there is beyond that, at a given likeness, is matches:

    odds(across : within | x) = k (1 + e^f(x)),   f(x) the log-odds that a pair across sources is one person.

That gives a likelihood of ``f`` without labels, and labels add theirs, P(same | x) = 1 / (1 + e^-f(x)). Both are given
what was compared, so pairs may be chosen for labels by any rule that looks only at what was compared and at earlier
labels. The ridge pulls towards weights after Fellegi and Sunter (JASA 64, 1969), from expectation maximisation with
the odds of different people held fixed.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from tearline.estimates.linkage.comparisons import BLOCKS, WIDTH, Compared, design
from tearline.estimates.linkage.reports import Floats, Ints

RIDGE = 0.5
"""Prior precision of each weight around its start."""
CHOICE = 0.25
"""Prior precision of what labelled pairs have in common beyond what was compared: they were chosen for being doubtful in
the light of other pairs, so they are more often, or more seldom, one person than others that look like them."""
STRONGEST = 5.0
FREE = 1e-3
STEPS = 60
FURTHEST = 12.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """``weights`` are those of ``design``'s columns, in nats; ``precision`` is minus the log posterior's curvature."""

    weights: Floats
    precision: Floats

    def log_odds(self, compared: Compared) -> Floats:
        """As ``design(compared) @ weights``, without the design."""
        f = self.weights[0] + compared.rarity @ self.weights[WIDTH - 2 : WIDTH]
        begins = 1
        for block, (_, count) in enumerate(BLOCKS):
            f += self.weights[begins : begins + count][compared.levels[:, block]]
            begins += count
        return np.asarray(np.clip(f, -FURTHEST, FURTHEST))


def start(compared: Compared, across: Floats, ratio: float) -> Floats:
    """Weights after Fellegi and Sunter: what different people look like is counted within sources."""
    levels = compared.levels
    within = across < 0.5
    expected = ratio * within.sum()
    share = float(np.clip(1.0 - expected / max((~within).sum(), 1), 0.02, 0.5))
    weights = []
    for block, (name, count) in enumerate(BLOCKS):
        m = np.asarray(_first(name, count))
        u = _shares(np.bincount(levels[within, block], minlength=count), m)
        weights.append(np.clip(np.log(m / u), -STRONGEST, STRONGEST))
    return np.concatenate([[np.log(share / (1.0 - share))], *weights, [0.0, 0.0]])


def _shares(counts: Floats | Ints, around: Floats | None = None) -> Floats:
    total = np.asarray(counts, float)
    around = np.full(len(total), 1.0 / len(total)) if around is None else around
    return np.asarray((total + around) / (total.sum() + 1.0))


def _first(name: str, count: int) -> list[float]:
    """What one person's two reports are taken to look like before anything is known: alike."""
    match name:
        case "given":
            weights = [1, 1, 1, 2, 4, 12, 8, 4, 50, 2, 15]
        case "paternal":
            weights = [5, 1, 1, 15, 75]
        case "maternal":
            weights = [45, 2, 1, 5, 47]
        case "swapped":
            weights = [90, 1, 4, 5]
        case "age":
            weights = [50, 13, 13, 9, 6, 6, 3]
        case _:
            days = [30, 17, 17, 8, 16, 2, 6, 1, 1]
            places = [25, 60, 10]
            weights = [d * p for d in days for p in places]
    if len(weights) != count:
        raise ValueError(f"{count} levels of {name}, not {len(weights)}")
    return [w / sum(weights) for w in weights]


def fit(
    compared: Compared,
    across: Floats,
    ratio: float,
    labelled: Ints,
    same: Floats,
    *,
    around: Floats,
    ridge: float = RIDGE,
    unlabelled: float = 1.0,
) -> Model:
    """``labelled`` are rows of ``compared`` and ``same`` their labels; ``across`` is 1 where the sources differ."""
    x = np.hstack([design(compared), np.zeros((len(across), 1))])
    lx = x[labelled]
    lx[:, -1] = 1.0
    precision = np.full(WIDTH + 1, ridge)
    precision[0], precision[-1] = FREE, CHOICE
    weights = around = np.append(around, 0.0)

    def value(w: Floats) -> float:
        f = x @ w
        crossing = np.log(ratio) + np.logaddexp(0.0, f)
        free = across * -np.logaddexp(0.0, -crossing) + (1.0 - across) * -np.logaddexp(0.0, crossing)
        told = lx @ w
        return float(
            unlabelled * free.sum()
            + (same * told - np.logaddexp(0.0, told)).sum()
            - 0.5 * (precision * (w - around) ** 2).sum()
        )

    now = value(weights)
    curvature = np.eye(WIDTH + 1)
    for _ in range(STEPS):
        f = x @ weights
        p = expit(f)
        q = expit(np.log(ratio) + np.logaddexp(0.0, f))
        slope = unlabelled * (across - q) * p
        told = expit(lx @ weights)
        gradient = x.T @ slope + lx.T @ (same - told) - precision * (weights - around)
        # The expected curvature: that of the observed one may have the wrong sign.
        bend = unlabelled * q * (1.0 - q) * p * p
        curvature = (x * bend[:, None]).T @ x + (lx * (told * (1 - told))[:, None]).T @ lx + np.diag(precision)
        step = np.linalg.solve(curvature, gradient)
        size = 1.0
        while size > 1e-4:
            there = weights + size * step
            then = value(there)
            if then > now:
                break
            size /= 2
        else:
            break
        gained, weights, now = then - now, there, then
        if gained < 1e-7:
            break
    return Model(weights=weights[:WIDTH], precision=curvature[:WIDTH, :WIDTH])
