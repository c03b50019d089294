"""C2SP tlog-proof: one text that shows, offline, that an entry stands in a log. c2sp.org/tlog-proof.

The ``extra`` line may carry the blinding and the fact, from which the leaf follows. It is not
authenticated by itself: ``fact_carried`` computes the leaf from it, and the proof then holds or breaks.
"""

from base64 import b64encode
from dataclasses import dataclass

from tearline.facts.errors import Malformed
from tearline.ledger import strict
from tearline.ledger.entry import BLINDING, leaf_of
from tearline.ledger.note import Checkpoint, Vkey, open_checkpoint
from tearline.ledger.tree import HASH, leaf_hash, verify_inclusion

FIRST_LINE = "c2sp.org/tlog-proof@v1"
LONGEST_PATH = 63


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """An entry's index, its audit path from leaf to root, and the checkpoint note."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def __str__(self) -> str:
        lines = [FIRST_LINE]
        if self.extra is not None:
            lines.append(f"extra {b64encode(self.extra).decode('ascii')}")
        lines.append(f"index {self.index}")
        lines += [b64encode(h).decode("ascii") for h in self.path]
        return "\n".join(lines) + "\n\n" + self.checkpoint

    @classmethod
    def parse(cls, text: str, file: str = "proof") -> "Proof":
        """Read a proof, which proves nothing before ``verify``. Malformed names the line."""
        head, gap, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if not gap or lines.pop(0) != FIRST_LINE:
            raise Malformed(file, "line 1", FIRST_LINE)
        number = 2
        extra: bytes | None = None
        try:
            if lines and lines[0].startswith("extra "):
                extra = strict.base64_standard(lines.pop(0).removeprefix("extra "))
                number += 1
            if not lines or not lines[0].startswith("index "):
                raise Malformed(file, f"line {number}", "the word index and a number")
            index = strict.decimal(lines.pop(0).removeprefix("index "))
            if len(lines) > LONGEST_PATH:
                raise Malformed(file, "top", f"at most {LONGEST_PATH} hashes")
            path: list[bytes] = []
            for line in lines:
                number += 1
                path.append(strict.base64_standard(line, HASH))
        except ValueError as e:
            raise Malformed(file, f"line {number}", str(e)) from None
        return cls(index=index, path=tuple(path), checkpoint=checkpoint, extra=extra)

    def verify(self, entry: bytes, log: Vkey) -> Checkpoint:
        """The checkpoint under which ``entry`` stands at this index. Broken when it does not."""
        checkpoint = open_checkpoint(self.checkpoint, log)
        verify_inclusion(leaf_hash(entry), self.index, checkpoint.size, self.path, checkpoint.root)
        return checkpoint

    def fact_carried(self, file: str = "proof") -> tuple[bytes, bytes]:
        """The leaf that the extra line makes, and the fact's exact bytes. Trust neither before ``verify``."""
        if self.extra is None or len(self.extra) <= BLINDING:
            raise Malformed(file, "extra", "the blinding and the fact")
        fact = self.extra[BLINDING:]
        return leaf_of(self.extra[:BLINDING], fact), fact
