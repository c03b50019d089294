"""C2SP signed notes, their keys, and checkpoints: what the log says of itself, signed.

A note is a text, an empty line, and signature lines. A checkpoint is a note of at least three lines:
origin, size, root hash. Sources: c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature.

Two types of signature are made and checked: a log's, Ed25519 over the text (0x01), and a witness's, Ed25519
over the text with a time before it (0x04). A key's id covers its type, so a line of one type is never read
as one of the other. Lines by unknown keys are ignored, as the format asks.
"""

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tearline.facts.errors import Broken, Malformed
from tearline.ledger import strict
from tearline.ledger.tree import HASH

ED25519 = b"\x01"
COSIGNATURE = b"\x04"
LATEST = (1 << 63) - 1
"""The last second that a cosignature may name."""
MOST_SIGNATURES = 64
LARGEST_NOTE = 1 << 20


def check_name(name: str, file: str, place: str) -> str:
    """A key name or origin: not empty, without spaces, control characters or plus."""
    if not name or "+" in name or any(c.isspace() or ord(c) < 32 for c in name) or not _is_text(name):
        raise Malformed(file, place, "a name without spaces or plus, such as tearline.example/desk")
    return name


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Vkey:
    """A public key by which notes are checked, with the name under which it signs and the type it signs with."""

    name: str
    public: bytes
    type: bytes = ED25519

    @property
    def key_id(self) -> bytes:
        """Four bytes that say which key a signature line is for. They are a label and prove nothing."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.type + self.public).digest()[:4]

    def __str__(self) -> str:
        key = b64encode(self.type + self.public).decode("ascii")
        return f"{self.name}+{self.key_id.hex()}+{key}"

    @classmethod
    def parse(cls, text: str, file: str = "vkey") -> "Vkey":
        """Read ``name+hex key id+base64``. Malformed unless it is the one form that ``str`` writes."""
        parts = text.split("+", 2)
        if len(parts) != 3:
            raise Malformed(file, "top", "name+key id+key")
        name = check_name(parts[0], file, "name")
        try:
            key = strict.base64_standard(parts[2], 33)
        except ValueError as e:
            raise Malformed(file, "key", str(e)) from None
        if key[:1] not in (ED25519, COSIGNATURE):
            raise Malformed(file, "key", "an Ed25519 key of signature type 1 (a log's) or 4 (a witness's)")
        vkey = cls(name, key[1:], key[:1])
        if parts[1] != vkey.key_id.hex():
            raise Malformed(file, "key id", f"{vkey.key_id.hex()}, which follows from the name and the key")
        return vkey

    def verify(self, signature: bytes, text: bytes) -> None:
        """Broken unless this key signed this text, in the way of its type."""
        if self.type == COSIGNATURE:
            text = _cosigned_text(self.time_of(signature), text)
            signature = signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            raise Broken(f"a signature in the name of {self.name} does not verify") from None

    def time_of(self, signature: bytes) -> int:
        """When a cosignature says it was made, in POSIX seconds; worth something once it is verified."""
        at = int.from_bytes(signature[:8])
        if self.type != COSIGNATURE or len(signature) != 72 or at > LATEST:
            raise Broken(f"{self.name} made no cosignature: a time of eight bytes and 64 bytes of Ed25519")
        return at


def _cosigned_text(at: int, text: bytes) -> bytes:
    return f"cosignature/v1\ntime {at}\n".encode("ascii") + text


def vkey_of(name: str, private: Ed25519PrivateKey, kind: bytes = ED25519) -> Vkey:
    """The public side of a key, under the name with which it signs."""
    return Vkey(name, private.public_key().public_bytes_raw(), kind)


def sign(text: str, name: str, private: Ed25519PrivateKey) -> str:
    """A note over ``text``, which ends with a newline, signed by one key."""
    return f"{text}\n{signature_line(text, name, private)}"


def signature_line(text: str, name: str, private: Ed25519PrivateKey) -> str:
    """One key's signature line over ``text``."""
    return str(Signature(name, vkey_of(name, private).key_id, private.sign(text.encode("utf-8"))))


