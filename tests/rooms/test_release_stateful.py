"""Release promises: nothing is ever released without a verdict that says so on the facts of that moment; a dissent
never disappears; and a copy is received by nobody but the person to whom it was released."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tearline.facts.fact import Sealed
from tearline.facts.history import Actor, History, Recorded, Role
from tearline.facts.identifiers import BriefingId, OrganisationId, RequestId
from tearline.facts.oversight import OverseerInformed
from tearline.facts.parties import OfficeTaken, Outcome
from tearline.facts.release import (
    CopyReceived,
    CopyReleased,
    DissentAnswered,
    DissentRecorded,
    Effect,
    ItemRegistered,
    ItemReleased,
    ReleaseRequested,
    ReleaseSignedOff,
    SignOffLine,
    SourceWarned,
    VerdictReached,
)
from tearline.folds.people import People
from tearline.folds.release import request_of
from tearline.protocol import Outcome as Says
from tearline.protocol import Protocol, read_dossier
from tearline.rooms.leaks.compromises import ReportCompromise
from tearline.rooms.oversight import InformOverseer
from tearline.rooms.parties.persons import DecidePersonVetting, LeaveOffice, TakeOffice
from tearline.rooms.release.dissents import AnswerDissent, RecordDissent
from tearline.rooms.release.dossier import assemble
from tearline.rooms.release.items import (
    AnswerSourceWarning,
    NamePeopleAtRisk,
    RecordSourceWarning,
    SetProtectionPlan,
)
from tearline.rooms.release.releasing import ReceiveCopy, ReleaseItem
from tearline.rooms.release.requests import DecideRequest, RequestRelease, SignOff
from tests.folds import status_oracle
from tests.rooms.machine import SETTINGS, OnANode
from tests.worlds import (
    ANA,
    HUGO,
    LEO,
    PACK,
    PROTOCOLS,
    REX,
    SOL,
    SYL,
    World,
    acting,
    at_risk,
    compromised,
    dissent,
    dissent_answered,
    item,
    left,
    office,
    partners,
    plan,
    requested,
    signed_off,
    trained,
    vetted,
    warned,
    warning_answered,
)

PROTOCOL = Protocol(packs=(PACK,))
ITEMS = ("phones", "below", "other")
LINE_OF = {"phones": {"phones"}, "below": {"below", "phones"}, "other": {"other"}}
SIGNERS = (
    (REX, SignOffLine.RELEASING),
    (SOL, SignOffLine.SOURCE_HANDLING),
    (SYL, SignOffLine.SECOND),
    (acting("ana", Role.RELEASING_OFFICER), SignOffLine.RELEASING),
    (acting("rex", Role.SOURCE_HANDLER), SignOffLine.SOURCE_HANDLING),
)
ABOVE_ANA = {"syl", "max"}

items = st.sampled_from(ITEMS)
ago = st.sampled_from([0, 0, 0, 1, 100]).map(lambda d: timedelta(days=d))


def with_a_tearline() -> World:
    world = partners().tell(item("below", tearline_of="phones"), item("other"), by=ANA)
    course = next(r for r in world.facts if r.fact == trained("rita"))
    world.facts.remove(course)
    return world.tell(trained("rita", "sue"), at=course.happened_at)


@dataclass
class Asked:
    """One request, as the test remembers it."""

    name: str
    item: str
    by: Actor
    out: bool = False
    signed: set[str] = field(default_factory=set)


class Release(OnANode):
    world = with_a_tearline

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Asked] = []
        self.dissents: dict[str, tuple[str, Actor]] = {}
        self.warnings: dict[str, str] = {}

    # Asking, objecting, curing

    @initialize(what=items)
    def somebody_asked(self, what: str) -> None:
        self.ask_for(what, ANA, ("rita",), "pact")

    @rule(
        what=items,
        by=st.sampled_from([ANA, LEO, REX]),
        to=st.sampled_from([("rita",), ("rita",), ("sue",), ("rita", "sue")]),
        under=st.sampled_from(["pact", "pact", "pact", None]),
    )
    def ask(self, what: str, by: Actor, to: tuple[str, ...], under: str | None) -> None:
        self.ask_for(what, by, to, under)

    def ask_for(self, what: str, by: Actor, to: tuple[str, ...], under: str | None) -> None:
        name = self.new("ask")
        said = self.do(RequestRelease(requested(name, what, to, under=under)), by)
        serving = {p for p, o in People(self.past, self.now).offices.items() if o.fact.unit == "siu"}
        assert said == ("done" if set(to) <= serving else "recipient-serves")
        if said == "done":
            self.asked.append(Asked(name, what, by))

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), signer=st.sampled_from(SIGNERS))
    def sign(self, data: st.DataObject, signer: tuple[Actor, SignOffLine]) -> None:
        who, line = signer
        one = data.draw(st.sampled_from(self.asked))
        said = self.do(SignOff(signed_off(self.new("s"), line, one.name)), who)
        if one.out:
            assert said == "still-open"
        elif one.by.person == who.person:
            assert said == "not-ones-own"
        elif who.person in one.signed:
            assert said == "signs-once"
        else:
            assert said == "done"
            one.signed.add(who.person)

    @rule(data=st.data(), by=st.sampled_from([ANA, ANA, ANA, SOL]))
    def object(self, data: st.DataObject, by: Actor) -> None:
        name = self.new("no")
        one = data.draw(st.none() | st.sampled_from(self.asked) if self.asked else st.none())
        what, request = (one.item, one.name) if one else (data.draw(items), None)
        assert self.do(RecordDissent(dissent(name, what, request)), by) == "done"
        self.dissents[name] = (what, by)

    @precondition(lambda self: self.dissents)
    @rule(data=st.data(), by=st.sampled_from([SYL, REX]))
    def answer(self, data: st.DataObject, by: Actor) -> None:
        name = data.draw(st.sampled_from(sorted(self.dissents)))
        what, _ = self.dissents[name]
        # What is said of an item stands against what is drawn from it, too: LINE_OF names both.
        asked_for_it = any(what in LINE_OF[one.item] and one.by.person == by.person for one in self.asked)
        said = self.do(AnswerDissent(dissent_answered(name, what)), by)
        assert said == ("asked-for-it" if asked_for_it else "done")

    @rule(what=items)
    def the_source_warns(self, what: str) -> None:
        name = self.new("blood")
        assert self.do(RecordSourceWarning(warned(name, what)), ANA) == "done"
        self.warnings[name] = what

    @rule(what=items, count=st.integers(0, 3))
    def people_are_at_risk(self, what: str, count: int) -> None:
        assert self.do(NamePeopleAtRisk(at_risk(count, what)), HUGO) == "done"

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), overseer=st.sampled_from(["watch", "own"]))
    def inform(self, data: st.DataObject, overseer: str) -> None:
        one = data.draw(st.sampled_from(self.asked))
        self.brief(one, overseer)

    def brief(self, one: Asked, overseer: str) -> None:
        fact = OverseerInformed(
            briefing=BriefingId(self.new("b")),
            overseer=OrganisationId(overseer),
            text=Sealed("of a request"),
            request=RequestId(one.name),
        )
        assert self.do(InformOverseer(fact), SYL) == "done"

    @rule(who=st.sampled_from(["rita", "sue", "tom"]), outcome=st.sampled_from(Outcome))
    def vet(self, who: str, outcome: Outcome) -> None:
        fact = vetted(who, outcome, self.now + timedelta(days=30))
        assert self.do(DecidePersonVetting(fact)) == "done"

    @rule(who=st.sampled_from(["rita", "sue"]))
    def leave_or_return(self, who: str) -> None:
        serves = who in {p for p, _ in People(self.past, self.now).offices.items()}
        self.clock.forward(seconds=1)
        assert self.do(LeaveOffice(left(who)) if serves else TakeOffice(office(who))) == "done"

    @precondition(lambda self: self.steps > 14)
    @rule()
    def leak(self) -> None:
        assert self.do(ReportCompromise(compromised(self.new("leak"), "other")), HUGO) == "done"

    @precondition(lambda self: any(not one.out for one in self.asked))
    @rule(data=st.data(), then_release=st.booleans())
    def cure_everything(self, data: st.DataObject, *, then_release: bool) -> None:
        """All that a diligent desk would do for one request, so that some are released."""
        one = data.draw(st.sampled_from([a for a in self.asked if not a.out]))
        for who in ("rita", "sue", "tom"):
            self.do(DecidePersonVetting(vetted(who, until=self.now + timedelta(days=30))))
        serving = People(self.past, self.now).offices
        for who in ("rita", "sue"):
            if who not in serving:
                self.clock.forward(seconds=1)
                assert self.do(TakeOffice(office(who))) == "done"
        for name, (what, _) in self.dissents.items():
            assert self.do(AnswerDissent(dissent_answered(name, what)), SYL) == "done"
        for name, what in self.warnings.items():
            assert self.do(AnswerSourceWarning(warning_answered(name, what)), SYL) == "done"
        for what in ITEMS:
            assert self.do(SetProtectionPlan(plan(self.new("plan"), what, ready=self.now)), SYL) == "done"
        self.brief(one, "watch")
        for who_, line in SIGNERS[:3]:
            if who_.person not in one.signed and who_.person != one.by.person:
                assert self.do(SignOff(signed_off(self.new("s"), line, one.name)), who_) == "done"
                one.signed.add(who_.person)
        if then_release:
            self.let_out(one, None)

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def decide_again(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.asked))
        assert self.do(DecideRequest(RequestId(one.name)), ANA) == ("still-open" if one.out else "done")

    # Releasing

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), late=ago)
    def release(self, data: st.DataObject, late: timedelta) -> None:
        self.let_out(data.draw(st.sampled_from(self.asked)), self.now - late if late else None)

    def let_out(self, one: Asked, at: datetime | None) -> None:
        said = self.do(ReleaseItem(RequestId(one.name)), REX, at=at)
        assert not (one.out and said == "done"), "released twice"
        if said == "done":
            one.out = True
            event("released")
            self.was_right(one)

    def was_right(self, one: Asked) -> None:
        """Judged again on every fact that stood before the release, by the slow evaluator and by plain reading."""
        past = self.past
        out = next(r for r in past.of(ItemReleased) if r.fact.request == one.name)
        verdict = past.facts[out.position - 1]
        assert isinstance(verdict.fact, VerdictReached)
        assert verdict.fact.effect is Effect.RELEASE
        assert verdict.fact.dossier_sha256 == out.fact.dossier_sha256
        before = History(past.facts[: verdict.position], verdict.position)
        asked = request_of(before, RequestId(one.name))
        assert asked is not None
        assert PACK.decide_slowly(assemble(before, asked, out.recorded_at, PROTOCOL)).effect is Says.RELEASE
        self.reads_right(before, asked, out)

    def reads_right(
        self, before: History, asked: Recorded[ReleaseRequested], out: Recorded[ItemReleased]
    ) -> None:
        now = out.recorded_at
        assert out.fact.recipients == asked.fact.recipients
        assert asked.fact.agreement == "pact"
        for who in out.fact.recipients:
            assert status_oracle.status(before.facts, who, now, "tom") == "cleared"
            served = [r.fact.unit for r in before.of(OfficeTaken) if r.fact.person == who]
            assert served[-1] == "siu"
        signed = [r for r in before.of(ReleaseSignedOff) if r.fact.request == asked.fact.request]
        assert asked.by.person not in {r.by.person for r in signed}
        assert len({r.by.person for r in signed}) == len(signed) >= 2
        lines = {r.fact.line for r in signed}
        assert {SignOffLine.RELEASING, SignOffLine.SOURCE_HANDLING} <= lines
        line = LINE_OF[asked.fact.item]
        objections = [r for r in before.of(DissentRecorded) if r.fact.item in line]
        for objection in objections:
            answers = [r for r in before.of(DissentAnswered) if r.fact.dissent == objection.fact.dissent]
            assert answers
            assert objection.by.person == "ana"
            assert answers[-1].by.person in ABOVE_ANA
        if objections or any(r.fact.item in line for r in before.of(SourceWarned)):
            assert SignOffLine.SECOND in lines
            told = [r.fact for r in before.of(OverseerInformed) if r.fact.request == asked.fact.request]
            assert any(t.overseer == "watch" for t in told)

    # Receiving

    @precondition(lambda self: any(one.out for one in self.asked))
    @rule(data=st.data(), by=st.sampled_from(["rita", "sue", "tom", "ana"]))
    def receive(self, data: st.DataObject, by: str) -> None:
        past = self.past
        given = data.draw(st.sampled_from([r.fact for r in past.of(CopyReleased)]))
        taken = any(r.fact.copy == given.copy for r in past.of(CopyReceived))
        fact = CopyReceived(copy=given.copy, release=given.release, item=given.item)
        said = self.do(ReceiveCopy(fact), acting(by, Role.PARTNER_LIAISON))
        assert said == ("known" if by != given.recipient else "once" if taken else "done")

    # The promises

    @invariant()
    def nothing_is_out_without_a_verdict_that_says_release(self) -> None:
        past = self.past
        said = {r.fact.dossier_sha256: r.fact for r in past.of(VerdictReached)}
        for out in past.of(ItemReleased):
            verdict = said[out.fact.dossier_sha256]
            assert (verdict.effect, verdict.request) == (Effect.RELEASE, out.fact.request)
        assert {r.fact.request for r in past.of(ItemReleased)} == {a.name for a in self.asked if a.out}

    @invariant()
    def no_dissent_disappears(self) -> None:
        past = self.past
        assert [r.fact.dissent for r in past.of(DissentRecorded)] == list(self.dissents)
        for one in self.asked:
            asked = request_of(past, RequestId(one.name))
            assert asked is not None
            listed = assemble(past, asked, self.now, PROTOCOL)["dissents"]
            assert isinstance(listed, list)
            expected = {n for n, (what, _) in self.dissents.items() if what in LINE_OF[one.item]}
            assert {d["id"] for d in listed} == expected

    @invariant()
    def receipts_are_the_recipients_own(self) -> None:
        past = self.past
        recipient = {r.fact.copy: r.fact.recipient for r in past.of(CopyReleased)}
        for got in past.of(CopyReceived):
            assert got.by.person == recipient[got.fact.copy]

    @invariant()
    def every_verdicts_dossier_can_be_read_and_decided_again(self) -> None:
        for reached in self.past.of(VerdictReached)[-2:]:
            text, salt = reached.fact.dossier.open(), reached.fact.salt.open()
            assert hashlib.sha256((salt + text).encode()).hexdigest() == reached.fact.dossier_sha256
            pack = PROTOCOLS[reached.fact.protocol]
            dossier = read_dossier(json.loads(text), file="stored", parameters=pack.parameters)
            again = pack.decide_slowly(dossier)
            assert again.effect.value == reached.fact.effect.value
            assert tuple(m.rule.id for m in again.matched) == reached.fact.rules.open()

    @invariant()
    def items_are_registered_once(self) -> None:
        assert len(self.past.of(ItemRegistered)) == len(ITEMS)


TestRelease = Release.TestCase
TestRelease.settings = settings(SETTINGS, max_examples=25, stateful_step_count=30)
