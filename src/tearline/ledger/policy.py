"""Whose cosignatures a checkpoint needs: k of n witnesses, some of them required. Pure.

Witnesses that look at the same log see the same history, so an operator who would show two histories to two
readers needs two quorums. That holds only if the witnesses are run by others than the log; no code can tell.
"""

from collections.abc import Collection
from dataclasses import dataclass

from tearline.facts.errors import Malformed
from tearline.ledger.note import COSIGNATURE, ED25519, Cosigned, Note, Vkey, open_cosigned


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The log, the witnesses it asks, how many must cosign, and the names without which it does not count.

    ``former`` are the log's earlier keys: what stood under a checkpoint that one of them signed stands under it still.
    The overseer's witness is required wherever there is one. Malformed when the policy could never be met, or
    could be met by fewer than it says: a cosignature does not name its signer, so one key under two names
    would count twice.
    """

    log: Vkey
    witnesses: tuple[Vkey, ...]
    quorum: int
    required: frozenset[str] = frozenset()
    former: tuple[Vkey, ...] = ()

    def __post_init__(self) -> None:
        names = [w.name for w in self.witnesses]
        logs = (self.log, *self.former)
        keys = [k.public for k in (*logs, *self.witnesses)]
        if any(k.type != ED25519 or k.name != self.log.name for k in logs):
            raise Malformed("policy", "log", "keys of one log, signature type 1")
        if any(w.type != COSIGNATURE for w in self.witnesses):
            raise Malformed("policy", "witnesses", "witnesses' keys, signature type 4")
        if len(set(names)) != len(names) or len(set(keys)) != len(keys):
            raise Malformed("policy", "witnesses", "no name and no key twice, and none of them the log's")
        if not self.required <= set(names):
            raise Malformed("policy", "required", "names of witnesses that are listed")
        if not 0 <= self.quorum <= len(names):
            raise Malformed("policy", "quorum", f"a number from 0 to {len(names)}, the number of witnesses")

    def open(self, note: str | bytes, file: str = "checkpoint") -> Cosigned:
        """The checkpoint and who of our witnesses cosigned it, whether or not that is enough."""
        signed = Note.parse(note, file).signed_by((self.log, *self.former))
        return open_cosigned(note, next(iter(signed), self.log), self.witnesses, file)

    def absent(self, signers: Collection[Vkey]) -> tuple[str, ...]:
        """The required witnesses that did not cosign."""
        return tuple(w.name for w in self.witnesses if w.name in self.required and w not in signers)

    def holds(self, signers: Collection[Vkey]) -> bool:
        """Whether enough witnesses cosigned, and every required one. Anyone else counts for nothing."""
        return sum(w in signers for w in self.witnesses) >= self.quorum and not self.absent(signers)


def is_covered(position: int, note: str | None, policy: Policy) -> bool:
    """Whether the entry at ``position`` stands under a checkpoint that its witnesses have cosigned.

    ``note`` is the last checkpoint for which the policy held, or None when there is none. Whatever is to take
    effect only under a cosigned checkpoint asks this and fails closed: without a note, without a witness who
    was asked for, for an entry beyond the checkpoint, the answer is no; a note that is damaged, or that the
    log did not sign, raises Malformed or Broken.
    """
    if note is None or (policy.quorum == 0 and not policy.required):
        return False
    cosigned = policy.open(note)
    return 0 <= position < cosigned.checkpoint.size and policy.holds(cosigned.at)
