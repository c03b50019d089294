"""The node's keys: made once at ``init``, read at every start, never used for two purposes.

``log.key`` signs checkpoints, ``fact.key`` signs facts (both Ed25519, PKCS #8 in PEM, so that openssl
reads them), ``master.key`` wraps the keys of sealed fields. ``log.vkey`` is public: it names the log
and holds its public key. A node whose key files are readable by others, or do not fit together, does
not start.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.facts.errors import Malformed
from tearline.ledger import keyfile
from tearline.ledger.note import Vkey, check_name, vkey_of
from tearline.ledger.wrapping import WrappingKey, WrappingKeys

LOG, FACT, VKEY = "log.key", "fact.key", "log.vkey"
LOG_NEXT, FACT_NEXT = "log.next.key", "fact.next.key"
"""A key that is about to take the place of the one in use; see ``rotation``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeKeys:
    """The three secrets of a node and the name of its log.

    ``master`` and its ``epoch`` are the wrapping key as it was read; ``wrapping`` says where it is kept, and is
    None for keys that are on no disk.
    """

    origin: str
    log: Ed25519PrivateKey = field(repr=False)
    fact: Ed25519PrivateKey = field(repr=False)
    master: bytes = field(repr=False)
    epoch: int = field(default=1, repr=False)
    wrapping: WrappingKeys | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        secrets = [self.log.private_bytes_raw(), self.fact.private_bytes_raw(), self.master]
        if len(set(secrets)) != 3 or {len(s) for s in secrets} != {32}:
            raise Malformed("keys", "top", "three different keys of 32 bytes")
        check_name(self.origin, "keys", "origin")

    @property
    def vkey(self) -> Vkey:
        """What others need to check this log's checkpoints."""
        return vkey_of(self.origin, self.log)

    def wrapping_key(self, epoch: int) -> WrappingKey:
        """The wrapping key of the epoch that the ledger's head names. Malformed when we do not have it."""
        if self.wrapping is not None and epoch != self.epoch:
            return self.wrapping.of(epoch)
        if epoch != self.epoch:
            raise Malformed("keys", "epoch", f"the wrapping key of epoch {epoch}, found {self.epoch}")
        return WrappingKey(epoch=epoch, key=self.master)

    def at(self, epoch: int) -> "NodeKeys":
        """The same keys with the wrapping key of this epoch, where we have it; else these."""
        if epoch == self.epoch or self.wrapping is None:
            return self
        return replace(self, master=self.wrapping.of(epoch).key, epoch=epoch)

    @classmethod
    def new(cls, origin: str) -> "NodeKeys":
        """Fresh keys that are on no disk yet."""
        return cls(
            origin=origin,
            log=Ed25519PrivateKey.generate(),
            fact=Ed25519PrivateKey.generate(),
            master=WrappingKey.new().key,
        )

    @classmethod
    def make(cls, folder: Path, origin: str) -> "NodeKeys":
        """Make a node's keys in ``folder``, synced to disk. Malformed when it already holds any file."""
        fresh = cls.new(origin)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise Malformed(str(folder), "top", "an empty folder: keys are made once and never replaced")
        folder.chmod(0o700)
        wrapping = WrappingKeys.make(folder)
        keys = replace(fresh, master=wrapping.current.key, epoch=wrapping.current.epoch, wrapping=wrapping)
        keyfile.write(folder / LOG, keyfile.pem(keys.log))
        keyfile.write(folder / FACT, keyfile.pem(keys.fact))
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
        if vkey_of(vkey.name, log) != vkey and not _goes_to(folder / LOG_NEXT, vkey):
            raise Malformed(str(folder / LOG), "top", f"the private key that belongs to {VKEY}")
        wrapping = WrappingKeys.read(folder)
        return cls(
            origin=vkey.name,
            log=log,
            fact=keyfile.private(folder / FACT),
            master=wrapping.current.key,
            epoch=wrapping.current.epoch,
            wrapping=wrapping,
        )


def _goes_to(path: Path, vkey: Vkey) -> bool:
    """Whether the key that is about to be the log's is the one that is already named."""
    return path.exists() and vkey_of(vkey.name, keyfile.private(path)) == vkey
