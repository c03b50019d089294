"""What follows from the stored facts, made again from position 0: the index, and on a restore all tables."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from tearline.facts.codec import tags_of
from tearline.facts.errors import Broken
from tearline.ledger import sdjwt, store
from tearline.ledger.entry import leaf_of
from tearline.ledger.index import FLUSH, STRETCH, Names, names_of, postings
from tearline.ledger.keys import NodeKeys
from tearline.ledger.note import open_checkpoint
from tearline.ledger.payload import recorded_of
from tearline.ledger.tree import Edge, leaf_hash


class Stored(NamedTuple):
    """All that is stored of an entry. ``wrapped`` and ``content``: None without sealed fields, empty once purged."""

    position: int
    kind: str
    ref: str
    act: str
    tags: str
    leaf: bytes
    blinding: bytes
    jws: bytes
    wrapped: bytes | None
    content: bytes | None


def rebuild_index(run: store.Run) -> tuple[int, bool]:
    """Make the postings of all facts anew; how many there are, and whether what was there follows from the facts."""
    head, count, same, before = run.head(), 0, True, ""
    for low in range(0, head.size, STRETCH):
        names = list(_names(run, low, min(low + STRETCH, head.size)))
        rows = postings(low, names, before)
        before = names[-1].act
        stretch = (low // STRETCH,)
        old = [(*stretch, *row) for row in run.execute(run.sql.all_postings, stretch)]
        same &= old == [row for row in rows if row[-1] < head.indexed]
        run.execute(run.sql.drop_postings, stretch)
        run.many(run.sql.add_posting, rows)
        count += len(rows)
    beyond = run.execute(run.sql.drop_other_postings, (0, -(-head.size // STRETCH))).rowcount
    same &= not beyond
    run.execute(run.sql.move_head, (head.size, head.recorded_at, head.note, head.size, 0))
    return count, same


def _names(run: store.Run, low: int, high: int) -> Iterator[Names]:
    for at in range(low, high, FLUSH):
        for position, *names in run.execute(run.sql.names_since, (at, min(at + FLUSH, high))):
            if position != low:
                raise Broken(f"entry {low}: missing, the next one is {position}")
            low += 1
            yield names_of(*names)
    if low != high:
        raise Broken(f"entry {low}: missing")


def _parts(rows: Iterable[Stored]) -> Iterator[list[Stored]]:
    rows = iter(rows)
    while part := list(islice(rows, 1000)):
        yield part


def _own_names(row: Stored) -> tuple[str, str, str, str]:
    """Kind, reference, submission and tags as they follow from the fact."""
    try:
        payload = sdjwt.payload_of(row.jws)
        tags = tags_of(recorded_of(row.position, payload, {}).fact)
        names = Names(payload["kind"], payload["ref"], payload["act"], tags)
    except (LookupError, TypeError, ValueError) as wrong:
        raise Broken(f"entry {row.position}: a fact that this version cannot read ({wrong!r})") from wrong
    return names.kind, names.ref, names.act, names.stored_tags


def restore_rows(run: store.Run, rows: Iterable[Stored], note: str, keys: NodeKeys) -> None:
    """Fill empty tables. Broken unless the facts hash to their leaves, and these to the signed root in ``note``."""
    sql, edge, purges, last = run.sql, Edge(), 0, run.head().recorded_at
    for part in _parts(rows):
        for row in part:
            if leaf_of(row.blinding, row.jws) != row.leaf:
                raise Broken(f"entry {row.position}: the leaf does not commit to the fact")
            if (row.kind, row.ref, row.act, row.tags) != _own_names(row):
                raise Broken(f"entry {row.position}: kind, reference, submission or tags are not its own")
        if [row.position for row in part] != list(range(edge.size, edge.size + len(part))):
            raise Broken(f"entry {edge.size}: missing")
        run.many(sql.add_entry, [row[:8] for row in part])
        run.many(sql.add_sealed, [(r.position, r.wrapped, r.content) for r in part if r.wrapped is not None])
        purges += sum(row.wrapped == b"" for row in part)
        edge, finished = edge.grow(leaf_hash(row.leaf) for row in part)
        run.many(sql.add_tile, [(tile.level, tile.index, tile.hashes) for tile in finished])
        last = str(sdjwt.payload_of(part[-1].jws)["recorded_at"])
    for level, hashes in enumerate(edge.partials[1:], 1):
        run.execute(sql.add_edge, (level, hashes))
    checkpoint = open_checkpoint(note, keys.vkey)
    if (checkpoint.size, checkpoint.root) != (edge.size, edge.root()):
        raise Broken(f"the {edge.size} entries are not those of the checkpoint of {checkpoint.size}")
    run.execute(sql.move_head, (edge.size, last, note, 0, purges))
    rebuild_index(run)
