"""Whose a need is: it is never nobody's, and only help or those concerned end it."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.assistance import ReferralAnswer
from tearline.facts.fact import Fact
from tearline.facts.identifiers import NeedId, OfferId, OrganisationId, ReferralId
from tearline.folds.assistance import NeedState, given_freely, need_of, needs, offers
from tests.rooms.test_assistance import ANSWER, DECLINED, MET, NEED, OFFER, REFERRED, WITHDRAWN
from tests.rooms.test_harm import HELP
from tests.worlds import World

REFERRALS = [replace(REFERRED, referral=ReferralId(n), organisation=OrganisationId(n)) for n in ("a", "b")]
ANSWERS = [
    replace(DECLINED, referral=ReferralId(n), answer=answer) for n in ("a", "b") for answer in ReferralAnswer
]
HAPPENED = st.lists(st.sampled_from((*REFERRALS, *ANSWERS)), max_size=10, unique=True)


def known(*facts: Fact) -> World:
    return World().tell(NEED, *facts)


@given(HAPPENED)
def test_a_need_is_always_somebodys(happened: list[Fact]) -> None:
    (need,) = needs(known(*happened).history)
    assert need.open
    assert (need.state is NeedState.OURS) is not bool(need.with_whom)
    last = {r.recorded.fact.organisation: r.answer for r in need.referrals}
    if ReferralAnswer.TAKEN in last.values():
        assert set(need.with_whom) == {o for o, answer in last.items() if answer is ReferralAnswer.TAKEN}
    elif None in last.values():
        assert set(need.with_whom) == {o for o, answer in last.items() if answer is None}
    else:
        assert need.state is NeedState.OURS


@given(HAPPENED)
def test_only_help_or_those_concerned_end_it(happened: list[Fact]) -> None:
    for end, state in ((MET, NeedState.MET), (WITHDRAWN, NeedState.WITHDRAWN)):
        (need,) = needs(known(*happened, end).history)
        assert need.state is state
        assert not need.open
        assert not need.with_whom


def test_what_waits_stands_by_the_day_and_before_what_is_over() -> None:
    soon = replace(NEED, need=NeedId("soon"), wanted_by=NEED.wanted_by - timedelta(days=3))
    over = replace(NEED, need=NeedId("over"), wanted_by=date(2026, 1, 1))
    world = known(over, soon, replace(MET, need=NeedId("over")))
    assert [n.recorded.fact.need for n in needs(world.history)] == ["soon", NEED.need, "over"]


def test_it_is_late_once_its_day_is_over() -> None:
    (need,) = needs(known().history)
    assert not need.late(NEED.wanted_by)
    assert need.late(NEED.wanted_by + timedelta(days=1))
    (met,) = needs(known(MET).history)
    assert not met.late(NEED.wanted_by + timedelta(days=1))


def test_a_need_that_is_not_there_is_none() -> None:
    assert need_of(known().history, NeedId("other")) is None


def test_an_offer_without_an_answer_stands_first() -> None:
    later = replace(OFFER, offer=OfferId("later"), answer_by=OFFER.answer_by + timedelta(days=9))
    found = offers(known(OFFER, later, ANSWER).history)
    assert [(o.recorded.fact.offer, o.answered is not None) for o in found] == [
        ("later", False),
        (OFFER.offer, True),
    ]


def test_help_without_a_need_is_told_apart() -> None:
    assert [r.fact for r in given_freely(known(HELP, MET).history)] == [HELP]
