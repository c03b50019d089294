"""A person: their status at an instant, who stands above them, and how it came about."""

from dataclasses import dataclass
from datetime import datetime

from tearline.facts.history import History, Question, Recorded
from tearline.facts.identifiers import PersonId
from tearline.facts.parties import CourseHeld, OfficeLeft, OfficeTaken, PersonEnrolled, UnitFormed
from tearline.folds.people import People, people_question, upwards
from tearline.web.chain import Chain, chain_of
from tearline.web.names import Names, names_question
from tearline.web.parties.past import Past, Then, past
from tearline.web.places import entry_of
from tearline.web.show import Shown, label, text
from tearline.web.tongue import Tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    person: str
    name: str
    telling: str | None
    facts: list[tuple[str, Shown]]
    chain: Chain | None
    past: Past | None
    offices: list[tuple[str, str, str]]
    courses: list[tuple[str, str, str]]
    then: Then
    at: str


def page_question(known: History, person: PersonId) -> Question:
    units = frozenset(r.fact.unit for r in known.of(OfficeTaken))
    return people_question(upwards(known, (person,)), units) | names_question(known)


def enrolled(known: History, person: PersonId) -> Recorded[PersonEnrolled] | None:
    return next((r for r in known.of(PersonEnrolled) if r.fact.person == person), None)


def view(say: Tongue, known: History, person: PersonId, then: Then, end: datetime) -> PersonView | None:
    who = enrolled(known, person)
    if who is None:
        return None
    names = Names(known, say)
    history = then.of(known)
    people = People(history, then.at)
    office = people.offices.get(person)
    return PersonView(
        person=person,
        name=names.person(person).name,
        telling=who.told.telling if who.told else None,
        facts=[
            (label(say, PersonEnrolled, "description"), text(say, who.fact, "description")),
            (label(say, PersonEnrolled, "organisation"), names.organisation(who.fact.organisation)),
            (label(say, OfficeTaken, "office"), text(say, office.fact, "office") if office else "—"),
            (label(say, OfficeTaken, "unit"), names.unit(office.fact.unit).link() if office else "—"),
        ],
        chain=chain_of(
            say, people, names, recipients=(person,), unit=office.fact.unit, top=None, of_release=False
        )
        if office and office.fact.unit in {r.fact.unit for r in history.of(UnitFormed)}
        else None,
        past=past(say, known, names, lambda p: p.weakest(person), then=then, end=end),
        offices=[
            (
                say(type(r.fact).in_words) + f": {names.unit(r.fact.unit).name}",
                say.happened(r),
                entry_of(r),
            )
            for r in known
            if isinstance(r.fact, OfficeTaken | OfficeLeft) and r.fact.person == person
        ],
        courses=[
            (r.fact.module, say.happened(r), entry_of(r))
            for r in known.of(CourseHeld)
            if person in r.fact.persons
        ],
        then=then,
        at=say.day(then.at),
    )
