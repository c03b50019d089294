"""The static ledger under /ledger/: public, as C2SP has it, and whatever the checkpoint said can be fetched."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey as StrangersVkey
from tlog_scales.tiles import leaf_hash

from tearline.facts.history import Role
from tearline.ledger.export import export
from tearline.ledger.note import Note, cosign, open_checkpoint
from tearline.ledger.tiles import ENTRIES, Part, all_parts
from tearline.ledger.verify import verify
from tearline.web.app import create_app
from tests.ledger.logs import AT, WITNESSES, keys_of
from tests.ledger.told import draft, organisation
from tests.web.conftest import BASE, HERE, make_world, visitor
from tests.web.world import World


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world whose ledger has full tiles on level 0 and a partial one on each level."""
    world = make_world(tmp_path_factory.mktemp("grown"))
    append(world, 600 - world.node.ledger.size())
    yield world
    world.node.ledger.close()


def append(world: World, count: int) -> None:
    size = world.node.ledger.size()
    drafts = [draft(organisation(f"o-{size + n}")) for n in range(count)]
    world.node.ledger.append(drafts, unless=None, after=0, key=f"up to {size + count}")


def stranger(world: World, *, demo: bool = False) -> TestClient:
    """Someone whom nobody knows, at a node that is no demonstration."""
    return TestClient(create_app(world.node, demo=demo), base_url=BASE, follow_redirects=False, client=HERE)


def fetch(client: TestClient, folder: Path) -> None:
    """All that the checkpoint says is there, into a folder, as a mirror would."""
    checkpoint = client.get("/ledger/checkpoint").content
    size = int(checkpoint.split(b"\n")[1])
    for name in ("vkey", *(str(part) for part in all_parts(size))):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        answer = client.get(f"/ledger/{name}")
        assert answer.status_code == 200, name
        (folder / name).write_bytes(answer.content)
    (folder / "checkpoint").write_bytes(checkpoint)


@pytest.mark.parametrize("demo", [False, True])
def test_a_stranger_mirrors_the_ledger_and_verifies_it(grown: World, tmp_path: Path, demo: bool) -> None:  # noqa: FBT001
    fetch(stranger(grown, demo=demo), tmp_path)
    verified = verify(tmp_path, grown.node.ledger.vkey)
    assert verified.cosigned.checkpoint.size == grown.node.ledger.size() == 600


def test_what_is_served_is_what_is_exported(grown: World, tmp_path: Path) -> None:
    export(grown.node.ledger, tmp_path)
    client = stranger(grown)
    for path in (p for p in tmp_path.rglob("*") if p.is_file()):
        assert client.get(f"/ledger/{path.relative_to(tmp_path)}").content == path.read_bytes()


def test_an_independent_reader_accepts_what_is_served(grown: World) -> None:
    client = stranger(grown)

    class Served:
        def get(self, *path: str) -> bytes | None:
            answer = client.get("/ledger/" + "/".join(path))
            return answer.content if answer.status_code == 200 else None

    reader = TilesReader(Served())
    checkpoint = reader.get_checkpoint()
    checkpoint.verify(StrangersVkey.from_string(client.get("/ledger/vkey").text.splitlines()[0]))
    assert reader.calculate_root_hash() == checkpoint.root_hash
    for position in (0, 255, 256, 599):
        leaf = reader.get_entry(position)
        assert leaf == grown.node.ledger.entry(position).leaf
        reader.get_inclusion_proof(position, 600).check(leaf_hash(leaf), checkpoint.root_hash)


def test_whatever_a_checkpoint_said_is_there_after_the_ledger_grew(world: World) -> None:
    client = stranger(world)
    append(world, 20)
    said: dict[Part, bytes] = {}
    for more in (0, 1, 200, 60, 300):
        append(world, more) if more else None
        checkpoint = open_checkpoint(client.get("/ledger/checkpoint").text, world.node.ledger.vkey)
        for part in all_parts(checkpoint.size):
            said[part] = client.get(f"/ledger/{part}").content
    for part, data in said.items():
        answer = client.get(f"/ledger/{part}")
        assert (answer.status_code, answer.content) == (200, data)
        assert len(data) == part.width * (35 if part.level == ENTRIES else 32)


