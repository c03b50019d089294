"""Founding a node: whoever is to admit the others is put on record and given a first invitation, all or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from tearline.facts.admission import FoundersNamed, InvitationIssued, InvitationPurpose
from tearline.facts.errors import Malformed
from tearline.facts.fact import Sealed
from tearline.facts.history import Actor, Role, about, each
from tearline.facts.identifiers import InvitationId, OrganisationId, PersonId
from tearline.facts.parties import OrganisationRegistered, PersonEnrolled
from tearline.folds.held import ITSELF
from tearline.node import Node, Order
from tearline.rooms.admission.founding import FoundNode
from tearline.rooms.admission.passkeys import digest_of
from tearline.rooms.parties.persons import EnrolPerson
from tearline.rooms.parties.units import RegisterOrganisation
from tearline.signin.codes import new_code

OPERATOR = Actor(PersonId("operator"), Role.LIAISON)
"""Who registers organisation and founders: nobody has a role yet, and only the command line acts."""
GOOD_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """The agency whose node it is."""

    id: OrganisationId
    name: str
    country: str


def found(node: Node, organisation: Organisation, founders: Mapping[PersonId, str]) -> Mapping[PersonId, str]:
    """Found the node; the code of each founder. ``founders``: who each of them is, which is sealed.

    Whatever is on record already is left as it is. Refused when the node has founders, fewer than two are named, or
    one has a key; Malformed for a demonstration, which lets everybody in.
    """
    if node.demo:
        raise Malformed("this node", "demo", "a node that is no demonstration: here anyone takes on any role")
    asked = about(f"organisation:{organisation.id}", kinds=(OrganisationRegistered,))
    names = tuple(founders)
    asked |= each("person", names, (PersonEnrolled,))
    known = node.ledger.read(asked)
    orders: list[Order] = []
    if not known.of(OrganisationRegistered):
        registered = OrganisationRegistered(
            organisation=organisation.id, name=organisation.name, country=organisation.country
        )
        orders.append(Order(command=RegisterOrganisation(registered), by=OPERATOR))
    there = {r.fact.person for r in known.of(PersonEnrolled)}
    for person, description in founders.items():
        if person not in there:
            enrolled = PersonEnrolled(
                person=person, organisation=organisation.id, description=Sealed(description)
            )
            orders.append(Order(command=EnrolPerson(enrolled), by=OPERATOR))
    codes = {person: new_code() for person in names}
    expires = node.clock() + GOOD_FOR
    invitations = tuple(
        InvitationIssued(
            invitation=InvitationId(f"founder-{n}"),
            person=person,
            purpose=InvitationPurpose.ENROL,
            code=digest_of(code),
            expires=expires,
        )
        for n, (person, code) in enumerate(codes.items(), 1)
    )
    founding = FoundNode(founders=FoundersNamed(founders=names), invitations=invitations)
    node.record_all([*orders, Order(command=founding, by=ITSELF)])
    return codes
