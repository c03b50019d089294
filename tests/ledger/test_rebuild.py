"""The index is made anew from the facts, and says whether it was right before."""

import sqlite3

import pytest

from tearline.facts.errors import Broken
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tests.ledger.told import Clock, compromise, draft, on_item


@pytest.fixture
def indexed(ledger: Ledger) -> Ledger:
    for n in range(5):
        ledger.append([draft(compromise(f"c-{n}", "i-1"))], unless=None, after=0, key=f"key {n}")
    assert ledger.rebuild()[1]  # nothing was indexed before, and nothing wrong
    return ledger


def change(url: str, statement: str) -> None:
    database = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    assert database.execute(statement).rowcount > 0
    database.close()


def test_a_rebuilt_index_is_what_was_there(indexed: Ledger) -> None:
    assert indexed.rebuild() == (20, True)  # each under all, its item, itself and its submission
    indexed.check()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM postings WHERE position = 3",
        """
        UPDATE postings SET word = word + 1
            WHERE position = 3 AND word = (SELECT max(word) FROM postings WHERE position = 3)
        """,
        "INSERT INTO postings VALUES (0, 1, 2, 3)",
    ],
)
def test_an_index_that_is_wrong_is_found_and_mended(indexed: Ledger, url: str, statement: str) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("the statements are SQLite's; what they damage is not")
    change(url, statement)
    with pytest.raises(Broken, match="postings"):
        indexed.check()


def test_a_mended_index_finds_everything_again(
    indexed: Ledger, url: str, keys: NodeKeys, clock: Clock
) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("the statement is SQLite's")
    change(url, "DELETE FROM postings WHERE position = 3")
    again = Ledger(url, keys, clock)
    assert len(again.read(on_item("i-1")).facts) == 4  # what check would have found
    assert again.rebuild() == (20, False)
    again.check()
    again.close()
    whole = Ledger(url, keys, clock)
    assert len(whole.read(on_item("i-1")).facts) == 5
    whole.close()
