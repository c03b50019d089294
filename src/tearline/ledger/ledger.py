"""The ledger: read what matters to a question, append unless something that matters came first.

One transaction holds the facts, their tags, the sealed fields, the finished tiles, the right edge and the
signed checkpoint, so a checkpoint never covers what is not stored. Submissions that wait at the same
time share a transaction; each has its own conflict check, against all that went before it.

Several processes may append to one database. Each verifies, before it signs, that the tree it finds
there continues the one it knew.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import tearline.facts.vocabulary  # noqa: F401  reading needs every kind declared
from tearline.facts.codec import encode
from tearline.facts.errors import Broken
from tearline.facts.fact import Fact
from tearline.facts.history import Draft, History, Question, Recorded
from tearline.ledger import sdjwt, store, strict
from tearline.ledger.batch import Appended, Batch, Signer, Submission
from tearline.ledger.check import check_record
from tearline.ledger.group import GroupCommit
from tearline.ledger.keys import NodeKeys
from tearline.ledger.note import Checkpoint, Vkey, open_checkpoint, sign_checkpoint
from tearline.ledger.payload import claims_of, instant
from tearline.ledger.proof import Proof
from tearline.ledger.reader import Opening, Reader
from tearline.ledger.tree import EMPTY_ROOT, Edge, consistency_proof, inclusion_proof, verify_consistency

Clock = Callable[[], datetime]

LARGEST_GROUP = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One fact with all that is needed to check it: its exact bytes, its blinding and its leaf."""

    recorded: Recorded[Fact]
    leaf: bytes
    blinding: bytes
    jws: bytes


