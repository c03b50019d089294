"""Changes of several values that fit each other: what is stored otherwise than it was written, the check finds."""

from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest

from tearline.facts.errors import Broken, Malformed
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.sealing import pack, unpack
from tearline.ledger.wrapping import WrappingKey
from tests.databases import Database
from tests.ledger.test_ledger import item
from tests.ledger.told import Clock, compromise, draft, purged, suspended

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("tiny_index")]

Change = Callable[[Database], None]


@pytest.fixture
def filled(ledger: Ledger, database: Database) -> Database:
    ledger.append([draft(item()), draft(suspended("u-1", "i-1"))], unless=None, after=0, key="1")
    for n in range(4):
        facts = [draft(compromise(f"c-{n}{m}", "i-1", seen=f"{n} {m}")) for m in range(2)]
        ledger.append(facts, unless=None, after=0, key=f"two {n}")
    ledger.check()
    return database


def changed(database: Database, keys: NodeKeys) -> None:
    """Broken or Malformed, by opening or by check."""
    with pytest.raises((Broken, Malformed)), closing(Ledger(database.url, keys, Clock())) as ledger:
        ledger.check()


def sealed(database: Database) -> dict[int, tuple[bytes, bytes]]:
    return {
        position: (bytes(wrapped), bytes(content)) for position, wrapped, content in database.rows("sealed")
    }


def put_sealed(database: Database, position: int, row: tuple[bytes, bytes]) -> None:
    assert (
        database.change("UPDATE sealed SET wrapped = ?, content = ? WHERE position = ?", (*row, position))
        == 1
    )


def test_compartments_cannot_be_put_into_another_order(filled: Database, keys: NodeKeys) -> None:
    wrapped, content = sealed(filled)[0]
    parts = unpack(content)
    assert len(parts) > 1
    put_sealed(filled, 0, (wrapped, pack(dict(reversed(parts.items())))))
    changed(filled, keys)


@pytest.mark.parametrize("other", ["another.example/log", "tearline.example/desk"])
def test_no_line_can_be_added_to_the_checkpoint(filled: Database, keys: NodeKeys, other: str) -> None:
    line = f"— {other} {b64encode(b'1234' + b'x' * 64).decode()}\n"
    assert filled.change("UPDATE head SET note = note || ?", (line,)) == 1
    changed(filled, keys)


def test_sealed_fields_of_two_facts_cannot_change_places(filled: Database, keys: NodeKeys) -> None:
    rows = sealed(filled)
    for swapped in (
        (rows[3], rows[2]),
        ((rows[3][0], rows[2][1]), (rows[2][0], rows[3][1])),
    ):
        put_sealed(filled, 2, swapped[0])
        put_sealed(filled, 3, swapped[1])
        changed(filled, keys)


@pytest.mark.parametrize("purges", [0, 1])
def test_what_was_purged_cannot_come_back(filled: Database, keys: NodeKeys, purges: int) -> None:
    before = sealed(filled)[2]
    with closing(Ledger(filled.url, keys, Clock())) as ledger:
        ref = ledger.entry(2).recorded.ref
        ledger.append([draft(purged({ref: 2}))], unless=None, after=0, key="purge", purging=[2])
        ledger.check()
    put_sealed(filled, 2, before)
    filled.change("UPDATE head SET purges = ?", (purges,))
    changed(filled, keys)


def test_a_key_wrapped_before_cannot_come_back(filled: Database, keys: NodeKeys) -> None:
    before, new = sealed(filled), WrappingKey.new(2)
    with closing(Ledger(filled.url, keys, Clock())) as ledger:
        ledger.rewrap(new)
    after, later = sealed(filled), replace(keys, master=new.key, epoch=2)
    assert all(before[p][0] != after[p][0] and before[p][1] == after[p][1] for p in before)
    put_sealed(filled, 4, before[4])
    changed(filled, later)
    for position, row in before.items():
        put_sealed(filled, position, row)
    filled.change("UPDATE head SET epoch = 1")
    changed(filled, later)


