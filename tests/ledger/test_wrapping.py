"""The wrapping key: one form, kept in one place, and replaced so that a kill at any moment leaves one that fits."""

import os
import signal
import stat
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.errors import Malformed
from tearline.ledger.keys import NodeKeys
from tearline.ledger.wrapping import WrappingKey, WrappingKeys

ONE = WrappingKey(epoch=1, key=b"1" * 32)
TWO = WrappingKey(epoch=2, key=b"2" * 32)
THREE = WrappingKey(epoch=3, key=b"3" * 32)


def kept(folder: Path, name: str, key: WrappingKey) -> None:
    path = folder / name
    path.write_text(key.line())
    path.chmod(0o600)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    kept(tmp_path, "master.key", ONE)
    return tmp_path


# One form


@given(st.integers(1, 2**62), st.binary(min_size=32, max_size=32))
def test_a_key_comes_back_as_it_was_written(epoch: int, key: bytes) -> None:
    made = WrappingKey(epoch=epoch, key=key)
    assert WrappingKey.parse(made.line(), "f") == made
    assert WrappingKey.parse(made.line().removesuffix("\n"), "f") == made


def test_it_does_not_show_in_a_traceback(folder: Path) -> None:
    assert repr(ONE) == "WrappingKey(epoch=1)"
    assert b64encode(ONE.key).decode() not in repr(WrappingKeys.read(folder, {}))
    assert repr(ONE.key) not in repr(WrappingKeys.read(folder, {}))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "tearline-master-key-1 " + b64encode(b"1" * 32).decode(),
        ONE.line().replace(" 1 ", " 0 "),
        ONE.line().replace(" 1 ", " 01 "),
        ONE.line().replace(" 1 ", " +1 "),
        ONE.line().replace(" 1 ", "  1 "),
        ONE.line().replace(" 1 ", " 1_0 "),
        ONE.line().replace(" 1 ", " ٣ "),
        ONE.line() + "\n",
        ONE.line().replace("\n", "\r\n"),
        " " + ONE.line(),
        f"tearline-master-key-2 1 {b64encode(b'1' * 31).decode()}",
        f"tearline-master-key-2 1 {b64encode(b'1' * 33).decode()}",
        ONE.line().replace("=", ""),
        ONE.line().replace("\n", " \n"),
        ONE.line() + ONE.line(),
    ],
)
def test_any_other_form_is_malformed(line: str) -> None:
    with pytest.raises(Malformed, match="one line: tearline-master-key-2"):
        WrappingKey.parse(line, "master.key")


@given(st.text(max_size=120))
def test_any_text_is_a_key_or_malformed(text: str) -> None:
    try:
        key = WrappingKey.parse(text, "master.key")
    except Malformed:
        return
    assert text.removesuffix("\n") + "\n" == key.line()


@pytest.mark.parametrize(("epoch", "key"), [(0, b"1" * 32), (-1, b"1" * 32), (1, b""), (1, b"1" * 33)])
def test_an_epoch_counts_from_one_and_a_key_has_32_bytes(epoch: int, key: bytes) -> None:
    with pytest.raises(ValueError, match="epoch from 1 and 32 bytes"):
        WrappingKey(epoch=epoch, key=key)


# Where it is kept


def test_a_new_node_keeps_it_in_a_file_of_its_own(tmp_path: Path) -> None:
    made = WrappingKeys.make(tmp_path, {})
    assert stat.S_IMODE((tmp_path / "master.key").stat().st_mode) == 0o600
    assert WrappingKeys.read(tmp_path, {}) == made
    assert (made.current.epoch, made.next, made.outside) == (1, None, False)


def test_a_key_of_the_environment_is_written_nowhere_and_leaves_the_environment(tmp_path: Path) -> None:
    environment = {"TEARLINE_MASTER_KEY": ONE.line(), "HOME": "/"}
    made = WrappingKeys.make(tmp_path, environment)
    assert (made.current, made.outside) == (ONE, True)
    assert environment == {"HOME": "/"}
    assert not list(tmp_path.iterdir())
    environment = {"TEARLINE_MASTER_KEY": ONE.line(), "TEARLINE_MASTER_KEY_NEXT": TWO.line()}
    read = WrappingKeys.read(tmp_path, environment)
    assert (read.current, read.next, environment) == (ONE, TWO, {})


