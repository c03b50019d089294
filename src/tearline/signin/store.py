"""What passes at the door, in a database: sessions, ceremonies, counts of keys, codes that were not yet shown.

SQLite in ``DATA/door.db`` (mode 0600, WAL), or the PostgreSQL database that the ledger is in, in tables that begin with
``door_``. Nothing here decides who may come in: that is on record. Losing it ends every session and forgets how far
each key had counted, and no more; so no backup holds it.

What opens a session is stored only as its hash; so is a challenge. Times are POSIX seconds.

An older copy of it would bring back sessions that were ended and challenges that were answered. So whatever ends here
counts on a number, which the node's second store holds as well (``ledger/published``): tables that are behind it
were put back, and all that they hold is ended when they are opened.
"""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from tearline.ledger.published import Published

LOG = logging.getLogger("tearline.signin")
BUSY_SECONDS = 10
FILE = "door.db"
Whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Digest = sa.LargeBinary(32)

metadata = sa.MetaData(
    naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_name)s"}
)

# One row a session. ``secret`` is the SHA-256 of what the cookie holds; ``name`` names the row to people.
# ``proof`` is the key or the directory account by which the person was recognised; ``fresh`` when they last proved it.
sessions = sa.Table(
    "door_sessions",
    metadata,
    sa.Column("secret", Digest, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("way", sa.Text, nullable=False),
    sa.Column("proof", sa.Text, nullable=False),
    sa.Column("browser", sa.Text, nullable=False),
    sa.Column("created", Whole, nullable=False),
    sa.Column("seen", Whole, nullable=False),
    sa.Column("fresh", Whole, nullable=False),
    sa.Column("ends", Whole, nullable=False, index=True),
)

# What a session was called before its role was changed, so that whoever ends it by that name ends it.
renamed = sa.Table(
    "door_renamed",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("now", sa.Text, nullable=False, index=True),
)

# One row a challenge that waits for its answer, by the SHA-256 of the challenge. ``browser`` is the SHA-256 of the
# cookie of the browser that asked for it; ``about`` is what it was asked for, in JSON of the asker's.
ceremonies = sa.Table(
    "door_ceremonies",
    metadata,
    sa.Column("challenge", Digest, primary_key=True),
    sa.Column("browser", Digest, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("ends", Whole, nullable=False, index=True),
)

# How far each key has counted its signatures, when it was last used, and when it was last behind.
counts = sa.Table(
    "door_counts",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("signed", Whole, nullable=False),
    sa.Column("used", Whole, nullable=False),
    sa.Column("behind", Whole, nullable=True),
)

# A key that an authenticator made for somebody who is signed in, until they sign for it. ``session`` is the session's
# name; ``fact`` is what will be recorded, as JSON of its fields.
made = sa.Table(
    "door_made",
    metadata,
    sa.Column("session", sa.Text, primary_key=True),
    sa.Column("fact", sa.Text, nullable=False),
    sa.Column("ends", Whole, nullable=False, index=True),
)

# A code that was made and not yet shown, under its SHA-256; ``person`` is who may see it, once. ``code`` is sealed
# under a key that only the process which made it has.
codes = sa.Table(
    "door_codes",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("ends", Whole, nullable=False, index=True),
)

# How far each person has looked at what they are told: facts before ``position``, and what came with time up to ``at``.
seen = sa.Table(
    "door_seen",
    metadata,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("position", Whole, nullable=False),
    sa.Column("at", Whole, nullable=False),
)


PASSING = (renamed, ceremonies, made, codes)
"""What ends with the sessions. How far keys have counted stays: a lower count finds a copied key later, none never."""

# How often something ended here: one row.
generation = sa.Table("door_generation", metadata, sa.Column("number", Whole, primary_key=True))


class DoorStore:
    """The tables, and transactions over them. Several processes may have the same ones open."""

    def __init__(self, url: str, second: Published | None = None) -> None:
        """Open them, and make what is missing. OSError or SQLAlchemy's errors when that cannot be.

        With the second store, tables that are behind it are emptied. Broken when that one cannot be read or written.
        """
        self._second = second
        parsed = sa.make_url(url)
        self._sqlite = parsed.get_backend_name() == "sqlite"
        if self._sqlite and parsed.database:
            # Before SQLite makes it: its own files get the mode of this one.
            os.close(os.open(parsed.database, os.O_RDWR | os.O_CREAT, 0o600))
            Path(parsed.database).chmod(0o600)
        self._engine = sa.create_engine(parsed)
        if self._sqlite:
            sa.event.listen(self._engine, "connect", _prepare)
        with self.writing() as connection:
            metadata.create_all(connection)
        self._not_put_back()

    def _not_put_back(self) -> None:
        if self._second is None:
            return
        furthest = self._second.door()
        with self.writing() as connection:
            held = _number(connection)
            if held < furthest:
                lost = [connection.execute(sa.delete(table)).rowcount for table in (sessions, *PASSING)]
                if held:  # and not new, as after a restore
                    LOG.error(
                        "the door was an older copy: all sessions end", extra={"told": {"sessions": lost[0]}}
                    )
                _came_to(connection, held := furthest + 1)
        self._second.door_came_to(held)

    @contextmanager
    def ending(self) -> Iterator[sa.Connection]:
        """A transaction that ends something. After it an older copy of the tables is known as one.

        Broken, after it was committed, when the second store fails.
        """
        with self.writing() as connection:
            yield connection
            number = _number(connection) + 1
            _came_to(connection, number)
        if self._second is not None:
            self._second.door_came_to(number)

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction, all of it or nothing; on SQLite the only one from its beginning, so nothing read is stale."""
        with self._engine.begin() as connection:
            if self._sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A look at what is there."""
        with self._engine.connect() as connection:
            yield connection

    def close(self) -> None:
        self._engine.dispose()


def _number(connection: sa.Connection) -> int:
    return connection.execute(sa.select(sa.func.max(generation.c.number))).scalar() or 0


def _came_to(connection: sa.Connection, number: int) -> None:
    connection.execute(sa.delete(generation))
    connection.execute(sa.insert(generation).values(number=number))


def door_url(data: Path, database: str | None) -> str:
    """Where the door's tables are: with the ledger's on PostgreSQL, else in a file of their own."""
    if database is not None and not database.startswith("sqlite"):
        return database
    return f"sqlite:///{data / FILE}"


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where SQLAlchemy says so
    for pragma in (
        "journal_mode = WAL",
        "synchronous = NORMAL",  # a session that a loss of power forgets is signed in to again
        "secure_delete = ON",
        f"busy_timeout = {BUSY_SECONDS * 1000}",
    ):
        connection.execute(f"PRAGMA {pragma}")
