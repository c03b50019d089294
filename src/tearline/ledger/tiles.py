"""The static files of a log as C2SP tlog-tiles names and fills them: hash tiles and entry bundles.

``tile/<L>/<N>[.p/<W>]`` holds W hashes of 32 bytes (256 without a suffix), ``tile/entries/<N>[.p/<W>]`` as
many entries, each behind its length as a big-endian uint16. N stands in groups of three digits, all but
the last behind an x: 1234067 is ``x001/x234/067``. A file that would hold nothing has no name.
Source: c2sp.org/tlog-tiles.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tearline.facts.errors import Malformed
from tearline.ledger.tree import HASH, HEIGHT, WIDTH

ENTRIES = -1
"""The level under which the bundles of entries are counted: below that of their hashes."""

HIGHEST_LEVEL = 63
LARGEST_ENTRY = 0xFFFF
LARGEST_INDEX = (1 << 63) - 1

_PATH = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII
)
EXPECTED = "tile/LEVEL/INDEX or tile/entries/INDEX, as C2SP tlog-tiles writes it"


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One static file of a log: the ``index``-th of its level, ``width`` hashes or entries wide."""

    level: int
    index: int
    width: int = WIDTH

    def __str__(self) -> str:
        rest, last = divmod(self.index, 1000)
        groups = [f"{last:03d}"]
        while rest:
            rest, group = divmod(rest, 1000)
            groups.insert(0, f"x{group:03d}")
        level = "entries" if self.level == ENTRIES else self.level
        partial = f".p/{self.width}" if self.width < WIDTH else ""
        return f"tile/{level}/{'/'.join(groups)}{partial}"

    @classmethod
    def parse(cls, path: str) -> "Part":
        """The file that a path names. Malformed unless the path is the one that ``str`` writes."""
        found = _PATH.fullmatch(path)
        if found is None:
            raise Malformed(path, "path", EXPECTED)
        level, groups, width = found.groups()
        part = cls(
            ENTRIES if level == "entries" else int(level),
            int(groups.replace("/x", "").replace("/", "").removeprefix("x")),
            int(width or WIDTH),
        )
        fits = part.level <= HIGHEST_LEVEL and part.index <= LARGEST_INDEX
        if not fits or (width and part.width >= WIDTH) or str(part) != path:
            raise Malformed(path, "path", EXPECTED)
        return part

    @property
    def first(self) -> int:
        """How many hashes or entries of its level stand before it."""
        return self.index * WIDTH

    @property
    def full(self) -> bool:
        return self.width == WIDTH


def count(size: int, level: int) -> int:
    """How many hashes (or entries) a level has in a tree of ``size`` entries."""
    return size >> HEIGHT * max(level, 0)


def width(size: int, level: int, index: int) -> int:
    """How wide the ``index``-th file of a level is in a tree of ``size`` entries; 0 when there is none."""
    return max(0, min(WIDTH, count(size, level) - index * WIDTH))


def levels(size: int) -> range:
    """The levels of hash tiles that a tree of ``size`` entries has."""
    return range(-(-size.bit_length() // HEIGHT))


def parts(size: int, level: int) -> Iterator[Part]:
    """The files of one level in a tree of ``size`` entries: the full ones, then the partial one."""
    full, rest = divmod(count(size, level), WIDTH)
    yield from (Part(level, index) for index in range(full))
    if rest:
        yield Part(level, full, rest)


def all_parts(size: int) -> Iterator[Part]:
    """Every file of a tree of ``size`` entries: the bundles, then the hashes from level 0 up."""
    for level in (ENTRIES, *levels(size)):
        yield from parts(size, level)


def bundle(entries: Sequence[bytes]) -> bytes:
    """Entries as their bundle holds them, 1 to 256 of at most 65,535 bytes each."""
    if not 0 < len(entries) <= WIDTH or any(len(entry) > LARGEST_ENTRY for entry in entries):
        raise ValueError(f"a bundle has 1 to {WIDTH} entries of at most {LARGEST_ENTRY} bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def entries_of(data: bytes, count: int, file: str) -> list[bytes]:
    """The entries of a bundle that holds ``count`` of them. Malformed when it is cut short or goes on."""
    entries: list[bytes] = []
    at = 0
    for n in range(count):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise Malformed(file, f"entry {n}", f"{count} entries, each whole behind its length")
        entries.append(data[at + 2 : end])
        at = end
    if at != len(data):
        raise Malformed(file, f"byte {at}", f"nothing after {count} entries")
    return entries


def hashes_of(data: bytes, count: int, file: str) -> bytes:
    """The bytes of a hash tile ``count`` wide. Malformed when they are more or fewer."""
    if len(data) != count * HASH:
        raise Malformed(file, "size", f"{count} hashes, {count * HASH} bytes, found {len(data)}")
    return data