def test_a_child_process_does_not_inherit_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEARLINE_MASTER_KEY", ONE.line())
    monkeypatch.setenv("TEARLINE_MASTER_KEY_NEXT", TWO.line())
    WrappingKeys.read(tmp_path)
    child = subprocess.run(["/usr/bin/env"], capture_output=True, check=True, text=True)
    assert "TEARLINE" not in child.stdout


def test_both_places_may_hold_one_key_and_not_two(folder: Path) -> None:
    assert WrappingKeys.read(folder, {"TEARLINE_MASTER_KEY": ONE.line()}).current == ONE
    with pytest.raises(Malformed, match="TEARLINE_MASTER_KEY: top: expected the same key as in"):
        WrappingKeys.read(folder, {"TEARLINE_MASTER_KEY": TWO.line()})


def test_a_next_key_alone_is_malformed(folder: Path) -> None:
    with pytest.raises(Malformed, match="no next key without TEARLINE_MASTER_KEY"):
        WrappingKeys.read(folder, {"TEARLINE_MASTER_KEY_NEXT": TWO.line()})


@pytest.mark.parametrize("wrong", [ONE, THREE, WrappingKey(epoch=2, key=ONE.key)])
def test_a_next_key_is_another_and_of_the_next_epoch(folder: Path, wrong: WrappingKey) -> None:
    kept(folder, "master.next.key", wrong)
    with pytest.raises(Malformed, match="another key, of epoch 2"):
        WrappingKeys.read(folder, {})
    with pytest.raises(Malformed, match="another key, of epoch 2"):
        WrappingKeys.read(
            folder / "none", {"TEARLINE_MASTER_KEY": ONE.line(), "TEARLINE_MASTER_KEY_NEXT": wrong.line()}
        )


@pytest.mark.parametrize("name", ["master.key", "master.next.key"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o700])
def test_a_key_open_to_others_stops_the_node(folder: Path, name: str, mode: int) -> None:
    kept(folder, "master.next.key", TWO)
    (folder / name).chmod(mode)
    with pytest.raises(Malformed, match=f"{mode:04o}"):
        WrappingKeys.read(folder, {})


def test_no_key_stops_the_node(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match=r"master\.key"):
        WrappingKeys.read(tmp_path, {})


# Replaced


def test_a_key_is_replaced_step_by_step(folder: Path) -> None:
    before = WrappingKeys.read(folder, {})
    both = before.with_next()
    assert both.next is not None
    assert both.next.epoch == 2
    assert WrappingKeys.read(folder, {}) == both == both.with_next()
    assert both.of(1) == ONE
    assert both.of(2) == both.next
    assert both.without_older(1) == both, "the head still names the old one"
    after = both.without_older(2)
    assert (after.current, after.next) == (both.next, None)
    assert WrappingKeys.read(folder, {}) == after == after.without_older(2)
    assert [f.name for f in folder.iterdir()] == ["master.key"]
    with pytest.raises(Malformed, match="the wrapping key of epoch 1, found 2"):
        after.of(1)


def test_the_old_key_stands_in_no_file_of_the_folder(folder: Path) -> None:
    WrappingKeys.read(folder, {}).with_next().without_older(2)
    for file in folder.iterdir():
        assert b64encode(ONE.key) not in file.read_bytes()
        assert ONE.key not in file.read_bytes()


def test_another_process_finds_the_key_that_replaced_its_own(folder: Path) -> None:
    served = WrappingKeys.read(folder, {})
    after = served.with_next().without_older(2)
    assert served.of(2) == after.current
    assert served.of(1) == ONE, "what it read is in its memory"


