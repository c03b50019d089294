"""The node's keys: made once at ``init``, read at every start, never used for two purposes.

``log.key`` signs checkpoints, ``fact.key`` signs facts (both Ed25519, PKCS #8 in PEM, so that openssl
reads them), ``master.key`` wraps the keys of sealed fields. ``log.vkey`` is public: it names the log
and holds its public key. A node whose key files are readable by others, or do not fit together, does
not start.
"""

import os
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.facts.errors import Malformed
from tearline.ledger import keyfile, strict
from tearline.ledger.note import Vkey, check_name, vkey_of

LOG, FACT, MASTER, VKEY = "log.key", "fact.key", "master.key", "log.vkey"
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
        keyfile.write(folder / LOG, keyfile.pem(keys.log))
        keyfile.write(folder / FACT, keyfile.pem(keys.fact))
        keyfile.write(
            folder / MASTER, (_MASTER_LINE + b64encode(keys.master).decode("ascii") + "\n").encode()
        )
        keyfile.write(folder / VKEY, f"{keys.vkey}\n".encode())
        for place in (folder, folder.parent):
            keyfile.sync(place)
        return keys

    @classmethod
    def load(cls, folder: Path) -> "NodeKeys":
        """Read a node's keys. Malformed when a file is missing, readable by others, or does not fit."""
        text = keyfile.read(folder / VKEY).decode("utf-8", errors="replace")
        vkey = Vkey.parse(text.removesuffix("\n"), str(folder / VKEY))
        log = keyfile.private(folder / LOG)
        if vkey_of(vkey.name, log) != vkey:
            raise Malformed(str(folder / LOG), "top", f"the private key that belongs to {VKEY}")
        return cls(
            origin=vkey.name, log=log, fact=keyfile.private(folder / FACT), master=_master(folder / MASTER)
        )


def _master(path: Path) -> bytes:
    text = keyfile.read(path).decode("ascii", errors="replace")
    head, gap, tail = text.partition(" ")
    try:
        key = strict.base64_standard(tail.removesuffix("\n"), 32)
    except ValueError:
        key = b""
    if f"{head}{gap}" != _MASTER_LINE or not key:
        raise Malformed(str(path), "top", f"one line: {_MASTER_LINE}and 32 bytes in base64")
    return key
