"""Parties promise: superiors never form a circle, and nobody's status is ever better than the weakest above them."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from tearline.facts.fact import Sealed
from tearline.facts.identifiers import PersonId, UnitId
from tearline.facts.parties import OfficeTaken, Outcome, SuperiorNamed, UnitStoodDown
from tearline.folds.people import People, Status
from tearline.rooms.leaks.compromises import ReportCompromise
from tearline.rooms.parties.persons import DecidePersonVetting, LeaveOffice, NameSuperior, TakeOffice
from tearline.rooms.parties.units import DecideUnitVetting, StandDownUnit
from tearline.rooms.release.outside import RecordDisclosure
from tests.folds import status_oracle
from tests.rooms.machine import SETTINGS, OnANode
from tests.worlds import (
    HUGO,
    LEO,
    VIC,
    World,
    acting,
    compromised,
    disclosed,
    item,
    left,
    office,
    on,
    organisation,
    person,
    superior,
    unit,
    unit_vetted,
    vetted,
)

PEOPLE = ("ann", "bob", "cal", "dee", "eve")
UNITS = ("one", "two")
persons = st.sampled_from(PEOPLE)
units = st.sampled_from(UNITS)
outcomes = st.sampled_from(Outcome)
days = st.integers(1, 40)
ago = st.sampled_from([0, 0, 1, 5, 40]).map(lambda d: timedelta(days=d))


def strangers() -> World:
    """Five people and two units of whom nothing more is known."""
    world = World().tell(*[organisation(o) for o in ("own", "partner")], at=on(-100))
    world.tell(*[unit(u) for u in UNITS], *[person(p) for p in PEOPLE], at=on(-100))
    return world.tell(item(), at=on(-50))


class Parties(OnANode):
    world = strangers

    def __init__(self) -> None:
        super().__init__()
        self.edges: set[tuple[str, str]] = set()

    @rule(who=persons, above=persons, late=ago)
    def name_superior(self, who: str, above: str, late: timedelta) -> None:
        said = self.do(NameSuperior(superior(who, above)), by=LEO, at=self.now - late)
        circle = who == above or who in self.reached(above)
        assert said == ("no-circle" if circle else "done")
        if not circle:
            self.edges.add((who, above))

    def reached(self, start: str) -> set[str]:
        """Everyone who was ever named above, found by widening until nothing is added."""
        found = {start}
        while more := {b for a, b in self.edges if a in found} - found:
            found |= more
        return found

    @rule(who=persons, outcome=outcomes, lasts=days, late=ago)
    def vet(self, who: str, outcome: Outcome, lasts: int, late: timedelta) -> None:
        at = self.now - late
        fact = vetted(who, outcome, at + timedelta(days=lasts))
        assert self.do(DecidePersonVetting(fact), by=VIC, at=at) == "done"

    @rule(who=persons)
    def vet_oneself(self, who: str) -> None:
        oneself = acting(who, VIC.role)
        assert self.do(DecidePersonVetting(vetted(who)), by=oneself) == "nobody-vets-themselves"

    @rule(which=units, outcome=outcomes, lasts=days, late=ago)
    def vet_unit(self, which: str, outcome: Outcome, lasts: int, late: timedelta) -> None:
        at = self.now - late
        fact = unit_vetted(which, outcome, at + timedelta(days=lasts))
        assert self.do(DecideUnitVetting(fact), at=at) == "done"

    @rule(who=persons, which=units, late=ago)
    def take_office(self, who: str, which: str, late: timedelta) -> None:
        assert self.do(TakeOffice(office(who, which)), at=self.now - late) == "done"

    @rule(who=persons, which=units, late=ago)
    def leave_office(self, who: str, which: str, late: timedelta) -> None:
        at = self.now - late
        held = People(self.past, at).offices.get(PersonId(who))
        there = held is not None and held.fact.unit == which
        assert self.do(LeaveOffice(left(who, which)), at=at) == ("done" if there else "holds-the-office")

    @rule(which=units)
    def stand_down(self, which: str) -> None:
        fact = UnitStoodDown(unit=UnitId(which), reasons=Sealed("why"))
        gone = any(r.fact.unit == which for r in self.past.of(UnitStoodDown))
        assert self.do(StandDownUnit(fact)) == ("once" if gone else "done")

    @rule(which=units)
    def leak(self, which: str) -> None:
        assert self.do(RecordDisclosure(disclosed(self.new("told"), unit=which, to=())), by=HUGO) == "done"
        assert self.do(ReportCompromise(compromised(self.new("leak"))), by=HUGO) == "done"

    @invariant()
    def superiors_form_no_circle_at_any_instant(self) -> None:
        named = self.past.of(SuperiorNamed)
        for at in {r.happened_at for r in named} | {self.now}:
            people = People(self.past, at)
            for who in PEOPLE:
                assert PersonId(who) not in people.above(PersonId(who))

    @invariant()
    def nobodys_status_is_better_than_the_oracles(self) -> None:
        past = self.past
        for at in (self.now, self.now - timedelta(days=3), self.now - timedelta(days=20)):
            people = People(past, at)
            for who in PEOPLE:
                status = people.weakest(PersonId(who)).status
                assert status.value == status_oracle.status(past.facts, who, at)

    @invariant()
    def only_a_pass_in_date_all_the_way_up_is_cleared(self) -> None:
        people = People(self.past, self.now)
        for who in PEOPLE:
            if people.weakest(PersonId(who)).status is Status.CLEARED:
                for one in (PersonId(who), *people.above(PersonId(who))):
                    decided = people.vetted[one].fact
                    assert decided.outcome is Outcome.CLEARED
                    assert decided.valid_until is not None
                    assert decided.valid_until > self.now

    @invariant()
    def offices_are_of_people_who_are_enrolled(self) -> None:
        assert {r.fact.person for r in self.past.of(OfficeTaken)} <= set(PEOPLE)


TestParties = Parties.TestCase
TestParties.settings = SETTINGS
