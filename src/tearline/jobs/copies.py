"""The text of a marked copy, as the node hands it over: to the person it was made for, once its release is in effect.

No role opens which wordings a copy has. The node opens it here, for one copy and its recipient, and nothing but the
text leaves. Whoever can open the item itself reads the item, and is bound to no copy.
"""

from tearline.facts.fact import Closed, Compartment
from tearline.facts.history import History, Question, Recorded, about, each
from tearline.facts.identifiers import PersonId
from tearline.facts.marks import CopiesMarked, WordingVariantsSet
from tearline.facts.release import CopyReleased
from tearline.folds.marks import marked
from tearline.jobs.effect import InEffect
from tearline.node import Node

OPENED = frozenset({Compartment.CONTENT, Compartment.MARKS})


def text_of(
    node: Node, given: Recorded[CopyReleased], reader: PersonId, effect: InEffect | None
) -> str | None:
    """What this copy says; None to anybody else, before it is in effect, and where it was not marked or is purged."""
    if given.fact.recipient != reader or given.told is not None or effect is None or not effect.holds:
        return None

    def asks(known: History) -> Question:
        asked = about(f"copy:{given.fact.copy}", kinds=(CopiesMarked,))
        return asked | each(
            "variants", [r.fact.variants for r in known.of(CopiesMarked)], (WordingVariantsSet,)
        )

    known, _ = node.gather(asks, OPENED)
    marking = next((r for r in known.of(CopiesMarked) if given.fact.copy in r.fact.copies), None)
    try:
        how = marked(known, marking) if marking else None
        return how.text(given.fact.copy) if how else None
    except Closed:
        return None
