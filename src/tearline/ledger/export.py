"""The public ledger as static files, for any file server. They are a cache and can be made again.

What is promised: every tile is hashed anew from the leaves, and nothing gets into its place before the
root is the checkpoint's and the tree continues what the folder held. Each file is written aside, synced and
renamed, its folder synced, ``checkpoint`` last (``aside``): an export that ends at any moment leaves a folder
that verifies, at its old size or at its new one. What is there is compared and not written again. A
partial tile stays until its full one is published, as C2SP tlog-tiles asks.

How it fails: Malformed when the folder holds something else, or another log's export. Broken when a file
there is not what the ledger says it is, when the folder is ahead of the ledger, or when the leaves do not
make the checkpoint's root; nothing is overwritten then. OSError when the disk fails, and TimeoutError when
another export is writing there; what was published stands.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tearline.facts.errors import Broken, Malformed
from tearline.ledger.aside import Aside, alone
from tearline.ledger.folder import (
    CHECKPOINT,
    NEXT_CHECKPOINT,
    VKEY,
    is_there,
    parts_found,
    read,
    read_note,
    read_part,
    read_vkeys,
    stray,
    vkeys_text,
)
from tearline.ledger.growth import grown
from tearline.ledger.note import Checkpoint, Note, Signature, Vkey, open_checkpoint
from tearline.ledger.tiles import Part, width
from tearline.ledger.tree import WIDTH

Progress = Callable[[int, int], None]
"""How many entries are done, of how many."""


class Log(Protocol):
    """What an export reads of a ledger."""

    @property
    def vkey(self) -> Vkey: ...

    def checkpoint(self) -> str: ...

    def leaves(self, low: int, high: int) -> list[bytes]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The checkpoint that the folder holds now, and how many tiles and bundles were written, kept, removed."""

    checkpoint: Checkpoint
    written: int
    kept: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What stands in the folder besides the parts that are to stand there.

    ``said`` are the checkpoints by the files that hold them, ``narrower`` the earlier states of what has grown
    since, ``beyond`` what an interrupted export to a larger tree left.
    """

    said: Mapping[str, Checkpoint]
    narrower: Mapping[tuple[int, int], Sequence[Part]]
    beyond: Sequence[Part]


def export(
    log: Log,
    folder: Path,
    *,
    note: str | None = None,
    witnesses: Sequence[Vkey] = (),
    former: Sequence[Vkey] = (),
    progress: Progress = lambda _done, _all: None,
) -> Exported:
    """Bring ``folder`` up to ``note``, or to the log's latest checkpoint.

    ``witnesses`` are the keys whose cosignatures are published with it; lines by others are left out. ``former``
    are the log's earlier keys, by which a folder may have been published last.
    ``progress`` is told after each 256 entries.
    """

    def leaves(part: Part) -> list[bytes]:
        progress(part.first, goal.size)
        return log.leaves(part.first, part.first + part.width)

    keys = [log.vkey, *witnesses]
    latest = log.checkpoint()
    note = _note_by(keys, note or latest)
    goal = open_checkpoint(note, log.vkey)
    with alone(folder):
        found = _survey(folder, [log.vkey, *former], goal, open_checkpoint(latest, log.vkey).size)
        with closing(Aside(folder)) as aside:
            files = grown(leaves, goal.size, {**found.said, "the ledger's checkpoint": goal})
            kept = _stage(folder, files, found.narrower, aside)
            _remove(folder, found.beyond)
            _publish(folder, aside, keys, note)
        over = [
            p
            for (level, n), old in found.narrower.items()
            if width(goal.size, level, n) == WIDTH
            for p in old
        ]
        _remove(folder, over)
    removed = len(over) + len(found.beyond)
    return Exported(checkpoint=goal, written=len(aside.parts), kept=kept, removed=removed)


def _survey(folder: Path, logs: Sequence[Vkey], goal: Checkpoint, size: int) -> _Found:
    """What stands there, before anything is changed. ``size`` is how far the ledger has come."""
    if is_there(folder, VKEY) and read_vkeys(folder)[0] not in logs:
        raise Malformed(
            str(folder / VKEY), "line 1", f"the key of {logs[0].name}, whose ledger is to be exported"
        )
    files = [name for name in (CHECKPOINT, NEXT_CHECKPOINT) if is_there(folder, name)]
    said = {str(folder / name): _opened(folder, name, logs) for name in files}
    for place, checkpoint in {**said, "the note to be published": goal}.items():
        if checkpoint.size > size:
            raise Broken(
                f"{place}: {checkpoint.size} entries, and the ledger has {size}: it is behind what it said"
            )
    published, announced = (said.get(str(folder / name)) for name in (CHECKPOINT, NEXT_CHECKPOINT))
    if published and published.size > goal.size:
        raise Broken(
            f"{folder / CHECKPOINT}: {published.size} entries, and no export goes back to {goal.size}"
        )
    narrower, beyond = defaultdict[tuple[int, int], list[Part]](list), list[Part]()
    for part in parts_found(folder):
        now = width(goal.size, part.level, part.index)
        if part.width < now:
            narrower[part.level, part.index].append(part)
        elif part.width > now:
            if announced is None or part.width > width(announced.size, part.level, part.index):
                raise stray(folder, part)
            beyond.append(part)
    return _Found(said=said, narrower=narrower, beyond=beyond)


def _opened(folder: Path, name: str, logs: Sequence[Vkey]) -> Checkpoint:
    file = str(folder / name)
    note = read_note(folder, name)
    for log in logs:
        try:
            return open_checkpoint(note, log, file)
        except Broken:
            continue
    raise Malformed(file, "top", f"a checkpoint signed by {logs[0].name}, whose ledger is to be exported")


def _stage(
    folder: Path,
    files: Iterable[tuple[Part, bytes]],
    narrower: Mapping[tuple[int, int], Sequence[Part]],
    aside: Aside,
) -> int:
    """Write aside what is not there, and compare what is; how many files were there."""
    kept = 0
    for part, data in files:
        for old in narrower.get((part.level, part.index), ()):
            if not data.startswith(read_part(folder, old)):
                raise _differs(folder, old)
        if not is_there(folder, str(part)):
            aside.put(part, data)
        elif _is_same(folder, part, data):
            kept += 1
        else:
            raise _differs(folder, part)
    return kept


def _is_same(folder: Path, part: Part, data: bytes) -> bool:
    try:
        return read(folder, str(part), len(data)) == data
    except Malformed:
        return False


def _differs(folder: Path, part: Part) -> Broken:
    return Broken(f"{folder / str(part)}: not what the ledger holds; nothing was overwritten")


def _publish(folder: Path, aside: Aside, keys: Sequence[Vkey], note: str) -> None:
    """Cosignatures that are there already stay, and no signature ever stands there without its key."""
    listed = read_vkeys(folder) if is_there(folder, VKEY) else []
    meanwhile = [*listed, *(key for key in keys if key not in listed)]
    if is_there(folder, CHECKPOINT):
        held = read_note(folder, CHECKPOINT)
        if Note.parse(held).text == Note.parse(note).text:
            note = _note_by(keys, held, note)
    aside.publish(note, vkeys_text(keys), vkeys_text(meanwhile))


def _note_by(keys: Sequence[Vkey], *notes: str | bytes) -> str:
    """The last of these notes over one text, with each key's signatures as the last that has any has them."""
    lines: dict[Vkey, tuple[Signature, ...]] = {}
    for note in notes:
        lines |= Note.parse(note).signed_by(keys)
    signed = "".join(str(line) for key in keys for line in lines.get(key, ()))
    return f"{Note.parse(notes[-1]).text}\n{signed}"


def _remove(folder: Path, parts: Iterable[Part]) -> None:
    """Take away partial tiles, and their folders when they were the last in them."""
    for part in parts:
        path = folder / str(part)
        path.unlink()
        if not part.full and not any(path.parent.iterdir()):
            path.parent.rmdir()