class Ledger:
    """The ledger of one node, open for reading and appending from any number of threads.

    Every method raises ``Broken`` when a proof or the disk fails, and from then on always; and
    ``TimeoutError`` when another process holds the database for 30 seconds, with nothing recorded.
    """

    def __init__(self, url: str, keys: NodeKeys, clock: Clock) -> None:
        """Open what ``make`` made. ``url`` is ``sqlite:///`` and a path.

        Malformed when there is no ledger of our version; Broken when its checkpoint, its facts or its
        sealed fields belong to other keys, or the stored tree does not add up.
        """
        self._keys = keys
        self._clock = clock
        self._signer = Signer(keys)
        self._reader = Reader(AESGCM(keys.master))
        self._edge = Edge()
        self._note = ""
        self._broken: str | None = None
        self._group = GroupCommit(self._commit, LARGEST_GROUP)
        self._store = store.Store(url)
        with self._guarded():
            self._store.check_version()
            with self._store.reading() as run:
                self._catch_up(run)
                self._check_keys(run)

    @classmethod
    def make(cls, url: str, keys: NodeKeys, clock: Clock) -> "Ledger":
        """Make an empty ledger, with a signed checkpoint that says so, and open it."""
        note = sign_checkpoint(Checkpoint(keys.origin, 0, EMPTY_ROOT), keys.log)
        new = store.Store(url)
        new.make(instant(datetime.min.replace(tzinfo=UTC)), note)
        new.close()
        return cls(url, keys, clock)

    def close(self) -> None:
        """Give back the database's files. Nothing is lost by not calling it."""
        self._store.close()

    @property
    def vkey(self) -> Vkey:
        """By which others check this ledger's checkpoints."""
        return self._keys.vkey

    def read(self, question: Question, *, opening: Opening = frozenset()) -> History:
        """The facts that match any clause, in the ledger's order, and the position reached.

        Sealed fields outside the compartments of ``opening`` come back closed. Facts never change, so
        a question asked again costs only what was recorded since.
        """
        with self._guarded(), self._store.statements() as run:
            return self._reader.history(run, question, opening)

    def read_since(self, question: Question, position: int, *, opening: Opening = frozenset()) -> History:
        """The facts from this position on that match, and the position reached, to carry a fold on."""
        with self._guarded(), self._store.reading() as run:
            return self._reader.since(run, question, opening, position)

    def append(self, drafts: Sequence[Draft], *, unless: Question | None, after: int, key: str) -> Appended:
        """Record all of these facts, or none. On the disk when it returns.

        Conflict when a fact at or beyond position ``after`` matches ``unless``. A second submission under
        the same ``key`` gets the first one's answer if the facts are the same, else Refused. Malformed
        when a fact is larger than 16 KiB without its sealed fields.
        """
        if not drafts or not key or after < 0:
            raise ValueError("a submission has facts, a key, and the position it was decided on")
        submission = Submission([(encode(d.fact), claims_of(d)) for d in drafts], unless, after, _act(key))
        self._group.submit(submission)
        if isinstance(submission.outcome, Appended):
            return submission.outcome
        raise submission.outcome or AssertionError("a submission was neither recorded nor refused")

    def recall(self, key: str) -> Appended | None:
        """What was recorded under this key, or None. A key names one submission of its sender, for ever."""
        with self._guarded(), self._store.statements() as run:
            found = run.execute("SELECT first, count FROM acts WHERE act = ?", (_act(key),)).fetchone()
            if found is None:
                return None
            first, count = found
            facts = self._reader.facts(run, range(first, first + count), frozenset())
        return Appended(
            first=first, refs=tuple(r.ref for r in facts), recorded_at=facts[0].recorded_at, repeated=True
        )

    def size(self) -> int:
        """The number of facts, which is the position that the next one will have."""
        with self._guarded(), self._store.statements() as run:
            return store.size(run)

    def checkpoint(self) -> str:
        """The latest signed checkpoint, a C2SP note."""
        with self._guarded(), self._store.statements() as run:
            return store.head(run)[2]

    def find(self, ref: str) -> int | None:
        """The position of the fact that bears this reference."""
        with self._guarded(), self._store.statements() as run:
            row = run.execute("SELECT position FROM entries WHERE ref = ?", (ref,)).fetchone()
            return None if row is None else int(row[0])

    def entry(self, position: int, *, opening: Opening = frozenset()) -> Entry:
        """One fact with its exact bytes, blinding and leaf. IndexError when there is none."""
        with self._guarded(), self._store.statements() as run:
            stored = run.execute(
                "SELECT leaf, blinding, jws FROM entries WHERE position = ?", (position,)
            ).fetchone()
            if stored is None:
                raise IndexError(f"the ledger has no entry {position}")
            (recorded,) = self._reader.facts(run, [position], opening)
        leaf, blinding, jws = stored
        return Entry(recorded=recorded, leaf=leaf, blinding=blinding, jws=jws)

    def prove(self, position: int) -> str:
        """A C2SP tlog-proof that the entry's leaf stands under the latest checkpoint. IndexError: no entry."""
        with self._guarded(), self._store.reading() as run:
            size, _, note = store.head(run)
            if not 0 <= position < size:
                raise IndexError(f"the ledger has no entry {position}")
            read = store.tile_reader(run, store.partials(run, size))
            path = inclusion_proof(read, position, size)
        return str(Proof(index=position, path=tuple(path), checkpoint=note))

    def check(self) -> None:
        """Verify everything stored again, from the facts up. Broken names the first thing that is wrong."""
        with self._guarded(), self._store.reading() as run:
            check_record(run, self._keys)

    def _commit(self, group: list[Submission]) -> None:
        """Record what may be recorded of a group, in one transaction, and settle every member."""
        with self._guarded():
            with self._store.writing() as run:
                size, last = self._catch_up(run)
                recorded_at = max(last, instant(self._clock()))
                batch = Batch(run, self._signer, self._reader, size, recorded_at)
                batch.take(group)
                edge, note = batch.write(self._edge) if len(batch) else (self._edge, self._note)
            self._edge, self._note = edge, note
            batch.settle()

    def _catch_up(self, run: store.Cursor) -> tuple[int, str]:
        """Size and last time of what is stored, after making sure that it continues what we knew."""
        size, last, note = store.head(run)
        if note == self._note and size == self._edge.size:
            return size, last
        partials = store.partials(run, size)
        edge = Edge.restore(size, partials)
        checkpoint = open_checkpoint(note, self._keys.vkey)
        if (checkpoint.size, checkpoint.root) != (size, edge.root()):
            raise Broken(f"the stored checkpoint of {checkpoint.size} entries does not fit the stored tree")
        if size < self._edge.size:
            raise Broken(f"the ledger went back from {self._edge.size} entries to {size}")
        path = consistency_proof(store.tile_reader(run, partials), self._edge.size, size)
        verify_consistency(self._edge.size, self._edge.root(), size, edge.root(), path)
        self._edge, self._note = edge, note
        return size, last

    def _check_keys(self, run: store.Cursor) -> None:
        """Broken when the latest fact was signed, or the latest sealed one sealed, by other keys than ours."""
        latest = run.execute("SELECT jws FROM entries ORDER BY position DESC LIMIT 1").fetchone()
        if latest is not None:
            sdjwt.admit(latest[0], self._keys.fact.public_key(), "the latest fact")
        sealed = run.execute("SELECT position FROM keys ORDER BY position DESC LIMIT 1").fetchone()
        if sealed is not None:
            self._reader.facts(run, [sealed[0]], frozenset())

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Stop at the first proof or disk that fails; there is no way back but a new start."""
        if self._broken is not None:
            raise Broken(f"the ledger stopped: {self._broken}")
        try:
            yield
        except Broken as broken:
            self._broken = str(broken)
            raise
        except (sqlite3.Error, sa.exc.DBAPIError) as failure:
            error = failure.orig or failure if isinstance(failure, sa.exc.DBAPIError) else failure
            if store.is_busy(error):
                raise TimeoutError("another process holds the ledger; nothing was recorded") from None
            self._broken = f"the database failed: {error}"
            raise Broken(f"the ledger stopped: {self._broken}") from failure


def _act(key: str) -> str:
    """How a submission's key is kept and signed: hashed, because whoever chose it may have said too much in it."""
    return strict.to_base64url(hashlib.sha256(key.encode()).digest())
