"""What is found out about an item before it goes anywhere, how its source stands, and what its originator answers.

Each can be recorded again; ``folds.screening`` says which counts, so that nobody gets a release by repeating it.
"""

from tearline.facts.history import Actor, Draft, History, Question, Role, about
from tearline.facts.identifiers import ItemId
from tearline.facts.parties import PersonEnrolled, UnitFormed
from tearline.facts.release import ItemRegistered
from tearline.facts.screening import (
    EuropolCodesSet,
    ItemScreened,
    OriginatorAnswered,
    SourceContactApproved,
    SourceStandingStated,
)
from tearline.facts.words import Words
from tearline.rooms import ITEM, Act, Says, require, require_after
from tearline.rooms.release.items import HANDLERS, asks_own, require_own


class ScreenItem(Says[ItemScreened]):
    allowed = HANDLERS | {Role.RELEASING_OFFICER, Role.SENIOR_OFFICER}

    def question(self, known: History) -> Question:
        official = about(f"person:{self.fact.control_official}", kinds=(PersonEnrolled,))
        return _registered(self.fact.item) | official

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, ItemRegistered, "item", self.fact.item, ITEM)
        require(known, PersonEnrolled, "person", self.fact.control_official, Words("person", "la persona"))
        return [act.says(self.fact)]


class SetEuropolCodes(Says[EuropolCodesSet]):
    """As the provider set them, or as whoever receives an item without them grades it."""

    allowed = HANDLERS | {Role.LIAISON, Role.RELEASING_OFFICER}

    def question(self, known: History) -> Question:
        return _registered(self.fact.item)

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, ItemRegistered, "item", self.fact.item, ITEM)
        return [act.says(self.fact)]


class RecordOriginatorsAnswer(Says[OriginatorAnswered]):
    """What a liaison officer was told by the originator. A no withdraws what was allowed before."""

    allowed = frozenset({Role.LIAISON, Role.PARTNER_LIAISON, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        return _registered(self.fact.item) | about(f"unit:{self.fact.unit}", kinds=(UnitFormed,))

    def asks_of(self, known: History, by: Actor) -> Question:
        return asks_own(by)

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, ItemRegistered, "item", self.fact.item, ITEM)
        require_own(known, self.fact.item, self.fact.unit, act)
        require(known, UnitFormed, "unit", self.fact.unit, Words("unit", "la unidad"))
        for registered in known.of(ItemRegistered):
            require_after(registered, act, self.fact.item)
        return [act.says(self.fact)]


class StateSourceStanding(Says[SourceStandingStated]):
    allowed = HANDLERS

    def question(self, known: History) -> Question:
        return _registered(self.fact.item)

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, ItemRegistered, "item", self.fact.item, ITEM)
        return [act.says(self.fact)]


class ApproveSourceContact(Says[SourceContactApproved]):
    allowed = frozenset({Role.SENIOR_OFFICER, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        return _registered(self.fact.item)

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, ItemRegistered, "item", self.fact.item, ITEM)
        return [act.says(self.fact)]


def _registered(item: ItemId) -> Question:
    return about(f"item:{item}", kinds=(ItemRegistered,))
