"""An export holds all that a stranger needs, grows without rewriting, and never takes in what is not the ledger's."""

import os
import resource
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey as StrangersVkey
from tlog_scales.tiles import leaf_hash

from tearline.facts.errors import Broken, Malformed
from tearline.ledger.aside import alone
from tearline.ledger.export import export
from tearline.ledger.note import Checkpoint, Note, sign_checkpoint
from tearline.ledger.tiles import Part, all_parts, parts
from tearline.ledger.verify import verify
from tests.ledger import plain
from tests.ledger.damage import flip
from tests.ledger.logs import AT, LOG, WITNESSES, MemoryLog, Witness, cosigned, keys_of, leaf
from tests.ledger.test_disk import no_file_larger_than

SIZES = (0, 1, 2, 255, 256, 257, 511, 512, 700, 65_536, 65_537)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "public"


def contents(folder: Path) -> dict[str, bytes]:
    """Every file's bytes by its path, and empty folders under their own."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in sorted(folder.rglob("*"))
        if path.is_file() or not any(path.iterdir())
    }


def states(folder: Path) -> dict[str, tuple[int, int]]:
    """What changes when a file is written again."""
    return {
        str(path): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("size", SIZES)
def test_an_export_verifies_and_holds_exactly_the_files_of_its_tree(folder: Path, size: int) -> None:
    log = MemoryLog(size)
    exported = export(log, folder)
    assert exported.checkpoint == log.said
    assert set(contents(folder)) == {"checkpoint", "vkey"} | {str(part) for part in all_parts(size)}
    assert verify(folder, log.vkey).cosigned.checkpoint == log.said


@pytest.mark.parametrize("size", [0, 1, 3, 300, 700])
def test_the_root_is_the_rfcs(folder: Path, size: int) -> None:
    log = MemoryLog(size)
    export(log, folder)
    assert verify(folder, log.vkey).cosigned.checkpoint.root == plain.root(log.entries)


def test_a_stranger_reads_the_folder_and_accepts_its_proofs(folder: Path) -> None:
    log = MemoryLog(66_000)
    export(log, folder, note=cosigned(log), witnesses=keys_of())
    reader = TilesReader(LocalBackend(folder))
    checkpoint = reader.get_checkpoint()
    for key in (folder / "vkey").read_text().splitlines():
        checkpoint.verify(StrangersVkey.from_string(key))
    assert checkpoint.size == 66_000
    assert reader.calculate_root_hash() == checkpoint.root_hash == log.said.root
    for position in (0, 1, 255, 256, 65_535, 65_536, 65_999):
        assert reader.get_entry(position) == leaf(position)
        proof = reader.get_inclusion_proof(position, 66_000)
        proof.check(leaf_hash(leaf(position)), checkpoint.root_hash)
    for old in (1, 300, 65_536):
        proof_of_growth = reader.get_consistency_proof(old, 66_000)
        proof_of_growth.check(MemoryLog(old).said.root, checkpoint.root_hash)


def test_a_second_export_writes_nothing(folder: Path) -> None:
    log = MemoryLog(600)
    note = cosigned(log)
    first = export(log, folder, note=note, witnesses=keys_of())
    before = states(folder)
    again = export(log, folder, note=note, witnesses=keys_of())
    assert states(folder) == before
    assert (first.written, first.kept) == (7, 0)
    assert (again.written, again.kept, again.removed) == (0, 7, 0)


def test_growing_rewrites_no_full_tile(folder: Path) -> None:
    log = MemoryLog(600)
    export(log, folder)
    before = states(folder)
    export(log.grow(900), folder)
    after = states(folder)
    for part in (Part(-1, 0), Part(-1, 1), Part(0, 0), Part(0, 1)):
        assert after[str(folder / str(part))] == before[str(folder / str(part))]
    verify(folder, log.vkey)


def test_a_partial_tile_stays_until_its_full_one_is_published(folder: Path) -> None:
    log = MemoryLog(10)
    export(log, folder)
    export(log.grow(200), folder)
    assert {"tile/0/000.p/10", "tile/0/000.p/200", "tile/entries/000.p/10"} <= set(contents(folder))
    verify(folder, log.vkey)
    exported = export(log.grow(256), folder)
    assert exported.removed == 4
    assert set(contents(folder)) == {"checkpoint", "vkey"} | {str(part) for part in all_parts(256)}
    verify(folder, log.vkey)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=6))
def test_however_it_grows_it_verifies_and_serves_every_size_it_published(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("grown")
    log = MemoryLog(0)
    sizes: list[int] = []
    for step in steps:
        export(log.grow(len(log.entries) + step), folder)
        sizes.append(len(log.entries))
        assert verify(folder, log.vkey).cosigned.checkpoint == log.said
    for size in sizes:
        for part in all_parts(size):
            # C2SP: a partial tile may go only once the full one is there.
            assert (folder / str(part)).is_file() or (folder / str(Part(part.level, part.index))).is_file()


@pytest.mark.parametrize("name", ["tile/entries/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2"])
@pytest.mark.parametrize("size", [600, 601, 2000])
def test_a_file_that_was_lost_is_made_again(folder: Path, name: str, size: int) -> None:
    log = MemoryLog(600)
    export(log, folder)
    (folder / name).unlink()
    export(log.grow(size), folder)
    verify(folder, log.vkey)


def test_a_file_that_differs_is_broken_and_nothing_is_overwritten(folder: Path) -> None:
    log = MemoryLog(10)
    export(log, folder)
    export(log.grow(600), folder)
    export(log.grow(650), folder)
    whole = contents(folder)
    log.grow(1000)
    for name in (n for n in whole if n.startswith("tile/")):
        for wrong in (flip(whole[name], 77), whole[name][:-1], whole[name] + b"\0", b""):
            (folder / name).write_bytes(wrong)
            with pytest.raises((Broken, Malformed), match=name):
                export(log, folder)
            assert contents(folder) == {**whole, name: wrong}
        (folder / name).write_bytes(whole[name])
    export(log, folder)
    verify(folder, log.vkey)


def test_a_checkpoint_or_key_that_was_damaged_is_not_overwritten(folder: Path) -> None:
    log = MemoryLog(10)
    export(log, folder, note=cosigned(log), witnesses=keys_of())
    whole = contents(folder)
    log.grow(20)
    for name in ("checkpoint", "vkey"):
        for bit in range(0, 8 * len(whole[name]), 61):
            (folder / name).write_bytes(flip(whole[name], bit))
            before = contents(folder)
            try:
                export(log, folder, note=cosigned(log), witnesses=keys_of())
            except (Malformed, Broken):
                assert contents(folder) == before
            else:
                # Only a line by a witness may have been replaced, by the one that is right.
                verify(folder, log.vkey, keys_of())
            for path in sorted(folder.rglob("*"), reverse=True):
                path.unlink() if path.is_file() else path.rmdir()
            for other, data in whole.items():
                (folder / other).parent.mkdir(parents=True, exist_ok=True)
                (folder / other).write_bytes(data)


def test_another_logs_export_is_refused(folder: Path) -> None:
    other = MemoryLog(10, origin="tearline.example/other")
    export(other, folder)
    before = contents(folder)
    with pytest.raises(Malformed, match="whose ledger is to be exported"):
        export(MemoryLog(10), folder)
    (folder / "vkey").unlink()
    with pytest.raises(Malformed, match="whose ledger is to be exported"):
        export(MemoryLog(10), folder)
    (folder / "vkey").write_bytes(before["vkey"])
    assert contents(folder) == before


def test_a_ledger_behind_its_export_is_broken(folder: Path) -> None:
    export(MemoryLog(300), folder)
    before = contents(folder)
    with pytest.raises(Broken, match="300 entries, and the ledger has 299: it is behind"):
        export(MemoryLog(299), folder)
    assert contents(folder) == before


def test_a_note_ahead_of_its_ledger_is_broken(folder: Path) -> None:
    with pytest.raises(Broken, match="behind"):
        export(MemoryLog(299), folder, note=MemoryLog(300).checkpoint())


def test_an_older_note_does_not_take_an_export_back(folder: Path) -> None:
    log = MemoryLog(300)
    older = log.checkpoint()
    export(log.grow(301), folder)
    with pytest.raises(Broken, match="no export goes back to 300"):
        export(log, folder, note=older)


def test_an_older_note_is_exported_as_of_its_size(folder: Path) -> None:
    log = MemoryLog(300)
    older = cosigned(log)
    export(log.grow(5000), folder, note=older, witnesses=keys_of())
    assert verify(folder, log.vkey, keys_of()).cosigned.checkpoint.size == 300


def test_a_ledger_that_forked_from_its_export_is_broken(folder: Path) -> None:
    export(MemoryLog(300), folder)
    before = contents(folder)
    for size in (300, 301, 700):
        forked = MemoryLog(0)
        forked.entries = [leaf(10**6)]
        forked._edge, _ = forked._edge.grow([leaf_hash(leaf(10**6))])
        with pytest.raises(Broken, match=r"the root that it signs|not what the ledger holds"):
            export(forked.grow(size), folder)
        assert contents(folder) == before


def test_leaves_that_do_not_make_the_root_are_never_published(folder: Path) -> None:
    log = MemoryLog(300)
    export(log, folder)
    before = contents(folder)
    log.grow(600).entries[450] = leaf(0)
    with pytest.raises(Broken, match="the ledger's checkpoint: the root that it signs"):
        export(log, folder)
    assert contents(folder) == before


@pytest.mark.parametrize("wrong", [b"", leaf(0)[:-1], leaf(0) + b"\0", b"\x02" + leaf(0)[1:]])
def test_an_entry_that_is_no_leaf_is_never_published(folder: Path, wrong: bytes) -> None:
    log = MemoryLog(5)
    log.entries[2] = wrong
    with pytest.raises(Broken, match="entry 2 is no leaf"):
        export(log, folder)
    assert contents(folder) == {}


def put(name: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("mine")

    return make


@pytest.mark.parametrize(
    "stray",
    [
        put("notes.txt"),
        put("tile/0/000"),
        put("tile/0/0"),
        put("a/b"),
        put(".next/mine"),
        lambda folder: (folder / "empty").mkdir(),
        lambda folder: (folder / "tile").symlink_to("/"),
        lambda folder: os.mkfifo(folder / "tile"),
    ],
    ids=["file", "tile of nobody's", "no path", "folder", "in .next", "empty folder", "link", "pipe"],
)
def test_a_folder_that_holds_something_else_is_left_alone(
    folder: Path, stray: Callable[[Path], None]
) -> None:
    folder.mkdir()
    stray(folder)
    before = sorted(folder.rglob("*"))
    with pytest.raises(Malformed, match="no part of the export"):
        export(MemoryLog(10), folder)
    assert sorted(folder.rglob("*")) == before


def test_a_file_is_no_folder(folder: Path) -> None:
    folder.write_text("mine")
    with pytest.raises(Malformed, match="expected a folder"):
        export(MemoryLog(1), folder)


def test_cosignatures_are_published_with_the_keys_to_check_them(folder: Path) -> None:
    log = MemoryLog(5)
    stranger = Witness("nobody.example/w")
    note = cosigned(log, (*WITNESSES, stranger))
    export(log, folder, note=note, witnesses=keys_of())
    assert (folder / "vkey").read_text() == "".join(f"{key}\n" for key in (log.vkey, *keys_of()))
    # Nobody could check a line whose key is not there.
    assert (folder / "checkpoint").read_text() == cosigned(log)
    verified = verify(folder, log.vkey, keys_of())
    assert verified.cosigned.at == dict.fromkeys(keys_of(), AT)


def test_a_cosignature_that_is_there_stays_and_a_newer_one_replaces_it(folder: Path) -> None:
    log = MemoryLog(5)
    one, other = WITNESSES
    export(log, folder, note=cosigned(log, [one]), witnesses=keys_of())
    export(log, folder, witnesses=keys_of())
    assert (folder / "checkpoint").read_text() == cosigned(log, [one])
    export(log, folder, note=cosigned(log, [other], AT + 9), witnesses=keys_of())
    assert verify(folder, log.vkey, keys_of()).cosigned.at == {one.vkey: AT, other.vkey: AT + 9}
    export(log, folder, note=cosigned(log, [one], AT + 10), witnesses=keys_of())
    assert verify(folder, log.vkey, keys_of()).cosigned.at == {one.vkey: AT + 10, other.vkey: AT + 9}


def test_a_witness_that_is_asked_no_longer_goes_with_its_lines(folder: Path) -> None:
    log = MemoryLog(5)
    one, other = WITNESSES
    export(log, folder, note=cosigned(log), witnesses=keys_of())
    export(log, folder, witnesses=[other.vkey])
    assert (folder / "checkpoint").read_text() == cosigned(log, [other])
    assert (folder / "vkey").read_text() == f"{log.vkey}\n{other.vkey}\n"
    with pytest.raises(Broken, match=f"{one.name} has not cosigned"):
        verify(folder, log.vkey, [one.vkey])


def test_a_cosignature_that_does_not_verify_is_not_published(folder: Path) -> None:
    log = MemoryLog(5)
    note = Note.parse(cosigned(log))
    forged = str(note.signatures[1]).replace("A", "B", 1)
    with pytest.raises((Broken, Malformed)):
        export(log, folder, note=log.checkpoint() + forged, witnesses=keys_of())


def test_a_log_that_was_handed_over_goes_on_in_the_same_folder(folder: Path) -> None:
    old = MemoryLog(300)
    export(old, folder, note=cosigned(old), witnesses=keys_of())
    new = MemoryLog(700, key=Ed25519PrivateKey.from_private_bytes(b"8" * 32))
    with pytest.raises(Malformed, match="whose ledger is to be exported"):
        export(new, folder, note=cosigned(new), witnesses=keys_of())
    export(new, folder, note=cosigned(new), witnesses=keys_of(), former=[old.vkey])
    assert verify(folder, new.vkey, keys_of()).cosigned.checkpoint == new.said
    with pytest.raises(Broken, match="the first key is not"):
        verify(folder, old.vkey)


def test_two_exports_at_once_do_not_meet(folder: Path) -> None:
    with alone(folder), pytest.raises(TimeoutError, match="another export is writing here"):
        export(MemoryLog(5), folder)
    export(MemoryLog(5), folder)


def test_a_full_disk_leaves_what_was_published(folder: Path) -> None:
    log = MemoryLog(300)
    export(log, folder)
    before = contents(folder)
    log.grow(2000)
    with no_file_larger_than(5000), pytest.raises(OSError, match="File too large"):
        export(log, folder)
    assert contents(folder) == before
    export(log, folder)
    assert verify(folder, log.vkey).cosigned.checkpoint.size == 2000


def test_a_signed_checkpoint_that_no_leaves_make_is_refused_at_size_zero(folder: Path) -> None:
    log = MemoryLog(0)
    lie = sign_checkpoint(Checkpoint(log.origin, 0, b"\0" * 32), LOG)
    with pytest.raises(Broken, match="of its 0 entries"):
        export(log, folder, note=lie)


def test_leaves_are_asked_for_a_bundle_at_a_time(folder: Path) -> None:
    log = MemoryLog(70_000)
    export(log, folder)
    assert max(high - low for low, high in log.asked) == 256
    assert len(log.asked) == len(list(parts(70_000, 0)))


def test_memory_does_not_grow_with_the_ledger(folder: Path) -> None:
    log = MemoryLog(20_000)
    export(log, folder)
    verify(folder, log.vkey)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    log.grow(200_000)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    export(log, folder)
    verify(folder, log.vkey)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # 200,000 entries are 14 MB of files; the log itself is counted apart.
    assert after - grown < 8 * 1024, (before, grown, after)
