"""Files of evidence: kept as they came, handed out as they were kept, destroyed with their key; nothing half-kept."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tearline.config import evidence
from tearline.facts.errors import Broken, Malformed, Refused
from tearline.facts.fact import Compartment
from tearline.facts.history import about
from tearline.facts.register import FileCopy, FileKept
from tearline.jobs.backup import keys_beside, make_backup
from tearline.jobs.evidence import keeping, sealing
from tearline.jobs.evidence.keeping import Keeping, copy_of, folder_of, last_part, sweep
from tearline.jobs.evidence.types import HEAD, type_of
from tearline.jobs.purge import complete
from tearline.jobs.restore import restore_node
from tearline.node import Node, Order, make_node, open_node
from tearline.rooms.harm import ReportHarm
from tests.jobs.test_purge import purge
from tests.nodes import Clock, new_node
from tests.rooms.test_harm import REPORT
from tests.worlds import HUGO

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 600
"""Longer than two sealed pieces."""
PHOTO = b"\xff\xd8\xff\xe0" + b"a photograph" * 20
R1 = REPORT.report


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "data", origin="tearline.example/desk", demo=True, clock=Clock())
    made.record(Order(command=ReportHarm(REPORT), by=HUGO))
    yield made
    made.ledger.close()


def keep(node: Node, data: bytes, name: str = "statement.pdf") -> FileKept:
    coming = Keeping(node)
    try:
        for n in range(0, len(data), 1000):
            coming.feed(data[n : n + 1000])
        coming.finish(HUGO, R1, name=name, origin="her sister")
    except BaseException:
        coming.abandon()
        raise
    return kept(node)[-1]


def kept(node: Node) -> list[FileKept]:
    opening = frozenset(Compartment)
    return [r.fact for r in node.ledger.read(about(kinds=(FileKept,)), opening=opening).of(FileKept)]


def files(node: Node) -> list[str]:
    return sorted(p.name for p in folder_of(node).iterdir())


def test_both_copies_are_handed_out_as_they_came_and_stand_sealed(node: Node) -> None:
    fact = keep(node, PDF)
    assert (fact.size, fact.media_type, fact.name.open()) == (len(PDF), "application/pdf", "statement.pdf")
    for copy in FileCopy:
        assert b"".join(copy_of(node, fact.file, copy)) == PDF
        sealed = (folder_of(node) / f"{fact.file}.{copy.value}").read_bytes()
        assert b"%PDF" not in sealed
        assert sealed.startswith(sealing.MAGIC)
    first, second = ((folder_of(node) / name).read_bytes() for name in files(node))
    assert first != second
    assert (folder_of(node) / files(node)[0]).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("where", [0, 30, sealing.PIECE + 40, -1])
def test_one_bit_turned_and_nothing_of_it_is_handed_out(node: Node, where: int) -> None:
    fact = keep(node, PDF)
    path = folder_of(node) / f"{fact.file}.evidentiary"
    data = bytearray(path.read_bytes())
    data[where] ^= 1
    path.write_bytes(data)
    with pytest.raises(Refused, match="this copy is not as it was kept, and is not handed out"):
        copy_of(node, fact.file, FileCopy.EVIDENTIARY)
    assert b"".join(copy_of(node, fact.file, FileCopy.WORKING)) == PDF


def test_a_copy_that_was_cut_moved_or_taken_away_is_not_handed_out(node: Node) -> None:
    one, other = keep(node, PDF), keep(node, PHOTO)
    folder = folder_of(node)
    whole = (folder / f"{one.file}.evidentiary").read_bytes()
    edge = len(sealing.MAGIC) + sealing.PIECE + sealing.TAG
    for damaged in (
        whole[:edge],
        whole[:-1],
        whole + b"x",
        (folder / f"{other.file}.evidentiary").read_bytes(),
        b"",
    ):
        (folder / f"{one.file}.evidentiary").write_bytes(damaged)
        with pytest.raises(Refused, match="not as it was kept"):
            copy_of(node, one.file, FileCopy.EVIDENTIARY)
    (folder / f"{one.file}.evidentiary").unlink()
    with pytest.raises(Refused, match="not as it was kept"):
        copy_of(node, one.file, FileCopy.EVIDENTIARY)
    (folder / f"{one.file}.working").rename(folder / f"{one.file}.evidentiary")
    with pytest.raises(Refused, match="not as it was kept"):
        copy_of(node, one.file, FileCopy.EVIDENTIARY)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "not-empty"),
        (b"MZ\x90\x00" + bytes(100), "of-a-kind"),
        (b"\x7fELF" + bytes(5000), "of-a-kind"),
        (b"<html><script>alert(1)</script>", "of-a-kind"),
        (b"  <svg onload='x'/>", "of-a-kind"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "of-a-kind"),
        (b"#!/bin/sh\nrm -rf /", "of-a-kind"),
        (b"RIFF\x00\x00\x00\x00NOPE", "of-a-kind"),
        (b"caf\xe9", "of-a-kind"),
        (b"text\x00text", "of-a-kind"),
        (b"   ", "of-a-kind"),
    ],
)
def test_what_is_not_kept_leaves_nothing(node: Node, data: bytes, rule: str) -> None:
    size = node.ledger.size()
    with pytest.raises(Refused) as refused:
        keep(node, data)
    assert refused.value.rule == rule
    assert files(node) == []
    assert node.ledger.size() == size


def test_a_file_that_is_too_large_is_refused_before_it_was_read(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LARGEST_FILE", 100_000)
    coming = Keeping(node)
    coming.feed(b"%PDF-" + bytes(99_995))
    with pytest.raises(Refused, match="a file is at most"):
        coming.feed(b"x")
    coming.abandon()
    assert files(node) == []
    assert evidence.LARGEST_FILE == 64 * 2**20


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"%PDF-1.4 <script>", "application/pdf"),
        (b"GIF89a/*<svg/onload=alert(1)>*/=0", "image/gif"),
        (b"\xff\xd8\xff" + b"PK\x03\x04", "image/jpeg"),
        (b"RIFF1234WEBPVP8 ", "image/webp"),
        (b"RIFF1234WAVEfmt ", "audio/wav"),
        (b"12345678WEBP", "text/plain"),
        (b"\x00\x00\x00\x18ftypheic", "image/heif"),
        (b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        (b"PK\x03\x04word/document.xml", "application/zip"),
        (b"Llegaron de noche.", "text/plain"),
        ("ñ".encode() * (HEAD // 2 - 1) + b"a" + "ñ".encode()[:1], "text/plain"),
    ],
)
def test_a_file_is_what_its_first_bytes_are(head: bytes, found: str) -> None:
    assert type_of(head) == found


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\foto.jpg", "foto.jpg"),
        ("/", "—"),
        ("..", "—"),
        ("a\x00b\n\u202ec.pdf", "abc.pdf"),
        ("x" * 500, "x" * 200),
    ],
)
def test_a_name_names_nothing_on_the_disk(given: str, name: str) -> None:
    assert last_part(given) == name


def test_a_name_with_parts_goes_nowhere(node: Node) -> None:
    fact = keep(node, PDF, name="../../../keys/log.pdf")
    assert fact.name.open() == "log.pdf"
    assert files(node) == [f"{fact.file}.evidentiary", f"{fact.file}.working"]


def test_of_two_uploads_of_the_same_bytes_at_once_one_is_kept_and_whole(node: Node) -> None:
    def one(_: int) -> str:
        try:
            return keep(node, PDF).file
        except Refused as refused:
            return refused.rule

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(one, range(2)))
    (fact,) = kept(node)
    assert sorted([fact.file, "kept-once"]) == said
    assert files(node) == [f"{fact.file}.evidentiary", f"{fact.file}.working"]
    assert b"".join(copy_of(node, fact.file, FileCopy.EVIDENTIARY)) == PDF


KILLED = """
import os, sys
from pathlib import Path
from tearline.jobs.evidence.keeping import Keeping
from tearline.node import open_node
from tearline.facts.identifiers import ReportId
from tests.worlds import HUGO
node = open_node(Path(sys.argv[1]))
coming = Keeping(node)
coming.feed(b"%PDF-" + bytes(200_000))
node.record = lambda *a, **k: os.kill(os.getpid(), 9)
coming.finish(HUGO, ReportId("r-1"), name="x", origin="y")
"""


def test_killed_between_file_and_fact_there_is_no_fact_and_the_file_is_swept(node: Node) -> None:
    assert node.data is not None
    fact = keep(node, PHOTO)
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, str(node.data)], env=os.environ | {"PYTHONPATH": "src:."}, check=False
    )
    assert ran.returncode == -9
    assert len(files(node)) == 4
    assert len(kept(node)) == 1
    now = datetime.now(UTC)
    assert sweep(node.ledger, node.data, now) == [], "it may still be coming in"
    swept = sweep(node.ledger, node.data, now + timedelta(hours=2))
    assert len(swept) == 2
    assert files(node) == [f"{fact.file}.evidentiary", f"{fact.file}.working"]


def test_where_nobody_knows_whether_it_was_recorded_the_file_stays(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = node.record

    def recorded_and_then(order: Order) -> None:
        record(order)
        raise TimeoutError

    monkeypatch.setattr(node, "record", recorded_and_then)
    with pytest.raises(TimeoutError):
        keep(node, PDF)
    (fact,) = kept(node)
    assert b"".join(copy_of(node, fact.file, FileCopy.EVIDENTIARY)) == PDF


def test_a_backup_brings_files_back_and_one_that_is_missing_is_said(node: Node, tmp_path: Path) -> None:
    fact = keep(node, PDF)
    assert node.data is not None
    make_backup(node, node.data, tmp_path / "b", "a long passphrase")
    restore_node(
        tmp_path / "b",
        tmp_path / "again",
        "a long passphrase",
        clock=node.clock,
        keys_file=keys_beside(tmp_path / "b"),
    )
    again = open_node(tmp_path / "again")
    assert b"".join(copy_of(again, fact.file, FileCopy.EVIDENTIARY)) == PDF
    again.close()
    (folder_of(node) / f"{fact.file}.working").unlink()
    with pytest.raises(Broken, match="this file of evidence is on record, and is not there"):
        make_backup(node, node.data, tmp_path / "c", "a long passphrase")


def test_what_is_purged_cannot_be_opened_and_its_bytes_go(node: Node) -> None:
    fact, other = keep(node, PDF), keep(node, PHOTO)
    (ref,) = [r.ref for r in node.ledger.read(about(f"file:{fact.file}", kinds=(FileKept,)))]
    purge(node, ref)
    with pytest.raises(Refused, match="this file was purged"):
        copy_of(node, fact.file, FileCopy.EVIDENTIARY)
    complete(node)
    assert files(node) == [f"{other.file}.evidentiary", f"{other.file}.working"]
    assert b"".join(copy_of(node, other.file, FileCopy.WORKING)) == PHOTO


def test_a_node_without_a_folder_keeps_no_file(tmp_path: Path) -> None:
    node = new_node(tmp_path, Clock())
    with pytest.raises(Malformed, match="a folder of its own"):
        Keeping(node)
    node.ledger.close()
