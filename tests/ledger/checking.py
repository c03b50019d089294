"""``check_ledger``: everything a ledger holds, verified again. Call it after every step of a test."""

from tearline.ledger.ledger import Ledger
from tearline.ledger.note import Checkpoint, Note
from tearline.ledger.proof import Proof
from tests.ledger import plain

MOST_PROVED = 8


def check_ledger(ledger: Ledger) -> None:
    """Broken or AssertionError unless the ledger verifies itself, and a plain tree agrees with it."""
    ledger.check()
    note = ledger.checkpoint()
    checkpoint = Checkpoint.parse(Note.parse(note).text)
    leaves = [ledger.entry(position).leaf for position in range(checkpoint.size)]
    assert checkpoint.root == plain.root(leaves)
    for position in range(0, checkpoint.size, max(1, checkpoint.size // MOST_PROVED)):
        Proof.parse(ledger.prove(position)).verify(leaves[position], ledger.vkey)
