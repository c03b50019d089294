"""A table of places put on record: where each lies, to a kilometre, so that who is who is compared by it."""

from collections.abc import Sequence

from tearline.facts.fact import Sealed
from tearline.facts.history import Actor, about
from tearline.facts.linkage import PlaceLocated
from tearline.folds.located import degrees, key_of, located, written
from tearline.jobs.gazetteer import Place
from tearline.node import Node, Order
from tearline.rooms.linkage import VICTIMS, LocatePlace


def take_in(node: Node, places: Sequence[Place], by: Actor) -> int:
    """Record all that is new or lies elsewhere than on record, or nothing; how many that are."""
    held = located(node.ledger.read(about(kinds=(PlaceLocated,)), opening=VICTIMS))
    orders = [
        Order(
            command=LocatePlace(PlaceLocated(place=Sealed(one.name), degrees=Sealed(written(*one.at)))), by=by
        )
        for one in places
        if held.get(key_of(one.name)) != degrees(written(*one.at))
    ]
    if orders:
        node.record_all(orders)
    return len(orders)
