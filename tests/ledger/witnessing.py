"""A log that is a list of entries, which can fork, and requests to witness it."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.ledger.add_checkpoint import AddCheckpoint
from tearline.ledger.note import Checkpoint, Note, Vkey, sign_checkpoint, vkey_of
from tests.ledger import plain

ORIGIN = "tearline.example/desk"
KEY = Ed25519PrivateKey.from_private_bytes(b"1" * 32)


@dataclass
class PlainLog:
    """Proofs and roots as the RFC writes them, from the entries."""

    entries: list[bytes] = field(default_factory=list)
    origin: str = ORIGIN
    key: Ed25519PrivateKey = KEY

    @classmethod
    def of(cls, size: int, name: str = "") -> "PlainLog":
        return cls([f"{name}{n}".encode() for n in range(size)])

    @property
    def vkey(self) -> Vkey:
        return vkey_of(self.origin, self.key)

    def grown(self, size: int) -> "PlainLog":
        """The same log with ``size`` entries, which is no fewer than it has."""
        return PlainLog(
            [*self.entries, *PlainLog.of(size).entries[len(self.entries) :]], self.origin, self.key
        )

    def forked(self, at: int, size: int) -> "PlainLog":
        """Another log with the same key that begins like this one up to ``at``, and is another in every entry after."""
        others = [b"other than " + entry for entry in self.grown(size).entries[at:size]]
        return PlainLog(self.entries[:at] + others, self.origin, self.key)

    def checkpoint(self, size: int) -> Checkpoint:
        return Checkpoint(self.origin, size, plain.root(self.entries[:size]))

    def note(self, size: int) -> str:
        return sign_checkpoint(self.checkpoint(size), self.key)

    def proof(self, old: int, new: int) -> list[bytes]:
        return [] if old in (0, new) else plain.consistency(old, self.entries[:new])

    def request(self, old: int, new: int, *, more: str = "") -> bytes:
        """A submission of the checkpoint of ``new`` entries, with more signature lines."""
        note = Note.parse(self.note(new) + more)
        return str(AddCheckpoint(old=old, proof=tuple(self.proof(old, new)), note=note)).encode()
