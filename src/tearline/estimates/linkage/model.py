"""How likely a pair of reports is one person: a linear model of log-odds, from labels and from what sources tell.

Within one source nobody is reported twice. So pairs within a source show, without any label, what different people look
like, relatives included, and pairs across sources are a mixture: of the same kind of different people, and of pairs
that are one person. Were no two reports one person, ``k`` pairs across sources would stand beside each pair within one,
``k`` being known from how much each source reported; whatever there is beyond that, at a given likeness, is matches:

    odds(across : within | x) = k (1 + e^f(x)),   f(x) the log-odds that a pair across sources is one person.

That gives a likelihood of ``f`` without labels, and labels add theirs, P(same | x) = 1 / (1 + e^-f(x)). Both are given
what was compared, so pairs may be chosen for labels by any rule that looks only at what was compared and at earlier
labels. The ridge pulls towards weights after Fellegi and Sunter (JASA 64, 1969): what different people look like
is counted within sources, and what one person's two reports look like is set beforehand. Expectation maximisation for
the latter was tried and left: it took relatives for one person, and names in another order for relatives.

Where a source may report a person twice, none of this is known, and ``alone`` starts instead from what two reports
taken at random look like, who are hardly ever one person, and learns what one person's look like by expectation
maximisation (as Splink does). That is enough where what is compared tells people apart by itself; not for relatives.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from tearline.estimates.compiled import compiled
from tearline.estimates.linkage.comparisons import BLOCKS, WIDTH, Compared, Levels
from tearline.estimates.linkage.reports import Floats, Ints

RIDGE = 0.5
"""Prior precision of each weight around its start."""
CHOICE = 0.25
"""Prior precision of what labelled pairs have in common beyond what was compared: they were chosen for being doubtful
in the light of other pairs, so they are more often, or more seldom, one person than others that look like them."""
STRONGEST = 5.0
FREE = 1e-3
STEPS = 60
ROUNDS = 30
FURTHEST = 12.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """``weights`` are those of ``design``'s columns, in nats; ``precision`` is minus the log posterior's curvature."""

    weights: Floats
    precision: Floats

    def log_odds(self, compared: Compared) -> Floats:
        return np.asarray(np.clip(_times(compared, self.weights), -FURTHEST, FURTHEST))


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


def alone(compared: Compared, at_random: Compared, pairs: float) -> Floats:
    """Weights where sources tell nothing: ``compared`` are candidates among so many ``pairs`` in all, ``at_random`` are
    pairs of any two reports. What different people look like is held fixed."""
    firsts = [np.array(_first(name, count)) / sum(_first(name, count)) for name, count in BLOCKS]
    counts = [count for _, count in BLOCKS]
    u = [
        _shares(np.bincount(at_random.levels[:, block], minlength=count), first)
        for block, (count, first) in enumerate(zip(counts, firsts, strict=True))
    ]
    m, share = firsts, min(len(compared.levels) / pairs, 0.5) / 10.0
    weights = np.zeros(WIDTH)
    for _ in range(ROUNDS):
        logs = [np.clip(np.log(one / other), -FURTHEST, FURTHEST) for one, other in zip(m, u, strict=True)]
        weights = np.concatenate([[np.log(share / (1.0 - share))], *logs, [0.0, 0.0]])
        chance = expit(_times(compared, weights))
        share = float(np.clip(chance.sum() / pairs, 1e-12, 0.5))
        m = [
            _shares(np.bincount(compared.levels[:, block], chance, minlength=count), first)
            for block, (count, first) in enumerate(zip(counts, firsts, strict=True))
        ]
    return weights


def _shares(counts: Floats | Ints, around: Floats | None = None) -> Floats:
    total = np.asarray(counts, float)
    around = np.full(len(total), 1.0 / len(total)) if around is None else around
    return np.asarray((total + around) / (total.sum() + 1.0))


def _first(name: str, count: int) -> list[float]:
    """What one person's two reports are taken to look like before anything is known: alike."""
    match name:
        case "given":
            weights: list[float] = [1, 1, 1, 2, 4, 12, 8, 4, 50, 2, 15]
        case "paternal":
            weights = [5, 1, 1, 15, 1.5, 73.5]
        case "maternal":
            weights = [45, 2, 1, 5, 1, 46]
        case "swapped":
            weights = [90, 1, 4, 5]
        case "age":
            weights = [50, 13, 13, 9, 6, 6, 3]
        case "incident":
            days = [30, 17, 17, 8, 16, 2, 6, 1, 1, 12, 6]
            places = [25, 60, 10, 20, 5]
            weights = [d * p for d in days for p in places]
        case _:
            weights = [30, 8, 10, 52]
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
) -> Model:
    """``labelled`` are rows of ``compared`` and ``same`` their labels; ``across`` is 1 where the sources differ."""
    chosen = Compared(levels=compared.levels[labelled], rarity=compared.rarity[labelled])
    # Without pairs within a source nothing is known but the labels and the start.
    heed, ratio = (1.0, ratio) if ratio > 0 else (0.0, 1.0)
    precision = np.full(WIDTH + 1, ridge)
    precision[0], precision[-1] = FREE, CHOICE
    weights = around = np.append(around, 0.0)

    def value(w: Floats) -> float:
        crossing = np.log(ratio) + np.logaddexp(0.0, _times(compared, w))
        free = across * -np.logaddexp(0.0, -crossing) + (1.0 - across) * -np.logaddexp(0.0, crossing)
        told = _times(chosen, w) + w[-1]
        return float(
            heed * free.sum()
            + (same * told - np.logaddexp(0.0, told)).sum()
            - 0.5 * (precision * (w - around) ** 2).sum()
        )

    now = value(weights)
    curvature = np.diag(precision)
    for _ in range(STEPS):
        f = _times(compared, weights)
        p = expit(f)
        q = expit(np.log(ratio) + np.logaddexp(0.0, f))
        told = expit(_times(chosen, weights) + weights[-1])
        # The expected curvature: that of the observed one may have the wrong sign.
        slope, bend = _summed(compared, heed * (across - q) * p, heed * q * (1.0 - q) * p * p, 0.0)
        told_slope, told_bend = _summed(chosen, same - told, told * (1.0 - told), 1.0)
        gradient = slope + told_slope - precision * (weights - around)
        curvature = bend + told_bend + np.diag(precision)
        step = np.linalg.solve(curvature, gradient)
        size = 1.0
        there = weights + step
        then = value(there)
        while then < now and size > 1e-4:
            size /= 2
            there = weights + size * step
            then = value(there)
        if then < now:
            break
        gained, weights, now = then - now, there, then
        if gained < 1e-4:
            break
    return Model(weights=weights[:WIDTH], precision=curvature[:WIDTH, :WIDTH])


