"""A node with the real ledger on SQLite, fixed keys and a clock that a test sets."""

import typing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.facts.fact import Fact
from tearline.facts.history import Actor, Recorded, Role
from tearline.facts.identifiers import PersonId
from tearline.jobs.commands import ROOMS
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.node import Node, Order
from tearline.rooms import Command, protocols, reading
from tearline.rooms.admission import directory, founding, passkeys
from tearline.rooms.logs import received
from tearline.rooms.parties import keys
from tearline.rooms.register import keeping
from tearline.rooms.retention import notices, purges, wrapping
from tests.worlds import NOON, PROTOCOLS, World

KEYS = NodeKeys(
    origin="tearline.example/desk",
    log=Ed25519PrivateKey.from_private_bytes(b"1" * 32),
    fact=Ed25519PrivateKey.from_private_bytes(b"2" * 32),
    master=b"3" * 32,
)

BEGINNING = 2
"""How many facts a node begins with: those that introduce its keys."""


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


def new_node(folder: Path, clock: Clock) -> Node:
    ledger = Ledger.make(f"sqlite:///{folder}/ledger.db", KEYS, clock)
    return Node(ledger, PROTOCOLS, clock, demo=True)


def same_ledger(folder: Path, clock: Clock) -> Node:
    """Another process on the same database."""
    return Node(Ledger(f"sqlite:///{folder}/ledger.db", KEYS, clock), PROTOCOLS, clock, demo=True)


def saying(fact: Fact) -> Command:
    """The command that says this fact, in whichever room."""
    command: Command = _SAYING[type(fact)](fact)
    return command


COMMANDS: list[type[Command]] = [
    cls
    for room in (
        *ROOMS,
        protocols,
        received,
        keys,
        directory,
        founding,
        passkeys,
        purges,
        notices,
        wrapping,
        reading,
        keeping,
    )  # what a job found is given by no file
    for cls in vars(room).values()
    if isinstance(cls, type) and cls.__module__ == room.__name__ and hasattr(cls, "decide")
]


def _saying() -> dict[type[Fact], Any]:
    """Each kind's first command; a later one with other rules is named by the test that is about it."""
    found: dict[type[Fact], Any] = {}
    for cls in COMMANDS:
        for base in getattr(cls, "__orig_bases__", ()):
            for said in typing.get_args(base):
                found.setdefault(said, cls)
    return found


_SAYING = _saying()


def live_order(recorded: Recorded[Fact]) -> Order:
    """The same act, given as an order by somebody who may; the person stays when they may."""
    command = saying(recorded.fact)
    roles = command.allowed - {Role.CHRONICLER}
    by = recorded.by if recorded.by.role in roles else Actor(PersonId("clerk"), min(roles))
    return Order(command=command, by=by, at=recorded.happened_at)


def told(node: Node, world: World) -> Node:
    """All of a world recorded through its commands, in order."""
    node.record_all([live_order(r) for r in world.facts])
    return node
