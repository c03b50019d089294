"""The places that are compared, of how many people each is said, and where each lies, where that was looked up."""

from collections.abc import Mapping
from dataclasses import dataclass

from tearline.folds.linking import Material
from tearline.folds.located import Degrees, key_of, kilometres, written
from tearline.web.tongue import Tongue

HERE = "/harm/linkage/places"
Row = list[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesView:
    figures: list[tuple[str, str]]
    rows: list[Row]


def view(say: Tongue, of: Material) -> PlacesView:
    """Those first that nobody has looked up, and of these the one that is named most.

    An address names whom it is said of and never a place: that is sealed, and addresses stand in logs and histories.
    """
    named, where = of.places_named(), of.places
    order = sorted(named, key=lambda key: (key in where, -named[key].people, key))
    return PlacesView(
        figures=[
            (say.number(len(named)), say("places named")),
            (say.number(sum(key in where for key in named)), say("looked up")),
        ],
        rows=[
            [
                (named[key].name, f"{HERE}/locate?victim={named[key].of}"),
                named[key].people,
                written(*where[key]) if key in where else None,
            ]
            for key in order
        ],
    )


def apart(say: Tongue, where: Mapping[str, Degrees], one: str, other: str) -> str:
    """How far apart two places lie, in words; empty where that is not known, or they are one."""
    a, b = where.get(key_of(one)), where.get(key_of(other))
    if a is None or b is None or key_of(one) == key_of(other):
        return ""
    return say("about %(n)s km", n=say.number(round(kilometres(a, b))))