_BEGINS = np.cumsum([1, *(count for _, count in BLOCKS)])[:-1]


def _times(compared: Compared, weights: Floats) -> Floats:
    """``design(compared) @ weights[:WIDTH]``, without the design."""
    f = weights[0] + compared.rarity @ weights[WIDTH - 2 : WIDTH]
    for block, begins in enumerate(_BEGINS):
        f += weights[begins + compared.levels[:, block]]
    return np.asarray(f)


def _summed(compared: Compared, slope: Floats, bend: Floats, last: float) -> tuple[Floats, Floats]:
    """``x.T @ slope`` and ``(x * bend).T @ x`` for the design ``x`` with a further column that is ``last``."""
    first, second = np.zeros(WIDTH + 1), np.zeros((WIDTH + 1, WIDTH + 1))
    _add(compared.levels, compared.rarity, _BEGINS, slope, bend, last, first, second)
    return first, second


@compiled
def _add(
    levels: Levels,
    rarity: Floats,
    begins: Ints,
    slope: Floats,
    bend: Floats,
    last: float,
    first: Floats,
    second: Floats,
) -> None:
    """A row of the design has ten columns that are not 0."""
    width = len(first)
    column = np.zeros(len(begins) + 4, np.int64)
    value = np.ones(len(begins) + 4)
    column[-3], column[-2], column[-1] = width - 3, width - 2, width - 1
    value[-1] = last
    for n in range(len(levels)):
        for block in range(len(begins)):
            column[block + 1] = begins[block] + levels[n, block]
        value[-3], value[-2] = rarity[n, 0], rarity[n, 1]
        for i in range(len(column)):
            first[column[i]] += value[i] * slope[n]
            for j in range(len(column)):
                second[column[i], column[j]] += value[i] * value[j] * bend[n]
