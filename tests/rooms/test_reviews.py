"""Expedited releases: they owe a review by somebody who had no part in them, and overdue ones stop the next."""

from dataclasses import replace

import pytest

from tearline.facts.errors import Refused
from tearline.facts.history import Role
from tearline.facts.identifiers import RequestId
from tearline.facts.release import (
    CopyReleased,
    Effect,
    Finding,
    ItemReleased,
    ReleaseExpedited,
    ReleaseReviewed,
    SignOffLine,
    VerdictReached,
)
from tearline.folds.obligations import obligations
from tearline.rooms.release.releasing import ReleaseItem
from tearline.rooms.release.requests import DecideRequest, RequestRelease
from tearline.rooms.release.reviews import ReviewRelease
from tests.rooms.quick import FAST, QUICK, hurried, in_haste
from tests.rooms.rows import Row, check
from tests.worlds import (
    ANA,
    OTTO,
    REX,
    SOL,
    SYL,
    World,
    acting,
    agreement,
    expedited,
    item,
    on,
    partners,
    people_warned,
    released,
    requested,
    reviewed,
    signed_off,
    threat,
    waived,
)


def rushed(world: World | None = None) -> World:
    """ana asked for it in haste, rex released it without a signature."""
    out = (world or hurried()).tell(in_haste(), at=on(-0.1), by=ANA)
    out.does(ReleaseItem(FAST), by=REX)
    return out


def review_of(world: World, finding: Finding = Finding.UPHELD) -> ReleaseReviewed:
    given = next(r.fact for r in world.facts if isinstance(r.fact, ReleaseExpedited))
    return reviewed(given.release, under="quickly", finding=finding)


RUSHED = rushed()
SIGNED = partners().tell(requested(), at=on(-0.5), by=ANA)
SIGNED.tell(signed_off("s-1", SignOffLine.SECOND), at=on(-0.4), by=SYL)
SIGNED.tell(released(), expedited(), at=on(-0.3), by=REX)

ACCEPTED = [
    Row(
        claim="a release for which a hold was waived is expedited",
        order=ReleaseItem(FAST),
        by=REX,
        world=hurried().tell(in_haste(), at=on(-0.1), by=ANA),
        gives=(VerdictReached, ItemReleased, ReleaseExpedited, CopyReleased),
    ),
    Row(
        claim="a senior officer reviews it",
        order=ReviewRelease(review_of(RUSHED)),
        by=SYL,
        world=RUSHED,
        gives=(ReleaseReviewed,),
    ),
    Row(
        claim="the overseer finds it wrong",
        order=ReviewRelease(review_of(RUSHED, Finding.WRONG)),
        by=OTTO,
        world=RUSHED,
        gives=(ReleaseReviewed,),
    ),
]

REFUSED = [
    Row(
        claim="a release in no haste waits for its signatures",
        order=ReleaseItem(FAST),
        by=REX,
        world=hurried().tell(in_haste(expedited=False), at=on(-0.1), by=ANA),
        refused="protocol-says-release",
    ),
    Row(claim="reviewing nothing", order=ReviewRelease(reviewed()), by=SYL, refused="known"),
    Row(
        claim="reviewing a release that was not expedited",
        order=ReviewRelease(reviewed()),
        by=SYL,
        world=partners().tell(requested(), released(), at=on(-0.5)),
        refused="known",
    ),
    Row(
        claim="reviewing twice",
        order=ReviewRelease(reviewed()),
        by=OTTO,
        world=SIGNED.copy().tell(reviewed(), at=on(-0.1), by=OTTO),
        refused="once",
    ),
    Row(
        claim="a review of another item",
        order=ReviewRelease(reviewed(item="other")),
        by=OTTO,
        world=SIGNED.copy().tell(item("other")),
        refused="same-release",
    ),
    Row(
        claim="a review under another agreement",
        order=ReviewRelease(reviewed(under="quickly")),
        by=OTTO,
        world=SIGNED,
        refused="same-release",
    ),
    Row(
        claim="a review from before the release",
        order=ReviewRelease(reviewed()),
        by=OTTO,
        world=SIGNED,
        at=on(-0.4),
        refused="answers-after",
    ),
    *(
        Row(
            claim=f"a review by whoever {did}",
            order=ReviewRelease(reviewed()),
            by=acting(who, Role.SENIOR_OFFICER),
            world=SIGNED,
            refused="had-no-part",
        )
        for who, did in (("ana", "asked for it"), ("syl", "signed it"), ("rex", "released it"))
    ),
]


