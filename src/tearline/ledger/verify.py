"""Is this folder the public ledger of that log, whole? Pure: needs no node, no database and no network.

1. ``vkey`` names the given key first; every further line is a key in its one form.
2. ``checkpoint`` is signed by the given key, for its origin. Every other signature line is by a key that
   ``vkey`` lists or that was given as a witness, and verifies: a line that nobody could check is none.
3. Each given witness has cosigned it.
4. If an export was cut short, what it announces in ``.next/checkpoint`` is signed as well.
5. Every bundle of the checkpoint's tree is there, byte for byte in its one form; every entry is a leaf of
   33 bytes, version 1.
6. Every hash tile at every level is there and is what follows from the leaves.
7. The root that follows from the leaves is the checkpoint's.
8. Nothing else stands in the folder, but for earlier and narrower states of partial tiles, which agree with
   the present ones; and, if an export was announced, tiles of the announced tree, which agree as far as
   the checkpoint reaches.

``verify`` raises and never answers False: ``Malformed`` for bytes that cannot be what they should be, ``Broken``
for a signature, a hash or a file that is wrong or missing. Each names the file. Memory does not grow with
the log: a few tiles are held at a time.

A folder to which an export is written meanwhile may fail; verify it again then, or a copy.

What it cannot show: that the log told others the same. For that, give the witnesses whom you trust.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tearline.facts.errors import Broken, Malformed
from tearline.ledger.folder import (
    CHECKPOINT,
    NEXT_CHECKPOINT,
    VKEY,
    is_there,
    parts_found,
    read_note,
    read_part,
    read_vkeys,
    stray,
)
from tearline.ledger.growth import grown
from tearline.ledger.note import Checkpoint, Cosigned, Note, Vkey, open_checkpoint, open_cosigned
from tearline.ledger.tiles import ENTRIES, Part, entries_of, width

Progress = Callable[[int, int], None]
"""How many entries are done, of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The checkpoint, when each given witness cosigned it, and where an export that was cut short was going."""

    cosigned: Cosigned
    announced: Checkpoint | None


def verify(
    folder: Path,
    log: Vkey,
    witnesses: Sequence[Vkey] = (),
    *,
    progress: Progress = lambda _done, _all: None,
) -> Verified:
    """All eight steps. ``progress`` is told after each 256 entries."""
    if not folder.is_dir():
        raise Malformed(str(folder), "top", "a folder that holds an export")
    listed = _listed(folder, log)
    cosigned = _checkpoint(folder, log, witnesses, listed)
    checkpoint = cosigned.checkpoint
    announced = _announced(folder, log)
    _check_tree(folder, checkpoint, announced, progress)
    for part in parts_found(folder):
        _check_place(folder, part, checkpoint, announced)
    return Verified(cosigned=cosigned, announced=announced)


def _listed(folder: Path, log: Vkey) -> list[Vkey]:
    """Step 1."""
    listed = read_vkeys(folder)
    if listed[0] != log:
        raise Broken(f"{folder / VKEY}: the first key is not {log}")
    return listed


def _checkpoint(folder: Path, log: Vkey, witnesses: Sequence[Vkey], listed: Sequence[Vkey]) -> Cosigned:
    """Steps 2 and 3."""
    file = str(folder / CHECKPOINT)
    content = read_note(folder)
    try:
        cosigned = open_cosigned(content, log, witnesses, file)
        note = Note.parse(content, file)
        signed = note.signed_by([*listed, *(w for w in witnesses if w not in listed)])
    except Broken as broken:
        raise Broken(f"{file}: {broken}") from None
    checked = {line for lines in signed.values() for line in lines}
    for number, line in enumerate(note.signatures, 1):
        if line not in checked:
            raise Broken(f"{file}: signature line {number} is by no key that {VKEY} lists")
    for witness in witnesses:
        if witness not in cosigned.at:
            raise Broken(f"{file}: {witness.name} has not cosigned it")
    return cosigned


def _announced(folder: Path, log: Vkey) -> Checkpoint | None:
    """Step 4."""
    if not is_there(folder, NEXT_CHECKPOINT):
        return None
    file = str(folder / NEXT_CHECKPOINT)
    try:
        return open_checkpoint(read_note(folder, NEXT_CHECKPOINT), log, file)
    except Broken as broken:
        raise Broken(f"{file}: {broken}") from None


def _check_tree(
    folder: Path, checkpoint: Checkpoint, announced: Checkpoint | None, progress: Progress
) -> None:
    """Steps 5, 6 and 7."""

    def leaves(part: Part) -> list[bytes]:
        progress(part.first, checkpoint.size)
        return entries_of(read_part(folder, part), part.width, str(folder / str(part)))

    said = {str(folder / CHECKPOINT): checkpoint}
    if announced:
        said[str(folder / NEXT_CHECKPOINT)] = announced
    for part, data in grown(leaves, checkpoint.size, said, where=f"{folder}/"):
        # A bundle is read to make its leaves, and is whole when they are: it has one form.
        if part.level != ENTRIES and read_part(folder, part) != data:
            raise Broken(f"{folder / str(part)}: not the hashes of the entries")


def _check_place(folder: Path, part: Part, checkpoint: Checkpoint, announced: Checkpoint | None) -> None:
    """Step 8."""
    now = width(checkpoint.size, part.level, part.index)
    if part.width == now:
        return
    then = width(announced.size, part.level, part.index) if announced else 0
    if part.width > max(now, then):
        raise stray(folder, part)
    data = read_part(folder, part)
    present = read_part(folder, Part(part.level, part.index, now)) if now else b""
    if not (data.startswith(present) if part.width > now else present.startswith(data)):
        raise Broken(f"{folder / str(part)}: not what {folder / CHECKPOINT} covers")
