"""Reports, people and incidents as lists, a page of each at a time. What a list does not show is not opened for it."""

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.fact import Seal, Sealed
from tearline.facts.harm import HarmReported, SourceClass
from tearline.facts.history import History, Recorded, each
from tearline.facts.identifiers import ReportId, VictimId
from tearline.facts.reading import HARD
from tearline.facts.register import IncidentRecorded, Purpose, VictimReported
from tearline.folds.conditions import established
from tearline.folds.register import Reported
from tearline.folds.victims import grouping
from tearline.web.access import Access
from tearline.web.look import tag
from tearline.web.parts import shown
from tearline.web.register.condition import condition_of
from tearline.web.register.places import places, reported, served, standing
from tearline.web.show import Shown, begun, plain, ranged, text
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit, Visiting, absent

router = APIRouter()

OUT = "/harm/export.csv"
CONSENTS = ("given", "of-record", "none", "ended", "withdrawn")
NAMES = ("given_names", "paternal_surname", "maternal_surname")


def consent_state(one: Reported, day: date) -> str:
    """How its consent stands on that day: one of ``CONSENTS``."""
    if one.withdrawn is not None:
        return "withdrawn"
    if one.consent is None:
        return "of-record" if one.may(Purpose.COUNT, day) else "none"
    until = one.consent.fact.until
    return "given" if until is None or day <= until else "ended"


def consent_words(say: Tongue, state: str) -> str:
    return {
        "given": say("consent given"),
        "of-record": say("of record, needs none"),
        "none": say("nobody consented"),
        "ended": say("consent ended"),
        "withdrawn": say("withdrawn"),
    }[state]


def consent_tag(say: Tongue, state: str) -> Shown:
    shape = {"given": "release", "of-record": "info", "none": "hold", "ended": "hold", "withdrawn": "refuse"}
    return tag(say, consent_words(say, state), shape[state])


def titled(say: Tongue, fact: HarmReported) -> str:
    """What a report tells of, and of how many."""
    return f"{begun(plain(say, fact.harm))}: {ranged(say, fact.least, fact.most)}"


def name_of(say: Tongue, fact: VictimReported) -> Shown:
    """The name as given: given names and surnames, or another name; sealed where it is closed."""
    for field in (*NAMES, "alias"):
        held: Sealed[str | None] = getattr(fact, field)
        if held.seal is not Seal.OPEN:
            return text(say, fact, field)
    said = [str(getattr(fact, name).value) for name in NAMES if getattr(fact, name).value]
    alias = fact.alias.value
    if not said:
        return f"“{alias}”"
    return " ".join(said) + (f" “{alias}”" if alias else "")


@router.get("/harm/reports")
def reports(visit: Visiting) -> Response:
    visit.own_side()
    say, today = visit.say, visit.now.date()
    known = standing(visit)
    mine = reported(visit, known)
    asked = {name: visit.request.query_params.get(name, "") for name in ("list", "class", "consent")}
    lists = sorted({one.fact.list for one in mine.values() if one.fact.list})
    found = [one for one in reversed(list(mine.values())) if _fits(one, asked, today)]
    page = shown(found, visit.place("from"))
    named: dict[ReportId, int] = {}
    for r in known.of(VictimReported):
        named[r.fact.report] = named.get(r.fact.report, 0) + 1

    def row(one: Reported) -> list[object]:
        fact = one.fact
        return [
            (titled(say, fact), f"/harm/reports/{fact.report}"),
            named.get(fact.report, 0),
            plain(say, fact.place),
            plain(say, fact.source_class),
            fact.list or None,
            consent_tag(say, consent_state(one, today)),
            say.telling(one.recorded.told.telling) if one.recorded.told else plain(say, fact.received),
        ]

    return visit.page(
        "harm/reports.html",
        places=places(visit),
        page=page.part(row),
        asked=asked,
        filtered=any(asked.values()),
        options={
            "list": [(name, name) for name in lists],
            "class": [(one.value, say(one)) for one in SourceClass],
            "consent": [(state, consent_words(say, state)) for state in CONSENTS],
        },
        rest="&".join(f"{name}={value}" for name, value in asked.items() if value),
        export=export_of(visit),
    )


def export_of(visit: Visit) -> str:
    """Where the table is given out, if to this reader at all: behind the reason for it where a reason is asked."""
    if not served(visit, OUT):
        return ""
    asked = Access(visit.role, visit.actor.person).opening & HARD
    return f"/readings/new?page={quote(OUT, safe='')}" if asked else OUT


def _fits(one: Reported, asked: Mapping[str, str], day: date) -> bool:
    return (
        (not asked["list"] or one.fact.list == asked["list"])
        and (not asked["class"] or one.fact.source_class.value == asked["class"])
        and (not asked["consent"] or consent_state(one, day) == asked["consent"])
    )


@router.get("/harm/people")
def people(visit: Visiting) -> Response:
    """Each person once, under the name that was reported first; those of withdrawn reports are not among them."""
    visit.own_side()
    say = visit.say
    known = standing(visit)
    mine = reported(visit, known)
    groups = grouping(known)
    report_of = {r.fact.victim: r.fact.report for r in known.of(VictimReported)}
    there = [
        [v for v in victims if report_of[v] in mine and mine[report_of[v]].withdrawn is None]
        for victims in groups.people.values()
    ]
    page = shown([group for group in there if group], visit.place("from"))
    names = opened(visit, [victim for group in page.items for victim in group])
    became = established(known)

    def row(group: Sequence[VictimId]) -> list[object]:
        first = names[group[0]].fact
        lists = {mine[report_of[v]].fact.list for v in group}
        return [
            (name_of(say, first), f"/harm/people/{group[0]}"),
            text(say, first, "seen_from"),
            text(say, first, "place"),
            len(group),
            len([one for one in lists if one]),
            condition_of(say, became, group, names),
        ]

    return visit.page("harm/people.html", places=places(visit), page=page.part(row))


def opened(visit: Visit, victims: Sequence[VictimId]) -> Mapping[VictimId, Recorded[VictimReported]]:
    """These people as this reader may see them, and nobody else."""
    known = visit.read(each("victim", list(victims), (VictimReported,))) if victims else History()
    return {r.fact.victim: r for r in known.of(VictimReported)}


@router.get("/harm/incidents")
def incidents(visit: Visiting) -> Response:
    visit.own_side()
    say = visit.say
    known = standing(visit)
    mine = reported(visit, known)
    told: dict[str, int] = {}
    for one in mine.values():
        if one.fact.incident:
            told[one.fact.incident] = told.get(one.fact.incident, 0) + 1
    recorded = sorted(known.of(IncidentRecorded), key=lambda r: (r.told is not None, -r.position))
    page = shown(recorded, visit.place("from"))

    def row(r: Recorded[IncidentRecorded]) -> list[object]:
        fact = r.fact
        return [
            (f"{begun(plain(say, fact.harm))}, {fact.place}", f"/harm/incidents/{fact.incident}"),
            say.days(fact.first_day, fact.last_day),
            plain(say, fact.place_precision),
            told.get(fact.incident, 0),
            say.telling(r.told.telling) if r.told else None,
        ]

    return visit.page("harm/incidents.html", places=places(visit), page=page.part(row))


def report_or_absent(visit: Visit, name: ReportId) -> None:
    """The page of things that are not there, unless this report is there for whoever reads."""
    if name not in reported(visit, standing(visit)):
        raise absent()
