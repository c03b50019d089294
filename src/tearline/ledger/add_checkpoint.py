"""What a log sends to a witness: c2sp.org/tlog-witness, the body of ``add-checkpoint``.

    old <size that the witness last cosigned>
    <base64 of one hash of the consistency proof from that size>     0 to 63 lines

    <the checkpoint, a signed note>

The text of July 2026 is followed: the monitoring prefix, and 422 wherever two histories do not fit.
"""

from base64 import b64encode
from dataclasses import dataclass

from tearline.facts.errors import Malformed
from tearline.ledger import strict
from tearline.ledger.note import Checkpoint, Note
from tearline.ledger.tree import HASH

LONGEST_PROOF = 63
LARGEST_REQUEST = 1 << 16
"""Bytes. 63 hashes and a checkpoint with 64 signatures are well below."""
SIZE = "text/x.tlog.size"
"""The media type of a witness's answer that says how far it has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCheckpoint:
    """A checkpoint and the proof that it continues the one of size ``old``. It proves nothing by itself."""

    old: int
    proof: tuple[bytes, ...]
    note: Note

    def __str__(self) -> str:
        lines = [f"old {self.old}", *(b64encode(h).decode("ascii") for h in self.proof)]
        return "\n".join(lines) + f"\n\n{self.note}"

    @classmethod
    def parse(cls, body: bytes, file: str = "add-checkpoint") -> "AddCheckpoint":
        """Read a request, its note included. Malformed unless it is the one form that ``str`` writes."""
        if len(body) > LARGEST_REQUEST:
            raise Malformed(file, "top", f"at most {LARGEST_REQUEST} bytes")
        try:
            head, gap, note = body.decode("utf-8").partition("\n\n")
        except UnicodeDecodeError:
            raise Malformed(file, "top", "UTF-8") from None
        first, *hashes = head.split("\n")
        if not gap or not first.startswith("old "):
            raise Malformed(file, "line 1", "the word old and a size, hashes, an empty line and a checkpoint")
        if len(hashes) > LONGEST_PROOF:
            raise Malformed(file, "top", f"at most {LONGEST_PROOF} hashes")
        number = 1
        try:
            old = strict.decimal(first.removeprefix("old "))
            proof: list[bytes] = []
            for number, line in enumerate(hashes, 2):  # noqa: B007  the line that is named when it is wrong
                proof.append(strict.base64_standard(line, HASH))
        except ValueError as e:
            raise Malformed(file, f"line {number}", str(e)) from None
        request = cls(old=old, proof=tuple(proof), note=Note.parse(note, file))
        Checkpoint.parse(request.note.text, file)
        return request

    @property
    def checkpoint(self) -> Checkpoint:
        """What the note says, whoever signed it."""
        return Checkpoint.parse(self.note.text)


def size_said(body: bytes, file: str = "answer") -> int:
    """What a witness's 409 says: the size that it last cosigned. Malformed in any but its one form."""
    text, newline, rest = body.decode("utf-8", errors="replace").partition("\n")
    try:
        size = strict.decimal(text)
    except ValueError as e:
        raise Malformed(file, "size", str(e)) from None
    if newline != "\n" or rest:
        raise Malformed(file, "size", "a decimal number and a newline, and nothing after it")
    return size
