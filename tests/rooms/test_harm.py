"""Harm: kept as it was reported, counted by whoever counted, and people in danger warned without waiting."""

from dataclasses import replace
from datetime import date

import pytest

from tearline.facts.assistance import AssistanceGiven, AssistanceKind
from tearline.facts.fact import Sealed
from tearline.facts.harm import CountDocumented, Credibility, Harm, HarmReported, Reliability, SourceClass
from tearline.facts.history import Role
from tearline.facts.identifiers import (
    AssistanceId,
    CompromiseId,
    CountId,
    OperationId,
    OrganisationId,
    ReleaseId,
    ReportId,
)
from tearline.facts.operations import OperationDeclared
from tearline.rooms.harm import DocumentCount, ReportHarm
from tests.rooms.rows import Row, check
from tests.worlds import (
    ANA,
    HUGO,
    RITA,
    World,
    compromised,
    disclosed,
    on,
    partners,
    released,
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
    Row(
        claim="a report with its hash",
        order=ReportHarm(replace(REPORT, digest=Sealed("ab" * 32))),
        by=HUGO,
        gives=(HarmReported,),
    ),
    Row(
        claim="a count of nobody, as a body stated it",
        order=DocumentCount(replace(COUNT, least=0, most=0, last_day=date(2026, 3, 11))),
        by=HUGO,
        gives=(CountDocumented,),
    ),
    Row(claim="a count as a body stated it", order=DocumentCount(COUNT), by=HUGO, gives=(CountDocumented,)),
    Row(
        claim="a count with a range",
        order=DocumentCount(replace(COUNT, most=300)),
        by=HUGO,
        gives=(CountDocumented,),
    ),
]

REFUSED = [
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
        claim="days that are still to come",
        order=ReportHarm(replace(REPORT, last_day=date(2026, 3, 12))),
        by=HUGO,
        refused="told-after",
    ),
    Row(
        claim="days after it was received",
        order=ReportHarm(replace(REPORT, received=date(2026, 3, 8))),
        by=HUGO,
        refused="told-after",
    ),
    Row(
        claim="a report of nobody",
        order=ReportHarm(replace(REPORT, least=0, most=0)),
        by=HUGO,
        refused="of-somebody",
    ),
    *(
        Row(
            claim=f"a hash at collection that is none: {digest[:3]}",
            order=ReportHarm(replace(REPORT, digest=Sealed(digest))),
            by=HUGO,
            refused="a-hash",
        )
        for digest in ("the hash", "ab" * 31, "AB" * 32, "ab" * 33)
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
        claim="a count of days the wrong way round",
        order=DocumentCount(replace(COUNT, first_day=date(2011, 3, 20), last_day=date(2011, 3, 18))),
        by=HUGO,
        refused="days-in-order",
    ),
    Row(
        claim="a count of days that are still to come",
        order=DocumentCount(replace(COUNT, last_day=date(2026, 3, 12))),
        by=HUGO,
        refused="counted-by-now",
    ),
    Row(
        claim="a count from a day that is still to come",
        order=DocumentCount(replace(COUNT, first_day=date(2026, 3, 12))),
        by=HUGO,
        refused="counted-by-now",
    ),
    Row(
        claim="a count of no such operation",
        order=DocumentCount(replace(COUNT, operation=OperationId("none"))),
        by=HUGO,
        refused="known",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED, ids=str)
def test_recorded(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_refused(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.NODE, Role.ADMINISTRATOR}))
def test_anyone_may_report_harm(role: Role) -> None:
    assert role in ReportHarm.allowed


def test_a_report_is_kept_word_for_word() -> None:
    (kept,) = partners().does(ReportHarm(REPORT), by=HUGO)
    assert kept == REPORT
