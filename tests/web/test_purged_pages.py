"""After a purge every page still answers, and says purged where something was."""

import secrets

import pytest

from tearline.facts.codec import compartments
from tearline.facts.fact import Fact
from tearline.facts.history import Actor, Role, about
from tearline.facts.identifiers import FactId, PersonId, PurgeId
from tearline.facts.release import ItemRegistered, VerdictReached
from tearline.facts.retention import PurgeGround, PurgeOrdered
from tearline.facts.vocabulary import kinds
from tearline.node import Order
from tearline.rooms.retention.purges import MOST_AT_ONCE, OrderPurge, SignPurge
from tests.web.conftest import crawl, visitor
from tests.web.test_flow import ask, released
from tests.web.test_release_page import bare
from tests.web.world import World

ONE, TWO = (Actor(PersonId(name), Role.SENIOR_OFFICER) for name in ("first", "second"))


def purge(world: World, *kinds: type[Fact]) -> None:
    """Purge every fact of these kinds."""
    refs = [FactId(r.ref) for r in world.node.ledger.read(about(kinds=kinds))]
    for at in range(0, len(refs), MOST_AT_ONCE):
        name = PurgeId(secrets.token_hex(6))
        ordered = PurgeOrdered(
            purge=name,
            refs=tuple(refs[at : at + MOST_AT_ONCE]),
            ground=PurgeGround.COURT_ORDER,
            cites="Order 17",
        )
        world.node.record(Order(command=OrderPurge(ordered), by=ONE))
        world.node.record(Order(command=SignPurge(purge=name), by=TWO))


@pytest.mark.parametrize(
    ("role", "language"),
    [
        (Role.OVERSEER, "es"),
        (Role.SOURCE_HANDLER, "en"),
        (Role.CASE_AGENT, "en"),
        (Role.PARTNER_LIAISON, "en"),
    ],
)
def test_with_everything_purged_every_page_answers(world: World, role: Role, language: str) -> None:
    released(world)
    every = [kind for kind in kinds() if compartments(kind.__name__) and kind.room != "retention"]
    purge(world, *every)
    pages = crawl(visitor(world, role, language))
    if role is not Role.PARTNER_LIAISON:  # who sees only what was released to their own unit
        assert any(("purged" if language == "en" else "suprimido") in bare(html) for html in pages.values())
    world.node.ledger.check()


def test_an_item_that_was_purged_says_so(world: World) -> None:
    client = visitor(world, Role.SOURCE_HANDLER)
    assert "Content purged" not in bare(client.get("/items/practice.item-1").text)
    purge(world, ItemRegistered)
    assert "Content purged" in bare(client.get("/items/practice.item-1").text)


def test_a_request_for_it_is_held(world: World) -> None:
    page = ask(world)
    purge(world, ItemRegistered)
    html = visitor(world, Role.RELEASING_OFFICER).get(page).text
    assert "Hold" in bare(html)
    assert "Nothing may be told yet." in bare(html)


def test_a_verdict_whose_dossier_was_purged_stands(world: World) -> None:
    """Once it is released, the dossier on record is what the page rests on."""
    page = released(world)
    client = visitor(world, Role.OVERSEER)
    said = "The dossier on which this was decided was purged. The verdict stands."
    assert said not in bare(client.get(page).text)
    purge(world, VerdictReached)
    html = bare(client.get(page).text)
    assert said in html
    assert "Released" in html
