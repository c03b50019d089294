"""Leaks: whoever reports one decides nothing; what follows, follows by rule."""

from dataclasses import replace

import pytest

from tearline.facts.fact import Sealed
from tearline.facts.harm import HarmRecordOpened
from tearline.facts.history import Precision, Role, Told
from tearline.facts.identifiers import PersonId, UnitId
from tearline.facts.leaks import (
    AdversaryFoundUnaware,
    CompromiseReported,
    CooperationSuspended,
    InvestigationOpened,
    Sureness,
)
from tearline.facts.release import DisclosureRecorded, SignOffLine
from tearline.folds.people import People, Status
from tearline.rooms import SUSPENSION_RULE
from tearline.rooms.leaks.compromises import (
    RecordCompromiseAsItHappened,
    ReportAdversaryUnaware,
    ReportCompromise,
)
from tearline.rooms.leaks.inquiring import OpenInvestigation
from tearline.rooms.release.outside import RecordDisclosure
from tests.inquiries import inquiry, lifted, unaware
from tests.rooms.rows import Row, check
from tests.worlds import (
    ANA,
    CLIO,
    HUGO,
    NOON,
    REX,
    RITA,
    SYL,
    World,
    acting,
    compromised,
    disclosed,
    item,
    office,
    on,
    partners,
    person,
    released,
    requested,
    signed_off,
    suspended,
    threat,
    unit,
)

SIU = UnitId("siu")
TOLD = Told("telling", NOON, "¶4")


def given() -> World:
    """Asked for by ana, signed by rex, released by rex to rita."""
    return (
        partners()
        .tell(requested(), by=ANA)
        .tell(signed_off("s-1", SignOffLine.RELEASING), by=REX)
        .tell(released(), by=REX)
    )


def confirmed(item: str = "phones") -> CompromiseReported:
    return replace(compromised(item=item), sure=Sureness.CONFIRMED)


def somebody_else_registered() -> World:
    """A tearline version that ulla drew from the item leaked, and nobody asked for it."""
    world = partners().tell(person("ulla", of="own"))
    world.tell(item("below", tearline_of="phones"), by=acting("ulla", Role.CASE_AGENT))
    return world.tell(compromised(item="below"), at=on(1), by=HUGO)


def leaked() -> World:
    return given().tell(compromised(), at=on(1), by=HUGO)


