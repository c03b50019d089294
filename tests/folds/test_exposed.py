"""The exposure set: everyone who could have told it, by the facts that say so, as known at an instant."""

from dataclasses import replace

import pytest

from tearline.facts.fact import Compartment, Sealed
from tearline.facts.history import History, Question, Role
from tearline.facts.identifiers import ItemId, PersonId, ReadingId, UnitId
from tearline.facts.investigation import FindingOutcome
from tearline.facts.leaks import CompromiseReported, Sureness
from tearline.facts.parties import Outcome
from tearline.facts.reading import SealedFieldsRead
from tearline.facts.release import SignOffLine
from tearline.folds.duties import had_a_part
from tearline.folds.exposed import Exposed, Ground, asks_exposed, exposure_set
from tearline.folds.investigations import asks_remit, remit
from tearline.folds.leaks import Timing, contradicted, interval, timing, unaware_after
from tests.inquiries import INQUIRY, inquiry, made, proposed, unaware, widened
from tests.worlds import (
    ANA,
    CLIO,
    HUGO,
    INA,
    LEO,
    OTTO,
    REX,
    SOL,
    SYL,
    VIC,
    World,
    acting,
    compromised,
    disclosed,
    item,
    left,
    office,
    on,
    partners,
    person,
    released,
    requested,
    signed_off,
    superior,
    threat,
    unit,
    vetted,
    warned,
)

PHONES, BELOW = ItemId("phones"), ItemId("below")


def given() -> World:
    """Asked for by ana, signed by rex and sol, released by rex on day 0 to rita of siu, under sue, under tom."""
    world = partners().tell(requested(), by=ANA)
    world.tell(signed_off("s-1", SignOffLine.RELEASING), by=REX)
    return world.tell(signed_off("s-2", SignOffLine.SOURCE_HANDLING), by=SOL).tell(released(), by=REX)


def found(world: World, what: ItemId = PHONES, until: float = 10) -> dict[str, Exposed]:
    """By its question alone, as a page would read it."""
    question = Question()
    while True:
        known = world.read(question, frozenset())
        wider = asks_exposed(known, what)
        if wider == question:
            break
        question = wider
    from_all = exposure_set(world.history, what, on(until))
    assert exposure_set(known, what, on(until)) == tuple(
        replace(one, ways=tuple(replace(way, fact=closed(known, way.fact.position)) for way in one.ways))
        for one in from_all
    )
    return {one.person: one for one in from_all}


def closed(known: History, position: int):  # type: ignore[no-untyped-def]  # whatever kind of fact it is
    return next(r for r in known if r.position == position)


def test_who_was_given_it_and_everyone_above_up_to_the_signatory() -> None:
    world = given().tell(person("ugo"), superior("tom", "ugo"), at=on(-1))
    exposed = found(world)
    assert exposed["rita"].ground is Ground.GIVEN
    assert Ground.SUPERIOR in {way.ground for way in exposed["sue"].ways}
    assert exposed["tom"].ground is Ground.SIGNATORY
    assert "ugo" not in exposed


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_supervisor_is_in_it_whatever_became_of_the_vetting(outcome: Outcome) -> None:
    world = given().tell(vetted("sue", outcome), at=on(-1))
    assert "sue" in found(world)


def test_each_stands_with_the_facts_that_say_so() -> None:
    exposed = found(given())
    (rita,) = [way for way in exposed["rita"].ways if way.ground is Ground.GIVEN]
    assert rita.fact.fact == released()
    assert rita.unit == UnitId("siu")
    (sue,) = [way for way in exposed["sue"].ways if way.ground is Ground.SUPERIOR and way.through == "rita"]
    assert sue.fact.fact == superior("rita", "sue")
    assert exposed["sue"].units == ("siu",)


def test_our_own_side_is_in_it_too() -> None:
    exposed = found(given().tell(warned(), at=on(-0.5), by=SOL).tell(threat(), at=on(-0.5), by=HUGO))
    grounds = {who: {way.ground for way in one.ways} for who, one in exposed.items()}
    assert {Ground.REGISTERED, Ground.HANDLED, Ground.ASKED} <= grounds["ana"]
    assert {Ground.SIGNED, Ground.HANDLED} <= grounds["sol"]
    assert {Ground.SIGNED, Ground.RELEASED} <= grounds["rex"]
    assert grounds["hugo"] == {Ground.HANDLED}
    assert grounds["syl"] == {Ground.SUPERIOR}
    assert exposed["max"].ground is Ground.SIGNATORY
    assert exposed["ana"].own
    assert not exposed["rita"].own
    assert "vic" not in exposed


