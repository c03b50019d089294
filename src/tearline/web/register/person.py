"""One person, as each report tells of them: the versions side by side, what became of them, and where they were."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.history import each
from tearline.facts.identifiers import VictimId
from tearline.facts.register import ConditionEstablished, IncidentRecorded, VictimReported
from tearline.folds.conditions import established, latest_first
from tearline.folds.victims import grouping
from tearline.web.places import entry_of
from tearline.web.register.condition import condition_of
from tearline.web.register.listing import name_of, opened
from tearline.web.register.places import places, reported, served, standing
from tearline.web.register.report import Row, ages, seen, testimony
from tearline.web.show import Shown, begun, label, plain, text
from tearline.web.visit import Visit, Visiting, absent

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """``versions``: a row for each report that names them."""

    victim: str
    title: Shown
    telling: str | None
    condition: str
    versions: list[list[object]]
    known: list[Row]
    history: list[list[object]]
    reported: list[Row]
    incidents: list[list[object]]
    withdrawn: int


@router.get("/harm/people/{victim}")
def one_person(visit: Visiting) -> Response:
    visit.own_side()
    victim = VictimId(visit.identifier("victim"))
    found = view(visit, victim)
    return visit.page(
        "harm/person.html",
        places=places(visit),
        page=found,
        adds=served(visit, f"/harm/people/{victim}/condition"),
        linkage=served(visit, "/harm/linkage"),
    )


def view(visit: Visit, victim: VictimId) -> PersonView:
    say = visit.say
    closed = standing(visit)
    mine = reported(visit, closed)
    report_of = {r.fact.victim: r.fact.report for r in closed.of(VictimReported)}
    groups = grouping(closed)
    if victim not in groups.of:
        raise absent()
    together = [v for v in groups.together(victim) if report_of[v] in mine]
    group = [v for v in together if mine[report_of[v]].withdrawn is None]
    if victim not in together or not (group or together):
        raise absent()
    names = opened(visit, group)
    first = names[group[0]].fact if group else None
    told = testimony(visit) or mine[report_of[victim]].recorded.told is not None
    incidents = {mine[report_of[v]].fact.incident for v in group} - {None}
    recorded = [r for r in closed.of(IncidentRecorded) if r.fact.incident in incidents]
    telling = mine[report_of[victim]].recorded.told
    return PersonView(
        victim=victim,
        title=name_of(say, first) if first else say("A person whose reports were withdrawn"),
        telling=telling.telling if telling else None,
        condition=condition_of(say, established(closed), group, names) if group else "—",
        versions=[
            [
                (report_of[v], f"/harm/reports/{report_of[v]}"),
                mine[report_of[v]].fact.list or "—",
                text(say, names[v].fact, "given_names"),
                text(say, names[v].fact, "paternal_surname"),
                text(say, names[v].fact, "maternal_surname"),
                text(say, names[v].fact, "alias"),
                ages(say, names[v].fact),
                seen(say, names[v].fact),
                text(say, names[v].fact, "place"),
            ]
            for v in group
        ],
        known=[
            (f"{label(say, VictimReported, field)} ({report_of[v]})", said)
            for field in ("born", "kin", *(("national_id",) if told else ()))
            for v in group
            if (said := text(say, names[v].fact, field)) != "—"
        ],
        history=_history(visit, group, told=told),
        reported=[
            (
                say("As reported in %(report)s", report=report_of[v]),
                plain(say, names[v].fact.condition),
            )
            for v in group
        ],
        incidents=[
            [
                (
                    f"{begun(plain(say, r.fact.harm))}, {r.fact.place}",
                    f"/harm/incidents/{r.fact.incident}",
                ),
                say.day(r.fact.first_day),
            ]
            for r in recorded
        ],
        withdrawn=len(together) - len(group),
    )


def _history(visit: Visit, group: list[VictimId], *, told: bool) -> list[list[object]]:
    """What was established, the latest day first; by whom it was said, to those who open testimony."""
    if not group:
        return []
    say = visit.say
    known = visit.read(each("victim", group, (ConditionEstablished,)))
    return [
        [
            (plain(say, r.fact.condition), entry_of(r)),
            plain(say, r.fact.day),
            plain(say, r.fact.basis),
            *([text(say, r.fact, "said")] if told else []),
            say.moment(r.known_at, r.precision),
        ]
        for r in latest_first(established(known), group)
    ]
