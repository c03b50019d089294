"""What is done in the register: consent given and withdrawn, people named, incidents, what became of them, custody."""

from fastapi import APIRouter

from tearline.facts.history import about
from tearline.facts.identifiers import FileId, ReportId, VictimId
from tearline.facts.register import (
    ConditionEstablished,
    ConsentGiven,
    ConsentWithdrawn,
    FileKept,
    FilePassed,
    IncidentRecorded,
    VictimReported,
)
from tearline.rooms.register.consent import GiveConsent, WithdrawConsent
from tearline.rooms.register.custody import PassFile
from tearline.rooms.register.incidents import RecordIncident
from tearline.rooms.register.people import EstablishCondition, ReportVictim
from tearline.web import offers
from tearline.web.asked import Asked
from tearline.web.forms import form
from tearline.web.register.listing import NAMES, report_or_absent
from tearline.web.register.offered import incidents_on_offer
from tearline.web.register.places import reported, standing
from tearline.web.visit import Visit, absent

router = APIRouter()


def _report(visit: Visit) -> tuple[ReportId, list[tuple[str, str]]]:
    """The report that the address names, and the way to it."""
    visit.own_side()
    report = ReportId(visit.identifier("report"))
    report_or_absent(visit, report)
    say = visit.say
    here = f"/harm/reports/{report}"
    return report, [("/harm", say("Harm")), ("/harm/reports", say("Reports")), (here, report)]


def consent(visit: Visit) -> Asked:
    report, trail = _report(visit)
    say = visit.say
    return Asked(
        title=say("Record consent"),
        submit=say("Record the consent"),
        command=GiveConsent,
        kind=ConsentGiven,
        allowed=GiveConsent.allowed,
        then=trail[-1][0],
        trail=trail,
        lead=say(
            "In the words of whoever reported. What they did not consent to is not done; a later consent replaces this."
        ),
        new="consent",
        fixed={"report": report},
        hints={
            "until": say("Its last day. Leave it empty where they set no end."),
            "how": say("Sealed: who asked, where, and in which language."),
        },
    )


def withdrawal(visit: Visit) -> Asked:
    report, trail = _report(visit)
    say = visit.say
    return Asked(
        title=say("Withdraw the report"),
        submit=say("Withdraw it"),
        command=WithdrawConsent,
        kind=ConsentWithdrawn,
        allowed=WithdrawConsent.allowed,
        then=trail[-1][0],
        trail=trail,
        lead=say("Whoever reported takes it back. They owe nobody a reason."),
        before=say(
            "It is used for nothing any more. Counts are made without it, and earlier estimates no longer stand."
        ),
        grave=True,
        fixed={"report": report},
    )


def person(visit: Visit) -> Asked:
    report, trail = _report(visit)
    say = visit.say
    return Asked(
        title=say("Name a person"),
        submit=say("Record the person"),
        command=ReportVictim,
        kind=VictimReported,
        allowed=ReportVictim.allowed,
        then=trail[-1][0],
        trail=trail,
        lead=say(
            "One person as this report tells of them, under the name as it was given. Who is who is decided elsewhere."
        ),
        new="victim",
        fixed={"report": report},
        one_line=frozenset({*NAMES, "alias", "place", "national_id"}),
        hints={
            "seen_from": say("The first day on which it can have happened."),
            "seen_to": say("The last day on which it can have happened."),
            "national_id": say("Sealed with the testimony: it is never compared by machine."),
        },
    )


def incident(visit: Visit) -> Asked:
    visit.own_side()
    say = visit.say
    return Asked(
        title=say("Record an incident"),
        submit=say("Record the incident"),
        command=RecordIncident,
        kind=IncidentRecorded,
        allowed=RecordIncident.allowed,
        then="/harm/incidents/{new}",
        trail=[("/harm", say("Harm")), ("/harm/incidents", say("Incidents"))],
        lead=say(
            "What happened, when and where. Whoever is said to have done it is named with what that rests on."
        ),
        new="incident",
        options={"part_of": incidents_on_offer(visit)},
        one_line=frozenset({"actor"}),
        choosers={
            "compromise": offers.compromises(visit),
            "release": offers.releases(visit),
            "operation": offers.operations(visit),
        },
    )


def condition(visit: Visit) -> Asked:
    visit.own_side()
    victim = VictimId(visit.identifier("victim"))
    known = standing(visit)
    mine = reported(visit, known)
    if not any(r.fact.victim == victim and r.fact.report in mine for r in known.of(VictimReported)):
        raise absent()
    say = visit.say
    here = f"/harm/people/{victim}"
    return Asked(
        title=say("What became of them"),
        submit=say("Record it"),
        command=EstablishCondition,
        kind=ConditionEstablished,
        allowed=EstablishCondition.allowed,
        then=here,
        trail=[("/harm", say("Harm")), ("/harm/people", say("People")), (here, say("Person"))],
        lead=say("It holds for everybody who is linked with them. The family is told first."),
        new="status",
        fixed={"victim": victim},
    )


def custody(visit: Visit) -> Asked:
    visit.own_side()
    file = FileId(visit.identifier("file"))
    kept = visit.node.ledger.read(about(f"file:{file}", kinds=(FileKept,))).of(FileKept)
    if not kept:
        raise absent()
    report_or_absent(visit, kept[0].fact.report)
    say = visit.say
    here = f"/harm/reports/{kept[0].fact.report}"
    return Asked(
        title=say("Record that it changed hands"),
        submit=say("Record it"),
        command=PassFile,
        kind=FilePassed,
        allowed=PassFile.allowed,
        then=here,
        trail=[("/harm", say("Harm")), ("/harm/reports", say("Reports")), (here, kept[0].fact.report)],
        lead=say("A copy that was handed over outside of this site, or came back."),
        new="custody",
        fixed={"file": file},
        happened=say("When, if not now"),
    )


form(router, "/harm/reports/{report}/consent", consent)
form(router, "/harm/reports/{report}/withdrawal", withdrawal)
form(router, "/harm/reports/{report}/people/new", person)
form(router, "/harm/incidents/new", incident)
form(router, "/harm/people/{victim}/condition", condition)
form(router, "/harm/files/{file}/custody", custody)
