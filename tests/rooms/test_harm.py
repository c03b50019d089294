"""Harm: kept as it was reported, counted by whoever counted, and people in danger warned without waiting."""

from dataclasses import replace
from datetime import date

import pytest

from tearline.facts.fact import Sealed
from tearline.facts.harm import (
    AssistanceGiven,
    AssistanceKind,
    CountDocumented,
    Credibility,
    Harm,
    HarmReported,
    NoticeMethod,
    PeopleWarned,
    Reliability,
    SourceClass,
    ThreatAssessed,
    WarningWaived,
)
from tearline.facts.history import Role
from tearline.facts.identifiers import (
    AssistanceId,
    CompromiseId,
    CountId,
    ItemId,
    NoticeId,
    OperationId,
    OrganisationId,
    ReleaseId,
    ReportId,
)
from tearline.facts.operations import OperationDeclared
from tearline.rooms.harm import (
    AssessThreat,
    DocumentCount,
    GiveAssistance,
    ReportHarm,
    WaiveWarning,
    WarnPeople,
)
from tests.rooms.rows import Row, check
from tests.worlds import (
    ANA,
    HUGO,
    RITA,
    SYL,
    World,
    compromised,
    disclosed,
    item,
    on,
    partners,
    people_warned,
    released,
    suspended,
    threat,
    waived,
)

REPORT = HarmReported(
    report=ReportId("r-1"),
    source_class=SourceClass.RELATIVE,
    source=Sealed("a sister"),
    account=Sealed("they came at night"),
    harm=Harm.DISAPPEARED,
    least=1,
    most=3,
    place="Allende",
    reliability=Reliability.B,
    credibility=Credibility.PROBABLY,
    first_day=date(2026, 3, 7),
    last_day=date(2026, 3, 9),
)
COUNT = CountDocumented(
    count=CountId("c-1"),
    counted_by="a commission",
    least=42,
    most=42,
    unit="people disappeared",
    area="five municipalities",
    said_in="2018",
)
NOTICE = PeopleWarned(
    notice=NoticeId("n-1"),
    item=ItemId("phones"),
    people=4,
    method=NoticeMethod.IN_PERSON,
    said=Sealed("leave tonight"),
)
HELP = AssistanceGiven(
    assistance=AssistanceId("a-1"), kind=AssistanceKind.SEARCH, given=Sealed("a search"), report=REPORT.report
)
OPERATION = OperationDeclared(
    operation=OperationId("op"),
    name="Mirror",
    organisations=(OrganisationId("own"),),
    aim="an aim",
    place="a border",
)


def leaked() -> World:
    return partners().tell(compromised(), at=on(-0.5), by=HUGO)


ACCEPTED = [
    Row(claim="a report that names no cause", order=ReportHarm(REPORT), by=ANA, gives=(HarmReported,)),
    Row(claim="a partner reports", order=ReportHarm(REPORT), by=RITA, gives=(HarmReported,)),
    Row(
        claim="a report after a leak",
        order=ReportHarm(replace(REPORT, compromise=CompromiseId("leak"))),
        by=HUGO,
        world=leaked(),
        gives=(HarmReported,),
    ),
    Row(
        claim="a report after a release outside the protocol",
        order=ReportHarm(replace(REPORT, release=ReleaseId("told"))),
        by=HUGO,
        world=partners().tell(disclosed()),
        gives=(HarmReported,),
    ),
    Row(
        claim="a report of nobody knows how many",
        order=ReportHarm(replace(REPORT, least=24, most=None)),
        by=HUGO,
        gives=(HarmReported,),
    ),
    Row(claim="a count as a body stated it", order=DocumentCount(COUNT), by=HUGO, gives=(CountDocumented,)),
    Row(
        claim="a count with a range",
        order=DocumentCount(replace(COUNT, most=300)),
        by=HUGO,
        gives=(CountDocumented,),
    ),
    Row(claim="a warning waits for nothing", order=WarnPeople(NOTICE), by=ANA, gives=(PeopleWarned,)),
    Row(
        claim="a warning is given again and again",
        order=WarnPeople(NOTICE),
        by=RITA,
        world=partners().tell(NOTICE, disclosed()).tell(suspended()),
        gives=(PeopleWarned,),
    ),
    Row(
        claim="a warning does not even wait for the threat to be assessed",
        order=WarnPeople(people_warned(of="shots")),
        by=HUGO,
        gives=(PeopleWarned,),
    ),
    Row(claim="a threat", order=AssessThreat(threat()), by=ANA, gives=(ThreatAssessed,)),
    Row(
        claim="a warning that is waived",
        order=WaiveWarning(waived()),
        by=SYL,
        world=partners().tell(threat(), at=on(-0.5), by=ANA),
        gives=(WarningWaived,),
    ),
    Row(
        claim="help after a report",
        order=GiveAssistance(HELP),
        by=HUGO,
        world=partners().tell(REPORT),
        gives=(AssistanceGiven,),
    ),
    Row(
        claim="help after a leak",
        order=GiveAssistance(replace(HELP, report=None, compromise=CompromiseId("leak"))),
        by=HUGO,
        world=leaked(),
        gives=(AssistanceGiven,),
    ),
]

