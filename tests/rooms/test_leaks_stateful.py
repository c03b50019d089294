"""Leaks promise: every unit that got a compromised item is suspended from then on, and gets nothing more."""

from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from tearline.facts.fact import Sealed
from tearline.facts.history import Actor
from tearline.facts.identifiers import CompromiseId, InvestigationId, ItemId, PersonId, RequestId, UnitId
from tearline.facts.leaks import CooperationSuspended, InvestigationOpened
from tearline.facts.parties import Outcome
from tearline.facts.release import Effect, ItemReleased, ReleaseRequested, SignOffLine, VerdictReached
from tearline.folds.people import People, Status
from tearline.rooms.leaks.compromises import ReportCompromise
from tearline.rooms.leaks.inquiring import OpenInvestigation
from tearline.rooms.parties.units import DecideUnitVetting
from tearline.rooms.release.outside import RecordDisclosure
from tearline.rooms.release.releasing import ReleaseItem
from tearline.rooms.release.requests import RequestRelease, SignOff
from tests.rooms.machine import SETTINGS, OnANode
from tests.worlds import (
    ANA,
    HUGO,
    LEO,
    REX,
    SOL,
    SYL,
    World,
    at_risk,
    compromised,
    disclosed,
    item,
    knowers,
    office,
    on,
    partners,
    person,
    requested,
    signed_off,
    superior,
    trained,
    unit,
    unit_vetted,
    vetted,
)

ITEMS = ("phones", "cars", "routes")
UNITS = {"siu": "rita", "port": "pia", "road": "rob"}
units = st.sampled_from(sorted(UNITS))
items = st.sampled_from(ITEMS)
REGISTERED = on(-1)
ago = st.sampled_from([0, 0, 3, 30]).map(lambda d: timedelta(days=d))


def three_units() -> World:
    """Each with one cleared and trained officer under sue, who answers to tom."""
    world = partners()
    course = next(r for r in world.facts if r.fact == trained("rita"))
    world.facts.remove(course)
    for name, officer in list(UNITS.items())[1:]:
        world.tell(unit(name), person(officer), vetted(officer), unit_vetted(name), at=on(-98))
        world.tell(office(officer, name), superior(officer, "sue"), at=on(-97))
    world.tell(trained(*UNITS.values()), at=on(-50))
    for what in ITEMS[1:]:
        world.tell(item(what), knowers(item=what), at_risk(item=what), at=on(-1), by=ANA)
    return world


class Leaks(OnANode):
    world = three_units

    def __init__(self) -> None:
        super().__init__()
        self.got: dict[str, set[str]] = {what: set() for what in ITEMS}
        self.leaked: dict[str, str] = {}
        self.since: dict[str, datetime] = {}
        self.expected: set[tuple[str, str]] = set()

    def suspend(self, which: str, compromise: str) -> None:
        self.expected.add((which, compromise))
        self.since.setdefault(which, self.now)

    @rule(what=items, which=units, late=ago)
    def tell_outside_the_protocol(self, what: str, which: str, late: timedelta) -> None:
        """Also when it comes to light only after the leak, whatever day is claimed for it."""
        fact = disclosed(self.new("told"), what, unit=which, to=(UNITS[which],))
        assert self.do(RecordDisclosure(fact), HUGO, at=self.now - late) == "done"
        self.got[what].add(which)
        for compromise, burnt in self.leaked.items():
            if burnt == what:
                self.suspend(which, compromise)

    @rule(what=items, which=units)
    def release_by_the_protocol(self, what: str, which: str) -> None:
        ask = self.new("ask")
        assert self.do(RequestRelease(requested(ask, what, (UNITS[which],), unit=which)), ANA) == "done"
        verdict = self.latest(VerdictReached)
        assert isinstance(verdict, VerdictReached)
        if which in self.since:
            assert verdict.effect is Effect.REFUSE
            assert "unit-suspended" in verdict.rules.open()
        for who, line in ((REX, SignOffLine.RELEASING), (SOL, SignOffLine.SOURCE_HANDLING)):
            assert self.do(SignOff(signed_off(self.new("s"), line, ask)), who) == "done"
        said = self.do(ReleaseItem(RequestId(ask)), REX)
        if what in self.leaked.values():
            assert "item-compromised" in verdict.rules.open()
        current = self.now < on(200)  # until then the officers are trained and the passes in date
        if which in self.since or what in self.leaked.values():
            assert said == "protocol-says-release"
        elif current:
            assert said == "done"
        if said == "done":
            self.got[what].add(which)

    @rule(what=items, by=st.sampled_from([HUGO, LEO, ANA]), late=ago)
    def report(self, what: str, by: Actor, late: timedelta) -> None:
        name = self.new("leak")
        said = self.do(ReportCompromise(compromised(name, what)), by, at=self.now - late)
        if self.now - late < REGISTERED:
            assert said == "before-the-item"
            return
        assert said == "done"
        self.leaked[name] = what
        for which in self.got[what]:
            self.suspend(which, name)

    @rule(which=units)
    def a_new_clearance_changes_nothing(self, which: str) -> None:
        fact = unit_vetted(which, Outcome.CLEARED, self.now + timedelta(days=90))
        assert self.do(DecideUnitVetting(fact)) == "done"

    @precondition(lambda self: self.leaked)
    @rule(data=st.data(), who=st.sampled_from(["ina", "hugo", "rex", "ana", "sol", "rita", "pia", "rob"]))
    def investigate(self, data: st.DataObject, who: str) -> None:
        """An inquiry lifts nothing, and whoever had a part does not lead it."""
        leak = data.draw(st.sampled_from(sorted(self.leaked)))
        what = self.leaked[leak]
        fact = InvestigationOpened(
            investigation=InvestigationId(self.new("inq")),
            compromise=CompromiseId(leak),
            item=ItemId(what),
            investigators=(PersonId(who),),
            remit=Sealed("how it leaked"),
        )
        past = self.past
        parts = {"ana", *(UNITS[which] for which in self.got[what])}  # ana put every item on record
        # Whoever asked or signed had a part in it, whether or not it came to a release.
        if any(r.fact.item == what for r in past.of(ReleaseRequested)):
            parts |= {"rex", "sol"}
        if any(f.fact.item == what for f in past.of(type(disclosed()))):
            parts.add("hugo")
        assert self.do(OpenInvestigation(fact), SYL) == ("no-part-in-it" if who in parts else "done")

    @invariant()
    def the_suspended_are_exactly_those_who_got_what_leaked(self) -> None:
        past = self.past
        assert {(r.fact.unit, r.fact.compromise) for r in past.of(CooperationSuspended)} == self.expected
        assert len(past.of(CooperationSuspended)) == len(self.expected)
        people = People(past, self.now)
        assert set(people.suspended) == set(self.since)
        for which, since in self.since.items():
            assert people.unit_link(UnitId(which)).status is Status.SUSPENDED
            before = People(past, since - timedelta(microseconds=1))
            assert before.unit_link(UnitId(which)).status is not Status.SUSPENDED
            assert People(past, since).unit_link(UnitId(which)).status is Status.SUSPENDED

    @invariant()
    def nothing_was_released_to_a_unit_after_its_suspension(self) -> None:
        past = self.past
        first = {r.fact.unit: r.position for r in reversed(past.of(CooperationSuspended))}
        for out in past.of(ItemReleased):
            assert out.position < first.get(out.fact.unit, out.position + 1)


TestLeaks = Leaks.TestCase
TestLeaks.settings = settings(SETTINGS, max_examples=15)
