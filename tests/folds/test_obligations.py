"""What is owed follows from facts alone: by whom, by when, and what ended it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.fact import Fact, Sealed
from tearline.facts.history import History, Told
from tearline.facts.identifiers import (
    AccountId,
    BriefingId,
    CompromiseId,
    InvestigationId,
    ItemId,
    NoticeId,
    OrganisationId,
    PersonId,
    ReleaseId,
    RequestId,
)
from tearline.facts.leaks import InvestigationOpened
from tearline.facts.operations import AccountRendered
from tearline.facts.oversight import OverseerInformed
from tearline.facts.parties import ProtocolAppliedInHindsight
from tearline.facts.release import DisclosureJustified, Effect, SignOffLine
from tearline.facts.warnings import NoticeMethod, PeopleWarned, ThreatHarm
from tearline.facts.words import Words
from tearline.folds.obligations import Obligation, obligations, obligations_question
from tearline.protocol import Citation, Duty, Pack, Party, Within
from tearline.rooms.release.requests import DecideRequest, RequestRelease, SignOff
from tests.protocol.packs import shipped
from tests.worlds import (
    ANA,
    CLIO,
    NOON,
    PACK,
    PARAMETERS,
    PROTOCOLS,
    REX,
    SOL,
    World,
    agreement,
    compromised,
    disclosed,
    item,
    on,
    organisation,
    partners,
    plan,
    released,
    requested,
    signed_off,
    suspended,
    terms,
    threat,
    unit,
    warned,
)

INSTANT = timedelta(microseconds=1)
TERMS = {"validate-or-purge", "validate-or-purge-again"}
"""Owed for every item from the day it is registered; test_retention is about them."""


def owed(world: World, kind: str | None = None, protocols: dict[str, Pack] | None = None) -> list[Obligation]:
    found = obligations(world.history, protocols or PROTOCOLS)
    return [o for o in found if (o.kind not in TERMS if kind is None else o.kind == kind)]


def one(world: World, kind: str) -> Obligation:
    (found,) = owed(world, kind)
    return found


def leaked() -> World:
    """Released at noon, leaked on day 2, known on day 3."""
    return partners().tell(requested(), released(), at=NOON).tell(compromised(), at=on(2), known=on(3))


def investigation(compromise: str = "leak") -> InvestigationOpened:
    return InvestigationOpened(
        investigation=InvestigationId(f"inq-{compromise}"),
        compromise=CompromiseId(compromise),
        item=ItemId("phones"),
        investigators=(PersonId("ina"),),
        remit=Sealed("how it leaked"),
    )


def briefed(overseer: str = "watch", compromise: str | None = "leak", release: str | None = None) -> Fact:
    return OverseerInformed(
        briefing=BriefingId(f"b-{overseer}"),
        overseer=OrganisationId(overseer),
        text=Sealed("a leak"),
        compromise=CompromiseId(compromise) if compromise else None,
        release=ReleaseId(release) if release else None,
    )


def notified(compromise: str | None = None) -> PeopleWarned:
    return PeopleWarned(
        notice=NoticeId("n-1"),
        item=ItemId("phones"),
        people=3,
        method=NoticeMethod.IN_PERSON,
        said=Sealed("leave tonight"),
        compromise=CompromiseId(compromise) if compromise else None,
    )


# Created, due, discharged, overdue


def test_without_a_fact_nothing_is_owed() -> None:
    assert owed(World()) == []
    assert owed(partners()) == []


def test_a_leak_creates_what_the_protocol_says_is_owed() -> None:
    inquiry = one(leaked(), "investigate-leak")
    assert (inquiry.debtor, inquiry.creditor) == ("own", "watch")
    assert inquiry.about == "leak"
    assert inquiry.since == on(2)
    assert inquiry.due == on(2) + timedelta(hours=72)
    assert inquiry.discharged_by is None
    assert inquiry.agreement.agreement == "pact"
    assert not inquiry.hindsight
    assert inquiry.cites
    assert inquiry.sentence.en
    assert inquiry.sentence.es


def test_overdue_begins_exactly_after_the_due_time() -> None:
    inquiry = one(leaked(), "investigate-leak")
    assert inquiry.due is not None
    assert not inquiry.overdue(inquiry.due)
    assert inquiry.overdue(inquiry.due + INSTANT)


def test_a_fact_of_the_right_kind_about_the_same_thing_discharges() -> None:
    inquiry = one(leaked().tell(investigation(), at=on(4)), "investigate-leak")
    assert inquiry.discharged_by is not None
    assert isinstance(inquiry.discharged_by.fact, InvestigationOpened)
    assert not inquiry.discharged_late()
    assert not inquiry.overdue(on(1000))


@pytest.mark.parametrize(
    "other",
    [investigation("another-leak"), briefed(), notified("leak"), suspended()],
    ids=lambda fact: type(fact).__name__,
)
def test_no_other_fact_discharges(other: Fact) -> None:
    assert one(leaked().tell(other, at=on(4)), "investigate-leak").discharged_by is None


def test_the_first_discharge_counts() -> None:
    world = (
        leaked()
        .tell(investigation(), at=on(4))
        .tell(replace(investigation(), remit=Sealed("again")), at=on(9))
    )
    discharged = one(world, "investigate-leak").discharged_by
    assert discharged is not None
    assert discharged.happened_at == on(4)


def test_what_was_done_before_the_ground_does_not_discharge_it() -> None:
    """A protection plan set for one thing does not answer a warning that comes later."""
    before = partners().tell(plan(), at=on(-1)).tell(warned(), at=NOON)
    assert one(before, "protect-after-warning").discharged_by is None
    after = before.tell(plan("second"), at=on(0.1))
    assert one(after, "protect-after-warning").discharged_by is not None


def test_a_late_discharge_is_late_even_when_an_earlier_day_is_claimed_for_it() -> None:
    claimed = leaked().tell(investigation(), at=on(3), known=on(30))
    assert one(claimed, "investigate-leak").discharged_late()
    assert one(claimed, "investigate-leak").discharged_by is not None


def test_only_the_agreements_own_overseer_counts_as_told() -> None:
    friends = leaked().tell(organisation("friends"), at=on(-1)).tell(briefed("friends"), at=on(3))
    assert one(friends, "report-leak").discharged_by is None
    assert one(friends.tell(briefed(), at=on(4)), "report-leak").discharged_by is not None


def test_each_of_two_leaks_is_owed_its_own_inquiry() -> None:
    world = leaked().tell(compromised("second"), at=on(5)).tell(investigation("second"), at=on(6))
    by_leak = {o.about: o.discharged_by is not None for o in owed(world, "investigate-leak")}
    assert by_leak == {"leak": False, "second": True}


def test_obligations_come_by_due_date_and_those_without_one_last() -> None:
    parameters = {k: v for k, v in PARAMETERS.items() if k != "overseer_within"}
    world = partners().tell(agreement("loose", parameters=parameters), at=on(-10))
    world.tell(requested("ask-2", under="loose"), released("rel-2", "ask-2", under="loose"), at=NOON)
    world.tell(compromised(), at=on(2))
    found = owed(world)
    dated = [o.due for o in found if o.due is not None]
    assert dated == sorted(dated)
    assert [o.due for o in found][: len(dated)] == dated
    undated = [o for o in found if o.due is None]
    assert {o.kind for o in undated} == {"report-leak"}
    assert not any(o.overdue(on(10_000)) for o in undated)


# Who governs


def test_an_item_released_under_one_agreement_owes_nothing_under_another_it_was_only_asked_under() -> None:
    world = partners().tell(
        organisation("others"), unit("other-unit", "others"), agreement("other", partner="others"), at=on(-80)
    )
    world.tell(requested("ask-2", unit="other-unit", under="other"), at=on(-1))
    world.tell(requested(), released(), at=NOON).tell(compromised(), at=on(2))
    assert {o.agreement.agreement for o in owed(world, "investigate-leak")} == {"pact"}


def test_a_leak_of_what_was_only_asked_for_is_still_investigated() -> None:
    world = partners().tell(requested(), at=NOON).tell(compromised(), at=on(2))
    assert one(world, "investigate-leak").agreement.agreement == "pact"
    assert owed(world, "suspend-after-leak") == []


def test_a_disclosure_owes_its_justification_even_if_its_recorder_left_the_agreement_out() -> None:
    world = partners().tell(disclosed(under=None), at=NOON)
    debt = one(world, "justify-disclosure")
    assert (debt.debtor, debt.creditor, debt.agreement.agreement) == ("own", "watch", "pact")
    justified = DisclosureJustified(
        release=ReleaseId("told"), item=ItemId("phones"), reasons=Sealed("it was urgent")
    )
    assert one(world.tell(justified, at=on(1)), "justify-disclosure").discharged_by is not None


def test_a_disclosure_owes_its_justification_even_if_its_recorder_named_a_dead_agreement() -> None:
    world = partners().tell(agreement("old", valid_until=on(-50)), at=on(-95))
    world.tell(disclosed(under="old"), at=NOON)
    assert one(world, "justify-disclosure").agreement.agreement == "pact"


def test_a_disclosure_to_somebody_with_whom_there_is_no_agreement_has_no_creditor_yet() -> None:
    world = partners().tell(organisation("strangers"), unit("stray", "strangers"), at=on(-5))
    assert owed(world.tell(disclosed(unit="stray", under=None), at=NOON), "justify-disclosure") == []


def test_an_agreement_binds_from_its_signing_until_its_end() -> None:
    def justification(at: datetime) -> list[Obligation]:
        return owed(partners().tell(disclosed(under="pact"), at=at, known=on(999)), "justify-disclosure")

    assert justification(on(-90) - INSTANT) == []
    assert len(justification(on(-90))) == 1
    assert len(justification(on(300) - INSTANT)) == 1
    assert justification(on(300)) == []


def test_a_leak_after_the_agreements_end_is_still_owed_for() -> None:
    """What was given under the agreement can do harm for longer than the agreement lasts."""
    world = partners().tell(requested(), released(), at=NOON).tell(compromised(), at=on(400))
    assert one(world, "investigate-leak").since == on(400)


def test_a_warning_about_an_item_that_nobody_asked_for_is_owed_to_people_all_the_same() -> None:
    world = partners().tell(warned(), at=NOON)
    debt = one(world, "protect-after-warning")
    assert (debt.debtor, debt.creditor) == ("own", "people")


def test_a_warning_about_a_strangers_item_is_no_debt_of_ours() -> None:
    world = partners().tell(organisation("strangers"), item("theirs", holder="strangers"), at=on(-1))
    assert owed(world.tell(warned(item="theirs"), at=NOON)) == []


@pytest.mark.parametrize(
    ("assessed", "is_owed"),
    [
        ({}, True),
        ({"harm": ThreatHarm.KIDNAPPING}, True),
        ({"harm": ThreatHarm.OTHER}, False),
        ({"credible": False}, False),
        ({"specific": False}, False),
        ({"impending": False}, False),
    ],
    ids=str,
)
def test_a_warning_is_owed_of_a_threat_that_the_duty_speaks_of(
    assessed: dict[str, Any], *, is_owed: bool
) -> None:
    world = partners().tell(agreement("further", further=("us.icd191/1",)), at=on(-1))
    world.tell(threat(**assessed), at=NOON)
    assert [o.about for o in owed(world, "warn-of-threat", shipped())] == (["shots"] if is_owed else [])


# Hindsight


def test_a_yardstick_says_what_would_have_been_owed() -> None:
    told = Told("telling", on(5), "¶9")
    yardstick = ProtocolAppliedInHindsight(
        agreement=agreement("yardstick").agreement, name="Yardstick", terms=terms(own_signatory=None)
    )
    world = World().tell(
        organisation("own"), organisation("partner"), unit("siu"), at=on(-10), by=CLIO, told=told
    )
    world.tell(yardstick, at=on(-9), by=CLIO, told=told).tell(item(), at=on(-1), by=CLIO, told=told)
    world.tell(disclosed(under="yardstick"), compromised(), at=NOON, by=CLIO, told=told)
    found = owed(world)
    assert {"investigate-leak", "suspend-after-leak", "justify-disclosure"} <= {o.kind for o in found}
    assert all(o.hindsight for o in found)


def test_a_text_that_came_later_says_so() -> None:
    debt = one(leaked(), "investigate-leak")
    assert not debt.predates(Citation(text="t", clause="1", since=None))
    assert debt.predates(Citation(text="t", clause="1", since=on(3).date()))
    assert not debt.predates(Citation(text="t", clause="1", since=on(2).date()))


# From verdicts


def held() -> World:
    """Asked for at noon, without a signature: the protocol holds, and says what would cure it."""
    world = partners()
    world.does(RequestRelease(requested()), by=ANA)
    return world


def test_a_hold_is_owed_its_cure() -> None:
    cure = one(held(), "sign-off")
    assert (cure.debtor, cure.creditor, cure.about) == ("own", "own", "ask")
    assert cure.due == on(1)


def test_only_the_latest_verdict_counts() -> None:
    world = held()
    world.does(SignOff(signed_off("s-1", SignOffLine.RELEASING)), by=REX, now=on(0.1))
    world.does(SignOff(signed_off("s-2", SignOffLine.SOURCE_HANDLING)), by=SOL, now=on(0.2))
    assert owed(world, "sign-off") == []


def test_putting_a_request_to_the_protocol_again_gives_nobody_more_time() -> None:
    world = held()
    for day in (0.5, 0.9, 3.0):
        world.does(DecideRequest(RequestId("ask")), by=ANA, now=on(day))
    cure = one(world, "sign-off")
    assert cure.due == on(1)
    assert cure.since == NOON
    assert cure.overdue(on(3))


def test_a_released_request_is_owed_no_cure() -> None:
    assert owed(held().tell(released(), at=on(0.5)), "sign-off") == []


def test_a_refusal_is_owed_nothing() -> None:
    world = partners().tell(suspended(), at=on(-1))
    world.does(RequestRelease(requested()), by=ANA)
    verdicts = [f for f in (r.fact for r in world.facts) if hasattr(f, "effect")]
    assert verdicts[-1].effect is Effect.REFUSE
    assert owed(world, "sign-off") == []


# The question


def test_the_question_reaches_every_fact_that_matters() -> None:
    world = leaked()
    world.does(RequestRelease(requested("ask-3")), by=ANA)
    world.tell(investigation(), briefed(), notified("leak"), at=on(4))
    asked = obligations_question(PROTOCOLS)
    part = History(
        tuple(r for r in world.facts if asked.matches(type(r.fact).__name__, frozenset())), len(world.facts)
    )
    assert obligations(part, PROTOCOLS) == obligations(world.history, PROTOCOLS)


# A fold written a second way

DUTY = Duty(
    id="account",
    on="ItemReleased",
    about="release",
    debtor=Party.OWN,
    creditor=Party.OVERSEER,
    within=Within(span=timedelta(days=3)),
    discharged_by=("AccountRendered",),
    sentence=Words("an account", "cuentas"),
    cites=(),
)
ONE_DUTY = {PACK.id: replace(PACK, duties=(DUTY,), rules=())}
RELEASES = ("r-0", "r-1", "r-2")


def account(release: str, n: int) -> AccountRendered:
    return AccountRendered(account=AccountId(f"a-{n}"), text="what came of it", release=ReleaseId(release))


@given(
    st.lists(
        st.tuples(st.sampled_from(["release", "account"]), st.sampled_from(RELEASES), st.integers(0, 9)),
        max_size=12,
    ),
    st.integers(0, 15),
)
def test_releases_and_accounts_in_any_order_agree_with_a_plain_walk(
    acts: list[tuple[str, str, int]], day: int
) -> None:
    world = partners()
    open_since: dict[str, datetime] = {}
    closed: set[str] = set()
    done: set[str] = set()
    for n, (what, name, at) in enumerate(acts):
        if what == "release" and name not in done:
            done.add(name)
            open_since[name] = on(at)
            world.tell(released(name, f"ask-{name}"), at=on(at), by=REX)
        elif what == "account":
            closed |= {name} & done
            world.tell(account(name, n), at=on(at), by=REX)
    found = {o.about: o for o in owed(world, "account", ONE_DUTY)}
    assert set(found) == done
    for name, debt in found.items():
        assert debt.due == open_since[name] + timedelta(days=3)
        assert (debt.discharged_by is not None) == (name in closed)
        assert debt.overdue(on(day)) == (name not in closed and on(day) > debt.due)
