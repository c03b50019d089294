"""A backup has one form: what was packed comes out, and nothing else is taken for it."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.errors import Malformed
from tearline.ledger.backup import Contents, KeyBackup, files, pack, unpack
from tearline.ledger.published import Purge
from tearline.ledger.rebuild import Stored
from tearline.ledger.wrapping import WrappingKey

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CONTENTS = Contents(
    backup="backup-00aa",
    made_at=NOON,
    size=2,
    note="any note\n",
    epoch=3,
    settings={"tearline": 1, "demo": True},
    keys={"log.key": "any key\n"},
    purged=(Purge(b"\x01" * 33, "abcdefghijklmnop"),),
)
ROWS = (
    Stored(0, "Kind", "ref0", "act", "", b"leaf", b"blinding", b"jws", None, None),
    Stored(1, "Kind", "ref1", "act", "a:b\nc:d", b"leaf", b"", b"jws", b"", b""),
)
KEY = KeyBackup(
    backup="backup-00aa",
    origin="agency.example/node",
    made_at=NOON,
    expires=NOON + timedelta(days=30),
    key=WrappingKey(epoch=3, key=b"k" * 32),
)
pytestmark = pytest.mark.usefixtures("cheap_passphrases")

WORDS = "correct horse battery"


def packed(contents: Contents = CONTENTS, rows: tuple[Stored, ...] = ROWS) -> bytes:
    return b"".join(pack(contents, rows))


def unpacked(content: bytes) -> tuple[Contents, tuple[Stored, ...]]:
    stream = io.BytesIO(content)
    contents, rows = unpack(stream, "FILE")
    held = tuple(rows)
    assert [b"".join(pieces) for _, pieces in files(stream, contents, "FILE")] == [b"abc"] * len(
        contents.files
    )
    return contents, held


def test_a_backup_returns_as_it_was_packed() -> None:
    assert unpacked(packed()) == (CONTENTS, ROWS)


stored = st.builds(
    lambda texts, blobs, sealed: Stored._make((0, *texts, *blobs, *(sealed or (None, None)))),
    st.tuples(*[st.text()] * 4),
    st.tuples(*[st.binary()] * 3),
    st.none() | st.tuples(st.binary(), st.binary()),
)


@given(st.lists(stored, max_size=5))
def test_any_entries_return_as_they_were_packed(entries: list[Stored]) -> None:
    rows = tuple(row._replace(position=n) for n, row in enumerate(entries))
    contents = Contents.parse(CONTENTS.line().replace(b'"size":2', b'"size":%d' % len(rows)), "FILE")
    assert unpacked(packed(contents, rows)) == (contents, rows)


def test_a_backup_that_is_cut_anywhere_is_refused() -> None:
    whole = packed()
    for length in range(len(whole)):
        with pytest.raises(Malformed, match="FILE"):
            unpacked(whole[:length])


def test_a_backup_with_anything_behind_it_is_refused() -> None:
    with pytest.raises(Malformed, match="end"):
        unpacked(packed() + b"\0")


def test_files_come_back_behind_the_entries_and_none_is_cut() -> None:
    contents = replace(CONTENTS, files=(("f1.evidentiary", 3), ("f1.working", 3)))
    whole = b"".join(pack(contents, ROWS, [b"abc", b"a", b"bc"]))
    assert unpacked(whole) == (contents, ROWS)
    for wrong in (whole[:-1], whole + b"c"):
        with pytest.raises(Malformed, match="end"):
            unpacked(wrong)


@given(st.binary(max_size=500))
def test_any_bytes_are_a_backup_or_malformed(content: bytes) -> None:
    with pytest.raises(Malformed, match="FILE"):
        unpacked(content)


@pytest.mark.parametrize(
    "changed",
    [
        {"tearline-backup": 2},
        {"tearline-backup": True},
        {"backup": "Backup"},
        {"backup": "../x"},
        {"made_at": "2026-11-22T12:00:00Z"},
        {"made_at": "2026-11-22T12:00:00.000000"},
        {"size": -1},
        {"size": True},
        {"size": 1.0},
        {"size": 1 << 63},
        {"note": None},
        {"epoch": "3"},
        {"settings": None},
        {"settings": []},
        {"keys": {"../log.key": ""}},
        {"keys": {".key": ""}},
        {"keys": []},
        {"purged": ["x"]},
        {"purged": {}},
        {"more": 1},
    ],
)
def test_contents_have_one_form(changed: dict[str, Any]) -> None:
    members = json.loads(CONTENTS.line()) | changed
    line = json.dumps(members, separators=(",", ":")).encode() + b"\n"
    with pytest.raises(Malformed, match="FILE"):
        Contents.parse(line, "FILE")


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace(b":", b": ", 1),
        lambda line: b" " + line,
        lambda line: line.rstrip(b"\n"),
        lambda line: line.replace(b"any", b"\\u0061ny"),
        lambda line: line.replace(b'"size":2,', b"").replace(b'"epoch":3', b'"epoch":3,"size":2'),
        lambda line: line.replace(b'"size":2', b'"size":2,"size":2'),
    ],
)
def test_contents_are_written_one_way(change: Any) -> None:
    with pytest.raises(Malformed, match="FILE"):
        Contents.parse(change(CONTENTS.line()), "FILE")


def test_a_wrapping_key_returns_from_its_file_and_no_flipped_bit_does() -> None:
    locked = KEY.lock(WORDS)
    assert KEY.key.key not in locked
    assert KeyBackup.unlock(locked, WORDS, "FILE.keys") == KEY
    flipped = bytearray(locked)
    flipped[-1] ^= 1
    with pytest.raises(Malformed, match="a file that was not damaged"):
        KeyBackup.unlock(bytes(flipped), WORDS, "FILE.keys")
    with pytest.raises(Malformed, match="the passphrase"):
        KeyBackup.unlock(locked, WORDS + "!", "FILE.keys")


@pytest.mark.parametrize(
    "line",
    [
        b"secret words",
        KEY.line() + b"\n",
        KEY.line().replace(b'"epoch":3', b'"epoch":0'),
        KEY.line().replace(b'"epoch":3', b'"epoch":true'),
        KEY.line().replace(b"=", b""),
        KEY.line().replace(b"backup-00aa", b"secret_"),
        CONTENTS.line(),
    ],
)
def test_what_is_no_key_is_said_without_its_content(line: bytes) -> None:
    assert KeyBackup.parse(KEY.line(), "FILE.keys") == KEY
    with pytest.raises(Malformed) as wrong:
        KeyBackup.parse(line, "FILE.keys")
    assert "secret" not in str(wrong.value)


def test_a_key_is_in_no_text_of_ours() -> None:
    assert "kkkk" not in repr(KEY)
    assert "any key" not in repr(CONTENTS)
