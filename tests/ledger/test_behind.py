"""A ledger that is older than what was published of it, or another history, is told from one that goes on."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tearline.facts.errors import Broken
from tearline.ledger.behind import check_not_behind
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.published import Published
from tests.ledger.notes import note
from tests.ledger.told import Clock, draft, organisation


@pytest.fixture
def published(tmp_path: Path) -> Published:
    made = Published(tmp_path / "second")
    made.make()
    return made


def append(ledger: Ledger, name: str) -> None:
    ledger.append([draft(organisation(name))], unless=None, after=0, key=name)


def grow(ledger: Ledger, count: int) -> None:
    for _ in range(count):
        append(ledger, f"o-{ledger.size()}")


@pytest.fixture
def copy(ledger: Ledger, url: str, keys: NodeKeys, tmp_path: Path) -> Iterator[Ledger]:
    """The ledger as it was at three entries, opened where it went on to seven."""
    grow(ledger, 3)
    with sqlite3.connect(url.removeprefix("sqlite:///")) as source:
        older = sqlite3.connect(tmp_path / "older.db")
        source.backup(older)
        older.close()
    source.close()
    grow(ledger, 4)
    opened = Ledger(f"sqlite:///{tmp_path / 'older.db'}", keys, Clock())
    yield opened
    opened.close()


@pytest.mark.parametrize("size", [0, 1, 3])
def test_a_ledger_that_went_on_is_not_behind(ledger: Ledger, published: Published, size: int) -> None:
    grow(ledger, size)
    published.committed(ledger.checkpoint())
    check_not_behind(ledger, published)
    grow(ledger, 300)
    check_not_behind(ledger, published)


def test_an_older_copy_is_behind_what_was_published(
    ledger: Ledger, copy: Ledger, published: Published
) -> None:
    published.advance(None, copy.checkpoint())
    check_not_behind(copy, published)
    published.advance(copy.checkpoint(), ledger.checkpoint())
    check_not_behind(ledger, published)
    with pytest.raises(Broken, match=r"7 entries and the ledger has 3: .*restore the newest backup"):
        check_not_behind(copy, published)


def test_an_older_copy_is_behind_what_was_committed(
    ledger: Ledger, copy: Ledger, published: Published
) -> None:
    published.advance(None, copy.checkpoint())
    published.committed(ledger.checkpoint())
    with pytest.raises(Broken, match="older copy"):
        check_not_behind(copy, published)


def test_an_older_copy_that_signed_on_is_another_history(
    ledger: Ledger, copy: Ledger, published: Published
) -> None:
    published.committed(ledger.checkpoint())
    for n in range(9):
        append(copy, f"other-{n}")
    with pytest.raises(Broken, match=r"another root .*another history"):
        check_not_behind(copy, published)


def test_a_second_store_that_is_gone_stops_the_node(ledger: Ledger, published: Published) -> None:
    published.committed(ledger.checkpoint())
    shutil.rmtree(published.folder)
    with pytest.raises(Broken, match="the second store is not there"):
        check_not_behind(ledger, published)


def test_another_logs_second_store_stops_the_node(ledger: Ledger, published: Published) -> None:
    published.committed(note(0, origin="other.example/log"))
    with pytest.raises(Broken, match=r"other\.example/log, another log"):
        check_not_behind(ledger, published)


def test_a_damaged_second_store_stops_the_node(ledger: Ledger, published: Published) -> None:
    published.committed(ledger.checkpoint())
    (published.folder / "latest").write_bytes(b"x")
    with pytest.raises(Broken, match="damaged"):
        check_not_behind(ledger, published)
