"""What the leak room promises, whoever tries what in which order.

Every unit that got what leaked is suspended until a finding and two people; nobody who had a part investigates,
proposes, confirms or lifts; custody has no gap; nobody is named on a figure alone; the partner does nothing but report.
"""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from tearline.facts.fact import Fact
from tearline.facts.history import Actor, Recorded, Role
from tearline.facts.identifiers import LiftingId, PersonId, SuspensionId, UnitId
from tearline.facts.investigation import (
    Channel,
    CustodyPassed,
    DecisionTimeDeclared,
    EvidenceKind,
    EvidenceTaken,
    EvidenceWeighed,
    FindingMade,
    FindingOutcome,
    FindingProposed,
    HypothesisStated,
)
from tearline.facts.leaks import (
    CompromiseReported,
    CooperationEnded,
    CooperationSuspended,
    InvestigationOpened,
    LiftingProposed,
    SuspensionLifted,
)
from tearline.facts.release import DisclosureRecorded, ItemRegistered
from tearline.folds.people import People
from tearline.rooms import Command
from tearline.rooms.leaks.compromises import ReportCompromise
from tearline.rooms.leaks.evidence import PassCustody, TakeEvidence, WeighEvidence
from tearline.rooms.leaks.findings import ConfirmFinding, ProposeFinding
from tearline.rooms.leaks.inquiring import DeclareDecisionTime, OpenInvestigation, StateHypothesis
from tearline.rooms.leaks.suspensions import EndCooperation, JudgeRemedies, LiftSuspension, ProposeLifting
from tearline.rooms.release.outside import RecordDisclosure
from tests.inquiries import (
    decides,
    ended,
    evidence,
    hypothesis,
    inquiry,
    lifted,
    made,
    passed,
    proposed,
    remedies,
    to_lift,
    weighed,
)
from tests.rooms.machine import SETTINGS, OnANode
from tests.worlds import World, acting, compromised, disclosed, item, office, on, partners, person, unit

UNITS = {"siu": "rita", "port": "pia"}
INSIDE = ("ana", "hugo", "ina", "iris", "syl", "max", "rex")
ROLES = (Role.INVESTIGATOR, Role.SENIOR_OFFICER, Role.OVERSEER, Role.HARM_DESK, Role.PARTNER_LIAISON)
OUTSIDE = frozenset({Role.PARTNER_LIAISON})
items = st.sampled_from(["phones", "cars"])
units = st.sampled_from(sorted(UNITS))
people = st.sampled_from([*INSIDE, *UNITS.values(), "sue"])
roles = st.sampled_from(ROLES)
actors = st.builds(acting, people, roles)
outcomes = st.sampled_from(list(FindingOutcome))
whom = st.sampled_from([None, "rita", "pia", "sue", "ana"])
numbers = st.integers(0, 3)


def two_units() -> World:
    world = partners()
    world.tell(unit("port"), person("pia"), office("pia", "port"), person("iris", of="own"), at=on(-98))
    return world.tell(item("cars"), at=on(-1), by=acting("ana", Role.CASE_AGENT))


