"""Organisations and units, their vetting, and what is alleged of them."""

from tearline.facts.errors import Refused
from tearline.facts.history import Actor, Draft, History, Question, Recorded, Role, about
from tearline.facts.identifiers import UnitId
from tearline.facts.parties import (
    AllegationAssessed,
    AllegationRecorded,
    JusticeStepsFound,
    OfficeLeft,
    OfficeTaken,
    OrganisationRegistered,
    PersonEnrolled,
    UnitFormed,
    UnitStoodDown,
    UnitVettingDecided,
)
from tearline.facts.words import Words
from tearline.folds.duties import acts_alone
from tearline.folds.people import People
from tearline.rooms import Act, Says, require, require_after, require_new
from tearline.rooms.parties.passes import a_pass_ends

ORGANISATION = Words("organisation", "la institución")
UNIT = Words("unit", "la unidad")
ALLEGATION = Words("allegation", "la acusación")
REGISTRARS = frozenset({Role.VETTING_OFFICER, Role.LIAISON, Role.CHRONICLER})


class RegisterOrganisation(Says[OrganisationRegistered]):
    allowed = REGISTRARS

    def question(self, known: History) -> Question:
        return about(f"organisation:{self.fact.organisation}", kinds=(OrganisationRegistered,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require_new(known, OrganisationRegistered, "organisation", self.fact.organisation, ORGANISATION)
        return [act.says(self.fact)]


class FormUnit(Says[UnitFormed]):
    allowed = REGISTRARS

    def question(self, known: History) -> Question:
        organisation = about(f"organisation:{self.fact.organisation}", kinds=(OrganisationRegistered,))
        return organisation | about(f"unit:{self.fact.unit}", kinds=(UnitFormed,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, OrganisationRegistered, "organisation", self.fact.organisation, ORGANISATION)
        require_new(known, UnitFormed, "unit", self.fact.unit, UNIT)
        return [act.says(self.fact)]


class StandDownUnit(Says[UnitStoodDown]):
    allowed = REGISTRARS

    def question(self, known: History) -> Question:
        return about(f"unit:{self.fact.unit}", kinds=(UnitFormed, UnitStoodDown))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, UnitFormed, "unit", self.fact.unit, UNIT)
        require_new(
            known,
            UnitStoodDown,
            "unit",
            self.fact.unit,
            Words("standing down of unit", "la baja de la unidad"),
        )
        return [act.says(self.fact)]


class DecideUnitVetting(Says[UnitVettingDecided]):
    """Nobody vets the unit that they serve in."""

    allowed = frozenset({Role.VETTING_OFFICER, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        decider = about(f"organisation:{self.fact.decided_by}", kinds=(OrganisationRegistered,))
        return decider | about(f"unit:{self.fact.unit}", kinds=(UnitFormed,))

    def asks_of(self, known: History, by: Actor) -> Question:
        return _serving(by)

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, UnitFormed, "unit", self.fact.unit, UNIT)
        require(known, OrganisationRegistered, "organisation", self.fact.decided_by, ORGANISATION)
        a_pass_ends(self.fact.outcome, self.fact.valid_until, act, self.fact.unit)
        _not_ones_own_unit(known, self.fact.unit, act)
        return [act.says(self.fact)]


def _serving(by: Actor) -> Question:
    return about(f"person:{by.person}", kinds=(OfficeTaken, OfficeLeft))


def _not_ones_own_unit(known: History, unit: UnitId, act: Act) -> None:
    """Refuse whoever serves in the unit now, or did when it is said to have been decided."""
    for at in {act.at, act.now} if acts_alone(act.by) else ():
        office = People(known, at).offices.get(act.by.person)
        if office is not None and office.fact.unit == unit:
            raise Refused(
                "not-ones-own-unit",
                Words(
                    "nobody decides what stands of the unit that they serve in",
                    "nadie resuelve lo que consta de la unidad en que sirve",
                ),
                (unit,),
            )


class RecordAllegation(Says[AllegationRecorded]):
    allowed = frozenset(
        {Role.VETTING_OFFICER, Role.INVESTIGATOR, Role.LIAISON, Role.CASE_AGENT, Role.CHRONICLER}
    )

    def question(self, known: History) -> Question:
        asked = about(f"allegation:{self.fact.allegation}", kinds=(AllegationRecorded,))
        asked |= about(f"unit:{self.fact.unit}", kinds=(UnitFormed,))
        person = self.fact.person
        return asked | about(f"person:{person}", kinds=(PersonEnrolled,)) if person else asked

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, UnitFormed, "unit", self.fact.unit, UNIT)
        require_new(known, AllegationRecorded, "allegation", self.fact.allegation, ALLEGATION)
        if self.fact.person:
            require(known, PersonEnrolled, "person", self.fact.person, Words("person", "la persona"))
        return [act.says(self.fact)]


class AssessAllegation(Says[AllegationAssessed]):
    """By somebody who neither recorded it, nor is accused, nor serves in the unit.

    That it is unfounded takes two: it counts when a second investigator finds it too (``folds.people``).
    """

    allowed = frozenset({Role.INVESTIGATOR, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        return about(f"allegation:{self.fact.allegation}", kinds=(AllegationRecorded,))

    def asks_of(self, known: History, by: Actor) -> Question:
        return _serving(by)

    def decide(self, known: History, act: Act) -> list[Draft]:
        recorded = _alleged(known, self.fact)
        if recorded.by.person == act.by.person:
            raise Refused(
                "another-pair-of-eyes",
                Words(
                    "whoever recorded an allegation does not assess it",
                    "quien registró una acusación no la evalúa",
                ),
                (self.fact.allegation,),
            )
        _not_accused(recorded, act)
        _not_ones_own_unit(known, self.fact.unit, act)
        return [act.says(self.fact)]


def _not_accused(recorded: Recorded[AllegationRecorded], act: Act) -> None:
    if recorded.fact.person == act.by.person:
        raise Refused(
            "not-the-accused",
            Words("nobody assesses what is alleged of them", "nadie evalúa aquello de que se le acusa"),
            (recorded.fact.allegation,),
        )


class JudgeJusticeSteps(Says[JusticeStepsFound]):
    """What is found of the steps to justice after an allegation; of two findings of one day the worse stands.

    That they are effective takes two people, like a finding that nothing was the matter.
    """

    allowed = frozenset({Role.INVESTIGATOR, Role.VETTING_OFFICER, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        asked = about(f"allegation:{self.fact.allegation}", kinds=(AllegationRecorded,))
        told = self.fact.reported_to
        return asked | about(f"organisation:{told}", kinds=(OrganisationRegistered,)) if told else asked

    def asks_of(self, known: History, by: Actor) -> Question:
        return _serving(by)

    def decide(self, known: History, act: Act) -> list[Draft]:
        recorded = _alleged(known, self.fact)
        require_after(recorded, act, self.fact.allegation)
        _not_accused(recorded, act)
        _not_ones_own_unit(known, self.fact.unit, act)
        if self.fact.reported_to:
            require(known, OrganisationRegistered, "organisation", self.fact.reported_to, ORGANISATION)
        return [act.says(self.fact)]


def _alleged(known: History, fact: AllegationAssessed | JusticeStepsFound) -> Recorded[AllegationRecorded]:
    """The allegation that this is about; refused when there is none, or it is about another unit."""
    require(known, AllegationRecorded, "allegation", fact.allegation, ALLEGATION)
    recorded = next(r for r in known.of(AllegationRecorded) if r.fact.allegation == fact.allegation)
    if recorded.fact.unit != fact.unit:
        raise Refused(
            "same-unit",
            Words("this allegation is about another unit", "esta acusación es sobre otra unidad"),
            (fact.allegation,),
        )
    return recorded
