"""The ledger's pages: what a stranger needs to check an entry is there, and what is sealed is not."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tearline.facts.errors import Broken
from tearline.facts.history import Role, about
from tearline.facts.release import ItemRegistered
from tearline.ledger.note import open_checkpoint
from tearline.ledger.proof import Proof
from tearline.node import Node, make_node
from tearline.rooms.reading import OPENS
from tearline.web.access import Access
from tearline.web.app import create_app
from tests.ledger.damage import flip
from tests.web.conftest import HERE, opened
from tests.web.world import ROLES, Clock, World, actor, populate

OWN_SIDE = [role for role in ROLES if role is not Role.PARTNER_LIAISON]
TITLE = "Route of a shipment"
SOURCE = "S-17"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Node:
    folder: Path = tmp_path_factory.mktemp("node") / "data"
    clock = Clock()
    made = make_node(folder, origin="tearline.example/desk", demo=True, clock=clock)
    return populate(World(made, clock)).node


def visitor(node: Node, role: Role) -> TestClient:
    return TestClient(
        create_app(node, demo=True),
        base_url="http://localhost",
        cookies={"identity": role.value, "language": "en"},
        follow_redirects=False,
        client=HERE,
    )


def item_entry(node: Node) -> int:
    """Where the first live item stands."""
    items = node.ledger.read(about(kinds=(ItemRegistered,)))
    return next(r.position for r in items if not r.told)


@pytest.mark.parametrize("role", ROLES)
def test_the_checkpoint_is_signed_and_everyone_gets_it(node: Node, role: Role) -> None:
    sent = visitor(node, role).get("/ledger/checkpoint")
    assert sent.status_code == 200
    assert sent.headers["content-type"].startswith("text/plain")
    checkpoint = open_checkpoint(sent.text, node.ledger.vkey)
    assert checkpoint.size == node.ledger.size()


def test_the_ledger_page_shows_the_checkpoint_its_key_and_the_newest_entries(node: Node) -> None:
    page = visitor(node, Role.OVERSEER).get("/ledger").text
    last = node.ledger.size() - 1
    # Base64 needs no escape in HTML, so the signed text and the key stand as they are.
    assert node.ledger.checkpoint() in page
    assert str(node.ledger.vkey) in page
    assert f'href="/ledger/entries/{last}"' in page
    assert 'href="/ledger/entries/0"' not in page


def test_older_entries_can_be_reached_to_the_first(node: Node) -> None:
    client = visitor(node, Role.OVERSEER)
    seen: set[int] = set()
    before = node.ledger.size()
    while before > 0:
        page = client.get("/ledger", params={"before": before}).text
        shown = {n for n in range(node.ledger.size()) if f'href="/ledger/entries/{n}"' in page}
        assert shown
        assert max(shown) == before - 1
        seen |= shown
        before = min(shown)
    assert seen == set(range(node.ledger.size()))


@pytest.mark.parametrize("before", ["-1", "x", "9" * 40, "٣", ""])
def test_a_page_that_cannot_be_is_the_newest(node: Node, before: str) -> None:
    page = visitor(node, Role.OVERSEER).get("/ledger", params={"before": before})
    assert page.status_code == 200
    assert f'href="/ledger/entries/{node.ledger.size() - 1}"' in page.text


def test_the_partner_sees_the_checkpoint_and_no_entry(node: Node) -> None:
    client = visitor(node, Role.PARTNER_LIAISON)
    page = client.get("/ledger")
    assert page.status_code == 200
    assert "/ledger/entries/" not in page.text
    for path in ("", "/proof", "/fact"):
        assert client.get(f"/ledger/entries/{item_entry(node)}{path}").status_code == 404


def test_the_partner_is_told_the_same_of_an_entry_that_is_not_there(node: Node) -> None:
    client = visitor(node, Role.PARTNER_LIAISON)
    there, missing = (client.get(f"/ledger/entries/{n}") for n in (0, node.ledger.size()))
    assert (there.status_code, missing.status_code) == (404, 404)


@pytest.mark.parametrize("position", ["-1", "x", "9999999", "9" * 40, "٣", "1.0"])
def test_an_entry_that_is_not_there_is_not_found(node: Node, position: str) -> None:
    client = visitor(node, Role.OVERSEER)
    for path in ("", "/proof", "/fact"):
        assert client.get(f"/ledger/entries/{position}{path}").status_code == 404


def test_the_downloaded_proof_shows_that_the_entry_stands(node: Node) -> None:
    at = item_entry(node)
    sent = visitor(node, Role.OVERSEER).get(f"/ledger/entries/{at}/proof")
    assert sent.headers["content-type"].startswith("text/plain")
    proof = Proof.parse(sent.text)
    leaf = node.ledger.entry(at).leaf
    assert proof.index == at
    assert proof.verify(leaf, node.ledger.vkey).size == node.ledger.size()
    for bit in range(8 * len(leaf)):
        with pytest.raises(Broken):
            proof.verify(flip(leaf, bit), node.ledger.vkey)


def test_the_downloaded_fact_is_the_signed_bytes(node: Node) -> None:
    at = item_entry(node)
    sent = visitor(node, Role.OVERSEER).get(f"/ledger/entries/{at}/fact")
    assert sent.content == node.ledger.entry(at).jws


@pytest.mark.parametrize("role", OWN_SIDE)
def test_a_sealed_field_is_on_the_page_only_for_who_opens_it(node: Node, role: Role) -> None:
    path = f"/ledger/entries/{item_entry(node)}"
    if role in OPENS:
        opened(visitor(node, role), path)
    page = visitor(node, role).get(path).text
    # The case agent registered the item, and the source handler opens every source's code.
    assert (SOURCE in page) == (role in (Role.CASE_AGENT, Role.SOURCE_HANDLER))
    held = node.ledger.entry(item_entry(node), opening=Access(role, actor(role).person).opening).recorded.fact
    assert isinstance(held, ItemRegistered)
    assert (TITLE in page) == (held.title.seal.value == "open")


@pytest.mark.parametrize("role", OWN_SIDE)
def test_no_download_holds_what_is_sealed(node: Node, role: Role) -> None:
    client = visitor(node, role)
    for path in ("/proof", "/fact"):
        sent = client.get(f"/ledger/entries/{item_entry(node)}{path}").text
        assert TITLE not in sent
        assert SOURCE not in sent


def test_an_entry_of_a_worked_case_says_so(node: Node) -> None:
    told = next(r for r in node.ledger.read(about(kinds=(ItemRegistered,))) if r.told)
    client = visitor(node, Role.OVERSEER)
    assert "not live" in client.get(f"/ledger/entries/{told.position}").text
    assert "not live" not in client.get(f"/ledger/entries/{item_entry(node)}").text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/ledger", "/ledger/checkpoint", "/ledger/entries/0", "/ledger/entries/0/proof"]
)
def test_nothing_on_the_ledgers_pages_can_be_written(node: Node, method: str, path: str) -> None:
    before = node.ledger.size()
    assert visitor(node, Role.OVERSEER).request(method, path).status_code == 405
    assert node.ledger.size() == before
