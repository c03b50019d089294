"""Everything verified again, from the facts up. Slow on purpose, and sharing little with what wrote it.

1. Each fact: admitted strictly, signed by the fact key, of this origin; its leaf commits to its bytes.
2. Its sealed fields all open, each is committed to, and none is missing.
3. Its reference, kind and tags in the tables are those that follow from it.
4. Times never go back, and no fact was decided on a position that was not yet reached.
5. Each submission stands in one piece under the hash of its key.
6. The tree over all leaves has these tiles, this edge and this root, and the log key signed them.
7. Nothing else is in the tables.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tearline.facts.codec import Encoded, encode
from tearline.facts.errors import Broken, Malformed
from tearline.facts.fact import Compartment
from tearline.ledger import schema, sdjwt, store
from tearline.ledger.entry import leaf_of
from tearline.ledger.keys import NodeKeys
from tearline.ledger.note import open_checkpoint
from tearline.ledger.payload import instant, recorded_of
from tearline.ledger.reader import SealedParts
from tearline.ledger.tree import Edge, Tile, leaf_hash

MOST_AT_ONCE = 1000


class _Seen(NamedTuple):
    """What the tables must hold for one fact."""

    leaf: bytes
    act: str
    recorded_at: str
    tags: int
    parts: int


def check_record(run: store.Cursor, keys: NodeKeys) -> None:
    """Broken with the place, when anything stored is not what it must be."""
    try:
        size = _check_all(run, keys)
    except Malformed as wrong:
        raise Broken(str(wrong)) from wrong
    except (LookupError, TypeError, ValueError) as wrong:
        raise Broken(f"a signed fact that this version cannot read ({wrong!r})") from wrong
    _check_count(run, "entries", size)


def _check_all(run: store.Cursor, keys: NodeKeys) -> int:
    edge, finished = Edge(), list[Tile]()
    counts = {"tags": 0, "sealed": 0, "keys": 0, "acts": 0}
    last, act, in_act = "", "", 0
    master = AESGCM(keys.master)
    for position, row in enumerate(_entries(run)):
        seen = _check_fact(run, keys, master, position, row)
        if seen.recorded_at < last:
            raise Broken(f"entry {position}: recorded before the one that precedes it")
        last = seen.recorded_at
        if in_act == 0:
            act, in_act = seen.act, _submission(run, position, seen.act)
            counts["acts"] += 1
        if seen.act != act:
            raise Broken(f"entry {position}: stands among the facts of another submission")
        in_act -= 1
        counts["tags"] += seen.tags
        counts["sealed"] += seen.parts
        counts["keys"] += seen.parts > 0
        edge, tiles = edge.grow([leaf_hash(seen.leaf)])
        finished += tiles
    if in_act:
        raise Broken("the last submission is incomplete")
    for name, count in counts.items():
        _check_count(run, name, count)
    _check_tree(run, keys, edge, finished, last)
    return edge.size


class _Stored(NamedTuple):
    """A row of the table of entries."""

    position: int
    ref: str
    leaf: bytes
    blinding: bytes
    jws: bytes


def _entries(run: store.Cursor) -> Iterator[_Stored]:
    statement = (
        "SELECT position, ref, leaf, blinding, jws FROM entries WHERE position >= ? ORDER BY position LIMIT ?"
    )
    low = 0
    while rows := run.execute(statement, (low, MOST_AT_ONCE)).fetchall():
        yield from map(_Stored._make, rows)
        low = rows[-1][0] + 1


def _submission(run: store.Cursor, position: int, act: str) -> int:
    """How many facts the submission that begins here has."""
    row = run.execute("SELECT first, count FROM acts WHERE act = ?", (act,)).fetchone()
    if row is None or row[0] != position or row[1] < 1:
        raise Broken(f"entry {position}: the submission that it names does not begin here")
    return int(row[1])


def _check_fact(run: store.Cursor, keys: NodeKeys, master: AESGCM, position: int, row: _Stored) -> _Seen:
    place = f"entry {position}"
    if row.position != position:
        raise Broken(f"{place}: missing, the next one is {row.position}")
    if len(row.blinding) != 16 or leaf_of(row.blinding, row.jws) != row.leaf:
        raise Broken(f"{place}: the leaf does not commit to the fact")
    payload = sdjwt.admit(row.jws, keys.fact.public_key(), place)
    if payload["iss"] != keys.origin:
        raise Broken(f"{place}: issued by {payload['iss']}")
    if payload["ref"] != row.ref:
        raise Broken(f"{place}: stands under a reference that is not its own")
    if payload["recorded_at"] != instant(datetime.fromisoformat(payload["recorded_at"])):
        raise Broken(f"{place}: a time that is not written to the microsecond in UTC")
    if not 0 <= payload["after"] <= position:
        raise Broken(f"{place}: decided on a position that was not yet reached")
    parts = dict(run.execute("SELECT compartment, ciphertext FROM sealed WHERE position = ?", (position,)))
    wrapped = run.execute("SELECT wrapped FROM keys WHERE position = ?", (position,)).fetchone()
    sealed = SealedParts(row.leaf, wrapped and wrapped[0], parts)
    sealed.open(master, payload, frozenset())
    opened = {str(one): sealed.open(master, payload, frozenset({one})) for one in Compartment if one in parts}
    fact = recorded_of(
        position, payload, {n: v for fields in opened.values() for n, v in fields.items()}
    ).fact
    try:
        encoded = encode(fact)
    except TypeError:
        raise Broken(f"{place}: a sealed field is missing") from None
    if encoded.sealed != opened or set(parts) != set(opened):
        raise Broken(f"{place}: sealed fields that its kind does not have, or not in that compartment")
    clear = {name: value for name, value in payload["fact"].items() if name != "_sd"}
    if clear != {name: value for name, value in encoded.clear.items() if name in clear}:
        raise Broken(f"{place}: clear fields that its kind does not have")
    _check_tags(run, place, position, encoded)
    return _Seen(row.leaf, payload["act"], payload["recorded_at"], 1 + len(encoded.tags), len(parts))


def _check_tags(run: store.Cursor, place: str, position: int, encoded: Encoded) -> None:
    """All its tags stand in their table. That there are no others, the count at the end will show."""
    (found,) = run.execute(
        "SELECT count(*) FROM tags WHERE position = ? AND kind = ?"  # noqa: S608  placeholders only
        f" AND tag IN ({store.marks(1 + len(encoded.tags))})",
        (position, encoded.kind, "", *encoded.tags),
    ).fetchone()
    if found != 1 + len(encoded.tags):
        raise Broken(f"{place}: does not stand under each of its tags")


def _check_count(run: store.Cursor, table: str, count: int) -> None:
    (found,) = run.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608  a name from this file
    if found != count:
        raise Broken(f"table {table}: {found} rows where {count} follow from the facts")


def _check_tree(run: store.Cursor, keys: NodeKeys, edge: Edge, finished: list[Tile], last: str) -> None:
    size, recorded_at, note = store.head(run)
    checkpoint = open_checkpoint(note, keys.vkey)
    if not size == checkpoint.size == edge.size:
        raise Broken(f"{edge.size} entries, {size} at the head, {checkpoint.size} in the checkpoint")
    if checkpoint.root != edge.root():
        raise Broken("the checkpoint's root is not that of the entries")
    if edge.size and recorded_at != last:
        raise Broken("the head's time is not that of the last entry")
    if store.partials(run, size) != list(edge.partials):
        raise Broken("the stored right edge is not that of the entries")
    _check_count(run, "tiles", len(finished))
    read = store.tile_reader(run, ())
    for tile in finished:
        if read(tile.level, tile.index) != tile.hashes:
            raise Broken(f"tile {tile.level}/{tile.index} is not that of the entries")
    versions = run.execute("SELECT version FROM head").fetchall()
    if versions != [(schema.VERSION,)]:
        raise Broken(f"the ledger's version is {versions}")
