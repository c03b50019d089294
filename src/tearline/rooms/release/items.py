"""Items: what is known, what the source warned of, who could have known, who is at risk."""

from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, Role, about
from tearline.facts.identifiers import ItemId
from tearline.facts.parties import OrganisationRegistered, UnitFormed
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
from tearline.rooms import Act, Says, require, require_after, require_new

ITEM = Words("item", "el elemento")
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
    allowed = frozenset({Role.SENIOR_OFFICER, Role.RELEASING_OFFICER, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        return about(f"warning:{self.fact.warning}", kinds=(SourceWarned, SourceWarningAnswered))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, SourceWarned, "warning", self.fact.warning, Words("warning", "la advertencia"))
        for warned in known.of(SourceWarned):
            if warned.fact.item != self.fact.item:
                raise Refused(
                    "same-item",
                    Words("this warning is about another item", "esta advertencia es sobre otro elemento"),
                    (self.fact.warning,),
                )
            require_after(warned, act, self.fact.warning)
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
    allowed = frozenset({Role.LIAISON, Role.PARTNER_LIAISON, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        return _item(self.fact.item) | about(f"unit:{self.fact.unit}", kinds=(UnitFormed,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, ItemRegistered, "item", self.fact.item, ITEM)
        require(known, UnitFormed, "unit", self.fact.unit, Words("unit", "la unidad"))
        return [act.says(self.fact)]


def _item(item: ItemId) -> Question:
    return about(f"item:{item}", kinds=(ItemRegistered,))
