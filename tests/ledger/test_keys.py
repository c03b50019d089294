"""The node's keys on disk: private, of one use each, and refused when anything about them is wrong."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from tearline.facts.errors import Malformed
from tearline.ledger.keys import NodeKeys

ORIGIN = "tearline.example/desk"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    NodeKeys.make(tmp_path / "keys", ORIGIN)
    return tmp_path / "keys"


def test_keys_are_readable_by_their_owner_alone(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(f.name for f in folder.iterdir()) == ["fact.key", "log.key", "log.vkey", "master.key"]
    assert {stat.S_IMODE(f.stat().st_mode) for f in folder.iterdir()} == {0o600}


def test_keys_come_back_as_they_were_made(tmp_path: Path) -> None:
    made = NodeKeys.make(tmp_path / "keys", ORIGIN)
    read = NodeKeys.load(tmp_path / "keys")
    assert read.origin == ORIGIN
    assert read.vkey == made.vkey
    assert read.master == made.master
    assert read.fact.private_bytes_raw() == made.fact.private_bytes_raw()
    assert str(made.vkey) in (tmp_path / "keys" / "log.vkey").read_text()


def test_keys_are_made_once(folder: Path) -> None:
    before = (folder / "log.key").read_bytes()
    with pytest.raises(Malformed, match="never replaced"):
        NodeKeys.make(folder, ORIGIN)
    assert (folder / "log.key").read_bytes() == before


def test_secrets_do_not_show_in_a_traceback() -> None:
    keys = NodeKeys.new(ORIGIN)
    assert repr(keys) == f"NodeKeys(origin='{ORIGIN}')"


@pytest.mark.parametrize("name", ["log.key", "fact.key", "master.key", "log.vkey"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o700])
def test_a_key_file_open_to_others_stops_the_node(folder: Path, name: str, mode: int) -> None:
    (folder / name).chmod(mode)
    with pytest.raises(Malformed, match=f"{mode:04o}"):
        NodeKeys.load(folder)


@pytest.mark.parametrize("name", ["log.key", "fact.key", "master.key", "log.vkey"])
def test_a_missing_key_file_stops_the_node(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(Malformed, match=name):
        NodeKeys.load(folder)


@pytest.mark.parametrize("name", ["log.key", "fact.key", "master.key", "log.vkey"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda content: content[:-20],
        lambda content: content.replace(b"A", b"!", 1) if b"A" in content else b"!" + content,
        lambda content: content * 100,
    ],
)
def test_a_damaged_key_file_stops_the_node(folder: Path, name: str, damage: Callable[[bytes], bytes]) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(damage(content))
    with pytest.raises(Malformed, match=name):
        NodeKeys.load(folder)


def test_a_link_in_place_of_a_key_file_stops_the_node(folder: Path, tmp_path: Path) -> None:
    (folder / "log.key").rename(tmp_path / "elsewhere")
    (folder / "log.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Malformed, match=r"log\.key"):
        NodeKeys.load(folder)


def test_a_folder_in_place_of_a_key_file_stops_the_node(folder: Path) -> None:
    (folder / "log.key").unlink()
    (folder / "log.key").mkdir(mode=0o600)
    with pytest.raises(Malformed, match=r"log\.key"):
        NodeKeys.load(folder)


def test_one_key_for_two_uses_stops_the_node(folder: Path) -> None:
    (folder / "fact.key").write_bytes((folder / "log.key").read_bytes())
    with pytest.raises(Malformed, match="three different keys"):
        NodeKeys.load(folder)


def test_another_nodes_log_key_stops_the_node(folder: Path, tmp_path: Path) -> None:
    NodeKeys.make(tmp_path / "other", ORIGIN)
    (folder / "log.key").write_bytes((tmp_path / "other" / "log.key").read_bytes())
    with pytest.raises(Malformed, match=r"log\.vkey"):
        NodeKeys.load(folder)


def test_a_key_of_another_kind_stops_the_node(folder: Path) -> None:
    pem = generate_private_key(SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "fact.key").write_bytes(pem)
    with pytest.raises(Malformed, match="Ed25519"):
        NodeKeys.load(folder)


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "a\nb", "a\u00a0b"])
def test_an_origin_that_no_note_can_bear_is_refused(tmp_path: Path, origin: str) -> None:
    with pytest.raises(Malformed, match="name"):
        NodeKeys.make(tmp_path / "keys", origin)
    assert not (tmp_path / "keys").exists()
