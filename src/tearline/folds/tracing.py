"""A text that surfaced, held against the marked copies of an item, with the error that is left for it.

What was declared with the copies is the chance that any copy is named which played no part, and the guarantee is for
one decision about one set of copies. On record there can be several of both. So it is divided, before anything is
looked at: the copies of all releases of the item, and of what it was drawn from, are decided upon as one, each release
by its number of copies; and every decision has half of what the one before it had. All of them together, however many
there will be, stay within the largest chance that was declared.

How many bits a text shows is counted without looking at any copy's wordings. Where they are too few, no copy is looked
at: nothing is spent, and more may be traced once more has surfaced.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tearline.estimates.marks.reading import read_text
from tearline.estimates.marks.score import UNREAD, Bits
from tearline.estimates.marks.trace import Design, trace
from tearline.facts.fact import Closed
from tearline.facts.history import History, Question, Recorded, each
from tearline.facts.identifiers import CopyId, ItemId, VariantsId
from tearline.facts.marks import CopiesMarked, WordingVariantsSet
from tearline.facts.release import ItemRegistered
from tearline.facts.tracing import CopyTraced, Gate, ReleaseTraced, Surfaced, TextTraced
from tearline.folds.marks import MILLION, Marked, marked
from tearline.folds.release import lineage
from tearline.folds.retention import drawn_from

NAME: Final = "marks/1"
"""How copies are held against a text, and the error divided. A change of that is another name."""
MOST_EVIDENCE = 1e15


def asks_tracing(known: History, item: ItemId) -> Question:
    """The marked copies that a text of this item is held against, and the traces before it; ask until it is stable."""
    return each("item", _family(known, item), (ItemRegistered, CopiesMarked, WordingVariantsSet, TextTraced))


def _family(known: History, item: ItemId) -> frozenset[ItemId]:
    """The item, all that it was drawn from, and all that was drawn from that."""
    return drawn_from(known, lineage(known, item)[-1])


def markings_of(known: History, item: ItemId) -> list[Recorded[CopiesMarked]]:
    """The sets of copies by which the item could have come out: its own, and those of what it was drawn from."""
    line = lineage(known, item)
    return [r for r in known.of(CopiesMarked) if r.fact.item in line]


def decided(fact: TextTraced) -> bool:
    """Whether copies were looked at in this trace. Where that was purged, they are taken to have been."""
    return fact.gate.purged or fact.gate.open().decided


def decided_before(known: History, item: ItemId) -> int:
    family = _family(known, item)
    return sum(decided(r.fact) for r in known.of(TextTraced) if r.fact.item in family)


def part_of(earlier: int) -> float:
    """The part of the declared error that a trace has after so many others."""
    return 0.5 ** (earlier + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What came of it: for each release, and for each copy that was looked at."""

    earlier: int
    releases: tuple[ReleaseTraced, ...]
    copies: tuple[CopyTraced, ...]

    @property
    def gate(self) -> Gate:
        """The most that can be said of any release."""
        gates = {one.gate for one in self.releases}
        return next(
            gate
            for gate in (Gate.OPEN, Gate.NOTHING_STANDS_OUT, Gate.TOO_FEW_BITS, Gate.PURGED)
            if gate in gates
        )

    @property
    def error(self) -> float:
        return math.fsum(one.error for one in self.releases if one.gate.decided)

    @property
    def named(self) -> tuple[CopyId, ...]:
        return tuple(one.copy for one in self.copies if one.named)


def held_against(known: History, item: ItemId, text: str, how: Surfaced) -> Held | None:
    """Hold it against all marked copies of the item; None where there are none. Seeds and wordings have to be open.

    A text has at most 20,000 characters, which can be fitted.
    """
    found = [(r.fact, _open(known, r)) for r in markings_of(known, item)]
    if not found:
        return None
    earlier = decided_before(known, item)
    all_copies = sum(len(marking.copies) for marking, shown in found if shown)
    seen = _Seen(text, how)
    releases: list[ReleaseTraced] = []
    copies: list[CopyTraced] = []
    for marking, shown in found:
        declared = marking.error_per_million / MILLION
        share = len(marking.copies) / max(all_copies, len(marking.copies))
        design = Design(error=declared * share * part_of(earlier), colluders=marking.colluders)
        bits = seen.of(marking.variants, shown) if shown else None
        needed, read = design.needed(len(marking.copies)), 0 if bits is None else int((bits != UNREAD).sum())
        gate = Gate.PURGED if bits is None else Gate.TOO_FEW_BITS
        if shown and bits is not None and read >= needed:
            gate, pointed = _looked_at(shown, bits, design, all_copies)
            copies += pointed
        releases.append(
            ReleaseTraced(
                release=marking.release,
                copies=len(marking.copies),
                gate=gate,
                declared=declared,
                error=design.error,
                colluders=design.colluders,
                bits=marking.bits,
                read=read,
                needed=needed,
            )
        )
    return Held(earlier=earlier, releases=tuple(releases), copies=tuple(copies))


def _open(known: History, marking: Recorded[CopiesMarked]) -> Marked | None:
    """None where its wordings or its seed were purged: nobody can tell its copies apart any more."""
    try:
        return marked(known, marking)
    except Closed:
        return None


@dataclass(frozen=True, slots=True)
class _Seen:
    """What bits the text shows, fitted once to each wording of the item."""

    text: str
    how: Surfaced
    read: dict[VariantsId, Bits] = field(default_factory=dict)

    def of(self, variants: VariantsId, shown: Marked) -> Bits:
        if variants not in self.read:
            self.read[variants] = read_text(shown.template, self.text, self.how).bits
        return self.read[variants]


def _looked_at(
    shown: Marked, bits: Bits, design: Design, all_copies: int
) -> tuple[Gate, Sequence[CopyTraced]]:
    names = shown.marking.copies
    found = trace(shown.code, bits, design, copies=names, within_reach=[()] * len(names))
    return found.gate, [
        CopyTraced(
            copy=CopyId(one.copy),
            release=shown.marking.release,
            p_value=one.p_value,
            among_all=min(1.0, one.p_value * all_copies),
            e_value=min(math.exp(min(one.log_e_value, 700.0)), MOST_EVIDENCE),
            named=one.named,
        )
        for one in found.copies
    ]
