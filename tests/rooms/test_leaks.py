"""Leaks: whoever reports one decides nothing; what follows, follows by rule."""

import pytest

from tearline.facts.fact import Sealed
from tearline.facts.history import Role, Told
from tearline.facts.identifiers import CompromiseId, InvestigationId, ItemId, PersonId
from tearline.facts.leaks import CompromiseReported, CooperationSuspended, InvestigationOpened
from tearline.facts.release import SignOffLine
from tearline.folds.people import People, Status
from tearline.rooms import SUSPENSION_RULE
from tearline.rooms.leaks import OpenInvestigation, RecordCompromiseAsItHappened, ReportCompromise
from tests.nodes import COMMANDS
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
    unit,
)

TOLD = Told("telling", NOON, "¶4")


def inquiry(
    *by: str, compromise: str = "leak", of: str = "phones", name: str = "inquiry"
) -> InvestigationOpened:
    return InvestigationOpened(
        investigation=InvestigationId(name),
        compromise=CompromiseId(compromise),
        item=ItemId(of),
        investigators=tuple(PersonId(p) for p in by),
        remit=Sealed("how it leaked"),
    )


def given() -> World:
    """Asked for by ana, signed by rex, released by rex to rita."""
    return (
        partners()
        .tell(requested(), by=ANA)
        .tell(signed_off("s-1", SignOffLine.RELEASING), by=REX)
        .tell(released(), by=REX)
    )


def leaked() -> World:
    return given().tell(compromised(), at=on(1), by=HUGO)


ACCEPTED = [
    Row(
        claim="a leak of what nobody was given",
        order=ReportCompromise(compromised()),
        by=HUGO,
        gives=(CompromiseReported,),
    ),
    Row(
        claim="a leak of what a unit was given suspends it",
        order=ReportCompromise(compromised()),
        by=HUGO,
        world=given(),
        gives=(CompromiseReported, CooperationSuspended),
    ),
    Row(
        claim="a leak of a tearline text suspends the unit that was given the whole",
        order=ReportCompromise(compromised(item="below")),
        by=HUGO,
        world=given().tell(item("below", tearline_of="phones")),
        gives=(CompromiseReported, CooperationSuspended),
    ),
    Row(
        claim="a leak of another item suspends nobody",
        order=ReportCompromise(compromised(item="other")),
        by=HUGO,
        world=given().tell(item("other")),
        gives=(CompromiseReported,),
    ),
    Row(
        claim="the partner itself reports",
        order=ReportCompromise(compromised()),
        by=RITA,
        world=given(),
        gives=(CompromiseReported, CooperationSuspended),
    ),
    Row(
        claim="every unit that got it is suspended, whether under the protocol or outside it",
        order=ReportCompromise(compromised()),
        by=HUGO,
        world=given().tell(unit("second"), office("sue", "second"), disclosed(unit="second", to=("sue",))),
        gives=(CompromiseReported, CooperationSuspended, CooperationSuspended),
    ),
    Row(
        claim="a second leak suspends anew, or the first one's finding would lift both",
        order=ReportCompromise(compromised("second")),
        by=HUGO,
        world=leaked().tell(suspended()),
        gives=(CompromiseReported, CooperationSuspended),
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
        claim="somebody who had no part investigates",
        order=OpenInvestigation(inquiry("ina", "hugo")),
        by=SYL,
        world=leaked(),
        gives=(InvestigationOpened,),
    ),
]

REFUSED = [
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
    _, suspension = given().does(ReportCompromise(compromised()), by=HUGO)
    assert isinstance(suspension, CooperationSuspended)
    assert (suspension.unit, suspension.compromise, suspension.item) == ("siu", "leak", "phones")
    assert suspension.rule == SUSPENSION_RULE


def test_nobody_can_lift_a_suspension() -> None:
    """There is no fact and no command for it yet; when there is, it is a finding."""
    assert [c.__name__ for c in COMMANDS if "Suspen" in c.__name__ or "Resum" in c.__name__] == []


def test_a_stranger_in_the_unit_is_suspended_with_it() -> None:
    world = given().tell(person("new"), office("new"), at=on(0.5))
    world.does(ReportCompromise(compromised()), by=HUGO, now=on(1))
    assert People(world.history, on(1)).weakest(PersonId("new")).status is Status.SUSPENDED
