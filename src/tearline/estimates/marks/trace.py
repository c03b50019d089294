"""Which copies a surfaced text points at, decided once, at the error that was declared when the copies were made.

A copy's p-value is twice the smaller of two: that of its score, which needs no idea of what the colluders did, and
the inverse of its e-value, which is sharper where they did something known. A copy is named if its p-value times the
number of copies is at most the error. Then, whatever surfaced, the chance that any copy is named which played no
part in it is at most that error.

The gate is open when a copy is named and at least as many bits were read as the declared number of colluders asks for.
It is closed for too few bits, whatever the p-values are: that nobody stands out would mean nothing then, and one who
does would have been picked on less than was declared to be needed. A closed gate names nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tearline.estimates.marks.code import Code
from tearline.estimates.marks.evidence import log_e_values
from tearline.estimates.marks.length import bits_needed
from tearline.estimates.marks.score import UNREAD, Bits, Floats, agreeing, scores
from tearline.estimates.marks.tail import Tail
from tearline.facts.tracing import Gate


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What was declared before the copies were made: the chance of naming a wrong copy, and how many may collude."""

    error: float
    colluders: int

    def needed(self, copies: int) -> int:
        return bits_needed(copies=copies, colluders=self.colluders, error=self.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointed:
    """How far the text points at one copy, and everyone able to reach that copy: it names none of them.

    ``p_value``: at least the chance that this copy scores as high if it played no part. ``among_all``: the same for
    any of the copies. ``log_e_value``: natural logarithm of the evidence that it took part over that it did not.
    """

    copy: str
    p_value: float
    among_all: float
    log_e_value: float
    within_reach: tuple[str, ...]
    named: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """``copies`` in the order of the code; none is named while the gate is closed."""

    gate: Gate
    design: Design
    bits: int
    read: int
    needed: int
    copies: tuple[Pointed, ...]

    @property
    def missing(self) -> int:
        return max(0, self.needed - self.read)

    @property
    def named(self) -> tuple[Pointed, ...]:
        return tuple(copy for copy in self.copies if copy.named)


@dataclass(frozen=True, slots=True)
class PValues:
    """One p-value and one logarithm of an e-value a copy: shape (copies,)."""

    p: Floats
    log_e: Floats


def p_values(code: Code, seen: Bits, colluders: int) -> PValues:
    """Of each copy, from what was read of the text: shape (bits,), with ``UNREAD`` where nothing was."""
    log_e = log_e_values(code.biases, code.words, seen, colluders)
    by_score = Tail(agreeing(code.biases, seen))(scores(code.biases, code.words, seen))
    p = 2 * np.minimum(by_score, np.exp(-np.maximum(log_e, 0)))
    independent = 1 - code.coincide
    if independent <= 0:
        return PValues(np.ones_like(p), log_e)
    return PValues(np.minimum(1.0, p / independent), log_e)


def trace(
    code: Code,
    seen: Bits,
    design: Design,
    *,
    copies: Sequence[str],
    within_reach: Sequence[Sequence[str]],
) -> Traced:
    """Decide. ``copies`` names the rows of the code, ``within_reach`` says who could reach each of them."""
    found = p_values(code, seen, design.colluders)
    among_all = np.minimum(1.0, found.p * len(copies))
    stands_out = among_all <= design.error
    read, needed = int((seen != UNREAD).sum()), design.needed(len(copies))
    gate = Gate.OPEN if stands_out.any() else Gate.NOTHING_STANDS_OUT
    if read < needed:
        gate = Gate.TOO_FEW_BITS
    pointed = tuple(
        Pointed(
            copy=copy,
            p_value=float(found.p[n]),
            among_all=float(among_all[n]),
            log_e_value=float(found.log_e[n]),
            within_reach=tuple(within_reach[n]),
            named=gate is Gate.OPEN and bool(stands_out[n]),
        )
        for n, copy in enumerate(copies)
    )
    return Traced(gate=gate, design=design, bits=len(seen), read=read, needed=needed, copies=pointed)