def test_tiles_stay_in_caches_for_ever_and_checkpoints_do_not(grown: World) -> None:
    client = stranger(grown)
    tile, checkpoint, vkey = (client.get(f"/ledger/{name}") for name in ("tile/0/000", "checkpoint", "vkey"))
    assert tile.headers["content-type"] == "application/octet-stream"
    assert tile.headers["cache-control"] == "public, max-age=31536000, immutable"
    for answer in (checkpoint, vkey):
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.headers["cache-control"] == "no-cache"
    for answer in (tile, checkpoint, vkey):
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/002",
        "tile/0/003",
        "tile/0/002.p/89",
        "tile/0/003.p/1",
        "tile/1/000.p/3",
        "tile/2/000.p/1",
        "tile/63/000",
        "tile/64/000",
        "tile/0/x009/x223/x372/x036/x854/x775/807",
        "tile/entries/002",
        "tile/entries/002.p/0",
        "tile/entries/000.p/256",
        "tile/0/0",
        "tile/0/x000/000",
        "tile/0/000/",
        "tile/0/000%0A",
        "tile/%30/000%00",
        "tile/0/..%2f0/000",
        "tile/",
        "tile/0/" + "x999/" * 500 + "999",
    ],
)
def test_what_is_not_there_is_not_found_and_not_kept(grown: World, path: str) -> None:
    answer = stranger(grown).get(f"/ledger/{path}")
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


def test_only_leaves_are_shown(grown: World) -> None:
    """Nothing that is served is longer than a leaf, so nothing of a fact can stand in it."""
    client = stranger(grown)
    data = client.get("/ledger/tile/entries/001").content
    assert len(data) == 256 * 35
    assert {data[at : at + 3] for at in range(0, len(data), 35)} == {b"\x00\x21\x01"}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["checkpoint", "vkey", "tile/0/000"])
def test_nothing_of_it_can_be_written(grown: World, method: str, path: str) -> None:
    assert stranger(grown).request(method, f"/ledger/{path}").status_code == 405


def test_a_cache_may_ask_for_the_headers_alone(grown: World) -> None:
    answer = stranger(grown).head("/ledger/tile/0/000")
    assert answer.status_code == 200
    assert answer.headers["content-length"] == "8192"


def test_with_witnesses_the_checkpoint_is_the_last_one_that_they_cosigned(
    world: World, tmp_path: Path
) -> None:
    witnesses = keys_of()
    client = TestClient(
        create_app(world.node, demo=False, witnesses=tuple(witnesses)), base_url=BASE, client=HERE
    )
    # Until a witness has answered, the log speaks for itself.
    assert client.get("/ledger/checkpoint").text == world.node.ledger.checkpoint()
    note = world.node.ledger.checkpoint()
    note += "".join(cosign(Note.parse(note).text, w.name, w._key, AT) for w in WITNESSES)
    assert world.node.published
    world.node.published.advance(world.node.published.read(), note)
    append(world, 30)
    assert client.get("/ledger/checkpoint").text == note
    fetch(client, tmp_path / "mirror")
    cosigned = verify(tmp_path / "mirror", world.node.ledger.vkey, witnesses).cosigned
    assert cosigned.checkpoint.size == world.node.ledger.size() - 30
    assert stranger(world).get("/ledger/checkpoint").text == world.node.ledger.checkpoint()


def test_someone_who_is_known_gets_the_same(grown: World) -> None:
    for name in ("checkpoint", "vkey", "tile/0/001", "tile/entries/002.p/88"):
        for role in (Role.PARTNER_LIAISON, Role.OVERSEER):
            known = visitor(grown, role).get(f"/ledger/{name}")
            assert known.content == stranger(grown).get(f"/ledger/{name}").content
