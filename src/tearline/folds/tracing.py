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
from tearline.facts.history import History, Question, Recorded, each
from tearline.facts.identifiers import CopyId, ItemId, VariantsId
from tearline.facts.marks import CopiesMarked, WordingVariantsSet
from tearline.facts.release import ItemRegistered, ItemReleased
from tearline.facts.tracing import CopyTraced, Gate, ReleaseTraced, Surfaced, TextTraced
from tearline.folds.marks import MILLION, Marked, marked
from tearline.folds.release import lineage
from tearline.folds.retention import family
from tearline.folds.worlds import CopySurfaced

NAME: Final = "marks/1"
"""How copies are held against a text, and the error divided. A change of that is another name."""
MOST_EVIDENCE = 1e15


def asks_tracing(known: History, item: ItemId) -> Question:
    """The marked copies that a text of this item is held against, and the traces before it; ask until it is stable."""
    of_it = family(known, frozenset({item}))
    return each("item", of_it, (ItemRegistered, CopiesMarked, WordingVariantsSet, TextTraced))


def markings_of(known: History, item: ItemId) -> list[Recorded[CopiesMarked]]:
    """The sets of copies by which the item could have come out: its own, and those of what it was drawn from."""
    line = lineage(known, item)
    return [r for r in known.of(CopiesMarked) if r.fact.item in line]


def decided(fact: TextTraced) -> bool:
    """Whether copies were looked at in this trace. Where that was purged, they are taken to have been."""
    return fact.gate.purged or fact.gate.open().decided


def decided_before(known: History, item: ItemId) -> int:
    """Of this item, of what it was drawn from, or of what was drawn from any of these."""
    of_it = family(known, frozenset({item}))
    return sum(decided(r.fact) for r in known.of(TextTraced) if r.fact.item in of_it)


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


def copies_surfaced(known: History, traces: Sequence[Recorded[TextTraced]]) -> CopySurfaced | None:
    """What these traces say of the copies that came out, for the exposure model: the latest with its gate open."""
    for fact in reversed([r.fact for r in traces]):
        if fact.gate.purged or fact.copies.purged or fact.reach.purged or fact.gate.open() is not Gate.OPEN:
            continue
        copies = fact.copies.open()
        named = {one.release for one in copies if one.named}
        return CopySurfaced(
            item=fact.item,
            people=frozenset(person for one in fact.reach.open() for person in one.people),
            units=frozenset(r.fact.unit for r in known.of(ItemReleased) if r.fact.release in named),
            copies=len(copies),
            named=sum(one.named for one in copies),
        )
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """One set of copies, and by what design the next trace decides about it; None where it was purged."""

    marking: Recorded[CopiesMarked]
    design: Design | None

    @property
    def needed(self) -> int:
        return self.design.needed(len(self.marking.fact.copies)) if self.design else 0


def next_trace(known: History, item: ItemId) -> tuple[Next, ...]:
    """The copies that the next trace of this item holds a text against, and the error that is left for it.

    No seed and no wording has to be open for that.
    """
    found = markings_of(known, item)
    whole = [r for r in found if not _purged(known, r.fact)]
    copies, part = sum(len(r.fact.copies) for r in whole), part_of(decided_before(known, item))
    return tuple(
        Next(
            marking=r,
            design=Design(
                error=r.fact.error_per_million / MILLION * part * len(r.fact.copies) / copies,
                colluders=r.fact.colluders,
            )
            if r in whole
            else None,
        )
        for r in found
    )


def _purged(known: History, marking: CopiesMarked) -> bool:
    """Whether nobody can tell its copies apart any more."""
    wordings = [r.fact for r in known.of(WordingVariantsSet) if r.fact.variants == marking.variants]
    return marking.seed.purged or not wordings or wordings[0].text.purged


def held_against(known: History, item: ItemId, text: str, how: Surfaced) -> Held | None:
    """Hold it against all marked copies of the item; None where there are none. Seeds and wordings have to be open.

    A text has at most 20,000 characters, which can be fitted.
    """
    found = next_trace(known, item)
    if not found:
        return None
    all_copies = sum(len(one.marking.fact.copies) for one in found if one.design)
    seen = _Seen(text, how)
    releases: list[ReleaseTraced] = []
    copies: list[CopyTraced] = []
    for one in found:
        shown = marked(known, one.marking) if one.design else None
        gate, read = Gate.PURGED, 0
        if shown and one.design:
            bits = seen.of(shown)
            gate, read = Gate.TOO_FEW_BITS, int((bits != UNREAD).sum())
            if read >= one.needed:
                gate, pointed = _looked_at(shown, bits, one.design, all_copies)
                copies += pointed
        releases.append(_said(one, gate, read))
    return Held(
        earlier=decided_before(known, item),
        releases=tuple(releases),
        copies=tuple(copies),
    )


def _said(one: Next, gate: Gate, read: int) -> ReleaseTraced:
    marking = one.marking.fact
    return ReleaseTraced(
        release=marking.release,
        copies=len(marking.copies),
        gate=gate,
        declared=marking.error_per_million / MILLION,
        error=one.design.error if one.design else 0.0,
        colluders=marking.colluders,
        bits=marking.bits,
        read=read,
        needed=one.needed,
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What bits the text shows, fitted once to each wording of the item."""

    text: str
    how: Surfaced
    read: dict[VariantsId, Bits] = field(default_factory=dict)

    def of(self, shown: Marked) -> Bits:
        variants = shown.marking.variants
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