ACCEPTED = [
    Row(
        claim="a leak of what nobody was given",
        order=ReportCompromise(compromised()),
        by=HUGO,
        gives=(CompromiseReported, HarmRecordOpened),
    ),
    Row(
        claim="a leak of what a unit was given suspends it",
        order=ReportCompromise(compromised()),
        by=HUGO,
        world=given(),
        gives=(CompromiseReported, CooperationSuspended, HarmRecordOpened),
    ),
    Row(
        claim="a leak of a tearline text suspends the unit that was given the whole",
        order=ReportCompromise(compromised(item="below")),
        by=HUGO,
        world=given().tell(item("below", tearline_of="phones")),
        gives=(CompromiseReported, CooperationSuspended, HarmRecordOpened),
    ),
    Row(
        claim="a leak of another item suspends nobody",
        order=ReportCompromise(compromised(item="other")),
        by=HUGO,
        world=given().tell(item("other")),
        gives=(CompromiseReported, HarmRecordOpened),
    ),
    Row(
        claim="the partner itself reports",
        order=ReportCompromise(compromised()),
        by=RITA,
        world=given(),
        gives=(CompromiseReported, CooperationSuspended, HarmRecordOpened),
    ),
    Row(
        claim="every unit that got it is suspended, whether under the protocol or outside it",
        order=ReportCompromise(compromised()),
        by=HUGO,
        world=given().tell(unit("second"), office("sue", "second"), disclosed(unit="second", to=("sue",))),
        gives=(CompromiseReported, CooperationSuspended, CooperationSuspended, HarmRecordOpened),
    ),
    Row(
        claim="a second leak suspends anew, or the first one's finding would lift both",
        order=ReportCompromise(compromised("second")),
        by=HUGO,
        world=leaked().tell(suspended()),
        gives=(CompromiseReported, CooperationSuspended, HarmRecordOpened),
    ),
    Row(
        claim="a leak from before anybody was given it, and after it was on record",
        order=ReportCompromise(compromised()),
        by=HUGO,
        at=on(-0.5),
        now=on(1),
        world=given(),
        gives=(CompromiseReported, CooperationSuspended, HarmRecordOpened),
    ),
    Row(
        claim="an interval, with a likelihood ratio and the text that surfaced",
        order=ReportCompromise(
            replace(
                compromised(), known_by=on(2), likelihood_ratio=20.0, surfaced=Sealed("the depot at night")
            )
        ),
        by=HUGO,
        at=on(1),
        now=on(3),
        world=given(),
        gives=(CompromiseReported, CooperationSuspended, HarmRecordOpened),
    ),
    Row(
        claim="a leak that is said to be of the month in which the item was registered",
        order=ReportCompromise(compromised()),
        by=HUGO,
        at=on(-9),
        now=on(3),
        world=given(),
        precision=Precision.MONTH,
        gives=(CompromiseReported, CooperationSuspended, HarmRecordOpened),
    ),
    Row(
        claim="the partner's report of a day before the item: to it a refusal would tell that day",
        order=ReportCompromise(compromised()),
        by=RITA,
        at=on(-9),
        now=on(3),
        world=given(),
        gives=(CompromiseReported, CooperationSuspended, HarmRecordOpened),
    ),
    Row(
        claim="a confirmed leak although somebody saw the adversary unaware afterwards: no report waits for that",
        order=ReportCompromise(confirmed()),
        by=HUGO,
        at=on(1),
        now=on(3),
        world=given().tell(unaware(), at=on(2), by=ANA),
        gives=(CompromiseReported, CooperationSuspended, HarmRecordOpened),
    ),
    Row(
        claim="an adversary that did not know it yet",
        order=ReportAdversaryUnaware(unaware()),
        by=ANA,
        now=on(1),
        gives=(AdversaryFoundUnaware,),
    ),
    Row(
        claim="unaware before a confirmed leak",
        order=ReportAdversaryUnaware(unaware()),
        by=ANA,
        at=on(1),
        now=on(3),
        world=given().tell(confirmed(), at=on(2), by=HUGO),
        gives=(AdversaryFoundUnaware,),
    ),
    Row(
        claim="unaware within the interval of a confirmed leak: it came to know later in it",
        order=ReportAdversaryUnaware(unaware()),
        by=ANA,
        at=on(2),
        now=on(5),
        world=given().tell(replace(confirmed(), known_by=on(4)), at=on(1), by=HUGO),
        gives=(AdversaryFoundUnaware,),
    ),
    Row(
        claim="unaware after a leak that is only probable",
        order=ReportAdversaryUnaware(unaware()),
        by=ANA,
        at=on(2),
        now=on(3),
        world=leaked(),
        gives=(AdversaryFoundUnaware,),
    ),
    Row(
        claim="another adversary unaware of what one knows",
        order=ReportAdversaryUnaware(unaware(adversary="rivals")),
        by=ANA,
        at=on(2),
        now=on(3),
        world=given().tell(confirmed(), at=on(1), by=HUGO),
        gives=(AdversaryFoundUnaware,),
    ),
    Row(
        claim="unaware of the whole after a confirmed leak of a tearline text",
        order=ReportAdversaryUnaware(unaware()),
        by=ANA,
        at=on(2),
        now=on(3),
        world=given()
        .tell(item("below", tearline_of="phones"), at=on(0.5))
        .tell(confirmed("below"), at=on(1)),
        gives=(AdversaryFoundUnaware,),
    ),
    Row(
        claim="in a worked case nothing follows that did not follow",
        order=RecordCompromiseAsItHappened(compromised()),
        by=CLIO,
        world=given(),
        told=TOLD,
        gives=(CompromiseReported,),
    ),
    Row(
        claim="somebody who assessed a threat once it had leaked investigates",
        order=OpenInvestigation(inquiry("ina", "hugo")),
        by=SYL,
        world=leaked().tell(threat(), at=on(2), by=HUGO),
        gives=(InvestigationOpened,),
    ),
    Row(
        claim="somebody who had no part investigates",
        order=OpenInvestigation(inquiry("ina", "hugo")),
        by=SYL,
        world=leaked(),
        gives=(InvestigationOpened,),
    ),
]

