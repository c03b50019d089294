"""The ledger's database: connections and transactions. SQLite by default, PostgreSQL by URL.

Tables, statements and the pool of connections are SQLAlchemy's; the statements' texts (``sql``) go straight to the
driver.

Durability. SQLite: WAL with ``synchronous=FULL``, so a commit that returned is on the disk; a write transaction
begins IMMEDIATE and is therefore the only one, also among several processes. PostgreSQL: ``synchronous_commit``,
``fsync`` and ``full_page_writes`` have to be on, or the ledger does not open; a write transaction locks the head's
row and is therefore the only one. ``secure_delete`` lets nothing that was deleted linger in a SQLite file.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from tearline.facts.errors import Broken, Malformed
from tearline.ledger import schema
from tearline.ledger.migrate import create_tables
from tearline.ledger.sql import Sql
from tearline.ledger.tree import HASH, HEIGHT, WIDTH, TileReader, leaf_hash

BUSY_SECONDS = 30

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA wal_autocheckpoint = 4000",  # pages; pages that many commits touch are then copied once
)
_SESSION = (
    f"SET lock_timeout = '{BUSY_SECONDS}s'",
    "SET synchronous_commit = on",
    "SET client_encoding = 'UTF8'",
)
_MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit")

SCHEMES = "sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"


def check_way_to(url: sa.URL) -> None:
    """Malformed for a database server on another machine that is not reached over TLS, its certificate checked."""
    named = [url.host, *(url.query[name] for name in ("host", "hostaddr", "service") if name in url.query)]
    hosts = [host for name in named if name for host in ((name,) if isinstance(name, str) else name)]
    if url.query.get("sslmode") != "verify-full" and not all(_here(host) for host in hosts):
        raise Malformed(
            "database", "sslmode", "?sslmode=verify-full behind the URL, since the server is another machine"
        )


def _here(host: str) -> bool:
    """A socket's folder, or a name of this machine."""
    try:
        return host.startswith("/") or host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class Head(NamedTuple):
    """How far the ledger has come, and the checkpoint that says so."""

    size: int
    recorded_at: str
    note: str
    indexed: int
    epoch: int
    purges: int


class Reached(NamedTuple):
    """How far the ledger and its index have come, and how many facts were purged."""

    size: int
    indexed: int
    purges: int


