"""Readings of what is sealed: opened with a reason for a while, or noted by the page that showed it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.fact import Compartment, Sealed
from tearline.facts.identifiers import ItemId, ReadingId
from tearline.facts.reading import HARD, OPEN_FOR, SealedFieldsRead
from tearline.folds.reading import open_now, readers
from tearline.rooms.reading import NoteReading, OpenCompartments
from tests.rooms.rows import Row, check
from tests.worlds import ANA, HUGO, NOON, REX, SOL, World, on

CONTENT, SOURCE = Compartment.CONTENT, Compartment.SOURCE_HANDLING


def read(*compartments: Compartment) -> SealedFieldsRead:
    return SealedFieldsRead(
        reading=ReadingId("r"),
        page="/items/{item}",
        compartments=compartments,
        why=Sealed("the family has called"),
        items=(ItemId("phones"),),
    )


ACCEPTED = [
    Row(
        claim="source handling is opened with a reason",
        order=OpenCompartments(read(SOURCE)),
        by=SOL,
        gives=(SealedFieldsRead,),
    ),
    Row(
        claim="a page notes what it showed",
        order=NoteReading(read(CONTENT, Compartment.REASONS)),
        by=REX,
        gives=(SealedFieldsRead,),
    ),
]
REFUSED = [
    Row(claim="nothing is opened", order=OpenCompartments(read()), by=SOL, refused="opened-by-itself"),
    Row(
        claim="content is not opened by hand",
        order=OpenCompartments(read(SOURCE, CONTENT)),
        by=SOL,
        refused="opened-by-itself",
    ),
    Row(
        claim="a page notes what takes a reason",
        order=NoteReading(read(CONTENT, SOURCE)),
        by=SOL,
        refused="noted-by-the-page",
    ),
    Row(claim="a page notes nothing", order=NoteReading(read()), by=REX, refused="noted-by-the-page"),
]


@pytest.mark.parametrize("row", [*ACCEPTED, *REFUSED], ids=str)
def test_decided(row: Row) -> None:
    check(row)


@given(st.sets(st.sampled_from(sorted(Compartment)), min_size=1))
def test_each_compartment_is_either_opened_or_noted_and_never_both(chosen: set[Compartment]) -> None:
    fact, world = read(*sorted(chosen)), World()
    opened = chosen <= HARD
    noted = not chosen & HARD
    for command, fits in ((OpenCompartments(fact), opened), (NoteReading(fact), noted)):
        if fits:
            assert [d.fact for d in world.decide(command, by=SOL)] == [fact]
        else:
            world.refuses(command, by=SOL)


@given(st.integers(-2000, 2000))
def test_it_is_open_to_its_opener_for_fifteen_minutes(seconds: int) -> None:
    world = World().tell(read(SOURCE, CONTENT), at=NOON, by=SOL)
    at = NOON + timedelta(seconds=seconds)
    inside = timedelta() <= at - NOON < OPEN_FOR
    assert open_now(world.history, SOL.person, at) == ({SOURCE} if inside else frozenset())
    assert open_now(world.history, HUGO.person, at) == frozenset()


def test_what_is_claimed_for_another_hour_does_not_hold_it_open() -> None:
    world = World().tell(read(SOURCE), at=on(-1), known=NOON, by=ANA)
    assert open_now(world.history, ANA.person, on(-1)) == frozenset()
    assert open_now(world.history, ANA.person, NOON) == {SOURCE}


def test_the_latest_reader_stands_first() -> None:
    world = World().tell(read(SOURCE), by=SOL).tell(read(CONTENT), by=REX)
    assert [r.by for r in readers(world.history)] == [REX, SOL]
