"""One incident: what happened, what that rests on, what it is part of, and who tells of it."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.history import about
from tearline.facts.identifiers import IncidentId
from tearline.facts.register import IncidentRecorded, VictimReported
from tearline.web.places import entry_of
from tearline.web.register.listing import name_of, opened, titled
from tearline.web.register.places import places, reported, standing
from tearline.web.register.report import Row, testimony
from tearline.web.show import Shown, begun, label, plain, text
from tearline.web.visit import Visiting, absent

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    incident: str
    title: str
    telling: str | None
    told: Shown | None
    rows: list[Row]
    linked: list[Row]
    parts: list[tuple[str, str]]
    reports: list[list[object]]
    people: list[list[object]]


@router.get("/harm/incidents/{incident}")
def one_incident(visit: Visiting) -> Response:
    visit.own_side()
    say, name = visit.say, IncidentId(visit.identifier("incident"))
    closed = standing(visit)
    there = {r.fact.incident: r for r in closed.of(IncidentRecorded)}
    if name not in there:
        raise absent()
    (recorded,) = visit.read(about(f"incident:{name}", kinds=(IncidentRecorded,))).of(IncidentRecorded)
    fact = recorded.fact
    testified = testimony(visit) or recorded.told is not None
    mine = {
        report: one
        for report, one in reported(visit, closed).items()
        if one.fact.incident == name and one.withdrawn is None
    }
    victims = [r.fact.victim for r in closed.of(VictimReported) if r.fact.report in mine]
    names = opened(visit, victims)
    fields = ("first_day", "last_day", "place", "place_precision", *(("actor", "basis") if testified else ()))
    linked: list[Row] = []
    if fact.part_of:
        linked.append(
            (label(say, IncidentRecorded, "part_of"), fact.part_of, f"/harm/incidents/{fact.part_of}")
        )
    if fact.compromise:
        linked.append(
            (label(say, IncidentRecorded, "compromise"), fact.compromise, f"/leaks/{fact.compromise}")
        )
    if fact.release:
        linked.append((label(say, IncidentRecorded, "release"), fact.release, f"/disclosures/{fact.release}"))
    if fact.operation:
        linked.append(
            (label(say, IncidentRecorded, "operation"), fact.operation, f"/operations/{fact.operation}")
        )
    page = IncidentView(
        incident=name,
        title=f"{begun(plain(say, fact.harm))}, {fact.place}",
        telling=recorded.told.telling if recorded.told else None,
        told=text(say, fact, "told") if testified else None,
        rows=[
            *((label(say, IncidentRecorded, field), text(say, fact, field)) for field in fields),
            (say("Recorded"), say.moment(recorded.known_at, recorded.precision), entry_of(recorded)),
        ],
        linked=linked,
        parts=[
            (f"{begun(plain(say, r.fact.harm))}, {r.fact.place}", f"/harm/incidents/{r.fact.incident}")
            for r in there.values()
            if r.fact.part_of == name
        ],
        reports=[
            [
                (titled(say, one.fact), f"/harm/reports/{report}"),
                plain(say, one.fact.source_class),
                one.fact.list or None,
            ]
            for report, one in mine.items()
        ],
        people=[
            [(name_of(say, names[v].fact), f"/harm/people/{v}"), plain(say, names[v].fact.condition)]
            for v in victims
            if v in names
        ],
    )
    return visit.page("harm/incident.html", places=places(visit), page=page)
