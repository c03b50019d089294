"""The index of one ledger, in a SQLite file of its own, or in the PostgreSQL database that the ledger is in.

Tables ``search_docs`` (a row for each document), ``search_tags`` (what was put on record already), ``search_state``
(how far it reaches). Losing them loses nothing; whatever does not belong to this ledger is thrown away and made again.
"""

import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from tearline.facts import vocabulary
from tearline.facts.errors import Broken
from tearline.facts.history import Question, about
from tearline.ledger.ledger import Ledger
from tearline.search.documents import ROOMS, documents, tags
from tearline.search.engines import Engine, Fts5, TextSearch
from tearline.search.words import terms_of

FILE = "search.db"
BUSY_SECONDS = 10
A_STEP = 500
A_PAUSE = 0.02
"""Seconds between the steps in the background: pages are made meanwhile."""
LAST = 2**53
LAID_OUT = "2:"
"""How the tables are laid out. Those of another way are thrown away, like those of another ledger."""
A_LOCK = 7_365_617_263
"""The number by which writers of an index know each other in PostgreSQL."""
FINDABLE: Question = about(kinds=tuple(kind for kind in vocabulary.kinds() if kind.room in ROOMS))
_STATE = (
    (
        "CREATE TABLE IF NOT EXISTS search_state"
        " (one INTEGER PRIMARY KEY, reached BIGINT NOT NULL, leaf TEXT NOT NULL)"
    ),
    "CREATE TABLE IF NOT EXISTS search_tags (tag TEXT PRIMARY KEY)",
    "INSERT INTO search_state VALUES (1, 0, '') ON CONFLICT DO NOTHING",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One document that fits; ``number`` is higher the later it was put on record."""

    number: int
    kind: str
    name: str
    position: int


class Index:
    """Several processes may have the same one open."""

    def __init__(self, url: str, ledger: Ledger) -> None:
        """Open it, and make what is missing. OSError or SQLAlchemy's errors when that cannot be."""
        parsed = sa.make_url(url)
        self._ledger = ledger
        self._sqlite = parsed.get_backend_name() == "sqlite"
        if self._sqlite and parsed.database:
            # Before SQLite makes it: its own files get the mode of this one.
            os.close(os.open(parsed.database, os.O_RDWR | os.O_CREAT, 0o600))
            Path(parsed.database).chmod(0o600)
        self._engine = sa.create_engine(parsed)
        if self._sqlite:
            sa.event.listen(self._engine, "connect", _prepare)
        self._by: Engine = Fts5() if self._sqlite else TextSearch()
        self._lock = threading.Lock()
        with self._writing() as connection:
            self._make(connection)
            leaf = connection.execute(sa.text("SELECT leaf FROM search_state")).scalar_one()
            if not leaf.startswith(LAID_OUT):
                self._drop(connection)

    def close(self) -> None:
        self._engine.dispose()

    def caught_up(self, facts: int = 2000) -> bool:
        """Read on over about so many facts; whether all that is on record can be found now."""
        if self._state() == (self._ledger.size(), self._leaf(self._ledger.size())):
            return True
        with self._lock:
            for _ in range(0, facts, A_STEP):
                with self._writing() as connection:
                    if not self._step(connection):
                        return True
        return False

    def find(
        self,
        query: str,
        kinds: Collection[str],
        *,
        before: int | None = None,
        most: int = 25,
        named: bool = False,
    ) -> Sequence[Found]:
        """What has all the words of the query, each perhaps continued, the latest first; nothing without a word.

        ``named``: the identifiers that a thing's own fact names beside its own count as its words.
        """
        terms = terms_of(query)
        if not terms or not kinds:
            return []
        statement, parameters = self._by.finding(terms, sorted(kinds), named=named)
        bounds: dict[str, object] = {"before": LAST if before is None else before, "most": most}
        with self._engine.connect() as connection:
            rows = connection.execute(sa.text(statement), parameters | bounds).all()
        return [Found(number=r.number, kind=r.kind, name=r.name, position=r.position) for r in rows]

    def rebuild(self) -> None:
        """Throw all of it away; ``caught_up`` makes it again."""
        with self._lock, self._writing() as connection:
            self._drop(connection)

    def _state(self) -> tuple[int, str]:
        with self._engine.connect() as connection:
            state = connection.execute(sa.text("SELECT reached, leaf FROM search_state")).one()
        return int(state.reached), str(state.leaf)

    def _step(self, connection: sa.Connection) -> bool:
        """Read on by one step, unless there is nothing new. What is of another ledger goes first."""
        state = connection.execute(sa.text("SELECT reached, leaf FROM search_state")).one()
        reached, size = int(state.reached), self._ledger.size()
        if reached > size or self._leaf(reached) != state.leaf:
            self._drop(connection)
            reached = 0
        until = min(reached + A_STEP, size)
        read = self._ledger.read_since(FINDABLE, reached, until=until).facts
        new = _new(connection, {tag for recorded in read for tag in tags(recorded)})
        made = [(one, recorded.position) for recorded in read for one in documents(recorded, new)]
        if made:
            last = connection.execute(
                sa.text("SELECT coalesce(max(number), 0) FROM search_docs")
            ).scalar_one()
            self._by.add(connection, int(last), made)
        connection.execute(
            sa.text("UPDATE search_state SET reached = :reached, leaf = :leaf"),
            {"reached": until, "leaf": self._leaf(until)},
        )
        return until > reached

    def _leaf(self, reached: int) -> str:
        """The last leaf that was read: by it an index knows its ledger."""
        return LAID_OUT + (self._ledger.leaves(reached - 1, reached)[0].hex() if reached else "")

    def _make(self, connection: sa.Connection) -> None:
        for statement in (*_STATE, *self._by.makes):
            connection.exec_driver_sql(statement)

    def _drop(self, connection: sa.Connection) -> None:
        for table in (*self._by.drops, "search_tags", "search_state"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        self._make(connection)

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        """The only transaction that writes, from its beginning: two that make the same table at once would fail."""
        with self._engine.begin() as connection:
            if self._sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({A_LOCK})")
            yield connection


def search_url(data: Path, database: str | None) -> str:
    """Where the index is: with the ledger on PostgreSQL, else in a file of its own."""
    if database is not None and not database.startswith("sqlite"):
        return database
    return f"sqlite:///{data / FILE}"


def _new(connection: sa.Connection, tags: set[str]) -> set[str]:
    """Those of these tags that nothing was found by so far; from now on they are known."""
    if not tags:
        return set()
    among = sa.text("SELECT tag FROM search_tags WHERE tag IN :tags").bindparams(
        sa.bindparam("tags", expanding=True)
    )
    listed = sorted(tags)
    known: set[str] = set()
    for at in range(0, len(listed), A_STEP):
        known |= set(connection.execute(among, {"tags": listed[at : at + A_STEP]}).scalars())
    new = tags - known
    if new:
        connection.execute(
            sa.text("INSERT INTO search_tags VALUES (:tag)"), [{"tag": tag} for tag in sorted(new)]
        )
    return new


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where SQLAlchemy says so
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", f"busy_timeout = {BUSY_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


class Searching:
    """The index, made when somebody first looks for something; without an address in a folder that goes with us."""

    def __init__(self, ledger: Ledger, url: str | None) -> None:
        self._ledger, self._url = ledger, url
        self._lock = threading.Lock()
        self._folder: TemporaryDirectory[str] | None = None
        self._made: Index | None = None
        self._reading = False

    @contextmanager
    def reading_on(self, waiting: Callable[[], bool]) -> Iterator[None]:
        """Read the record in the background once ``waiting`` says no more, so that nobody who searches waits for it."""
        leaving = threading.Event()

        def read() -> None:
            try:
                while waiting() and not leaving.wait(A_PAUSE):
                    pass
                index = self.index()
                while not leaving.wait(A_PAUSE) and not index.caught_up(A_STEP):
                    pass
            except (Broken, TimeoutError, sa.exc.SQLAlchemyError, OSError):
                return  # who searches is told of it
            finally:
                self._reading = False

        self._reading = True
        reading = threading.Thread(target=read, name="indexing", daemon=True)
        reading.start()
        try:
            yield
        finally:
            leaving.set()
            reading.join()

    def whole(self) -> bool:
        """Whether all that is on record can be found now; a few new facts are read on first."""
        return not self._reading and self.index().caught_up()

    def index(self) -> Index:
        with self._lock:
            if self._made is None:
                self._made = Index(self._url or self._for_now(), self._ledger)
            return self._made

    def _for_now(self) -> str:
        self._folder = TemporaryDirectory(prefix="tearline-search-", ignore_cleanup_errors=True)
        # Whoever ends without closing leaves nothing behind either, and is not warned of it.
        weakref.finalize(self, self._folder.cleanup)
        return search_url(Path(self._folder.name), None)

    def close(self) -> None:
        if self._made is not None:
            self._made.close()
        if self._folder is not None:
            self._folder.cleanup()
