"""A log in memory, of any size at once: what an export reads of a ledger, without one."""

import hashlib
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.ledger.note import COSIGNATURE, Checkpoint, Vkey, cosign, sign_checkpoint, vkey_of
from tearline.ledger.tree import Edge, leaf_hash

ORIGIN = "tearline.example/desk"
LOG = Ed25519PrivateKey.from_private_bytes(b"1" * 32)
AT = 1_795_348_800


def leaf(n: int) -> bytes:
    """The n-th entry of every log here."""
    return b"\x01" + hashlib.sha256(b"entry %d" % n).digest()


class MemoryLog:
    """A log of ``size`` entries that can grow, signed by ``key``."""

    def __init__(self, size: int, origin: str = ORIGIN, key: Ed25519PrivateKey = LOG) -> None:
        self.origin = origin
        self.key = key
        self.entries: list[bytes] = []
        self.asked: list[tuple[int, int]] = []
        self._edge = Edge()
        self.grow(size)

    def grow(self, size: int) -> "MemoryLog":
        """Up to ``size`` entries."""
        new = [leaf(n) for n in range(len(self.entries), size)]
        self.entries += new
        self._edge, _ = self._edge.grow(leaf_hash(entry) for entry in new)
        return self

    @property
    def vkey(self) -> Vkey:
        return vkey_of(self.origin, self.key)

    @property
    def said(self) -> Checkpoint:
        return Checkpoint(self.origin, self._edge.size, self._edge.root())

    def checkpoint(self) -> str:
        return sign_checkpoint(self.said, self.key)

    def leaves(self, low: int, high: int) -> list[bytes]:
        self.asked.append((low, high))
        return self.entries[low:high]


class Witness:
    """A witness that cosigns whatever it is given."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())

    @property
    def vkey(self) -> Vkey:
        return vkey_of(self.name, self._key, COSIGNATURE)

    def line(self, log: MemoryLog, at: int = AT) -> str:
        return cosign(log.said.text(), self.name, self._key, at)


WITNESSES = (Witness("overseer.example/witness"), Witness("press.example/witness"))


def cosigned(log: MemoryLog, witnesses: Sequence[Witness] = WITNESSES, at: int = AT) -> str:
    """The log's checkpoint with these witnesses' lines."""
    return log.checkpoint() + "".join(w.line(log, at) for w in witnesses)


def keys_of(witnesses: Sequence[Witness] = WITNESSES) -> list[Vkey]:
    return [w.vkey for w in witnesses]
