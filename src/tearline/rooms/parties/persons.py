"""People: enrolment, offices, superiors, vetting and training."""

from datetime import timedelta

from tearline.facts.admission import MachineRegistered
from tearline.facts.errors import Refused
from tearline.facts.history import Actor, Draft, History, Question, Role, about, each
from tearline.facts.identifiers import PersonId
from tearline.facts.parties import (
    CourseHeld,
    OfficeLeft,
    OfficeTaken,
    OrganisationRegistered,
    PersonEnrolled,
    PersonVettingDecided,
    SuperiorNamed,
    UnitFormed,
)
from tearline.facts.words import Words
from tearline.folds.duties import acts_alone
from tearline.folds.people import People, upwards
from tearline.rooms import Act, Says, require, require_new
from tearline.rooms.parties.passes import a_pass_ends

PERSON = Words("person", "la persona")
MACHINE = Words("machine", "la máquina")
UNIT = Words("unit", "la unidad")
ORGANISATION = Words("organisation", "la institución")
A_MONTH = timedelta(days=31)
THE_NODE = "node"
"""By this name the node itself acts. Nobody else is called so: their acts would pass for its own, unsigned."""
REGISTRARS = frozenset({Role.VETTING_OFFICER, Role.LIAISON, Role.CHRONICLER})


class EnrolPerson(Says[PersonEnrolled]):
    """Also by an administrator, who states who it is and never reads it again: a new node has nobody else."""

    allowed = REGISTRARS | {Role.ADMINISTRATOR}

    def question(self, known: History) -> Question:
        organisation = about(f"organisation:{self.fact.organisation}", kinds=(OrganisationRegistered,))
        return organisation | about(f"person:{self.fact.person}", kinds=(PersonEnrolled, MachineRegistered))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, OrganisationRegistered, "organisation", self.fact.organisation, ORGANISATION)
        require_new(known, PersonEnrolled, "person", self.fact.person, PERSON)
        if self.fact.person == THE_NODE:
            raise Refused(
                "the-nodes-own-name",
                Words("the node itself acts by this name", "con este nombre actúa el propio nodo"),
                (self.fact.person,),
            )
        # Whoever is enrolled can be given a key. What a machine is called never names a person.
        require_new(known, MachineRegistered, "person", self.fact.person, MACHINE)
        return [act.says(self.fact)]


class TakeOffice(Says[OfficeTaken]):
    allowed = REGISTRARS

    def question(self, known: History) -> Question:
        person = about(f"person:{self.fact.person}", kinds=(PersonEnrolled, OfficeTaken, OfficeLeft))
        return person | about(f"unit:{self.fact.unit}", kinds=(UnitFormed,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, PersonEnrolled, "person", self.fact.person, PERSON)
        require(known, UnitFormed, "unit", self.fact.unit, UNIT)
        return [act.says(self.fact)]


class LeaveOffice(Says[OfficeLeft]):
    allowed = REGISTRARS

    def question(self, known: History) -> Question:
        return about(f"person:{self.fact.person}", kinds=(PersonEnrolled, OfficeTaken, OfficeLeft))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, PersonEnrolled, "person", self.fact.person, PERSON)
        office = People(known, act.at).offices.get(self.fact.person)
        if office is None or office.fact.unit != self.fact.unit:
            raise Refused(
                "holds-the-office",
                Words("this person held no office in that unit", "esta persona no tenía cargo en esa unidad"),
                (self.fact.person, self.fact.unit),
            )
        return [act.says(self.fact)]


class NameSuperior(Says[SuperiorNamed]):
    """Refused when it would close a circle, at this time or at any other."""

    allowed = REGISTRARS

    def question(self, known: History) -> Question:
        reach = upwards(known, (self.fact.person, self.fact.superior))
        return each("person", reach, (PersonEnrolled, SuperiorNamed))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, PersonEnrolled, "person", self.fact.person, PERSON)
        require(known, PersonEnrolled, "person", self.fact.superior, PERSON)
        if self.fact.person in upwards(known, (self.fact.superior,)):
            raise Refused(
                "no-circle",
                Words(
                    f"{self.fact.superior} stands under {self.fact.person}: superiors may not form a circle",
                    f"{self.fact.superior} depende de {self.fact.person}: los superiores no pueden formar un círculo",
                ),
                (self.fact.person, self.fact.superior),
            )
        return [act.says(self.fact)]


