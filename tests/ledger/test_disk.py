"""When the disk fails, the ledger stops and stays stopped; what was acknowledged is still there."""

import os
import resource
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tearline.facts.errors import Broken, Malformed
from tearline.ledger import store
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tests.ledger.checking import check_ledger
from tests.ledger.test_damage import later
from tests.ledger.told import Clock, compromise, draft, on_item, organisation


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Writes beyond this size fail, as on a full disk. (Python ignores SIGXFSZ, so they return EFBIG.)"""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_stops_the_ledger_for_good(ledger: Ledger, url: str, keys: NodeKeys) -> None:
    ledger.append([draft(organisation("o-1"))], unless=None, after=0, key="before")
    log = Path(url.removeprefix("sqlite:///") + "-wal")
    large = [draft(compromise(f"c-{n}", "i-1", seen="x" * 10_000)) for n in range(20)]
    with no_file_larger_than(log.stat().st_size + 5_000), pytest.raises(Broken, match="database failed"):
        ledger.append(large, unless=None, after=0, key="large")
    for call in later(ledger):
        with pytest.raises(Broken, match="stopped"):
            call()
    ledger.close()
    opened = Ledger(url, keys, Clock())
    assert opened.size() == 1
    opened.append(large, unless=None, after=0, key="large")
    check_ledger(opened)
    opened.close()


def test_a_database_held_by_another_process_is_no_failure(
    ledger: Ledger, url: str, keys: NodeKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_PRAGMAS", (*store._PRAGMAS, "PRAGMA busy_timeout = 50"))
    hurried = Ledger(url, keys, Clock())
    holder = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(TimeoutError, match="nothing was recorded"):
        hurried.append([draft(organisation("o-1"))], unless=None, after=0, key="k")
    assert hurried.read(on_item("i-1")).position == 0
    holder.execute("ROLLBACK")
    holder.close()
    hurried.append([draft(organisation("o-1"))], unless=None, after=0, key="k")
    assert ledger.size() == 1
    hurried.close()


def test_the_database_is_readable_by_its_owner_alone(ledger: Ledger, url: str) -> None:
    ledger.append([draft(organisation("o-1"))], unless=None, after=0, key="k")
    files = list(Path(url.removeprefix("sqlite:///")).parent.glob("ledger.db*"))
    assert len(files) == 3
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_every_connection_syncs_at_commit(ledger: Ledger) -> None:
    with ledger._store.statements() as run:
        pragmas = {
            name: run.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 30_000,
    }


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write what is read-only."""
    us = os.geteuid()
    if us == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(us)


def append_one(url: str, keys: NodeKeys) -> None:
    with closing(Ledger(url, keys, Clock())) as opened:
        opened.append([draft(organisation("o-2"))], unless=None, after=0, key="k2")


@pytest.mark.parametrize(("folder", "file"), [(0o555, 0o444), (0o555, 0o666), (0o777, 0o444), (0o000, 0o666)])
def test_what_may_not_be_written_is_broken_and_nothing_is_answered(
    keys: NodeKeys, folder: int, file: int
) -> None:
    place = Path(tempfile.mkdtemp())  # pytest's own folders are closed to others
    url = f"sqlite:///{place}/ledger.db"
    try:
        with closing(Ledger.make(url, keys, Clock())) as ledger:
            ledger.append([draft(organisation("o-1"))], unless=None, after=0, key="k")
        (place / "ledger.db").chmod(file)
        place.chmod(folder)
        with as_nobody(), pytest.raises((Broken, Malformed), match=r"database failed|can be read"):
            append_one(url, keys)
        with as_nobody(), pytest.raises((Broken, Malformed), match=r"can be made|database failed|made once"):
            Ledger.make(url.replace("ledger.db", "new.db" if folder != 0o777 else "ledger.db"), keys, Clock())
        place.chmod(0o700)
        (place / "ledger.db").chmod(0o600)
        with closing(Ledger(url, keys, Clock())) as ledger:
            assert ledger.size() == 1
            ledger.check()
    finally:
        place.chmod(0o700)
        shutil.rmtree(place)
