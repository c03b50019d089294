"""An act given at the command line, with the personal signature of whoever gives it where they have a key."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tearline.facts.history import Actor
    from tearline.ledger.batch import Appended
    from tearline.node import Node
    from tearline.rooms import Command

PersonalKey = Annotated[
    Path | None,
    typer.Option("--key", metavar="FILE", help="The person's own private key, which signs the act."),
]


def give(node: "Node", command: "Command", by: "Actor", key: Path | None) -> "Appended":
    """Record this act; with ``key``, under the person's signature over all that is recorded.

    Refused when the rules say no, or what binds a person lacks their signature. Malformed when the file is no key.
    """
    from tearline.ledger import keyfile, personal
    from tearline.node import Order

    order = Order(command=command, by=by)
    if key is None:
        return node.record(order)
    private = keyfile.private(key)
    prepared = node.prepare(order)
    return node.record_prepared(prepared, signature=personal.sign(prepared.challenge, private))
