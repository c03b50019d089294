"""What no agreement says is owed to people in danger or harmed is on the list of what is owed all the same, once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from tearline.facts.fact import Sealed
from tearline.facts.identifiers import NeedId
from tearline.facts.release import WarningKind
from tearline.facts.warnings import WarnedWithoutOrder
from tearline.folds.obligations import obligations
from tearline.folds.unagreed import Owes, Unagreed, unagreed
from tearline.folds.warnings import REVIEW_WITHIN, WARN_WITHIN
from tests.protocol.packs import shipped
from tests.rooms.test_assistance import AFTER_LEAK, DECLINED, MET, NEED, REFERRED, TAKEN, WITHDRAWN
from tests.rooms.test_warnings import NOTICE, ORDER, REVIEW
from tests.worlds import (
    ANA,
    HUGO,
    SYL,
    World,
    agreement,
    compromised,
    disclosed,
    item,
    on,
    partners,
    threat,
    waived,
    warned,
)

NEEDED_ALONE = replace(NEED, report=None)


def alone() -> World:
    """An item, and no partner who agreed to anything."""
    return World().tell(item(), at=on(-2), by=ANA)


def owed(world: World) -> list[Unagreed]:
    return unagreed(world.history, shipped(), obligations(world.history, shipped()), UTC)


def said(world: World) -> list[tuple[Owes, datetime | None]]:
    return [(one.owes, one.due) for one in owed(world)]


def test_a_threat_is_owed_a_warning_within_its_clock_until_it_is_given_or_waived() -> None:
    world = alone().tell(threat(), at=on(-1), by=ANA)
    assert said(world) == [(Owes.WARNING, on(-1) + WARN_WITHIN)]
    (one,) = owed(world)
    assert one.about == "shots"
    assert not one.overdue(on(-1) + WARN_WITHIN)
    assert one.overdue(on(-1) + WARN_WITHIN + timedelta(seconds=1))
    assert said(world.copy().tell(waived(), at=on(0), by=ANA)) == []


def test_a_source_that_warned_of_bloodshed_is_owed_it_and_one_that_warned_of_nothing_such_is_not() -> None:
    (one,) = owed(alone().tell(warned(), at=on(-1), by=ANA))
    assert (one.owes, one.about) == (Owes.WARNING, "blood")
    other = next(kind for kind in WarningKind if kind is not WarningKind.BLOODSHED)
    assert said(alone().tell(replace(warned(), kind=other), at=on(-1), by=ANA)) == []


def test_a_warning_that_waited_for_no_order_is_to_be_reviewed_within_a_day() -> None:
    unordered = WarnedWithoutOrder(notice=NOTICE.notice, item=NOTICE.item)
    world = alone().tell(NOTICE, at=on(0), by=HUGO).tell(unordered, at=on(0), by=HUGO)
    assert said(world) == [(Owes.REVIEW, on(0) + REVIEW_WITHIN)]
    assert said(world.tell(REVIEW, at=on(0.5), by=SYL)) == []


def test_a_need_is_owed_by_the_end_of_its_day_until_it_is_met_or_withdrawn() -> None:
    world = alone().tell(NEEDED_ALONE, at=on(0), by=HUGO)
    ends = datetime(2026, 3, 21, tzinfo=UTC)
    assert said(world) == [(Owes.HELP, ends)]
    declined = world.copy().tell(REFERRED, at=on(1), by=HUGO).tell(DECLINED, at=on(2), by=HUGO)
    assert said(declined) == [(Owes.HELP, ends)]
    assert said(declined.tell(TAKEN, at=on(3), by=HUGO)) == [(Owes.HELP, ends)]
    assert said(world.copy().tell(MET, at=on(4), by=HUGO)) == []
    assert said(world.tell(WITHDRAWN, at=on(4), by=HUGO)) == []


def test_what_an_agreement_says_is_owed_is_not_told_once_more() -> None:
    bound = partners().tell(agreement("further", further=("us.icd191/1",)), at=on(-20))
    bound.tell(disclosed(under="further"), at=on(-1), by=HUGO).tell(threat(), at=on(-0.5), by=ANA)
    agreed = obligations(bound.history, shipped())
    assert [o.kind for o in agreed if o.ground.fact == threat()] == ["warn-of-threat"]
    assert said(bound) == []
    assert [one.owes for one in unagreed(bound.history, shipped(), [], UTC)] == [Owes.WARNING]


def test_a_day_before_the_one_that_was_agreed_is_told() -> None:
    """The agreement has thirty days for a need, whatever the day by which it is needed."""
    bound = partners().tell(agreement("newer", protocol="cross-border/2"), at=on(-20))
    needed = bound.tell(compromised(), AFTER_LEAK, at=on(-1), by=HUGO)
    (agreed,) = (o for o in obligations(needed.history, shipped()) if o.kind == "meet-need")
    assert agreed.due == on(29)
    late = needed.copy().tell(
        replace(AFTER_LEAK, need=NeedId("long"), wanted_by=date(2026, 5, 1)), at=on(-1), by=HUGO
    )
    for world in (needed, late):
        helped = [(one.about, one.due) for one in owed(world) if one.owes is Owes.HELP]
        assert helped == [("rent", datetime(2026, 3, 21, tzinfo=UTC))]


def test_an_order_that_has_people_warned_before_the_agreement_does_is_told() -> None:
    bound = partners().tell(agreement("further", further=("us.icd191/1",)), at=on(-20))
    bound.tell(disclosed(under="further"), at=on(-1), by=HUGO).tell(threat(), at=on(-0.5), by=ANA)
    ordered = replace(ORDER, threat=threat().threat)
    sooner = replace(ordered, until=on(-0.5) + timedelta(hours=1))
    assert said(bound.copy().tell(sooner, at=on(-0.5), by=SYL)) == [(Owes.WARNING, sooner.until)]
    later = replace(ordered, until=on(-0.5) + timedelta(hours=9))
    assert said(bound.tell(later, at=on(-0.5), by=SYL)) == []


def test_the_first_due_is_on_top() -> None:
    world = alone().tell(NEEDED_ALONE, at=on(-3), by=HUGO).tell(threat(), at=on(-1), by=ANA)
    world.tell(replace(NOTICE, said=Sealed("go")), at=on(-1), by=HUGO)
    world.tell(WarnedWithoutOrder(notice=NOTICE.notice, item=NOTICE.item), at=on(-1), by=HUGO)
    due = [one.due for one in owed(world)]
    assert len(due) == 3
    assert due == sorted(due, key=lambda d: d or on(999))
