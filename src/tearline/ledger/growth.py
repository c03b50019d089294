"""All that a tree's static files hold, from its leaves alone, a bundle at a time. Pure.

Both who makes an export and who checks one go through here, so what is published is what is verified.
"""

from collections.abc import Callable, Iterator, Mapping

from tearline.facts.errors import Broken
from tearline.ledger.entry import LEAF, VERSION
from tearline.ledger.note import Checkpoint
from tearline.ledger.tiles import ENTRIES, Part, bundle, parts
from tearline.ledger.tree import HASH, HEIGHT, Edge, Tile, leaf_hash

Leaves = Callable[[Part], list[bytes]]
"""A bundle's name to its entries, as many as it is wide."""


def grown(
    leaves: Leaves, size: int, said: Mapping[str, Checkpoint], *, where: str = ""
) -> Iterator[tuple[Part, bytes]]:
    """Every file of a tree of ``size`` entries with its bytes; a bundle, then the tiles that it completed.

    ``said`` are checkpoints by where they stand. Each that is not larger than ``size`` is compared with the tree
    as it was then; Broken names the first that does not fit, or the first entry that is no leaf. The last
    comparison comes before the last file, so whoever has seen all files knows that the root is right. ``where``
    is what stands before a bundle's name in a message.
    """
    edge = Edge()
    _compare(edge, said)
    for part in parts(size, ENTRIES):
        entries = leaves(part)
        _check_leaves(f"{where}{part}", part, entries)
        yield part, bundle(entries)
        hashes = [leaf_hash(entry) for entry in entries]
        for checkpoint in said.values():
            if part.first < checkpoint.size < part.first + part.width:
                _compare(edge.grow(hashes[: checkpoint.size - part.first])[0], said)
        edge, finished = edge.grow(hashes)
        _compare(edge, said)
        yield from map(_full, finished)
    for level, hashes_left in enumerate(edge.partials):
        if hashes_left:
            index = size >> HEIGHT * (level + 1)
            yield Part(level, index, len(hashes_left) // HASH), hashes_left


def _full(tile: Tile) -> tuple[Part, bytes]:
    return Part(tile.level, tile.index), tile.hashes


def _check_leaves(file: str, part: Part, entries: list[bytes]) -> None:
    if len(entries) != part.width:
        raise Broken(f"{file}: {len(entries)} entries where there should be {part.width}")
    for n, entry in enumerate(entries, part.first):
        if len(entry) != LEAF or not entry.startswith(VERSION):
            raise Broken(f"{file}: entry {n} is no leaf of 33 bytes, version 1")


def _compare(edge: Edge, said: Mapping[str, Checkpoint]) -> None:
    for place, checkpoint in said.items():
        if checkpoint.size == edge.size and checkpoint.root != edge.root():
            raise Broken(f"{place}: the root that it signs is not that of its {edge.size} entries")
