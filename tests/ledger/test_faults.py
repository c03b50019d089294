"""Every statement of a transaction fails, one after the other: before it ran, and after; and every write of a file.

Whatever fails, the ledger stops and stays stopped. Opened again it holds all of the submission or nothing, verifies,
and records what is sent again under the same key exactly once.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tearline.facts.errors import Broken
from tearline.facts.history import about
from tearline.facts.leaks import CompromiseReported
from tearline.ledger import store
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.note import open_checkpoint
from tearline.ledger.wrapping import WrappingKey
from tests.databases import Database, Sqlite
from tests.ledger.test_damage import later
from tests.ledger.test_disk import no_file_larger_than
from tests.ledger.told import Clock, compromise, draft, organisation, purged

NEXT = WrappingKey(epoch=2, key=b"9" * 32)
FILLED = 5
"""Facts that stand there before; with the sixth the tiny index is flushed."""
FRAME = 24 + 4096
"""Bytes of one page in SQLite's write-ahead log."""


@dataclass(frozen=True)
class Deed:
    """Something that one transaction does, and what it comes to when done: so many facts, purges, and an epoch."""

    do: Callable[[Ledger], object]
    facts: int = 0
    purges: int = 0
    epoch: int = 1


def append(ledger: Ledger) -> object:
    facts = [draft(compromise("c-new", "i-1")), draft(organisation("o-new"))]
    return ledger.append(facts, unless=None, after=0, key="deed")


def purge(ledger: Ledger) -> object:
    (first, *_) = ledger.read(about(kinds=[CompromiseReported]))
    fact = draft(purged({first.ref: first.position}))
    return ledger.append([fact], unless=None, after=0, key="deed", purging=[first.position])


def rewrap(ledger: Ledger) -> object:
    return None if ledger.epoch() == NEXT.epoch else ledger.rewrap(NEXT)


DEEDS = {
    "append": Deed(append, facts=2),
    "purge": Deed(purge, facts=1, purges=1),
    "rewrap": Deed(rewrap, epoch=2),
    "rebuild": Deed(lambda ledger: ledger.rebuild()),
}

each_deed = pytest.mark.parametrize("deed", DEEDS)


class StatementFails(store.Run):
    """A connection that is lost at its ``at``-th statement from now, before it runs or after."""

    at = 0
    after = False
    ran: list[str] = []  # noqa: RUF012  one for all connections, like the count

    def __init__(self, connection: Any, sql: Any) -> None:
        super().__init__(connection, sql)
        self._lost, self._real = connection, self.execute
        self.execute = self._execute

    def _execute(self, text: str, *parameters: Any) -> Any:
        with self._failing(text):
            return self._real(text, *parameters)

    def many(self, text: str, rows: Any) -> None:
        with self._failing(text):
            super().many(text, rows)

    @contextmanager
    def _failing(self, text: str) -> Iterator[None]:
        now = len(StatementFails.ran) + 1 == StatementFails.at
        StatementFails.ran.append(text)
        if now and not StatementFails.after:
            self._fail()
        yield
        if now and StatementFails.after:
            self._fail()

    def _fail(self) -> None:
        if hasattr(self._lost, "pgconn"):
            self._lost.pgconn.finish()
            self._real("SELECT 1")
        raise sqlite3.OperationalError("disk I/O error")


@pytest.fixture
def filled(new_database: Callable[[], Database], keys: NodeKeys, tiny_index: None) -> Database:
    made = new_database()
    with closing(Ledger.make(made.url, keys, Clock())) as ledger:
        for n in range(FILLED):
            ledger.append([draft(compromise(f"c-{n}", "i-1"))], unless=None, after=0, key=str(n))
    return made


def opened(url: str, keys: NodeKeys) -> Ledger:
    """With the wrapping key that the head says."""
    with suppress(Broken):
        return Ledger(url, keys, Clock())
    return Ledger(url, replace(keys, master=NEXT.key, epoch=NEXT.epoch), Clock())


def done(ledger: Ledger, deed: Deed) -> bool:
    """Whether all of it stands there; AssertionError when a part of it does."""
    found = (ledger.size() - FILLED, ledger.purges(), ledger.epoch())
    if found == (deed.facts, deed.purges, deed.epoch):
        return True
    assert found == (0, 0, 1)
    return False


def check_afterwards(url: str, keys: NodeKeys, deed: Deed, before: str) -> bool:
    """All or nothing; and sent again, all of it once. Whether it was all."""
    known = open_checkpoint(before, keys.vkey)
    with closing(opened(url, keys)) as ledger:
        ledger.check()
        was_done = done(ledger, deed)
        assert ledger.root(known.size) == known.root
        if deed.facts:
            assert (ledger.recall("deed") is not None) == was_done
        deed.do(ledger)
        if deed.epoch == 1:
            assert done(ledger, deed)
            ledger.check()
            return was_done
    with closing(opened(url, keys)) as ledger:  # a rewrapped one goes on when opened anew
        ledger.check()
        assert done(ledger, deed)
    return was_done


@pytest.mark.both_databases
@each_deed
def test_a_statement_that_fails_leaves_all_or_nothing(
    filled: Database,
    new_database: Callable[[], Database],
    keys: NodeKeys,
    monkeypatch: pytest.MonkeyPatch,
    deed: str,
) -> None:
    """That a statement's answer is lost is the same as that the next one fails, but for the last, COMMIT."""
    monkeypatch.setattr(store, "Run", StatementFails)
    copy, statements = new_database(), count(1)

    def outcome(at: int, *, after: bool) -> tuple[str, bool]:
        filled.copied(copy)
        ledger = opened(copy.url, keys)
        before = ledger.checkpoint()
        StatementFails.at, StatementFails.after, StatementFails.ran = at, after, []
        with suppress(Broken):
            DEEDS[deed].do(ledger)
        ran, StatementFails.at = list(StatementFails.ran), 0
        if len(ran) == at:
            for call in later(ledger):
                with pytest.raises(Broken, match="stopped: the database failed"):
                    call()
        ledger.close()
        return ran[-1], check_afterwards(copy.url, keys, DEEDS[deed], before)

    for at in statements:
        statement, was_done = outcome(at, after=False)
        assert not was_done or deed == "rebuild"
        if statement == "COMMIT":
            break
    assert outcome(at, after=True) == ("COMMIT", True)
    assert at > 4


@each_deed
def test_a_disk_that_fills_at_any_page_leaves_all_or_nothing(
    filled: Sqlite, new_database: Callable[[], Sqlite], keys: NodeKeys, deed: str
) -> None:
    stopped, copy = 0, new_database()
    for room in count(32, FRAME // 2):
        filled.copied(copy)
        ledger = opened(copy.url, keys)
        before, log = ledger.checkpoint(), Path(f"{copy.path}-wal")
        assert log.stat().st_size == 0
        ledger.read(about(kinds=[CompromiseReported]))
        with suppress(Broken), no_file_larger_than(room):
            DEEDS[deed].do(ledger)
            ledger.close()
            break
        stopped += 1
        for call in later(ledger):
            with pytest.raises(Broken, match="stopped"):
                call()
        ledger.close()
        assert not check_afterwards(copy.url, keys, DEEDS[deed], before) or deed == "rebuild"
    assert stopped >= 4