def test_whoever_carried_it_between_the_sides_is_in_it() -> None:
    world = partners().tell(disclosed(), by=LEO)
    assert {way.ground for way in found(world)["leo"].ways} == {Ground.RELEASED, Ground.CARRIED}


def test_whoever_opened_it_to_read_is_in_it() -> None:
    read = SealedFieldsRead(
        reading=ReadingId("r-1"),
        page="/items/phones",
        compartments=(Compartment.SOURCE_HANDLING,),
        why=Sealed("to answer"),
        items=(PHONES,),
    )
    exposed = found(partners().tell(read, by=VIC, at=on(1)))
    assert exposed["vic"].ground is Ground.READ


def test_whoever_served_in_the_unit_since_is_in_it_and_whoever_left_before_is_not() -> None:
    world = partners().tell(*[person(n) for n in ("old", "new", "next", "gone")], unit("other"), at=on(-99))
    world.tell(office("old"), office("gone"), at=on(-98))
    world.tell(left("old"), office("gone", "other"), at=on(-1))
    world.tell(requested(), by=ANA).tell(released(), by=REX)
    world.tell(office("new"), at=on(2)).tell(office("next"), at=on(11))
    exposed = found(world)
    assert exposed["new"].ground is Ground.MEMBER
    assert exposed["new"].since == on(2)
    assert {"old", "gone", "next"}.isdisjoint(exposed)
    assert "next" in found(world, until=12)


def test_a_superior_who_was_replaced_meanwhile_stands_beside_the_new_one() -> None:
    world = given().tell(person("ulf"), at=on(-1)).tell(superior("rita", "ulf"), at=on(3))
    exposed = found(world)
    assert {"sue", "ulf"} <= exposed.keys()
    assert exposed["ulf"].since == on(3)


def test_a_superior_from_before_the_release_is_not_in_it() -> None:
    world = partners().tell(person("ulf"), at=on(-99)).tell(superior("rita", "ulf"), at=on(-98))
    world.tell(superior("rita", "sue"), at=on(-97)).tell(requested(), by=ANA).tell(released(), by=REX)
    assert "ulf" not in found(world)


def test_a_circle_of_command_ends() -> None:
    world = partners().tell(superior("tom", "rita"), at=on(-1)).tell(disclosed(under=None), by=HUGO)
    assert {"rita", "sue", "tom"} <= found(world).keys()


def test_the_set_of_a_tearline_text_takes_in_who_had_the_whole_and_not_the_other_way_round() -> None:
    world = given().tell(item("below", tearline_of="phones"), at=on(1), by=LEO)
    world.tell(unit("port"), person("pia"), office("pia", "port"), at=on(-90))
    world.tell(disclosed("below-told", "below", unit="port", to=("pia",)), by=HUGO, at=on(2))
    assert {"rita", "pia", "ana", "leo"} <= found(world, BELOW).keys()
    assert "pia" not in found(world)
    assert "leo" not in found(world)


def test_what_happened_later_counts_later() -> None:
    world = partners().tell(disclosed(), by=HUGO, at=on(5))
    assert "rita" not in found(world, until=4)
    assert "rita" in found(world, until=5)


def test_as_known_then_leaves_out_what_came_to_light_later() -> None:
    world = given().tell(disclosed(to=("tom",)), by=HUGO, at=on(1), known=on(20))
    then = {one.person for one in exposure_set(world.history.as_known(on(10)), PHONES, on(10))}
    now = {one.person for one in exposure_set(world.history, PHONES, on(10))}
    assert "hugo" in now - then


def test_a_chronicler_stands_for_nobody() -> None:
    world = partners().tell(disclosed(), by=CLIO)
    assert "clio" not in found(world)
    assert "rita" in found(world)


# Who had a part


def test_whoever_had_the_item_before_it_leaked_had_a_part_and_whoever_helped_after_had_not() -> None:
    world = given().tell(threat(), by=HUGO, at=on(0.5)).tell(compromised(), by=SYL, at=on(1))
    world.tell(threat("later"), by=INA, at=on(2))
    (leak,) = world.history.of(CompromiseReported)
    had = had_a_part(world.history, leak)
    assert {"ana", "rex", "sol", "rita", "hugo"} <= had
    assert had.isdisjoint({"ina", "syl", "leo", "vic"})


# Whose figures may be looked at


