"""The second store: what this node has told others of its ledger, kept where the ledger's database is not.

A database that was restored from an old copy is whole and knows nothing of what came after. If the node
signed on from there, others would hold two histories of one log. So a small folder, best on another file
system or a mount of another host, holds:

``checkpoint``  the last published checkpoint, with its cosignatures
``latest``      the last checkpoint known to be committed here, published or not
``purged``      one line for each purged entry, so that a restored database forgets again what it must not know
``door``        how often something ended at the door, so that an older copy of the door's tables is known as one
``lock``        held while one of them is replaced

What is promised: each file is the old one or the new one, never a part, also after a loss of power; the
checkpoints only ever go forward; and when a call returns, what it wrote is on the disk. How it fails:
``Conflict`` when another process was first, ``Broken`` when the disk fails, when what is held is damaged,
or when a checkpoint would take the store back or to another history. After a ``Broken`` of the disk
nothing more is written through the same object: a sync that failed once cannot be trusted when it succeeds.
"""

import fcntl
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tearline.config import replace_file, sync_folder
from tearline.facts.errors import Broken, Conflict, Malformed
from tearline.ledger.note import LARGEST_NOTE, Checkpoint, Note

CHECKPOINT, LATEST, PURGED, DOOR, LOCK = "checkpoint", "latest", "purged", "door", "lock"
_NUMBER = re.compile(rb"[1-9][0-9]{0,18}\n")
_PURGE = re.compile(r"([0-9a-f]{66}) ([0-9a-z]{16,40})")


@dataclass(frozen=True, slots=True, order=True)
class Purge:
    """One purged entry: its leaf (33 bytes) and the ref of the fact that says why it was purged."""

    leaf: bytes
    ref: str

    def __str__(self) -> str:
        return f"{self.leaf.hex()} {self.ref}"

    @classmethod
    def parse(cls, line: str) -> "Purge":
        """The leaf in lower-case hex, a space, the ref. ValueError for any other form."""
        found = _PURGE.fullmatch(line)
        if found is None:
            raise ValueError("a leaf in hex, a space and the ref of a fact")
        return cls(bytes.fromhex(found[1]), found[2])


