"""After a purge every page still answers, and says purged where something was."""

import secrets
from pathlib import Path

import pytest

from tearline.facts.codec import compartments
from tearline.facts.fact import Fact
from tearline.facts.history import Actor, Draft, Role, about
from tearline.facts.identifiers import FactId, PersonId, PurgeId
from tearline.facts.release import ItemRegistered, VerdictReached
from tearline.facts.retention import Purged, PurgeGround, PurgeOrdered
from tearline.facts.vocabulary import kinds
from tearline.facts.words import Language
from tearline.node import Node, Order
from tearline.rooms.retention.purges import MOST_AT_ONCE, OrderPurge, SignPurge
from tearline.web.charts.drawing import Drawings, Spec, drawings
from tearline.web.charts.load import spec_of_nothing
from tests.desk import desk_in, opened
from tests.web.conftest import crawl, visitor
from tests.web.test_flow import ask, released
from tests.web.test_release_page import bare
from tests.web.world import World
from tests.worlds import REX

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


def destroyed(node: Node) -> None:
    """One item's sealed fields, as the second signature under a purge destroys them; who signs it is told elsewhere."""
    (item, *_) = node.ledger.read(about(kinds=(ItemRegistered,)))
    gone = Purged(
        purge=PurgeId(secrets.token_hex(6)),
        refs=(FactId(item.ref),),
        indices=(item.position,),
        ground=PurgeGround.COURT_ORDER,
        cites="Order 17",
        ordered_by=ONE.person,
    )
    draft = Draft(fact=gone, happened_at=node.clock(), by=TWO)
    node.ledger.append([draft], unless=None, after=0, key=gone.purge, purging=[item.position])


def test_what_was_drawn_before_a_purge_is_forgotten_with_it(world: World) -> None:
    page, client = ask(world), visitor(world, Role.SENIOR_OFFICER)
    chart = f"{page}/timeline.svg"
    client.get(chart)
    kept = len(drawings())
    assert client.get(chart).status_code == 200
    assert len(drawings()) == kept > 0
    destroyed(world.node)
    assert client.get(chart).status_code == 200
    assert len(drawings()) == 1


def test_what_waits_to_be_signed_is_prepared_anew_after_a_purge(tmp_path: Path) -> None:
    """It shows the reader, and holds, what the form was about; and whoever else waits with it may be shown the same."""
    desk = desk_in(tmp_path / "node")
    rex = desk.at(REX)
    before = opened(rex, "/releases/ask/sign-off")
    assert rex.get(before).status_code == 200
    destroyed(desk.node)
    assert rex.get(before).status_code == 404
    assert rex.post(before, data={"assertion": "{}"}).status_code == 404
    assert rex.get(opened(rex, "/releases/ask/sign-off")).status_code == 200
    desk.node.close()


def test_a_drawing_that_is_being_made_during_a_purge_is_not_kept() -> None:
    kept = Drawings()

    def make() -> Spec:
        kept.forget()
        return spec_of_nothing()

    assert kept.svg(("x",), make, Language.EN).startswith("<svg")
    assert len(kept) == 0
