"""A unit: its status, its people, what is alleged of it, and what was released to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.history import History, Question, Recorded, about
from tearline.facts.identifiers import PersonId, UnitId
from tearline.facts.parties import (
    CourseHeld,
    OfficeTaken,
    OrganisationRegistered,
    UnitFormed,
    UnitStoodDown,
)
from tearline.facts.release import DisclosureRecorded, ItemReleased
from tearline.folds.people import People, people_question, unit_members_question, upwards
from tearline.web.chain import Card, Chain, chain_of, decided, unit_card_of
from tearline.web.look import link, status_tag
from tearline.web.names import Names, names_question
from tearline.web.parties.past import Past, Then, past
from tearline.web.places import entry_of, page_of
from tearline.web.show import Shown, label, text
from tearline.web.tongue import Tongue

MOST_DRAWN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitView:
    unit: str
    name: str
    telling: str | None
    card: Card
    facts: list[tuple[str, Shown]]
    past: Past | None
    members: list[list[object]]
    chain: Chain | None
    left_out: int
    """Members whose line is not drawn; the table has them."""
    allegations: list[list[object]]
    courses: list[list[object]]
    given: list[tuple[str, str, str]]
    then: Then
    at: str


def page_question(known: History, unit: UnitId) -> Question:
    members = {r.fact.person for r in known.of(OfficeTaken) if r.fact.unit == unit}
    asked = unit_members_question(unit) | people_question(upwards(known, members), (unit,))
    asked |= about(f"unit:{unit}", kinds=(CourseHeld, ItemReleased, DisclosureRecorded))
    return asked | names_question(known)


def formed(known: History, unit: UnitId) -> Recorded[UnitFormed] | None:
    return next((r for r in known.of(UnitFormed) if r.fact.unit == unit), None)


def view(say: Tongue, known: History, unit: UnitId, then: Then, end: datetime) -> UnitView | None:
    made = formed(known, unit)
    if made is None:
        return None
    names = Names(known, say)
    people = People(then.of(known), then.at)
    unit_link = people.unit_link(unit)
    members = people.members(unit)
    drawn = _weakest_first(people, members)[:MOST_DRAWN]
    rows: list[tuple[str, Shown]] = [
        (label(say, UnitFormed, "organisation"), names.organisation(made.fact.organisation)),
        (
            label(say, OrganisationRegistered, "country"),
            next(
                (
                    r.fact.country
                    for r in known.of(OrganisationRegistered)
                    if r.fact.organisation == made.fact.organisation
                ),
                "—",
            ),
        ),
        (say("Formed"), say.happened(made)),
    ]
    rows += [
        (say("Stood down"), text(say, r.fact, "reasons"))
        for r in known.of(UnitStoodDown)
        if r.fact.unit == unit
    ]
    return UnitView(
        unit=unit,
        name=names.unit(unit).name,
        telling=made.told.telling if made.told else None,
        card=unit_card_of(say, unit_link, names, post=names.organisation(made.fact.organisation)),
        facts=rows,
        past=past(say, known, names, lambda p: p.unit_link(unit), then=then, end=end),
        members=_members(say, people, names, unit),
        chain=chain_of(say, people, names, recipients=drawn, unit=unit, top=None, of_release=False)
        if drawn
        else None,
        left_out=len(members) - len(drawn),
        allegations=_allegations(say, people, unit),
        courses=[
            [(r.fact.module, entry_of(r)), say.happened(r), r.fact.officers, text(say, r.fact, "valid_until")]
            for r in known.of(CourseHeld)
            if r.fact.unit == unit
        ],
        given=[
            (names.item(r.fact.item).name, say.happened(r), page_of(r))
            for r in known
            if isinstance(r.fact, ItemReleased | DisclosureRecorded) and r.fact.unit == unit
        ],
        then=then,
        at=say.day(then.at),
    )


def _weakest_first(people: People, members: Sequence[PersonId]) -> list[PersonId]:
    """Whoever's chain is weakest stands first: where not all can be drawn, those who matter are."""
    if len(members) <= MOST_DRAWN:
        return list(members)
    return sorted(members, key=lambda person: -people.weakest(person).status.severity)


def _members(say: Tongue, people: People, names: Names, unit: UnitId) -> list[list[object]]:
    """Who serves there: own vetting, and what the chain above makes of it."""
    found: list[list[object]] = []
    for person in people.members(unit):
        own, weakest = people.own_link(person), people.weakest(person)
        through = "—"
        if weakest.who != person and weakest.status is not own.status:
            through = names.of_link(weakest).name
        found.append(
            [
                link(names.person(person).name, names.person(person).href),
                status_tag(say, own.status),
                status_tag(say, weakest.status),
                through,
                decided(say, own, names) or "—",
            ]
        )
    return found


def _allegations(say: Tongue, people: People, unit: UnitId) -> list[list[object]]:
    return [
        [
            (say(a.kind), entry_of(a.recorded)),
            say(a.standing),
            say.happened(a.recorded),
            text(say, a.recorded.fact, "account"),
        ]
        for a in people.allegations.get(unit, [])
    ]
