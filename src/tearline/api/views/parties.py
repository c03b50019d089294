"""Organisations, units and people with their status now or at a past instant, and what was agreed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tearline.api import schemas
from tearline.api.reading import Reading, absent
from tearline.api.recorded import moment, tell, tell_all, tell_maybe
from tearline.api.route import PAGING, Parameter, View, choice, instant
from tearline.api.schemas import TIME, Schema, flag, many, maybe, one_of, record, ref, text, told, whole
from tearline.api.views.ledger import listed
from tearline.facts.exposure import PropensitiesFigured
from tearline.facts.history import History, Question, Recorded, about
from tearline.facts.identifiers import AgreementId, OrganisationId, PersonId, UnitId
from tearline.facts.operations import CaveatDeclared
from tearline.facts.parties import (
    AgreementSigned,
    AllegationStanding,
    CourseHeld,
    OfficeTaken,
    OrganisationRegistered,
    PersonEnrolled,
    ProtocolAppliedInHindsight,
    Terms,
    UnitFormed,
)
from tearline.facts.shape import Json, record_of
from tearline.facts.words import Worded, Words
from tearline.folds.agreements import AGREEMENT_KINDS, Agreement, agreements
from tearline.folds.people import (
    Link,
    People,
    Status,
    people_question,
    unit_members_question,
    upwards,
)
from tearline.web.policy import CHECKERS, FIGURES

TERMS = record_of(Terms)


class As(Worded):
    """Which past is asked for."""

    KNOWN = "known", "as it was known then", "como se sabía entonces"
    WAS = "was", "as it was, by what is known now", "como era, según lo que hoy se sabe"


AT: Sequence[Parameter] = (
    instant("at", Words("At this instant; left out: now, or the end of a telling", "En este instante")),
    choice("as", Words("Which past; left out: as it was", "Qué pasado; si se omite: como era"), As),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """The instant that is asked for, and the history by which it is told."""

    at: datetime
    told: As
    history: History

    @classmethod
    def of(cls, reading: Reading, known: History) -> "Then":
        ends = [r.known_at for r in known if r.told]
        at = reading.instant("at") or (max(ends) if ends else reading.now)
        told = As(reading.text("as") or As.WAS)
        return cls(at=at, told=told, history=known.as_known(at) if told is As.KNOWN else known.as_it_was(at))

    def tell(self) -> dict[str, Json]:
        return {"at": moment(self.at), "as": self.told.value}


THEN: dict[str, Schema] = {"at": {"type": "string", "format": "date-time"}, "as": one_of(As)}


def link(one: Link, kind: str) -> dict[str, Json]:
    """One person or unit in a chain, with its own status and the fact that gives it."""
    return {"who": one.who, "is": kind, "status": one.status.value, "ground": tell_maybe(one.ground)}


def chain(people: People, person: PersonId, *, up_to: PersonId | None = None) -> dict[str, Json]:
    """A person, everyone above them up to the signatory, and their unit; the weakest link decides."""
    links, weakest = people.links(person, up_to=up_to), people.weakest(person, up_to=up_to)
    units = {office.fact.unit for office in people.offices.values()}
    told: list[Json] = [
        link(one, "unit" if one.who in units and n == len(links) - 1 and n else "person")
        for n, one in enumerate(links)
    ]
    return {
        "person": person,
        "status": weakest.status.value,
        "weakest": weakest.who,
        "complete": up_to is None or any(one.who == up_to for one in links),
        "links": told,
    }


LINK = record(
    {
        "who": text(),
        "is": {"type": "string", "enum": ["person", "unit"]},
        "status": one_of(Status),
        "ground": maybe(ref("Fact")),
    },
    Words(
        "One person or unit in a chain, and the fact that gives its status",
        "Un eslabón y el hecho que lo fija",
    ),
)
CHAIN = record(
    {
        "person": text(),
        "status": one_of(Status),
        "weakest": text(Words("Who decides it", "Quién lo decide")),
        "complete": flag(Words("Reaches the signatory", "Llega al firmante")),
        "links": many(ref("Link")),
    },
    Words(
        "A chain of command: only as strong as its weakest link", "Una cadena de mando y su eslabón más débil"
    ),
)


def people(reading: Reading) -> dict[str, Json]:
    return reading.facts("people", about(kinds=(PersonEnrolled,)))


def units(reading: Reading) -> dict[str, Json]:
    return reading.facts("units", about(kinds=(UnitFormed,)))


def organisations(reading: Reading) -> dict[str, Json]:
    return reading.facts("organisations", about(kinds=(OrganisationRegistered,)))


def one_organisation(reading: Reading) -> dict[str, Json]:
    name = OrganisationId(reading.identifier("organisation"))
    kinds = (OrganisationRegistered, UnitFormed, AgreementSigned)
    known = reading.read(about(f"organisation:{name}", kinds=kinds))
    found = next((r for r in known.of(OrganisationRegistered) if r.fact.organisation == name), None)
    if found is None:
        raise absent()
    return {"organisation": tell(found), "units": tell_all(known.of(UnitFormed))}


def one_person(reading: Reading) -> dict[str, Json]:
    person = PersonId(reading.identifier("person"))

    def asks(known: History) -> Question:
        served = frozenset(r.fact.unit for r in known.of(OfficeTaken))
        return people_question(upwards(known, (person,)), served)

    known = reading.read(asks)
    enrolled = next((r for r in known.of(PersonEnrolled) if r.fact.person == person), None)
    if enrolled is None:
        raise absent()
    then = Then.of(reading, known)
    stood = People(then.history, then.at)
    until = stood.trained.get(person)
    return {
        "person": tell(enrolled),
        **then.tell(),
        "own": link(stood.own_link(person), "person"),
        "chain": chain(stood, person),
        "office": tell_maybe(stood.offices.get(person)),
        "superior": stood.superior(person),
        "trained_until": moment(until) if until else None,
        "facts": tell_all([r for r in known if _concerns(r, person)]),
    }


def _concerns(recorded: Recorded[Any], person: PersonId) -> bool:
    fact = recorded.fact
    return getattr(fact, "person", None) == person or (
        isinstance(fact, CourseHeld) and person in fact.persons
    )


def one_unit(reading: Reading) -> dict[str, Json]:
    unit = UnitId(reading.identifier("unit"))

    def asks(known: History) -> Question:
        members = frozenset(r.fact.person for r in known.of(OfficeTaken) if r.fact.unit == unit)
        asked = unit_members_question(unit) | people_question(upwards(known, members), (unit,))
        return asked | about(f"unit:{unit}", kinds=(CourseHeld,))

    known = reading.read(asks)
    formed = next((r for r in known.of(UnitFormed) if r.fact.unit == unit), None)
    if formed is None:
        raise absent()
    then = Then.of(reading, known)
    stood = People(then.history, then.at)
    members: list[Json] = [
        {
            "person": person,
            "own": link(stood.own_link(person), "person"),
            "status": stood.weakest(person).status.value,
            "weakest": stood.weakest(person).who,
        }
        for person in stood.members(unit)
    ]
    return {
        "unit": tell(formed),
        **then.tell(),
        "own": link(stood.unit_link(unit), "unit"),
        "members": members,
        "allegations": [
            {
                "alleged": tell(one.recorded),
                "standing": one.standing.value,
                "justice": tell_maybe(one.justice),
            }
            for one in stood.allegations.get(unit, ())
        ],
        "facts": tell_all([r for r in known if getattr(r.fact, "unit", None) == unit]),
    }


def all_agreements(reading: Reading) -> dict[str, Json]:
    return reading.facts("agreements", about(kinds=(AgreementSigned, ProtocolAppliedInHindsight)))


def one_agreement(reading: Reading) -> dict[str, Json]:
    name = AgreementId(reading.identifier("agreement"))
    known = reading.read(about(f"agreement:{name}", kinds=(*AGREEMENT_KINDS, CaveatDeclared)))
    held = agreements(known).get(name)
    signed = [*known.of(AgreementSigned), *known.of(ProtocolAppliedInHindsight)]
    if held is None or not signed:
        raise absent()
    return {**agreement(held), "signed": tell(signed[0]), "caveats": tell_all(known.of(CaveatDeclared))}


def propensities(reading: Reading) -> dict[str, Json]:
    name = AgreementId(reading.identifier("agreement"))
    known = reading.read(about(f"agreement:{name}", kinds=(*AGREEMENT_KINDS, PropensitiesFigured)))
    held = agreements(known).get(name)
    if held is None or held.recorded is None or held.recorded.told is not None:
        raise absent()
    figured = known.of(PropensitiesFigured)
    return {"figured": tell_maybe(figured[-1] if figured else None)}


def agreement(held: Agreement) -> dict[str, Json]:
    """As it binds now, and what adoptions changed in it."""
    return {
        "agreement": held.agreement,
        "name": held.name,
        "hindsight": held.hindsight,
        "in_force_from": moment(held.in_force_from),
        "valid_until": moment(held.terms.valid_until),
        "packs": list(held.packs),
        "terms": TERMS.encode(held.terms),
        "changes": [
            {
                "position": one.position,
                "at": moment(one.at),
                "adopted": one.adopted.protocol,
                "before": TERMS.encode(one.before),
            }
            for one in held.changes
        ],
    }


MEMBER = record({"person": text(), "own": ref("Link"), "status": one_of(Status), "weakest": text()})
ALLEGATION = record(
    {
        "alleged": ref("AllegationRecorded"),
        "standing": one_of(AllegationStanding),
        "justice": maybe(ref("JusticeStepsFound")),
    }
)
AGREEMENT = {
    "agreement": text(),
    "name": text(),
    "hindsight": flag(Words("Nobody signed it: a yardstick", "Nadie lo firmó: una vara de medir")),
    "in_force_from": TIME,
    "valid_until": TIME,
    "packs": many(text(Words("Protocol texts that bind", "Textos de protocolo que obligan"))),
    "terms": told(TERMS),
    "changes": many(
        record({"position": whole(), "at": TIME, "adopted": text(), "before": told(TERMS)}),
    ),
    "signed": schemas.any_of("AgreementSigned", "ProtocolAppliedInHindsight"),
    "caveats": many(ref("CaveatDeclared")),
}

VIEWS = (
    View(
        path="/organisations",
        name="Organisations",
        words=Words("Organisations", "Instituciones"),
        answer=listed("organisations", OrganisationRegistered),
        read=organisations,
        roles=CHECKERS,
        query=PAGING,
        page=("/parties",),
    ),
    View(
        path="/organisations/{organisation}",
        name="OneOrganisation",
        words=Words("One organisation and its units", "Una institución y sus unidades"),
        answer=record({"organisation": ref("OrganisationRegistered"), "units": many(ref("UnitFormed"))}),
        read=one_organisation,
        roles=CHECKERS,
    ),
    View(
        path="/units",
        name="Units",
        words=Words("Units", "Unidades"),
        answer=listed("units", UnitFormed),
        read=units,
        roles=CHECKERS,
        query=PAGING,
        page=("/parties",),
    ),
    View(
        path="/units/{unit}",
        name="OneUnit",
        words=Words(
            "One unit: its status at an instant, who serves in it, what is alleged of it",
            "Una unidad: su estado en un instante, quiénes sirven en ella, qué se le imputa",
        ),
        answer=record(
            {
                "unit": ref("UnitFormed"),
                **THEN,
                "own": ref("Link"),
                "members": many(MEMBER),
                "allegations": many(ALLEGATION),
                "facts": many(ref("Fact")),
            }
        ),
        read=one_unit,
        query=AT,
        timed=True,
        page=("/units/{unit}",),
    ),
    View(
        path="/people",
        name="People",
        words=Words("People on record", "Personas registradas"),
        answer=listed("people", PersonEnrolled),
        read=people,
        query=PAGING,
    ),
    View(
        path="/people/{person}",
        name="OnePerson",
        words=Words(
            "One person: their status at an instant, and the chain above them that decides it",
            "Una persona: su estado en un instante y la cadena que lo decide",
        ),
        answer=record(
            {
                "person": ref("PersonEnrolled"),
                **THEN,
                "own": ref("Link"),
                "chain": ref("Chain"),
                "office": maybe(ref("OfficeTaken")),
                "superior": maybe(text()),
                "trained_until": maybe(TIME),
                "facts": many(ref("Fact")),
            }
        ),
        read=one_person,
        query=AT,
        timed=True,
        page=("/people/{person}",),
    ),
    View(
        path="/agreements",
        name="Agreements",
        words=Words("Agreements, and yardsticks for a past", "Acuerdos, y varas para medir un pasado"),
        answer=listed("agreements", AgreementSigned, ProtocolAppliedInHindsight),
        read=all_agreements,
        roles=CHECKERS,
        query=PAGING,
        page=("/parties",),
    ),
    View(
        path="/agreements/{agreement}",
        name="OneAgreement",
        words=Words("One agreement, as it binds now", "Un acuerdo, como obliga hoy"),
        answer=record(AGREEMENT),
        read=one_agreement,
        roles=CHECKERS,
        page=("/agreements/{agreement}",),
    ),
    View(
        path="/agreements/{agreement}/propensities",
        name="Propensities",
        words=Words(
            "How units stand to each adversary, as last figured under an agreement",
            "Cómo están las unidades ante cada adversario, según el último cálculo bajo un acuerdo",
        ),
        answer=record({"figured": maybe(ref("PropensitiesFigured"))}),
        read=propensities,
        roles=FIGURES,
        page=("/agreements/{agreement}/propensities",),
    ),
)
SHARED = {"Link": LINK, "Chain": CHAIN}
