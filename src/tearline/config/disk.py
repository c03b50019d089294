"""Small files that are replaced whole, and folders that keep what was done in them."""

import os
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Put ``content`` under ``path``, mode 0600, on the disk when it returns: the old bytes or the new, never a part.

    OSError when the disk fails; then the old content stands, as far as that disk can be believed.
    """
    # One name per process and call: two writers that meet must not write into each other's file.
    beside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
        beside.rename(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make what was created, renamed or removed in ``folder`` last through a loss of power."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
