"""One copy, and its receipt. The recipient sees what was given to them, and nothing of why or to whom else."""

from dataclasses import dataclass

from tearline.facts.history import History, Question, Recorded, about
from tearline.facts.identifiers import CopyId
from tearline.facts.release import CopyReceived, CopyReleased, ItemReleased
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


def page_question(known: History, copy: CopyId) -> Question:
    asked = about(f"copy:{copy}", kinds=(CopyReleased, CopyReceived))
    for r in known.of(CopyReleased):
        asked |= about(f"release:{r.fact.release}", kinds=(ItemReleased,))
    return asked | names_question(known)


def copy_of(known: History, copy: CopyId) -> Recorded[CopyReleased] | None:
    return next((r for r in known.of(CopyReleased) if r.fact.copy == copy), None)


def view(say: Tongue, known: History, copy: CopyId, *, mine: bool, outside: bool) -> CopyView | None:
    given = copy_of(known, copy)
    if given is None:
        return None
    fact = given.fact
    names = Names(known, say)
    released = next((r for r in known.of(ItemReleased) if r.fact.release == fact.release), None)
    receipt = next((r for r in known.of(CopyReceived) if r.fact.copy == copy), None)
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
    )
