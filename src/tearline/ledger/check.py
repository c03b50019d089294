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
from typing import Any, NamedTuple

import sqlalchemy as sa
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


def check_record(connection: sa.Connection, keys: NodeKeys) -> None:
    """Broken with the place, when anything stored is not what it must be."""
    try:
        size = _check_all(connection, keys)
    except Malformed as wrong:
        raise Broken(str(wrong)) from wrong
    except (LookupError, TypeError, ValueError) as wrong:
        raise Broken(f"a signed fact that this version cannot read ({wrong!r})") from wrong
    _check_count(connection, schema.entries, size)


def _check_all(connection: sa.Connection, keys: NodeKeys) -> int:
    edge, finished = Edge(), list[Tile]()
    counts = {"tags": 0, "sealed": 0, "keys": 0, "acts": 0}
    last, act, in_act = "", "", 0
    master = AESGCM(keys.master)
    acts = _acts(connection)
    for position, row in enumerate(_entries(connection)):
        seen = _check_fact(connection, keys, master, position, row)
        if seen.recorded_at < last:
            raise Broken(f"entry {position}: recorded before the one that precedes it")
        last = seen.recorded_at
        if in_act == 0:
            act, first, in_act = next(acts, ("", -1, 0))
            counts["acts"] += 1
            if first != position or in_act < 1:
                raise Broken(f"entry {position}: no submission begins here")
        if seen.act != act:
            raise Broken(f"entry {position}: stands under another submission than the one that it names")
        in_act -= 1
        counts["tags"] += seen.tags
        counts["sealed"] += seen.parts
        counts["keys"] += seen.parts > 0
        edge, tiles = edge.grow([leaf_hash(seen.leaf)])
        finished += tiles
    if in_act:
        raise Broken("the last submission is incomplete")
    for name, count in counts.items():
        _check_count(connection, schema.metadata.tables[name], count)
    _check_tree(connection, keys, edge, finished, last)
    return edge.size


def _entries(connection: sa.Connection) -> Iterator[sa.Row[Any]]:
    table = schema.entries
    low = 0
    while True:
        some = sa.select(table).where(table.c.position >= low).order_by(table.c.position).limit(MOST_AT_ONCE)
        rows = connection.execute(some).all()
        yield from rows
        if len(rows) < MOST_AT_ONCE:
            return
        low = rows[-1].position + 1


def _acts(connection: sa.Connection) -> Iterator[tuple[str, int, int]]:
    c = schema.acts.c
    for row in connection.execute(sa.select(c.act, c.first, c.count).order_by(c.first)):
        act, first, count = row
        yield act, first, count


_SEALED = sa.select(schema.sealed).where(schema.sealed.c.position == sa.bindparam("position"))
_KEY = sa.select(schema.keys.c.wrapped).where(schema.keys.c.position == sa.bindparam("position"))


def _check_fact(
    connection: sa.Connection, keys: NodeKeys, master: AESGCM, position: int, row: sa.Row[Any]
) -> _Seen:
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
    parts = {r.compartment: r.ciphertext for r in connection.execute(_SEALED, {"position": position})}
    sealed = SealedParts(row.leaf, connection.execute(_KEY, {"position": position}).scalar(), parts)
    opened = {
        str(one): fields for one in Compartment if (fields := sealed.open(master, payload, frozenset({one})))
    }
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
    _check_tags(connection, place, position, encoded)
    return _Seen(row.leaf, payload["act"], payload["recorded_at"], 1 + len(encoded.tags), len(parts))


def _check_tags(connection: sa.Connection, place: str, position: int, encoded: Encoded) -> None:
    """All its tags stand in their table. That there are no others, the count at the end will show."""
    found = connection.exec_driver_sql(
        "SELECT count(*) FROM tags WHERE position = ? AND kind = ?"  # noqa: S608
        f" AND tag IN ({store.marks(1 + len(encoded.tags))})",
        (position, encoded.kind, "", *encoded.tags),
    ).scalar()
    if found != 1 + len(encoded.tags):
        raise Broken(f"{place}: does not stand under each of its tags")


def _check_count(connection: sa.Connection, table: sa.Table, count: int) -> None:
    found = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()
    if found != count:
        raise Broken(f"table {table.name}: {found} rows where {count} follow from the facts")


def _check_tree(
    connection: sa.Connection, keys: NodeKeys, edge: Edge, finished: list[Tile], last: str
) -> None:
    size, recorded_at, note = store.head(connection)
    checkpoint = open_checkpoint(note, keys.vkey)
    if not size == checkpoint.size == edge.size:
        raise Broken(f"{edge.size} entries, {size} at the head, {checkpoint.size} in the checkpoint")
    if checkpoint.root != edge.root():
        raise Broken("the checkpoint's root is not that of the entries")
    if edge.size and recorded_at != last:
        raise Broken("the head's time is not that of the last entry")
    if store.partials(connection) != list(edge.partials):
        raise Broken("the stored right edge is not that of the entries")
    _check_count(connection, schema.tiles, len(finished))
    read = store.tile_reader(connection, ())
    for tile in finished:
        if read(tile.level, tile.index) != tile.hashes:
            raise Broken(f"tile {tile.level}/{tile.index} is not that of the entries")
    versions = connection.execute(sa.select(schema.head.c.version)).scalars().all()
    if versions != [schema.VERSION]:
        raise Broken(f"the ledger's version is {versions}")
