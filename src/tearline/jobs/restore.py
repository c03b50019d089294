"""Restoring a whole node from its backup, or nothing at all.

1. The key file opens, has not expired, and is of this log and of the backup's epoch.
2. The archive opens, and all of it is undamaged, before any of it is used.
3. Entries, signing keys and settings are put into a folder beside the one that was asked for. Sealed fields that
   the second store says were purged since are left out: they are purged again.
   Files of evidence come with them, sealed as they were; those of purged facts are deleted.
4. Tiles, edge and index are made from the entries, and must lead to the checkpoint that the log key signed.
5. The folder is synced, and gets its name in one step.

Up to the last step nothing stands under the node's name. How it fails: Malformed for files, passphrases and places
that do not fit, Broken when the entries do not add up, OSError when the disk is full.
"""

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tearline.config import FILE, Settings, database_url, sync_folder
from tearline.config.evidence import FOLDER
from tearline.facts.errors import Broken, Malformed
from tearline.jobs.evidence.keeping import sweep
from tearline.ledger import archive, keyfile, wrapping
from tearline.ledger.backup import Contents, KeyBackup, files, unpack
from tearline.ledger.behind import check_not_behind
from tearline.ledger.keys import FACT, LOG, VKEY, NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.published import Published
from tearline.ledger.rebuild import Stored
from tearline.node import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A node that stands again. ``behind`` says why it signs nothing, when it is older than what was published."""

    origin: str
    size: int
    made_at: datetime
    purged_again: int
    behind: str | None


def restore_node(
    file: Path,
    data: Path,
    passphrase: str,
    *,
    clock: Clock,
    keys_file: Path | None,
    database: str | None = None,
    published: Path | None = None,
) -> Restored:
    """Make the node of a backup in ``data``, a new or empty folder.

    ``keys_file`` is None when the wrapping key comes from the environment; ``published`` is where the second store
    is now, if the backup does not know.
    """
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise Malformed(str(data), "top", "an empty or new folder for the restored node")
    key = None if keys_file is None else _key(keys_file, passphrase, clock())
    data.parent.mkdir(parents=True, exist_ok=True)
    with _beside(data) as folder:
        with archive.read(file, passphrase, folder) as content:
            contents, rows = unpack(content, str(file))
            keys = _keys(folder / "keys", contents, key, file=str(file), key_file=str(keys_file))
            settings = Settings.parse(dict(contents.settings), f"{file}: {FILE}")
            if published is not None:
                settings = replace(settings, published=published)
            second = Published(settings.second_store(folder))
            again = _Forgetting({purge.leaf for purge in (*contents.purged, *second.purges())})
            url = database_url(folder, database)
            with closing(_ledger(url, keys, clock, again.over(rows), contents.note)) as ledger:
                _put_back(folder / FOLDER, files(content, contents, str(file)))
                sweep(ledger, folder, clock())
                if settings.published is None:  # it was in the node's own folder, and went with it
                    second.make()
                    second.committed(contents.note)
                    second.purged(contents.purged)
                behind = _behind(ledger, second)
        settings.write(folder)
        for place in (folder / "keys", folder):
            sync_folder(place)
        folder.rename(data)
        sync_folder(data.parent)
    return Restored(
        origin=keys.origin,
        size=contents.size,
        made_at=contents.made_at,
        purged_again=again.count,
        behind=behind,
    )


def _put_back(folder: Path, kept: Iterable[tuple[str, Iterator[bytes]]]) -> None:
    """The files of evidence, sealed as they were."""
    for name, pieces in kept:
        folder.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(handle)
    if folder.is_dir():
        sync_folder(folder)


def _key(path: Path, passphrase: str, now: datetime) -> KeyBackup:
    with archive.opened(path) as file:
        locked = file.read(archive.LARGEST_SMALL)
    key = KeyBackup.unlock(locked, passphrase, str(path))
    if key.expires <= now:
        raise Malformed(
            str(path), "expires", f"a key backup that has not expired; this one did on {_day(key.expires)}"
        )
    return key


def _keys(folder: Path, contents: Contents, key: KeyBackup | None, *, file: str, key_file: str) -> NodeKeys:
    """The node's keys, written and read again. Malformed unless they fit each other and the backup."""
    if contents.keys.keys() != {LOG, FACT, VKEY}:
        raise Malformed(file, "keys", f"{LOG}, {FACT} and {VKEY}")
    folder.mkdir(mode=0o700)
    for name, text in contents.keys.items():
        keyfile.write(folder / name, text.encode("utf-8"))
    if key is not None:
        _check_epoch(key.key.epoch, contents, file, f"{key_file}, of {_day(key.made_at)},")
        keyfile.write(folder / wrapping.FILE, key.key.line().encode("ascii"))
    keys = NodeKeys.load(folder)
    if key is not None and key.origin != keys.origin:
        raise Malformed(key_file, "origin", f"a key of {keys.origin}, found one of {key.origin}")
    _check_epoch(keys.epoch, contents, file, wrapping.VARIABLE)
    return keys


def _check_epoch(epoch: int, contents: Contents, file: str, key: str) -> None:
    if epoch > contents.epoch:
        raise Malformed(
            file,
            "epoch",
            f"a backup made after the last purge: this one, of {_day(contents.made_at)}, is of epoch {contents.epoch},"
            f" and {key} holds the key of epoch {epoch}; make a new backup after each purge",
        )
    if epoch < contents.epoch:
        raise Malformed(
            file,
            "epoch",
            f"the wrapping key of epoch {contents.epoch}, and {key} holds that of epoch {epoch}",
        )


def _ledger(url: str, keys: NodeKeys, clock: Clock, rows: Iterable[Stored], note: str) -> Ledger:
    path = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None
    absent = path is not None and not path.exists()
    try:
        return Ledger.restore(url, keys, clock, rows, note)
    except BaseException:
        if path is not None and absent:  # it was ours, and is not a ledger
            for name in ("", "-wal", "-shm", "-journal"):
                path.with_name(path.name + name).unlink(missing_ok=True)
        raise


def _behind(ledger: Ledger, second: Published) -> str | None:
    try:
        check_not_behind(ledger, second)
    except Broken as behind:
        return str(behind)
    return None


class _Forgetting:
    """Empties the sealed fields of purged entries on their way back into a ledger, and counts them."""

    def __init__(self, leaves: set[bytes]) -> None:
        self._leaves = leaves
        self.count = 0

    def over(self, rows: Iterable[Stored]) -> Iterator[Stored]:
        for row in rows:
            if row.wrapped and row.leaf in self._leaves:
                self.count += 1
                yield row._replace(wrapped=b"", content=b"")
            else:
                yield row


@contextmanager
def _beside(data: Path) -> Iterator[Path]:
    """A folder beside the one that is asked for, on the same file system; nothing stands there afterwards."""
    folder = data.parent / f".{data.name}.restoring-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _day(time: datetime) -> str:
    return time.date().isoformat()
