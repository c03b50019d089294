"""What a witness remembers: of each log it trusts the last note it cosigned, the latest time it wrote, and forks.

A small SQLite file (WAL, synchronous=FULL). Comparing and replacing is one write transaction, of which there is
only one at a time, among processes too; when it ends without an error, what it wrote is on the disk. Notes are
verified against the witness's own key whenever they are read anew, so a state that was damaged stops it.

An error of the disk stops it for good. So does a state file that is missing: one that is silently made anew
has forgotten every log, and would cosign any history of it.
"""

import hashlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tearline.config import sync_folder
from tearline.facts.errors import Broken, Malformed
from tearline.ledger.note import Checkpoint, Note, Vkey

VERSION = 1
MOST_FORKS = 16
"""Of each log. One is proof enough, and whoever signs them at will must not fill the disk."""
BUSY_SECONDS = 10

_TABLES = """
CREATE TABLE witness (version INTEGER NOT NULL, vkey TEXT NOT NULL, latest INTEGER NOT NULL) STRICT;
CREATE TABLE logs (hash TEXT PRIMARY KEY, origin TEXT NOT NULL, note TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE keys (origin TEXT NOT NULL, vkey TEXT NOT NULL, PRIMARY KEY (origin, vkey)) STRICT, WITHOUT ROWID;
CREATE TABLE forks (origin TEXT NOT NULL, held TEXT NOT NULL, shown TEXT NOT NULL) STRICT;
"""


def hash_of(origin: str) -> str:
    """How a log is named to monitors: the SHA-256 of its origin, in hex."""
    return hashlib.sha256(origin.encode("utf-8")).hexdigest()


class Held:
    """What stood when the transaction began; and what is to stand when it ends."""

    def __init__(self, note: str, checkpoint: Checkpoint | None, latest: int) -> None:
        self.note = note
        self.checkpoint = checkpoint
        self.latest = latest
        self.new: tuple[str, int] | None = None
        self.fork: str | None = None

    def replace(self, note: str, at: int) -> None:
        """Put this note in the place of the last one."""
        self.new = (note, at)

    def keep_fork(self, shown: str) -> None:
        """Keep this submission, which shows that the log signed another history than the last note's."""
        self.fork = shown


