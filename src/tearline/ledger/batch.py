"""What one transaction records: submissions, signed before they came, settled one after the other and written together.

Each submission is settled against everything before it: what is stored, and what the same transaction
already took. One that is refused leaves no trace and hinders no other.

A fact is signed with the time at which it came. One that came before the last that was recorded, and is recorded
after it, is signed again with that one's time: the ledger's times never go back. So is one that was signed with a
key that another has replaced meanwhile.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tearline.facts.errors import Broken, Conflict, Malformed, Refused
from tearline.facts.fact import Compartment
from tearline.facts.history import Draft, Question
from tearline.facts.words import Words
from tearline.ledger import sdjwt, sealing, store
from tearline.ledger.entry import BLINDING, leaf_of
from tearline.ledger.index import FLUSH, Index, Names, matcher, postings
from tearline.ledger.keys import NodeKeys
from tearline.ledger.note import Checkpoint, Signature
from tearline.ledger.payload import content_of, new_ref
from tearline.ledger.prepared import Prepared, PreparedFact, prepare
from tearline.ledger.reader import Reader
from tearline.ledger.tree import Edge, leaf_hash

REF_RANDOM = 6
"""Random bytes of a reference, beside its millisecond."""

PURGED = "Purged"
"""The kind of fact that names, in its field ``refs``, the facts whose sealed fields are destroyed with it."""

KEY_REUSED = Words(
    "this submission's key was used before for another content; nothing was recorded",
    "la clave de este envío ya se usó para otro contenido; no se registró nada",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """Where a submission's facts stand. ``repeated``: they stood there already, under the same key."""

    first: int
    refs: tuple[str, ...]
    recorded_at: datetime
    repeated: bool = False

    @property
    def position(self) -> int:
        """The size of the ledger right after these facts."""
        return self.first + len(self.refs)


@dataclass(frozen=True, slots=True)
class Row:
    """A signed fact with its sealed fields, ready for the tables."""

    names: Names
    leaf: bytes
    blinding: bytes
    jws: bytes
    wrapped: bytes = b""
    content: bytes = field(default=b"", repr=False)


@dataclass(slots=True)
class Submission:
    """What one caller waits for: its facts, signed at ``recorded_at``, and on which condition they are recorded."""

    prepared: Prepared
    unless: Question | None
    act: str
    signed: Sequence[Mapping[str, Any]] | None
    purging: frozenset[int]
    recorded_at: str
    rows: list[Row]
    signer: "Signer"
    successor: NodeKeys | None = None
    outcome: Appended | Conflict | Refused | Malformed | Broken | TimeoutError | None = None


class Signer:
    """Makes rows of facts, and checkpoints over them, with the node's keys."""

    def __init__(self, keys: NodeKeys) -> None:
        self._origin = keys.origin
        self._log = keys.log
        self._key_id = keys.vkey.key_id
        self._issuer = sdjwt.Issuer(keys.fact)
        self.master = AESGCM(keys.master)

    def rows(
        self, prepared: Prepared, act: str, signed: Sequence[Mapping[str, Any]] | None, recorded_at: str
    ) -> list[Row]:
        """The facts of one submission: signed, blinded, sealed. Malformed when one is too large."""
        claims = signed or [{}] * len(prepared.facts)
        return [
            self._row(fact, prepared.after, act, {"signed": claim} if claim else {}, recorded_at)
            for fact, claim in zip(prepared.facts, claims, strict=True)
        ]

    def _row(
        self, fact: PreparedFact, after: int, act: str, signed: Mapping[str, Any], recorded_at: str
    ) -> Row:
        encoded = fact.encoded
        random = os.urandom(REF_RANDOM + BLINDING)
        ref, blinding = new_ref(recorded_at, random[:REF_RANDOM]), random[REF_RANDOM:]
        claims = {
            "iss": self._origin,
            "kind": encoded.kind,
            "ref": ref,
            "recorded_at": recorded_at,
            **fact.claims,
            "after": after,
            "act": act,
            **signed,
        }
        jws = self._issuer.issue(claims, fact.fact)
        leaf = leaf_of(blinding, jws)
        names = Names(encoded.kind, ref, act, encoded.tags)
        if not fact.hidden.disclosures:
            return Row(names, leaf, blinding, jws)
        parts = {name: "~".join(made).encode("ascii") for name, made in fact.hidden.disclosures.items()}
        wrapped, sealed = sealing.seal(self.master, leaf, parts)
        return Row(names, leaf, blinding, jws, wrapped, sealing.pack(sealed))

    def checkpoint(self, edge: Edge) -> str:
        """The signed checkpoint over a tree that is about to be committed."""
        text = Checkpoint(self._origin, edge.size, edge.root()).text()
        return f"{text}\n{Signature(self._origin, self._key_id, self._log.sign(text.encode()))}"


