"""The door of a node that is no demonstration, with all that stands at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from starlette.requests import Request

from tearline.node import Node
from tearline.signin.address import Address
from tearline.signin.codes import Codes
from tearline.signin.identity import Identity
from tearline.signin.limits import Limits, What
from tearline.signin.passkeys import Passkeys
from tearline.signin.seen import StoredSeen
from tearline.signin.sessions import ABSOLUTE, IDLE, Sessions
from tearline.signin.store import DoorStore, door_url


class PasskeyDoor:
    """People are recognised by a session, which began with a passkey."""

    def __init__(
        self,
        node: Node,
        store: DoorStore,
        address: Address,
        *,
        idle: timedelta = IDLE,
        absolute: timedelta = ABSOLUTE,
    ) -> None:
        self.node, self.address = node, address
        self.sessions = Sessions(node, store, address, idle=idle, absolute=absolute)
        self.passkeys = Passkeys(node, store, address)
        self.codes = Codes(store)
        self.limits = Limits()
        self.seen = StoredSeen(store)

    def identify(self, request: Request) -> Identity | None:
        """Who this is; None when nobody is known. TooOften when their session asks for more than anyone can read."""
        identity = self.sessions.identify(request)
        if identity is not None and identity.session is not None:
            self.limits.tried(What.PAGE, identity.session)
        return identity


@contextmanager
def opened_door(
    node: Node,
    data: Path,
    database: str | None,
    address: Address,
    *,
    idle: timedelta = IDLE,
    absolute: timedelta = ABSOLUTE,
) -> Iterator[PasskeyDoor]:
    """The door of the node in ``data``, whose ledger is in ``database``; what it keeps is closed in the end."""
    store = DoorStore(door_url(data, database), node.published)
    try:
        yield PasskeyDoor(node, store, address, idle=idle, absolute=absolute)
    finally:
        store.close()
