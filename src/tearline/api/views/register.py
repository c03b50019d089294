"""The register of those harmed: what stands, each report, who is who, and incidents; cut to whoever asks."""

from tearline.api import schemas
from tearline.api.reading import Reading, absent
from tearline.api.recorded import tell, tell_all, tell_maybe
from tearline.api.route import PAGING, View
from tearline.api.schemas import many, maybe, record, ref, text, whole
from tearline.api.views.ledger import listed
from tearline.facts.harm import HarmReported
from tearline.facts.history import History, about, each
from tearline.facts.identifiers import IncidentId, ReportId, VictimId
from tearline.facts.register import (
    ConditionEstablished,
    ConsentGiven,
    FileKept,
    FilePassed,
    IncidentRecorded,
    VictimReported,
)
from tearline.facts.shape import Json
from tearline.facts.words import Words
from tearline.folds.conditions import established, latest_first
from tearline.folds.register import counted, reports_of, unnamed
from tearline.folds.victims import grouping
from tearline.web.policy import NAMES, REGISTER
from tearline.web.register.listing import CONSENTS, consent_state
from tearline.web.register.places import STANDING, live_for, there_for
from tearline.web.register.report import asks


def _closed(reading: Reading) -> History:
    """The register with nothing opened."""
    known, _ = reading.node.gather(lambda _: STANDING)
    return known


def register(reading: Reading) -> dict[str, Json]:
    live = live_for(reading.actor, _closed(reading))
    today = reading.now.date()
    reports, people = reports_of(live), grouping(live)
    least, most = unnamed(live, today)
    return {
        "reports": len(reports),
        "withdrawn": sum(one.withdrawn is not None for one in reports.values()),
        "copied": sum(one.fact.copied_from is not None for one in reports.values()),
        "counting": sum(one.counts(today) for one in reports.values()),
        "named": len(live.of(VictimReported)),
        "people": len(people.people),
        "people_counting": len({people.of[victim] for victim in counted(live, today)}),
        "unnamed_least": least,
        "unnamed_most": most,
        "incidents": len(live.of(IncidentRecorded)),
    }


def one_report(reading: Reading) -> dict[str, Json]:
    name = ReportId(reading.identifier("report"))
    closed = _closed(reading)
    if name not in there_for(reading.actor, closed):
        raise absent()
    named = name not in reading.access.withdrawn
    known = reading.read(lambda so_far: asks(so_far, name, named=named))
    one = reports_of(known)[name]
    return {
        "report": tell(one.recorded),
        "consent": consent_state(one, reading.now.date()),
        "consents": tell_all(known.of(ConsentGiven)),
        "withdrawn": tell_maybe(one.withdrawn),
        "people": tell_all(known.of(VictimReported)),
        "files": tell_all(known.of(FileKept)),
        "custody": tell_all(known.of(FilePassed)),
        "copies": [
            r.fact.report
            for r in closed.of(HarmReported)
            if r.fact.copied_from == name and not reading.access.hides(r)
        ],
    }


def _groups(reading: Reading, known: History) -> list[list[VictimId]]:
    """Everybody once, as those reported of them, without what was withdrawn or is not there for this reader."""
    mine = there_for(reading.actor, known)
    usable = {
        r.fact.victim
        for r in known.of(VictimReported)
        if r.fact.report in mine and mine[r.fact.report].withdrawn is None
    }
    groups = [[v for v in some if v in usable] for some in grouping(known).people.values()]
    return [group for group in groups if group]


def people(reading: Reading) -> dict[str, Json]:
    groups = _groups(reading, _closed(reading))
    start, most = int(reading.after() or "0"), reading.limit()
    more = start + most < len(groups)
    return {
        "people": [{"person": group[0], "reported": [*group]} for group in groups[start : start + most]],
        "next": reading.next(reading.cursor(str(start + most)) if more else None),
    }


def one_person(reading: Reading) -> dict[str, Json]:
    victim = VictimId(reading.identifier("victim"))
    group = next((g for g in _groups(reading, _closed(reading)) if victim in g), None)
    if group is None:
        raise absent()
    known = reading.read(each("victim", group, (VictimReported, ConditionEstablished)))
    return {
        "person": group[0],
        "reported": tell_all(known.of(VictimReported)),
        "established": tell_all(latest_first(established(known), group)),
    }


