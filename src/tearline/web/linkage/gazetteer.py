"""The places that are compared, of how many people each is said, and where each lies, where that was looked up."""

from collections.abc import Mapping
from dataclasses import dataclass

from tearline.estimates.linkage.names import place_key
from tearline.folds.linking import Material, PlaceNamed
from tearline.folds.located import Degrees, kilometres, written
from tearline.web.parts import MOST, Part, shown
from tearline.web.tongue import Tongue

HERE = "/harm/linkage/places"
Row = list[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesView:
    figures: list[tuple[str, str]]
    places: Part[Row]


def in_order(of: Material) -> list[tuple[str, PlaceNamed]]:
    """Those first that nobody has looked up, and of these the one that is named most."""
    return sorted(of.places_named().items(), key=lambda one: (one[0] in of.places, -one[1].people, one[0]))


def view(say: Tongue, of: Material, first: int) -> PlacesView:
    """The part of the list that begins behind ``first`` places.

    An address names whom it is said of and never a place: that is sealed, and addresses stand in logs and histories.
    """
    named, where = in_order(of), of.places

    def row(one: tuple[str, PlaceNamed]) -> Row:
        key, place = one
        lies = written(*where[key]) if key in where else None
        return [(place.name, f"{HERE}/locate?victim={place.of}"), place.people, lies]

    return PlacesView(
        figures=[
            (say.number(len(named)), say("places named")),
            (say.number(sum(key in where for key, _ in named)), say("looked up")),
        ],
        places=shown(named, first).part(row),
    )


def suggested(of: Material) -> list[str]:
    """What a form suggests: the places that a first page has."""
    return [place.name for _, place in in_order(of)[:MOST]]


def apart(say: Tongue, where: Mapping[str, Degrees], one: str, other: str) -> str:
    """How far apart two places lie, in words; empty where that is not known, or they are one."""
    a, b = where.get(place_key(one)), where.get(place_key(other))
    if a is None or b is None or place_key(one) == place_key(other):
        return ""
    return say("about %(n)s km", n=say.number(round(kilometres(a, b))))
