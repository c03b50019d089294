"""Every verdict in a node's own ledger, with the dossier that it was reached on: replayed, or exported.

Dossiers are sealed, and this opens all of them; a purged one is counted and stays gone.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tearline.adopted import ADOPTIONS, adopted_pack, asks_text
from tearline.facts.errors import Malformed
from tearline.facts.fact import Compartment
from tearline.facts.history import Recorded, about
from tearline.facts.protocols import ProtocolAdopted
from tearline.facts.release import VerdictReached
from tearline.folds.protocols import text_of
from tearline.folds.retelling import protocol_at
from tearline.jobs.replay.comparison import Chunk
from tearline.jobs.replay.files import NEEDS_SPARK, private_file
from tearline.jobs.replay.task import Text
from tearline.node import Node
from tearline.protocol import ENGINE

STRETCH = 2_000
"""Entries that are looked through at once."""
VERDICTS = about(kinds=(VerdictReached,))
COLUMNS = ("entry", "request", "item", "at", "effect", "protocol", "dossier")

Advance = Callable[[int, int], None]


def verdicts(
    node: Node, *, telling: str | None = None, entry: int | None = None
) -> Iterator[tuple[list[Recorded[VerdictReached]], int, int]]:
    """The verdicts in the ledger's order, some at a time, and how far into how long a ledger this is.

    With ``telling`` only those of that telling of a worked case; with ``entry`` only the one there.
    """
    size = node.ledger.size()
    first, last = (0, size) if entry is None else (entry, min(entry + 1, size))
    for low in range(first, last, STRETCH):
        high = min(low + STRETCH, last)
        opening = frozenset({Compartment.DOSSIERS})
        found = node.ledger.read_since(VERDICTS, low, until=high, opening=opening).of(VerdictReached)
        told = [r for r in found if telling is None or (r.told is not None and r.told.telling == telling)]
        yield list(told), high, size


def chunks_of(node: Node, *, telling: str | None = None, anything: bool = False) -> Iterator[Chunk]:
    """The record to replay. With ``anything`` also verdicts by texts that are not at hand any more.

    They can be compared only where the replay itself says with what.
    """
    some = False
    for found, done, of in verdicts(node, telling=telling):
        some = some or bool(found)
        open_ = [r for r in found if not r.fact.dossier.purged]
        held = [r for r in open_ if anything or _at_hand(r.fact, node)]
        yield Chunk(
            file="the ledger",
            word="entry",
            numbers=[r.position for r in held],
            data=b"\n".join(r.fact.dossier.open().encode().replace(b"\n", b" ") for r in held),
            protocols=[_protocol(r.fact) for r in held],
            reached=None if anything else [r.fact.effect.value for r in held],
            purged=len(found) - len(open_),
            past=len(open_) - len(held),
            told=sum(r.told is not None for r in found),
            record=True,
            done=done,
            of=of,
        )
    if telling is not None and not some:
        raise Malformed("--telling", telling, "a telling that this ledger holds verdicts of")


def _at_hand(reached: VerdictReached, node: Node) -> bool:
    return reached.engine == ENGINE and protocol_at(reached, node.protocols) is not None


def _protocol(reached: VerdictReached) -> str:
    return "+".join(applied.protocol for applied in reached.packs)


def adopted(node: Node) -> list[Text]:
    """The texts that this record adopted, as they were signed, where this version of the language reads them."""
    texts = []
    for recorded in node.ledger.read(ADOPTIONS).of(ProtocolAdopted):
        fact = recorded.fact
        history = node.ledger.read(asks_text(fact.proposal))
        found = text_of(history, fact.proposal)
        if recorded.told is None and found is not None and adopted_pack(fact, history) is not None:
            texts.append(Text(file=fact.protocol, text=found))
    return texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """How many dossiers were written, and how many were purged: of those, Parquet holds a row without a dossier."""

    dossiers: int
    purged: int


def export_dossiers(
    node: Node,
    file: Path,
    *,
    telling: str | None = None,
    entry: int | None = None,
    advance: Advance = lambda _done, _of: None,
) -> Exported:
    """Write every dossier that was ever decided to a new file, for its owner's eyes only.

    JSON Lines, or Parquet where the name ends so. Malformed when there is such a file; then it stays as it is.
    """
    write = _write_parquet if file.suffix == ".parquet" else _write_lines
    with private_file(file) as out:
        exported = write(out, _advancing(verdicts(node, telling=telling, entry=entry), advance), file)
        if exported.dossiers + exported.purged == 0 and (telling, entry) != (None, None):
            raise Malformed("the ledger", str(telling or f"entry {entry}"), "a verdict there")
    return exported


Verdicts = Iterator[list[Recorded[VerdictReached]]]


def _advancing(
    found: Iterator[tuple[list[Recorded[VerdictReached]], int, int]], advance: Advance
) -> Verdicts:
    for some, done, of in found:
        advance(done, of)
        yield some


def _write_lines(out: BinaryIO, found: Verdicts, _name: Path) -> Exported:
    dossiers = purged = 0
    for some in found:
        for r in some:
            if r.fact.dossier.purged:
                purged += 1
            else:
                # One line for each: what is on record is JSON, which may be laid out otherwise.
                plain = json.loads(r.fact.dossier.open())
                out.write(json.dumps(plain, ensure_ascii=False).encode() + b"\n")
                dossiers += 1
    return Exported(dossiers=dossiers, purged=purged)


def _write_parquet(out: BinaryIO, found: Verdicts, name: Path) -> Exported:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise Malformed(str(name), "Parquet", NEEDS_SPARK) from None
    text, whole = pa.string(), pa.int64()
    types = dict.fromkeys(COLUMNS, text) | {"entry": whole}
    schema = pa.schema([(column, types[column]) for column in COLUMNS])
    dossiers = purged = 0
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for some in found:
            rows = [_row(r) for r in some]
            gone = sum(row["dossier"] is None for row in rows)
            purged, dossiers = purged + gone, dossiers + len(rows) - gone
            if rows:
                writer.write_table(pa.Table.from_pylist(rows, schema=schema))
    return Exported(dossiers=dossiers, purged=purged)


def _row(r: Recorded[VerdictReached]) -> dict[str, object]:
    return {
        "entry": r.position,
        "request": r.fact.request,
        "item": r.fact.item,
        "at": r.known_at.isoformat(),
        "effect": r.fact.effect.value,
        "protocol": _protocol(r.fact),
        "dossier": None if r.fact.dossier.purged else r.fact.dossier.open(),
    }
