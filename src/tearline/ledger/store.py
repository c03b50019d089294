"""The ledger's database: connections, transactions and the question as SQL. SQLite for now.

Tables and the pool of connections are SQLAlchemy's; statements go to the driver, because each one passes
here for every fact that is recorded, and a dozen of them cost more than the signatures do.

Durability: WAL with ``synchronous=FULL``, so a commit that returned is on the disk. A write transaction
begins IMMEDIATE and is therefore the only one, also among several processes. ``secure_delete`` lets
nothing that was deleted linger in the file.
"""

import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import cast

import sqlalchemy as sa

from tearline.facts.errors import Broken, Malformed
from tearline.facts.history import Question
from tearline.ledger import schema
from tearline.ledger.tree import HASH, WIDTH, TileReader, leaf_hash

Cursor = sqlite3.Cursor

BUSY_SECONDS = 30
MOST_CLAUSES = 200
"""Clauses in one statement. SQLite allows 500 parts of a UNION and 32,766 parameters."""
MOST_TAGS = 2_000

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA wal_autocheckpoint = 4000",  # pages; pages that many commits touch are then copied once
)


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin and end only where this file says so
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def is_busy(failure: BaseException) -> bool:
    """Whether another process held the database for too long, and nothing else is wrong."""
    return getattr(failure, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


class Store:
    """One database file."""

    def __init__(self, url: str) -> None:
        parsed = sa.make_url(url)
        if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
            raise Malformed("database", "url", "sqlite:///and the path of a file")
        self.path = Path(parsed.database)
        self._engine = sa.create_engine(
            parsed, connect_args={"cached_statements": 512}, pool_size=8, max_overflow=120
        )
        sa.event.listen(self._engine, "connect", _prepare)

    def make(self, recorded_at: str, note: str) -> None:
        """A new database with an empty ledger in it. Malformed when the file is there already."""
        try:
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            raise Malformed(str(self.path), "top", "no file: a ledger is made once") from None
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            schema.metadata.create_all(connection, checkfirst=False)
            first = {"version": schema.VERSION, "size": 0, "recorded_at": recorded_at, "note": note}
            connection.execute(schema.head.insert(), first)
        handle = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def check_version(self) -> None:
        """Malformed unless the file is there and holds a ledger of the version that we write."""
        if not self.path.is_file():
            raise Malformed(str(self.path), "top", "a ledger's database, made by init")
        with self.statements() as run:
            tables = {name for (name,) in run.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            missing = set(schema.metadata.tables) - tables
            found = [] if missing else [version for (version,) in run.execute("SELECT version FROM head")]
        if found != [schema.VERSION]:
            raise Malformed(str(self.path), "schema", f"a ledger of version {schema.VERSION}, found {found}")

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def statements(self) -> Iterator[Cursor]:
        """A cursor on which each statement stands by itself."""
        connection = self._engine.raw_connection()
        try:
            yield cast("Cursor", connection.cursor())
        finally:
            connection.close()  # gives it back to the pool, which rolls back what was left open

    @contextmanager
    def reading(self) -> Iterator[Cursor]:
        """A transaction in which every statement sees the same state."""
        with self.statements() as run:
            run.execute("BEGIN")
            yield run

    @contextmanager
    def writing(self) -> Iterator[Cursor]:
        """The one write transaction: committed and on the disk when the block ends, or as if never begun."""
        with self.statements() as run:
            run.execute("BEGIN IMMEDIATE")
            yield run
            run.execute("COMMIT")


def size(run: Cursor) -> int:
    """The number of facts."""
    row = run.execute("SELECT size FROM head").fetchone()
    if row is None:
        raise Broken("the ledger's head is gone")
    return int(row[0])


def head(run: Cursor) -> tuple[int, str, str]:
    """Size, the last fact's time, and the signed checkpoint."""
    row = run.execute("SELECT size, recorded_at, note FROM head").fetchone()
    if row is None:
        raise Broken("the ledger's head is gone")
    return int(row[0]), row[1], row[2]


def partials(run: Cursor, size: int) -> list[bytes]:
    """The right edge of a ledger of ``size``, level 0 first.

    Level 0 is not stored a second time: it is the leaves that no full tile covers yet.
    """
    first = size // WIDTH * WIDTH
    leaves = run.execute("SELECT leaf FROM entries WHERE position >= ? ORDER BY position", (first,))
    edge = [b"".join(leaf_hash(leaf) for (leaf,) in leaves)]
    for level, hashes in run.execute("SELECT level, hashes FROM edge ORDER BY level"):
        if level != len(edge):
            raise Broken("a level of the stored right edge is missing")
        edge.append(hashes)
    return edge if size else edge[1:]


def tile_reader(run: Cursor, edge: Sequence[bytes]) -> TileReader:
    """Reads full tiles from their table and the unfinished ones from the right edge."""

    def read(level: int, index: int) -> bytes:
        row = run.execute(
            "SELECT hashes FROM tiles WHERE level = ? AND number = ?", (level, index)
        ).fetchone()
        if row is None:
            return edge[level] if level < len(edge) else b""
        if len(row[0]) != WIDTH * HASH:
            raise Broken(f"tile {level}/{index} is not full")
        return bytes(row[0])

    return read


def positions(run: Cursor, question: Question, low: int, high: int, most: int = -1) -> list[int]:
    """Where the facts that match stand, from ``low`` to before ``high``, in order; at most ``most``."""
    found: set[int] = set()
    for text, parameters in _statements(question, low, high):
        limit = f" LIMIT {most}" if most >= 0 else ""
        found.update(row[0] for row in run.execute(text + limit, parameters))
    return sorted(found)


@lru_cache(maxsize=256)
def _parts(question: Question) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """A question's clauses as conditions with their parameters, those with the same kinds joined."""
    alike: dict[tuple[str, ...], set[str]] = defaultdict(set)
    parts: list[tuple[str, tuple[str, ...]]] = []
    for clause in question.clauses:
        kinds, (first, *others) = tuple(sorted(clause.kinds)), sorted(clause.tags) or [""]
        if not others:
            alike[kinds].add(first)
            continue
        also = " AND EXISTS (SELECT 1 FROM tags o WHERE o.tag = ? AND o.kind = t.kind AND o.position = t.position)"
        parts.append((f"t.tag = ?{_kinds(kinds)}{also * len(others)}", (first, *kinds, *others)))
    for kinds, tags in alike.items():
        ordered = sorted(tags)
        for at in range(0, len(ordered), MOST_TAGS):
            some = ordered[at : at + MOST_TAGS]
            parts.append((f"t.tag IN ({marks(len(some))}){_kinds(kinds)}", (*some, *kinds)))
    return tuple(parts)


def _kinds(kinds: tuple[str, ...]) -> str:
    return f" AND t.kind IN ({marks(len(kinds))})" if kinds else ""


def marks(count: int) -> str:
    """Placeholders for this many parameters."""
    return ",".join("?" * count)


def _statements(question: Question, low: int, high: int) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    parts = _parts(question)
    for at in range(0, len(parts), MOST_CLAUSES):
        texts: list[str] = []
        parameters: list[str | int] = []
        for condition, values in parts[at : at + MOST_CLAUSES]:
            texts.append(
                f"SELECT t.position FROM tags t WHERE {condition} AND t.position >= ? AND t.position < ?"  # noqa: S608  placeholders only
            )
            parameters += [*values, low, high]
        yield " UNION ".join(texts), tuple(parameters)