def incidents(reading: Reading) -> dict[str, Json]:
    return reading.facts("incidents", about(kinds=(IncidentRecorded,)))


def one_incident(reading: Reading) -> dict[str, Json]:
    name = IncidentId(reading.identifier("incident"))
    closed = _closed(reading)
    recorded = reading.read(about(f"incident:{name}", kinds=(IncidentRecorded,))).of(IncidentRecorded)
    if not recorded:
        raise absent()
    mine = there_for(reading.actor, closed)
    return {
        "incident": tell(recorded[0]),
        "parts": [r.fact.incident for r in closed.of(IncidentRecorded) if r.fact.part_of == name],
        "reports": [
            report for report, one in mine.items() if one.fact.incident == name and one.withdrawn is None
        ],
    }


REGISTRY, NAMING = frozenset(REGISTER), frozenset(NAMES)
VIEWS = (
    View(
        path="/harm/register",
        name="HarmRegister",
        words=Words(
            "What stands in the register; none of it is how many were harmed",
            "Lo que consta en el registro; nada de ello es cuántas personas sufrieron daño",
        ),
        answer=record(
            {
                "reports": whole(),
                "withdrawn": whole(),
                "copied": whole(Words("Copied from other reports", "Copiados de otros informes")),
                "counting": whole(
                    Words("Reports that may be counted today", "Informes que pueden contarse hoy")
                ),
                "named": whole(Words("Names in reports", "Nombres en informes")),
                "people": whole(
                    Words("People, as far as they are linked", "Personas, hasta donde se vincularon")
                ),
                "people_counting": whole(Words("Of them, may be counted", "De ellas, pueden contarse")),
                "unnamed_least": whole(Words("More, not named, at least", "Más, sin nombre, al menos")),
                "unnamed_most": maybe(
                    whole(Words("At most; null: nobody knows", "A lo sumo; null: no se sabe"))
                ),
                "incidents": whole(),
            }
        ),
        read=register,
        roles=REGISTRY,
        timed=True,
        page=("/harm/reports",),
    ),
    View(
        path="/harm/reports/{report}",
        name="HarmReport",
        words=Words("One report, with all that hangs on it", "Un informe, con todo lo que depende de él"),
        answer=record(
            {
                "report": ref("HarmReported"),
                "consent": {"type": "string", "enum": [*CONSENTS]},
                "consents": many(ref("ConsentGiven")),
                "withdrawn": maybe(ref("ConsentWithdrawn")),
                "people": many(ref("VictimReported")),
                "files": many(ref("FileKept")),
                "custody": many(ref("FilePassed")),
                "copies": many(text(Words("Reports copied from it", "Informes copiados de él"))),
            }
        ),
        read=one_report,
        roles=REGISTRY,
        timed=True,
        page=("/harm/reports/{report}",),
    ),
    View(
        path="/harm/people",
        name="HarmPeople",
        words=Words(
            "Everybody once, as far as reports were found to be about the same",
            "Cada persona una vez, en la medida en que los informes tratan de la misma",
        ),
        answer=record(
            {
                "people": many(record({"person": text(), "reported": many(text())})),
                "next": schemas.maybe(text()),
            }
        ),
        read=people,
        roles=NAMING,
        query=PAGING,
        page=("/harm/people",),
    ),
    View(
        path="/harm/people/{victim}",
        name="HarmPerson",
        words=Words("One person, as each report tells of them", "Una persona, como la cuenta cada informe"),
        answer=record(
            {
                "person": text(),
                "reported": many(ref("VictimReported")),
                "established": many(ref("ConditionEstablished")),
            }
        ),
        read=one_person,
        roles=NAMING,
        page=("/harm/people/{victim}",),
    ),
    View(
        path="/harm/incidents",
        name="HarmIncidents",
        words=Words("Incidents", "Incidentes"),
        answer=listed("incidents", IncidentRecorded),
        read=incidents,
        roles=REGISTRY,
        query=PAGING,
        page=("/harm/incidents",),
    ),
    View(
        path="/harm/incidents/{incident}",
        name="HarmIncident",
        words=Words("One incident, and who tells of it", "Un incidente, y quién trata de él"),
        answer=record({"incident": ref("IncidentRecorded"), "parts": many(text()), "reports": many(text())}),
        read=one_incident,
        roles=REGISTRY,
        page=("/harm/incidents/{incident}",),
    ),
)
