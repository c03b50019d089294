"""Who stood where at an instant. The weakest link decides, and nobody above anyone is left out."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.facts.fact import Fact, Sealed
from tearline.facts.identifiers import AllegationId, PersonId, UnitId
from tearline.facts.parties import (
    AllegationAssessed,
    AllegationKind,
    AllegationRecorded,
    AllegationStanding,
    OfficeTaken,
    Outcome,
    PersonVettingDecided,
    UnitStoodDown,
)
from tearline.folds.people import People, Status, people_question, upwards
from tests.folds import status_oracle
from tests.worlds import (
    NOON,
    World,
    left,
    office,
    on,
    organisation,
    partners,
    person,
    superior,
    suspended,
    trained,
    unit,
    unit_vetted,
    vetted,
)

RITA, SUE, TOM = PersonId("rita"), PersonId("sue"), PersonId("tom")
SIU = UnitId("siu")
INSTANT = timedelta(microseconds=1)


def status(world: World, who: str = "rita", *, at: datetime = NOON, up_to: str | None = None) -> Status:
    people = People(world.history, at)
    return people.weakest(PersonId(who), up_to=PersonId(up_to) if up_to else None).status


# Weakest link


def test_a_chain_that_is_cleared_throughout_is_cleared() -> None:
    assert status(partners()) is Status.CLEARED


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.CLEARED])
@pytest.mark.parametrize("link", ["rita", "sue", "tom"])
def test_one_bad_link_anywhere_decides(link: str, outcome: Outcome) -> None:
    world = partners().tell(vetted(link, outcome), at=on(-1))
    people = People(world.history, on(0))
    assert people.weakest(RITA).status.value == outcome.value
    assert people.weakest(RITA).who == link


def test_a_superior_whom_nobody_vetted_is_worse_than_one_whose_vetting_lapsed() -> None:
    world = partners().tell(person("ugo"), superior("tom", "ugo"), at=on(-1))
    assert status(world) is Status.UNKNOWN
    assert status(world, at=on(299)) is Status.UNKNOWN


def test_an_exempt_supervisor_is_never_green_and_the_exemption_names_who_granted_it() -> None:
    world = partners().tell(vetted("sue", Outcome.EXEMPT, by="partner"), at=on(-1))
    link = People(world.history, on(0)).weakest(RITA)
    assert link.status is Status.EXEMPT
    assert link.ground is not None
    decided = link.ground.fact
    assert isinstance(decided, PersonVettingDecided)
    assert decided.decided_by == "partner"
    assert decided.deciding_office.open()


def test_an_exemption_does_not_become_a_pass_by_stating_an_end() -> None:
    exempt = vetted("sue", Outcome.EXEMPT)
    world = partners().tell(
        PersonVettingDecided(
            person=exempt.person,
            outcome=Outcome.EXEMPT,
            decided_by=exempt.decided_by,
            deciding_office=exempt.deciding_office,
            valid_until=on(500),
        ),
        at=on(-1),
    )
    assert status(world) is Status.EXEMPT


def test_of_equally_bad_links_the_highest_is_named() -> None:
    world = partners().tell(vetted("sue", Outcome.EXEMPT), vetted("tom", Outcome.EXEMPT), at=on(-1))
    assert People(world.history, on(0)).weakest(RITA).who == "tom"


def test_a_long_chain_hides_nobody_at_its_top() -> None:
    names = [f"p{n}" for n in range(120)]
    world = World().tell(*[vetted(n) for n in names[:-1]], *[superior(a, b) for a, b in pairwise(names)])
    world.tell(vetted(names[-1], Outcome.FAILED))
    people = People(world.history, on(0))
    assert people.above(PersonId("p0")) == names[1:]
    assert people.weakest(PersonId("p0")).who == "p119"


def test_nobody_above_the_signatory_counts() -> None:
    world = partners().tell(person("ugo"), superior("tom", "ugo"), vetted("ugo", Outcome.FAILED), at=on(-1))
    assert status(world) is Status.FAILED
    assert status(world, up_to="tom") is Status.CLEARED
    assert status(world, "tom", up_to="tom") is Status.CLEARED


def test_a_signatory_who_is_not_in_the_chain_does_not_shorten_it() -> None:
    world = partners().tell(vetted("tom", Outcome.FAILED), at=on(-1))
    assert status(world, up_to="max") is Status.FAILED


# The unit


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.CLEARED])
def test_a_cleared_officer_of_a_bad_unit_is_as_bad_as_the_unit(outcome: Outcome) -> None:
    world = partners().tell(unit_vetted("siu", outcome), at=on(-1))
    link = People(world.history, on(0)).weakest(RITA)
    assert (link.who, link.status.value) == ("siu", outcome.value)


def test_a_suspended_unit_is_worst_of_all_and_stays_so() -> None:
    world = partners().tell(suspended(), at=on(-1)).tell(unit_vetted(), at=on(1))
    for day in (0, 2, 100):
        assert status(world, at=on(day)) is Status.SUSPENDED
    assert status(world, at=on(-2)) is Status.CLEARED
    assert People(world.history, on(0)).unit_link(SIU).status is Status.SUSPENDED


def test_a_unit_stood_down_is_no_unit_to_share_with() -> None:
    world = partners().tell(UnitStoodDown(unit=SIU, reasons=Sealed("infiltrated")), at=on(-1))
    assert status(world) is Status.STOOD_DOWN
    assert status(world, at=on(-2)) is Status.CLEARED


def test_a_unit_that_nobody_vetted_is_not_cleared_by_its_members() -> None:
    world = World().tell(organisation("partner"), unit("siu"), person("rita"), vetted("rita"), office("rita"))
    assert status(world) is Status.UNKNOWN


# Time


def test_a_pass_lapses_exactly_when_it_says() -> None:
    world = partners().tell(vetted("sue", until=on(10)), at=on(-1))
    assert status(world, at=on(10) - INSTANT) is Status.CLEARED
    assert status(world, at=on(10)) is Status.LAPSED
    assert People(world.history, on(10)).weakest(RITA).who == "sue"


def test_a_clearance_without_an_end_is_no_clearance() -> None:
    """The room refuses one; a fact from elsewhere might still lack it."""
    endless = PersonVettingDecided(
        person=SUE,
        outcome=Outcome.CLEARED,
        decided_by=vetted("sue").decided_by,
        deciding_office=Sealed("a desk"),
    )
    assert status(partners().tell(endless, at=on(-1))) is Status.LAPSED


def test_withdrawal_counts_from_the_day_it_happened_not_from_the_day_it_was_recorded() -> None:
    world = partners().tell(vetted("sue", Outcome.WITHDRAWN), at=on(-10), known=on(-5))
    assert status(world, at=on(-11)) is Status.CLEARED
    assert status(world, at=on(-10)) is Status.WITHDRAWN


def test_as_it_was_and_as_known_then_differ_when_a_fact_is_recorded_late() -> None:
    world = partners().tell(vetted("sue", Outcome.WITHDRAWN), at=on(-10), known=on(-5))
    day = on(-7)
    as_it_was = People(world.history.as_it_was(day), day)
    as_known = People(world.history.as_known(day), day)
    assert as_it_was.weakest(RITA).status is Status.WITHDRAWN
    assert as_known.weakest(RITA).status is Status.CLEARED
    assert People(world.history.as_known(on(-5)), on(-5)).weakest(RITA).status is Status.WITHDRAWN


def test_a_clearance_recorded_late_does_not_undo_a_later_withdrawal() -> None:
    world = partners().tell(vetted("sue", Outcome.WITHDRAWN), at=on(-10))
    world.tell(vetted("sue", until=on(400)), at=on(-20), known=on(-1))
    assert status(world) is Status.WITHDRAWN


def test_superiors_change_over_time() -> None:
    world = partners().tell(person("eva"), vetted("eva", Outcome.EXEMPT), at=on(-100))
    world.tell(superior("rita", "eva"), at=on(-20)).tell(superior("rita", "sue"), at=on(-10))
    assert status(world, at=on(-21)) is Status.CLEARED
    assert status(world, at=on(-20)) is Status.EXEMPT
    assert status(world, at=on(-10) - INSTANT) is Status.EXEMPT
    assert status(world, at=on(-10)) is Status.CLEARED
    assert People(world.history, on(-15)).above(RITA) == ["eva"]
    assert People(world.history, on(-5)).above(RITA) == [SUE, TOM]


def test_the_superiors_superior_counts_as_he_stood_at_that_instant() -> None:
    world = partners().tell(vetted("tom", Outcome.FAILED), at=on(-30)).tell(vetted("tom"), at=on(-20))
    assert status(world, at=on(-25)) is Status.FAILED
    assert status(world, at=on(-20)) is Status.CLEARED


def test_whoever_left_the_unit_no_longer_stands_or_falls_with_it() -> None:
    world = partners().tell(unit_vetted("siu", Outcome.FAILED), at=on(-5)).tell(left("rita"), at=on(-2))
    assert status(world, at=on(-3)) is Status.FAILED
    assert status(world, at=on(-2)) is Status.CLEARED
    assert People(world.history, on(-3)).members(SIU) == [RITA, SUE]
    assert People(world.history, on(-2)).members(SIU) == [SUE]


def test_coming_back_at_the_instant_of_leaving_is_being_there() -> None:
    world = partners().tell(left("rita"), at=on(-2)).tell(office("rita"), at=on(-2))
    assert RITA in People(world.history, on(-2)).members(SIU)


def test_a_move_to_another_unit_takes_its_standing() -> None:
    world = partners().tell(unit("new"), office("rita", "new"), at=on(-5))
    assert status(world) is Status.UNKNOWN
    assert RITA not in People(world.history, on(0)).members(SIU)


def test_a_circle_that_came_from_elsewhere_ends_where_it_closes() -> None:
    world = partners().tell(superior("tom", "rita"), at=on(-1))
    people = People(world.history, on(0))
    assert people.above(RITA) == [SUE, TOM]
    assert status(world) is Status.CLEARED


# Training, allegations, organisations


def test_training_is_current_until_the_latest_course_says() -> None:
    world = partners()
    assert People(world.history, on(0)).trained == {RITA: on(200)}
    assert People(world.history, on(-60)).trained == {}
    assert SUE not in People(world.tell(trained("rita"), at=on(1)).history, on(2)).trained


def test_an_allegation_stands_as_it_was_last_assessed() -> None:
    def assessed(standing: AllegationStanding) -> AllegationAssessed:
        return AllegationAssessed(
            allegation=AllegationId("a-1"), unit=SIU, standing=standing, reasons=Sealed("looked into")
        )

    world = partners().tell(
        AllegationRecorded(
            allegation=AllegationId("a-1"),
            unit=SIU,
            kind=AllegationKind.LEAK,
            standing=AllegationStanding.OPEN,
            account=Sealed("an officer said so"),
        ),
        at=on(-9),
    )
    world.tell(assessed(AllegationStanding.SUBSTANTIATED), at=on(-3))
    world.tell(assessed(AllegationStanding.CREDIBLE), at=on(-6), known=on(-1))
    world.tell(assessed(AllegationStanding.UNFOUNDED), at=on(6), known=on(6))
    world.tell(assessed(AllegationStanding.CREDIBLE), at=on(5.5), known=on(7))
    for day, standing in [
        (-8, "open"),
        (-5, "credible"),
        (-2, "substantiated"),
        (5, "substantiated"),
        (6.5, "credible"),
    ]:
        (allegation,) = People(world.history, on(day)).allegations[SIU]
        assert allegation.standing == standing
        assert allegation.kind is AllegationKind.LEAK
    assert People(world.history, on(-10)).allegations == {}


def test_a_unit_belongs_to_the_organisation_that_formed_it() -> None:
    people = People(partners().history, on(0))
    assert people.organisation_of(SIU) == "partner"
    assert people.organisation_of(UnitId("nowhere")) is None
    assert People(partners().history, on(-101)).organisation_of(SIU) is None


# Against the oracle

PEOPLE = ["ann", "bob", "cal", "dee"]
UNITS = ["one", "two"]
DAYS = st.integers(0, 6).map(lambda day: on(float(day)))
OUTCOMES = st.sampled_from(Outcome)


def acts() -> st.SearchStrategy[Fact]:
    people, units = st.sampled_from(PEOPLE), st.sampled_from(UNITS)
    return st.one_of(
        st.builds(vetted, people, OUTCOMES, DAYS),
        st.builds(superior, people, people),
        st.builds(office, people, units),
        st.builds(left, people, units),
        st.builds(unit_vetted, units, OUTCOMES, DAYS),
        st.builds(suspended, units),
        units.map(lambda u: UnitStoodDown(unit=UnitId(u), reasons=Sealed("why"))),
    )


def told(told: Iterable[tuple[Fact, datetime, timedelta]]) -> World:
    world = World()
    for fact, at, late in told:
        world.tell(fact, at=at, known=at + late)
    return world


WORLDS = st.lists(
    st.tuples(acts(), DAYS, st.integers(0, 3).map(lambda d: timedelta(days=d))), max_size=24
).map(told)


@settings(max_examples=300)
@given(WORLDS, st.sampled_from(PEOPLE), DAYS, st.none() | st.sampled_from(PEOPLE))
def test_status_is_what_playing_the_past_forward_gives(
    world: World, who: str, at: datetime, signatory: str | None
) -> None:
    """In any order of recording, at any instant, with circles and all."""
    expected = status_oracle.status(world.facts, who, at, signatory)
    assert status(world, who, at=at, up_to=signatory).value == expected
    known = [r for r in world.facts if r.recorded_at <= at]
    as_known = People(world.history.as_known(at), at).weakest(
        PersonId(who), up_to=PersonId(signatory) if signatory else None
    )
    assert as_known.status.value == status_oracle.status(known, who, at, signatory)


@given(WORLDS, st.sampled_from(PEOPLE), DAYS)
def test_the_weakest_link_is_one_of_the_links_and_none_is_worse(world: World, who: str, at: datetime) -> None:
    people = People(world.history, at)
    links = people.links(PersonId(who))
    weakest = people.weakest(PersonId(who))
    assert weakest in links
    assert all(link.status.severity <= weakest.status.severity for link in links)
    assert weakest.status is not Status.CLEARED or all(link.status is Status.CLEARED for link in links)


@given(WORLDS, st.sampled_from(PEOPLE), DAYS)
def test_the_question_about_people_brings_all_that_can_change_their_status(
    world: World, who: str, at: datetime
) -> None:
    """Asked link by link, as the node asks; what it leaves out changes nothing."""
    known = world.read(people_question((PersonId(who),), ()), frozenset())
    while True:
        persons = upwards(known, (PersonId(who),))
        units = {r.fact.unit for r in known if isinstance(r.fact, OfficeTaken)}
        wider = world.read(people_question(persons, units), frozenset())
        if len(wider.facts) == len(known.facts):
            break
        known = wider
    # Closed fields compare unequal to open ones, so the statuses are compared.
    part, whole = People(known, at).weakest(PersonId(who)), People(world.history, at).weakest(PersonId(who))
    assert (part.who, part.status) == (whole.who, whole.status)


def test_severity_is_the_order_that_the_oracle_names() -> None:
    assert [s.value for s in sorted(Status, key=lambda s: s.severity)] == status_oracle.WORSE_AND_WORSE
    assert {o.value for o in Outcome} <= {s.value for s in Status}
