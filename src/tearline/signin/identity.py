"""Who is at the door: a person, the role they act in now, and by what they were recognised."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from starlette.requests import Request

from tearline.facts.admission import Scope
from tearline.facts.history import Actor, Role
from tearline.facts.identifiers import PersonId


class Way(StrEnum):
    """By what someone was recognised."""

    DEMONSTRATION = "demonstration"
    PASSKEY = "passkey"
    DIRECTORY = "directory"
    TOKEN = "token"  # noqa: S105  the name of a way, and no token


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """``role`` is the one acted in; ``roles`` are all that this person holds, that one among them.

    ``session`` names the row of the session, where there is one; it opens nothing. ``scopes`` is what they may do
    of that which the role may do: everything, unless they came with a token that says less.
    """

    person: PersonId
    role: Role
    roles: tuple[Role, ...]
    way: Way
    session: str | None = None
    scopes: frozenset[Scope] = frozenset(Scope)

    @property
    def actor(self) -> Actor:
        return Actor(self.person, self.role)


class Door(Protocol):
    """Recognises whoever sends a request; None for whoever is not let in."""

    def identify(self, request: Request) -> Identity | None: ...


class Closed:
    """The door of a node that admits nobody yet."""

    def identify(self, request: Request) -> Identity | None:
        del request
        return None
