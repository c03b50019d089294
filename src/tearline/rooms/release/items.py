"""Items: what is known, what the source warned of, who could have known, who is at risk."""

from tearline.facts.errors import Refused
from tearline.facts.history import Actor, Draft, History, Question, Role, about
from tearline.facts.identifiers import ItemId, UnitId
from tearline.facts.parties import OrganisationRegistered, PersonEnrolled, UnitFormed
from tearline.facts.release import (
    ItemRegistered,
    KnowersListed,
    OnwardConsentGiven,
    PeopleAtRiskNamed,
    ProtectionPlanSet,
    SourceWarned,
    SourceWarningAnswered,
)
from tearline.facts.words import Words
from tearline.folds.duties import acts_alone, asks_asked
from tearline.rooms import ITEM, NOT_TOLD, Act, Says, require, require_after, require_new, unknown
from tearline.rooms.release.dissents import answers_for_another

UNIT = Words("unit", "la unidad")
HANDLERS = frozenset({Role.CASE_AGENT, Role.SOURCE_HANDLER, Role.CHRONICLER})


class RegisterItem(Says[ItemRegistered]):
    allowed = HANDLERS

    def question(self, known: History) -> Question:
        asked = about(f"item:{self.fact.item}", kinds=(ItemRegistered,))
        for organisation in (self.fact.originator, self.fact.holder):
            asked |= about(f"organisation:{organisation}", kinds=(OrganisationRegistered,))
        if self.fact.tearline_of:
            asked |= about(f"item:{self.fact.tearline_of}", kinds=(ItemRegistered,))
        return asked

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        require_new(known, ItemRegistered, "item", fact.item, ITEM)
        for organisation in (fact.originator, fact.holder):
            require(
                known,
                OrganisationRegistered,
                "organisation",
                organisation,
                Words("organisation", "la institución"),
            )
        if fact.tearline_of:
            require(known, ItemRegistered, "item", fact.tearline_of, ITEM)
            _stays_whose_it_is(known, fact)
        if fact.perishes_at is not None and fact.perishes_at <= act.at:
            raise Refused(
                "perishes-later",
                Words("an item perishes after it was obtained", "un elemento caduca después de obtenerse"),
                (fact.item,),
            )
        return [act.says(fact)]


def _stays_whose_it_is(known: History, fact: ItemRegistered) -> None:
    """Refuse a tearline version of another's item as one's own: nobody would ask its originator any more."""
    for drawn_from in known.of(ItemRegistered):
        of = drawn_from.fact
        if of.item == fact.tearline_of and (of.originator, of.holder) != (fact.originator, fact.holder):
            raise Refused(
                "tearline-stays-whose-it-is",
                Words(
                    f"a tearline version of {of.item} has its originator, {of.originator}, and its holder, {of.holder}",
                    f"una versión por debajo de la línea de {of.item} tiene su originador, {of.originator}, y su"
                    f" poseedor, {of.holder}",
                ),
                (fact.item,),
            )


class RecordSourceWarning(Says[SourceWarned]):
    allowed = HANDLERS

    def question(self, known: History) -> Question:
        return _item(self.fact.item) | about(f"warning:{self.fact.warning}", kinds=(SourceWarned,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, ItemRegistered, "item", self.fact.item, ITEM)
        require_new(known, SourceWarned, "warning", self.fact.warning, Words("warning", "la advertencia"))
        return [act.says(self.fact)]


class AnswerSourceWarning(Says[SourceWarningAnswered]):
    """In writing, by another than who recorded it, and than whoever asked for what it stands in the way of."""

    allowed = frozenset({Role.SENIOR_OFFICER, Role.RELEASING_OFFICER, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        asked = about(f"warning:{self.fact.warning}", kinds=(SourceWarned, SourceWarningAnswered))
        return asked | asks_asked(known, self.fact.item)

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, SourceWarned, "warning", self.fact.warning, Words("warning", "la advertencia"))
        for warned in known.of(SourceWarned):
            if warned.fact.item != self.fact.item:
                raise Refused(
                    "same-item",
                    Words("this warning is about another item", "esta advertencia es sobre otro elemento"),
                    (self.fact.warning,),
                )
            if acts_alone(act.by) and warned.by.person == act.by.person:
                raise Refused(
                    "another-answers",
                    Words(
                        "whoever recorded a source's warning does not answer it",
                        "quien registró la advertencia de una fuente no la responde",
                    ),
                    (self.fact.warning,),
                )
            require_after(warned, act, self.fact.warning)
        answers_for_another(known, self.fact.item, act)
        return [act.says(self.fact)]


class ListKnowers(Says[KnowersListed]):
    allowed = HANDLERS

    def question(self, known: History) -> Question:
        return _item(self.fact.item)

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, ItemRegistered, "item", self.fact.item, ITEM)
        return [act.says(self.fact)]


class NamePeopleAtRisk(Says[PeopleAtRiskNamed]):
    allowed = HANDLERS | {Role.HARM_DESK}

    def question(self, known: History) -> Question:
        return _item(self.fact.item)

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, ItemRegistered, "item", self.fact.item, ITEM)
        return [act.says(self.fact)]


class SetProtectionPlan(Says[ProtectionPlanSet]):
    allowed = HANDLERS | {Role.HARM_DESK, Role.SENIOR_OFFICER}

    def question(self, known: History) -> Question:
        return _item(self.fact.item) | about(f"plan:{self.fact.plan}", kinds=(ProtectionPlanSet,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, ItemRegistered, "item", self.fact.item, ITEM)
        require_new(known, ProtectionPlanSet, "plan", self.fact.plan, Words("plan", "el plan"))
        return [act.says(self.fact)]


class GiveOnwardConsent(Says[OnwardConsentGiven]):
    """The partner's side consents for what its own organisation originated, to units of its own: it knows no others."""

    allowed = frozenset({Role.LIAISON, Role.PARTNER_LIAISON, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        return _item(self.fact.item) | about(f"unit:{self.fact.unit}", kinds=(UnitFormed,))

    def asks_of(self, known: History, by: Actor) -> Question:
        return asks_own(by)

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, ItemRegistered, "item", self.fact.item, ITEM)
        require_own(known, self.fact.item, self.fact.unit, act)
        require(known, UnitFormed, "unit", self.fact.unit, UNIT)
        return [act.says(self.fact)]


def asks_own(by: Actor) -> Question:
    """Of which organisation somebody outside is."""
    return about(f"person:{by.person}", kinds=(PersonEnrolled,)) if by.role in NOT_TOLD else Question()


def require_own(known: History, item: ItemId, unit: UnitId, act: Act) -> None:
    """Refuse to those outside what their organisation did not originate, and others' units, as if not there."""
    if act.by.role not in NOT_TOLD:
        return
    own = {r.fact.organisation for r in known.of(PersonEnrolled) if r.fact.person == act.by.person}
    if not any(r.fact.originator in own for r in known.of(ItemRegistered)):
        raise unknown(ITEM, item)
    if not any(r.fact.organisation in own for r in known.of(UnitFormed)):
        raise unknown(UNIT, unit)


def _item(item: ItemId) -> Question:
    return about(f"item:{item}", kinds=(ItemRegistered,))
