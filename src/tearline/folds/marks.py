"""Marked copies as they stand on record: the wordings that count, how a release's copies were marked, and each text."""

from collections.abc import Sequence
from dataclasses import dataclass

from tearline.estimates.marks.biases import MOST_COLLUDERS
from tearline.estimates.marks.code import Code, make_code
from tearline.estimates.marks.keyfile import LARGEST_ERROR
from tearline.estimates.marks.template import Template, read_template
from tearline.estimates.marks.trace import Design
from tearline.facts.fact import Fact
from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import CopyId, ItemId, ReleaseId
from tearline.facts.marks import CopiesMarked, WordingVariantsSet
from tearline.facts.parties import Terms
from tearline.folds.agreements import double_stated, flag_stated, number_stated

MARK_KINDS: Sequence[type[Fact]] = (WordingVariantsSet, CopiesMarked)
ERROR, COLLUDERS, DECOYS = "mark_error", "mark_colluders", "decoys_allowed"
"""The parameters by which an agreement says how copies are marked."""
USUAL = Design(error=0.001, colluders=1)
"""Where the agreement says nothing."""
MILLION = 1_000_000


def wordings_of(history: History, item: ItemId) -> Recorded[WordingVariantsSet] | None:
    """Those that count for the next release: the latest."""
    found = [r for r in history.of(WordingVariantsSet) if r.fact.item == item]
    return found[-1] if found else None


def marking_of(history: History, release: ReleaseId) -> Recorded[CopiesMarked] | None:
    return next((r for r in history.of(CopiesMarked) if r.fact.release == release), None)


def design_stated(terms: Terms) -> Design:
    """What these terms declare of marked copies, within what can be reckoned with, the error in whole millionths."""
    error, colluders = double_stated(terms, ERROR), number_stated(terms, COLLUDERS)
    millionths = int(min(error or USUAL.error, LARGEST_ERROR) * MILLION)
    return Design(
        error=max(millionths, 1) / MILLION,
        colluders=min(max(colluders or USUAL.colluders, 1), MOST_COLLUDERS),
    )


def decoys_allowed(terms: Terms) -> bool:
    return flag_stated(terms, DECOYS) is True


@dataclass(frozen=True, slots=True)
class Marked:
    """How a release's copies were marked, with all of it open."""

    marking: CopiesMarked
    template: Template
    code: Code

    @property
    def design(self) -> Design:
        return Design(error=self.marking.error_per_million / MILLION, colluders=self.marking.colluders)

    def text(self, copy: CopyId) -> str:
        """The text of this copy, which is one of them."""
        return self.template.render(self.code.words[self.marking.copies.index(copy)].tolist())


def marked(history: History, marking: Recorded[CopiesMarked]) -> Marked | None:
    """The same of this marking; None where its wordings are not in this history.

    ``Closed`` where the seed or the text is not open to whoever asks, or was purged.
    """
    fact = marking.fact
    wordings = next(
        (r.fact for r in history.of(WordingVariantsSet) if r.fact.variants == fact.variants), None
    )
    if wordings is None:
        return None
    code = make_code(
        copies=len(fact.copies),
        bits=fact.bits,
        colluders=fact.colluders,
        seed=bytes.fromhex(fact.seed.open()),
    )
    return Marked(fact, read_template(wordings.text.open(), decoys=True), code)
