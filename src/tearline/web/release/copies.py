"""One copy, and its receipt. The recipient sees what was given to them, and nothing of why or to whom else.

Until the witnesses that the agreement asks for have cosigned it, a copy is not handed over: the recipient is told
that there is one, and nothing of what it is.
"""

from dataclasses import dataclass

from tearline.facts.history import History, Question, Recorded, about
from tearline.facts.identifiers import CopyId
from tearline.facts.release import CopyReceived, CopyReleased, ItemReleased
from tearline.jobs.effect import Effects, InEffect, effect_question
from tearline.web.names import Names, names_question
from tearline.web.show import Shown, label
from tearline.web.tongue import Tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyView:
    copy: str
    telling: str | None
    facts: list[tuple[str, Shown]]
    received: str | None
    receipt_href: str | None
    waits: str | None
    text: str | None = None
    """What it says, to its recipient."""


def page_question(known: History, copy: CopyId) -> Question:
    asked = about(f"copy:{copy}", kinds=(CopyReleased, CopyReceived))
    for r in known.of(CopyReleased):
        asked |= about(f"release:{r.fact.release}", kinds=(ItemReleased,))
    return asked | effect_question(known) | names_question(known)


def copy_of(known: History, copy: CopyId) -> Recorded[CopyReleased] | None:
    return next((r for r in known.of(CopyReleased) if r.fact.copy == copy), None)


def effect_of(effects: Effects, known: History, given: Recorded[CopyReleased]) -> InEffect | None:
    """How far this copy is in effect; None where its release is not known, and then it is not."""
    released = next((r for r in known.of(ItemReleased) if r.fact.release == given.fact.release), None)
    return effects.of(known, released, (given,)) if released else None


def waiting(say: Tongue, effect: InEffect | None) -> str | None:
    """What a release waits for, in a sentence; None when it is in effect."""
    if effect is not None and effect.holds:
        return None
    if effect is None or effect.quorum > effect.witnesses:
        return say(
            "Its agreement asks for more witnesses than this node has (%(n)s): it is not handed over.",
            n=say.number(effect.witnesses if effect else 0),
        )
    return say(
        "It waits for witnesses: %(n)s of the %(quorum)s that its agreement asks for have cosigned it.",
        n=say.number(effect.cosigned),
        quorum=say.number(effect.quorum),
    )


def view(
    say: Tongue,
    known: History,
    copy: CopyId,
    *,
    mine: bool,
    outside: bool,
    effect: InEffect | None,
    words: str | None = None,
) -> CopyView | None:
    given = copy_of(known, copy)
    if given is None:
        return None
    fact = given.fact
    names = Names(known, say)
    released = next((r for r in known.of(ItemReleased) if r.fact.release == fact.release), None)
    receipt = next((r for r in known.of(CopyReceived) if r.fact.copy == copy), None)
    waits = waiting(say, effect)
    if waits is not None and mine:
        return CopyView(copy=copy, telling=None, facts=[], received=None, receipt_href=None, waits=waits)
    rows: list[tuple[str, Shown]] = [
        (label(say, CopyReleased, "item"), fact.item if outside else names.item(fact.item).link()),
        (
            label(say, CopyReleased, "unit"),
            names.unit(fact.unit).name if outside else names.unit(fact.unit).link(),
        ),
        (label(say, CopyReleased, "recipient"), say("you") if mine else names.person(fact.recipient).link()),
        (say("Given"), say.happened(given)),
    ]
    if released is not None:
        rows += [
            (label(say, ItemReleased, "extent"), say(released.fact.extent)),
            (label(say, ItemReleased, "manner"), say(released.fact.manner)),
        ]
    return CopyView(
        copy=copy,
        telling=given.told.telling if given.told else None,
        facts=rows,
        received=say.happened(receipt) if receipt else None,
        receipt_href=f"/copies/{copy}/receipt" if mine and receipt is None and not given.told else None,
        waits=waits,
        text=words if mine else None,
    )
