"""The ledger: read what matters to a question, append unless something that matters came first.

One transaction holds the facts, their tags, the sealed fields, the finished tiles, the right edge and the
signed checkpoint, so a checkpoint never covers what is not stored. Facts are signed and sealed before, by whoever
sends them (``admit``); submissions that wait at the same time share a transaction, and each has its own conflict
check, against all that went before it.

Several processes may append to one database. Each verifies, before it signs, that the tree it finds
there continues the one it knew.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import tearline.facts.vocabulary  # noqa: F401  reading needs every kind declared
from tearline.facts.errors import Broken
from tearline.facts.fact import Fact
from tearline.facts.history import Draft, History, Question, Recorded, about
from tearline.facts.keys import KeyPurpose, NodeKeyIntroduced
from tearline.ledger import personal, sdjwt, sealing, store, strict, tiles
from tearline.ledger.batch import Appended, Batch, Signer, Submission, act_at
from tearline.ledger.check import Each, audit_record, check_record
from tearline.ledger.group import GroupCommit
from tearline.ledger.index import Index
from tearline.ledger.keys import NodeKeys
from tearline.ledger.note import Checkpoint, Vkey, open_checkpoint, sign_checkpoint
from tearline.ledger.payload import instant
from tearline.ledger.prepared import Prepared, prepare
from tearline.ledger.proof import Proof
from tearline.ledger.reader import ALL, Opening, Reader, SealedParts
from tearline.ledger.rebuild import Stored, rebuild_index, restore_rows
from tearline.ledger.tree import (
    EMPTY_ROOT,
    HASH,
    WIDTH,
    Edge,
    consistency_proof,
    inclusion_proof,
    root_of,
    verify_consistency,
)
from tearline.ledger.wrapping import WrappingKey

Clock = Callable[[], datetime]

LARGEST_GROUP = 256
INTRODUCED = about(kinds=(NodeKeyIntroduced,))
BEGINNING = instant(datetime.min.replace(tzinfo=UTC))


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
        """Open what ``make`` made. ``url`` is ``sqlite:///FILE`` or ``postgresql+psycopg://...``.

        Malformed when there is no ledger of our revision; Broken when its checkpoint, its facts or its
        sealed fields belong to other keys, or the stored tree does not add up.
        """
        self._url = url
        self._keys = keys
        self._clock = clock
        self._index = Index()
        self._edge = Edge()
        self._note = ""
        self._last = ""
        self._fact_keys: list[str] = []
        self._broken: str | None = None
        self._group = GroupCommit(self._commit, LARGEST_GROUP)
        self._store = store.Store(url)
        try:
            with self._guarded():
                self._store.check_version()
                with self._store.reading() as run:
                    # Which wrapping key is in use the head says, also when its replacement was cut off half-way.
                    self._keys = keys.at(run.head().epoch)
                    self._signer = Signer(self._keys)
                    self._reader = Reader(AESGCM(self._keys.master), self._index)
                    self._catch_up(run, run.head())
                    self._check_keys(run)
        except BaseException:
            self.close()
            raise

    @classmethod
    def make(cls, url: str, keys: NodeKeys, clock: Clock) -> "Ledger":
        """Make an empty ledger, with a signed checkpoint that says so, and open it."""
        note = sign_checkpoint(Checkpoint(keys.origin, 0, EMPTY_ROOT), keys.log)
        new = store.Store(url)
        try:
            new.make(BEGINNING, note, keys.epoch)
        finally:
            new.close()
        return cls(url, keys, clock)

    def again(self) -> "Ledger":
        """The same ledger opened anew, with the wrapping key that is in use now."""
        return Ledger(self._url, self._keys, self._clock)

    def close(self) -> None:
        """Give back the database's files. Nothing is lost by not calling it."""
        self._store.close()

    @property
    def keys(self) -> NodeKeys:
        """With which this ledger signs and seals."""
        return self._keys

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

    def read_since(
        self,
        question: Question,
        position: int,
        *,
        until: int | None = None,
        opening: Opening = frozenset(),
    ) -> History:
        """The facts from this position on that match, and the position reached, to carry a fold on.

        With ``until`` only those before that position: a long record is read in stretches.
        """
        with self._guarded(), self._store.reading() as run:
            return self._reader.since(run, question, opening, position, until)

    def at(self, positions: Sequence[int], *, opening: Opening = frozenset()) -> tuple[Recorded[Fact], ...]:
        """The facts at these positions, each once and in this order. IndexError when one is not there yet."""
        with self._guarded(), self._store.statements() as run:
            reached = run.reached()
            if positions and not 0 <= min(positions) <= max(positions) < reached.size:
                raise IndexError(f"the ledger has no entries {min(positions)} to {max(positions)}")
            return self._reader.facts(run, positions, opening, reached.purges)

    def page(
        self, question: Question | None, position: int, most: int, *, opening: Opening = frozenset()
    ) -> History:
        """The first ``most`` facts from this position on that match, all of them with None; for pages of a long record.

        The position reached is one from which the rest follows; the ledger's size when there is no more.
        """
        with self._guarded(), self._store.statements() as run:
            return self._reader.page(run, question, position, most, opening)

    def prepare(self, drafts: Sequence[Draft], *, after: int) -> Prepared:
        """These facts as they will be signed, with their salts made, so that a person can sign them first."""
        return prepare(drafts, after)

    def append(
        self,
        drafts: Sequence[Draft] | Prepared,
        *,
        unless: Question | None,
        after: int,
        key: str,
        purging: Collection[int] = (),
        signed: Sequence[Mapping[str, Any]] | None = None,
        successor: NodeKeys | None = None,
    ) -> Appended:
        """Record all of these facts, or none. On the disk when it returns.

        Conflict when a fact at or beyond position ``after`` matches ``unless``. A second submission under
        the same ``key`` gets the first one's answer if the facts are the same, else Refused. Malformed
        when a fact is larger than 16 KiB without its sealed fields. The sealed fields of the entries in
        ``purging`` are destroyed in the same transaction; Conflict when one has none left. ``signed`` are
        the personal signatures, one claim for each fact. With ``successor`` these facts introduce the keys that
        take the place of ours: they sign the checkpoint over them, and everything after.
        """
        submission = self.admit(drafts, unless=unless, after=after, key=key, purging=purging, signed=signed)
        submission.successor = successor
        return self.record(submission)

    def admit(
        self,
        drafts: Sequence[Draft] | Prepared,
        *,
        unless: Question | None,
        after: int,
        key: str,
        purging: Collection[int] = (),
        signed: Sequence[Mapping[str, Any]] | None = None,
    ) -> Submission:
        """Sign and seal what ``append`` would record, without recording it: what needs no transaction."""
        prepared = drafts if isinstance(drafts, Prepared) else prepare(drafts, after)
        if not prepared.facts or not key or after < 0 or prepared.after != after:
            raise ValueError("a submission has facts, a key, and the position it was decided on")
        recorded_at = max(self._last, instant(self._clock()))
        act, signer = _act(key), self._signer
        rows = signer.rows(prepared, act, signed, recorded_at)
        return Submission(prepared, unless, act, signed, frozenset(purging), recorded_at, rows, signer)

    def record(self, submission: Submission) -> Appended:
        """Record what was admitted; raises what ``append`` raises. On the disk when it returns."""
        self._group.submit(submission)
        if isinstance(submission.outcome, Appended):
            return submission.outcome
        raise submission.outcome or AssertionError("a submission was neither recorded nor refused")

    def recall(self, key: str) -> Appended | None:
        """What was recorded under this key, or None. A key names one submission of its sender, for ever."""
        with self._guarded(), self._store.statements() as run:
            reached = run.reached()
            first = self._index.acts(run, [_act(key)], reached.size, reached.indexed).get(_act(key))
            if first is None:
                return None
            found = act_at(run, first)
            facts = self._reader.facts(run, found, frozenset(), reached.purges)
        return Appended(
            first=found.start,
            refs=tuple(r.ref for r in facts),
            recorded_at=facts[0].recorded_at,
            repeated=True,
        )

    def size(self) -> int:
        """The number of facts, which is the position that the next one will have."""
        return self._reached().size

    def purges(self) -> int:
        """How many facts were purged. What was remembered of opened facts at a lower count is to be forgotten."""
        return self._reached().purges

    def _reached(self) -> store.Reached:
        with self._guarded(), self._store.statements() as run:
            return run.reached()

    def epoch(self) -> int:
        """The epoch of the wrapping key under which the keys of sealed fields stand."""
        with self._guarded(), self._store.statements() as run:
            return run.head().epoch

    def checkpoint(self) -> str:
        """The latest signed checkpoint, a C2SP note."""
        with self._guarded(), self._store.statements() as run:
            return run.head().note

    def find(self, ref: str) -> int | None:
        """The position of the fact that bears this reference."""
        with self._guarded(), self._store.statements() as run:
            return self._index.ref(run, ref, run.reached().size)

    def entry(self, position: int, *, opening: Opening = frozenset()) -> Entry:
        """One fact with its exact bytes, blinding and leaf. IndexError when there is none."""
        with self._guarded(), self._store.statements() as run:
            reached = run.reached()
            leaf, blinding, jws = _stored_at(position, run, run.sql.entry, reached.size)
            (recorded,) = self._reader.facts(run, [position], opening, reached.purges)
        return Entry(recorded=recorded, leaf=leaf, blinding=blinding, jws=jws)

    def disclosures(self, position: int) -> dict[str, list[str]]:
        """By compartment, the SD-JWT disclosures of one fact; none when it has no sealed fields, or no longer."""
        with self._guarded(), self._store.statements() as run:
            jws, leaf, wrapped, content = _stored_at(position, run, run.sql.sealed_of, run.reached().size)
            parts = SealedParts.of(leaf, wrapped, content)
            return parts.disclosures(self._reader.master, sdjwt.payload_of(jws), ALL)

    def leaves(self, low: int, high: int) -> list[bytes]:
        """The 33-byte leaves of the entries from ``low`` to before ``high``."""
        with self._guarded(), self._store.statements() as run:
            return [leaf for (leaf,) in run.execute(run.sql.leaves, (low, high))]

    def tile(self, level: int, index: int, width: int = WIDTH) -> bytes:
        """The first ``width`` hashes of a tile, joined. IndexError when the tree has not grown that far."""
        with self._guarded(), self._store.reading() as run:
            there = tiles.width(run.reached().size, level, index) if level >= 0 and index >= 0 else 0
            if not 0 < width <= there:
                raise IndexError(f"the ledger has no tile {level}/{index} of width {width}")
            return store.tile_reader(run)(level, index)[: HASH * width]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the tree of ``new`` entries begins with that of ``old`` (RFC 6962 section 2.1.2)."""
        with self._guarded(), self._store.reading() as run:
            if not 0 <= old <= new <= run.reached().size:
                raise IndexError(f"the ledger has no trees of {old} and of {new} entries")
            return consistency_proof(store.tile_reader(run), old, new)

    def root(self, size: int) -> bytes:
        """The root over the first ``size`` entries. IndexError when there are fewer."""
        with self._guarded(), self._store.reading() as run:
            if not 0 <= size <= run.reached().size:
                raise IndexError(f"the ledger has no tree of {size} entries")
            return root_of(store.tile_reader(run), size)

    def prove(self, position: int, *, size: int | None = None, note: str | None = None) -> str:
        """A C2SP tlog-proof that the entry's leaf stands under a checkpoint: the latest, or ``note`` of ``size``.

        IndexError when there is no such entry.
        """
        with self._guarded(), self._store.reading() as run:
            head = run.head()
            if size is None or note is None:
                size, note = head.size, head.note
            if not 0 <= position < size <= head.size:
                raise IndexError(f"the ledger has no entry {position}")
            path = inclusion_proof(store.tile_reader(run), position, size)
        return str(Proof(index=position, path=tuple(path), checkpoint=note))

    def check(self, elsewhere: Collection[bytes] = (), *, each: Each | None = None) -> None:
        """Verify everything stored again, from the facts up. Broken names the first thing that is wrong.

        An older copy may lack sealed fields that were purged after it was made: ``elsewhere`` are the leaves that the
        second store names. ``each`` is given every fact in order, for whoever knows what facts mean.
        """
        with self._guarded(), self._store.reading() as run:
            check_record(run, self._keys, frozenset(elsewhere), each)

    def latest(self) -> datetime:
        """When the last fact was recorded, as far as this process knows: no fact is recorded at an earlier time."""
        return datetime.fromisoformat(self._last) if self._last else datetime.min.replace(tzinfo=UTC)

    def audit(self) -> int:
        """Hash every stored fact again, up to the root that the log key signed; how many there are.

        It opens no sealed field and verifies no signature but the checkpoint's, which covers all of them;
        ``check`` does, and takes twenty times as long.
        """
        with self._guarded(), self._store.reading() as run:
            return audit_record(run, self._keys)

    def rebuild(self) -> tuple[int, bool]:
        """Make the index of tags anew from the facts; how many postings it has, and whether it was right before."""
        with self._guarded(), self._store.writing() as run:
            run.locked_head()
            return rebuild_index(run)

    def rows(self, low: int, high: int) -> list[Stored]:
        """What is stored of the entries from ``low`` to before ``high``, for a backup: nothing in it is opened."""
        with self._guarded(), self._store.statements() as run:
            return [Stored._make(row) for row in run.execute(run.sql.rows, (low, high))]

    @classmethod
    def restore(cls, url: str, keys: NodeKeys, clock: Clock, rows: Iterable[Stored], note: str) -> "Ledger":
        """Make a ledger of what ``rows`` gave, and open it. Broken unless all of it adds up to ``note``.

        All in one transaction: on PostgreSQL nothing is left then, of SQLite a file that holds no ledger.
        """
        new = store.Store(url)
        empty = sign_checkpoint(Checkpoint(keys.origin, 0, EMPTY_ROOT), keys.log)
        try:
            new.make(BEGINNING, empty, keys.epoch, lambda run: restore_rows(run, rows, note, keys))
        finally:
            new.close()
        return cls(url, keys, clock)

    def rewrap(self, new: WrappingKey) -> int:
        """Wrap the key of every sealed fact under another wrapping key, all or none; how many there are.

        Nothing else changes. This ledger, and every process that has it open, goes on with the new key after
        a new start only.
        """
        master, count, low = AESGCM(new.key), 0, 0
        with self._guarded(), self._store.writing() as run:
            head = run.locked_head()
            if new.epoch <= head.epoch:
                raise ValueError(f"the wrapping key is of epoch {head.epoch} already")
            while rows := run.execute(run.sql.wrapped_since, (low,)).fetchall():
                run.many(
                    run.sql.rewrap,
                    [
                        (
                            sealing.rewrap(
                                self._reader.master, master, leaf, sealing.unpack(content), wrapped
                            ),
                            p,
                        )
                        for p, leaf, wrapped, content in rows
                    ],
                )
                count, low = count + len(rows), rows[-1][0] + 1
            run.execute(run.sql.set_epoch, (new.epoch,))
        return count

    def forget_deleted(self) -> None:
        """Leave nothing of what was purged in the database's write-ahead log (SQLite)."""
        with self._guarded():
            self._store.forget_deleted()

    def _commit(self, group: list[Submission]) -> None:
        """Record what may be recorded of a group, in one transaction, and settle every member."""
        if len(group) > 1 and any(one.successor for one in group):
            for one in group:
                try:
                    self._commit([one])
                except (Broken, TimeoutError) as failure:  # of this one's transaction, not of those before
                    one.outcome = failure
            return
        successor = group[0].successor
        with self._guarded():
            with self._store.writing() as run:
                head = run.locked_head()
                self._catch_up(run, head)
                if head.epoch != self._keys.epoch:
                    raise Broken("the wrapping key was replaced; start again with the one that is in use")
                batch = Batch(run, self._signer, self._reader, self._index, head)
                batch.take(group)
                signer = Signer(successor) if successor else self._signer
                edge, note = batch.write(self._edge, signer) if len(batch) else (self._edge, self._note)
            if successor and len(batch):
                self._keys, self._signer = successor, signer
                self._fact_keys.append(_public(successor))
            self._edge, self._note, self._last = edge, note, batch.last
            self._index.recent.learn(head.size, batch.names)
            batch.settle()

    def _catch_up(self, run: store.Run, head: store.Head) -> None:
        """Make sure that what is stored continues what we knew."""
        if head.note == self._note and head.size == self._edge.size:
            return
        partials = store.partials(run, head.size)
        edge = Edge.restore(head.size, partials)
        try:
            checkpoint = open_checkpoint(head.note, self._keys.vkey)
        except Broken as broken:
            raise Broken(f"{broken}; if the log key was replaced meanwhile, start again") from None
        if (checkpoint.size, checkpoint.root) != (head.size, edge.root()):
            raise Broken(f"the stored checkpoint of {checkpoint.size} entries does not fit the stored tree")
        if head.size < self._edge.size:
            raise Broken(f"the ledger went back from {self._edge.size} entries to {head.size}")
        path = consistency_proof(store.tile_reader(run), self._edge.size, head.size)
        verify_consistency(self._edge.size, self._edge.root(), head.size, edge.root(), path)
        self._check_fact_key(run, head)
        self._edge, self._note, self._last = edge, head.note, head.recorded_at

    def _check_fact_key(self, run: store.Run, head: store.Head) -> None:
        """Broken when what was stored since we last looked introduces another fact key than ours."""
        found = self._index.positions(run, INTRODUCED, self._edge.size, head.size, head.indexed)
        for recorded in self._reader.facts(run, found, frozenset(), head.purges):
            if isinstance(recorded.fact, NodeKeyIntroduced) and recorded.fact.purpose is KeyPurpose.FACT:
                self._fact_keys.append(recorded.fact.public_key)
        if self._fact_keys and self._fact_keys[-1] != _public(self._keys):
            raise Broken(
                "the fact key on record is another than ours; if it was replaced meanwhile, start again"
            )

    def _signer_of_latest(self, run: store.Run, head: store.Head) -> Ed25519PublicKey:
        """Our fact key, or the one before it when the latest fact is the one that introduces ours."""
        (latest,) = self._reader.facts(run, [head.size - 1], frozenset(), head.purges)
        match latest.fact:
            case NodeKeyIntroduced(purpose=KeyPurpose.FACT) if len(self._fact_keys) > 1:
                return personal.public_key(self._fact_keys[-2], "the latest fact")
        return self._keys.fact.public_key()

    def _check_keys(self, run: store.Run) -> None:
        """Broken when the latest fact was signed, or the latest sealed one sealed, by other keys than ours."""
        head = run.head()
        if head.epoch != self._keys.epoch:
            raise Broken(f"the wrapping key is of epoch {self._keys.epoch}, the ledger's of {head.epoch}")
        if head.size:
            (_, _, jws) = run.execute(run.sql.entry, (head.size - 1,)).fetchone()
            sdjwt.admit(jws, self._signer_of_latest(run, head), "the latest fact")
        sealed = run.execute(run.sql.last_sealed).fetchone()
        if sealed is not None:
            self._reader.facts(run, [sealed[0]], frozenset(), head.purges)

    def _was_rewrapped(self) -> bool:
        """Whether another process has replaced the wrapping key since this ledger was opened."""
        try:
            with self._store.statements() as run:
                return run.head().epoch != self._keys.epoch
        except Broken:
            return False
        except store.failures():
            return False

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Stop at the first proof or disk that fails; there is no way back but a new start."""
        if self._broken is not None:
            raise Broken(f"the ledger stopped: {self._broken}")
        try:
            yield
        except Broken as broken:
            self._broken = str(broken)
            if self._was_rewrapped():
                self._broken = "the wrapping key was replaced; start again with the one that is in use"
                raise Broken(self._broken) from broken
            raise
        except store.failures() as failure:
            error = getattr(failure, "orig", None) or failure
            if store.is_busy(error):
                raise TimeoutError("another process holds the ledger; nothing was recorded") from None
            self._broken = f"the database failed: {error}"
            raise Broken(f"the ledger stopped: {self._broken}") from failure


def _stored_at(position: int, run: store.Run, text: str, size: int) -> tuple[Any, ...]:
    """The row of an entry. IndexError when the ledger has not come so far, Broken when it has."""
    if not 0 <= position < size:
        raise IndexError(f"the ledger has no entry {position}")
    row: tuple[Any, ...] | None = run.execute(text, (position,)).fetchone()
    if row is None:
        raise Broken(f"entry {position}: missing")
    return row


def _act(key: str) -> str:
    """How a submission's key is kept and signed: hashed, because whoever chose it may have said too much in it."""
    return strict.to_base64url(hashlib.sha256(key.encode()).digest())


def _public(keys: NodeKeys) -> str:
    return strict.to_base64url(keys.fact.public_key().public_bytes_raw())
