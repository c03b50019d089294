"""Organisations and units, their vetting, and what is alleged of them."""

from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, Recorded, Role, about
from tearline.facts.parties import (
    AllegationAssessed,
    AllegationRecorded,
    JusticeStepsFound,
    OrganisationRegistered,
    PersonEnrolled,
    UnitFormed,
    UnitStoodDown,
    UnitVettingDecided,
)
from tearline.facts.words import Words
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
    allowed = frozenset({Role.VETTING_OFFICER, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        decider = about(f"organisation:{self.fact.decided_by}", kinds=(OrganisationRegistered,))
        return decider | about(f"unit:{self.fact.unit}", kinds=(UnitFormed,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, UnitFormed, "unit", self.fact.unit, UNIT)
        require(known, OrganisationRegistered, "organisation", self.fact.decided_by, ORGANISATION)
        a_pass_ends(self.fact.outcome, self.fact.valid_until, act, self.fact.unit)
        return [act.says(self.fact)]


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
    allowed = frozenset({Role.INVESTIGATOR, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        return about(f"allegation:{self.fact.allegation}", kinds=(AllegationRecorded,))

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
        return [act.says(self.fact)]


class JudgeJusticeSteps(Says[JusticeStepsFound]):
    """What is found of the steps to justice after an allegation; of two findings of one day the worse stands."""

    allowed = frozenset({Role.INVESTIGATOR, Role.VETTING_OFFICER, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        asked = about(f"allegation:{self.fact.allegation}", kinds=(AllegationRecorded,))
        told = self.fact.reported_to
        return asked | about(f"organisation:{told}", kinds=(OrganisationRegistered,)) if told else asked

    def decide(self, known: History, act: Act) -> list[Draft]:
        require_after(_alleged(known, self.fact), act, self.fact.allegation)
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
