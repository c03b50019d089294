"""A suspension ends by a finding and two people; what stands against a unit is remedied, or cooperation ends."""

import pytest

from tearline.facts.harm import HarmLookedInto
from tearline.facts.history import Actor, Role
from tearline.facts.identifiers import OrganisationId
from tearline.facts.investigation import FindingOutcome, FindingReported, InterimReportMade
from tearline.facts.leaks import CooperationEnded, LiftingProposed, RemediesFound, SuspensionLifted
from tearline.facts.oversight import OverseerInformed
from tearline.facts.release import Effect, ReleaseRequested, SignOffLine, VerdictReached
from tearline.facts.warnings import LeakWarningWaived
from tearline.folds.people import People, Status
from tearline.rooms import Command
from tearline.rooms.leaks.reports import LookIntoHarm, ReportFinding, ReportInterim, WaiveLeakWarning
from tearline.rooms.leaks.suspensions import EndCooperation, JudgeRemedies, LiftSuspension, ProposeLifting
from tearline.rooms.release.requests import RequestRelease
from tests.inquiries import (
    ended,
    inquiry,
    interim,
    leak_warning_waived,
    lifted,
    looked,
    made,
    proposed,
    remedies,
    reported,
    to_lift,
)
from tests.rooms.rows import Row, check
from tests.worlds import (
    ANA,
    HUGO,
    INA,
    OTTO,
    REX,
    SYL,
    VIC,
    World,
    acting,
    compromised,
    disclosed,
    item,
    knowers,
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

MAX = acting("max", Role.SENIOR_OFFICER)
IRIS = acting("iris", Role.INVESTIGATOR)
AGAINST = FindingOutcome.SUBSTANTIATED


def leaked() -> World:
    """Released by rex to rita of siu; leaked and suspended on day 1; ina looks into it."""
    world = partners().tell(person("iris", of="own"), unit("second"), at=on(-99))
    world.tell(requested(), by=ANA).tell(signed_off("s-1", SignOffLine.RELEASING), by=REX)
    world.tell(released(), by=REX)
    world.tell(compromised(), suspended(), at=on(1), by=HUGO)
    return world.tell(inquiry("ina", "iris"), at=on(2), by=SYL)


def found(outcome: FindingOutcome = FindingOutcome.CHANNEL_UNKNOWN, *units: str) -> World:
    """What ina proposed on day 3 and otto confirmed on day 4."""
    world = leaked().tell(proposed(outcome=outcome, units=units), by=INA, at=on(3))
    return world.tell(made(outcome=outcome, units=units), by=OTTO, at=on(4))


def against_siu() -> World:
    return found(AGAINST, "siu")


def to_be_lifted(world: World | None = None) -> World:
    return (world or found()).tell(to_lift(), by=INA, at=on(5))


ACCEPTED = [
    Row(
        claim="lifting is proposed where the channel stayed unknown",
        order=ProposeLifting(to_lift()),
        by=INA,
        world=found(),
        now=on(5),
        gives=(LiftingProposed,),
    ),
    Row(
        claim="lifting is proposed where it was another unit",
        order=ProposeLifting(to_lift()),
        by=SYL,
        world=found(AGAINST, "second"),
        now=on(5),
        gives=(LiftingProposed,),
    ),
    Row(
        claim="lifting is proposed once two found that what stands is remedied",
        order=ProposeLifting(to_lift()),
        by=SYL,
        world=against_siu().tell(remedies(), by=INA, at=on(5)).tell(remedies(), by=VIC, at=on(6)),
        now=on(7),
        gives=(LiftingProposed,),
    ),
    Row(
        claim="another person lifts it",
        order=LiftSuspension(lifted()),
        by=SYL,
        world=to_be_lifted(),
        now=on(6),
        gives=(SuspensionLifted,),
    ),
    Row(
        claim="remedies are found",
        order=JudgeRemedies(remedies()),
        by=INA,
        world=against_siu(),
        now=on(5),
        gives=(RemediesFound,),
    ),
    Row(
        claim="remedies are found wanting, and nobody was told",
        order=JudgeRemedies(remedies(effective=False, told=None)),
        by=VIC,
        world=against_siu(),
        now=on(5),
        gives=(RemediesFound,),
    ),
    Row(
        claim="cooperation is ended",
        order=EndCooperation(ended()),
        by=SYL,
        world=against_siu(),
        now=on(5),
        gives=(CooperationEnded,),
    ),
    Row(
        claim="the overseer has an interim report, and is informed by it",
        order=ReportInterim(interim()),
        by=SYL,
        world=leaked(),
        now=on(2),
        gives=(InterimReportMade, OverseerInformed),
    ),
    Row(
        claim="the overseer is told what was found",
        order=ReportFinding(reported()),
        by=INA,
        world=found(),
        now=on(5),
        gives=(FindingReported,),
    ),
    Row(
        claim="a warning after a leak is waived in writing",
        order=WaiveLeakWarning(leak_warning_waived()),
        by=SYL,
        world=leaked(),
        now=on(2),
        gives=(LeakWarningWaived,),
    ),
    Row(
        claim="harm is looked into",
        order=LookIntoHarm(looked()),
        by=HUGO,
        world=leaked(),
        now=on(2),
        gives=(HarmLookedInto,),
    ),
]


def _lift_refused(claim: str, world: World, rule: str, *, fact: LiftingProposed | None = None) -> list[Row]:
    """What cannot be proposed cannot be lifted either, though somebody proposed it when it still could."""
    fact = fact or to_lift()
    done = SuspensionLifted(
        lifting=fact.lifting,
        suspension=fact.suspension,
        unit=fact.unit,
        compromise=fact.compromise,
        finding=fact.finding,
        reasons=fact.reasons,
    )
    return [
        Row(
            claim=f"lifting is proposed {claim}",
            order=ProposeLifting(fact),
            by=IRIS,
            world=world,
            now=on(9),
            refused=rule,
        ),
        Row(
            claim=f"lifted {claim}",
            order=LiftSuspension(done),
            by=SYL,
            world=world.copy().tell(fact, by=IRIS, at=on(8)),
            now=on(9),
            refused=rule,
        ),
    ]


def _had_a_part(order: Command, claim: str, world: World, role: Role) -> list[Row]:
    """Refused to whoever asked, signed, received, or was told outside the protocol; and to who had the item."""
    world = world.copy().tell(disclosed(to=("sue",)), by=HUGO, at=on(4))
    return [
        Row(
            claim=f"{claim} by whoever {did}",
            order=order,
            by=acting(who, role),
            world=world,
            now=on(9),
            refused="no-part-in-it",
        )
        for who, did in (
            ("ana", "asked for it and had put it on record"),
            ("rex", "signed and made it"),
            ("rita", "received it"),
            ("sue", "was told outside the protocol"),
        )
    ]


SERVING = to_be_lifted().tell(office("syl"), at=on(5))

REFUSED = [
    *_lift_refused(
        "of a leak that is not there",
        found(),
        "known",
        fact=to_lift(compromise="none"),
    ),
    *_lift_refused("of a unit that was not suspended", found(), "known", fact=to_lift(unit="second")),
    *_lift_refused("before anything was found", leaked(), "known"),
    *_lift_refused("on a finding that is not there", found(), "known", fact=to_lift(finding="none")),
    *_lift_refused(
        "on a finding about another leak",
        found()
        .tell(compromised("second"), at=on(5), by=HUGO)
        .tell(made("other", compromise="second", within="again"), by=OTTO, at=on(6)),
        "known",
        fact=to_lift(finding="other"),
    ),
    *_lift_refused("twice", to_be_lifted().tell(lifted(), by=SYL, at=on(6)), "once", fact=to_lift("again")),
    *_lift_refused(
        "where cooperation was ended", against_siu().tell(ended(), by=SYL, at=on(5)), "ended-for-good"
    ),
    *_lift_refused("where a finding stands against the unit", against_siu(), "stands-against-it"),
    *_lift_refused(
        "where one person alone found it remedied",
        against_siu().tell(remedies(), remedies(), by=INA, at=on(5)),
        "stands-against-it",
    ),
    *_lift_refused(
        "where two found it remedied and told nobody",
        against_siu().tell(remedies(told=None), by=INA, at=on(5)).tell(remedies(told=None), by=VIC, at=on(6)),
        "stands-against-it",
    ),
    *_lift_refused(
        "where a third found since that it is not",
        against_siu()
        .tell(remedies(), by=INA, at=on(5))
        .tell(remedies(), by=VIC, at=on(6))
        .tell(remedies(effective=False), by=IRIS, at=on(7)),
        "stands-against-it",
    ),
    *_lift_refused(
        "on remedies from before the finding",
        leaked()
        .tell(remedies(), by=INA, at=on(3))
        .tell(remedies(), by=VIC, at=on(3))
        .tell(made(outcome=AGAINST, units=("siu",)), by=OTTO, at=on(4)),
        "stands-against-it",
    ),
    *_lift_refused(
        "on the one finding that clears it, of two",
        found().tell(made("worse", AGAINST, units=("siu",), within="again"), by=OTTO, at=on(6)),
        "stands-against-it",
    ),
    *_lift_refused(
        "of a suspension that came after the finding",
        leaked()
        .tell(made(), by=OTTO, at=on(4))
        .tell(disclosed(unit="second", to=("tom",)), by=HUGO, at=on(5))
        .tell(suspended("second"), by=HUGO, at=on(5)),
        "finding-after",
        fact=to_lift(unit="second"),
    ),
    Row(
        claim="lifting is proposed twice under one name",
        order=ProposeLifting(to_lift()),
        by=INA,
        world=to_be_lifted(),
        now=on(6),
        refused="once",
    ),
    Row(
        claim="lifting is proposed by a day before the finding",
        order=ProposeLifting(to_lift()),
        by=INA,
        world=found(),
        at=on(3.5),
        now=on(6),
        refused="answers-after",
    ),
    Row(
        claim="lifted without a proposal",
        order=LiftSuspension(lifted()),
        by=SYL,
        world=found(),
        now=on(6),
        refused="known",
    ),
    Row(
        claim="lifted by who proposed it",
        order=LiftSuspension(lifted()),
        by=SYL,
        world=found().tell(to_lift(), by=SYL, at=on(5)),
        now=on(6),
        refused="another-person",
    ),
    Row(
        claim="lifted otherwise than proposed",
        order=LiftSuspension(lifted(finding="other")),
        by=SYL,
        world=to_be_lifted(),
        now=on(6),
        refused="as-proposed",
    ),
    Row(
        claim="lifted on a day before it was proposed",
        order=LiftSuspension(lifted()),
        by=SYL,
        world=to_be_lifted(),
        at=on(4.5),
        now=on(6),
        refused="answers-after",
    ),
    Row(
        claim="lifted although who proposed it turned out to have a part",
        order=LiftSuspension(lifted()),
        by=SYL,
        world=to_be_lifted().tell(disclosed(to=("ina",)), by=HUGO, at=on(5.5)),
        now=on(6),
        refused="no-part-in-it",
    ),
    Row(
        claim="lifted by who serves in the unit",
        order=LiftSuspension(lifted()),
        by=SYL,
        world=SERVING,
        now=on(6),
        refused="not-ones-own-unit",
    ),
    *_had_a_part(ProposeLifting(to_lift()), "lifting is proposed", found(), Role.SENIOR_OFFICER),
    *_had_a_part(LiftSuspension(lifted()), "lifted", to_be_lifted(), Role.SENIOR_OFFICER),
    # remedies and the end of cooperation
    Row(
        claim="remedies of what nobody found",
        order=JudgeRemedies(remedies()),
        by=INA,
        world=leaked(),
        now=on(5),
        refused="known",
    ),
    Row(
        claim="remedies of a unit against which nothing stands",
        order=JudgeRemedies(remedies(unit="second")),
        by=INA,
        world=against_siu(),
        now=on(5),
        refused="stands-against",
    ),
    Row(
        claim="remedies told to a body that is not there",
        order=JudgeRemedies(remedies(told="none")),
        by=INA,
        world=against_siu(),
        now=on(5),
        refused="known",
    ),
    Row(
        claim="remedies on a day before the finding",
        order=JudgeRemedies(remedies()),
        by=INA,
        world=against_siu(),
        at=on(3),
        now=on(5),
        refused="answers-after",
    ),
    Row(
        claim="remedies by who serves in the unit",
        order=JudgeRemedies(remedies()),
        by=VIC,
        world=against_siu().tell(office("vic"), at=on(2)),
        now=on(5),
        refused="not-ones-own-unit",
    ),
    *_had_a_part(JudgeRemedies(remedies()), "remedies are found", against_siu(), Role.INVESTIGATOR),
    Row(
        claim="cooperation is ended on a finding that is not there",
        order=EndCooperation(ended()),
        by=SYL,
        world=leaked(),
        now=on(5),
        refused="known",
    ),
    Row(
        claim="cooperation is ended with a unit against which nothing stands",
        order=EndCooperation(ended()),
        by=SYL,
        world=found(),
        now=on(5),
        refused="stands-against",
    ),
    Row(
        claim="cooperation is ended over another leak",
        order=EndCooperation(ended(compromise="second")),
        by=SYL,
        world=against_siu().tell(compromised("second"), by=HUGO, at=on(2)),
        now=on(5),
        refused="same-leak",
    ),
    Row(
        claim="cooperation is ended twice",
        order=EndCooperation(ended()),
        by=SYL,
        world=against_siu().tell(ended(), by=SYL, at=on(5)),
        now=on(6),
        refused="once",
    ),
    *_had_a_part(EndCooperation(ended()), "cooperation is ended", against_siu(), Role.SENIOR_OFFICER),
    # what the overseer and the people are owed
    Row(
        claim="an interim report of no leak",
        order=ReportInterim(interim()),
        by=SYL,
        refused="known",
    ),
    Row(
        claim="an interim report about another item",
        order=ReportInterim(interim(item="other")),
        by=SYL,
        world=leaked(),
        now=on(2),
        refused="same-item",
    ),
    Row(
        claim="an interim report twice under one name",
        order=ReportInterim(interim()),
        by=SYL,
        world=leaked().tell(interim(), by=SYL, at=on(1.5)),
        now=on(2),
        refused="once",
    ),
    Row(
        claim="an interim report from before the leak",
        order=ReportInterim(interim()),
        by=SYL,
        world=leaked(),
        at=on(0.5),
        now=on(2),
        refused="answers-after",
    ),
    *_had_a_part(ReportInterim(interim()), "an interim report", leaked(), Role.SENIOR_OFFICER),
    Row(
        claim="a report of what nobody found",
        order=ReportFinding(reported()),
        by=INA,
        world=leaked(),
        now=on(5),
        refused="known",
    ),
    Row(
        claim="a report of a finding on another leak",
        order=ReportFinding(reported(compromise="second")),
        by=INA,
        world=found().tell(compromised("second"), by=HUGO, at=on(2)),
        now=on(5),
        refused="same-leak",
    ),
    Row(
        claim="a report of a finding twice under one name",
        order=ReportFinding(reported()),
        by=INA,
        world=found().tell(reported(), by=INA, at=on(5)),
        now=on(6),
        refused="once",
    ),
    *_had_a_part(ReportFinding(reported()), "a report of a finding", found(), Role.INVESTIGATOR),
    Row(
        claim="a warning is waived after no leak",
        order=WaiveLeakWarning(leak_warning_waived()),
        by=SYL,
        refused="known",
    ),
    *_had_a_part(
        WaiveLeakWarning(leak_warning_waived()), "a warning is waived", leaked(), Role.SENIOR_OFFICER
    ),
    Row(claim="harm of no leak", order=LookIntoHarm(looked()), by=HUGO, refused="known"),
    *_had_a_part(LookIntoHarm(looked()), "harm is looked into", leaked(), Role.HARM_DESK),
]


@pytest.mark.parametrize("row", ACCEPTED, ids=str)
def test_recorded(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_refused(row: Row) -> None:
    check(row)


def verdict_on_siu(world: World) -> VerdictReached:
    """What a request for another item to the unit comes to, on day 10."""
    world = world.copy().tell(item("cars"), knowers(item="cars"), by=ANA, at=on(9))
    facts = world.does(RequestRelease(requested("next", "cars")), by=ANA, now=on(10))
    assert isinstance(facts[0], ReleaseRequested)
    assert isinstance(facts[1], VerdictReached)
    return facts[1]


@pytest.mark.parametrize(
    ("after", "refused"),
    [
        (leaked(), True),
        (to_be_lifted(), True),
        (to_be_lifted().tell(lifted(), by=SYL, at=on(6)), False),
        (
            to_be_lifted()
            .tell(lifted(), by=SYL, at=on(6))
            .tell(compromised("second"), suspended(compromise="second"), by=HUGO, at=on(7)),
            True,
        ),
        (
            to_be_lifted(against_siu()).tell(ended(), by=SYL, at=on(6)).tell(lifted(), by=SYL, at=on(7)),
            True,
        ),
    ],
    ids=["suspended", "proposed", "lifted", "suspended anew", "ended, whatever is lifted"],
)
def test_a_request_is_refused_for_as_long_as_a_suspension_stands(after: World, refused: bool) -> None:  # noqa: FBT001  a case's expectation
    verdict = verdict_on_siu(after)
    assert ("unit-suspended" in verdict.rules.open()) is refused
    assert not refused or verdict.effect is Effect.REFUSE


def test_a_unit_with_which_cooperation_was_ended_is_worse_than_suspended() -> None:
    world = against_siu().tell(ended(), by=SYL, at=on(5))
    assert People(world.history, on(6)).unit_link(ended().unit).status is Status.ENDED
    assert People(world.history, on(4.5)).unit_link(ended().unit).status is Status.SUSPENDED


def test_an_interim_report_informs_the_overseer_of_the_same_in_the_same_words() -> None:
    made, informed = leaked().does(ReportInterim(interim()), by=SYL, now=on(2))
    assert isinstance(made, InterimReportMade)
    assert isinstance(informed, OverseerInformed)
    assert informed.overseer == made.overseer == OrganisationId("watch")
    assert (informed.compromise, informed.text) == (made.compromise, made.text)


@pytest.mark.parametrize("by", [INA, SYL, MAX], ids=lambda who: who.person)
def test_who_proposed_and_who_confirmed_the_finding_may_also_lift(by: Actor) -> None:
    """They had no part in what leaked; that two agree on each step is what is asked."""
    assert found().does(ProposeLifting(to_lift()), by=by, now=on(5))
