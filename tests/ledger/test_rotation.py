"""A key is replaced so that whatever moment a process is killed at, the keys that fit the ledger are there."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tearline.facts.errors import Broken, Malformed
from tearline.facts.keys import KeyPurpose
from tearline.ledger import keyfile, rotation
from tearline.ledger.keys import FACT, LOG, VKEY, NodeKeys

ORIGIN = "tearline.example/desk"
EACH = pytest.mark.parametrize("purpose", KeyPurpose)


def public(keys: NodeKeys) -> tuple[bytes, bytes]:
    return keys.log.public_key().public_bytes_raw(), keys.fact.public_key().public_bytes_raw()


def opens_with(in_use: NodeKeys) -> Callable[[NodeKeys], tuple[bytes, bytes]]:
    """A ledger that knows which keys are in use, and opens with no others."""

    def opens(keys: NodeKeys) -> tuple[bytes, bytes]:
        if public(keys) != public(in_use):
            raise Broken("other keys")
        return public(keys)

    return opens


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    NodeKeys.make(tmp_path / "keys", ORIGIN)
    return tmp_path / "keys"


@EACH
def test_a_key_is_replaced_and_the_old_one_is_gone(folder: Path, purpose: KeyPurpose) -> None:
    old = NodeKeys.load(folder)
    new = rotation.begin(folder, old, purpose)
    assert len(set(public(old)) & set(public(new))) == 1
    rotation.complete(folder, purpose, new)
    assert public(NodeKeys.load(folder)) == public(new)
    assert {f.name for f in folder.iterdir()} == {LOG, FACT, VKEY, "master.key"}
    assert (folder / rotation.FILES[purpose][0]).stat().st_mode & 0o777 == 0o600
    assert NodeKeys.load(folder).vkey == new.vkey


@EACH
def test_a_key_that_was_not_introduced_is_dropped(folder: Path, purpose: KeyPurpose) -> None:
    old = NodeKeys.load(folder)
    rotation.begin(folder, old, purpose)
    assert rotation.open_with(folder, opens_with(old)) == public(old)
    assert not (folder / rotation.FILES[purpose][1]).exists()
    assert public(NodeKeys.load(folder)) == public(old)


@EACH
def test_a_key_that_was_introduced_is_completed(folder: Path, purpose: KeyPurpose) -> None:
    new = rotation.begin(folder, NodeKeys.load(folder), purpose)
    assert rotation.open_with(folder, opens_with(new)) == public(new)
    assert not (folder / rotation.FILES[purpose][1]).exists()
    assert public(NodeKeys.load(folder)) == public(new)


def test_a_log_key_whose_public_part_is_already_named_is_completed(folder: Path) -> None:
    """Killed between the two steps that complete it."""
    new = rotation.begin(folder, NodeKeys.load(folder), KeyPurpose.LOG)
    (folder / VKEY).unlink()
    keyfile.write(folder / VKEY, f"{new.vkey}\n".encode())
    assert rotation.open_with(folder, opens_with(new)) == public(new)
    assert NodeKeys.load(folder).vkey == new.vkey


@EACH
def test_keys_that_fit_neither_way_change_nothing(folder: Path, purpose: KeyPurpose) -> None:
    rotation.begin(folder, NodeKeys.load(folder), purpose)
    before = {f.name: f.read_bytes() for f in folder.iterdir()}
    with pytest.raises(Broken):
        rotation.open_with(folder, opens_with(NodeKeys.new(ORIGIN)))
    assert {f.name: f.read_bytes() for f in folder.iterdir()} == before


@EACH
def test_one_replacement_at_a_time(folder: Path, purpose: KeyPurpose) -> None:
    keys = NodeKeys.load(folder)
    rotation.begin(folder, keys, purpose)
    for other in KeyPurpose:
        with pytest.raises(Malformed, match="unfinished"):
            rotation.begin(folder, keys, other)


@EACH
def test_a_half_written_key_is_never_taken_for_one(folder: Path, purpose: KeyPurpose) -> None:
    """Killed while it was written: nothing can have been introduced."""
    name = rotation.FILES[purpose][1]
    (folder / f"{name}.new").write_bytes(b"-----BEGIN")
    keys = NodeKeys.load(folder)
    assert rotation.open_with(folder, opens_with(keys)) == public(keys)
    new = rotation.begin(folder, keys, purpose)
    assert rotation.open_with(folder, opens_with(new)) == public(new)


def test_another_vkey_is_still_refused(folder: Path) -> None:
    (folder / VKEY).unlink()
    keyfile.write(folder / VKEY, f"{NodeKeys.new(ORIGIN).vkey}\n".encode())
    with pytest.raises(Malformed, match="belongs to"):
        NodeKeys.load(folder)


def test_who_replaces_a_key_is_alone(folder: Path) -> None:
    order = []

    def other() -> None:
        with rotation.alone(folder):
            order.append("second")

    with rotation.alone(folder):
        waiting = threading.Thread(target=other)
        waiting.start()
        waiting.join(0.2)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]
