"""A sealed copy on the disk: pieces of 64 KiB under AES-256-GCM, in their order, the last one marked as the last.

    tearline-evidence/1 LF, then for each piece its ciphertext and tag
    nonce: which copy (1 byte), which piece (10), whether it is the last (1); associated data: the file's identifier

A key seals the two copies of one file and nothing else, so no nonce comes twice. A piece that was changed, moved, left
out or cut off does not open, and neither does a copy that was put in another's place.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tearline.facts.register import FileCopy

MAGIC = b"tearline-evidence/1\n"
PIECE = 65_536
TAG = 16
_COPY = {FileCopy.EVIDENTIARY: 0, FileCopy.WORKING: 1}


class Damaged(Exception):
    """A copy that is not what was sealed."""


class Sealer:
    """Writes one copy, of which it has no more than a piece in memory. ``close`` puts it on the disk."""

    def __init__(self, path: Path, key: bytes, copy: FileCopy, name: str) -> None:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        self._file = os.fdopen(handle, "wb")
        self._aead, self._copy, self._name = AESGCM(key), copy, name.encode()
        self._held, self._count = bytearray(), 0
        self._file.write(MAGIC)

    def feed(self, data: bytes) -> None:
        self._held += data
        while len(self._held) > PIECE:  # the last piece is kept back: it alone is marked
            self._write(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]

    def close(self) -> None:
        self._write(bytes(self._held), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def abandon(self) -> None:
        self._file.close()

    def _write(self, piece: bytes, *, last: bool) -> None:
        nonce = _nonce(self._copy, self._count, last=last)
        self._file.write(self._aead.encrypt(nonce, piece, self._name))
        self._count += 1


def pieces(path: Path, key: bytes, copy: FileCopy, name: str) -> Iterator[bytes]:
    """What was sealed, piece by piece; raises Damaged at the first that does not open, or where pieces are missing."""
    aead = AESGCM(key)
    try:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise Damaged
            for count, (sealed, last) in enumerate(_read(file)):
                yield aead.decrypt(_nonce(copy, count, last=last), sealed, name.encode())
    except (InvalidTag, OSError):
        raise Damaged from None


def _read(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    sealed = file.read(PIECE + TAG)
    while True:
        following = file.read(PIECE + TAG)
        yield sealed, not following
        if not following:
            return
        sealed = following


def _nonce(copy: FileCopy, count: int, *, last: bool) -> bytes:
    return bytes([_COPY[copy]]) + count.to_bytes(10, "big") + bytes([last])
