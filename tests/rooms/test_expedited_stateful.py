"""Expedited releases: none while a review is overdue, each owes one review by somebody who had no part in it, and
nothing of another's goes on without the originator's yes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tearline.facts.history import Actor, Role
from tearline.facts.identifiers import RequestId
from tearline.facts.release import (
    Finding,
    ItemReleased,
    ReleaseExpedited,
    ReleaseReviewed,
    ReleaseSignedOff,
    SignOffLine,
)
from tearline.facts.screening import OriginatorsAnswer
from tearline.rooms.release.releasing import ReleaseItem
from tearline.rooms.release.requests import RequestRelease, SignOff
from tearline.rooms.release.reviews import ReviewRelease
from tearline.rooms.release.screening import RecordOriginatorsAnswer
from tests.rooms.machine import SETTINGS, OnANode
from tests.rooms.quick import hurried
from tests.worlds import (
    ANA,
    LEO,
    OTTO,
    REX,
    SOL,
    SYL,
    World,
    acting,
    answered,
    at_risk,
    item,
    knowers,
    on,
    organisation,
    requested,
    reviewed,
    signed_off,
)

YES = OriginatorsAnswer.YES
WITHIN = timedelta(hours=12)
SIGNERS = ((REX, SignOffLine.RELEASING), (SOL, SignOffLine.SOURCE_HANDLING), (SYL, SignOffLine.SECOND))
REVIEWERS = (SYL, OTTO, acting("ana", Role.SENIOR_OFFICER), acting("rex", Role.SENIOR_OFFICER))


def in_a_hurry() -> World:
    world = hurried().tell(organisation("third"), at=on(-5))
    world.tell(item("theirs", originator="third"), at=on(-1), by=ANA)
    return world.tell(knowers(item="theirs"), at_risk(item="theirs"), at=on(-1), by=ANA)


@dataclass
class Asked:
    """One request, as the test remembers it."""

    item: str
    expedited: bool
    out: datetime | None = None
    signed: set[str] = field(default_factory=set)
    reviewed: bool = False


class Expedited(OnANode):
    world = in_a_hurry

    def __init__(self) -> None:
        super().__init__()
        self.asked: dict[str, Asked] = {}
        self.answer: OriginatorsAnswer | None = None

    @initialize()
    def somebody_asked_in_haste(self) -> None:
        self.ask("phones", expedited=True)
        self.ask("theirs", expedited=True)

    @rule(what=st.sampled_from(["theirs", "phones"]), expedited=st.sampled_from([True, True, False]))
    def ask(self, what: str, *, expedited: bool) -> None:
        name = self.new("ask")
        order = RequestRelease(requested(name, what, under="quickly", expedited=expedited))
        assert self.do(order, ANA) == "done"
        self.asked[name] = Asked(what, expedited)

    @rule(answer=st.sampled_from([YES, YES, *OriginatorsAnswer]), ago=st.sampled_from([0, 0, 3]))
    def the_originator_answers(self, answer: OriginatorsAnswer, ago: int) -> None:
        """A yes that claims an older day than the no before it does not count; a no always does."""
        at = self.now - timedelta(minutes=ago) if ago and answer is OriginatorsAnswer.NO else None
        self.clock.forward(seconds=1)
        assert self.do(RecordOriginatorsAnswer(answered(answer, "theirs")), LEO, at=at) == "done"
        self.answer = answer

    @rule(data=st.data(), signer=st.sampled_from(SIGNERS))
    def sign(self, data: st.DataObject, signer: tuple[Actor, SignOffLine]) -> None:
        who, line = signer
        name = data.draw(st.sampled_from(sorted(self.asked)))
        said = self.do(SignOff(signed_off(self.new("s"), line, name)), who)
        one = self.asked[name]
        if one.out or who.person in one.signed:
            assert said in ("still-open", "signs-once")
        else:
            assert said == "done"
            one.signed.add(who.person)

    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.asked)))
        one = self.asked[name]
        overdue = any(o.out and not o.reviewed and o.out + WITHIN < self.now for o in self.hasty())
        said = self.do(ReleaseItem(RequestId(name)), REX)
        allowed = one.item == "phones" or self.answer is YES
        signed = {"rex", "sol"} <= one.signed
        may = allowed and (signed or (one.expedited and not overdue))
        assert said == ("still-open" if one.out else "done" if may else "protocol-says-release")
        if said == "done":
            event("released in haste" if not signed else "released")
            event(f"released {one.item}")
            one.out = self.now

    def hasty(self) -> list[Asked]:
        released = {r.fact.request for r in self.past.of(ReleaseExpedited)}
        return [one for name, one in self.asked.items() if name in released]

    @precondition(lambda self: self.hasty())
    @rule(data=st.data(), by=st.sampled_from(REVIEWERS), finding=st.sampled_from(Finding))
    def review(self, data: st.DataObject, by: Actor, finding: Finding) -> None:
        given = data.draw(st.sampled_from([r.fact for r in self.past.of(ReleaseExpedited)]))
        one = self.asked[given.request]
        said = self.do(ReviewRelease(reviewed(given.release, given.item, "quickly", finding)), by)
        if one.reviewed:
            assert said == "once"
        elif by.person in {"ana", "rex", *one.signed}:
            assert said == "had-no-part"
        else:
            assert said == "done"
            one.reviewed = True
            event("reviewed")

    # The promises

    @invariant()
    def what_was_released_without_its_signatures_is_marked_and_nothing_else(self) -> None:
        past = self.past
        marked = [r.fact.request for r in past.of(ReleaseExpedited)]
        assert len(set(marked)) == len(marked)
        for out in past.of(ItemReleased):
            before = [
                r.fact.line
                for r in past.of(ReleaseSignedOff)
                if r.fact.request == out.fact.request and r.position < out.position
            ]
            signed = {SignOffLine.RELEASING, SignOffLine.SOURCE_HANDLING} <= set(before)
            assert (out.fact.request in marked) is not signed

    @invariant()
    def a_review_is_held_once_by_somebody_who_had_no_part(self) -> None:
        past = self.past
        reviews = past.of(ReleaseReviewed)
        assert len({r.fact.release for r in reviews}) == len(reviews)
        assert {r.by.person for r in reviews} <= {"syl", "otto"}


TestExpedited = Expedited.TestCase
TestExpedited.settings = settings(SETTINGS, max_examples=15, stateful_step_count=25)