@pytest.mark.parametrize("cut", [(0, 0), (0, None), (None, 0), (1, None), (None, 1), (-1, -1), (12, None)])
def test_sealed_fields_cannot_be_cut_short(
    filled: Database, keys: NodeKeys, cut: tuple[int | None, int | None]
) -> None:
    wrapped, content = sealed(filled)[3]
    put_sealed(filled, 3, (wrapped[: cut[0]], content[: cut[1]]))
    for purges in (0, 1):
        filled.change("UPDATE head SET purges = ?", (purges,))
        changed(filled, keys)


def test_a_submission_cannot_be_joined_to_the_next_or_parted(filled: Database, keys: NodeKeys) -> None:
    acts = {row[0]: row[3] for row in filled.rows("entries")}
    for position, act in ((3, acts[4]), (4, acts[3]), (3, "x" * 43)):
        filled.change("UPDATE entries SET act = ? WHERE position = ?", (act, position))
        changed(filled, keys)
        filled.change("UPDATE entries SET act = ? WHERE position = ?", (acts[position], position))


def test_facts_of_a_submission_cannot_change_places(filled: Database, keys: NodeKeys) -> None:
    """With all that belongs to them: their sealed fields, and their postings."""
    for table in ("entries", "sealed", "postings"):
        for old, new in ((3, 99), (2, 3), (99, 2)):
            filled.change(f"UPDATE {table} SET position = ? WHERE position = ?", (new, old))  # noqa: S608
    changed(filled, keys)


def test_the_index_cannot_say_more_less_or_otherwise(filled: Database, keys: NodeKeys) -> None:
    (_, size, _, _, indexed, *_) = filled.rows("head")[0]
    assert 0 < indexed <= size
    for said in (0, indexed - 1, indexed + 1, size + 1, -1, 1 << 40):
        filled.change("UPDATE head SET indexed = ?", (said,))
        changed(filled, keys)
    filled.change("UPDATE head SET indexed = ?", (indexed,))
    stretch, word, kind, position = filled.rows("postings")[0]
    for row in (
        (stretch, word + 1, kind, position),
        (stretch, word, kind + 1, position),
        (stretch, word, kind, size + 5),
        (stretch + 1000, word, kind, position),
    ):
        filled.change("INSERT INTO postings VALUES (?, ?, ?, ?)", row)
        changed(filled, keys)
        filled.change(
            "DELETE FROM postings WHERE stretch = ? AND word = ? AND kind = ? AND position = ?",
            (stretch, word, kind, position),
        )
        changed(filled, keys)
        filled.change(
            "DELETE FROM postings WHERE stretch = ? AND word = ? AND kind = ? AND position = ?", row
        )
        filled.change("INSERT INTO postings VALUES (?, ?, ?, ?)", (stretch, word, kind, position))
    with closing(Ledger(filled.url, keys, Clock())) as ledger:
        ledger.check()


def test_the_time_of_the_head_is_that_of_the_last_entry(filled: Database, keys: NodeKeys) -> None:
    for said in ("9999-12-31T23:59:59.999999Z", "2026-11-22T12:00:00.000000Z", ""):
        filled.change("UPDATE head SET recorded_at = ?", (said,))
        changed(filled, keys)


@pytest.mark.parametrize("stretch", [-1, 100, 1 << 30])
def test_postings_of_entries_that_never_were_are_mended_too(
    filled: Database, keys: NodeKeys, stretch: int
) -> None:
    filled.change("INSERT INTO postings VALUES (?, 1, 2, 3)", (stretch,))
    changed(filled, keys)
    with closing(Ledger(filled.url, keys, Clock())) as ledger:
        assert not ledger.rebuild()[1]
        ledger.check()
        assert ledger.rebuild()[1]
