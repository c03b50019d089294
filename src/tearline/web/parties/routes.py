"""Addresses of the parties' room."""

from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.fact import Fact
from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import AgreementId, PersonId, UnitId
from tearline.folds.reading import asks_readers_by
from tearline.rooms.parties.persons import DecidePersonVetting
from tearline.web.forms import form
from tearline.web.parties import agreements, endorsing, listing, people, propensities, protocols, rules, units
from tearline.web.parties.past import Then, then_of
from tearline.web.policy import SITE
from tearline.web.read_by import LOOK_INTO, read_by
from tearline.web.visit import Visit, Visiting, absent

router = APIRouter()


def _then(visit: Visit, known: History, made: Recorded[Fact] | None) -> tuple[Then, datetime]:
    """The instant asked for, and the end of the band: now, or the end of the telling that made it."""
    told = [r.known_at for r in known if r.told] if made and made.told else []
    end = max(told) if told else visit.now
    asked = visit.request.query_params
    return then_of(asked.get("at", ""), asked.get("as", ""), visit.now, end, visit.say.zone), end


@router.get("/parties")
def parties(visit: Visiting) -> Response:
    visit.own_side()
    firsts = {part: visit.place(part) for part in ("units", "agreements")}
    page = listing.listing(visit.say, visit.projections.parties(), visit.now, firsts)
    packs = [(p.id, visit.say(p.title)) for p in visit.node.protocols.values()]
    return visit.page(
        "parties/list.html",
        page=page,
        protocols=packs,
        imports=visit.role in DecidePersonVetting.allowed,
    )


@router.get("/units/{unit}")
def one_unit(visit: Visiting) -> Response:
    visit.own_side()
    unit = UnitId(visit.identifier("unit"))
    known = visit.read(lambda so_far: units.page_question(so_far, unit), named=("unit", unit))
    page = units.view(visit.say, known, unit, *_then(visit, known, units.formed(known, unit)))
    if page is None:
        raise absent()
    return visit.page("parties/unit.html", page=page)


@router.get("/people/{person}")
def one_person(visit: Visiting) -> Response:
    visit.own_side()
    person = PersonId(visit.identifier("person"))
    known = visit.read(lambda so_far: people.page_question(so_far, person), named=("person", person))
    page = people.view(visit.say, known, person, *_then(visit, known, people.enrolled(known, person)))
    if page is None:
        raise absent()
    made = people.enrolled(known, person)
    told = visit.role in LOOK_INTO and made is not None and made.told is None
    read = read_by(visit, asks_readers_by("person", person), told=told)
    return visit.page("parties/person.html", page=page, read_by=read)


form(router, "/agreements/{agreement}/endorse", endorsing.endorse)
form(router, "/agreements/{agreement}/propensities/figure", propensities.figure_anew)


@router.get("/agreements/{agreement}/propensities")
def of_units(visit: Visiting) -> Response:
    visit.own_side()
    agreement = AgreementId(visit.identifier("agreement"))
    known = visit.read(lambda so_far: propensities.page_question(so_far, agreement))
    page = propensities.view(visit.say, known, agreement, visit.access)
    if page is None:
        raise absent()
    return visit.page("parties/propensities.html", page=page)


@router.get("/agreements/{agreement}")
def one_agreement(visit: Visiting) -> Response:
    visit.own_side()
    agreement = AgreementId(visit.identifier("agreement"))
    known = visit.read(lambda so_far: agreements.page_question(so_far, agreement))
    page = agreements.view(visit.say, known, agreement, visit.node.protocols, visit.now)
    if page is None:
        raise absent()
    shown = SITE.leads(f"/agreements/{agreement}/propensities", visit.role)
    return visit.page("parties/agreement.html", page=page, propensities=shown and page.telling is None)


@router.get("/protocols/{name}/{version}")
def one_protocol(visit: Visiting, name: str, version: str) -> Response:
    visit.own_side()
    pack = visit.node.protocols.get(f"{name}/{version}")
    if pack is None:
        raise absent()
    return visit.page("parties/protocol.html", page=protocols.view(visit.say, pack))


@router.get("/protocols/{name}/{version}/rules/{rule}")
def one_rule(visit: Visiting, name: str, version: str, rule: str) -> Response:
    visit.own_side()
    pack = visit.node.protocols.get(f"{name}/{version}")
    if pack is None:
        raise absent()
    page = rules.view(
        visit.say,
        pack,
        rule,
        protocols=visit.node.protocols,
        agreed=visit.read(rules.QUESTION),
        decided=rules.decided(visit, pack, rule),
        access=visit.access,
    )
    if page is None:
        raise absent()
    return visit.page("parties/rule.html", page=page)
