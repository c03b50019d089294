"""Everything that a node has on record, checked again: the ledger, and that whoever acted held the role for it."""

from tearline.folds.held import RolesHeld
from tearline.node import Node


def check_node(node: Node) -> None:
    """Broken names the first thing that is wrong. What was purged elsewhere since, the second store says."""
    held = RolesHeld()
    purged = [purge.leaf for purge in node.published.purges()] if node.published else ()
    node.ledger.check(purged, each=held.step)
    held.end()
