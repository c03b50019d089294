"""Whatever is changed in the database, the check says so; and a ledger that is not whole does not start."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tearline.facts.errors import Broken, Malformed
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.note import Checkpoint, sign_checkpoint
from tearline.ledger.sealing import pack, unpack
from tearline.ledger.tree import EMPTY_ROOT
from tests.ledger.damage import flip
from tests.ledger.test_ledger import item
from tests.ledger.told import Clock, compromise, draft, on_item, organisation, suspended


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, keys: NodeKeys) -> Path:
    """A ledger with a full tile, sealed fields and several submissions, closed, in one file."""
    path = tmp_path_factory.mktemp("whole") / "ledger.db"
    ledger = Ledger.make(f"sqlite:///{path}", keys, Clock())
    ledger.append([draft(item()), draft(suspended("u-1", "i-1"))], unless=None, after=0, key="1")
    ledger.append([draft(organisation(f"o-{n}")) for n in range(256)], unless=None, after=0, key="2")
    ledger.append([draft(compromise("c-1", "i-1"))], unless=None, after=0, key="3")
    ledger.rebuild()
    ledger.check()
    ledger.close()
    return path


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(whole, tmp_path / "ledger.db"))


def altered(value: object) -> object:
    match value:
        case bytes():
            return flip(value, 3 * len(value)) if value else b"x"
        case str():
            return value[:-1] + ("A" if value[-1:] != "A" else "B")
        case int():
            return value + 1000
    raise AssertionError(value)


def columns() -> list[tuple[str, str]]:
    from tearline.ledger.schema import metadata

    return [(table.name, column.name) for table in metadata.sorted_tables for column in table.columns]


def change(path: Path, statement: str, parameters: tuple[object, ...] = ()) -> int:
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA foreign_keys = OFF")
    changed = sum(database.execute(one, parameters).rowcount for one in statement.split(";"))
    database.close()
    return changed


def rows(path: Path, table: str) -> list[tuple[object, ...]]:
    database = sqlite3.connect(path)
    found = database.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
    database.close()
    return found


def verify(path: Path, keys: NodeKeys) -> None:
    ledger = Ledger(f"sqlite:///{path}", keys, Clock())
    try:
        ledger.check()
    finally:
        ledger.close()


def test_the_whole_ledger_verifies(copy: Path, keys: NodeKeys) -> None:
    verify(copy, keys)


@pytest.mark.parametrize(("table", "column"), columns())
@pytest.mark.parametrize("which", [0, -1])
def test_no_stored_value_can_be_changed(
    copy: Path, keys: NodeKeys, table: str, column: str, which: int
) -> None:
    database = sqlite3.connect(copy)
    found = database.execute(f"SELECT * FROM {table}")  # noqa: S608
    names = [name for name, *_ in found.description]
    row = found.fetchall()[which]
    database.close()
    where = " AND ".join(f"{name} = ?" for name in names)
    value = altered(row[names.index(column)])
    assert change(copy, f"UPDATE {table} SET {column} = ? WHERE {where}", (value, *row)) == 1  # noqa: S608
    with pytest.raises((Broken, Malformed)):
        verify(copy, keys)


@pytest.mark.parametrize("table", sorted({table for table, _ in columns()}))
@pytest.mark.parametrize("order", ["ASC", "DESC"])
def test_no_row_can_be_removed(copy: Path, keys: NodeKeys, table: str, order: str) -> None:
    database = sqlite3.connect(copy, isolation_level=None)
    found = database.execute(f"SELECT * FROM {table} ORDER BY 1 {order}")  # noqa: S608
    names, row = [name for name, *_ in found.description], found.fetchone()
    database.close()
    where = " AND ".join(f"{name} = ?" for name in names)
    assert change(copy, f"DELETE FROM {table} WHERE {where}", row) == 1  # noqa: S608
    with pytest.raises((Broken, Malformed)):
        verify(copy, keys)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO postings VALUES (0, 1, 2, 5)",
        "INSERT INTO postings SELECT 1, word, kind, position FROM postings WHERE position = 1",
        "INSERT INTO sealed VALUES (5, x'00', x'00')",
        "INSERT INTO sealed VALUES (5, x'', x'')",
        "INSERT INTO sealed SELECT 5, wrapped, content FROM sealed WHERE position = 0",
        "INSERT INTO tiles VALUES (0, 1, x'00')",
        "INSERT INTO tiles SELECT 1, 0, hashes FROM tiles",
        "INSERT INTO edge VALUES (2, x'00')",
        "INSERT INTO head SELECT 2, size, recorded_at, note, indexed, epoch, purges FROM head",
        "INSERT INTO entries SELECT 259, kind, ref, act, tags, leaf, blinding, jws FROM entries WHERE position = 0",
        """
        UPDATE entries SET (leaf, blinding, jws) =
            (SELECT leaf, blinding, jws FROM entries WHERE position = 4) WHERE position = 3
        """,
        """
        UPDATE sealed SET (wrapped, content) = (SELECT wrapped, content FROM sealed WHERE position = 258)
            WHERE position = 0
        """,
        "UPDATE sealed SET wrapped = x'', content = x'' WHERE position = 0",
        "UPDATE sealed SET wrapped = x'', content = x'' WHERE position = 0; UPDATE head SET purges = 1",
    ],
)
def test_nothing_can_be_added_or_moved(copy: Path, keys: NodeKeys, statement: str) -> None:
    assert change(copy, statement) >= 1
    with pytest.raises((Broken, Malformed)):
        verify(copy, keys)


def test_a_damaged_fact_is_broken_when_it_is_read_and_stops_the_ledger(copy: Path, keys: NodeKeys) -> None:
    change(copy, "UPDATE entries SET jws = replace(jws, 'a', 'b') WHERE position = 1")
    ledger = Ledger(f"sqlite:///{copy}", keys, Clock())
    assert ledger.size() == 259
    with pytest.raises(Broken, match="entry 1"):
        ledger.read(on_item("i-1"))
    for call in later(ledger):
        with pytest.raises(Broken, match="stopped"):
            call()
    ledger.close()


def later(ledger: Ledger) -> Iterator[Callable[[], object]]:
    yield ledger.size
    yield ledger.checkpoint
    yield ledger.check
    yield lambda: ledger.prove(0)
    yield lambda: ledger.entry(0)
    yield lambda: ledger.find("x")
    yield lambda: ledger.read(on_item("i-7"))
    yield lambda: ledger.append([draft(organisation("o"))], unless=None, after=0, key="later")


def test_a_compartment_that_was_dropped_is_not_taken_for_closed(copy: Path, keys: NodeKeys) -> None:
    database = sqlite3.connect(copy, isolation_level=None)
    (content,) = database.execute("SELECT content FROM sealed WHERE position = 0").fetchone()
    parts = unpack(content)
    del parts["source-handling"]
    database.execute("UPDATE sealed SET content = ? WHERE position = 0", (pack(parts),))
    database.close()
    ledger = Ledger(f"sqlite:///{copy}", keys, Clock())
    with pytest.raises(Broken):
        ledger.entry(0)
    ledger.close()


@pytest.mark.parametrize("secret", ["log", "fact", "master"])
def test_a_ledger_of_other_keys_does_not_start(copy: Path, keys: NodeKeys, secret: str) -> None:
    other = NodeKeys.new(keys.origin)
    mixed = NodeKeys(
        origin=keys.origin,
        log=other.log if secret == "log" else keys.log,
        fact=other.fact if secret == "fact" else keys.fact,
        master=other.master if secret == "master" else keys.master,
    )
    with pytest.raises(Broken):
        Ledger(f"sqlite:///{copy}", mixed, Clock())


def test_a_ledger_of_another_origin_does_not_start(copy: Path, keys: NodeKeys) -> None:
    named = NodeKeys(origin="tearline.example/other", log=keys.log, fact=keys.fact, master=keys.master)
    with pytest.raises(Broken):
        Ledger(f"sqlite:///{copy}", named, Clock())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE alembic_version SET version_num = '0002'",
        "UPDATE alembic_version SET version_num = ''",
        "DELETE FROM alembic_version",
        "DROP TABLE tiles",
    ],
)
def test_a_database_of_another_version_does_not_start(copy: Path, keys: NodeKeys, statement: str) -> None:
    change(copy, statement)
    with pytest.raises(Malformed, match="revision 0001"):
        Ledger(f"sqlite:///{copy}", keys, Clock())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE head SET size = size - 1",
        "UPDATE head SET epoch = 2",
        "DELETE FROM head",
        "DELETE FROM edge",
        "UPDATE edge SET level = 0",
        "UPDATE edge SET hashes = substr(hashes, 1, 31)",
        "UPDATE entries SET leaf = (SELECT leaf FROM entries WHERE position = 5) WHERE position = 257",
        "UPDATE edge SET hashes = zeroblob(length(hashes))",
        "UPDATE head SET note = replace(note, '259', '258')",
        "UPDATE head SET note = ''",
    ],
)
def test_a_head_that_does_not_match_the_edge_does_not_start(
    copy: Path, keys: NodeKeys, statement: str
) -> None:
    assert change(copy, statement) >= 1
    with pytest.raises((Broken, Malformed)):
        Ledger(f"sqlite:///{copy}", keys, Clock())


def test_what_is_no_ledger_does_not_start_and_is_not_made(tmp_path: Path, keys: NodeKeys) -> None:
    missing = tmp_path / "missing.db"
    with pytest.raises(Malformed, match="init"):
        Ledger(f"sqlite:///{missing}", keys, Clock())
    assert not missing.exists()
    (tmp_path / "empty.db").touch()
    with pytest.raises(Malformed, match="revision"):
        Ledger(f"sqlite:///{tmp_path}/empty.db", keys, Clock())
    (tmp_path / "text.db").write_text("no database " * 100)
    with pytest.raises(Broken, match="not a database"):
        Ledger(f"sqlite:///{tmp_path}/text.db", keys, Clock())
    for url in ("sqlite://", "sqlite:///:memory:", "postgresql://x/y", "mysql://x/y", "no url"):
        with pytest.raises(Malformed, match="sqlite"):
            Ledger(url, keys, Clock())


def test_a_ledger_is_made_once(copy: Path, keys: NodeKeys) -> None:
    before = copy.read_bytes()
    with pytest.raises(Malformed, match="made once"):
        Ledger.make(f"sqlite:///{copy}", keys, Clock())
    assert copy.read_bytes() == before


def restore(source: Path, target: Path) -> None:
    """Overwrite a live database, as a careless restore would."""
    old, live = sqlite3.connect(source), sqlite3.connect(target)
    old.backup(live)
    old.close()
    live.close()


def test_a_ledger_that_goes_back_under_a_running_node_stops_it(
    copy: Path, whole: Path, keys: NodeKeys
) -> None:
    ledger = Ledger(f"sqlite:///{copy}", keys, Clock())
    ledger.append([draft(organisation("o-new"))], unless=None, after=0, key="new")
    restore(whole, copy)
    with pytest.raises(Broken, match="went back"):
        ledger.append([draft(organisation("o-newer"))], unless=None, after=0, key="newer")
    ledger.close()


def test_a_fork_under_a_running_node_stops_it(
    copy: Path, whole: Path, tmp_path: Path, keys: NodeKeys
) -> None:
    ledger = Ledger(f"sqlite:///{copy}", keys, Clock())
    ledger.append([draft(organisation("o-new"))], unless=None, after=0, key="new")
    other = Path(shutil.copy(whole, tmp_path / "other.db"))
    fork = Ledger(f"sqlite:///{other}", keys, Clock())
    for n in range(3):
        fork.append([draft(organisation(f"o-{n}"))], unless=None, after=0, key=f"fork {n}")
    fork.close()
    restore(other, copy)
    with pytest.raises(Broken, match="does not begin with"):
        ledger.append([draft(organisation("o-newer"))], unless=None, after=0, key="newer")
    ledger.close()


def test_another_checkpoint_of_the_same_size_stops_the_node(copy: Path, keys: NodeKeys) -> None:
    ledger = Ledger(f"sqlite:///{copy}", keys, Clock())
    forged = sign_checkpoint(Checkpoint(keys.origin, 259, EMPTY_ROOT), keys.log)
    change(copy, "UPDATE head SET note = ?", (forged,))
    with pytest.raises(Broken, match="does not fit"):
        ledger.append([draft(organisation("o-new"))], unless=None, after=0, key="new")
    ledger.close()