class Run:
    """A connection on which the ledger's statements run."""

    __slots__ = ("_connection", "_many", "execute", "sql")

    def __init__(self, connection: Any, sql: Sql) -> None:
        self._connection = connection
        self.sql = sql
        self.execute = connection.execute
        sqlite = isinstance(connection, sqlite3.Connection)
        self._many = connection.executemany if sqlite else None

    def many(self, text: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """One statement for each row."""
        if self._many is not None:
            self._many(text, rows)
        elif len(rows) == 1:
            self.execute(text, rows[0])
        elif rows:
            with self._connection.cursor() as cursor:
                cursor.executemany(text, rows)

    def head(self) -> Head:
        """The head. Broken when it is gone."""
        return Head._make(self._one(self.sql.head))

    def reached(self) -> Reached:
        """The head's figures. Broken when it is gone."""
        return Reached._make(self._one(self.sql.reached))

    def locked_head(self) -> Head:
        """The head, which no other transaction changes until this one ends."""
        return Head._make(self._one(self.sql.head_locked))

    def _one(self, text: str) -> tuple[Any, ...]:
        row: tuple[Any, ...] | None = self.execute(text).fetchone()
        if row is None:
            raise Broken("the ledger's head is gone")
        return row


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin and end only where this file says so
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _prepare_postgresql(connection: Any, _record: object) -> None:
    connection.autocommit = True  # as above
    for setting in _SESSION:
        connection.execute(setting)


class Store:
    """One database."""

    def __init__(self, url: str) -> None:
        self.path: Path | None = None
        try:
            parsed = sa.make_url(url)
        except sa.exc.ArgumentError:
            raise Malformed("database", "url", SCHEMES) from None
        match parsed.drivername:
            case "sqlite" if parsed.database and parsed.database != ":memory:":
                self.path = Path(parsed.database)
                self.name = str(self.path)
                self._engine = sa.create_engine(
                    parsed,
                    paramstyle="qmark",
                    connect_args={"cached_statements": 512},
                    pool_size=8,
                    max_overflow=120,
                )
                sa.event.listen(self._engine, "connect", _prepare_sqlite)
                self._read, self._write = "BEGIN", "BEGIN IMMEDIATE"
            case "postgresql+psycopg" if parsed.database:
                check_way_to(parsed)
                self.name = parsed.render_as_string(hide_password=True)
                self._engine = sa.create_engine(
                    parsed, paramstyle="format", pool_size=8, max_overflow=24, pool_pre_ping=True
                )
                sa.event.listen(self._engine, "connect", _prepare_postgresql)
                self._read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                self._write = "BEGIN ISOLATION LEVEL READ COMMITTED"
            case _:
                raise Malformed("database", "url", SCHEMES)
        self.sql = Sql(self._engine.dialect)
        self._writer: sa.PoolProxiedConnection | None = None
        self._alone = threading.Lock()

    def make(
        self, recorded_at: str, note: str, epoch: int, fill: Callable[[Run], None] = lambda _: None
    ) -> None:
        """Tables with an empty ledger in them, and what ``fill`` adds: all in one transaction.

        Malformed when something is there already.
        """
        if self.path is not None:
            try:
                os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            except FileExistsError:
                raise Malformed(self.name, "top", "no file: a ledger is made once") from None
            except OSError as error:
                raise Malformed(self.name, "top", f"a file that can be made ({error.strerror})") from None
        first = Head(0, recorded_at, note, 0, epoch, 0)
        with self._engine.begin() as connection:
            if self.path is not None:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql("BEGIN")
                taken = set(sa.inspect(connection).get_table_names()) & {
                    *schema.metadata.tables,
                    "alembic_version",
                }
                if taken:
                    raise Malformed(self.name, "top", "an empty database: a ledger is made once")
            create_tables(connection)
            connection.exec_driver_sql(self.sql.add_head, (1, *first))
            fill(Run(connection.connection.driver_connection, self.sql))
            connection.exec_driver_sql("COMMIT")
        if self.path is not None:
            handle = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def check_version(self) -> None:
        """Malformed unless a ledger of the revision that we write is there, on a database that keeps its word."""
        try:
            there = self.path is None or self.path.is_file()
        except OSError as error:
            raise Malformed(self.name, "top", f"a database that can be read ({error.strerror})") from None
        if not there:
            raise Malformed(self.name, "top", "a ledger's database, made by init")
        with self._engine.connect() as connection:
            tables = set(sa.inspect(connection).get_table_names())
            found: list[str] = []
            if {*schema.metadata.tables, "alembic_version"} <= tables:
                found = list(connection.scalars(sa.text("SELECT version_num FROM alembic_version")))
            connection.rollback()
        if found != [schema.REVISION]:
            raise Malformed(self.name, "schema", f"a ledger of revision {schema.REVISION}, found {found}")
        if self.path is None:
            self._check_settings()

    def _check_settings(self) -> None:
        with self.statements() as run:
            for setting in _MUST_BE_ON:
                (value,) = run.execute(f"SHOW {setting}").fetchone()
                if value != "on":
                    raise Malformed(self.name, setting, f"on, so that a commit is on the disk; found {value}")

    def close(self) -> None:
        with self._alone:
            writer, self._writer = self._writer, None
            if writer is not None:
                writer.close()
        self._engine.dispose()

    def _connect(self) -> sa.PoolProxiedConnection:
        """A connection that answers. TimeoutError when none is to be had: nothing was begun, it can be tried again."""
        try:
            return self._engine.raw_connection()
        except failures() as failure:
            if self.path is None or isinstance(failure, sa.exc.TimeoutError):
                raise TimeoutError("the database cannot be reached; nothing was recorded") from failure
            raise

    def _answers(self, connection: sa.PoolProxiedConnection) -> bool:
        """Whether the server is still there: it may have been started anew since, and nothing was lost by that."""
        held = connection.dbapi_connection
        try:
            return held is not None and self._engine.dialect.do_ping(held)
        except failures():
            return False

    @contextmanager
    def statements(self) -> Iterator[Run]:
        """A connection on which each statement stands by itself."""
        connection = self._connect()
        try:
            yield Run(connection.driver_connection, self.sql)
        except failures():
            connection.invalidate()  # it is closed and not trusted again
            raise
        finally:
            connection.close()  # gives it back to the pool, which rolls back what was left open

    @contextmanager
    def reading(self) -> Iterator[Run]:
        """A transaction in which every statement sees the same state."""
        with self.statements() as run:
            run.execute(self._read)
            yield run

    @contextmanager
    def writing(self) -> Iterator[Run]:
        """The one write transaction: committed and on the disk when the block ends, or as if never begun.

        It keeps a connection of its own, which this process's threads have one after the other: two
        transactions on it would be one, and neither's commit its own.
        """
        with self._alone:
            if self._writer is not None and self.path is None and not self._answers(self._writer):
                writer, self._writer = self._writer, None
                writer.invalidate()
            if self._writer is None:
                self._writer = self._connect()
                self._writing = Run(self._writer.driver_connection, self.sql)
            run = self._writing
            try:
                run.execute(self._write)
                yield run
                run.execute("COMMIT")
            except BaseException:
                writer, self._writer = self._writer, None
                writer.invalidate()  # closed, which rolls back, and not trusted again
                raise

    def forget_deleted(self) -> None:
        """Empty SQLite's write-ahead log, where overwritten pages linger; PostgreSQL keeps its own until recycled."""
        if self.path is not None:
            with self.statements() as run:
                busy, _, _ = run.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                raise TimeoutError("another process reads the ledger; its log could not be emptied")


def is_busy(failure: BaseException) -> bool:
    """Whether another process held the database for too long, and nothing else is wrong."""
    if getattr(failure, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
        return True
    return getattr(failure, "sqlstate", None) in ("55P03", "57014")  # lock_not_available, query_canceled


def failures() -> tuple[type[Exception], ...]:
    """What the drivers raise when a database fails."""
    with suppress(ImportError):
        import psycopg

        return (sqlite3.Error, sa.exc.SQLAlchemyError, psycopg.Error)
    return (sqlite3.Error, sa.exc.SQLAlchemyError)


def partials(run: Run, size: int) -> list[bytes]:
    """The right edge of a ledger of ``size``, level 0 first.

    Level 0 is not stored a second time: it is the leaves that no full tile covers yet.
    """
    leaves = run.execute(run.sql.leaves, (size // WIDTH * WIDTH, size)).fetchall()
    edge = [b"".join(leaf_hash(leaf) for (leaf,) in leaves)]
    for level, hashes in run.execute(run.sql.edge):
        if level != len(edge):
            raise Broken("a level of the stored right edge is missing")
        edge.append(hashes)
    return edge if size else edge[1:]


def tile_reader(run: Run) -> TileReader:
    """Reads full tiles from their table and the unfinished ones from the right edge, once it is needed."""
    edge: list[tuple[int, list[bytes]]] = []

    def unfinished(level: int, index: int) -> bytes:
        if not edge:
            size = run.reached().size
            edge.append((size, partials(run, size)))
        size, hashes = edge[0]
        there = level < len(hashes) and index == size >> HEIGHT * (level + 1)
        return hashes[level] if there else b""

    def read(level: int, index: int) -> bytes:
        row = run.execute(run.sql.tile, (level, index)).fetchone()
        if row is None:
            return unfinished(level, index)
        if len(row[0]) != WIDTH * HASH:
            raise Broken(f"tile {level}/{index} is not full")
        return bytes(row[0])

    return read
