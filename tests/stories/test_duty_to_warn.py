"""Warned and helped, on a real node: what opens a duty, what does not end it, and what does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tearline.facts.assistance import (
    AssistanceGiven,
    AssistanceKind,
    Contact,
    HelpOffered,
    NeedRecorded,
    NeedReferred,
    OfferAnswer,
    OfferAnswered,
    ReferralAnswer,
    ReferralAnswered,
)
from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment, Fact, Sealed
from tearline.facts.history import Actor, about
from tearline.facts.identifiers import (
    AssistanceId,
    AttemptId,
    CompromiseId,
    ItemId,
    NeedId,
    NoticeId,
    OfferId,
    OrganisationId,
    PersonId,
    ReferralId,
    ThreatId,
    WarningId,
    WarningOrderId,
)
from tearline.facts.warnings import (
    NoticeMethod,
    NoticeOutcome,
    PeopleWarned,
    WarningAttempted,
    WarningOrdered,
    WarningReview,
    WarningReviewed,
)
from tearline.folds.assistance import Need, NeedState
from tearline.folds.warnings import Danger, WarningState
from tearline.node import Node, Order
from tearline.projections import Projections
from tests.nodes import Clock, live_order, new_node, saying, told
from tests.worlds import (
    HUGO,
    LEO,
    NOON,
    PARAMETERS,
    SOL,
    SYL,
    agreement,
    compromised,
    on,
    organisation,
    partners,
    threat,
    warned,
)

ITEM, LEAK, CLINIC = ItemId("phones"), CompromiseId("leak"), OrganisationId("clinic")
TEXT = "Somebody means to kill you for what you do. Sleep elsewhere tonight; we bring you there."
TERMS = PARAMETERS | {
    "interim_within": "24h",
    "inquiry_within": "72h",
    "finding_within": "30d",
    "finding_report_within": "72h",
    "harm_inquiry_within": "30d",
    "allegation_within": "30d",
}


class Desk:
    """A node, and what is owed on it."""

    def __init__(self, node: Node, clock: Clock) -> None:
        self.node, self.clock, self.kept = node, clock, Projections(node)

    def say(self, by: Actor, fact: Fact) -> None:
        self.clock.forward(minutes=1)
        self.node.record(Order(command=saying(fact), by=by))

    def refusal(self, by: Actor, fact: Fact) -> str:
        with pytest.raises(Refused) as refused:
            self.node.record(Order(command=saying(fact), by=by))
        return refused.value.rule

    def owed(self) -> set[tuple[str, str]]:
        """What is owed to people by duties of warning and help: which duty, about what."""
        return {
            (o.kind, o.about)
            for *_, o in self.kept.owed(lambda o: o.creditor == "people")
            if o.kind not in ("validate-or-purge", "validate-or-purge-again")
        }

    def danger(self, name: str) -> Danger:
        (found,) = [d for d in self.kept.dangers() if d.name == name]
        return found

    def need(self) -> Need:
        (found,) = self.kept.needs()
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = Clock(on(-1))
    node = told(new_node(tmp_path, clock), partners())
    pact = agreement(
        "careful",
        protocol="cross-border/2",
        further=("us.icd191/1", "leak-inquiry/1"),
        parameters=TERMS,
    )
    node.record_all(
        [live_order(r) for r in partners().tell(pact, organisation("clinic"), at=on(-1), by=SYL).facts[-2:]]
    )
    clock.now = NOON
    yield Desk(node, clock)
    node.ledger.check()
    node.ledger.close()


def ordered(name: str, **grounds: object) -> WarningOrdered:
    return WarningOrdered(
        order=WarningOrderId(name),
        item=ITEM,
        text=Sealed(TEXT),
        stripped=True,
        method=NoticeMethod.IN_PERSON,
        until=NOON + timedelta(hours=4),
        **grounds,  # type: ignore[arg-type]  # typed where it is read
    )


def test_a_threat_to_an_officer_is_ordered_attempted_and_given(desk: Desk) -> None:
    officers = replace(threat("officers"), officer=PersonId("leo"))
    desk.say(HUGO, officers)
    due = {o.kind: o.due for *_, o in desk.kept.owed(lambda o: o.about == "officers")}
    assert due == {"warn-of-threat": NOON + timedelta(minutes=1, hours=6)}
    assert desk.danger("officers").undecided

    named = ordered("o-1", threat=ThreatId("officers"))
    assert (
        desk.refusal(SYL, replace(named, text=Sealed("S-17 says so: sleep elsewhere")))
        == "stripped-of-source"
    )
    assert desk.refusal(SYL, replace(named, text=Sealed("It is in phones."))) == "stripped-of-source"
    desk.say(SYL, named)
    assert desk.danger("officers").state is WarningState.ORDERED

    attempt = WarningAttempted(
        attempt=AttemptId("a-1"),
        item=ITEM,
        method=NoticeMethod.TELEPHONE,
        why=Sealed("nobody picks up"),
        threat=ThreatId("officers"),
    )
    desk.say(HUGO, attempt)
    assert desk.danger("officers").state is WarningState.ATTEMPTED
    assert ("warn-of-threat", "officers") in desk.owed()  # who was not reached was not warned

    notice = PeopleWarned(
        notice=NoticeId("n-1"),
        item=ITEM,
        people=1,
        method=NoticeMethod.IN_PERSON,
        said=Sealed(TEXT),
        threat=ThreatId("officers"),
        order=WarningOrderId("o-1"),
        outcome=NoticeOutcome.MOVED,
    )
    desk.say(HUGO, notice)
    assert desk.danger("officers").state is WarningState.WARNED
    assert not {about for _, about in desk.owed()} & {
        "officers",
        "n-1",
    }  # as it was ordered: nobody reviews it


def test_bloodshed_of_which_a_source_warned_waits_for_no_order_and_is_reviewed_by_another(desk: Desk) -> None:
    desk.say(SOL, warned())
    assert ("warn-of-bloodshed", "blood") in desk.owed()
    notice = PeopleWarned(
        notice=NoticeId("tonight"),
        item=ITEM,
        people=12,
        method=NoticeMethod.IN_PERSON,
        said=Sealed("leave tonight"),
        warning=WarningId("blood"),
        outcome=NoticeOutcome.REACHED,
    )
    desk.say(SYL, notice)
    given = desk.clock.now
    assert ("warn-of-bloodshed", "blood") not in desk.owed()
    assert desk.danger("blood").reviews_owed
    due = {o.kind: o.due for *_, o in desk.kept.owed(lambda o: o.about == "tonight")}
    assert due == {"review-warning": given + timedelta(hours=24)}

    review = WarningReviewed(
        notice=NoticeId("tonight"), item=ITEM, review=WarningReview.RIGHT, reasons=Sealed("no time was left")
    )
    assert desk.refusal(SYL, review) == "another-person"
    desk.say(replace(SYL, person=PersonId("max")), review)
    assert not desk.danger("blood").reviews_owed
    assert "review-warning" not in {kind for kind, _ in desk.owed()}


def test_a_warning_told_late_is_at_once_overdue_for_review(desk: Desk) -> None:
    given = desk.clock.now - timedelta(hours=20)
    late = PeopleWarned(
        notice=NoticeId("late"),
        item=ITEM,
        people=1,
        method=NoticeMethod.TELEPHONE,
        said=Sealed("leave now"),
        outcome=NoticeOutcome.REACHED,
    )
    desk.node.record(Order(command=saying(late), by=SOL, at=given))
    due = {o.kind: o.due for *_, o in desk.kept.owed(lambda o: o.about == "late")}
    assert due == {"review-warning": given + timedelta(hours=24)}


def test_a_need_that_is_declined_is_ours_again_until_help_is_given(desk: Desk) -> None:
    desk.say(HUGO, compromised())
    assert {("assist-after-leak", "leak"), ("offer-against-perpetrators", "leak")} <= desk.owed()
    need = NeedRecorded(
        need=NeedId("doctor"),
        kind=AssistanceKind.MEDICAL,
        what=Sealed("a doctor for two children"),
        contact=Contact.WHEN_ASKED,
        wanted_by=date(2026, 3, 20),
        compromise=LEAK,
    )
    desk.say(HUGO, need)
    assert desk.need().state is NeedState.OURS
    first = NeedReferred(
        referral=ReferralId("first"), need=NeedId("doctor"), organisation=CLINIC, agreed=True
    )
    assert desk.refusal(HUGO, replace(first, agreed=False)) == "with-their-consent"
    desk.say(HUGO, first)
    assert (desk.need().state, desk.need().with_whom) == (NeedState.ASKED, (CLINIC,))
    assert ("ask-after-referral", "first") in desk.owed()

    answer = ReferralAnswered(
        referral=ReferralId("first"), need=NeedId("doctor"), answer=ReferralAnswer.DECLINED
    )
    desk.say(HUGO, answer)
    assert desk.need().state is NeedState.OURS
    assert {("meet-need", "doctor"), ("take-need-up-again", "doctor")} <= desk.owed()

    second = replace(first, referral=ReferralId("second"), organisation=OrganisationId("watch"))
    desk.say(HUGO, second)
    assert ("take-need-up-again", "doctor") not in desk.owed()
    desk.say(HUGO, replace(answer, referral=ReferralId("second"), answer=ReferralAnswer.TAKEN))
    assert (desk.need().state, desk.need().with_whom) == (NeedState.TAKEN, ("watch",))
    assert ("meet-need", "doctor") in desk.owed()  # to take it on is not to give it

    given = AssistanceGiven(
        assistance=AssistanceId("visit"),
        kind=AssistanceKind.MEDICAL,
        given=Sealed("a visit, to both"),
        need=NeedId("doctor"),
        compromise=LEAK,
        given_by=OrganisationId("watch"),
    )
    desk.say(HUGO, given)
    assert desk.need().state is NeedState.MET
    assert not {about for _, about in desk.owed()} & {"doctor", "first", "second"}


def test_an_offer_against_the_perpetrators_stays_until_it_is_answered(desk: Desk) -> None:
    desk.say(HUGO, compromised())
    offer = HelpOffered(
        offer=OfferId("analysts"),
        organisation=OrganisationId("partner"),
        what=Sealed("two analysts"),
        answer_by=date(2026, 4, 1),
        compromise=LEAK,
    )
    desk.say(LEO, offer)
    assert ("offer-against-perpetrators", "leak") not in desk.owed()
    assert ("ask-after-offer", "analysts") in desk.owed()
    desk.clock.forward(days=200)
    assert [o.answered for o in desk.kept.help_offers()] == [None]
    desk.say(LEO, OfferAnswered(offer=OfferId("analysts"), answer=OfferAnswer.DECLINED))
    assert ("ask-after-offer", "analysts") not in desk.owed()


def test_what_people_are_told_and_need_is_sealed_to_who_does_not_protect_them(desk: Desk) -> None:
    desk.say(SOL, warned())
    desk.say(SYL, ordered("o-1", warning=WarningId("blood")))
    kinds = about(kinds=(WarningOrdered,))
    for opening, is_open in (
        (frozenset({Compartment.PEOPLE_AT_RISK}), True),
        (frozenset(Compartment) - {Compartment.PEOPLE_AT_RISK}, False),
    ):
        (order,) = desk.node.ledger.read(kinds, opening=opening).of(WarningOrdered)
        assert (order.fact.text == Sealed(TEXT)) is is_open