class LeakRoom(OnANode):
    world = two_units

    def pick(self, kind: type[Fact], n: int) -> Recorded[Fact] | None:
        found = self.past.of(kind)
        return found[n % len(found)] if found else None

    # anybody tries anything

    @rule(what=items, which=units, by=actors)
    def give(self, what: str, which: str, by: Actor) -> None:
        if by.role in RecordDisclosure.allowed:
            self.do(RecordDisclosure(disclosed(self.new("told"), what, unit=which, to=(UNITS[which],))), by)

    @rule(what=items, by=actors, late=st.sampled_from([0, 1]))
    def report(self, what: str, by: Actor, late: int) -> None:
        self.do(
            ReportCompromise(compromised(self.new("leak"), what)), by, at=self.now - timedelta(hours=late)
        )

    @rule(n=numbers, by=actors, named=st.sets(people, min_size=1, max_size=2))
    def open(self, n: int, by: Actor, named: set[str]) -> None:
        leak = self.pick(CompromiseReported, n)
        if leak is not None and by.role in OpenInvestigation.allowed:
            fact = leak.fact
            assert isinstance(fact, CompromiseReported)
            opened = inquiry(*named, compromise=fact.compromise, of=fact.item, name=self.new("inq"))
            self.do(OpenInvestigation(opened), by)

    def within(self, n: int) -> InvestigationOpened | None:
        opened = self.pick(InvestigationOpened, n)
        return opened.fact if opened is not None else None  # type: ignore[return-value]  # of that kind

    def tries(self, order: Command, by: Actor) -> None:
        if by.role in order.allowed:
            self.do(order, by)

    @rule(
        n=numbers,
        by=actors,
        channel=st.sampled_from([Channel.UNKNOWN, Channel.UNIT, Channel.PERSON]),
        of=whom,
    )
    def state(self, n: int, by: Actor, channel: Channel, of: str | None) -> None:
        opened = self.within(n)
        if opened is not None:
            about = {Channel.UNIT: "siu", Channel.PERSON: of}.get(channel)
            stated = hypothesis(self.new("h"), channel, of=about, within=opened.investigation)
            self.tries(StateHypothesis(stated), by)

    @rule(n=numbers, by=actors, kind=st.sampled_from([EvidenceKind.RECORDS, EvidenceKind.MODEL]))
    def take(self, n: int, by: Actor, kind: EvidenceKind) -> None:
        opened = self.within(n)
        if opened is not None:
            self.tries(TakeEvidence(evidence(self.new("e"), kind, within=opened.investigation)), by)

    @rule(n=numbers, by=actors, giver=people, taker=people, own=st.booleans())
    def pass_on(self, n: int, by: Actor, giver: str, taker: str, *, own: bool) -> None:
        taken = self.pick(EvidenceTaken, n)
        if taken is not None:
            fact = taken.fact
            assert isinstance(fact, EvidenceTaken)
            who = by.person if own else giver
            self.tries(PassCustody(passed(who, taker, fact.evidence, within=fact.investigation)), by)

    @rule(n=numbers, m=numbers, by=actors, ratio=st.sampled_from([0.1, 1.0, 40.0]))
    def weigh(self, n: int, m: int, by: Actor, ratio: float) -> None:
        taken, stated = self.pick(EvidenceTaken, n), self.pick(HypothesisStated, m)
        if taken is not None and stated is not None:
            one, other = taken.fact, stated.fact
            assert isinstance(one, EvidenceTaken)
            assert isinstance(other, HypothesisStated)
            fact = weighed(self.new("w"), one.evidence, other.hypothesis, ratio, within=one.investigation)
            self.tries(WeighEvidence(fact), by)

    @rule(n=numbers, by=actors, hours=st.sampled_from([1, 48]))
    def declare(self, n: int, by: Actor, hours: int) -> None:
        opened = self.within(n)
        if opened is not None:
            at = self.now + timedelta(hours=hours)
            self.tries(DeclareDecisionTime(decides(at, opened.investigation)), by)

    @rule(n=numbers, by=actors, outcome=outcomes, of=whom, which=st.lists(units, max_size=2, unique=True))
    def propose(self, n: int, by: Actor, outcome: FindingOutcome, of: str | None, which: list[str]) -> None:
        opened = self.within(n)
        if opened is not None:
            fact = proposed(
                self.new("f"),
                outcome,
                units=tuple(which),
                person=of,
                within=opened.investigation,
                compromise=opened.compromise,
                item=opened.item,
            )
            self.tries(ProposeFinding(fact), by)

    @rule(n=numbers, by=actors)
    def confirm(self, n: int, by: Actor) -> None:
        found = self.pick(FindingProposed, n)
        if found is not None:
            fact = found.fact
            assert isinstance(fact, FindingProposed)
            self.tries(ConfirmFinding(as_made(fact)), by)

    @rule(n=numbers, m=numbers, by=actors)
    def propose_lifting(self, n: int, m: int, by: Actor) -> None:
        suspended, found = self.pick(CooperationSuspended, n), self.pick(FindingMade, m)
        if suspended is not None and found is not None:
            one, other = suspended.fact, found.fact
            assert isinstance(one, CooperationSuspended)
            assert isinstance(other, FindingMade)
            name = self.new("lift")
            self.tries(ProposeLifting(lifting(name, one, other)), by)

    @rule(n=numbers, by=actors)
    def lift(self, n: int, by: Actor) -> None:
        found = self.pick(LiftingProposed, n)
        if found is not None:
            fact = found.fact
            assert isinstance(fact, LiftingProposed)
            self.tries(LiftSuspension(as_lifted(fact)), by)

    @rule(n=numbers, by=actors, which=units, effective=st.booleans())
    def remedy(self, n: int, by: Actor, which: str, *, effective: bool) -> None:
        found = self.pick(FindingMade, n)
        if found is not None:
            fact = found.fact
            assert isinstance(fact, FindingMade)
            self.tries(JudgeRemedies(remedies(fact.finding, which, effective=effective)), by)

    @rule(n=numbers, by=actors, which=units)
    def end(self, n: int, by: Actor, which: str) -> None:
        found = self.pick(FindingMade, n)
        if found is not None:
            fact = found.fact
            assert isinstance(fact, FindingMade)
            self.tries(EndCooperation(ended(which, fact.finding, fact.compromise)), by)

    # and now and then it takes its course, so that examples get to the end of it

    @rule(what=items, which=units, outcome=outcomes)
    def from_the_leak_to_the_finding(self, what: str, which: str, outcome: FindingOutcome) -> None:
        ina, iris, max_ = (acting(n, Role.INVESTIGATOR) for n in ("ina", "iris", "max"))
        told = disclosed(self.new("told"), what, unit=which, to=(UNITS[which],))
        self.do(RecordDisclosure(told), acting("rex", Role.RELEASING_OFFICER))
        leak, name = self.new("leak"), self.new("inq")
        assert self.do(ReportCompromise(compromised(leak, what)), acting("hugo", Role.HARM_DESK)) == "done"
        opened = inquiry("ina", "iris", compromise=leak, of=what, name=name)
        if self.do(OpenInvestigation(opened), acting("max", Role.SENIOR_OFFICER)) != "done":
            return
        unknown, theirs = self.new("h"), self.new("h")
        self.do(StateHypothesis(hypothesis(unknown, within=name)), ina)
        self.do(StateHypothesis(hypothesis(theirs, Channel.UNIT, of=which, within=name)), ina)
        log = self.new("e")
        self.do(TakeEvidence(evidence(log, within=name)), ina)
        self.do(WeighEvidence(weighed(self.new("w"), log, theirs, within=name)), iris)
        assert self.do(PassCustody(passed("iris", "max", log, within=name)), iris) == "who-holds-it"
        self.do(PassCustody(passed("ina", "iris", log, within=name)), ina)
        against = outcome is FindingOutcome.SUBSTANTIATED
        fact = proposed(
            self.new("f"),
            outcome,
            units=(which,) if against else (),
            within=name,
            compromise=leak,
            item=what,
        )
        assert self.do(ProposeFinding(fact), ina) == "done"
        assert self.do(ConfirmFinding(as_made(fact)), ina) == "another-person"
        assert self.do(ConfirmFinding(as_made(fact)), iris) == "done"
        for suspended in self.past.of(CooperationSuspended):
            if suspended.fact.compromise == leak:
                wanted = lifting(self.new("lift"), suspended.fact, as_made(fact))
                said = self.do(ProposeLifting(wanted), max_)
                gone = {r.fact.unit for r in self.past.of(CooperationEnded)}
                expected = "ended-for-good" if suspended.fact.unit in gone else "done"
                if against and suspended.fact.unit == which and expected == "done":
                    expected = "stands-against-it"
                assert said == expected
                if said == "done":
                    assert self.do(LiftSuspension(as_lifted(wanted)), acting("syl", Role.SENIOR_OFFICER)) in (
                        "done",
                        "no-part-in-it",  # syl may have recorded a disclosure
                    )

    # the promise, worked out from what is on record and nothing else

    def parts(self, compromise: str, before: int) -> set[str]:
        """Who had a part in what leaked, by the facts before this one: written out without the fold."""
        leak = next(r for r in self.past.of(CompromiseReported) if r.fact.compromise == compromise)
        had: set[str] = set()
        for r in self.past:
            if r.position >= before:
                continue
            if isinstance(r.fact, DisclosureRecorded) and r.fact.item == leak.fact.item:
                had |= {r.by.person, *r.fact.recipients}
            if isinstance(r.fact, ItemRegistered) and r.fact.item == leak.fact.item:
                had.add(r.by.person)
        return had

    @invariant()
    def every_unit_that_got_what_leaked_is_suspended_until_it_is_lifted(self) -> None:
        past = self.past
        open_: set[str] = set()
        for leak in past.of(CompromiseReported):
            got = {r.fact.unit for r in past.of(DisclosureRecorded) if r.fact.item == leak.fact.item}
            of_leak = [r for r in past.of(CooperationSuspended) if r.fact.compromise == leak.fact.compromise]
            assert {r.fact.unit for r in of_leak} == got
            gone = {r.fact.suspension for r in past.of(SuspensionLifted)}
            open_ |= {r.fact.unit for r in of_leak if r.fact.suspension not in gone}
        people = People(past, self.now)
        assert set(people.suspended) == open_
        over = {r.fact.unit for r in past.of(CooperationEnded)}
        assert set(people.ended) == over
        for which in open_ | over:
            assert people.unit_link(UnitId(which)).status.value in ("suspended", "ended")

    @invariant()
    def a_suspension_ends_by_a_finding_and_two_people_without_a_part(self) -> None:
        past = self.past
        for r in past.of(SuspensionLifted):
            (first,) = [p for p in past.of(LiftingProposed) if p.fact.lifting == r.fact.lifting]
            (found,) = [f for f in past.of(FindingMade) if f.fact.finding == r.fact.finding]
            (suspended,) = [
                s for s in past.of(CooperationSuspended) if s.fact.suspension == r.fact.suspension
            ]
            assert suspended.position < found.position < first.position < r.position
            assert found.fact.compromise == suspended.fact.compromise == r.fact.compromise
            assert first.by.person != r.by.person
            assert self.parts(r.fact.compromise, r.position).isdisjoint({first.by.person, r.by.person})
            assert r.by.role is Role.SENIOR_OFFICER

    @invariant()
    def a_finding_takes_two_people_without_a_part_and_closes_its_investigation(self) -> None:
        past = self.past
        for r in past.of(FindingMade):
            (first,) = [p for p in past.of(FindingProposed) if p.fact.finding == r.fact.finding]
            (opened,) = [
                o for o in past.of(InvestigationOpened) if o.fact.investigation == r.fact.investigation
            ]
            assert first.by.person != r.by.person
            assert first.by.person in opened.fact.investigators
            said = (first.fact.outcome, first.fact.units, first.fact.person.open())
            assert said == (r.fact.outcome, r.fact.units, r.fact.person.open())
            assert self.parts(r.fact.compromise, r.position).isdisjoint({first.by.person, r.by.person})
            after = [
                x
                for x in past
                if x.position > r.position
                and getattr(x.fact, "investigation", None) == r.fact.investigation
                and not isinstance(x.fact, CustodyPassed)
            ]
            assert after == []

    @invariant()
    def nobody_with_a_part_opens_or_acts_in_an_investigation(self) -> None:
        past = self.past
        opened = {r.fact.investigation: r for r in past.of(InvestigationOpened)}
        for r in past:
            if type(r.fact).__module__ != "tearline.facts.investigation" or isinstance(r.fact, FindingMade):
                continue
            of = opened[r.fact.investigation]  # type: ignore[attr-defined]  # every kind there has it
            had = self.parts(of.fact.compromise, r.position)
            if isinstance(r.fact, CustodyPassed):
                assert r.fact.taker not in had
                continue
            assert r.by.person in of.fact.investigators
            assert r.by.person not in had
        for one in opened.values():
            had = self.parts(one.fact.compromise, one.position)
            assert had.isdisjoint({one.by.person, *one.fact.investigators})

    @invariant()
    def custody_has_no_gap(self) -> None:
        holder: dict[str, PersonId] = {}
        for r in self.past:
            match r.fact:
                case EvidenceTaken(evidence=name):
                    holder[name] = r.by.person
                case CustodyPassed(evidence=name, giver=giver, taker=taker):
                    assert r.by.person == giver == holder[name]
                    assert taker != giver
                    holder[name] = taker

    @invariant()
    def a_person_is_named_on_evidence_and_at_a_declared_time(self) -> None:
        past = self.past
        for r in past.of(FindingMade):
            if r.fact.outcome is not FindingOutcome.SUBSTANTIATED or r.fact.person.open() is None:
                continue
            (declared,) = [
                d for d in past.of(DecisionTimeDeclared) if d.fact.investigation == r.fact.investigation
            ]
            assert declared.happened_at < declared.fact.decide_at <= r.happened_at
            of_it = {
                h.fact.hypothesis
                for h in past.of(HypothesisStated)
                if h.fact.person.open() == r.fact.person.open()
            }
            logs = {e.fact.evidence for e in past.of(EvidenceTaken) if e.fact.kind is EvidenceKind.RECORDS}
            assert any(
                w.fact.hypothesis in of_it and w.fact.evidence in logs and w.fact.likelihood_ratio.open() > 1
                for w in past.of(EvidenceWeighed)
            )

    @invariant()
    def the_partner_does_nothing_but_report(self) -> None:
        for r in self.past:
            if r.by.role in OUTSIDE and r.fact.room in ("leaks", "investigation"):
                assert isinstance(r.fact, CompromiseReported)


def as_made(fact: FindingProposed) -> FindingMade:
    return made(
        fact.finding,
        fact.outcome,
        units=fact.units,
        person=fact.person.open(),
        within=fact.investigation,
        compromise=fact.compromise,
        item=fact.item,
    )


def lifting(name: str, suspended: CooperationSuspended, found: FindingMade) -> LiftingProposed:
    wanted = to_lift(name, suspended.unit, suspended.compromise, found.finding)
    return LiftingProposed(
        lifting=LiftingId(name),
        suspension=SuspensionId(suspended.suspension),
        unit=wanted.unit,
        compromise=wanted.compromise,
        finding=wanted.finding,
        reasons=wanted.reasons,
    )


def as_lifted(fact: LiftingProposed) -> SuspensionLifted:
    done = lifted(fact.lifting, fact.unit, fact.compromise, fact.finding)
    return SuspensionLifted(
        lifting=done.lifting,
        suspension=fact.suspension,
        unit=done.unit,
        compromise=done.compromise,
        finding=done.finding,
        reasons=done.reasons,
    )


TestLeakRoom = LeakRoom.TestCase
TestLeakRoom.settings = settings(SETTINGS, max_examples=25, stateful_step_count=30)