class Published:
    """The second store in one folder. Any number of threads and processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._broken: str | None = None

    def make(self) -> None:
        """Make the folder, mode 0700, if it is not there. Broken when the disk refuses."""
        with self._guarded():
            if not self.folder.is_dir():
                self.folder.mkdir(mode=0o700, parents=True)
                sync_folder(self.folder.parent)

    def read(self) -> str | None:
        """The last published note with its cosignatures, or None when nothing was published yet."""
        return self._note(CHECKPOINT)

    def latest(self) -> str | None:
        """The note that reaches furthest of all that were ever put here, or None."""
        held = [note for name in (LATEST, CHECKPOINT) if (note := self._note(name)) is not None]
        return max(held, key=lambda note: _checkpoint(note).size, default=None)

    def advance(self, old: str | None, new: str) -> None:
        """Replace the published note ``old`` by ``new``, compare-and-swap; on the disk when it returns.

        Conflict when ``old`` is not what is held. Broken when ``new`` is smaller than ``old``, of another
        log, or says another root for the same size. Malformed when ``new`` is no signed checkpoint.
        """
        after = _checkpoint(new)
        with self._locked():
            held = self.read()
            if held != old:
                raise Conflict("another process has published meanwhile")
            if held is not None:
                self._check_forward(held, after)
            self._replace(CHECKPOINT, new)

    def committed(self, note: str) -> None:
        """Remember that the ledger came as far as ``note``, if that is further than what is held.

        Broken when it is of another log, or says another root for a size that is held. Malformed when it is
        no signed checkpoint.
        """
        after = _checkpoint(note)
        with self._locked():
            held = self.latest()
            if held is not None:
                before = _checkpoint(held)
                if before.origin == after.origin and before.size > after.size:
                    return  # another process came further, and was first to say so
                self._check_forward(held, after)
                if before == after:
                    return
            self._replace(LATEST, note)

    def purges(self) -> tuple[Purge, ...]:
        """Every purge on the list, in the order in which they were put there. Broken when it is damaged."""
        content = self._read(PURGED, 1 << 30)
        if content is None:
            return ()
        try:
            return _purges(content)
        except ValueError as error:
            raise Broken(f"{self.folder / PURGED} is damaged: expected {error}") from None

    def purged(self, entries: Sequence[Purge]) -> None:
        """Put these on the list; those whose leaf is on it already stay as they are. On the disk when it returns."""
        with self._locked():
            held = self.purges()
            known = {purge.leaf for purge in held}
            new = {purge.leaf: purge for purge in entries if purge.leaf not in known}
            if new:
                lines = [f"{Purge.parse(str(purge))}\n" for purge in (*held, *new.values())]
                self._replace(PURGED, "".join(lines))

    def door(self) -> int:
        """The furthest number that the door's tables came to; 0 before the first. Broken when it is damaged."""
        content = self._read(DOOR, 32)
        if content is None:
            return 0
        if _NUMBER.fullmatch(content) is None:
            raise Broken(f"{self.folder / DOOR} is damaged: expected a number and a newline")
        return int(content)

    def door_came_to(self, number: int) -> None:
        """Remember this number, if it is further than what is held; on the disk when it returns."""
        with self._locked():
            if number > self.door():
                self._replace(DOOR, f"{number}\n")

    def _check_forward(self, held: str, after: Checkpoint) -> None:
        before = _checkpoint(held)
        if before.origin != after.origin:
            raise Broken(f"{self.folder} holds a checkpoint of {before.origin}, not of {after.origin}")
        if before.size > after.size:
            raise Broken(f"{self.folder} holds {before.size} entries; it never goes back to {after.size}")
        if before.size == after.size and before.root != after.root:
            raise Broken(f"{self.folder} holds another root for the same {before.size} entries: a fork")

    def _note(self, name: str) -> str | None:
        content = self._read(name, LARGEST_NOTE)
        if content is None:
            return None
        try:
            text = content.decode("utf-8")
            _checkpoint(text)
        except (UnicodeDecodeError, Malformed):
            raise Broken(f"{self.folder / name} is damaged: expected a signed checkpoint") from None
        return text

    def _read(self, name: str, largest: int) -> bytes | None:
        with self._guarded():
            try:
                with (self.folder / name).open("rb") as file:
                    content = file.read(largest + 1)
            except FileNotFoundError:
                return None
        if len(content) > largest:
            raise Broken(f"{self.folder / name} is damaged: expected at most {largest} bytes")
        return content

    def _replace(self, name: str, text: str) -> None:
        """To be called under the lock, so that what lies beside the file is of a writer that was killed."""
        for left in self.folder.glob(f".{name}.*"):
            left.unlink()
        replace_file(self.folder / name, text.encode("utf-8"))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone among all threads and processes that use this folder. The kernel unlocks when one dies."""
        with self._guarded():
            # Each call opens the file anew, because threads that share a handle share its lock.
            handle = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                yield
            finally:
                os.close(handle)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        if self._broken is not None:
            raise Broken(self._broken)
        try:
            yield
        except OSError as error:
            self._broken = f"{self.folder}: the second store failed: {error.strerror or error}"
            raise Broken(self._broken) from error


def _purges(content: bytes) -> tuple[Purge, ...]:
    lines = content.decode("ascii", errors="replace").split("\n")
    if lines.pop() != "":
        raise ValueError("a newline after each line")
    found = tuple(Purge.parse(line) for line in lines)
    if len({purge.leaf for purge in found}) != len(found):
        raise ValueError("each leaf once")
    return found


def _checkpoint(note: str) -> Checkpoint:
    return Checkpoint.parse(Note.parse(note).text)
