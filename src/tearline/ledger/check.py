"""Everything verified again, from the facts up. Slow on purpose, and sharing little with what wrote it.

1. Each fact: admitted strictly, signed by the fact key of its time, of this origin, and by the person whom it
   binds if they have a key; its leaf commits to its bytes.
2. Its sealed fields all open, each is committed to, and none is missing. Only those of facts that a recorded
   purge names are gone, and these all are.
3. Its kind, reference, submission and tags in the table are those that follow from it.
4. Times never go back, and no fact was decided on a position that was not yet reached.
5. Each submission stands in one piece, and what a person signed stands there once, whole and in its order.
6. The tree over all leaves has these tiles, this edge and this root, and the log key signed them.
7. The index has a posting for each tag of each fact that it covers, and no other.
8. Nothing else is in the tables.

``audit_record`` does 6 and, of 1, that the leaf commits to the fact: enough to find any turned bit in a fact, and
twenty times as fast.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tearline.facts.codec import encode, tags_of
from tearline.facts.errors import Broken, Malformed
from tearline.facts.fact import Compartment, Fact
from tearline.facts.history import Recorded
from tearline.facts.keys import KeyPurpose, NodeKeyIntroduced
from tearline.ledger import sdjwt, store
from tearline.ledger.entry import BLINDING, leaf_of
from tearline.ledger.index import REF_TIME, STRETCH, Names, postings
from tearline.ledger.keyring import Keyring
from tearline.ledger.keys import NodeKeys
from tearline.ledger.note import Note, open_checkpoint
from tearline.ledger.payload import instant, new_ref, recorded_of
from tearline.ledger.personal import CLAIM, Claimed, check_act, parse
from tearline.ledger.reader import ALL, SealedParts
from tearline.ledger.rebuild import Stored
from tearline.ledger.tree import Edge, Tile, leaf_hash

MOST_AT_ONCE = 1000
Each = Callable[[Recorded[Fact]], None]
"""Whoever knows what facts mean looks at each; the ledger does not."""
PURGED = "Purged"
"""The kind of fact that names, in its field ``refs``, the facts whose sealed fields it destroyed."""


def check_record(
    run: store.Run, keys: NodeKeys, elsewhere: frozenset[bytes] = frozenset(), each: Each | None = None
) -> None:
    """Broken with the place, when anything stored is not what it must be.

    ``elsewhere``: the leaves of entries that may have been purged by facts which this copy does not have. ``each`` is
    given every fact that was found right, in order, with its sealed fields open where they are not purged.
    """
    try:
        _Check(run, keys, elsewhere, each).all()
    except Malformed as wrong:
        raise Broken(str(wrong)) from wrong
    except (LookupError, TypeError, ValueError) as wrong:
        raise Broken(f"a signed fact that this version cannot read ({wrong!r})") from wrong


def audit_record(run: store.Run, keys: NodeKeys) -> int:
    """Hash all facts again and compare leaves, tiles, edge and signed root. Broken with the place."""
    edge, finished, size = Edge(), list[Tile](), run.head().size
    for low in range(0, size, MOST_AT_ONCE):
        hashes: list[bytes] = []
        for position, (leaf, blinding, jws) in enumerate(
            run.execute(run.sql.stored, (low, low + MOST_AT_ONCE)), low
        ):
            if len(blinding) != BLINDING or leaf_of(blinding, jws) != leaf:
                raise Broken(f"entry {position}: the leaf does not commit to the fact")
            hashes.append(leaf_hash(leaf))
        if len(hashes) != min(MOST_AT_ONCE, size - low):
            raise Broken(f"entries are missing after {low}")
        edge, tiles = edge.grow(hashes)
        finished += tiles
    check_count(run, "entries", size)
    check_tree(run, keys, edge, finished)
    return size


@dataclass(slots=True)
class _Check:
    """One walk over all facts."""

    run: store.Run
    keys: NodeKeys
    elsewhere: frozenset[bytes]
    each: Each | None
    edge: Edge = field(default_factory=Edge)
    finished: list[Tile] = field(default_factory=list)
    last: str = ""
    keyring: Keyring = field(default_factory=Keyring)
    signed: list[Claimed | None] = field(default_factory=list)
    challenges: set[bytes] = field(default_factory=set)
    act: str = ""
    acts: set[str] = field(default_factory=set)
    sealed: int = 0
    gone: set[str] = field(default_factory=set)
    purged: set[str] = field(default_factory=set)

    def all(self) -> None:
        head = self.run.head()
        master = AESGCM(self.keys.master)
        index = _IndexCheck(self.run, head.indexed)
        for position, row in enumerate(_entries(self.run)):
            if position == 0 and row.kind != NodeKeyIntroduced.__name__:
                self.keyring = Keyring(self.keys.fact.public_key())
            if row.position != position:
                raise Broken(f"entry {position}: missing, the next one is {row.position}")
            index.add(self._fact(master, row))
            self.edge, tiles = self.edge.grow([leaf_hash(row.leaf)])
            self.finished += tiles
        self._end_of_act("the last submission")
        self._keys_in_use()
        index.end()
        self._counts(head)
        if self.edge.size and head.recorded_at != self.last:
            raise Broken("the head's time is not that of the last entry")
        check_tree(self.run, self.keys, self.edge, self.finished)

    def _fact(self, master: AESGCM, row: Stored) -> Names:
        place = f"entry {row.position}"
        if len(row.blinding) != BLINDING or leaf_of(row.blinding, row.jws) != row.leaf:
            raise Broken(f"{place}: the leaf does not commit to the fact")
        payload = dict(self.keyring.admit(row.position, row.jws, place).payload)
        if payload["iss"] != self.keys.origin:
            raise Broken(f"{place}: issued by {payload['iss']}")
        if payload["recorded_at"] != instant(datetime.fromisoformat(payload["recorded_at"])):
            raise Broken(f"{place}: a time that is not written to the microsecond in UTC")
        if new_ref(payload["recorded_at"], b"")[:REF_TIME] != payload["ref"][:REF_TIME]:
            raise Broken(f"{place}: a reference that is not of its time")
        if payload["recorded_at"] < self.last:
            raise Broken(f"{place}: recorded before the one that precedes it")
        self.last = payload["recorded_at"]
        if not 0 <= payload["after"] <= row.position:
            raise Broken(f"{place}: decided on a position that was not yet reached")
        if payload["act"] != self.act:
            self._end_of_act(f"the submission before {place}")
            self.act = payload["act"]
            if self.act in self.acts:
                raise Broken(f"{place}: stands apart from the other facts of its submission")
            self.acts.add(self.act)
        self.signed.append(parse(payload[CLAIM], place) if CLAIM in payload else None)
        fact = self._fields(master, row, payload, place)
        if self.each is not None:
            self.each(fact)
        tags = tags_of(fact.fact)
        names = Names(payload["kind"], payload["ref"], payload["act"], tags)
        if (row.kind, row.ref, row.act, row.tags) != (names.kind, names.ref, names.act, names.stored_tags):
            raise Broken(f"{place}: kind, reference, submission or tags are not its own")
        return names

    def _end_of_act(self, place: str) -> None:
        """All facts of a submission bear one signature, which no other submission bears; or none does."""
        check_act(self.signed, place)
        first = self.signed[0] if self.signed else None
        if first is not None:
            if first.challenge in self.challenges:
                raise Broken(f"{place}: what a person signed once is recorded twice")
            self.challenges.add(first.challenge)
        self.signed = []

    def _keys_in_use(self) -> None:
        for purpose, ours in ((KeyPurpose.FACT, self.keys.fact), (KeyPurpose.LOG, self.keys.log)):
            key = self.keyring.in_use(purpose)
            if key is not None and key.name != sdjwt.thumbprint(ours.public_key()):
                raise Broken(f"the facts introduce another {purpose.value} key than the one in use")
        if self.keyring.left_out:
            raise Broken(f"a key rests on what is not on record: {self.keyring.left_out}")

    def _fields(self, master: AESGCM, row: Stored, payload: dict[str, Any], place: str) -> Recorded[Fact]:
        stored = SealedParts.of(row.leaf, row.wrapped, row.content)
        self.sealed += row.wrapped is not None
        if payload["kind"] == PURGED:
            self.purged.update(payload["fact"]["refs"])
        if "_sd" in payload["fact"] and stored.purged:
            self.gone.add(payload["ref"])
            if row.leaf in self.elsewhere:
                self.purged.add(payload["ref"])
            return recorded_of(row.position, payload, {}, ALL)
        opened = {
            one: sdjwt.open_fields(payload, disclosures)
            for one, disclosures in stored.disclosures(master, payload, ALL).items()
        }
        recorded = recorded_of(
            row.position, payload, {n: v for some in opened.values() for n, v in some.items()}
        )
        try:
            encoded = encode(recorded.fact)
        except TypeError:
            raise Broken(f"{place}: a sealed field is missing") from None
        if list(encoded.sealed.items()) != [(Compartment(one), fields) for one, fields in opened.items()]:
            raise Broken(f"{place}: sealed fields that its kind does not have, or not in that compartment")
        clear = {name: value for name, value in payload["fact"].items() if name != "_sd"}
        if clear != {name: value for name, value in encoded.clear.items() if name in clear}:
            raise Broken(f"{place}: clear fields that its kind does not have")
        return recorded

    def _counts(self, head: store.Head) -> None:
        if self.gone != self.purged:
            one = min(self.gone ^ self.purged)
            what = "without a purge on record" if one in self.gone else "though a purge is on record: not"
            raise Broken(f"fact {one}: its sealed fields are gone {what}")
        if head.purges != len(self.gone):
            raise Broken(f"the head counts {head.purges} purged facts where there are {len(self.gone)}")
        if head.epoch != self.keys.epoch:
            raise Broken(f"the wrapping key is of epoch {self.keys.epoch}, the head says {head.epoch}")
        for table, count in (("entries", self.edge.size), ("sealed", self.sealed), ("head", 1)):
            check_count(self.run, table, count)


def _entries(run: store.Run) -> Iterator[Stored]:
    low = 0
    while rows := run.execute(run.sql.rows_from, (low,)).fetchall():
        yield from map(Stored._make, rows)
        low = rows[-1][0] + 1


class _IndexCheck:
    """Compares the postings with those that follow from the facts, one stretch at a time."""

    def __init__(self, run: store.Run, indexed: int) -> None:
        self._run = run
        self._indexed = indexed
        self._first = 0
        self._names: list[Names] = []
        self._before = ""
        self._count = 0

    def add(self, names: Names) -> None:
        if self._first + len(self._names) < self._indexed:
            self._names.append(names)
            if (self._first + len(self._names)) % STRETCH == 0:
                self._compare()

    def end(self) -> None:
        if self._first + len(self._names) != self._indexed:
            raise Broken(f"the index covers {self._indexed} entries, more than there are")
        self._compare()
        check_count(self._run, "postings", self._count)

    def _compare(self) -> None:
        if not self._names:
            return
        expected = postings(self._first, self._names, self._before)
        stretch = expected[0][0]
        found = [(stretch, *row) for row in self._run.execute(self._run.sql.all_postings, (stretch,))]
        if found != expected:
            raise Broken(f"table postings: stretch {stretch} does not follow from the facts")
        self._count += len(found)
        self._first += len(self._names)
        self._before = self._names[-1].act
        self._names = []


def check_count(run: store.Run, table: str, count: int) -> None:
    """Broken when a table has another number of rows."""
    (found,) = run.execute(run.sql.count(table)).fetchone()
    if found != count:
        raise Broken(f"table {table}: {found} rows where {count} follow from the facts")


def check_tree(run: store.Run, keys: NodeKeys, edge: Edge, finished: list[Tile]) -> None:
    """Broken unless tiles, edge, head and the signed checkpoint are those of this tree."""
    head = run.head()
    checkpoint = open_checkpoint(head.note, keys.vkey)
    note = Note.parse(head.note)
    if len(note.signatures) != 1 or str(note) != head.note:
        raise Broken("the stored checkpoint bears more than the log's own signature")
    if not head.size == checkpoint.size == edge.size:
        raise Broken(f"{edge.size} entries, {head.size} at the head, {checkpoint.size} in the checkpoint")
    if checkpoint.root != edge.root():
        raise Broken("the checkpoint's root is not that of the entries")
    if store.partials(run, head.size) != list(edge.partials):
        raise Broken("the stored right edge is not that of the entries")
    check_count(run, "tiles", len(finished))
    read = store.tile_reader(run)
    for tile in finished:
        if read(tile.level, tile.index) != tile.hashes:
            raise Broken(f"tile {tile.level}/{tile.index} is not that of the entries")
