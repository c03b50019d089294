"""Who may act about a leak: nobody who had a part in what leaked, and in an investigation only whom it names."""

from collections.abc import Iterable

from tearline.facts.errors import Refused
from tearline.facts.history import History, Question, Recorded, Role
from tearline.facts.identifiers import CompromiseId, InvestigationId, ItemId, PersonId
from tearline.facts.leaks import CompromiseReported, InvestigationOpened
from tearline.facts.words import Words
from tearline.folds.duties import acts_alone, asks_leak, had_a_part
from tearline.folds.investigations import Investigation, asks_investigation, investigation_of
from tearline.rooms import Act, unknown

COMPROMISE = Words("compromise", "el compromiso")
INVESTIGATION = Words("investigation", "la investigación")
INVESTIGATING = frozenset({Role.INVESTIGATOR, Role.OVERSEER, Role.CHRONICLER})


def leak_of(
    known: History, compromise: CompromiseId, item: ItemId | None = None
) -> Recorded[CompromiseReported]:
    """The leak of this name; refused where there is none, or where it is of another item."""
    found = next((r for r in known.of(CompromiseReported) if r.fact.compromise == compromise), None)
    if found is None:
        raise unknown(COMPROMISE, compromise)
    if item is not None and found.fact.item != item:
        raise Refused(
            "same-item",
            Words("that compromise is of another item", "ese compromiso es de otro elemento"),
            (compromise,),
        )
    return found


def require_no_part(known: History, leak: Recorded[CompromiseReported], people: Iterable[PersonId]) -> None:
    """Refuse if one of these people had a part in what leaked."""
    for person in sorted(had_a_part(known, leak).intersection(people)):
        raise Refused(
            "no-part-in-it",
            Words(
                f"{person} had a part in what leaked and may neither look into it nor say who does or what follows",
                f"{person} tuvo parte en lo que se filtró y no puede indagarlo ni decir quién lo hace o qué sigue",
            ),
            (person,),
        )


def alone(act: Act) -> list[PersonId]:
    """Whoever acts, unless it is the chronicler of a case, who stands for everybody in it."""
    return [act.by.person] if acts_alone(act.by) else []


def asks_within(known: History, name: InvestigationId) -> Question:
    """All that decides who may act in an investigation, and all that is in it; ask until it no longer widens."""
    asked = asks_investigation(name)
    for opened in known.of(InvestigationOpened):
        if opened.fact.investigation == name:
            asked |= asks_leak(known, opened.fact.compromise)
    return asked


def opened(known: History, name: InvestigationId) -> tuple[Investigation, Recorded[CompromiseReported]]:
    """An open investigation and its leak; refused where it was never opened, or a finding has closed it."""
    found = investigation_of(known, name)
    if found is None:
        raise unknown(INVESTIGATION, name)
    if not found.open:
        raise Refused(
            "investigation-open",
            Words(
                "a finding has closed this investigation; what comes to light now takes another one",
                "una conclusión cerró esta investigación; lo que surja ahora requiere otra",
            ),
            (name,),
        )
    return found, leak_of(known, found.opened.fact.compromise)


def within(
    known: History, act: Act, name: InvestigationId
) -> tuple[Investigation, Recorded[CompromiseReported]]:
    """The same for one of its named investigators, who still has no part in it; anybody else is refused."""
    found, leak = opened(known, name)
    for person in alone(act):
        if person not in found.investigators:
            raise Refused(
                "named-investigator",
                Words(
                    "in an investigation only those whom it names act",
                    "en una investigación solo actúa quien ella nombra",
                ),
                (name,),
            )
    require_no_part(known, leak, alone(act))
    return found, leak