class DecidePersonVetting(Says[PersonVettingDecided]):
    """Nobody vets themselves, nor anyone above or below them in their line, nor who vetted them in the last month.

    A subordinate would judge whom they obey, and a superior whom they answer for, in both cases with a chain whose
    status rests on the same people; and two who clear each other have not been looked at by anyone. An officer who
    vets is vetted all the same: by another, or after a month.
    """

    allowed = frozenset({Role.VETTING_OFFICER, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        decider = about(f"organisation:{self.fact.decided_by}", kinds=(OrganisationRegistered,))
        return decider | about(f"person:{self.fact.person}", kinds=(PersonEnrolled,))

    def asks_of(self, known: History, by: Actor) -> Question:
        line = each("person", upwards(known, (self.fact.person, by.person)), (SuperiorNamed,))
        return line | about(f"person:{by.person}", kinds=(PersonVettingDecided,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, PersonEnrolled, "person", self.fact.person, PERSON)
        require(known, OrganisationRegistered, "organisation", self.fact.decided_by, ORGANISATION)
        a_pass_ends(self.fact.outcome, self.fact.valid_until, act, self.fact.person)
        if act.by.person == self.fact.person:
            raise Refused(
                "nobody-vets-themselves",
                Words("nobody decides their own vetting", "nadie resuelve su propia evaluación"),
                (self.fact.person,),
            )
        if acts_alone(act.by):
            _out_of_line(known, self.fact.person, act)
            _not_in_return(known, self.fact.person, act)
        return [act.says(self.fact)]


def _out_of_line(known: History, person: PersonId, act: Act) -> None:
    """Refuse whoever stands above or below this person now, or did when it is said to have been decided."""
    for at in {act.at, act.now}:
        people = People(known, at)
        if person in people.above(act.by.person) or act.by.person in people.above(person):
            raise Refused(
                "out-of-line",
                Words(
                    "nobody decides the vetting of anyone above or below them in their own line",
                    "nadie resuelve la evaluación de quien está por encima o por debajo en su propia línea",
                ),
                (person,),
            )


def _not_in_return(known: History, person: PersonId, act: Act) -> None:
    for r in known.of(PersonVettingDecided):
        theirs = r.fact.person == act.by.person and r.by.person == person
        if theirs and act.now - r.recorded_at < A_MONTH:
            raise Refused(
                "not-in-return",
                Words(
                    "nobody decides the vetting of whoever decided theirs in the last 31 days",
                    "nadie resuelve la evaluación de quien resolvió la suya en los últimos 31 días",
                ),
                (person,),
            )


class HoldCourse(Says[CourseHeld]):
    allowed = frozenset({Role.VETTING_OFFICER, Role.LIAISON, Role.OPERATIONS_PLANNER, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        asked = about(f"unit:{self.fact.unit}", kinds=(UnitFormed,))
        asked |= about(f"course:{self.fact.course}", kinds=(CourseHeld,))
        asked |= about(f"organisation:{self.fact.instructors}", kinds=(OrganisationRegistered,))
        return asked | each("person", self.fact.persons, (PersonEnrolled,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, UnitFormed, "unit", self.fact.unit, UNIT)
        require(known, OrganisationRegistered, "organisation", self.fact.instructors, ORGANISATION)
        require_new(known, CourseHeld, "course", self.fact.course, Words("course", "el curso"))
        for person in self.fact.persons:
            require(known, PersonEnrolled, "person", person, PERSON)
        if self.fact.persons and len(self.fact.persons) != self.fact.officers:
            raise Refused(
                "counted-right",
                Words(
                    f"{len(self.fact.persons)} persons are named but {self.fact.officers} officers are counted",
                    f"se nombran {len(self.fact.persons)} personas pero se cuentan {self.fact.officers} oficiales",
                ),
                (self.fact.course,),
            )
        return [act.says(self.fact)]
