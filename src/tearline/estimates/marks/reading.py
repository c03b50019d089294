"""What bits a surfaced text shows, by fitting it to the text with alternatives.

It is fitted as a whole, and each of its paragraphs by itself, since whoever quotes may quote in another order. A
place counts as read when one alternative fits better than all others by ``CLEAR`` letters; by less it is doubtful,
and where none does, because that part is missing or was put in words of somebody's own, it is not read. Two fits
that contradict each other make it doubtful. Of a text with fewer than ``FEWEST`` letters in common with ours nothing
is read.

Codewords play no part in it, so that however badly it reads, it is no more likely to point at one innocent copy than
at another. That is why a wrong reading can hide who leaked, and not accuse who did not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tearline.estimates.marks.aligning import Fork, Lattice, fits, letters
from tearline.estimates.marks.normal import normal
from tearline.estimates.marks.score import UNREAD, Bits
from tearline.estimates.marks.template import LONGEST, Slot, Template
from tearline.estimates.marks.unfit import Unfit
from tearline.facts.tracing import Surfaced
from tearline.facts.words import Worded, Words

CLEAR = 3
FEWEST = 24


class Legible(Worded):
    READ = "read", "read", "leído"
    DOUBTFUL = "doubtful", "doubtful", "dudoso"
    MISSING = "missing", "not there", "ausente"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSlot:
    """``alternative``: which of the slot's texts was read, if one was. ``margin``: letters by which it fits better."""

    slot: Slot
    legible: Legible
    alternative: int | None
    margin: int


@dataclass(frozen=True, slots=True)
class ReadText:
    slots: tuple[ReadSlot, ...]

    @property
    def bits(self) -> Bits:
        """One entry a bit of the code: zero, one or ``UNREAD``."""
        seen = [
            UNREAD if read.alternative is None else read.alternative >> place & 1
            for read in self.slots
            for place in reversed(range(read.slot.bits))
        ]
        return np.array(seen, dtype=np.int8)

    def count(self, legible: Legible) -> int:
        """How many bits are read, doubtful, or missing."""
        return sum(read.slot.bits for read in self.slots if read.legible is legible)


def read_text(template: Template, surfaced: str, how: Surfaced) -> ReadText:
    """Read back; raises ``Unfit`` where the text is too long to be fitted."""
    if len(surfaced) > LONGEST:
        raise Unfit(
            f"{len(surfaced)} characters",
            Words(f"at most {LONGEST} characters", f"a lo sumo {LONGEST} caracteres"),
        )
    lattice = _lattice(template, how)
    paragraphs = re.split(r"\n\s*\n", surfaced)
    stretches = [surfaced, *(paragraphs if len(paragraphs) > 1 else [])]
    slots = template.slots
    found = [_margins(lattice, normal(stretch, how), len(slots)) for stretch in stretches]
    return ReadText(tuple(_decided(slot, [margins[n] for margins in found]) for n, slot in enumerate(slots)))


def _lattice(template: Template, how: Surfaced) -> Lattice:
    return [
        letters(normal(part, how))
        if isinstance(part, str)
        else Fork(tuple(letters(normal(one, how)) for one in part.alternatives))
        for part in template.parts
    ]


def _margins(lattice: Lattice, surfaced: str, slots: int) -> list[tuple[int, int]]:
    """For each slot, the best alternative and by how much it is better than the next."""
    if len(surfaced) < FEWEST:
        return [(0, 0)] * slots
    return [_margin(fit.through, fit.without) for fit in fits(lattice, letters(surfaced))]


def _margin(through: Sequence[int], without: int) -> tuple[int, int]:
    best = max(range(len(through)), key=through.__getitem__)
    if through[best] < FEWEST:
        return best, 0
    next_best = max(score for n, score in enumerate(through) if n != best)
    return best, through[best] - max(next_best, without, 0)


def _decided(slot: Slot, found: Sequence[tuple[int, int]]) -> ReadSlot:
    best, margin = max(found, key=lambda pair: pair[1])
    if margin <= 0:
        return ReadSlot(slot=slot, legible=Legible.MISSING, alternative=None, margin=0)
    contradicted = any(other != best and by >= CLEAR for other, by in found)
    if margin < CLEAR or contradicted:
        return ReadSlot(slot=slot, legible=Legible.DOUBTFUL, alternative=None, margin=margin)
    return ReadSlot(slot=slot, legible=Legible.READ, alternative=best, margin=margin)
