"""The node's keys: made once at ``init``, read at every start, never used for two purposes.

``log.key`` signs checkpoints, ``fact.key`` signs facts (both Ed25519, PKCS #8 in PEM, so that openssl
reads them), ``master.key`` wraps the keys of sealed fields. ``log.vkey`` is public: it names the log
and holds its public key. A node whose key files are readable by others, or do not fit together, does
not start.
"""

import os
import stat
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.facts.errors import Malformed
from tearline.ledger import strict
from tearline.ledger.note import Vkey, check_name, vkey_of

LOG, FACT, MASTER, VKEY = "log.key", "fact.key", "master.key", "log.vkey"
LARGEST_FILE = 4096
_MASTER_LINE = "tearline-master-key-1 "


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeKeys:
    """The three secrets of a node and the name of its log."""

    origin: str
    log: Ed25519PrivateKey = field(repr=False)
    fact: Ed25519PrivateKey = field(repr=False)
    master: bytes = field(repr=False)

    def __post_init__(self) -> None:
        secrets = [self.log.private_bytes_raw(), self.fact.private_bytes_raw(), self.master]
        if len(set(secrets)) != 3 or {len(s) for s in secrets} != {32}:
            raise Malformed("keys", "top", "three different keys of 32 bytes")
        check_name(self.origin, "keys", "origin")

    @property
    def vkey(self) -> Vkey:
        """What others need to check this log's checkpoints."""
        return vkey_of(self.origin, self.log)

    @classmethod
    def new(cls, origin: str) -> "NodeKeys":
        """Fresh keys that are on no disk yet."""
        return cls(
            origin=origin,
            log=Ed25519PrivateKey.generate(),
            fact=Ed25519PrivateKey.generate(),
            master=os.urandom(32),
        )

    @classmethod
    def make(cls, folder: Path, origin: str) -> "NodeKeys":
        """Make a node's keys in ``folder``, synced to disk. Malformed when it already holds any file."""
        keys = cls.new(origin)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise Malformed(str(folder), "top", "an empty folder: keys are made once and never replaced")
        folder.chmod(0o700)
        _write(folder / LOG, _pem(keys.log))
        _write(folder / FACT, _pem(keys.fact))
        _write(folder / MASTER, (_MASTER_LINE + b64encode(keys.master).decode("ascii") + "\n").encode())
        _write(folder / VKEY, f"{keys.vkey}\n".encode())
        for place in (folder, folder.parent):
            handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        return keys

    @classmethod
    def load(cls, folder: Path) -> "NodeKeys":
        """Read a node's keys. Malformed when a file is missing, readable by others, or does not fit."""
        text = _read(folder / VKEY).decode("utf-8", errors="replace")
        vkey = Vkey.parse(text.removesuffix("\n"), str(folder / VKEY))
        log = _private(folder / LOG)
        if vkey_of(vkey.name, log) != vkey:
            raise Malformed(str(folder / LOG), "top", f"the private key that belongs to {VKEY}")
        return cls(origin=vkey.name, log=log, fact=_private(folder / FACT), master=_master(folder / MASTER))


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(handle, 0o600)
        file.write(content)
        file.flush()
        os.fsync(handle)


def _read(path: Path) -> bytes:
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


def _private(path: Path) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(_read(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise Malformed(str(path), "top", "an Ed25519 private key, PKCS #8 in PEM, without passphrase")
    return key


def _master(path: Path) -> bytes:
    text = _read(path).decode("ascii", errors="replace")
    head, gap, tail = text.partition(" ")
    try:
        key = strict.base64_standard(tail.removesuffix("\n"), 32)
    except ValueError:
        key = b""
    if f"{head}{gap}" != _MASTER_LINE or not key:
        raise Malformed(str(path), "top", f"one line: {_MASTER_LINE}and 32 bytes in base64")
    return key
