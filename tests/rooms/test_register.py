"""The register of those harmed: what nobody consented to is not done, and what was withdrawn stays as it is."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tearline.facts.errors import Refused
from tearline.facts.fact import Sealed
from tearline.facts.harm import Harm, HarmReported
from tearline.facts.history import Role
from tearline.facts.identifiers import (
    CompromiseId,
    ConsentId,
    CustodyId,
    FileId,
    IncidentId,
    OperationId,
    OutsideId,
    ReleaseId,
    ReportId,
    StatusId,
    VictimId,
)
from tearline.facts.outside import OutsideReportTaken
from tearline.facts.register import (
    Condition,
    ConditionBasis,
    ConditionEstablished,
    ConsentGiven,
    ConsentParty,
    ConsentWithdrawn,
    FileCopy,
    FileKept,
    FilePassed,
    IncidentRecorded,
    PlacePrecision,
    Purpose,
    VictimReported,
)
from tearline.rooms.harm import ReportHarm
from tearline.rooms.register import REGISTRARS
from tearline.rooms.register.consent import GiveConsent, WithdrawConsent
from tearline.rooms.register.custody import PassFile
from tearline.rooms.register.incidents import RecordIncident
from tearline.rooms.register.keeping import KeepFile
from tearline.rooms.register.people import EstablishCondition, ReportVictim
from tests.rooms.rows import Row, check
from tests.rooms.test_harm import REPORT
from tests.worlds import HUGO, NOON, RITA, World, acting, compromised, disclosed, on, partners

ADA, EVA = acting("ada", Role.ADVOCATE), acting("eva", Role.ADVOCATE)
R1 = REPORT.report
CONSENT = ConsentGiven(
    consent=ConsentId("k-1"),
    report=R1,
    purposes=(Purpose.COUNT, Purpose.SEARCH),
    shared=(ConsentParty.SEARCHERS,),
    public_name=False,
    how=Sealed("signed, in her kitchen"),
    until=date(2030, 1, 1),
)
ROSA = VictimReported(
    victim=VictimId("v-1"),
    report=R1,
    given_names=Sealed("Rosa"),
    paternal_surname=Sealed("Garza"),
    age_from=Sealed(30),
    age_to=Sealed(35),
    seen_from=Sealed(date(2026, 3, 1)),
    seen_to=Sealed(date(2026, 3, 9)),
)
NOBODY: Sealed[Any] = Sealed(None)
INCIDENT = IncidentRecorded(
    incident=IncidentId("night"),
    harm=Harm.DISAPPEARED,
    first_day=date(2026, 3, 7),
    last_day=date(2026, 3, 8),
    place="Allende",
    place_precision=PlacePrecision.MUNICIPALITY,
    told=Sealed("houses were torn down"),
)
STATUS = ConditionEstablished(
    status=StatusId("s-1"),
    victim=ROSA.victim,
    condition=Condition.FOUND_ALIVE,
    basis=ConditionBasis.SEEN,
    day=date(2026, 3, 9),
)
KEPT = FileKept(
    file=FileId("f-1"),
    report=R1,
    digest="ab" * 32,
    size=9,
    media_type="application/pdf",
    name=Sealed("statement.pdf"),
    origin=Sealed("her sister brought it"),
    key=Sealed("00" * 32),
)
PASSED = FilePassed(
    custody=CustodyId("p-1"),
    file=KEPT.file,
    copy=FileCopy.EVIDENTIARY,
    to=Sealed("the prosecutor"),
    why=Sealed("asked in writing"),
)
WITHDRAWN = ConsentWithdrawn(report=R1)


TICKED = replace(CONSENT, until=None)
WIDER: dict[str, dict[str, Any]] = {
    "a purpose more": {"purposes": (Purpose.COUNT, Purpose.SEARCH, Purpose.INQUIRY)},
    "a party more": {"shared": (ConsentParty.SEARCHERS, ConsentParty.COURT)},
    "names in public": {"purposes": (Purpose.COUNT, Purpose.PUBLICATION), "public_name": True},
}
NO_WIDER: dict[str, dict[str, Any]] = {
    "the same": {},
    "a purpose fewer": {"purposes": (Purpose.SEARCH,)},
    "to nobody": {"shared": (ConsentParty.NOBODY,)},
    "until a day": {"until": date(2030, 1, 1)},
}


def taken_up(**ticked: Any) -> World:
    """The report was made of one from outside, and stands on what was ticked there."""
    taken = OutsideReportTaken(outside=OutsideId("o-1"), report=R1)
    return reported().tell(taken).tell(replace(TICKED, **ticked), by=HUGO)


def reported(**changed: Any) -> World:
    return partners().tell(replace(REPORT, **changed), by=ADA)


def named() -> World:
    return reported().tell(ROSA, by=ADA)


def taken_back() -> World:
    return named().tell(KEPT, by=ADA).tell(WITHDRAWN, at=on(-0.25), by=ADA)


def person(**changed: Any) -> ReportVictim:
    return ReportVictim(replace(ROSA, victim=VictimId("v-2"), **changed))


def incident(**changed: Any) -> RecordIncident:
    return RecordIncident(replace(INCIDENT, **changed))


ACCEPTED = [
    Row(claim="consent", order=GiveConsent(CONSENT), by=HUGO, world=reported(), gives=(ConsentGiven,)),
    Row(
        claim="consent to one's own",
        order=GiveConsent(CONSENT),
        by=ADA,
        world=reported(),
        gives=(ConsentGiven,),
    ),
    Row(
        claim="consent given anew",
        order=GiveConsent(replace(CONSENT, consent=ConsentId("k-2"), until=None)),
        by=HUGO,
        world=reported().tell(CONSENT),
        gives=(ConsentGiven,),
    ),
    *(
        Row(
            claim=f"consent no wider than was ticked outside: {what}",
            order=GiveConsent(replace(TICKED, consent=ConsentId("k-3"), **narrower)),
            by=HUGO,
            world=taken_up().tell(replace(TICKED, consent=ConsentId("k-2"), shared=(ConsentParty.NOBODY,))),
            gives=(ConsentGiven,),
        )
        for what, narrower in NO_WIDER.items()
    ),
    Row(
        claim="a withdrawal without a reason",
        order=WithdrawConsent(WITHDRAWN),
        by=ADA,
        world=reported().tell(CONSENT),
        gives=(ConsentWithdrawn,),
    ),
    Row(
        claim="a withdrawal of what nobody consented to",
        order=WithdrawConsent(WITHDRAWN),
        by=HUGO,
        world=reported(),
        gives=(ConsentWithdrawn,),
    ),
    Row(claim="a person", order=ReportVictim(ROSA), by=ADA, world=reported(), gives=(VictimReported,)),
    Row(
        claim="a second person of the same family",
        order=person(given_names=Sealed("Luz")),
        by=HUGO,
        world=named(),
        gives=(VictimReported,),
    ),
    Row(
        claim="a son who bears his father's name",
        order=person(age_from=Sealed(8), age_to=Sealed(8)),
        by=HUGO,
        world=named(),
        gives=(VictimReported,),
    ),
    Row(
        claim="a person known by another name alone",
        order=person(given_names=NOBODY, paternal_surname=NOBODY, alias=Sealed("La Güera")),
        by=HUGO,
        world=named(),
        gives=(VictimReported,),
    ),
    Row(claim="an incident", order=incident(), by=HUGO, gives=(IncidentRecorded,)),
    Row(
        claim="an incident within another, with its alleged author",
        order=incident(
            incident=IncidentId("house"),
            part_of=INCIDENT.incident,
            compromise=CompromiseId("leak"),
            release=ReleaseId("told"),
            actor=Sealed("a cell"),
            basis=Sealed("two witnesses"),
        ),
        by=HUGO,
        world=partners().tell(compromised(), disclosed(), INCIDENT),
        gives=(IncidentRecorded,),
    ),
    Row(
        claim="what became of a person",
        order=EstablishCondition(STATUS),
        by=HUGO,
        world=named(),
        gives=(ConditionEstablished,),
    ),
    Row(claim="a file", order=KeepFile(KEPT), by=ADA, world=reported(), gives=(FileKept,)),
    Row(
        claim="a file handed out",
        order=PassFile(PASSED),
        by=HUGO,
        world=reported().tell(KEPT),
        gives=(FilePassed,),
    ),
    Row(
        claim="a report that was copied from another, of an incident",
        order=ReportHarm(replace(REPORT, report=ReportId("r-2"), copied_from=R1, incident=INCIDENT.incident)),
        by=HUGO,
        world=reported().tell(INCIDENT),
        gives=(HarmReported,),
    ),
]

REFUSED = [
    Row(claim="consent to nothing", order=GiveConsent(CONSENT), by=HUGO, refused="known"),
    Row(claim="consent to another's", order=GiveConsent(CONSENT), by=EVA, world=reported(), refused="known"),
    Row(
        claim="one consent twice",
        order=GiveConsent(CONSENT),
        by=HUGO,
        world=reported().tell(CONSENT),
        refused="once",
    ),
    Row(
        claim="consent for no purpose",
        order=GiveConsent(replace(CONSENT, purposes=())),
        by=HUGO,
        world=reported(),
        refused="says-what-for",
    ),
    Row(
        claim="consent that it reaches nobody and somebody",
        order=GiveConsent(replace(CONSENT, shared=(ConsentParty.NOBODY, ConsentParty.COURT))),
        by=HUGO,
        world=reported(),
        refused="nobody-or-some",
    ),
    *(
        Row(
            claim=f"consent wider than was ticked outside: {what}",
            order=GiveConsent(replace(TICKED, consent=ConsentId("k-2"), **wider)),
            by=HUGO,
            world=taken_up(),
            refused="as-they-ticked",
        )
        for what, wider in WIDER.items()
    ),
    Row(
        claim="consent as wide again as was ticked, until it was to end",
        order=GiveConsent(replace(TICKED, consent=ConsentId("k-2"), until=date(2030, 1, 2))),
        by=HUGO,
        world=taken_up(until=date(2030, 1, 1)),
        refused="as-they-ticked",
    ),
    Row(
        claim="names in public of what may not be told in public",
        order=GiveConsent(replace(CONSENT, public_name=True)),
        by=HUGO,
        world=reported(),
        refused="named-in-public",
    ),
    Row(
        claim="consent that ended before it began",
        order=GiveConsent(replace(CONSENT, until=date(2026, 3, 9))),
        by=HUGO,
        world=reported(),
        refused="until-later",
    ),
    Row(
        claim="consent after a withdrawal",
        order=GiveConsent(CONSENT),
        by=HUGO,
        world=taken_back(),
        refused="not-withdrawn",
    ),
    Row(
        claim="a withdrawal twice",
        order=WithdrawConsent(WITHDRAWN),
        by=HUGO,
        world=taken_back(),
        refused="not-withdrawn",
    ),
    Row(
        claim="a withdrawal of another's",
        order=WithdrawConsent(WITHDRAWN),
        by=EVA,
        world=reported(),
        refused="known",
    ),
    Row(claim="a person whom no report names", order=ReportVictim(ROSA), by=HUGO, refused="known"),
    Row(
        claim="a person in another's report",
        order=ReportVictim(ROSA),
        by=EVA,
        world=reported(),
        refused="known",
    ),
    Row(
        claim="a person in what was withdrawn",
        order=person(given_names=Sealed("Luz")),
        by=HUGO,
        world=taken_back(),
        refused="not-withdrawn",
    ),
    Row(claim="one person twice", order=ReportVictim(ROSA), by=HUGO, world=named(), refused="once"),
    Row(
        claim="one person under the same name twice",
        order=person(given_names=Sealed(" ROSA ")),
        by=HUGO,
        world=named(),
        refused="named-once",
    ),
    Row(
        claim="more people than the report tells of",
        order=person(given_names=Sealed("Luz")),
        by=HUGO,
        world=reported(most=1).tell(ROSA),
        refused="within-its-number",
    ),
    Row(
        claim="a person without a name",
        order=person(given_names=NOBODY, paternal_surname=NOBODY),
        by=HUGO,
        world=reported(),
        refused="under-a-name",
    ),
    Row(
        claim="ages the wrong way round",
        order=person(age_to=Sealed(29)),
        by=HUGO,
        world=reported(),
        refused="ages-in-order",
    ),
    Row(
        claim="an age that nobody reached",
        order=person(age_to=Sealed(131)),
        by=HUGO,
        world=reported(),
        refused="an-age",
    ),
    Row(
        claim="seen last before first",
        order=person(seen_to=Sealed(date(2026, 2, 1))),
        by=HUGO,
        world=reported(),
        refused="days-in-order",
    ),
    Row(
        claim="seen before birth",
        order=person(born=Sealed(date(2026, 3, 2))),
        by=HUGO,
        world=reported(),
        refused="days-in-order",
    ),
    Row(
        claim="harmed after it was reported",
        order=person(),
        by=HUGO,
        world=reported(received=date(2026, 2, 28)),
        refused="told-after",
    ),
    Row(
        claim="harmed in days to come",
        order=person(seen_from=Sealed(date(2026, 3, 12)), seen_to=Sealed(date(2026, 3, 13))),
        by=HUGO,
        world=reported(),
        refused="told-after",
    ),
    Row(
        claim="harmed until days to come",
        order=person(seen_to=Sealed(date(2026, 3, 12))),
        by=HUGO,
        world=reported(),
        refused="told-after",
    ),
    Row(
        claim="harmed until after it was reported",
        order=person(seen_to=Sealed(date(2026, 3, 8))),
        by=HUGO,
        world=reported(received=date(2026, 3, 7)),
        refused="told-after",
    ),
    Row(
        claim="an incident twice",
        order=incident(),
        by=HUGO,
        world=partners().tell(INCIDENT),
        refused="once",
    ),
    Row(
        claim="an incident that ends before it begins",
        order=incident(last_day=date(2026, 3, 6)),
        by=HUGO,
        refused="days-in-order",
    ),
    Row(
        claim="an incident to come",
        order=incident(last_day=date(2026, 3, 12)),
        by=HUGO,
        refused="days-in-order",
    ),
    Row(
        claim="an incident within none",
        order=incident(part_of=IncidentId("none")),
        by=HUGO,
        refused="known",
    ),
    Row(
        claim="an incident within itself",
        order=incident(part_of=INCIDENT.incident),
        by=HUGO,
        refused="known",
    ),
    Row(
        claim="an incident after no such leak",
        order=incident(compromise=CompromiseId("none")),
        by=HUGO,
        refused="known",
    ),
    Row(
        claim="an incident after no such release",
        order=incident(release=ReleaseId("none")),
        by=HUGO,
        refused="known",
    ),
    Row(
        claim="an incident in no such operation",
        order=incident(operation=OperationId("none")),
        by=HUGO,
        refused="known",
    ),
    Row(
        claim="an author who is alleged on nothing",
        order=incident(actor=Sealed("a cell")),
        by=HUGO,
        refused="alleged-on-a-basis",
    ),
    Row(claim="what became of nobody", order=EstablishCondition(STATUS), by=HUGO, refused="known"),
    Row(
        claim="what became of another's",
        order=EstablishCondition(STATUS),
        by=EVA,
        world=named(),
        refused="known",
    ),
    Row(
        claim="what became of a person whose report was withdrawn",
        order=EstablishCondition(STATUS),
        by=HUGO,
        world=taken_back(),
        refused="not-withdrawn",
    ),
    Row(
        claim="what became of a person twice",
        order=EstablishCondition(STATUS),
        by=HUGO,
        world=named().tell(STATUS),
        refused="once",
    ),
    Row(
        claim="what will become of a person",
        order=EstablishCondition(replace(STATUS, day=date(2026, 3, 12))),
        by=HUGO,
        world=named(),
        refused="since-then",
    ),
    Row(
        claim="what became of a person before they were born",
        order=EstablishCondition(replace(STATUS, day=date(1989, 12, 31))),
        by=HUGO,
        world=reported().tell(replace(ROSA, born=Sealed(date(1990, 1, 1))), by=ADA),
        refused="since-birth",
    ),
    Row(
        claim="what became of a person before anybody who may live was born",
        order=EstablishCondition(replace(STATUS, day=date(1896, 3, 10))),
        by=HUGO,
        world=named(),
        refused="within-a-life",
    ),
    Row(claim="a file of no report", order=KeepFile(KEPT), by=HUGO, refused="known"),
    Row(
        claim="a file twice",
        order=KeepFile(KEPT),
        by=HUGO,
        world=reported().tell(KEPT),
        refused="once",
    ),
    Row(
        claim="the same bytes twice",
        order=KeepFile(replace(KEPT, file=FileId("f-2"))),
        by=HUGO,
        world=reported().tell(KEPT),
        refused="kept-once",
    ),
    Row(
        claim="a hash that is none",
        order=KeepFile(replace(KEPT, digest="AB" * 32)),
        by=HUGO,
        world=reported(),
        refused="a-hash",
    ),
    Row(
        claim="a file of what was withdrawn",
        order=KeepFile(KEPT),
        by=HUGO,
        world=taken_back(),
        refused="not-withdrawn",
    ),
    Row(claim="handing out no file", order=PassFile(PASSED), by=HUGO, refused="known"),
    Row(
        claim="handing out another's file",
        order=PassFile(PASSED),
        by=EVA,
        world=reported().tell(KEPT),
        refused="known",
    ),
    Row(
        claim="handing out what was withdrawn",
        order=PassFile(PASSED),
        by=HUGO,
        world=taken_back(),
        refused="not-withdrawn",
    ),
    Row(
        claim="handing out twice under one name",
        order=PassFile(PASSED),
        by=HUGO,
        world=reported().tell(KEPT).tell(PASSED),
        refused="once",
    ),
    Row(
        claim="handing out before it was kept",
        order=PassFile(PASSED),
        by=HUGO,
        world=reported().tell(KEPT),
        at=on(-1),
        refused="chain-in-order",
    ),
    Row(
        claim="a report copied from itself",
        order=ReportHarm(replace(REPORT, copied_from=R1)),
        by=HUGO,
        refused="copied-from-another",
    ),
    Row(
        claim="a report copied from one that is not there",
        order=ReportHarm(replace(REPORT, copied_from=ReportId("none"))),
        by=HUGO,
        refused="known",
    ),
    Row(
        claim="a report of an incident that nobody recorded",
        order=ReportHarm(replace(REPORT, incident=IncidentId("none"))),
        by=HUGO,
        refused="known",
    ),
    Row(
        claim="a report that is received in days to come",
        order=ReportHarm(replace(REPORT, received=date(2026, 3, 12))),
        by=HUGO,
        refused="received-by-now",
    ),
    Row(
        claim="a report received before what it tells of",
        order=ReportHarm(replace(REPORT, received=date(2026, 3, 6))),
        by=HUGO,
        refused="told-after",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED, ids=str)
def test_recorded(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_refused(row: Row) -> None:
    check(row)


def test_a_second_withdrawal_is_told_when_the_first_was() -> None:
    with pytest.raises(Refused) as refused:
        taken_back().decide(WithdrawConsent(WITHDRAWN), by=HUGO)
    assert refused.value.because.en == f"the report r-1 was withdrawn on {NOON:%Y-%m-%d}"
    assert refused.value.because.es == f"el informe r-1 se retiró el {NOON:%Y-%m-%d}"


@pytest.mark.parametrize(
    "command",
    [GiveConsent, WithdrawConsent, ReportVictim, RecordIncident, EstablishCondition, KeepFile, PassFile],
)
def test_only_those_who_keep_the_register_add_to_it(command: type[Any]) -> None:
    assert command.allowed == REGISTRARS == {Role.HARM_DESK, Role.ADVOCATE, Role.CHRONICLER}


@pytest.mark.parametrize(
    "order",
    [
        ReportHarm(replace(REPORT, report=ReportId("r-2"), received=date(2026, 3, 11))),
        ReportHarm(replace(REPORT, report=ReportId("r-2"), last_day=date(2026, 3, 11))),
        person(seen_to=Sealed(date(2026, 3, 11)), given_names=Sealed("Luz")),
        EstablishCondition(replace(STATUS, day=date(2026, 3, 11))),
        incident(last_day=date(2026, 3, 11)),
    ],
    ids=["received", "last-day", "seen", "became", "incident"],
)
def test_a_day_has_come_once_it_has_anywhere_on_earth(order: Any) -> None:
    """At ten in the morning in UTC it is midnight at UTC+14, and of there a day more has begun."""
    with pytest.raises(Refused):
        named().decide(order, by=HUGO, now=datetime(2026, 3, 10, 9, 59, tzinfo=UTC))
    assert named().decide(order, by=HUGO, now=datetime(2026, 3, 10, 10, 0, tzinfo=UTC))


def test_to_an_advocate_a_report_of_others_is_as_one_that_nobody_recorded() -> None:
    of_adas = ReportHarm(replace(REPORT, report=ReportId("r-2"), copied_from=R1))
    of_nobodys = ReportHarm(replace(REPORT, report=ReportId("r-2"), copied_from=ReportId("none")))
    assert reported().refuses(of_adas, by=EVA) == reported().refuses(of_nobodys, by=EVA) == "known"
    for by in (ADA, HUGO):
        assert reported().decide(of_adas, by=by)


@pytest.mark.parametrize("beside", [{"copied_from": R1}, {"incident": INCIDENT.incident}])
def test_those_outside_learn_nothing_of_other_reports_and_incidents(beside: dict[str, Any]) -> None:
    asked = replace(REPORT, report=ReportId("r-2"), **beside)
    there = reported().tell(INCIDENT).refuses(ReportHarm(asked), by=RITA)
    assert there == partners().refuses(ReportHarm(asked), by=RITA) == "known"
