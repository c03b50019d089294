"""Addresses of the parties' room."""

from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.history import History
from tearline.facts.identifiers import AgreementId, PersonId, UnitId
from tearline.web.parties import agreements, listing, people, protocols, rules, units
from tearline.web.parties.past import Then, then_of
from tearline.web.visit import Visit, Visiting, absent

router = APIRouter()


def _then(visit: Visit, known: History) -> tuple[Then, datetime]:
    """The instant asked for, and the end of the band: now, or the end of a telling."""
    told = [r.known_at for r in known if r.told]
    end = max(told) if told else visit.now
    asked = visit.request.query_params
    return then_of(asked.get("at", ""), asked.get("as", ""), visit.now, end), end


@router.get("/parties")
def parties(visit: Visiting) -> Response:
    visit.own_side()
    known = visit.read(listing.QUESTION)
    packs = [(p.id, visit.say(p.title)) for p in visit.node.protocols.values()]
    return visit.page("parties/list.html", page=listing.listing(visit.say, known, visit.now), protocols=packs)


@router.get("/units/{unit}")
def one_unit(visit: Visiting) -> Response:
    visit.own_side()
    unit = UnitId(visit.identifier("unit"))
    known = visit.read(lambda so_far: units.page_question(so_far, unit))
    page = units.view(visit.say, known, unit, *_then(visit, known))
    if page is None:
        raise absent()
    return visit.page("parties/unit.html", page=page)


@router.get("/people/{person}")
def one_person(visit: Visiting) -> Response:
    visit.own_side()
    person = PersonId(visit.identifier("person"))
    known = visit.read(lambda so_far: people.page_question(so_far, person))
    page = people.view(visit.say, known, person, *_then(visit, known))
    if page is None:
        raise absent()
    return visit.page("parties/person.html", page=page)


@router.get("/agreements/{agreement}")
def one_agreement(visit: Visiting) -> Response:
    visit.own_side()
    agreement = AgreementId(visit.identifier("agreement"))
    known = visit.read(lambda so_far: agreements.page_question(so_far, agreement))
    page = agreements.view(visit.say, known, agreement, visit.node.protocols, visit.now)
    if page is None:
        raise absent()
    return visit.page("parties/agreement.html", page=page)


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
        verdicts=visit.projections.work(),
        access=visit.access,
    )
    if page is None:
        raise absent()
    return visit.page("parties/rule.html", page=page)
