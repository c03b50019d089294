"""The ledger's page says who cosigned its checkpoint, and what was purged and still waits."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.testclient import TestClient

from tearline.facts.history import Role, about
from tearline.facts.identifiers import FactId, PurgeId
from tearline.facts.release import ItemRegistered
from tearline.facts.retention import PurgeGround, PurgeOrdered
from tearline.ledger.note import COSIGNATURE, Note, Vkey, cosign, vkey_of
from tearline.node import Order
from tearline.rooms.retention.purges import OrderPurge
from tearline.web.app import create_app
from tests.web.conftest import BASE, HERE
from tests.web.world import World, actor

KEY = Ed25519PrivateKey.from_private_bytes(b"7" * 32)
OVERSEER = vkey_of("overseer.example/w1", KEY, COSIGNATURE)
PRESS = vkey_of("press.example/w2", Ed25519PrivateKey.from_private_bytes(b"8" * 32), COSIGNATURE)


def page(world: World, role: Role, language: str = "en", witnesses: tuple[Vkey, ...] = ()) -> str:
    client = TestClient(
        create_app(world.node, demo=True, witnesses=witnesses),
        base_url=BASE,
        cookies={"identity": role.value, "language": language},
        client=HERE,
    )
    answer = client.get("/ledger")
    assert answer.status_code == 200
    return answer.text


def test_it_says_which_witnesses_cosigned_and_which_did_not(world: World) -> None:
    node = world.node
    assert node.published is not None
    assert "Witnesses" not in page(world, Role.OVERSEER)
    node.published_now()
    note = node.ledger.checkpoint()
    line = cosign(Note.parse(note).text, OVERSEER.name, KEY, 1_700_000_000)
    node.published.advance(node.published.read(), note + line)
    text = page(world, Role.OVERSEER, witnesses=(OVERSEER, PRESS))
    assert "14 November 2023, 22:13 UTC" in text
    assert text.count("has not cosigned it") == 1
    assert "no lo ha cofirmado" in page(world, Role.OVERSEER, "es", (OVERSEER, PRESS))


def test_it_says_what_a_purge_waits_for_but_not_to_the_partner(world: World) -> None:
    items = world.node.ledger.read(about(kinds=(ItemRegistered,))).of(ItemRegistered)
    item = next(r for r in items if r.told is None)
    order = PurgeOrdered(
        purge=PurgeId("pg-1"),
        refs=(FactId(item.ref),),
        ground=PurgeGround.COURT_ORDER,
        cites="Order 17 of 2026",
    )
    world.node.record(Order(command=OrderPurge(order), by=actor(Role.SENIOR_OFFICER)))
    text = page(world, Role.OVERSEER)
    assert "a court ordered it (Order 17 of 2026)" in text
    assert "a second signature" in text
    assert "una segunda firma" in page(world, Role.OVERSEER, "es")
    assert "pg-1" not in page(world, Role.PARTNER_LIAISON)