REFUSED = [
    Row(claim="a threat in nothing", order=AssessThreat(threat(item="none")), by=ANA, refused="known"),
    Row(
        claim="a threat twice",
        order=AssessThreat(threat()),
        by=ANA,
        world=partners().tell(threat()),
        refused="once",
    ),
    Row(claim="waiving the warning of no threat", order=WaiveWarning(waived()), by=SYL, refused="known"),
    Row(
        claim="waiving the warning of a threat in another item",
        order=WaiveWarning(waived(item="other")),
        by=SYL,
        world=partners().tell(item("other"), threat(), by=ANA),
        refused="same-item",
    ),
    Row(
        claim="a waiver from before the threat was assessed",
        order=WaiveWarning(waived()),
        by=SYL,
        world=partners().tell(threat(), by=ANA),
        at=on(-0.5),
        refused="answers-after",
    ),
    Row(
        claim="a report twice",
        order=ReportHarm(REPORT),
        by=HUGO,
        world=partners().tell(REPORT),
        refused="once",
    ),
    Row(
        claim="a report after no such leak",
        order=ReportHarm(replace(REPORT, compromise=CompromiseId("none"))),
        by=HUGO,
        refused="known",
    ),
    Row(
        claim="a report after no such release",
        order=ReportHarm(replace(REPORT, release=ReleaseId("none"))),
        by=HUGO,
        world=partners().tell(released()),
        refused="known",
    ),
    Row(
        claim="a report in no such operation",
        order=ReportHarm(replace(REPORT, operation=OperationId("none"))),
        by=HUGO,
        refused="known",
    ),
    Row(
        claim="fewer at most than at least",
        order=ReportHarm(replace(REPORT, least=4)),
        by=HUGO,
        refused="least-before-most",
    ),
    Row(
        claim="days the wrong way round",
        order=ReportHarm(replace(REPORT, first_day=date(2026, 3, 10))),
        by=HUGO,
        refused="days-in-order",
    ),
    Row(
        claim="a count twice",
        order=DocumentCount(COUNT),
        by=HUGO,
        world=partners().tell(COUNT),
        refused="once",
    ),
    Row(
        claim="a count with its ends exchanged",
        order=DocumentCount(replace(COUNT, most=41)),
        by=HUGO,
        refused="least-before-most",
    ),
    Row(
        claim="a count of no such operation",
        order=DocumentCount(replace(COUNT, operation=OperationId("none"))),
        by=HUGO,
        refused="known",
    ),
    Row(
        claim="a warning about nothing",
        order=WarnPeople(replace(NOTICE, item=ItemId("none"))),
        by=HUGO,
        refused="known",
    ),
    Row(
        claim="help twice",
        order=GiveAssistance(HELP),
        by=HUGO,
        world=partners().tell(REPORT).tell(HELP),
        refused="once",
    ),
    Row(claim="help after no such report", order=GiveAssistance(HELP), by=HUGO, refused="known"),
    Row(
        claim="help that answers nothing",
        order=GiveAssistance(replace(HELP, report=None)),
        by=HUGO,
        refused="says-what-for",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED, ids=str)
def test_recorded(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_refused(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.NODE, Role.ADMINISTRATOR}))
def test_anyone_may_report_harm_and_warn_people(role: Role) -> None:
    assert role in ReportHarm.allowed
    assert role in WarnPeople.allowed


def test_a_warning_needs_no_compartment_and_no_other_fact_than_the_item() -> None:
    """Danger to life comes first."""
    assert not getattr(WarnPeople, "opens", None)
    question = WarnPeople(NOTICE).question(partners().history)
    assert {k for clause in question.clauses for k in clause.kinds} == {"ItemRegistered"}


def test_a_report_is_kept_word_for_word() -> None:
    (kept,) = partners().does(ReportHarm(REPORT), by=HUGO)
    assert kept == REPORT
