"""Where places lie: read strictly, found under any spelling, the last word holds, and the comparison goes by it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.estimates.linkage.names import place_key
from tearline.facts.fact import Sealed
from tearline.facts.harm import SourceClass
from tearline.facts.identifiers import VictimId
from tearline.facts.linkage import PlaceLocated
from tearline.folds.linking import PlaceNamed, as_report, compared, material
from tearline.folds.located import degrees, kilometres, located, written
from tests.registers import LINA, register, report, victim
from tests.worlds import HUGO, NOON, World

DAY = NOON.date()
ALLENDE, ZARAGOZA, JALISCO = "28.34, -100.85", "28.49, -100.92", "20.66, -103.35"


def lies(place: str, text: str | None) -> PlaceLocated:
    return PlaceLocated(place=Sealed(place), degrees=Sealed(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "28.34",
        "28.345, -100.85",
        "28.34; -100.85",
        "91, 0",
        "0, 181",
        "north, east",
        "28.34, -100.85 ",
        "２８, 100",
    ],
)
def test_what_is_no_middle_of_a_town_is_none(text: str) -> None:
    assert degrees(text) is None


@given(st.integers(-9000, 9000), st.integers(-18000, 18000))
def test_what_is_written_is_read(north: int, east: int) -> None:
    assert degrees(written(north / 100, east / 100)) == (north / 100, east / 100)


def test_kilometres_are_those_of_the_earth() -> None:
    """A degree of a meridian is 111.2 km; Eagle Pass to Allende, by road maps, some 45 km as the crow flies."""
    assert kilometres((0, 0), (1, 0)) == pytest.approx(111.19, abs=0.01)
    assert kilometres((60, 0), (60, 1)) == pytest.approx(55.6, abs=0.1)
    assert kilometres((28.71, -100.49), (28.34, -100.85)) == pytest.approx(54, abs=1)
    assert kilometres((0, 0), (0, 180)) == pytest.approx(20015, abs=1)


def test_a_place_is_found_as_it_is_compared_and_the_last_word_holds() -> None:
    world = World().tell(
        lies("Allende", JALISCO), lies("ALLENDE ", ALLENDE), lies("Zaragoza", ZARAGOZA), by=LINA
    )
    assert located(world.history) == {
        place_key("allende"): degrees(ALLENDE),
        place_key("Zaragoza"): degrees(ZARAGOZA),
    }
    assert place_key("zaragoza") not in located(world.tell(lies("Zaragoza", None), by=LINA).history)


def reported(*places: str) -> World:
    """One of one name in each place, each told by another body."""
    world = World()
    for n, place in enumerate(places):
        world.tell(report(f"r{n}", on=f"list-{n}"), victim(f"v{n}", f"r{n}", place=place))
    return world


def test_reports_have_the_degrees_of_their_place() -> None:
    world = reported("Allende", "Saltillo").tell(lies("allende", ALLENDE), by=LINA)
    of = material(world.history, DAY)
    one, other = (as_report(r, v, of.places) for r, v in zip(of.reports, of.people.values(), strict=True))
    assert (one.latitude, one.longitude) == degrees(ALLENDE)
    assert (other.latitude, other.longitude) == (None, None)


def test_people_are_compared_by_how_far_apart_their_places_lie() -> None:
    """Of a made register: with all towns within walking distance more looks alike than with each in another country."""
    made = World().tell(*register(seed=2, victims=60).facts, by=HUGO)
    towns = [one.name for one in material(made.history, DAY).places_named().values()]
    assert len(towns) > 2

    def alike(apart: float) -> float:
        world = made.copy()
        for n, town in enumerate(towns):
            world.tell(lies(town, written(10 + apart * n, 20)), by=LINA)
        return float(compared(material(world.history, DAY), seed=1).linked.chance.sum())

    assert alike(0.01) != alike(15)


def test_places_are_counted_by_those_who_are_compared() -> None:
    world = reported("Allende", "allende", "Saltillo").tell(
        report("r9", source=SourceClass.RELATIVE), victim("v9", "r9", place="Torreón")
    )
    assert material(world.history, DAY).places_named() == {
        place_key("Allende"): PlaceNamed(name="Allende", of=VictimId("v0"), people=2),
        place_key("Saltillo"): PlaceNamed(name="Saltillo", of=VictimId("v2"), people=1),
    }


def test_a_place_is_called_as_it_is_mostly_written_of_somebody_who_is_compared() -> None:
    of = material(reported("ALLENDE", "Allende ", "Allende", "Norte").history, DAY)
    assert of.places_named()[place_key("allende")] == PlaceNamed(name="Allende", of=VictimId("v1"), people=3)
    assert of.place_of(VictimId("v1")) == "Allende"
    assert of.place_of(VictimId("nobody")) == ""


def test_a_number_tells_places_apart_and_particles_do_not() -> None:
    assert place_key("Ejido 5 de Mayo") != place_key("Ejido 15 de Mayo")
    assert place_key("Villa de Unión") == place_key("VILLA UNION ")
    assert place_key(" ") == ""
    assert place_key(" ? ") == "?"
