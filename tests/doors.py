"""A node that is no demonstration, with founders, and what stands at its door; on a clock that a test moves."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from tearline.facts.admission import (
    EndReason,
    InvitationApproved,
    InvitationIssued,
    InvitationPurpose,
    RoleApproved,
    RoleEnded,
    RoleProposed,
)
from tearline.facts.fact import Sealed
from tearline.facts.history import Actor, Role, about
from tearline.facts.identifiers import GrantId, InvitationId, OrganisationId, PersonId
from tearline.facts.parties import PersonEnrolled
from tearline.jobs.checking import check_node
from tearline.node import Node, make_node
from tearline.rooms import Command
from tearline.rooms.admission.invitations import ApproveInvitation, IssueInvitation
from tearline.rooms.admission.passkeys import digest_of
from tearline.rooms.admission.roles import ApproveRole, EndRole, ProposeRole
from tearline.rooms.parties.persons import EnrolPerson
from tearline.signin.address import Address
from tearline.signin.codes import new_code
from tearline.signin.cookies import new_secret
from tearline.signin.door import PasskeyDoor
from tearline.signin.founding import Organisation, found
from tearline.signin.identity import Way
from tearline.signin.passkeys import Entered
from tearline.signin.store import DoorStore, door_url
from tests.authenticator import Authenticator
from tests.nodes import Clock
from tests.passkeys import signed

ORIGIN = "http://localhost:9301"
OWN = Organisation(id=OrganisationId("own"), name="The agency", country="Utopia")


@dataclass
class Entrance:
    """A founded node in ``folder``, and its door. ``codes`` are those of the founders' first invitations."""

    folder: Path
    node: Node
    clock: Clock
    store: DoorStore
    address: Address
    codes: dict[str, str]
    phones: dict[str, Authenticator] = field(default_factory=dict)
    browser: str = field(default_factory=new_secret)

    def __post_init__(self) -> None:
        self.door = PasskeyDoor(self.node, self.store, self.address)
        self.sessions, self.passkeys = self.door.sessions, self.door.passkeys

    def phone(self, person: str) -> Authenticator:
        return self.phones.setdefault(person, Authenticator(self.address.origin))

    def enrolled(self, *people: str) -> "Entrance":
        """Each of these founders has a passkey on their phone."""
        for person in people:
            code = self.codes[person]
            posted = self.phone(person).create(
                json.loads(self.passkeys.enrolling(self.browser, [code], f"{person}'s phone"))
            )
            self.passkeys.enrolled(self.browser, posted, [code])
        return self

    def does(self, command: Command, by: str, role: Role = Role.ADMINISTRATOR) -> None:
        """Recorded under the signature of this person's phone."""
        signed(self.node, command, Actor(PersonId(by), role), self.phone(by))

    def enrols(self, person: str) -> None:
        """Put a person on record."""
        known = self.node.ledger.read(about(f"person:{person}", kinds=(PersonEnrolled,)))
        if not known.facts:
            fact = PersonEnrolled(
                person=PersonId(person), organisation=OWN.id, description=Sealed(f"who {person} is")
            )
            self.does(EnrolPerson(fact), "ada")

    def admit(self, person: str, role: Role, days: float = 300) -> None:
        """Give a role, as ada proposes it and abe approves."""
        self.enrols(person)
        grant, until = GrantId(secrets.token_hex(6)), self.clock.now + timedelta(days=days)
        proposed = RoleProposed(grant=grant, person=PersonId(person), role=role, until=until)
        self.does(ProposeRole(proposed), "ada")
        self.does(ApproveRole(RoleApproved(grant=grant, person=PersonId(person))), "abe")

    def ended(self, person: str, role: Role) -> None:
        fact = RoleEnded(person=PersonId(person), role=role, reason=EndReason.MOVED)
        self.does(EndRole(fact), "ada")

    def has_a_key(self, person: str) -> None:
        """Enrolled on an invitation of ada's that abe approved."""
        self.enrols(person)
        name, codes = InvitationId(secrets.token_hex(6)), [new_code(), new_code()]
        issued = InvitationIssued(
            invitation=name,
            person=PersonId(person),
            purpose=InvitationPurpose.ENROL,
            code=digest_of(codes[0]),
            expires=self.clock.now + timedelta(days=7),
        )
        approved = InvitationApproved(invitation=name, person=PersonId(person), code=digest_of(codes[1]))
        self.does(IssueInvitation(issued), "ada")
        self.does(ApproveInvitation(approved), "abe")
        options = json.loads(self.passkeys.enrolling(self.browser, codes, f"{person}'s phone"))
        self.passkeys.enrolled(self.browser, self.phone(person).create(options), codes)

    def asked(self) -> dict[str, Any]:
        options: dict[str, Any] = json.loads(self.passkeys.asked(self.browser))
        return options

    def entered(self, person: str) -> Entered:
        return self.passkeys.entered(self.browser, self.phone(person).get(self.asked()))

    def session(self, person: str, role: Role = Role.ADMINISTRATOR) -> str:
        """The secret of a new session, after a real ceremony."""
        key = self.entered(person).key
        return self.sessions.begin(PersonId(person), role, Way.PASSKEY, key, "a browser")

    def close(self) -> None:
        check_node(self.node)
        self.store.close()
        self.node.close()


def entrance(
    folder: Path,
    *,
    database: str | None = None,
    founders: Iterable[str] = ("ada", "abe"),
    origin: str = ORIGIN,
) -> Entrance:
    """A node in ``folder`` that was founded, and nobody came in yet. ``database`` is that of the door."""
    clock = Clock()
    node = make_node(folder / "node", origin="tearline.example/door", clock=clock)
    codes = found(node, OWN, {PersonId(n): f"who {n} is" for n in founders})
    store = DoorStore(door_url(folder / "node", database), node.published)
    return Entrance(
        folder / "node", node, clock, store, Address(origin), {str(p): c for p, c in codes.items()}
    )
