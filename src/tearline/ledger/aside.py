"""Writing an export so that it verifies whenever it is cut short.

Files are written to ``.next/`` under numbers and synced there. When all are on the disk, the checkpoint
to which they lead is put into ``.next/checkpoint``: from then on they may stand beyond the published one.
They are renamed into place, their folders synced, and the announced checkpoint is renamed to be the
published one. OSError when the disk fails at any step; the next export then begins anew.
"""

import fcntl
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tearline.config import sync_folder
from tearline.facts.errors import Malformed
from tearline.ledger.folder import CHECKPOINT, NEXT, NEXT_CHECKPOINT, TILE, VKEY, is_there
from tearline.ledger.tiles import Part

AT_ONCE = 256
"""Files held in memory until they are written and synced."""
WRITERS = 8
"""Threads that wait for the disk: several syncs share one commit of the file system's journal."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """The only export into this folder, also among processes. The kernel unlocks when one dies."""
    if is_there(folder, "") and not folder.is_dir():
        raise Malformed(str(folder), "top", "a folder")
    if not folder.is_dir():
        folder.mkdir(parents=True)
        sync_folder(folder.parent)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TimeoutError(f"{folder}: another export is writing here; nothing was changed") from None
        yield
    finally:
        os.close(handle)


class Aside:
    """The files of one export that are not in their place yet. To be used under ``alone``."""

    def __init__(self, folder: Path) -> None:
        self.parts: list[Part] = []
        self._folder = folder
        self._next = folder / NEXT
        self._waiting: list[tuple[Path, bytes]] = []
        self._pool = ThreadPoolExecutor(WRITERS)
        self._renamed_in = {folder}
        self._cut_short = self._next.is_dir()
        if self._cut_short:
            self._clear()

    def close(self) -> None:
        """End the threads, and remove what was written and never published."""
        self._pool.shutdown()
        if self._next.is_dir():
            self._clear()
            if not is_there(self._folder, NEXT_CHECKPOINT):
                self._next.rmdir()

    def put(self, part: Part, data: bytes) -> None:
        """Write a tile or bundle aside."""
        self._waiting.append((self._next / str(len(self.parts)), data))
        self.parts.append(part)
        if len(self._waiting) == AT_ONCE:
            self._flush()

    def publish(self, note: str, keys: str, keys_meanwhile: str) -> None:
        """Put everything in its place, the checkpoint last.

        ``keys_meanwhile`` is what the file of keys holds while either checkpoint may stand.
        """
        self._flush()
        if self.parts or not _holds(self._folder / CHECKPOINT, note):
            self._replace(VKEY, keys_meanwhile)
            self._replace(NEXT_CHECKPOINT, note)
            for number, part in enumerate(self.parts):
                self._place(self._next / str(number), self._folder / str(part))
            if self._cut_short:  # perhaps between renaming and syncing
                self._renamed_in |= {Path(at) for at, _, _ in os.walk(self._folder / TILE)}
            for folder in sorted(self._renamed_in):
                sync_folder(folder)
            (self._folder / NEXT_CHECKPOINT).rename(self._folder / CHECKPOINT)
            sync_folder(self._folder)
        self._replace(VKEY, keys)
        (self._folder / NEXT_CHECKPOINT).unlink(missing_ok=True)

    def _flush(self) -> None:
        if self._waiting:
            self._next.mkdir(exist_ok=True)
            list(self._pool.map(_write, self._waiting))
            self._waiting.clear()

    def _place(self, written: Path, place: Path) -> None:
        if place.parent not in self._renamed_in:
            place.parent.mkdir(parents=True, exist_ok=True)
            self._renamed_in.update(place.parents[: len(place.parts) - len(self._folder.parts)])
        written.rename(place)

    def _replace(self, name: str, text: str) -> None:
        if not _holds(self._folder / name, text):
            self._next.mkdir(exist_ok=True)
            beside = self._next / str(len(self.parts))
            _write((beside, text.encode("utf-8")))
            beside.rename(self._folder / name)
            sync_folder((self._folder / name).parent)
            sync_folder(self._folder)

    def _clear(self) -> None:
        for left in self._next.iterdir():
            if left.name != CHECKPOINT:
                left.unlink()


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode("utf-8")


def _write(what: tuple[Path, bytes]) -> None:
    """One new file, on the disk when it returns."""
    path, data = what
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(handle)
