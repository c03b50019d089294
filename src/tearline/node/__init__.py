"""The one place where a command meets the ledger. It owns the keys and the clock.

``record`` reads the facts that can change the answer, lets the room decide on them, and appends what it
decided unless a deciding fact has arrived meanwhile; then it reads and decides again. ``record_all`` does
the same for many commands at once, all or nothing.

What binds a person is recorded with their signature: ``prepare`` decides and shows what will be recorded, they
sign its challenge with a key or, over the text that they are shown, with a passkey, and ``record_prepared`` records it
as it was shown, or not at all.
"""

from tearline.node.node import Node, system_clock
from tearline.node.opening import make_node, open_node, shipped_protocols
from tearline.node.order import Clock, Order, RefusedAmong
from tearline.node.prepared import NOT_THEIR_SIGNATURE, TO_SIGN, Prepared

__all__ = [
    "NOT_THEIR_SIGNATURE",
    "TO_SIGN",
    "Clock",
    "Node",
    "Order",
    "Prepared",
    "RefusedAmong",
    "make_node",
    "open_node",
    "shipped_protocols",
    "system_clock",
]
