"""Every bit of an export counts: any file turned, cut, lost, renamed or added is noticed, and named."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tearline.facts.errors import Broken, Malformed
from tearline.ledger.export import export
from tearline.ledger.note import Checkpoint, Vkey, sign_checkpoint
from tearline.ledger.tiles import ENTRIES, Part, bundle, entries_of
from tearline.ledger.tree import Edge, leaf_hash
from tearline.ledger.verify import verify
from tests.ledger.damage import flip, flips
from tests.ledger.logs import AT, LOG, WITNESSES, MemoryLog, Witness, cosigned, keys_of, leaf

FAILS = (Broken, Malformed)


def made(folder: Path, size: int, *earlier: int) -> MemoryLog:
    """An export of ``size`` entries with two cosignatures, published at the earlier sizes before."""
    log = MemoryLog(0)
    for step in (*earlier, size):
        export(log.grow(step), folder, note=cosigned(log), witnesses=keys_of())
    return log


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "public"


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def check_fails(folder: Path, log: MemoryLog, *names: Path) -> None:
    """It fails, in one line that names one of these files."""
    with pytest.raises(FAILS) as failed:
        verify(folder, log.vkey)
    assert "\n" not in str(failed.value)
    assert any(str(name) in str(failed.value) for name in names), (str(failed.value), names)


def test_every_single_bit_of_a_small_export_counts(folder: Path) -> None:
    log = made(folder, 2)
    assert len(files_of(folder)) == 4
    for path in files_of(folder):
        whole = path.read_bytes()
        for turned in flips(whole):
            path.write_bytes(turned)
            with pytest.raises(FAILS):
                verify(folder, log.vkey)
        path.write_bytes(whole)
    verify(folder, log.vkey, keys_of())


@pytest.mark.parametrize(("size", "earlier"), [(0, ()), (257, (1, 9)), (600, (513, 550)), (65_537, ())])
def test_a_turned_bit_in_any_file_is_noticed(folder: Path, size: int, earlier: tuple[int, ...]) -> None:
    log = made(folder, size, *earlier)
    paths = files_of(folder)
    for n, path in enumerate(paths):
        if len(paths) > 50 and n % 130 and path.parent.name in ("0", "entries"):
            continue  # of the 257 tiles and bundles of the largest, some
        whole = path.read_bytes()
        bits = 8 * len(whole)
        for bit in {0, 7, bits // 2, bits - 8, bits - 1, (n * 7919) % bits}:
            path.write_bytes(flip(whole, bit))
            # Which of two files that disagree was turned, nobody can tell; the message names one of them.
            check_fails(folder, log, folder)
        path.write_bytes(whole)
    verify(folder, log.vkey)


def damaged(whole: bytes) -> Iterator[bytes]:
    yield b""
    yield whole[:-1]
    yield whole[1:]
    yield whole[: len(whole) // 2]
    yield whole + b"\0"
    yield whole + b"\n"
    yield whole + whole
    yield b"\n" + whole
    yield b"\xff" * len(whole)
    yield whole + b"x" * (1 << 21)


def test_a_file_cut_lengthened_lost_or_replaced_is_noticed_and_named(folder: Path) -> None:
    log = made(folder, 600, 3, 513, 550)
    for path in files_of(folder):
        whole = path.read_bytes()
        for wrong in damaged(whole):
            path.write_bytes(wrong)
            check_fails(folder, log, path)
        path.unlink()
        if path.name in ("513", "1") or path.name in ("550", "38"):
            verify(folder, log.vkey)  # an earlier state of a partial tile may go
        else:
            check_fails(folder, log, path)
        path.mkdir()
        check_fails(folder, log, path)
        path.rmdir()
        path.symlink_to("/dev/zero")
        check_fails(folder, log, path)
        path.unlink()
        elsewhere = folder.parent / "elsewhere"
        elsewhere.write_bytes(whole)
        path.symlink_to(elsewhere)
        check_fails(folder, log, path)
        path.unlink()
        path.write_bytes(whole)
    verify(folder, log.vkey)


def test_a_renamed_file_is_noticed(folder: Path) -> None:
    log = made(folder, 600)
    for path in files_of(folder):
        other = path.with_name("077")
        path.rename(other)
        check_fails(folder, log, path)
        other.rename(path)
    paths = [folder / name for name in ("tile/entries/000", "tile/entries/001")]
    swapped = [path.read_bytes() for path in reversed(paths)]
    for path, data in zip(paths, swapped, strict=True):
        path.write_bytes(data)
    check_fails(folder, log, folder / "tile/0/000")


@pytest.mark.parametrize(
    "name",
    [
        "README",
        ".hidden",
        "checkpoint~",
        "checkpoint.p/1",
        "tile/README",
        "tile/0/README",
        "tile/0/003",
        "tile/0/002",
        "tile/0/002.p/89",
        "tile/0/002.p/088",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/x000/000",
        "tile/00/000",
        "tile/1/001",
        "tile/1/000.p/3",
        "tile/2/000.p/1",
        "tile/9/000",
        "tile/entries/002",
        "tile/entries/003.p/1",
        "tile/entries/000.p/256",
        "tile/entries/000/1",
        ".next/x",
        ".next/00",
        ".next/tile",
        ".next/1/1",
        "\udcff",
    ],
)
def test_a_file_more_is_noticed_and_named(folder: Path, name: str) -> None:
    log = made(folder, 600)
    path = folder / name
    if path.parent.is_file():
        path = folder / name.replace("/", "_")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(32))
    with pytest.raises(FAILS):
        verify(folder, log.vkey)
    path.unlink()


@pytest.mark.parametrize("name", ["empty", "tile/x", "tile/0/x1", "tile/0/000.q", "checkpoint.d", ".next/1"])
def test_an_unknown_folder_is_noticed(folder: Path, name: str) -> None:
    log = made(folder, 600)
    (folder / name).mkdir(parents=True)
    check_fails(folder, log, folder / name)


@pytest.mark.parametrize(
    "name", ["tile/0/000.p/5", "tile/0/002.p/10", "tile/entries/002.p/10", "tile/1/000.p/1"]
)
def test_an_earlier_state_of_a_tile_may_stand_there_if_it_is_right(folder: Path, name: str) -> None:
    log = made(folder, 600)
    part = Part.parse(name)
    present = next(
        p for p in (Part(part.level, part.index, w) for w in (256, 88, 2)) if (folder / str(p)).is_file()
    )
    whole = (folder / str(present)).read_bytes()
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    right = whole[: part.width * (35 if part.level == ENTRIES else 32)]
    path.write_bytes(right)
    verify(folder, log.vkey)
    for bit in range(0, 8 * len(right), 17):
        path.write_bytes(flip(right, bit))
        check_fails(folder, log, path)


def test_tiles_that_were_changed_together_do_not_make_the_root(folder: Path) -> None:
    log = made(folder, 600)
    path = folder / "tile/entries/001"
    leaves = entries_of(path.read_bytes(), 256, "bundle")
    leaves[7] = leaf(10**6)
    path.write_bytes(bundle(leaves))
    check_fails(folder, log, folder / "tile/0/001")
    hashes = [leaf_hash(entry) for entry in leaves]
    (folder / "tile/0/001").write_bytes(b"".join(hashes))
    check_fails(folder, log, folder / "tile/1/000.p/2", folder / "checkpoint")
    before = [leaf_hash(leaf(n)) for n in range(256)]
    after = [leaf_hash(leaf(n)) for n in range(512, 600)]
    edge, _ = Edge().grow([*before, *hashes, *after])
    (folder / "tile/1/000.p/2").write_bytes(edge.partials[1])
    check_fails(folder, log, folder / "checkpoint")
    # Whoever holds the log's key can make it whole again; only witnesses stand in the way.
    lie = sign_checkpoint(Checkpoint(log.origin, 600, edge.root()), LOG)
    (folder / "checkpoint").write_text(lie)
    assert verify(folder, log.vkey).cosigned.checkpoint.root == edge.root()
    with pytest.raises(Broken, match="has not cosigned it"):
        verify(folder, log.vkey, keys_of())


@pytest.mark.parametrize(
    "wrong",
    [b"\x02" + leaf(3)[1:], leaf(3) + b"\0", leaf(3)[:-1], b""],
    ids=["version", "long", "short", "empty"],
)
def test_an_entry_that_is_no_leaf_is_noticed_even_under_a_right_signature(folder: Path, wrong: bytes) -> None:
    entries = [leaf(0), leaf(1), leaf(2), wrong]
    edge, _ = Edge().grow(leaf_hash(entry) for entry in entries)
    log = made(folder, 4)
    (folder / "tile/entries/000.p/4").write_bytes(bundle(entries))
    (folder / "tile/0/000.p/4").write_bytes(edge.partials[0])
    (folder / "checkpoint").write_text(sign_checkpoint(Checkpoint(log.origin, 4, edge.root()), LOG))
    check_fails(folder, log, folder / "tile/entries/000.p/4")


def test_the_key_that_was_given_is_the_one_that_counts(folder: Path) -> None:
    log = made(folder, 5)
    with pytest.raises(Broken, match="vkey: the first key is not"):
        verify(folder, MemoryLog(5, origin="tearline.example/other").vkey)
    with pytest.raises(FAILS):
        verify(folder, WITNESSES[0].vkey)
    lines = (folder / "vkey").read_text().splitlines(keepends=True)
    for wrong in ("", "".join(lines[1:]), lines[1] + lines[0], "".join(lines) * 2, "".join(lines) + "\n"):
        (folder / "vkey").write_text(wrong)
        check_fails(folder, log, folder / "vkey")
    (folder / "vkey").write_text(lines[0] + lines[1])
    with pytest.raises(Broken, match="signature line 3 is by no key that vkey lists"):
        verify(folder, log.vkey)
    verify(folder, log.vkey, keys_of())  # the reader who brings the key can check the line


def test_each_witness_that_was_given_must_have_cosigned(folder: Path) -> None:
    log = MemoryLog(5)
    one, other = WITNESSES
    export(log, folder, note=cosigned(log, [one]), witnesses=keys_of())
    assert verify(folder, log.vkey, [one.vkey]).cosigned.at == {one.vkey: AT}
    with pytest.raises(Broken, match=f"{other.name} has not cosigned it"):
        verify(folder, log.vkey, [one.vkey, other.vkey])
    with pytest.raises(Broken, match=r"nobody\.example/w has not cosigned it"):
        verify(folder, log.vkey, [Witness("nobody.example/w").vkey])


def test_a_logs_key_is_no_witness_and_no_key_counts_twice(folder: Path) -> None:
    log = made(folder, 5)
    one = WITNESSES[0].vkey
    for keys in (
        [log.vkey],
        [one, one],
        [Vkey(one.name, one.public)],
        [Vkey("again.example/w", one.public, b"\x04")],
    ):
        with pytest.raises(FAILS):
            verify(folder, log.vkey, keys)


def test_a_cosignature_of_another_checkpoint_is_none(folder: Path) -> None:
    log = made(folder, 5)
    other = MemoryLog(6)
    (folder / "checkpoint").write_text(log.checkpoint() + WITNESSES[0].line(other))
    check_fails(folder, log, folder / "checkpoint")


def test_there_must_be_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path / "file"):
        if path.name == "file":
            path.write_text("")
        with pytest.raises(Malformed, match="a folder that holds an export"):
            verify(path, MemoryLog(0).vkey)
    with pytest.raises(Broken, match="vkey: missing"):
        verify(tmp_path, MemoryLog(0).vkey)


def cut_short(folder: Path, size: int, goal: int) -> MemoryLog:
    """As an export from ``size`` to ``goal`` leaves it that dies when all is in place but the checkpoint."""
    log = made(folder, size)
    checkpoint = (folder / "checkpoint").read_bytes()
    export(log.grow(goal), folder, note=cosigned(log), witnesses=keys_of())
    (folder / ".next").mkdir()
    shutil.copy(folder / "checkpoint", folder / ".next" / "checkpoint")
    (folder / "checkpoint").write_bytes(checkpoint)
    return log


def test_what_was_announced_may_stand_beyond_the_checkpoint(folder: Path) -> None:
    log = cut_short(folder, 300, 700)
    # The partial tiles of 300 were full at 700 and went; an export that dies leaves them.
    for part in (Part(ENTRIES, 1, 44), Part(0, 1, 44)):
        (folder / str(part)).parent.mkdir()
        whole = (folder / str(Part(part.level, 1))).read_bytes()
        (folder / str(part)).write_bytes(whole[: part.width * (35 if part.level == ENTRIES else 32)])
    verified = verify(folder, log.vkey, keys_of())
    assert verified.cosigned.checkpoint.size == 300
    assert verified.announced == log.said
    (folder / "tile/0/003").write_bytes(bytes(8192))
    check_fails(folder, log, folder / "tile/0/003")
    (folder / "tile/0/003").unlink()
    ahead = folder / "tile/0/001"  # all 256 hashes, of which the checkpoint covers 44
    whole = ahead.read_bytes()
    ahead.write_bytes(flip(whole, 3))
    check_fails(folder, log, ahead)
    ahead.write_bytes(whole)
    announcement = folder / ".next" / "checkpoint"
    signed = announcement.read_bytes()
    for bit in range(0, 8 * len(signed.split(b"\n\n")[0]), 3):
        announcement.write_bytes(flip(signed, bit))
        check_fails(folder, log, announcement)
    announcement.unlink()
    check_fails(folder, log, ahead, folder / "tile/0/002.p/188", folder / "tile/entries/001")


def test_an_export_that_was_cut_short_is_finished_by_the_next(folder: Path) -> None:
    log = cut_short(folder, 300, 700)
    for name in ("17", "0"):
        (folder / ".next" / name).write_text("half a f")
    with pytest.raises(FAILS, match="44"):
        verify(folder, log.vkey)
    exported = export(log.grow(900), folder, note=cosigned(log), witnesses=keys_of())
    assert exported.checkpoint.size == 900
    assert not (folder / ".next").exists()
    assert verify(folder, log.vkey, keys_of()).announced is None


def test_an_export_to_less_than_was_announced_takes_the_rest_away(folder: Path) -> None:
    log = MemoryLog(300)
    export(log, folder)
    checkpoint = (folder / "checkpoint").read_bytes()
    older = log.grow(400).checkpoint()
    export(log.grow(700), folder)
    (folder / ".next").mkdir()
    (folder / "checkpoint").rename(folder / ".next" / "checkpoint")
    (folder / "checkpoint").write_bytes(checkpoint)
    exported = export(log, folder, note=older)
    assert exported.removed > 0
    assert verify(folder, log.vkey).cosigned.checkpoint.size == 400
    with pytest.raises(Broken, match="it is behind"):
        export(MemoryLog(399), folder)


FORBIDDEN = frozenset(
    "sqlalchemy sqlite3 psycopg tearline.node tearline.ledger.store tearline.ledger.ledger"
    " socket ssl http.client httpx2 fastapi starlette uvicorn".split()
)


def loaded(script: str, *arguments: str) -> set[str]:
    """The modules that a fresh process has loaded after this script."""
    told = "import json, sys; sys.stderr.write(json.dumps(sorted(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", f"{script}\n{told}", *arguments], capture_output=True, text=True, check=True
    )
    return set(json.loads(run.stderr))


@pytest.mark.parametrize(
    "script",
    [
        "from tearline.ledger.verify import verify",
        (
            "from pathlib import Path\nfrom tearline.ledger.note import Vkey\n"
            "from tearline.ledger.verify import verify\n"
            "verify(Path(sys.argv[1]), Vkey.parse(sys.argv[2]))"
        ),
    ],
    ids=["imported", "run"],
)
def test_verifying_loads_no_store_no_node_and_no_network(folder: Path, script: str) -> None:
    log = made(folder, 300)
    modules = loaded(f"import sys\n{script}", str(folder), str(log.vkey))
    assert "tearline.ledger.verify" in modules
    assert not modules & FORBIDDEN


def test_verifying_changes_nothing(folder: Path) -> None:
    log = made(folder, 300)
    before = {path: path.stat() for path in folder.rglob("*")}
    for path in before:
        path.chmod(0o555 if path.is_dir() else 0o444)
    verify(folder, log.vkey)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == {
        path: stat.st_mtime_ns for path, stat in before.items()
    }
    for path in before:
        path.chmod(0o755 if path.is_dir() else 0o644)