class Witnessed:
    """The state of one witness. Safe for any number of threads and processes."""

    def __init__(self, path: Path, vkey: Vkey) -> None:
        """Open what ``make`` made. Malformed when it is missing or another witness's."""
        if not path.is_file():
            raise Malformed(
                str(path),
                "top",
                "a witness's state; one that was lost is replaced by a new witness, key and all",
            )
        self._vkey = vkey
        self._lock = threading.Lock()
        self._broken: str | None = None
        self._verified: dict[str, tuple[str, Checkpoint]] = {}
        try:
            self._connection = _connect(path)
            found = self._connection.execute("SELECT version, vkey FROM witness").fetchall()
        except sqlite3.DatabaseError as e:
            raise Malformed(
                str(path), "top", f"a witness's state that can be read and written ({e})"
            ) from None
        if found != [(VERSION, str(vkey))]:
            self.close()
            raise Malformed(str(path), "top", f"the state of {vkey.name}, version {VERSION}")

    @classmethod
    def make(cls, path: Path, vkey: Vkey) -> None:
        """A new state that knows no log, synced. FileExistsError when there is one."""
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        connection = _connect(path)
        try:
            connection.executescript(f"BEGIN IMMEDIATE; {_TABLES}")
            connection.execute("INSERT INTO witness VALUES (?, ?, 0)", (VERSION, str(vkey)))
            connection.execute("COMMIT")
        finally:
            connection.close()
        sync_folder(path.parent)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def trust(self, log: Vkey) -> None:
        with self._writing() as run:
            run.execute(
                "INSERT INTO logs VALUES (?, ?, '') ON CONFLICT DO NOTHING", (hash_of(log.name), log.name)
            )
            run.execute("INSERT INTO keys VALUES (?, ?) ON CONFLICT DO NOTHING", (log.name, str(log)))

    def distrust(self, log: Vkey) -> None:
        with self._writing() as run:
            gone = run.execute("DELETE FROM keys WHERE origin = ? AND vkey = ?", (log.name, str(log)))
            if gone.rowcount != 1:
                raise Malformed("VKEY", str(log), "a key that is trusted")

    def trusted(self) -> tuple[Vkey, ...]:
        with self._guarded() as run:
            return tuple(Vkey.parse(v) for (v,) in run.execute("SELECT vkey FROM keys ORDER BY origin, vkey"))

    def keys_of(self, origin: str) -> tuple[Vkey, ...]:
        """The keys that are trusted to sign this log's checkpoints; none for a log that is not known."""
        with self._guarded() as run:
            rows = run.execute("SELECT vkey FROM keys WHERE origin = ? ORDER BY vkey", (origin,))
            return tuple(Vkey.parse(vkey) for (vkey,) in rows)

    def note(self, origin_hash: str) -> str | None:
        """The last note cosigned of the log whose origin has this hash, or None."""
        with self._guarded() as run:
            held = self._read(run, origin_hash)
            return held[0] if held is not None and held[1] is not None else None

    def forks(self) -> tuple[tuple[str, str], ...]:
        """The note that was held and the submission that contradicted it, for every fork that was kept."""
        with self._guarded() as run:
            return tuple(run.execute("SELECT held, shown FROM forks ORDER BY rowid"))

    @contextmanager
    def replacing(self, origin: str) -> Iterator[Held]:
        """The one write transaction: what is held, and what the block replaces it by, on the disk when it ends."""
        with self._writing() as run:
            found = self._read(run, hash_of(origin))
            if found is None:
                raise Broken(f"the state trusts a key of {origin} and does not know that log")
            held = Held(*found, self._latest(run))
            yield held
            if held.fork is not None:
                (kept,) = run.execute("SELECT count(*) FROM forks WHERE origin = ?", (origin,)).fetchone()
                if kept < MOST_FORKS:
                    run.execute("INSERT INTO forks VALUES (?, ?, ?)", (origin, held.note, held.fork))
            if held.new is not None:
                note, at = held.new
                run.execute("UPDATE logs SET note = ? WHERE hash = ?", (note, hash_of(origin)))
                run.execute("UPDATE witness SET latest = ?", (at,))

    def _latest(self, run: sqlite3.Connection) -> int:
        (latest,) = run.execute("SELECT latest FROM witness").fetchone()
        return int(latest)

    def _read(self, run: sqlite3.Connection, origin_hash: str) -> tuple[str, Checkpoint | None] | None:
        """The note of this log and what it says, if there is one yet; None for a log that is not known."""
        row = run.execute("SELECT origin, note FROM logs WHERE hash = ?", (origin_hash,)).fetchone()
        if row is None:
            return None
        return row[1], self._checkpoint(row[0], row[1], self._latest(run)) if row[1] else None

    def _checkpoint(self, origin: str, note: str, latest: int) -> Checkpoint:
        """What we cosigned last of this log. Broken unless our own key says so."""
        known = self._verified.get(origin)
        if known is not None and known[0] == note:
            return known[1]
        try:
            parsed = Note.parse(note, "the stored note")
            checkpoint = Checkpoint.parse(parsed.text, "the stored note")
        except Malformed as malformed:
            raise Broken(f"the state is damaged: {malformed}") from None
        lines = parsed.signed_by([self._vkey]).get(self._vkey, ())
        if checkpoint.origin != origin or not lines:
            raise Broken(f"the state says of {origin} what this witness never cosigned")
        if any(self._vkey.time_of(line.signature) > latest for line in lines):
            raise Broken(f"the state's latest time is before its cosignature of {origin}")
        self._verified[origin] = (note, checkpoint)
        return checkpoint

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._guarded() as run:
            run.execute("BEGIN IMMEDIATE")
            try:
                yield run
                run.execute("COMMIT")
            finally:
                if run.in_transaction:
                    run.execute("ROLLBACK")

    @contextmanager
    def _guarded(self) -> Iterator[sqlite3.Connection]:
        """One thread at a time; stop at the first error of the disk or the state."""
        with self._lock:
            if self._broken is not None:
                raise Broken(f"the witness stopped: {self._broken}")
            try:
                yield self._connection
            except Broken as broken:
                self._broken = str(broken)
                raise
            except sqlite3.Error as failure:
                if getattr(failure, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                    raise TimeoutError(
                        "another process holds the witness's state; nothing was cosigned"
                    ) from None
                self._broken = f"its state cannot be written: {failure}"
                raise Broken(f"the witness stopped: {self._broken}") from failure


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = FULL",  # NORMAL would let a cosignature be forgotten that somebody already holds
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection
