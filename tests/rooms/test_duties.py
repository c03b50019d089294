"""Duties kept apart: nobody judges, answers, investigates or vets themselves, in whichever role they come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.fact import Sealed
from tearline.facts.history import Actor, Role
from tearline.facts.identifiers import AllegationId, PersonId, UnitId
from tearline.facts.parties import AllegationAssessed, AllegationStanding, PersonVettingDecided
from tearline.facts.release import DissentAnswered, SignOffLine, SourceWarningAnswered
from tearline.folds.people import People
from tearline.rooms import Command, asked_by
from tearline.rooms.leaks.inquiring import OpenInvestigation
from tearline.rooms.parties.persons import DecidePersonVetting
from tearline.rooms.parties.units import AssessAllegation, DecideUnitVetting, JudgeJusticeSteps
from tearline.rooms.release.dissents import AnswerDissent
from tearline.rooms.release.items import AnswerSourceWarning
from tearline.rooms.release.requests import SignOff
from tearline.rooms.release.reviews import ReviewRelease
from tearline.rooms.warnings import WaiveWarning
from tests.inquiries import inquiry
from tests.rooms.rows import Row, check
from tests.rooms.test_leaks import leaked
from tests.rooms.test_reviews import SIGNED
from tests.worlds import (
    ANA,
    CLIO,
    HUGO,
    INA,
    LEO,
    NOON,
    OTTO,
    REX,
    RITA,
    SOL,
    SYL,
    VIC,
    World,
    acting,
    compromised,
    disclosed,
    dissent,
    dissent_answered,
    item,
    justice,
    on,
    partners,
    requested,
    reviewed,
    signed_off,
    superior,
    threat,
    unit_vetted,
    vetted,
    violated,
    waived,
    warned,
    warning_answered,
)

IDA = acting("ida", Role.INVESTIGATOR)


def as_(who: Actor, role: Role) -> Actor:
    """The same person, in another of their roles."""
    return Actor(who.person, role)


def objected() -> World:
    """ana asked for it and has since become a senior officer too; sol dissents, and the source warned."""
    world = partners().tell(requested(), at=on(-0.5), by=ANA)
    return world.tell(dissent(), warned(), threat(), at=on(-0.4), by=SOL)


def objected_above() -> World:
    """ana asked for a tearline version of a tearline version; what sol said stands against the whole item."""
    world = partners().tell(item("below", tearline_of="phones"), item("lowest", tearline_of="below"), by=ANA)
    world.tell(requested("ask", "lowest"), at=on(-0.5), by=ANA)
    return world.tell(dissent(request=None), warned(), threat(), at=on(-0.4), by=SOL)


def objected_below() -> World:
    """ana asked for the whole item; what sol said stands against a tearline version of it alone."""
    world = partners().tell(item("below", tearline_of="phones"), by=ANA)
    world.tell(requested(), at=on(-0.5), by=ANA)
    return world.tell(dissent(item="below", request=None), at=on(-0.4), by=SOL)


def vetting() -> World:
    """vic answers to max, and ina to vic."""
    return partners().tell(superior("vic", "max"), superior("ina", "vic"), at=on(-60))


def unfounded(by: str = "raid", unit: str = "siu") -> AllegationAssessed:
    return AllegationAssessed(
        allegation=AllegationId(by),
        unit=UnitId(unit),
        standing=AllegationStanding.UNFOUNDED,
        reasons=Sealed("it was another unit"),
    )


ACCEPTED = [
    Row(
        claim="whoever was vetted by somebody vets them after a month",
        order=DecidePersonVetting(vetted("leo")),
        by=VIC,
        world=partners().tell(vetted("vic"), at=on(-31), by=as_(LEO, Role.VETTING_OFFICER)),
        gives=(PersonVettingDecided,),
    ),
    Row(
        claim="what stands against a tearline version alone answered by whoever asked for the whole",
        order=AnswerDissent(dissent_answered(item="below")),
        by=as_(ANA, Role.SENIOR_OFFICER),
        world=objected_below(),
        gives=(DissentAnswered,),
    ),
    Row(
        claim="a source's warning answered by another",
        order=AnswerSourceWarning(warning_answered()),
        by=SYL,
        world=objected_above(),
        gives=(SourceWarningAnswered,),
    ),
    Row(
        claim="an inquiry opened by somebody who had no part",
        order=OpenInvestigation(inquiry("ina")),
        by=SYL,
        world=leaked(),
        gives=(type(inquiry("ina")),),
    ),
]
REFUSED = [
    Row(
        claim="one person signs two lines in two roles",
        order=SignOff(signed_off("s-2", SignOffLine.SECOND)),
        by=as_(REX, Role.SENIOR_OFFICER),
        world=partners()
        .tell(requested(), at=on(-0.5), by=ANA)
        .tell(signed_off("s-1", SignOffLine.RELEASING), at=on(-0.4), by=REX),
        refused="signs-once",
    ),
    Row(
        claim="one's own request in another role",
        order=SignOff(signed_off("s-1", SignOffLine.SECOND)),
        by=as_(ANA, Role.SENIOR_OFFICER),
        world=partners().tell(requested(), at=on(-0.5), by=ANA),
        refused="not-ones-own",
    ),
    Row(
        claim="a dissent answered by whoever asked",
        order=AnswerDissent(dissent_answered()),
        by=as_(ANA, Role.SENIOR_OFFICER),
        world=objected(),
        refused="asked-for-it",
    ),
    Row(
        claim="a source's warning answered by whoever asked",
        order=AnswerSourceWarning(warning_answered()),
        by=as_(ANA, Role.SENIOR_OFFICER),
        world=objected(),
        refused="asked-for-it",
    ),
    Row(
        claim="a dissent answered by whoever asked for what was drawn from the item",
        order=AnswerDissent(dissent_answered()),
        by=as_(ANA, Role.SENIOR_OFFICER),
        world=objected_above(),
        refused="asked-for-it",
    ),
    Row(
        claim="a source's warning answered by whoever asked for what was drawn from the item",
        order=AnswerSourceWarning(warning_answered()),
        by=as_(ANA, Role.SENIOR_OFFICER),
        world=objected_above(),
        refused="asked-for-it",
    ),
    Row(
        claim="a warning waived by whoever asked for what was drawn from the item",
        order=WaiveWarning(waived()),
        by=as_(ANA, Role.SENIOR_OFFICER),
        world=objected_above(),
        refused="asked-for-it",
    ),
    Row(
        claim="a source's warning answered by whoever recorded it",
        order=AnswerSourceWarning(warning_answered()),
        by=as_(SOL, Role.SENIOR_OFFICER),
        world=objected(),
        refused="another-answers",
    ),
    Row(
        claim="a warning waived by whoever asked",
        order=WaiveWarning(waived()),
        by=as_(ANA, Role.SENIOR_OFFICER),
        world=objected(),
        refused="asked-for-it",
    ),
    *[
        Row(
            claim=f"an inquiry opened by whoever {did}",
            order=OpenInvestigation(inquiry("ina")),
            by=as_(who, Role.SENIOR_OFFICER),
            world=leaked(),
            refused="no-part-in-it",
        )
        for who, did in ((ANA, "asked for it"), (REX, "signed and released it"), (RITA, "received it"))
    ],
    Row(
        claim="an inquiry by whoever answered the dissent",
        order=OpenInvestigation(inquiry("syl")),
        by=OTTO,
        world=leaked().tell(dissent(request=None), by=SOL).tell(dissent_answered(), by=SYL),
        refused="no-part-in-it",
    ),
    Row(
        claim="an inquiry by whoever gave the item from which it was drawn",
        order=OpenInvestigation(inquiry("hugo", of="below", compromise="lower")),
        by=SYL,
        world=partners()
        .tell(item("below", tearline_of="phones"), at=on(-0.9), by=ANA)
        .tell(disclosed(), at=on(-0.8), by=HUGO)
        .tell(compromised("lower", "below"), by=SOL),
        refused="no-part-in-it",
    ),
    *[
        Row(
            claim=f"a review by whoever {did}",
            order=ReviewRelease(reviewed()),
            by=who,
            world=world,
            refused="had-no-part",
        )
        for did, who, world in (
            ("received it", as_(RITA, Role.SENIOR_OFFICER), SIGNED),
            (
                "answered the dissent",
                acting("sam", Role.SENIOR_OFFICER),
                SIGNED.copy()
                .tell(dissent(request=None), at=on(-0.45), by=SOL)
                .tell(dissent_answered(), at=on(-0.4), by=acting("sam", Role.SENIOR_OFFICER)),
            ),
        )
    ],
    Row(
        claim="the vetting of one's superior",
        order=DecidePersonVetting(vetted("max")),
        world=vetting(),
        refused="out-of-line",
    ),
    Row(
        claim="the vetting of one's subordinate",
        order=DecidePersonVetting(vetted("ina")),
        world=vetting(),
        refused="out-of-line",
    ),
    Row(
        claim="the vetting of one's superior's superior",
        order=DecidePersonVetting(vetted("tom")),
        by=as_(RITA, Role.VETTING_OFFICER),
        refused="out-of-line",
    ),
    Row(
        claim="the vetting in return",
        order=DecidePersonVetting(vetted("leo")),
        world=partners().tell(vetted("vic"), at=on(-30), by=as_(LEO, Role.VETTING_OFFICER)),
        refused="not-in-return",
    ),
    Row(
        claim="the vetting of one's own unit",
        order=DecideUnitVetting(unit_vetted()),
        by=as_(RITA, Role.VETTING_OFFICER),
        refused="not-ones-own-unit",
    ),
    Row(
        claim="what is alleged of one's own unit",
        order=AssessAllegation(unfounded()),
        by=as_(RITA, Role.INVESTIGATOR),
        world=partners().tell(violated("raid", "siu"), at=on(-10), by=LEO),
        refused="not-ones-own-unit",
    ),
    *[
        Row(
            claim=f"{what} of what oneself is accused of",
            order=order,
            by=INA,
            world=partners().tell(violated("raid", "siu", person="ina"), at=on(-10), by=LEO),
            refused="not-the-accused",
        )
        for what, order in (
            ("an assessment", AssessAllegation(unfounded())),
            ("justice", JudgeJusticeSteps(justice("raid"))),
        )
    ],
]


@pytest.mark.parametrize("row", [*ACCEPTED, *REFUSED], ids=str)
def test_decided(row: Row) -> None:
    check(row)


FINDERS = st.sampled_from([INA, acting("ida", Role.INVESTIGATOR), acting("ivo", Role.INVESTIGATOR), CLIO])
STANDINGS = st.sampled_from([AllegationStanding.UNFOUNDED, AllegationStanding.CREDIBLE])


@given(st.lists(st.tuples(FINDERS, STANDINGS), max_size=6))
def test_that_an_allegation_is_unfounded_takes_two_who_find_it_one_after_the_other(
    found: list[tuple[Actor, AllegationStanding]],
) -> None:
    world = partners().tell(violated("raid", "siu", AllegationStanding.SUBSTANTIATED), at=on(-20), by=LEO)
    finders: set[PersonId] = set()
    expected = AllegationStanding.SUBSTANTIATED
    for n, (by, standing) in enumerate(found):
        fact = AllegationAssessed(
            allegation=AllegationId("raid"), unit=UnitId("siu"), standing=standing, reasons=Sealed("heard")
        )
        world.tell(fact, at=on(-10 + n), by=by)
        if standing is AllegationStanding.CREDIBLE:
            finders, expected = set(), standing
        elif by is CLIO or finders - {by.person}:
            expected = standing
        if standing is AllegationStanding.UNFOUNDED and by is not CLIO:
            finders.add(by.person)
        (allegation,) = People(world.history, NOON).allegations[UnitId("siu")]
        assert allegation.standing is expected


def test_steps_to_justice_are_effective_when_two_find_it() -> None:
    world = partners().tell(violated(), at=on(-20), by=LEO).tell(justice(), at=on(-10), by=INA)

    def effective() -> bool:
        (allegation,) = People(world.history, NOON).allegations[UnitId("siu")]
        return allegation.justice is not None and allegation.justice.fact.effective

    assert not effective()
    world.tell(justice(), at=on(-9), by=INA)
    assert not effective()
    world.tell(justice(), at=on(-8), by=VIC)
    assert effective()
    world.tell(justice(effective=False), at=on(-7), by=VIC)
    assert not effective()


@pytest.mark.parametrize(
    "order",
    [AnswerDissent(dissent_answered()), AnswerSourceWarning(warning_answered()), WaiveWarning(waived())],
    ids=lambda order: type(order).__name__,
)
def test_what_is_asked_for_of_a_tearline_version_meanwhile_has_an_answer_decided_again(
    order: Command,
) -> None:
    known = objected_above().history
    asked = asked_by(order, known, SYL)
    assert asked.matches("ReleaseRequested", frozenset({"request:late", "item:lowest"}))
    assert asked.matches("ItemRegistered", frozenset({"item:newest", "item:lowest"}))
    assert not asked.matches("ReleaseRequested", frozenset({"request:late", "item:another"}))
