"""Whatever is changed in the database, the check says so; and a ledger that is not whole does not start."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tearline.facts.errors import Broken, Malformed
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.note import Checkpoint, sign_checkpoint
from tearline.ledger.schema import metadata
from tearline.ledger.sealing import pack, unpack
from tearline.ledger.tree import EMPTY_ROOT
from tests.databases import Database, PostgreSql, Sqlite
from tests.ledger.damage import flip
from tests.ledger.test_ledger import item
from tests.ledger.told import Clock, compromise, draft, on_item, organisation, suspended

pytestmark = pytest.mark.both_databases


@pytest.fixture(scope="module")
def wholes(keys: NodeKeys, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Database]]:
    """By sort of database, a ledger with a full tile, sealed fields and several submissions, closed."""
    made: dict[str, Database] = {}
    yield made
    for one in made.values():
        if isinstance(one, PostgreSql):
            one.run(f"DROP SCHEMA {one.name} CASCADE")


@pytest.fixture
def whole(
    request: pytest.FixtureRequest,
    wholes: dict[str, Database],
    keys: NodeKeys,
    tmp_path_factory: pytest.TempPathFactory,
) -> Database:
    sort = request.node.callspec.params["new_database"]
    if sort not in wholes:
        sqlite = sort == "sqlite"
        new = (
            Sqlite(tmp_path_factory.mktemp("whole") / "ledger.db")
            if sqlite
            else request.getfixturevalue("server").new()
        )
        with closing(Ledger.make(new.url, keys, Clock())) as ledger:
            ledger.append([draft(item()), draft(suspended("u-1", "i-1"))], unless=None, after=0, key="1")
            ledger.append([draft(organisation(f"o-{n}")) for n in range(256)], unless=None, after=0, key="2")
            ledger.append([draft(compromise("c-1", "i-1"))], unless=None, after=0, key="3")
            ledger.rebuild()
            ledger.check()
        wholes[sort] = new
    return wholes[sort]


@pytest.fixture
def copy(whole: Database, database: Database) -> Database:
    whole.copied(database)
    return database


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
    return [(table.name, column.name) for table in metadata.sorted_tables for column in table.columns]


def same(table: str) -> str:
    return " AND ".join(f"{column.name} = ?" for column in metadata.tables[table].columns)


def verify(database: Database, keys: NodeKeys) -> None:
    with closing(Ledger(database.url, keys, Clock())) as ledger:
        ledger.check()


def test_the_whole_ledger_verifies(copy: Database, keys: NodeKeys) -> None:
    verify(copy, keys)


@pytest.mark.parametrize(("table", "column"), columns())
def test_no_stored_value_can_be_changed(
    copy: Database, whole: Database, keys: NodeKeys, table: str, column: str
) -> None:
    rows = copy.rows(table)
    for row in (rows[0], rows[-1]):
        value = altered(row[list(metadata.tables[table].columns.keys()).index(column)])
        statement = f"UPDATE {table} SET {column} = ? WHERE {same(table)}"  # noqa: S608
        assert copy.change(statement, (value, *row)) == 1
        with pytest.raises((Broken, Malformed)):
            verify(copy, keys)
        whole.copied(copy)


@pytest.mark.parametrize("table", sorted({table for table, _ in columns()}))
def test_no_row_can_be_removed(copy: Database, whole: Database, keys: NodeKeys, table: str) -> None:
    rows = copy.rows(table)
    for row in (rows[0], rows[-1]):
        assert copy.change(f"DELETE FROM {table} WHERE {same(table)}", row) == 1  # noqa: S608
        with pytest.raises((Broken, Malformed)):
            verify(copy, keys)
        whole.copied(copy)


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
def test_nothing_can_be_added_or_moved(copy: Database, keys: NodeKeys, statement: str) -> None:
    assert copy.change(statement) >= 1
    with pytest.raises((Broken, Malformed)):
        verify(copy, keys)


def test_a_damaged_fact_is_broken_when_it_is_read_and_stops_the_ledger(
    copy: Database, keys: NodeKeys
) -> None:
    jws = flip(copy.rows("entries")[1][7], 1000)
    copy.change("UPDATE entries SET jws = ? WHERE position = 1", (jws,))
    ledger = Ledger(copy.url, keys, Clock())
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


def test_a_compartment_that_was_dropped_is_not_taken_for_closed(copy: Database, keys: NodeKeys) -> None:
    parts = unpack(copy.rows("sealed")[0][2])
    del parts["source-handling"]
    copy.change("UPDATE sealed SET content = ? WHERE position = 0", (pack(parts),))
    ledger = Ledger(copy.url, keys, Clock())
    with pytest.raises(Broken):
        ledger.entry(0)
    ledger.close()


@pytest.mark.parametrize("secret", ["log", "fact", "master"])
def test_a_ledger_of_other_keys_does_not_start(copy: Database, keys: NodeKeys, secret: str) -> None:
    other = NodeKeys.new(keys.origin)
    mixed = NodeKeys(
        origin=keys.origin,
        log=other.log if secret == "log" else keys.log,
        fact=other.fact if secret == "fact" else keys.fact,
        master=other.master if secret == "master" else keys.master,
    )
    with pytest.raises(Broken):
        Ledger(copy.url, mixed, Clock())


def test_a_ledger_of_another_origin_does_not_start(copy: Database, keys: NodeKeys) -> None:
    named = NodeKeys(origin="tearline.example/other", log=keys.log, fact=keys.fact, master=keys.master)
    with pytest.raises(Broken):
        Ledger(copy.url, named, Clock())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE alembic_version SET version_num = '0002'",
        "UPDATE alembic_version SET version_num = ''",
        "DELETE FROM alembic_version",
        "DROP TABLE tiles",
    ],
)
def test_a_database_of_another_version_does_not_start(copy: Database, keys: NodeKeys, statement: str) -> None:
    copy.change(statement)
    with pytest.raises(Malformed, match="revision 0001"):
        Ledger(copy.url, keys, Clock())


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
        "UPDATE edge SET hashes = x'00'",
        "UPDATE head SET note = replace(note, '259', '258')",
        "UPDATE head SET note = ''",
    ],
)
def test_a_head_that_does_not_match_the_edge_does_not_start(
    copy: Database, keys: NodeKeys, statement: str
) -> None:
    assert copy.change(statement) >= 1
    with pytest.raises((Broken, Malformed)):
        Ledger(copy.url, keys, Clock())


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


def test_a_ledger_is_made_once(copy: Database, keys: NodeKeys) -> None:
    before = [copy.rows(table) for table in metadata.tables]
    with pytest.raises(Malformed, match="made once"):
        Ledger.make(copy.url, keys, Clock())
    assert [copy.rows(table) for table in metadata.tables] == before


def test_a_ledger_that_goes_back_under_a_running_node_stops_it(
    copy: Database, whole: Database, keys: NodeKeys
) -> None:
    ledger = Ledger(copy.url, keys, Clock())
    ledger.append([draft(organisation("o-new"))], unless=None, after=0, key="new")
    whole.overwrites(copy)
    with pytest.raises(Broken, match="went back"):
        ledger.append([draft(organisation("o-newer"))], unless=None, after=0, key="newer")
    ledger.close()


def test_a_fork_under_a_running_node_stops_it(
    copy: Database, whole: Database, new_database: Callable[[], Database], keys: NodeKeys
) -> None:
    ledger = Ledger(copy.url, keys, Clock())
    ledger.append([draft(organisation("o-new"))], unless=None, after=0, key="new")
    other = new_database()
    whole.copied(other)
    with closing(Ledger(other.url, keys, Clock())) as fork:
        for n in range(3):
            fork.append([draft(organisation(f"o-{n}"))], unless=None, after=0, key=f"fork {n}")
    other.overwrites(copy)
    with pytest.raises(Broken, match="does not begin with"):
        ledger.append([draft(organisation("o-newer"))], unless=None, after=0, key="newer")
    ledger.close()


def test_another_checkpoint_of_the_same_size_stops_the_node(copy: Database, keys: NodeKeys) -> None:
    ledger = Ledger(copy.url, keys, Clock())
    forged = sign_checkpoint(Checkpoint(keys.origin, 259, EMPTY_ROOT), keys.log)
    copy.change("UPDATE head SET note = ?", (forged,))
    with pytest.raises(Broken, match="does not fit"):
        ledger.append([draft(organisation("o-new"))], unless=None, after=0, key="new")
    ledger.close()
