"""What one observation says, as a difference of two products over the item's readers, brought into one form.

With ``z_i`` whether reader i is a channel, every observation has the likelihood

    L(z) = A prod(1 - z_i a_i) - B prod(1 - z_i b_i),        b_i >= a_i.

Write ``1 - b = (1 - a)(1 - r)`` with ``r = (b - a) / (1 - a)``. Then

    L(z) = prod(1 - z_i a_i) * (A - B prod(1 - z_i r_i)),

so ``1 - a_i`` is a weight of that reader alone, and what is left says: if somebody covers the item, each channel with
chance ``r_i``, the weight is ``A``, and else ``A - B``. Neither is ever negative, nor is any ``1 - a_i``:

    observation                        a             r              A                    A - B
    not compromised                    q             -              1 - b                (no cover needed)
    compromised                        0             q              1                    b
    compromised in (t1, t2]            q1            (q2-q1)/(1-q1) 1 - b1               b2 - b1
    report, ratio R                    0             q              R                    R b + 1 - b
    marked copy, ratios R_i, R_0       -q (R_i - 1)  q R_i/(1-a)    1 + b (R_0 - 1)      b R_0
    unknown                            -             -              1                    1

A report has weight 1 if the item did not leak, so log evidence counts from there. A marked copy has weight
``prod(1 + z_i q_i (R_i - 1))``, a product over co-leakers, less that of nothing having leaked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tearline.estimates.exposure.tables import Floats
from tearline.estimates.exposure.world import (
    Between,
    Compromised,
    Marked,
    NotCompromised,
    Observation,
    Report,
    Unknown,
)

People = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Readers:
    """The readers of one item, by index, each with the chance ``q``; the rest only where it is needed."""

    people: People
    q: Floats
    variant: NDArray[np.int32] | None = None
    within: tuple[Floats, Floats] | None = None
    ratio: Floats | None = None

    def of_variant(self, variant: int) -> "Readers":
        return self if self.variant is None else self.kept(self.variant == variant)

    def kept(self, rows: NDArray[np.bool_]) -> "Readers":
        """Some of them."""
        return Readers(
            people=self.people[rows],
            q=self.q[rows],
            variant=None if self.variant is None else self.variant[rows],
            within=None if self.within is None else (self.within[0][rows], self.within[1][rows]),
            ratio=None if self.ratio is None else self.ratio[rows],
        )

    def each_variant(self, rows: NDArray[np.bool_], person: int) -> "Readers":
        """One person who read what these rows did, of each variant, with their mean chances."""
        variant = np.zeros(len(self.people), np.int32) if self.variant is None else self.variant
        found, of_row = np.unique(variant[rows], return_inverse=True)

        def means(values: Floats) -> Floats:
            return np.array([values[rows][of_row == n].mean() for n in range(len(found))])

        return Readers(
            people=np.full(len(found), person, np.int32),
            q=means(self.q),
            variant=None if self.variant is None else found.astype(np.int32),
            within=None if self.within is None else (means(self.within[0]), means(self.within[1])),
            ratio=None if self.ratio is None else means(self.ratio),
        )

    def joined(self, others: Sequence["Readers"]) -> "Readers":
        """These and more."""
        every = [self, *others]
        within = [one.within for one in every if one.within is not None]
        return Readers(
            people=np.concatenate([one.people for one in every]),
            q=np.concatenate([one.q for one in every]),
            variant=_joined([one.variant for one in every]),
            within=(np.concatenate([a for a, _ in within]), np.concatenate([b for _, b in within]))
            if within
            else None,
            ratio=_joined([one.ratio for one in every]),
        )


def _joined(columns: Sequence[Any]) -> Any:
    return None if columns[0] is None else np.concatenate(columns)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cover:
    """An item that is covered or not: by whom with which chance, and the two weights."""

    people: People
    r: Floats
    covered: float
    uncovered: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Factor:
    """An observation in the one form: a constant, a weight ``log(1 - a)`` for each reader, and the rest."""

    log_constant: float
    people: People
    log_m: Floats
    cover: Cover | None


def factor(readers: Readers, background: float, variants: int, observation: Observation) -> Factor:
    """The observation of an item in the one form of this module."""
    b = background
    variant = getattr(observation, "variant", None)
    if variant is not None:
        readers = readers.of_variant(variant)
        b /= variants
    people, q = readers.people, readers.q
    match observation:
        case Unknown():
            return _said(0.0)
        case NotCompromised():
            return Factor(log_constant=float(np.log1p(-b)), people=people, log_m=_log1m(q), cover=None)
        case Compromised():
            return _said(0.0, Cover(people=people, r=q, covered=1.0, uncovered=b))
        case Report(likelihood_ratio=0.0):
            return factor(readers, b, 1, NotCompromised())
        case Report(likelihood_ratio=1.0):
            return _said(0.0)
        case Report(likelihood_ratio=ratio):
            return _said(0.0, Cover(people=people, r=q, covered=ratio, uncovered=ratio * b + (1.0 - b)))
        case Between(background=(b1, b2)):
            if readers.within is None:
                raise ValueError("readers without their chances by the two days")
            share = 1.0 if variant is None else 1.0 / variants
            q1, q2 = readers.within
            r = np.divide(q2 - q1, 1.0 - q1, out=np.zeros_like(q1), where=q1 < 1.0)
            weights = 1.0 - b1 * share, (b2 - b1) * share
            return _covered(people, q1, r, *weights)
        case Marked(background_ratio=unrelated):
            ratios = np.ones_like(q) if readers.ratio is None else readers.ratio
            a = -q * (ratios - 1.0)
            r = np.divide(q * ratios, 1.0 - a, out=np.zeros_like(q), where=a < 1.0)
            return _covered(people, a, np.minimum(r, 1.0), 1.0 + b * (unrelated - 1.0), b * unrelated)


def _said(constant: float, cover: Cover | None = None) -> Factor:
    nobody = np.zeros(0, np.int32)
    return Factor(log_constant=constant, people=nobody, log_m=np.zeros(0), cover=cover)


def _covered(people: People, a: Floats, r: Floats, covered: float, uncovered: float) -> Factor:
    cover = Cover(people=people, r=r, covered=covered, uncovered=uncovered)
    return Factor(log_constant=0.0, people=people, log_m=_log1m(a), cover=cover)


def _log1m(a: Floats) -> Floats:
    with np.errstate(divide="ignore"):  # a chance of one: log m is -inf, and m is zero
        made: Floats = np.log1p(-a)
    return made
