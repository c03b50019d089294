"""Reports from outside: kept as given, answered, taken up with consent, closed with a way on, and withdrawn once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.fact import Fact, Sealed
from tearline.facts.history import Actor
from tearline.facts.identifiers import ConsentId, OutsideId, ReceiptId, ReportId
from tearline.facts.outside import (
    AnswerWish,
    OutsideConsent,
    OutsideConsentWithdrawn,
    OutsideReportAdded,
    OutsideReportAnswered,
    OutsideReportClosed,
    OutsideReportTaken,
    ReportLanguage,
    ReportReceivedOutside,
)
from tearline.facts.register import ConsentGiven, ConsentParty, ConsentWithdrawn, Purpose
from tearline.folds.held import ITSELF
from tearline.folds.outside import OutsideState, outside_reports, waiting
from tearline.rooms.outside import (
    AddToOutsideReport,
    AnswerOutsideReport,
    CloseOutsideReport,
    ReceiveOutsideReport,
    TakeUpOutsideReport,
    WithdrawOutsideConsent,
)
from tests.rooms.rows import Row, check
from tests.rooms.test_harm import REPORT
from tests.worlds import HUGO, World, on, partners

OUTSIDE = OutsideId("o-1")
RECEIVED = ReportReceivedOutside(
    outside=OUTSIDE,
    receipt=ReceiptId("A" * 43),
    language=ReportLanguage.ES,
    wish=AnswerWish.BY_CODE,
    consents=(OutsideConsent.COUNT,),
    account=Sealed("they came at night"),
)
ADDED = OutsideReportAdded(outside=OUTSIDE, more=Sealed("a neighbour saw the lorry"))
ANSWERED = OutsideReportAnswered(outside=OUTSIDE, answer=Sealed("we are looking"))
TAKEN = OutsideReportTaken(outside=OUTSIDE, report=REPORT.report)
CONSENT = ConsentGiven(
    consent=ConsentId("c-1"),
    report=REPORT.report,
    purposes=(Purpose.HELP,),
    shared=(ConsentParty.OWN,),
    public_name=False,
    how=Sealed("told the advocate"),
)
CLOSED = OutsideReportClosed(
    outside=OUTSIDE, reason=Sealed("it was not ours"), elsewhere=Sealed("the commission for the search")
)
WITHDRAWN = OutsideConsentWithdrawn(outside=OUTSIDE, erase=True)


def came(*then: Fact) -> World:
    """A report came from outside, a report of harm stands in the register, and this followed."""
    world = partners().tell(RECEIVED, REPORT, at=on(-3), by=ITSELF)
    for n, fact in enumerate(then):
        world = world.tell(fact, at=on(-2 + n / 10), by=HUGO)
    return world


ACCEPTED = [
    Row(
        claim="a report from outside",
        order=ReceiveOutsideReport(RECEIVED),
        by=ITSELF,
        gives=(ReportReceivedOutside,),
    ),
    Row(
        claim="a report from outside that says how to reach them",
        order=ReceiveOutsideReport(
            replace(RECEIVED, wish=AnswerWish.CONTACT, contact=Sealed("by the priest"))
        ),
        by=ITSELF,
        gives=(ReportReceivedOutside,),
    ),
    Row(
        claim="more is added",
        order=AddToOutsideReport(ADDED),
        by=ITSELF,
        world=came(),
        gives=(OutsideReportAdded,),
    ),
    Row(
        claim="more is added to what was closed",
        order=AddToOutsideReport(ADDED),
        by=ITSELF,
        world=came(CLOSED),
        gives=(OutsideReportAdded,),
    ),
    Row(
        claim="it is answered",
        order=AnswerOutsideReport(ANSWERED),
        by=HUGO,
        world=came(),
        gives=(OutsideReportAnswered,),
    ),
    Row(
        claim="whoever withdrew consent is answered",
        order=AnswerOutsideReport(ANSWERED),
        by=HUGO,
        world=came(WITHDRAWN),
        gives=(OutsideReportAnswered,),
    ),
    Row(
        claim="it is taken up",
        order=TakeUpOutsideReport(TAKEN),
        by=HUGO,
        world=came(),
        gives=(OutsideReportTaken, ConsentGiven),
    ),
    Row(
        claim="it is closed",
        order=CloseOutsideReport(CLOSED),
        by=HUGO,
        world=came(ANSWERED),
        gives=(OutsideReportClosed,),
    ),
    Row(
        claim="it is closed again when more had come",
        order=CloseOutsideReport(CLOSED),
        by=HUGO,
        world=came(CLOSED, ADDED),
        gives=(OutsideReportClosed,),
    ),
    Row(
        claim="consent is withdrawn",
        order=WithdrawOutsideConsent(WITHDRAWN),
        by=ITSELF,
        world=came(TAKEN),
        gives=(OutsideConsentWithdrawn, ConsentWithdrawn),
    ),
    Row(
        claim="consent is withdrawn before anything was made of it",
        order=WithdrawOutsideConsent(WITHDRAWN),
        by=ITSELF,
        world=came(),
        gives=(OutsideConsentWithdrawn,),
    ),
    Row(
        claim="consent is withdrawn when the desk had withdrawn it in the register",
        order=WithdrawOutsideConsent(WITHDRAWN),
        by=ITSELF,
        world=came(TAKEN, ConsentWithdrawn(report=REPORT.report)),
        gives=(OutsideConsentWithdrawn,),
    ),
]
REFUSED = [
    Row(
        claim="a report under a name that is taken",
        order=ReceiveOutsideReport(replace(RECEIVED, receipt=ReceiptId("E" * 43))),
        by=ITSELF,
        world=came(),
        refused="once",
    ),
    Row(
        claim="two reports with one code",
        order=ReceiveOutsideReport(replace(RECEIVED, outside=OutsideId("o-2"))),
        by=ITSELF,
        world=came(),
        refused="once",
    ),
    Row(
        claim="to be contacted, and nobody knows how",
        order=ReceiveOutsideReport(replace(RECEIVED, wish=AnswerWish.CONTACT)),
        by=ITSELF,
        refused="says-how-to-reach",
    ),
    Row(claim="more to nothing", order=AddToOutsideReport(ADDED), by=ITSELF, refused="known"),
    Row(
        claim="more after consent was withdrawn",
        order=AddToOutsideReport(ADDED),
        by=ITSELF,
        world=came(WITHDRAWN),
        refused="consent-stands",
    ),
    Row(claim="an answer to nothing", order=AnswerOutsideReport(ANSWERED), by=HUGO, refused="known"),
    Row(
        claim="taken up as no report",
        order=TakeUpOutsideReport(replace(TAKEN, report=ReportId("none"))),
        by=HUGO,
        world=came(),
        refused="known",
    ),
    Row(
        claim="taken up twice as the same report",
        order=TakeUpOutsideReport(TAKEN),
        by=HUGO,
        world=came(TAKEN),
        refused="of-them-alone",
    ),
    Row(
        claim="taken up as a report that stands on another's consent",
        order=TakeUpOutsideReport(TAKEN),
        by=HUGO,
        world=came(CONSENT),
        refused="of-them-alone",
    ),
    Row(
        claim="taken up after consent was withdrawn",
        order=TakeUpOutsideReport(TAKEN),
        by=HUGO,
        world=came(WITHDRAWN),
        refused="consent-stands",
    ),
    Row(
        claim="taken up though they agreed to help alone",
        order=TakeUpOutsideReport(TAKEN),
        by=HUGO,
        world=partners().tell(replace(RECEIVED, consents=(OutsideConsent.HELP,)), REPORT, by=ITSELF),
        refused="agreed-to-the-register",
    ),
    Row(
        claim="closed twice",
        order=CloseOutsideReport(CLOSED),
        by=HUGO,
        world=came(CLOSED),
        refused="closed-once",
    ),
    Row(claim="closing nothing", order=CloseOutsideReport(CLOSED), by=HUGO, refused="known"),
    Row(
        claim="consent withdrawn twice",
        order=WithdrawOutsideConsent(WITHDRAWN),
        by=ITSELF,
        world=came(WITHDRAWN),
        refused="consent-stands",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED, ids=str)
def test_recorded(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_refused(row: Row) -> None:
    check(row)


@pytest.mark.parametrize(
    ("then", "state"),
    [
        ((), OutsideState.WAITING),
        ((TAKEN,), OutsideState.WAITING),
        ((ANSWERED,), OutsideState.ANSWERED),
        ((TAKEN, ANSWERED), OutsideState.TAKEN),
        ((ANSWERED, ADDED), OutsideState.WAITING),
        ((CLOSED,), OutsideState.CLOSED),
        ((CLOSED, ADDED), OutsideState.WAITING),
        ((ANSWERED, WITHDRAWN), OutsideState.WITHDRAWN),
    ],
    ids=lambda value: value.value if isinstance(value, OutsideState) else None,
)
def test_a_report_waits_until_whoever_sent_it_was_told_something(
    then: tuple[Fact, ...], state: OutsideState
) -> None:
    assert outside_reports(came(*then).history)[OUTSIDE].state is state


def test_a_report_is_due_by_the_ledgers_time_and_not_by_the_day_that_is_claimed() -> None:
    (one,) = waiting(came().history)
    assert one.due(timedelta(days=7)) == one.received.recorded_at + timedelta(days=7)


FROM_THERE: tuple[Fact, ...] = (ADDED, WITHDRAWN)
FROM_HERE: tuple[Fact, ...] = (ANSWERED, CLOSED)


@given(st.lists(st.sampled_from((*FROM_THERE, *FROM_HERE, TAKEN)), max_size=8))
def test_nothing_that_came_from_outside_is_ever_lost_from_the_queue(then: list[Fact]) -> None:
    """It waits exactly if nothing which was told them came after the last that they sent."""
    sent = [RECEIVED, *then]
    last_there = max(n for n, fact in enumerate(sent) if fact in (RECEIVED, *FROM_THERE))
    waits = not any(fact in FROM_HERE for fact in sent[last_there:])
    assert bool(waiting(came(*then).history)) == waits


def test_the_register_holds_what_they_ticked_and_nothing_more() -> None:
    world = came()
    world.facts[-2] = replace(
        world.facts[-2],
        fact=replace(RECEIVED, consents=(OutsideConsent.COUNT, OutsideConsent.SHARE)),
    )
    taken, consent = (d.fact for d in world.decide(TakeUpOutsideReport(TAKEN), by=HUGO))
    assert taken == TAKEN
    assert isinstance(consent, ConsentGiven)
    assert set(consent.purposes) == {Purpose.COUNT, Purpose.SEARCH}
    assert set(consent.shared) == {ConsentParty.SEARCHERS, ConsentParty.COURT}
    assert not consent.public_name


def test_what_comes_from_outside_is_recorded_by_the_node_alone() -> None:
    doors = (ReceiveOutsideReport, AddToOutsideReport, WithdrawOutsideConsent)
    assert {Actor(ITSELF.person, role) for door in doors for role in door.allowed} == {ITSELF}