def cosign(text: str, name: str, private: Ed25519PrivateKey, at: int) -> str:
    """A witness's signature line over the body of a checkpoint, at this POSIX second."""
    if not 0 <= at <= LATEST:
        raise ValueError(f"no time for a cosignature: {at}")
    signature = at.to_bytes(8) + private.sign(_cosigned_text(at, text.encode("utf-8")))
    return str(Signature(name, vkey_of(name, private, COSIGNATURE).key_id, signature))


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who, which key, and the bytes."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"— {self.name} {b64encode(self.key_id + self.signature).decode('ascii')}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it was sent. Its text means nothing until ``verify`` returned."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(str(s) for s in self.signatures)}"

    @classmethod
    def parse(cls, note: str | bytes, file: str = "signed note") -> "Note":
        """Split a note at its last empty line. Malformed on anything that the format does not allow."""
        if len(note) > LARGEST_NOTE:
            raise Malformed(file, "top", f"at most {LARGEST_NOTE} bytes")
        if isinstance(note, bytes):
            try:
                note = note.decode("utf-8")
            except UnicodeDecodeError:
                raise Malformed(file, "top", "UTF-8") from None
        elif not _is_text(note):
            raise Malformed(file, "top", "UTF-8")
        if any(ord(c) < 32 and c != "\n" for c in note):
            raise Malformed(file, "top", "no control characters but newline")
        text, gap, tail = note.rpartition("\n\n")
        if not gap or not text or not tail.endswith("\n"):
            raise Malformed(file, "top", "a text, an empty line and signature lines, each ended by a newline")
        lines = tail[:-1].split("\n")
        if len(lines) > MOST_SIGNATURES:
            raise Malformed(file, "signatures", f"at most {MOST_SIGNATURES} lines")
        return cls(text + "\n", tuple(_signature(line, n, file) for n, line in enumerate(lines, 1)))

    def signed_by(self, vkeys: Sequence[Vkey]) -> dict[Vkey, tuple[Signature, ...]]:
        """Every line by one of these keys, verified. Broken if one of them does not verify."""
        known = {(v.name, v.key_id): v for v in vkeys}
        signed: dict[Vkey, tuple[Signature, ...]] = {}
        for line in self.signatures:
            vkey = known.get((line.name, line.key_id))
            if vkey is not None:
                vkey.verify(line.signature, self.text.encode("utf-8"))
                signed[vkey] = (*signed.get(vkey, ()), line)
        return signed

    def verify(self, vkeys: Sequence[Vkey]) -> tuple[Vkey, ...]:
        """The known keys that signed. Broken if one of them did not, or if none is there at all."""
        signers = tuple(self.signed_by(vkeys))
        if not signers:
            raise Broken("the note bears no signature by a known key")
        return signers


def _signature(line: str, number: int, file: str) -> Signature:
    place = f"signature line {number}"
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—":
        raise Malformed(file, place, "em dash, key name and base64, with one space between them")
    name = check_name(parts[1], file, place)
    try:
        data = strict.base64_standard(parts[2])
    except ValueError as e:
        raise Malformed(file, place, str(e)) from None
    if len(data) < 5:
        raise Malformed(file, place, "a key id of four bytes and a signature")
    return Signature(name, data[:4], data[4:])


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a log has come: its origin, its size and the root over all its entries."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The body of the note, without extension lines."""
        root = b64encode(self.root).decode("ascii")
        return f"{self.origin}\n{self.size}\n{root}\n"

    @classmethod
    def parse(cls, text: str, file: str = "checkpoint") -> "Checkpoint":
        """Read the body of a note. Extension lines are allowed and not read, as the format has it."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() != "" or "" in lines:
            raise Malformed(file, "top", "origin, size and root hash, each on a line of its own")
        place = "line 2"
        try:
            size = strict.decimal(lines[1])
            place = "line 3"
            root = strict.base64_standard(lines[2], HASH)
        except ValueError as e:
            raise Malformed(file, place, str(e)) from None
        return cls(lines[0], size, root)


def sign_checkpoint(checkpoint: Checkpoint, private: Ed25519PrivateKey) -> str:
    """The signed checkpoint. The log's key bears the name of its origin."""
    return sign(checkpoint.text(), checkpoint.origin, private)


def open_checkpoint(note: str | bytes, log: Vkey, file: str = "checkpoint") -> Checkpoint:
    """The checkpoint that this log signed.

    Malformed when the bytes are no checkpoint or ``log`` is no log's key, Broken when the log's key did not
    sign them or when they speak for another origin.
    """
    if log.type != ED25519:
        raise Malformed("vkey", "key", "a log's key, signature type 1")
    parsed = Note.parse(note, file)
    parsed.verify([log])
    checkpoint = Checkpoint.parse(parsed.text, file)
    if checkpoint.origin != log.name:
        raise Broken(f"{log.name} signed a checkpoint of {checkpoint.origin}")
    return checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigned:
    """A log's checkpoint, and which witnesses had cosigned it when, in POSIX seconds by their own clocks."""

    checkpoint: Checkpoint
    at: Mapping[Vkey, int]


def open_cosigned(
    note: str | bytes, log: Vkey, witnesses: Sequence[Vkey], file: str = "checkpoint"
) -> Cosigned:
    """The checkpoint that this log signed and who of these witnesses cosigned it, none being required.

    Of several cosignatures by one witness the latest counts. Errors as ``open_checkpoint``; a line by a known
    witness that does not verify breaks the whole note. Malformed when a key stands for two signers or two
    types: what signs for one must never be taken for the other.
    """
    keys = [log.public, *(w.public for w in witnesses)]
    if any(w.type != COSIGNATURE for w in witnesses) or len(set(keys)) != len(keys):
        raise Malformed(file, "keys", "witnesses' keys (signature type 4), none twice, none the log's")
    checkpoint = open_checkpoint(note, log, file)
    signed = Note.parse(note, file).signed_by(witnesses)
    at = {w: max(w.time_of(line.signature) for line in lines) for w, lines in signed.items()}
    return Cosigned(checkpoint=checkpoint, at=at)
