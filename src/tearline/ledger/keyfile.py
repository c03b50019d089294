"""Private keys on disk: written once, synced, readable by whoever runs the node and by nobody else."""

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InternalError, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.facts.errors import Malformed

LARGEST_FILE = 4096


def pem(key: Ed25519PrivateKey) -> bytes:
    """PKCS #8 in PEM, as openssl reads it, without passphrase."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def write(path: Path, content: bytes) -> None:
    """A new file of mode 0600, synced. FileExistsError when there is one: no key is ever overwritten."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(handle, 0o600)
        file.write(content)
        file.flush()
        os.fsync(handle)


def read(path: Path) -> bytes:
    """The content of a plain file that belongs to us and that nobody else may read or write."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as e:
        raise Malformed(str(path), "top", f"a key file of this node, made by init ({e.strerror})") from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise Malformed(str(path), "top", "a plain file")
        if status.st_uid != os.geteuid():
            raise Malformed(str(path), "owner", "a file that belongs to whoever runs the node")
        mode = stat.S_IMODE(status.st_mode)
        if mode & 0o177:
            raise Malformed(str(path), "mode", f"0600, found {mode:04o}: others could read the node's keys")
        content = os.read(handle, LARGEST_FILE + 1)
    finally:
        os.close(handle)
    if len(content) > LARGEST_FILE:
        raise Malformed(str(path), "top", f"at most {LARGEST_FILE} bytes")
    return content


def private(path: Path) -> Ed25519PrivateKey:
    """The Ed25519 key that ``pem`` wrote. Malformed when it is another kind, or others could read it."""
    try:
        key = serialization.load_pem_private_key(read(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm, InternalError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise Malformed(str(path), "top", "an Ed25519 private key, PKCS #8 in PEM, without passphrase")
    return key


def sync(folder: Path) -> None:
    """Make what was created or renamed in ``folder`` survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(folder: Path, patience: float) -> Iterator[None]:
    """Hold this folder's lock, which a killed process gives back. TimeoutError after ``patience`` seconds."""
    until = time.monotonic() + patience
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise TimeoutError(f"another process holds the keys in {folder}") from None
                time.sleep(0.05)
        yield
    finally:
        os.close(handle)