class Batch:
    """The facts of one write transaction over what stands at ``head``."""

    def __init__(
        self, run: store.Run, signer: Signer, reader: Reader, index: Index, head: store.Head
    ) -> None:
        self._run = run
        self._signer = signer
        self._reader = reader
        self._index = index
        self._head = head
        self.last = head.recorded_at
        self._rows: list[Row] = []
        self._tags: set[str] = {""}
        self._purging: set[int] = set()
        self._admitted: dict[str, tuple[Submission, Appended]] = {}
        self._repeated: list[tuple[Submission, Appended]] = []

    def take(self, group: Sequence[Submission]) -> None:
        """Admit what may be recorded, in the order in which it came; what may not has its refusal as outcome."""
        head = self._head
        earlier = self._index.acts(self._run, [one.act for one in group], head.size, head.indexed)
        for submission in sorted(group, key=lambda one: one.recorded_at):
            try:
                self._admit(submission, earlier)
            except (Conflict, Refused, Malformed) as refused:
                submission.outcome = refused

    def settle(self) -> None:
        """Tell the admitted ones where they stand. To be called when they stand there durably."""
        for submission, appended in (*self._admitted.values(), *self._repeated):
            submission.outcome = appended

    @property
    def names(self) -> list[Names]:
        """By what the new facts are found."""
        return [row.names for row in self._rows]

    def _admit(self, submission: Submission, earlier: Mapping[str, int]) -> None:
        if (twin := self._admitted.get(submission.act)) is not None:
            other, appended = twin
            self._repeat(submission, _content(other.prepared), appended)
            return
        if submission.act in earlier:
            self._repeat(submission, *self._stored(act_at(self._run, earlier[submission.act])))
            return
        self._check_conflict(submission)
        self._check_purging(submission)
        if submission.recorded_at < self.last or submission.signer is not self._signer:
            submission.recorded_at = max(submission.recorded_at, self.last)
            submission.rows = self._signer.rows(
                submission.prepared, submission.act, submission.signed, submission.recorded_at
            )
        self.last = submission.recorded_at
        appended = Appended(
            first=self._head.size + len(self._rows),
            refs=tuple(row.names.ref for row in submission.rows),
            recorded_at=datetime.fromisoformat(submission.recorded_at),
        )
        self._rows += submission.rows
        self._tags.update(*(row.names.tags for row in submission.rows))
        self._purging |= submission.purging
        self._admitted[submission.act] = (submission, appended)

    def _check_conflict(self, submission: Submission) -> None:
        unless, after, first = submission.unless, submission.prepared.after, self._head.size
        if after > first + len(self._rows):
            raise Conflict(f"decided on position {after}, which the ledger has not reached")
        if unless is None:
            return
        stored = after < first and self._index.positions(self._run, unless, after, first, self._head.indexed)
        if stored or self._matches(unless, after):
            raise Conflict(f"a fact that matters was recorded after position {after}")

    def _matches(self, unless: Question, after: int) -> bool:
        """Whether a fact of this batch matters. Most questions share no tag with it, which is soon seen."""
        if not self._rows or not any(clause.tags <= self._tags for clause in unless.clauses):
            return False
        since = self._rows[max(0, after - self._head.size) :]
        matches = matcher(unless)
        return any(matches(row.names.kind, row.names.tags) for row in since)

    def _check_purging(self, submission: Submission) -> None:
        """Nothing is destroyed but what a fact of this very submission says was purged, and all of that is."""
        named = {
            ref
            for one in submission.prepared.facts
            if one.encoded.kind == PURGED
            for ref in one.fact["refs"]  # type: ignore[union-attr]  # a list, as it is declared
        }
        refs = set()
        for position in submission.purging:
            stored = 0 <= position < self._head.size
            row = stored and self._run.execute(self._run.sql.sealed_of, (position,)).fetchone()
            if not row or not row[2] or position in self._purging:
                raise Conflict(f"entry {position} has no sealed fields that could be destroyed")
            refs.add(self._run.execute(self._run.sql.ref_of, (position,)).fetchone()[0])
        if refs != named:
            raise Malformed(
                "purge", "refs", "the facts whose sealed fields are destroyed with it, and no others"
            )

    def _repeat(self, submission: Submission, content: str, first: Appended) -> None:
        if _content(submission.prepared) != content:
            raise Refused("submitted-once", KEY_REUSED)
        again = Appended(first=first.first, refs=first.refs, recorded_at=first.recorded_at, repeated=True)
        self._repeated.append((submission, again))

    def _stored(self, positions: range) -> tuple[str, Appended]:
        """What an earlier submission recorded, opened in order to be compared.

        A digest kept beside its key would be simpler, and would let sealed fields be guessed. What was purged
        can no longer be compared, and is then refused like another content.
        """
        facts = self._reader.facts(self._run, positions, frozenset(Compartment), self._head.purges)
        drafts = [
            Draft(fact=r.fact, happened_at=r.happened_at, by=r.by, precision=r.precision, told=r.told)
            for r in facts
        ]
        appended = Appended(
            first=positions.start, refs=tuple(r.ref for r in facts), recorded_at=facts[0].recorded_at
        )
        try:
            return _content(prepare(drafts, 0)), appended
        except TypeError:  # purged
            return "", appended

    def write(self, old: Edge, signer: Signer) -> tuple[Edge, str]:
        """Put the rows into the tables, with the tree that covers them and the checkpoint that ``signer`` signs."""
        if not self._rows:
            raise ValueError("a batch without facts has no checkpoint")
        run, sql, first = self._run, self._run.sql, self._head.size
        rows = list(enumerate(self._rows, first))
        run.many(
            sql.add_entry,
            [
                (p, n.kind, n.ref, n.act, n.stored_tags, r.leaf, r.blinding, r.jws)
                for p, r in rows
                for n in (r.names,)
            ],
        )
        run.many(sql.add_sealed, [(p, row.wrapped, row.content) for p, row in rows if row.wrapped])
        for position in sorted(self._purging):
            if run.execute(sql.empty_sealed, (b"", b"", position)).rowcount != 1:
                raise Broken(f"entry {position}: its sealed fields were gone before they were purged")
        edge, finished = old.grow(self._stored_again(first, len(rows)))
        note = signer.checkpoint(edge)
        run.many(sql.add_tile, [(tile.level, tile.index, tile.hashes) for tile in finished])
        for level, hashes in enumerate(edge.partials):
            if level > 0 and old.partials[level : level + 1] != (hashes,):
                run.execute(sql.drop_edge, (level,))
                run.execute(sql.add_edge, (level, hashes))
        indexed = self._extend_index(edge.size)
        run.execute(sql.move_head, (edge.size, self.last, note, indexed, len(self._purging)))
        return edge, note

    def _stored_again(self, first: int, count: int) -> list[bytes]:
        """The leaf hashes of what now stands in the tables, hashed again from the facts, to be signed over."""
        found: list[bytes] = []
        for leaf, blinding, jws in self._run.execute(self._run.sql.stored, (first, first + count)):
            if leaf_of(blinding, jws) != leaf:
                raise Broken(f"entry {first + len(found)}: was not stored as it was signed")
            found.append(leaf_hash(leaf))
        if len(found) != count:
            raise Broken(f"{len(found)} facts were stored where {count} were to be")
        return found

    def _extend_index(self, size: int) -> int:
        """Bring the table of postings up to ``size`` when enough has come together."""
        indexed = self._head.indexed
        if size - indexed < FLUSH:
            return indexed
        recent = self._index.recent
        recent.reach(self._run, self._head.size, indexed)
        facts, before = recent.since(indexed)
        self._run.many(self._run.sql.add_posting, postings(indexed, [*facts, *self.names], before))
        return size

    def __len__(self) -> int:
        return len(self._rows)


def _content(prepared: Prepared) -> str:
    return content_of([(fact.encoded, fact.claims) for fact in prepared.facts])


def act_at(run: store.Run, first: int) -> range:
    """The positions of the submission that begins here."""
    (act,) = run.execute(run.sql.act_of, (first,)).fetchone()
    end = first + 1
    while (row := run.execute(run.sql.act_of, (end,)).fetchone()) is not None and row[0] == act:
        end += 1
    return range(first, end)
