"""Backing up a whole node into two files: the node, and apart from it the key that opens its sealed fields.

``FILE`` holds the entries as they are stored, the signed checkpoint over them, the settings and the signing keys, and
the files of evidence as they are sealed.
``FILE.keys`` holds the wrapping key alone, with the day on which it has to be gone; it goes on record before it
exists, so that no purge is called complete while a backup could undo it. Each is under the passphrase.

What is promised: when ``make_backup`` returns, both files were read again, bear their final names and are on the
disk; what they hold is the node at one size, however much was recorded meanwhile. A node that is killed leaves
neither name. How it fails: Malformed when a file is there already, OSError when the disk is full, TimeoutError
when purges kept coming in between. Nothing is left then.
"""

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tearline.config import Settings, sync_folder
from tearline.config.evidence import FOLDER
from tearline.facts.errors import Broken, Malformed
from tearline.facts.identifiers import BackupId
from tearline.facts.register import FileCopy
from tearline.facts.retention import KeyBackupDestroyed, KeyBackupMade
from tearline.folds.held import ITSELF
from tearline.jobs.evidence.keeping import on_record, path_of
from tearline.ledger import archive, keyfile, rotation
from tearline.ledger.backup import LARGEST_PIECE, Contents, KeyBackup, pack
from tearline.ledger.keys import FACT, LOG, VKEY
from tearline.ledger.note import Checkpoint, Note
from tearline.ledger.published import Published
from tearline.ledger.rebuild import Stored
from tearline.node import Node, Order
from tearline.rooms.retention.wrapping import RecordKeyBackup, RecordKeyBackupDestroyed

KEPT = timedelta(days=30)
AT_ONCE = 1000
TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A backup that was made. ``keys`` is None where the wrapping key is kept elsewhere."""

    backup: str
    size: int
    epoch: int
    keys: Path | None
    expires: datetime | None


class _Changed(Exception):
    """Sealed fields were purged or rewrapped while they were read: what was read is of two moments."""


def keys_beside(file: Path) -> Path:
    """Where the wrapping key of a backup goes."""
    return file.with_name(f"{file.name}.keys")


def make_backup(
    node: Node, data: Path, file: Path, passphrase: str, *, kept: timedelta | None = KEPT
) -> Made:
    """Back up the node in ``data``, and its wrapping key, which is to be destroyed after ``kept``.

    The key is left out when ``kept`` is None, and when a key store outside holds it.
    """
    for path in (file, keys_beside(file)):
        if path.exists():
            raise Malformed(str(path), "top", "no file: a backup never replaces another")
    if not file.parent.is_dir():
        raise Malformed(str(file.parent), "top", "a folder for the backup")
    backup = f"backup-{secrets.token_hex(8)}"
    keys = node.ledger.keys
    if kept is None or (keys.wrapping is not None and keys.wrapping.outside):
        with _unfinished(file) as beside:
            contents = _write(node, data, beside, backup, passphrase)
            beside.rename(file)
        sync_folder(file.parent)
        return Made(backup=backup, size=contents.size, epoch=contents.epoch, keys=None, expires=None)
    now = node.clock()
    key = KeyBackup(
        backup=backup,
        origin=keys.origin,
        made_at=now,
        expires=now + kept,
        key=keys.wrapping_key(node.ledger.epoch()),
    )
    with _on_record(node, key, (file, keys_beside(file))):
        contents = _write_both(node, data, file, key, passphrase)
    return Made(
        backup=backup,
        size=contents.size,
        epoch=contents.epoch,
        keys=keys_beside(file),
        expires=key.expires,
    )


@contextmanager
def _on_record(node: Node, key: KeyBackup, files: Sequence[Path]) -> Iterator[None]:
    """First on record, then in the world; and before the entries are read, so that the backup knows of itself."""
    name = BackupId(key.backup)
    made = KeyBackupMade(backup=name, epoch=key.key.epoch, expires=key.expires)
    node.record(Order(command=RecordKeyBackup(made), by=ITSELF), key=f"{name} made")
    try:
        yield
    except BaseException:
        for file in files:
            file.unlink(missing_ok=True)
        gone = RecordKeyBackupDestroyed(KeyBackupDestroyed(backup=name))
        node.record(Order(command=gone, by=ITSELF), key=f"{name} destroyed")
        raise


def _write_both(node: Node, data: Path, file: Path, key: KeyBackup, passphrase: str) -> Contents:
    with _unfinished(file) as beside, _unfinished(keys_beside(file)) as keys_file:
        contents = _write(node, data, beside, key.backup, passphrase)
        if contents.epoch != key.key.epoch:
            raise TimeoutError("the wrapping key was replaced meanwhile; make the backup again")
        keyfile.write(keys_file, key.lock(passphrase))
        keys_file.rename(keys_beside(file))
        beside.rename(file)
        sync_folder(file.parent)
    return contents


def _write(node: Node, data: Path, path: Path, backup: str, passphrase: str) -> Contents:
    """The archive of one moment of the node, made again when a purge came in between."""
    for _ in range(TRIES):
        purges = node.ledger.purges()
        contents = _contents(node, data, backup)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w+b") as file:
            try:
                rows, files = _rows(node, contents, purges), _files(data / FOLDER, contents)
                archive.write(file, pack(contents, rows, files), passphrase)
            except _Changed:
                continue
        return contents
    raise TimeoutError("sealed fields were purged again and again meanwhile; make the backup again")


def _contents(node: Node, data: Path, backup: str) -> Contents:
    settings = Settings.read(data)
    folder = data / "keys"
    with rotation.alone(folder):  # the checkpoint is signed by the log key that is stored beside it
        note = node.ledger.checkpoint()
        keys = {name: keyfile.read(folder / name).decode("utf-8") for name in (LOG, FACT, VKEY)}
    return Contents(
        backup=backup,
        made_at=node.clock(),
        size=Checkpoint.parse(Note.parse(note).text).size,
        note=note,
        epoch=node.ledger.epoch(),
        settings=settings.plain(),
        keys=keys,
        purged=Published(settings.second_store(data)).purges(),
        files=_kept(node, data / FOLDER),
    )


def _kept(node: Node, folder: Path) -> tuple[tuple[str, int], ...]:
    """The files of evidence on record, with their lengths. Broken when one is not there: no backup hides that."""
    found = []
    for file, purged in on_record(node.ledger).items():
        for copy in () if purged else FileCopy:
            path = path_of(folder, file, copy)
            if not path.is_file():
                raise Broken(f"{path}: this file of evidence is on record, and is not there")
            found.append((path.name, path.stat().st_size))
    return tuple(found)


def _files(folder: Path, contents: Contents) -> Iterator[bytes]:
    for name, size in contents.files:
        left = size
        try:
            with (folder / name).open("rb") as file:
                while piece := file.read(min(left, LARGEST_PIECE)):
                    left -= len(piece)
                    yield piece
        except FileNotFoundError:
            raise _Changed from None
        if left:
            raise Broken(f"{folder / name}: {left} bytes of this file of evidence are missing")


def _rows(node: Node, contents: Contents, purges: int) -> Iterator[Stored]:
    """The entries up to the size of the checkpoint. They never change, but for sealed fields."""
    for low in range(0, contents.size, AT_ONCE):
        yield from node.ledger.rows(low, min(low + AT_ONCE, contents.size))
    if (node.ledger.epoch(), node.ledger.purges()) != (contents.epoch, purges):
        raise _Changed


@contextmanager
def _unfinished(path: Path) -> Iterator[Path]:
    """A name beside ``path`` under which it is made; nothing stands there afterwards."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        yield beside
    finally:
        beside.unlink(missing_ok=True)
