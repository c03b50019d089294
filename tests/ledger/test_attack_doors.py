"""What the ledger is asked for that it does not have, and what it is given that it must not take."""

import pytest

from tearline.facts.errors import Broken, Conflict
from tearline.ledger.ledger import Ledger
from tearline.ledger.tree import HASH
from tests.databases import Database
from tests.ledger.told import compromise, draft, organisation

pytestmark = pytest.mark.both_databases


@pytest.fixture
def three_hundred(ledger: Ledger) -> Ledger:
    ledger.append([draft(organisation(f"o-{n}")) for n in range(300)], unless=None, after=0, key="k")
    return ledger


@pytest.mark.parametrize(
    ("level", "index"), [(0, 2), (0, 5), (0, -1), (1, 1), (2, 0), (-1, 0), (-2, 1), (0, 1 << 70)]
)
def test_a_tile_that_the_tree_does_not_have_is_not_given(
    three_hundred: Ledger, level: int, index: int
) -> None:
    for width in (1, 44, 256):
        with pytest.raises(IndexError):
            three_hundred.tile(level, index, width)
    assert len(three_hundred.tile(0, 0)) == 256 * HASH
    assert len(three_hundred.tile(0, 1, 44)) == 44 * HASH
    assert len(three_hundred.tile(1, 0, 1)) == HASH


def test_a_tile_that_is_gone_is_not_taken_for_the_unfinished_one(
    three_hundred: Ledger, database: Database
) -> None:
    database.change("DELETE FROM tiles")
    with pytest.raises(Broken, match="tile 0/0"):
        three_hundred.prove(5)


@pytest.mark.parametrize("position", [-1, -(1 << 70), 300, (1 << 63) - 1, 1 << 63, 1 << 70])
def test_an_entry_that_is_not_there_is_an_index_error_however_far_away(
    three_hundred: Ledger, position: int
) -> None:
    for ask in (three_hundred.entry, three_hundred.disclosures, three_hundred.prove):
        with pytest.raises(IndexError):
            ask(position)
    assert three_hundred.size() == 300


@pytest.mark.parametrize(
    "ref", ["", "0", "0" * 24, "f" * 24, "F" * 24, "\0" * 24, "\ud800", "é" * 12, "0" * 100_000]
)
def test_a_reference_that_is_none_is_not_found(three_hundred: Ledger, ref: str) -> None:
    assert three_hundred.find(ref) is None
    whole = three_hundred.entry(7).recorded.ref
    for near in (whole[:12], whole[:23], whole + "0", whole.upper() + " ", f" {whole}"):
        assert three_hundred.find(near) is None
    assert three_hundred.find(whole) == 7


@pytest.mark.parametrize("position", [-1, 0, 300, 301, 1 << 63, -(1 << 70)])
def test_what_has_no_sealed_fields_or_is_not_there_cannot_be_purged(
    three_hundred: Ledger, position: int
) -> None:
    """Entry 0 has none, and 300 would be the fact itself that says so."""
    with pytest.raises(Conflict, match=f"entry {position} has no sealed fields"):
        three_hundred.append(
            [draft(compromise("c-1", "i-1"))], unless=None, after=0, key="p", purging=[position]
        )
    assert three_hundred.size() == 300