@pytest.mark.parametrize("row", ACCEPTED, ids=str)
def test_recorded(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_refused(row: Row) -> None:
    check(row)


def test_it_says_which_holds_were_waived_and_by_what_path() -> None:
    (given,) = [r.fact for r in RUSHED.facts if isinstance(r.fact, ReleaseExpedited)]
    assert given.waived.open() == ("sign-offs-missing",)
    assert (given.request, given.agreement, given.unit) == ("fast", "quickly", "siu")


def test_a_release_that_needed_no_waiver_owes_no_review() -> None:
    world = hurried().tell(in_haste(), at=on(-0.3), by=ANA)
    world.tell(signed_off("s-1", SignOffLine.RELEASING, "fast"), at=on(-0.2), by=REX)
    world.tell(signed_off("s-2", SignOffLine.SOURCE_HANDLING, "fast"), at=on(-0.2), by=SOL)
    made = world.does(ReleaseItem(FAST), by=REX)
    assert [type(f) for f in made] == [VerdictReached, ItemReleased, CopyReleased]


@pytest.mark.parametrize(("within", "hours"), [("12h", 12), ("24h", 24), ("30d", 24)])
def test_a_review_that_is_overdue_stops_the_next_expedited_release(within: str, hours: int) -> None:
    """However long the agreement allows, a review that is not held within a day is overdue."""
    world = rushed(hurried(within))
    again = in_haste("again")
    just, late = on(hours / 24), on((hours + 1) / 24)
    assert effect(world.decide(RequestRelease(again), by=ANA, now=just)[1].fact) is Effect.RELEASE
    assert effect(world.decide(RequestRelease(again), by=ANA, now=late)[1].fact) is Effect.HOLD
    world.tell(again, at=just, by=ANA)
    with pytest.raises(Refused, match="sign-offs-missing"):
        world.decide(ReleaseItem(RequestId("again")), by=REX, now=late)
    world.does(ReviewRelease(review_of(world, Finding.WRONG)), by=OTTO, now=late)
    assert ReleaseExpedited in {
        type(d.fact) for d in world.decide(ReleaseItem(RequestId("again")), by=REX, now=late)
    }


def test_an_overdue_review_under_another_agreement_stops_nothing() -> None:
    world = rushed()
    stated = next(r.fact for r in world.facts if getattr(r.fact, "agreement", None) == "quickly")
    other = replace(stated, agreement="other")  # type: ignore[type-var]  # an agreement is a dataclass
    world.tell(other, at=on(-70))
    asked = replace(in_haste("again"), agreement=other.agreement)  # type: ignore[attr-defined]  # as above
    assert effect(world.decide(RequestRelease(asked), by=ANA, now=on(2))[1].fact) is Effect.RELEASE


def test_a_release_that_comes_first_is_seen_by_the_decision_beside_it() -> None:
    """The reviews under an agreement are in the boundary of every decision under it."""
    world = hurried().tell(in_haste(), at=on(-0.1), by=ANA)
    question = DecideRequest(FAST).question(world.history)
    for fact in (expedited(under="quickly"), reviewed(under="quickly")):
        seen = World().tell(fact).read(question, frozenset())
        assert len(seen.facts) == 1


def effect(fact: object) -> Effect:
    assert isinstance(fact, VerdictReached)
    return fact.effect


# What is owed


def owed(world: World, kind: str) -> list[tuple[str, str | None]]:
    """To whom, and what ended it."""
    return [
        (o.creditor, type(o.discharged_by.fact).__name__ if o.discharged_by else None)
        for o in obligations(world.history, world.protocols)
        if o.kind == kind
    ]


def test_a_review_is_owed_until_it_is_held() -> None:
    world = rushed()
    assert owed(world, "review") == [("watch", None)]
    world.does(ReviewRelease(review_of(world)), by=SYL, now=on(0.2))
    assert owed(world, "review") == [("watch", "ReleaseReviewed")]


def test_a_threat_is_owed_a_warning_whoever_was_told_of_the_item() -> None:
    """Under the agreement that knows this duty, though an earlier one of the same holder does not."""
    world = hurried().tell(threat(), at=on(-0.5), by=ANA)
    assert owed(world, "warn") == [("people", None)]
    asked = hurried().tell(requested(), at=on(-0.6), by=ANA).tell(threat(), at=on(-0.5), by=ANA)
    assert owed(asked, "warn") == [("people", None)], "asked for under an agreement that does not know it"
    assert owed(partners().tell(agreement("more"), threat(), by=ANA), "warn") == []


@pytest.mark.parametrize("done", [people_warned(of="shots"), waived()], ids=lambda one: type(one).__name__)
def test_a_warning_or_its_waiver_ends_what_is_owed_to_the_threatened(done: object) -> None:
    world = hurried().tell(threat(), at=on(-0.5), by=ANA)
    world.tell(people_warned("n-0"), people_warned("n-9", of="other"), at=on(-0.4), by=ANA)
    assert owed(world, "warn") == [("people", None)], "a warning of something else is not this one"
    world.tell(done, by=SYL)  # type: ignore[arg-type]  # facts both
    assert owed(world, "warn") == [("people", type(done).__name__)]


def test_the_pack_of_these_tests_holds_together() -> None:
    assert [rule.id for rule in QUICK.rules] == ["permits", "quick"]