def test_a_half_written_next_key_is_made_anew(folder: Path) -> None:
    (folder / "master.next.key.new").write_bytes(b"tearline-master-k")
    both = WrappingKeys.read(folder, {}).with_next()
    assert WrappingKeys.read(folder, {}) == both
    assert sorted(f.name for f in folder.iterdir()) == ["master.key", "master.next.key"]


def test_a_next_key_that_stands_there_is_never_replaced(folder: Path) -> None:
    """Two processes at once: the ledger may be wrapped under the first one's key already."""
    late = WrappingKeys.read(folder, {})
    first = WrappingKeys.read(folder, {}).with_next()
    assert late.with_next() == first == WrappingKeys.read(folder, {})
    assert sorted(f.name for f in folder.iterdir()) == ["master.key", "master.next.key"]


def test_one_process_at_a_time_replaces_the_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tearline.ledger.wrapping.PATIENCE", 0.1)
    keys = WrappingKeys.read(folder, {})
    with keys.alone(), pytest.raises(TimeoutError, match="another process holds the keys"), keys.alone():
        pass
    with keys.alone():
        pass


def test_a_key_store_makes_and_destroys_its_own_keys(folder: Path) -> None:
    with pytest.raises(Malformed, match="TEARLINE_MASTER_KEY_NEXT: top: expected the key of epoch 2"):
        WrappingKeys.read(folder, {"TEARLINE_MASTER_KEY": ONE.line()}).with_next()
    environment = {"TEARLINE_MASTER_KEY": ONE.line(), "TEARLINE_MASTER_KEY_NEXT": TWO.line()}
    both = WrappingKeys.read(folder, environment)
    assert both.with_next() == both
    after = both.without_older(2)
    assert after.holds_older(2), "it cannot know when the store destroys the old one"
    assert not list(folder.iterdir()), "the copy of the old one in the folder is gone"
    assert not WrappingKeys.read(folder, {"TEARLINE_MASTER_KEY": TWO.line()}).holds_older(2)


def test_node_keys_know_the_key_of_either_epoch(tmp_path: Path) -> None:
    keys = NodeKeys.make(tmp_path / "keys", "tearline.example/desk")
    assert keys.wrapping is not None
    assert keys.wrapping_key(1).key == keys.master
    both = keys.wrapping.with_next()
    read = NodeKeys.load(tmp_path / "keys")
    assert (read.epoch, read.master) == (1, keys.master)
    assert read.wrapping_key(2) == keys.wrapping_key(2) == both.next
    both.without_older(2)
    assert NodeKeys.load(tmp_path / "keys").epoch == 2
    with pytest.raises(Malformed, match="epoch 3"):
        read.wrapping_key(3)


ROTATE = """
import sys, pathlib
from tearline.ledger.wrapping import WrappingKeys
folder, head = map(pathlib.Path, sys.argv[1:])
print("ready", flush=True)
while True:
    epoch = int(head.read_text())
    keys = WrappingKeys.read(folder, {}).without_older(epoch)
    keys.with_next()
    new = head.with_suffix(".new")
    new.write_text(str(epoch + 1))
    new.replace(head)  # the ledger's transaction
"""


def test_a_kill_at_any_moment_leaves_the_key_that_the_head_names(tmp_path: Path) -> None:
    folder, head = tmp_path / "keys", tmp_path / "head"
    folder.mkdir()
    WrappingKeys.make(folder, {})
    head.write_text("1")
    rounds = 12
    for n in range(rounds):
        with subprocess.Popen(
            [sys.executable, "-c", ROTATE, str(folder), str(head)], stdout=subprocess.PIPE
        ) as rotating:
            assert rotating.stdout is not None
            rotating.stdout.readline()
            try:
                rotating.wait(timeout=0.003 * n)
            except subprocess.TimeoutExpired:
                os.kill(rotating.pid, signal.SIGKILL)
        epoch = int(head.read_text())
        assert WrappingKeys.read(folder, {}).of(epoch).epoch == epoch
        assert not WrappingKeys.read(folder, {}).without_older(epoch).holds_older(epoch)
    assert int(head.read_text()) > rounds, "it was killed while it turned"
