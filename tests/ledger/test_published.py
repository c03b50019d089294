"""The second store only goes forward, one step at a time, and is never a part of a note."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.errors import Broken, Conflict, Malformed
from tearline.ledger.note import signature_line
from tearline.ledger.published import CHECKPOINT, LATEST, PURGED, Published, Purge
from tests.ledger.notes import LOG, note, size_of
from tests.ledger.test_disk import no_file_larger_than

ROOT = Path(__file__).parents[2]
ROUNDS = 20


@pytest.fixture
def published(tmp_path: Path) -> Published:
    made = Published(tmp_path / "second" / "store")
    made.make()
    return made


def purge(n: int) -> Purge:
    return Purge(b"\x01" + bytes([n]) * 32, "abcdefghijklmno" + "abcdefgh"[n % 8])


def test_a_new_store_holds_nothing(published: Published) -> None:
    assert published.read() is None
    assert published.latest() is None
    assert published.purges() == ()
    published.make()  # a second time changes nothing
    assert published.folder.stat().st_mode & 0o777 == 0o700


def test_a_checkpoint_is_replaced_by_a_later_one(published: Published) -> None:
    published.advance(None, note(1))
    published.advance(note(1), note(5))
    assert published.read() == note(5)
    assert Published(published.folder).read() == note(5)
    assert (published.folder / CHECKPOINT).stat().st_mode & 0o777 == 0o600


def test_only_what_is_held_can_be_replaced(published: Published) -> None:
    with pytest.raises(Conflict):
        published.advance(note(1), note(2))
    published.advance(None, note(1))
    with pytest.raises(Conflict):
        published.advance(None, note(2))
    assert published.read() == note(1)


@pytest.mark.parametrize(
    ("later", "why"),
    [
        (note(4), "never goes back"),
        (note(5, b"x" * 32), "another root"),
        (note(6, origin="other.example/log"), "other.example"),
    ],
)
def test_the_store_never_goes_back_or_aside(published: Published, later: str, why: str) -> None:
    published.advance(None, note(5))
    with pytest.raises(Broken, match=why):
        published.advance(note(5), later)
    published.committed(note(5))
    if "never" not in why:
        with pytest.raises(Broken, match=why):
            published.committed(later)
    assert published.read() == published.latest() == note(5)
    published.advance(note(5), note(6))  # a refusal is no failure of the disk


def test_another_log_is_refused_however_small_it_is(published: Published) -> None:
    published.committed(note(5))
    with pytest.raises(Broken, match=r"other\.example"):
        published.committed(note(1, origin="other.example/log"))


def test_cosignatures_may_be_added_to_the_same_checkpoint(published: Published) -> None:
    published.advance(None, note(5))
    more = note(5) + signature_line(note(5).rpartition("\n\n")[0] + "\n", "w.example/1", LOG)
    published.advance(note(5), more)
    assert published.read() == more


@pytest.mark.parametrize("text", ["", "x", note(3)[:-2], note(3).replace("\n3\n", "\n+3\n")])
def test_what_is_no_note_is_not_taken(published: Published, text: str) -> None:
    for take in (published.committed, lambda new: published.advance(None, new)):
        with pytest.raises(Malformed):
            take(text)
    assert published.latest() is None


def test_what_was_committed_is_remembered_beside_what_was_published(published: Published) -> None:
    published.advance(None, note(5))
    published.committed(note(9))
    assert published.read() == note(5)
    assert published.latest() == note(9)
    published.committed(note(7))  # a slower process; nothing is forgotten
    assert published.latest() == note(9)
    published.advance(note(5), note(12))
    assert published.latest() == note(12)


@pytest.mark.parametrize("name", [CHECKPOINT, LATEST])
@given(at=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_a_flipped_bit_never_reads_as_another_size(
    tmp_path_factory: pytest.TempPathFactory, name: str, at: int, bit: int
) -> None:
    folder = tmp_path_factory.mktemp("store")
    content = bytearray(note(1234).encode())
    content[at % len(content)] ^= 1 << bit
    (folder / name).write_bytes(content)
    # The signature is the node's to check, which knows the key: here, what is read is what is held, or Broken.
    try:
        held = Published(folder).latest()
    except Broken as broken:
        assert str(folder / name) in str(broken)  # noqa: PT017  either outcome is right
    else:
        assert held is not None
        assert held.encode() == content


def test_purges_are_kept_in_their_order_and_once(published: Published) -> None:
    published.purged([purge(1), purge(2)])
    published.purged([purge(2), purge(3), purge(3)])
    published.purged([])
    assert published.purges() == (purge(1), purge(2), purge(3))
    published.purged([Purge(purge(1).leaf, "zzzzzzzzzzzzzzzz")])
    assert published.purges()[0] == purge(1)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:-1],
        lambda text: text + "\n",
        lambda text: text.upper(),
        lambda text: text.replace(" ", "  "),
        lambda text: text + text,
        lambda text: "\n",
        lambda text: text.replace(" ", "\t"),
        lambda text: "é" + text,
    ],
)
def test_a_list_of_purges_has_one_form(published: Published, change: Callable[[str], str]) -> None:
    published.purged([purge(1), purge(2)])
    path = published.folder / PURGED
    path.write_text(change(path.read_text()))
    with pytest.raises(Broken, match="expected"):
        published.purges()
    with pytest.raises(Broken, match="expected"):
        published.purged([purge(3)])


@given(
    st.builds(
        Purge,
        st.binary(min_size=33, max_size=33),
        st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=16, max_size=40),
    )
)
def test_a_purge_returns_from_its_line(entry: Purge) -> None:
    assert Purge.parse(str(entry)) == entry


def test_a_full_disk_stops_the_store_and_keeps_what_was_there(published: Published) -> None:
    published.advance(None, note(5))
    with no_file_larger_than(20), pytest.raises(Broken, match="second store failed"):
        published.advance(note(5), note(6))
    with pytest.raises(Broken, match="second store failed"):
        published.advance(note(5), note(6))
    again = Published(published.folder)
    assert again.read() == note(5)
    again.advance(note(5), note(6))


def test_a_folder_that_is_gone_is_said_so(published: Published) -> None:
    gone = Published(published.folder / "gone")
    assert gone.read() is None
    with pytest.raises(Broken, match="gone"):
        gone.advance(None, note(1))


def test_of_two_threads_one_is_first(published: Published) -> None:
    """Each step is taken by exactly one of them."""
    taken: list[int] = []

    def climb() -> None:
        own = Published(published.folder)
        while (size := size_of(held := own.read())) < 60:
            try:
                own.advance(held, note(size + 1))
            except Conflict:
                continue
            taken.append(size + 1)

    threads = [threading.Thread(target=climb) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(taken) == list(range(1, 61))
    assert published.read() == note(60)


def start(folder: Path, steps: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.ledger.advancer", str(folder), str(steps)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_of_two_processes_one_is_first(published: Published) -> None:
    both = [start(published.folder, 60) for _ in range(2)]
    taken = [int(line) for one in both for line in one.communicate()[0].splitlines() if line != "ready"]
    assert sorted(taken) == list(range(1, 61))


def test_a_killed_process_leaves_neither_an_older_nor_a_broken_note(published: Published) -> None:
    rng = random.Random(3)
    reached = 0
    for _ in range(ROUNDS):
        process = start(published.folder, 10**9)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        said = [int(line) for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        process.wait()
        process.stdout.close()
        reached = max([reached, *said])
        held = published.read()
        assert held == (note(size_of(held)) if held else None)
        assert size_of(held) in (reached, reached + 1)  # durable but not yet acknowledged is allowed
        reached = size_of(held)
    assert reached > ROUNDS
    published.advance(published.read(), note(reached + 1))
    left = {file.name for file in published.folder.iterdir()}
    assert left == {CHECKPOINT, "lock"}
