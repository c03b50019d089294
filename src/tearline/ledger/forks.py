"""Whether two checkpoints of one log belong to one history, and evidence for anyone when they do not.

Two roots for one size are evidence by themselves. For two sizes it takes hashes out of the longer tree, from
which two roots follow: that of the longer tree, and that of its own beginning. Where the first is the one
that the log signed, the hashes are its own and no one else's, and so is the beginning; if *that* is not what
the log signed for the shorter tree, then it signed two histories. Where the first is not the signed one,
nothing has been shown against the log: a cache, a fault or whoever stands between may have changed the hashes.

The hashes are RFC 6962's consistency proof, with the subtree put back before it that the RFC leaves out when the
shorter size is a power of two: a proof of the opposite may not take the old root on trust.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tearline.facts.errors import Broken
from tearline.ledger.note import Checkpoint, Note, Vkey
from tearline.ledger.tree import EMPTY_ROOT, HASH, HEIGHT, Edge, TileReader, consistency_proof, node_hash


@dataclass(frozen=True, slots=True)
class Beginning:
    """What the hashes of a longer tree say: its own root, and the root of its first entries."""

    root: bytes
    beginning: bytes


def beginning_proof(read: TileReader, shorter: int, longer: int) -> list[bytes]:
    """The hashes from which the roots of both sizes follow; ``read`` gives the tiles of the longer tree.

    Broken when a tile is shorter than its tree. ValueError unless 0 < shorter < longer.
    """
    if not 0 < shorter < longer:
        raise ValueError(f"a tree of {longer} entries has no beginning of {shorter} to be shown")
    path = consistency_proof(read, shorter, longer)
    return path if shorter & shorter - 1 else [_perfect_beginning(read, shorter), *path]


def _perfect_beginning(read: TileReader, size: int) -> bytes:
    """The root of the first ``size`` entries, a power of two: that of the first hashes of one tile."""
    level, within = divmod(size.bit_length() - 1, HEIGHT)
    hashes = read(level, 0)
    if len(hashes) < HASH << within:
        raise Broken(f"tile {level}/0 is shorter than the tree that it belongs to")
    row = [hashes[at : at + HASH] for at in range(0, HASH << within, HASH)]
    return Edge().grow(row)[0].root()


def beginning_of(shorter: int, longer: int, proof: Sequence[bytes]) -> Beginning:
    """Both roots that follow from the hashes. Broken when there are more or fewer than these sizes need."""
    if not 0 < shorter < longer or not proof or any(len(one) != HASH for one in proof):
        raise Broken(f"no proof of how a tree of {longer} entries begins")
    here, last = shorter - 1, longer - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    first = second = proof[0]
    for sibling in proof[1:]:
        if last == 0:
            raise Broken("the proof is longer than the tree is high")
        if here & 1 or here == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        here, last = here >> 1, last >> 1
    if last != 0:
        raise Broken("the proof is shorter than the tree is high")
    return Beginning(root=second, beginning=first)


def fits(shorter: Checkpoint, longer: Checkpoint, proof: Sequence[bytes]) -> bool:
    """Whether the longer history begins with the shorter one. False is evidence; True is a consistency proof.

    Broken when the proof shows neither, because it does not lead to the root that was signed for the longer.
    """
    if shorter.size == longer.size:
        return shorter.root == longer.root
    if shorter.size == 0:
        return shorter.root == EMPTY_ROOT
    shown = beginning_of(shorter.size, longer.size, proof)
    if shown.root != longer.root:
        raise Broken(f"the proof does not lead to the root that was signed for {longer.size} entries")
    return shown.beginning == shorter.root


def signed_by(keys: Sequence[Vkey], note: str | bytes, file: str = "checkpoint") -> Checkpoint:
    """The checkpoint that a log signed by any of the keys it has had; they all bear its name.

    Malformed when the bytes are no checkpoint, Broken when no key of the log signed them or they speak for another.
    """
    parsed = Note.parse(note, file)
    parsed.verify(keys)
    checkpoint = Checkpoint.parse(parsed.text, file)
    if any(checkpoint.origin != key.name for key in keys):
        raise Broken(f"{keys[0].name} signed a checkpoint of {checkpoint.origin}")
    return checkpoint


def check_fork(keys: Sequence[Vkey], shorter: str, longer: str, proof: Sequence[bytes]) -> None:
    """Return when these notes show that the log of these keys signed two histories; nothing else is needed.

    Broken when they do not, or a signature does not verify; Malformed when a note cannot be read.
    """
    first, second = signed_by(keys, shorter, "one checkpoint"), signed_by(keys, longer, "the other")
    if first.size > second.size:
        raise Broken("the shorter of the two checkpoints stands first")
    if proof and first.size in (0, second.size):
        raise Broken("hashes where the two checkpoints need none")
    if fits(first, second, proof):
        raise Broken(f"both checkpoints of {first.origin} fit one history")
