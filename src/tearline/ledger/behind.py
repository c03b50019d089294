"""Whether a ledger is behind what it once said: the check before a node signs anything.

A restored database is older than what was published of it. Every checkpoint that it signed from there would be
a second history of the same log, which its witnesses refuse for ever and its partners may show as proof against it.
"""

from tearline.facts.errors import Broken
from tearline.ledger.ledger import Ledger
from tearline.ledger.note import Checkpoint, Note
from tearline.ledger.published import Published

WHAT_TO_DO = (
    "nothing is signed; restore the newest backup, or if later entries are lost for good, begin a new log with"
    " tearline init and have the loss recorded there (docs/operations.md)"
)


def check_not_behind(ledger: Ledger, published: Published) -> None:
    """Broken, with what to do, unless the ledger continues the furthest checkpoint that the second store holds.

    A store that holds nothing, because it is not there or was never written, is Broken as well: whether the ledger
    is behind cannot be known then.
    """
    note = published.latest()
    if note is None:
        raise Broken(
            f"{published.folder}: the second store is not there, so this node cannot tell whether its ledger is the"
            " latest; mount it, or name its place in node.json, or if it is lost for good begin a new one with"
            " tearline published --begin"
        )
    held = Checkpoint.parse(Note.parse(note).text)
    if held.origin != ledger.vkey.name:
        raise Broken(
            f"{published.folder}: the second store holds a checkpoint of {held.origin}, another log than"
            f" {ledger.vkey.name}; name this node's own store in node.json"
        )
    size = ledger.size()
    if held.size > size:
        raise Broken(
            f"{published.folder} holds a checkpoint of {held.size} entries and the ledger has {size}: it is an older"
            f" copy; {WHAT_TO_DO}"
        )
    if ledger.root(held.size) != held.root:
        raise Broken(
            f"{published.folder} holds a checkpoint of {held.size} entries with another root than the ledger's: it is"
            f" another history; {WHAT_TO_DO}"
        )
