"""What one transaction records: submissions admitted one after the other, signed, and written together.

Each submission is settled against everything before it: what is stored, and what the same transaction
already took. One that is refused leaves no trace and hinders no other.
"""

import os
from base64 import b32encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tearline.facts.codec import Encoded, encode
from tearline.facts.errors import Conflict, Malformed, Refused
from tearline.facts.fact import Compartment
from tearline.facts.history import Draft, Question
from tearline.facts.words import Words
from tearline.ledger import sdjwt, sealing, store
from tearline.ledger.entry import BLINDING, leaf_of
from tearline.ledger.keys import NodeKeys
from tearline.ledger.note import Checkpoint, sign_checkpoint
from tearline.ledger.payload import claims_of, content_of
from tearline.ledger.reader import Reader
from tearline.ledger.tree import Edge, leaf_hash

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


@dataclass(slots=True)
class Submission:
    """What one caller of ``append`` waits for: each fact with what is signed beside it."""

    drafts: list[tuple[Encoded, dict[str, Any]]]
    unless: Question | None
    after: int
    act: str
    outcome: Appended | Conflict | Refused | Malformed | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A signed fact with its sealed fields, ready for the tables."""

    encoded: Encoded
    ref: str
    leaf: bytes
    blinding: bytes
    jws: bytes
    wrapped: bytes | None
    sealed: Mapping[str, bytes]


class Signer:
    """Makes rows of facts, and checkpoints over them, with the node's keys."""

    def __init__(self, keys: NodeKeys) -> None:
        self._origin = keys.origin
        self._log = keys.log
        self._issuer = sdjwt.Issuer(keys.fact)
        self._master = AESGCM(keys.master)

    def sign(
        self, encoded: Encoded, claims: Mapping[str, Any], recorded_at: str, submission: Submission
    ) -> Row:
        """One fact: signed, blinded, sealed. Malformed when it is too large."""
        ref = b32encode(os.urandom(10)).decode("ascii").lower()
        issued = self._issuer.issue(
            {
                "iss": self._origin,
                "kind": encoded.kind,
                "ref": ref,
                "recorded_at": recorded_at,
                **claims,
                "after": submission.after,
                "act": submission.act,
            },
            encoded.clear,
            encoded.sealed,
        )
        blinding = os.urandom(BLINDING)
        leaf = leaf_of(blinding, issued.jws)
        if not issued.disclosures:
            return Row(encoded, ref, leaf, blinding, issued.jws, None, {})
        parts = {name: "~".join(made).encode("ascii") for name, made in issued.disclosures.items()}
        wrapped, sealed = sealing.seal(self._master, leaf, parts)
        return Row(encoded, ref, leaf, blinding, issued.jws, wrapped, sealed)

    def checkpoint(self, edge: Edge) -> str:
        """The signed checkpoint over a tree that is about to be committed."""
        return sign_checkpoint(Checkpoint(self._origin, edge.size, edge.root()), self._log)


