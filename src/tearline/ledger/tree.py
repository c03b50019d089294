"""The Merkle tree of RFC 6962 section 2.1, held as C2SP tlog-tiles of height 8.

A full tile is the 256 hashes of one stretch of one level, 8,192 bytes; level L+1 holds the roots of the
full tiles of level L. What is not yet a full tile is the right edge: at most 255 hashes a level. Growing
the tree touches the edge alone, so an append costs the same at any size, and proofs are computed from
tiles and never from entries.

``verify_*`` raise ``Broken`` and return nothing: there is no False to overlook.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tearline.facts.errors import Broken

HASH = 32
HEIGHT = 8
WIDTH = 1 << HEIGHT
EMPTY_ROOT = hashlib.sha256(b"").digest()

TileReader = Callable[[int, int], bytes]
"""(level, index) to the hashes of that tile joined together, full or as far as the tree has grown."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry: 00 before it keeps leaves and nodes apart."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Tile:
    """A full tile: 256 hashes of ``level``, the ``index``-th from the left."""

    level: int
    index: int
    hashes: bytes


@dataclass(frozen=True, slots=True)
class Edge:
    """The right edge of a tree of ``size`` leaves.

    ``partials`` are the unfinished tiles from level 0 up, each fewer than 256 hashes. ``peaks`` are the
    roots of the perfect subtrees, largest first, one for each bit set in ``size``; they follow from the
    partials and are kept so that a root costs a dozen hashes instead of several hundred.
    """

    size: int = 0
    partials: tuple[bytes, ...] = ()
    peaks: tuple[bytes, ...] = ()

    @classmethod
    def restore(cls, size: int, partials: Sequence[bytes]) -> "Edge":
        """The edge from what was stored. Broken when the partials cannot belong to that size."""
        widths = [_width(size, level) for level in range(_levels(size))]
        if [len(p) for p in partials] != [HASH * w for w in widths]:
            raise Broken(f"the stored right edge does not fit a tree of {size} entries")
        peaks: list[bytes] = []
        for partial, width in zip(reversed(partials), reversed(widths), strict=True):
            at = 0
            for height in range(HEIGHT - 1, -1, -1):
                if width >> height & 1:
                    peaks.append(_perfect(partial, at, 1 << height))
                    at += 1 << height
        return cls(size, tuple(partials), tuple(peaks))

    def grow(self, leaf_hashes: Iterable[bytes]) -> tuple["Edge", list[Tile]]:
        """The edge after these leaves, and the tiles that they completed."""
        size = self.size
        partials = [bytearray(p) for p in self.partials]
        peaks = list(self.peaks)
        finished: list[Tile] = []
        for leaf in leaf_hashes:
            node, height, left = leaf, 0, size
            _place(partials, 0, node)
            while left & 1:
                node = node_hash(peaks.pop(), node)
                height, left = height + 1, left >> 1
                if height % HEIGHT == 0:
                    level = height // HEIGHT
                    finished.append(Tile(level - 1, size >> height, bytes(partials[level - 1])))
                    partials[level - 1].clear()
                    _place(partials, level, node)
            peaks.append(node)
            size += 1
        return Edge(size, tuple(bytes(p) for p in partials), tuple(peaks)), finished

    def root(self) -> bytes:
        """The root hash of the whole tree."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in self.peaks[-2::-1]:
            root = node_hash(peak, root)
        return root


def _place(partials: list[bytearray], level: int, node: bytes) -> None:
    if level == len(partials):
        partials.append(bytearray())
    partials[level] += node


def _levels(size: int) -> int:
    """How many levels of tiles a tree of this size has, counting a level whose tiles are all full."""
    return -(-size.bit_length() // HEIGHT)


def _width(size: int, level: int) -> int:
    """How many hashes the unfinished tile of this level holds."""
    return size >> HEIGHT * level & WIDTH - 1


def _perfect(hashes: bytes, first: int, count: int) -> bytes:
    """The root over ``count`` (a power of two) hashes that stand joined together, from ``first`` on."""
    row = [hashes[i : i + HASH] for i in range(HASH * first, HASH * (first + count), HASH)]
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]


@lru_cache(maxsize=1024)
def _perfect_again(hashes: bytes) -> bytes:
    return _perfect(hashes, 0, len(hashes) // HASH)


def _split(count: int) -> int:
    """The largest power of two smaller than ``count``: RFC 6962's k."""
    return 1 << (count - 1).bit_length() - 1