def under_investigation() -> World:
    return given().tell(compromised(), by=HUGO, at=on(1)).tell(inquiry("ina"), by=SYL, at=on(2))


def within(world: World, day: float) -> frozenset[PersonId]:
    question = Question()
    while True:
        known = world.read(question, frozenset({Compartment.INVESTIGATIONS}))
        wider = asks_remit(known, INQUIRY)
        if wider == question:
            break
        question = wider
    assert remit(known, INQUIRY, on(day)) == remit(world.history, INQUIRY, on(day))
    return remit(known, INQUIRY, on(day))


def test_nobodys_figures_are_looked_at_outside_an_open_investigation() -> None:
    world = under_investigation()
    assert within(world, 1.5) == frozenset()
    assert {"rita", "sue", "tom", "ana", "rex"} <= within(world, 3)
    world.tell(proposed(outcome=FindingOutcome.NOT_SUBSTANTIATED), by=INA, at=on(4))
    assert within(world, 4.5)
    world.tell(made(outcome=FindingOutcome.NOT_SUBSTANTIATED), by=OTTO, at=on(5))
    assert within(world, 6) == frozenset()
    assert "rita" in within(world, 4.5)


def test_it_extends_to_those_to_whom_it_was_widened_and_no_further() -> None:
    world = under_investigation().tell(person("driver"), person("cook"), at=on(2))
    world.tell(widened("driver"), by=INA, at=on(3))
    assert "driver" not in within(world, 2.5)
    assert "driver" in within(world, 3.5)
    assert "cook" not in within(world, 3.5)
    assert "vic" not in within(world, 3.5)


def test_there_is_no_remit_where_nothing_was_opened() -> None:
    assert within(given().tell(compromised(), by=HUGO, at=on(1)), 3) == frozenset()


# When it was known


def reported(world: World):  # type: ignore[no-untyped-def]  # the one report in it
    (one,) = world.history.of(CompromiseReported)
    return one


@pytest.mark.parametrize(
    ("world", "at", "by", "expected"),
    [
        (partners(), 1, None, Timing.NEVER_GIVEN),
        (given(), 1, None, Timing.AFTER),
        (given(), -0.5, None, Timing.BEFORE),
        (given(), -0.5, 1, Timing.AFTER),
        (partners().tell(disclosed(), at=on(3)), 2, None, Timing.BEFORE),
        (given().tell(item("below", tearline_of="phones"), at=on(-0.9)), 1, None, Timing.AFTER),
    ],
)
def test_where_a_leak_stands_to_the_first_release(
    world: World, at: float, by: float | None, expected: Timing
) -> None:
    leak = replace(compromised(), known_by=on(by) if by is not None else None)
    world = world.copy().tell(leak, at=on(at), known=on(4), by=HUGO)
    assert timing(world.history, reported(world)) is expected


def test_a_leak_of_a_tearline_text_may_come_by_who_had_the_whole() -> None:
    world = (
        given()
        .tell(item("below", tearline_of="phones"), at=on(0.5))
        .tell(compromised(item="below"), at=on(1))
    )
    assert timing(world.history, reported(world)) is Timing.AFTER


def test_an_interval_is_both_ends_or_one_time_twice() -> None:
    world = given().tell(replace(compromised(), known_by=on(3)), at=on(1), by=HUGO)
    assert (interval(reported(world)).since, interval(reported(world)).by) == (on(1), on(3))
    once = given().tell(compromised(), at=on(1), by=HUGO)
    assert interval(reported(once)).since == interval(reported(once)).by == on(1)


def test_what_speaks_against_a_confirmed_leak_is_shown_beside_it() -> None:
    world = given().tell(unaware(), at=on(5), by=ANA).tell(unaware("before"), at=on(0.5), by=ANA)
    world.tell(replace(compromised(), sure=Sureness.CONFIRMED), at=on(2), known=on(6), by=HUGO)
    assert [r.fact.observation for r in unaware_after(world.history, reported(world))] == ["seen"]
    seen = world.history.of(type(unaware()))[0]
    assert contradicted(world.history, seen.fact, seen.happened_at, seen.precision) == [reported(world)]


def test_a_person_acting_for_the_partner_is_found_by_what_they_were_given() -> None:
    rita = acting("rita", Role.PARTNER_LIAISON)
    world = given().tell(compromised(), by=rita, at=on(1))
    assert {way.ground for way in found(world)["rita"].ways} == {Ground.GIVEN, Ground.MEMBER}
