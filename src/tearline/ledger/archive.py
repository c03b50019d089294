"""A file of any length under a passphrase, which a stranger opens with ``tar`` and ``age``.

An age file under a passphrase can only be opened in memory, as a whole. So the passphrase guards a fresh X25519
identity, and that the content, which streams in pieces of 64 KiB:

    tar                 two members, mode 0600, and the two empty blocks at the end; nothing else
      identity.age      the identity, age with a scrypt recipient (c2sp.org/age): the passphrase opens it
      node.age          the content, age with that one X25519 recipient

By hand: ``tar xf FILE && age --decrypt --identity identity.age node.age``.

Content comes out only after all of it was found to be whole: a bit that was flipped anywhere, a byte too many
or too few, is ``Malformed``, and so is a wrong passphrase.
"""

import hashlib
import os
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pyrage

from tearline.facts.errors import Broken, Malformed
from tearline.ledger.passphrase import lock, unlock

IDENTITY, CONTENT = "identity.age", "node.age"
BLOCK = 512
PIECE = 65_536
LARGEST_SMALL = 1 << 20
_END = bytes(2 * BLOCK)


def write(file: BinaryIO, pieces: Iterable[bytes], passphrase: str) -> None:
    """Make an archive of these pieces in an empty file open for reading and writing, and sync it.

    It is read again before this returns: Broken when what is in the file is not what was given, OSError when
    the disk is full.
    """
    identity = pyrage.x25519.Identity.generate()
    locked = lock(str(identity).encode("ascii"), passphrase)
    file.write(_header(IDENTITY, len(locked)) + _padded(locked))
    at = file.tell()
    file.write(_header(CONTENT, 0))
    source, sink = _Source(pieces), _Sink(file)
    try:
        pyrage.encrypt_io(source, sink, [identity.to_public()])
    except pyrage.EncryptError as error:
        raise source.failed or sink.failed or Broken(f"the archive could not be made: {error}") from None
    if sink.failed is not None:  # age says nothing when its last write fails
        raise sink.failed
    file.write(bytes(-sink.count % BLOCK) + _END)
    end = file.tell()
    file.seek(at)
    file.write(_header(CONTENT, sink.count))
    file.seek(end)
    file.flush()
    os.fsync(file.fileno())
    if _read_again(file, identity) != source.digest.digest():
        raise Broken("the archive does not read as it was written: the disk is not to be trusted")


def read(path: Path, passphrase: str, scratch: Path) -> BinaryIO:
    """The content of an archive, whole and checked, in a file without a name on the file system of ``scratch``.

    Malformed for a wrong passphrase, or when ``path`` is not exactly what ``write`` made; OSError when the disk
    is full.
    """
    with opened(path) as file:
        locked = _identity(file, str(path))
        return read_content(file, unlock(locked, passphrase, str(path)), str(path), scratch)


def read_content(file: BinaryIO, identity: bytes, name: str, scratch: Path) -> BinaryIO:
    """As ``read``, with the identity that the passphrase guards; ``file`` stands behind the first member."""
    count = _member(file, CONTENT, name)
    try:
        opens = pyrage.x25519.Identity.from_str(identity.decode("ascii"))
    except (UnicodeDecodeError, pyrage.IdentityError):
        raise Malformed(name, IDENTITY, "an age identity") from None
    # It has no name, so that nothing is left of it when the process ends, however it ends.
    content = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115  the caller closes it
    try:
        _decrypt(file, count, opens, content, name)
    except BaseException:
        content.close()
        raise
    content.seek(0)
    return content


def _decrypt(file: BinaryIO, count: int, identity: pyrage.x25519.Identity, to: BinaryIO, name: str) -> None:
    """The content of the last member, to the end of the archive."""
    part, sink = _Part(file, count), _Sink(to)
    try:
        pyrage.decrypt_io(part, sink, [identity])
    except (pyrage.DecryptError, OSError):
        raise sink.failed or Malformed(name, CONTENT, "a file that was not damaged") from None
    if sink.failed is not None:
        raise sink.failed
    if part.left or file.read(-count % BLOCK + len(_END) + 1) != bytes(-count % BLOCK) + _END:
        raise Malformed(name, "end", "two empty blocks and nothing more")


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file for reading. Malformed when it cannot be read."""
    try:
        with path.open("rb") as file:
            yield file
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        if error.filename != str(path):
            raise
        raise Malformed(str(path), "top", f"a file that can be read ({error.strerror})") from None


def _identity(file: BinaryIO, name: str) -> bytes:
    count = _member(file, IDENTITY, name)
    if count > LARGEST_SMALL:
        raise Malformed(name, IDENTITY, f"at most {LARGEST_SMALL} bytes")
    content = file.read(count)
    if len(content) != count or file.read(-count % BLOCK) != bytes(-count % BLOCK):
        raise Malformed(name, IDENTITY, "a file that was not damaged")
    return content


def _header(name: str, count: int) -> bytes:
    """The one tar header that we write for a member: no owner, no time, mode 0600."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = count, 0o600
    return member.tobuf(tarfile.GNU_FORMAT)  # beyond 8 GiB the old format has no digits left


def _member(file: BinaryIO, name: str, file_name: str) -> int:
    """The size of the member that must come next. Malformed unless its header is the one that we write."""
    header = file.read(BLOCK)
    try:
        count = tarfile.TarInfo.frombuf(header, "ascii", "strict").size
        if count >= 0 and _header(name, count) == header:
            return count
    except (tarfile.HeaderError, UnicodeError, ValueError):
        pass
    raise Malformed(file_name, name, "an archive, as backup makes it")


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % BLOCK)


def _read_again(file: BinaryIO, identity: pyrage.x25519.Identity) -> bytes:
    """The digest of the content as it stands in the file."""
    file.seek(0)
    _identity(file, "archive")
    part = _Part(file, _member(file, CONTENT, "archive"))
    sink = _Digest()
    try:
        pyrage.decrypt_io(part, sink, [identity])
    except (pyrage.DecryptError, OSError):
        return b""
    return sink.digest.digest()


class _Source:
    """Pieces as a file that age reads. It turns our errors into its own, so the first is kept."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._held = b""
        self.digest = hashlib.sha256()
        self.failed: Exception | None = None

    def read(self, most: int = PIECE) -> bytes:
        try:
            while not self._held:
                self._held = next(self._pieces)
        except StopIteration:
            return b""
        except Exception as error:
            self.failed = error
            raise
        piece, self._held = self._held[:most], self._held[most:]
        self.digest.update(piece)
        return piece


class _Sink:
    """A file that age writes into. Its errors are kept, because age says nothing of some of them."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.count = 0
        self.failed: Exception | None = None

    def write(self, piece: bytes) -> int:
        try:
            self._file.write(piece)
        except OSError as error:
            self.failed = self.failed or error
            raise
        self.count += len(piece)
        return len(piece)

    def flush(self) -> None:
        try:
            self._file.flush()
        except OSError as error:
            self.failed = self.failed or error
            raise


class _Digest:
    """Takes what age writes and keeps its SHA-256."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()

    def write(self, piece: bytes) -> int:
        self.digest.update(piece)
        return len(piece)

    def flush(self) -> None:
        pass


class _Part:
    """The next so many bytes of a file, as a file."""

    def __init__(self, file: BinaryIO, count: int) -> None:
        self._file = file
        self.left = count

    def read(self, most: int = PIECE) -> bytes:
        piece = self._file.read(min(most, self.left))
        self.left -= len(piece)
        return piece