REFUSED = [
    Row(
        claim="a leak before there was an item",
        order=ReportCompromise(compromised()),
        by=HUGO,
        at=on(-2),
        now=on(3),
        world=given(),
        refused="before-the-item",
    ),
    Row(
        claim="a leak in the month before there was an item",
        order=ReportCompromise(compromised()),
        by=HUGO,
        at=on(-20),
        now=on(3),
        world=given(),
        precision=Precision.MONTH,
        refused="before-the-item",
    ),
    Row(
        claim="known at the latest before it was known at the earliest",
        order=ReportCompromise(replace(compromised(), known_by=on(1))),
        by=HUGO,
        at=on(2),
        now=on(3),
        world=given(),
        refused="interval-in-order",
    ),
    Row(
        claim="known by a day to come",
        order=ReportCompromise(replace(compromised(), known_by=on(4))),
        by=HUGO,
        at=on(2),
        now=on(3),
        world=given(),
        refused="known-by-now",
    ),
    Row(
        claim="a likelihood ratio of nothing",
        order=ReportCompromise(replace(compromised(), likelihood_ratio=0.0)),
        by=HUGO,
        world=given(),
        refused="ratio-above-zero",
    ),
    Row(
        claim="unaware before there was an item",
        order=ReportAdversaryUnaware(unaware()),
        by=ANA,
        at=on(-2),
        refused="before-the-item",
    ),
    Row(
        claim="unaware twice",
        order=ReportAdversaryUnaware(unaware()),
        by=ANA,
        world=partners().tell(unaware(), by=ANA),
        refused="once",
    ),
    Row(
        claim="unaware of nothing",
        order=ReportAdversaryUnaware(unaware(item="none")),
        by=ANA,
        refused="known",
    ),
    Row(
        claim="unaware after it is confirmed that it knew",
        order=ReportAdversaryUnaware(unaware()),
        by=ANA,
        at=on(2),
        now=on(3),
        world=given().tell(confirmed(), at=on(1), by=HUGO),
        refused="known-already",
    ),
    Row(
        claim="unaware of a tearline text after it is confirmed that it knew the whole",
        order=ReportAdversaryUnaware(unaware(item="below")),
        by=ANA,
        at=on(2),
        now=on(3),
        world=given().tell(item("below", tearline_of="phones"), at=on(0.5)).tell(confirmed(), at=on(1)),
        refused="known-already",
    ),
    Row(
        claim="an inquiry by whoever put the item on record",
        order=OpenInvestigation(inquiry("ina", "ulla", of="below")),
        by=SYL,
        world=somebody_else_registered(),
        refused="no-part-in-it",
    ),
    Row(
        claim="an inquiry by whoever worked on the item before it leaked",
        order=OpenInvestigation(inquiry("ina", "hugo")),
        by=SYL,
        world=given().tell(threat(), by=HUGO).tell(compromised(), at=on(1), by=SYL),
        refused="no-part-in-it",
    ),
    Row(
        claim="a leak of nothing", order=ReportCompromise(compromised(item="none")), by=HUGO, refused="known"
    ),
    Row(
        claim="a leak twice",
        order=ReportCompromise(compromised()),
        by=HUGO,
        world=leaked(),
        refused="once",
    ),
    Row(
        claim="a live leak from which nothing is to follow",
        order=RecordCompromiseAsItHappened(compromised()),
        by=CLIO,
        world=given(),
        refused="suspension-follows",
    ),
    Row(claim="an inquiry into nothing", order=OpenInvestigation(inquiry("ina")), by=SYL, refused="known"),
    Row(
        claim="an inquiry twice",
        order=OpenInvestigation(inquiry("ina")),
        by=SYL,
        world=leaked().tell(inquiry("hugo"), by=SYL),
        refused="once",
    ),
    Row(
        claim="an inquiry into another item's leak",
        order=OpenInvestigation(inquiry("ina", of="other")),
        by=SYL,
        world=leaked().tell(item("other")),
        refused="same-item",
    ),
    Row(
        claim="an inquiry by nobody",
        order=OpenInvestigation(inquiry()),
        by=SYL,
        world=leaked(),
        refused="named-investigators",
    ),
    Row(
        claim="an inquiry by a ghost",
        order=OpenInvestigation(inquiry("ghost")),
        by=SYL,
        world=leaked(),
        refused="known",
    ),
    *[
        Row(
            claim=f"an inquiry by whoever {did}",
            order=OpenInvestigation(inquiry("ina", who)),
            by=SYL,
            world=leaked(),
            refused="no-part-in-it",
        )
        for who, did in [("rex", "signed and released it"), ("ana", "asked for it"), ("rita", "received it")]
    ],
    Row(
        claim="an inquiry by whoever was told outside the protocol",
        order=OpenInvestigation(inquiry("sue")),
        by=SYL,
        world=leaked().tell(disclosed(to=("sue",)), by=HUGO),
        refused="no-part-in-it",
    ),
    Row(
        claim="an inquiry by whoever recorded the disclosure",
        order=OpenInvestigation(inquiry("leo")),
        by=SYL,
        world=leaked().tell(disclosed(), by=acting("leo", Role.LIAISON)),
        refused="no-part-in-it",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED, ids=str)
def test_recorded(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_refused(row: Row) -> None:
    check(row)


def test_a_suspension_says_which_unit_for_which_leak_by_which_rule() -> None:
    _, suspension, record = given().does(ReportCompromise(compromised()), by=HUGO)
    assert isinstance(suspension, CooperationSuspended)
    assert (suspension.unit, suspension.compromise, suspension.item) == ("siu", "leak", "phones")
    assert suspension.rule == SUSPENSION_RULE
    assert isinstance(record, HarmRecordOpened)
    assert (record.compromise, record.item) == ("leak", "phones")


def test_a_stranger_in_the_unit_is_suspended_with_it() -> None:
    world = given().tell(person("new"), office("new"), at=on(0.5))
    world.does(ReportCompromise(compromised()), by=HUGO, now=on(1))
    assert People(world.history, on(1)).weakest(PersonId("new")).status is Status.SUSPENDED


def test_a_unit_whose_suspension_was_lifted_is_in_good_standing_again() -> None:
    world = leaked().tell(suspended(), at=on(1)).tell(lifted(), at=on(5))
    assert People(world.history, on(4)).unit_link(SIU).status is Status.SUSPENDED
    assert People(world.history, on(5)).unit_link(SIU).status is Status.CLEARED


def test_of_two_suspensions_each_is_lifted_by_itself() -> None:
    world = leaked().tell(suspended(), suspended(compromise="second"), at=on(1)).tell(lifted(), at=on(5))
    assert People(world.history, on(6)).unit_link(SIU).status is Status.SUSPENDED
    world.tell(lifted("lift-2", compromise="second"), at=on(7))
    assert People(world.history, on(8)).unit_link(SIU).status is Status.CLEARED


def test_a_disclosure_that_comes_to_light_after_the_lifting_suspends_anew() -> None:
    world = leaked().tell(suspended(), at=on(1)).tell(lifted(), at=on(5))
    facts = world.does(RecordDisclosure(disclosed()), by=HUGO, at=on(0.5), now=on(6))
    assert [type(f) for f in facts] == [DisclosureRecorded, CooperationSuspended]
    assert People(world.history, on(6)).unit_link(SIU).status is Status.SUSPENDED
