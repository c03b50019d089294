"""Who is to be warned: what opens it, and that neither an order nor an attempt that reached nobody ends it."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.fact import Fact
from tearline.facts.identifiers import CompromiseId, NoticeId, ThreatId, WarningId, WarningOrderId
from tearline.facts.release import WarningKind
from tearline.facts.warnings import PeopleWarned, ThreatHarm, WarningAttempted, WarningOrdered, WarningWaived
from tearline.folds.warnings import WARN_WITHIN, WarningState, apart, dangers, opens
from tests.rooms.test_warnings import ATTEMPT, NOTICE, ORDER, REVIEW, SOURCE_WAIVED, UNORDERED
from tests.worlds import NOON, World, compromised, item, on, plan, threat, waived, warned

THREAT = ThreatId("shots")
OF_THREAT = replace(NOTICE, threat=THREAT)
DONE = st.lists(st.sampled_from((ORDER, ATTEMPT, OF_THREAT, waived())), max_size=8)


def world(*facts: Fact) -> World:
    return World().tell(item(), *facts)


def test_only_a_credible_specific_impending_threat_of_grave_harm_opens_it() -> None:
    assert opens(threat())
    assert not opens(threat(harm=ThreatHarm.OTHER))
    assert not opens(threat(credible=False))
    assert not opens(threat(specific=False))
    assert not opens(threat(impending=False))


def test_of_a_sources_warnings_only_that_of_bloodshed_opens_it() -> None:
    assert [opens(warned(kind=kind)) for kind in WarningKind] == [True, False, False]


def test_every_leak_opens_it() -> None:
    assert opens(compromised())


@given(DONE)
def test_it_is_owed_until_people_were_warned_or_a_waiver_holds(done: list[Fact]) -> None:
    (danger,) = dangers(world(threat(), *done).history)
    ending: Fact | None = None
    for one in done:
        if isinstance(one, WarningWaived | WarningOrdered) and not isinstance(ending, PeopleWarned):
            ending = one if isinstance(one, WarningWaived) else None
        if isinstance(one, PeopleWarned):
            ending = one
    assert danger.owed is (ending is None)
    assert danger.undecided is (danger.owed and ORDER not in done)
    if danger.owed:
        attempted = any(isinstance(one, WarningAttempted) for one in done)
        expected = (
            WarningState.ATTEMPTED
            if attempted
            else WarningState.ORDERED
            if ORDER in done
            else WarningState.OPEN
        )
        assert danger.state is expected


def test_a_danger_that_no_agreement_dates_is_due_all_the_same() -> None:
    agreed = NOON + timedelta(hours=24)

    def due(*facts: Fact, by: datetime | None = None) -> datetime | None:
        (danger,) = dangers(world(threat(), *facts).history)
        return danger.due(by)

    assert due() == NOON + WARN_WITHIN
    assert due(by=agreed) == agreed
    sooner, later = (replace(ORDER, until=NOON + timedelta(hours=h)) for h in (1, 48))
    assert due(sooner) == due(sooner, by=agreed) == sooner.until
    assert due(later) == NOON + WARN_WITHIN
    assert due(waived(), later) == later.until
    assert due(waived()) is None
    assert due(OF_THREAT) is None


def test_what_was_recorded_before_its_ground_answered_something_else() -> None:
    (danger,) = dangers(world(OF_THREAT, threat()).history)
    assert danger.owed
    assert not danger.notices


def test_one_warning_can_answer_all_that_it_names() -> None:
    all_of_it = replace(OF_THREAT, warning=WarningId("blood"), compromise=CompromiseId("leak"))
    found = dangers(world(threat(), warned(), compromised(), all_of_it).history)
    assert [d.field for d in found] == ["threat", "warning", "compromise"]
    assert not [d for d in found if d.owed]


def test_a_waiver_of_one_source_warning_leaves_another_owed() -> None:
    found = dangers(world(warned(), warned("again"), SOURCE_WAIVED).history)
    assert [d.owed for d in found] == [False, True]


def test_a_warning_that_waited_for_no_order_is_reviewed_whether_or_not_it_says_of_what() -> None:
    loose = world(NOTICE, UNORDERED).history
    (notice,) = apart(loose)
    assert notice.to_review
    assert notice.review_by == NOON + timedelta(hours=24)
    (reviewed,) = apart(world(NOTICE, UNORDERED, REVIEW).history)
    assert not reviewed.to_review
    assert reviewed.review_by is None
    named = world(threat(), OF_THREAT, UNORDERED).history
    assert not apart(named)
    assert dangers(named)[0].reviews_owed


def test_a_review_is_due_from_the_warning_on_where_what_follows_it_was_dated_by_its_recording() -> None:
    told = World().tell(item()).tell(NOTICE, at=on(-1.25)).tell(UNORDERED, at=NOON)
    (notice,) = apart(told.history)
    assert notice.review_by == on(-0.25)


def test_a_warning_from_before_there_were_orders_owes_no_review() -> None:
    (danger,) = dangers(world(threat(), OF_THREAT).history)
    assert not danger.reviews_owed


def test_plans_of_the_item_stand_with_what_they_protect_from() -> None:
    (danger,) = dangers(world(plan(), threat()).history)
    assert [p.fact.plan for p in danger.plans] == ["shelter"]
    assert danger.owed


def test_another_order_or_notice_is_no_part_of_it() -> None:
    other = replace(ORDER, order=WarningOrderId("o-2"), threat=ThreatId("other"))
    elsewhere = replace(OF_THREAT, notice=NoticeId("n-2"), threat=ThreatId("other"))
    (danger,) = dangers(world(threat(), other, elsewhere).history)
    assert danger.state is WarningState.OPEN


def test_a_warning_under_the_name_of_one_that_was_reviewed_is_reviewed_by_itself() -> None:
    told = world(NOTICE, UNORDERED, REVIEW, NOTICE, UNORDERED)
    assert [one.to_review for one in apart(told.history)] == [False, True]
    assert [one.to_review for one in apart(told.tell(REVIEW).history)] == [False, False]
