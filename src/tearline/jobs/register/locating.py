"""A table of places put on record: where each lies, to a kilometre, so that who is who is compared by it."""

from collections.abc import Sequence
from dataclasses import dataclass

from tearline.estimates.linkage.names import place_key
from tearline.facts.fact import Sealed
from tearline.facts.history import Actor, History
from tearline.facts.linkage import PlaceLocated
from tearline.folds.linking import QUESTION, material
from tearline.folds.located import degrees, written
from tearline.jobs.gazetteer import Place
from tearline.node import Node, Order
from tearline.rooms.linkage import VICTIMS, LocatePlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Of a table of places, how many that reports name, and how many of these were recorded."""

    named: int
    recorded: int


def take_in(node: Node, places: Sequence[Place], by: Actor) -> Located:
    """Record all that reports name and that is new or lies elsewhere than on record, or nothing.

    A whole gazetteer may be given: what no report names would be read for every page, and compared with nobody.
    """
    read = node.ledger.read(QUESTION, opening=VICTIMS)
    of = material(History(tuple(r for r in read if r.told is None), read.position), node.clock().date())
    compared = of.places_named()
    named = [one for one in places if place_key(one.name) in compared]
    orders = [
        Order(
            command=LocatePlace(PlaceLocated(place=Sealed(one.name), degrees=Sealed(written(*one.at)))), by=by
        )
        for one in named
        if of.places.get(place_key(one.name)) != degrees(written(*one.at))
    ]
    if orders:
        node.record_all(orders)
    return Located(named=len(named), recorded=len(orders))
