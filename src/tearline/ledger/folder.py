"""The folder of a static export: what may stand in it, and how it is read.

    checkpoint     the signed note, with the witnesses' cosignatures
    vkey           the log's key, then each witness's, one a line
    tile/          hash tiles and entry bundles, as ``tiles`` names them
    .next/         only while an export is under way, or after one that was interrupted: ``checkpoint``,
                   to which it leads, and numbered files that are not in their place yet

A tile stands beyond the checkpoint only while ``.next/checkpoint``, signed as well, announces it. Of a
tile that is not full yet, older and narrower states may stand beside the present one.
"""

import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from tearline.facts.errors import Broken, Malformed
from tearline.ledger.entry import LEAF
from tearline.ledger.note import LARGEST_NOTE, Vkey
from tearline.ledger.tiles import ENTRIES, Part
from tearline.ledger.tree import HASH

CHECKPOINT, VKEY, TILE, NEXT = "checkpoint", "vkey", "tile", ".next"
NEXT_CHECKPOINT = f"{NEXT}/{CHECKPOINT}"
LARGEST_VKEY = 64 * 1024

_TILE_FOLDER = re.compile(
    r"tile(?:/(?:entries|0|[1-9][0-9]?)(?:/x[0-9]{3}){0,6}(?:/[0-9]{3}\.p)?)?", re.ASCII
)
_NUMBERED = re.compile(r"\.next/(?:0|[1-9][0-9]{0,18})", re.ASCII)


def read(folder: Path, name: str, largest: int) -> bytes:
    """A file's bytes. Broken when it is missing; Malformed when it is larger, or no plain file."""
    path = folder / name
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        raise Broken(f"{path}: missing") from None
    except OSError as error:
        raise Malformed(str(path), "top", f"a plain file that can be read ({error.strerror})") from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Malformed(str(path), "top", "a plain file")
    with os.fdopen(handle, "rb") as file:
        data = file.read(largest + 1)
    if len(data) > largest:
        raise Malformed(str(path), "size", f"at most {largest} bytes")
    return data


def read_part(folder: Path, part: Part) -> bytes:
    """The bytes of a tile or bundle, as many as it has when its entries are leaves. Are they right? Not known yet."""
    size = part.width * (2 + LEAF if part.level == ENTRIES else HASH)
    data = read(folder, str(part), size)
    if len(data) != size:
        raise Malformed(str(folder / str(part)), "size", f"{size} bytes, found {len(data)}")
    return data


def read_note(folder: Path, name: str = CHECKPOINT) -> bytes:
    """The bytes of a checkpoint."""
    return read(folder, name, LARGEST_NOTE)


def read_vkeys(folder: Path) -> list[Vkey]:
    """The keys that an export names as its log's and its witnesses'. Its word makes none of them trusted."""
    file = str(folder / VKEY)
    try:
        *lines, last = read(folder, VKEY, LARGEST_VKEY).decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise Malformed(file, "top", "UTF-8") from None
    if last or not lines:
        raise Malformed(file, "top", "one key a line, each ended by a newline")
    keys = [Vkey.parse(line, file) for line in lines]
    if len(set(keys)) != len(keys):
        raise Malformed(file, "top", "each key once")
    return keys


def vkeys_text(keys: Sequence[Vkey]) -> str:
    """The file of keys, as ``read_vkeys`` reads it."""
    return "".join(f"{key}\n" for key in keys)


def is_there(folder: Path, name: str) -> bool:
    """Whether anything stands under this name."""
    return os.path.lexists(folder / name)


def parts_found(folder: Path) -> Iterator[Part]:
    """The tiles and bundles that stand in the folder. Malformed for anything that has no place there."""
    for name in _names(folder, ""):
        if name in (CHECKPOINT, VKEY, NEXT_CHECKPOINT) or _NUMBERED.fullmatch(name):
            continue
        try:
            part = Part.parse(name)
        except Malformed:
            raise stray(folder, name) from None
        yield part


def stray(folder: Path, name: object) -> Malformed:
    """The error for what stands in the folder without being part of the export."""
    return Malformed(str(folder / str(name)), "path", "nothing here: this is no part of the export")


def _names(folder: Path, below: str) -> Iterator[str]:
    """Every plain file's path from the folder on; links, devices and unknown folders are no part of an export."""
    try:
        with os.scandir(folder / below) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        expected = f"a folder that can be read ({error.strerror})"
        raise Malformed(str(folder / below), "top", expected) from None
    for entry in entries:
        name = f"{below}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            if name != NEXT and _TILE_FOLDER.fullmatch(name) is None:
                raise stray(folder, name)
            yield from _names(folder, f"{name}/")
        elif entry.is_file(follow_symlinks=False):
            yield name
        else:
            raise stray(folder, name)