def _subtree(read: TileReader, low: int, high: int) -> bytes:
    """The hash over leaves low to high, a stretch that RFC 6962's splitting can produce."""
    count = high - low
    if count & count - 1:
        middle = low + _split(count)
        return node_hash(_subtree(read, low, middle), _subtree(read, middle, high))
    level, within = divmod(count.bit_length() - 1, HEIGHT)
    index, first = divmod(low >> HEIGHT * level, WIDTH)
    hashes = read(level, index)
    if len(hashes) < HASH * (first + (1 << within)):
        raise Broken(f"tile {level}/{index} is shorter than the tree that it belongs to")
    stretch = hashes[HASH * first : HASH * (first + (1 << within))]
    # Above the leaves there are few tiles, and every proof asks for the same ones.
    return _perfect_again(stretch) if level else _perfect(stretch, 0, 1 << within)


def root_of(read: TileReader, size: int) -> bytes:
    """The root over the first ``size`` leaves, from tiles."""
    return _subtree(_remembering(read), 0, size) if size else EMPTY_ROOT


def _remembering(read: TileReader) -> TileReader:
    """Reads each tile once: a proof asks for several stretches of the same one."""
    seen: dict[tuple[int, int], bytes] = {}

    def reader(level: int, index: int) -> bytes:
        if (level, index) not in seen:
            seen[level, index] = read(level, index)
        return seen[level, index]

    return reader


def inclusion_proof(read: TileReader, index: int, size: int) -> list[bytes]:
    """The audit path of RFC 6962 section 2.1.1, from the leaf's sibling up to the root's child."""
    if not 0 <= index < size:
        raise ValueError(f"entry {index} does not stand in a tree of {size}")
    read = _remembering(read)
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_subtree(read, middle, high))
            high = middle
        else:
            path.append(_subtree(read, low, middle))
            low = middle
    path.reverse()
    return path


def consistency_proof(read: TileReader, old: int, new: int) -> list[bytes]:
    """The proof of RFC 6962 section 2.1.2 that the tree of ``new`` entries begins with that of ``old``."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} cannot stand before one of {new}")
    if old in (0, new):
        return []
    read = _remembering(read)
    path: list[bytes] = []
    low, high = 0, new
    while high != old:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(_subtree(read, middle, high))
            high = middle
        else:
            path.append(_subtree(read, low, middle))
            low = middle
    if low:
        path.append(_subtree(read, low, high))
    path.reverse()
    return path


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """RFC 9162 section 2.1.3.2. ``leaf`` is the entry's leaf hash. Broken when it is not shown."""
    if not 0 <= index < size:
        raise Broken(f"entry {index} cannot stand in a tree of {size} entries")
    here, last, node = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise Broken("the inclusion proof is longer than the tree is high")
        if here & 1 or here == last:
            node = node_hash(sibling, node)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        here, last = here >> 1, last >> 1
    if last != 0:
        raise Broken("the inclusion proof is shorter than the tree is high")
    if node != root:
        raise Broken(f"the inclusion proof of entry {index} does not lead to the root of {size} entries")


def verify_consistency(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> None:
    """RFC 9162 section 2.1.4.2. Broken when the new tree is not shown to begin with the old one."""
    if not 0 <= old <= new:
        raise Broken(f"a tree of {old} entries cannot stand before one of {new}")
    if old in (0, new):
        if path:
            raise Broken("a consistency proof where there is nothing to prove")
        if (old == new and old_root != new_root) or (old == 0 and old_root != EMPTY_ROOT):
            raise Broken(f"two different roots for {old} entries")
        return
    rest = list(path) if old & old - 1 else [old_root, *path]
    if not rest:
        raise Broken("the consistency proof is empty")
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    first = second = rest[0]
    for sibling in rest[1:]:
        if last == 0:
            raise Broken("the consistency proof is longer than the tree is high")
        if here & 1 or here == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        here, last = here >> 1, last >> 1
    if last != 0:
        raise Broken("the consistency proof is shorter than the tree is high")
    if first != old_root or second != new_root:
        raise Broken(f"the tree of {new} entries does not begin with the tree of {old} entries")