class Batch:
    """The facts of one write transaction, which begins at position ``first``."""

    def __init__(
        self, run: store.Cursor, signer: Signer, reader: Reader, first: int, recorded_at: str
    ) -> None:
        self._run = run
        self._signer = signer
        self._reader = reader
        self._first = first
        self._recorded_at = recorded_at
        self._rows: list[Row] = []
        self._tags: set[str] = set()
        self._admitted: list[tuple[Submission, Appended]] = []

    def take(self, group: Sequence[Submission]) -> None:
        """Admit what may be recorded; what may not has its refusal as outcome."""
        earlier = self._earlier(group)
        for submission in group:
            try:
                self._admit(submission, earlier)
            except (Conflict, Refused, Malformed) as refused:
                submission.outcome = refused

    def settle(self) -> None:
        """Tell the admitted ones where they stand. To be called when they stand there durably."""
        for submission, appended in self._admitted:
            submission.outcome = appended

    def _admit(self, submission: Submission, earlier: Mapping[str, tuple[int, int]]) -> None:
        for other, appended in self._admitted:
            if other.act == submission.act:
                self._repeat(submission, content_of(other.drafts), appended)
                return
        if submission.act in earlier:
            self._repeat(submission, *self._stored(*earlier[submission.act]))
            return
        self._check_conflict(submission)
        rows = [self._signer.sign(*draft, self._recorded_at, submission) for draft in submission.drafts]
        appended = Appended(
            first=self._first + len(self._rows),
            refs=tuple(row.ref for row in rows),
            recorded_at=datetime.fromisoformat(self._recorded_at),
        )
        self._rows += rows
        self._tags.update(*(row.encoded.tags for row in rows))
        self._admitted.append((submission, appended))

    def _check_conflict(self, submission: Submission) -> None:
        unless, after = submission.unless, submission.after
        if after > self._first + len(self._rows):
            raise Conflict(f"decided on position {after}, which the ledger has not reached")
        if unless is None:
            return
        stored = after < self._first and store.positions(self._run, unless, after, self._first, most=1)
        if stored or self._matches(unless, after):
            raise Conflict(f"a fact that matters was recorded after position {after}")

    def _matches(self, unless: Question, after: int) -> bool:
        """Whether a fact of this batch matters. Most questions share no tag with it, which is soon seen."""
        if not any(clause.tags <= self._tags for clause in unless.clauses):
            return False
        since = self._rows[max(0, after - self._first) :]
        return any(unless.matches(row.encoded.kind, row.encoded.tags) for row in since)

    def _repeat(self, submission: Submission, content: str, first: Appended) -> None:
        if content_of(submission.drafts) != content:
            raise Refused("submitted-once", KEY_REUSED)
        again = Appended(first=first.first, refs=first.refs, recorded_at=first.recorded_at, repeated=True)
        self._admitted.append((submission, again))

    def _earlier(self, group: Sequence[Submission]) -> dict[str, tuple[int, int]]:
        """Of this group's acts, those that are recorded: their first position and their number of facts."""
        acts = tuple(submission.act for submission in group)
        found = self._run.execute(
            f"SELECT act, first, count FROM acts WHERE act IN ({store.marks(len(acts))})",  # noqa: S608  placeholders only
            acts,
        )
        return {act: (first, count) for act, first, count in found}

    def _stored(self, first: int, count: int) -> tuple[str, Appended]:
        """What an earlier submission recorded, opened in order to be compared.

        A digest kept beside its key would be simpler, and would let sealed fields be guessed.
        """
        facts = self._reader.facts(self._run, range(first, first + count), frozenset(Compartment))
        drafts = [
            Draft(fact=r.fact, happened_at=r.happened_at, by=r.by, precision=r.precision, told=r.told)
            for r in facts
        ]
        appended = Appended(first=first, refs=tuple(r.ref for r in facts), recorded_at=facts[0].recorded_at)
        return content_of([(encode(d.fact), claims_of(d)) for d in drafts]), appended

    def write(self, old: Edge) -> tuple[Edge, str]:
        """Put the rows into the tables, with the tree and the checkpoint that cover them."""
        if not self._rows:
            raise ValueError("a batch without facts has no checkpoint")
        edge, finished = old.grow(leaf_hash(row.leaf) for row in self._rows)
        note = self._signer.checkpoint(edge)
        rows = list(enumerate(self._rows, self._first))
        many = self._run.executemany
        many(
            "INSERT INTO entries (position, ref, leaf, blinding, jws) VALUES (?, ?, ?, ?, ?)",
            [(position, row.ref, row.leaf, row.blinding, row.jws) for position, row in rows],
        )
        many(
            "INSERT INTO tags (tag, kind, position) VALUES (?, ?, ?)",
            [(tag, row.encoded.kind, p) for p, row in rows for tag in ("", *row.encoded.tags)],
        )
        many(
            "INSERT INTO keys (position, wrapped) VALUES (?, ?)",
            [(position, row.wrapped) for position, row in rows if row.wrapped],
        )
        many(
            "INSERT INTO sealed (position, compartment, ciphertext) VALUES (?, ?, ?)",
            [(p, compartment, text) for p, row in rows for compartment, text in row.sealed.items()],
        )
        many(
            "INSERT INTO acts (act, first, count) VALUES (?, ?, ?)",
            [(s.act, a.first, len(a.refs)) for s, a in self._admitted if not a.repeated],
        )
        many(
            "INSERT INTO tiles (level, number, hashes) VALUES (?, ?, ?)",
            [(tile.level, tile.index, tile.hashes) for tile in finished],
        )
        many(
            "INSERT INTO edge (level, hashes) VALUES (?, ?)"
            " ON CONFLICT (level) DO UPDATE SET hashes = excluded.hashes",
            [
                (level, hashes)
                for level, hashes in enumerate(edge.partials)
                if level > 0 and old.partials[level : level + 1] != (hashes,)
            ],
        )
        self._run.execute(
            "UPDATE head SET size = ?, recorded_at = ?, note = ?", (edge.size, self._recorded_at, note)
        )
        return edge, note

    def __len__(self) -> int:
        return len(self._rows)
