"""People's passkeys in software, on record, and what they sign with them."""

import hashlib
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from tearline.facts.admission import (
    FoundersNamed,
    InvitationApproved,
    InvitationIssued,
    InvitationPurpose,
    PasskeyAlgorithm,
    PasskeyEnrolled,
    RoleApproved,
    RoleProposed,
)
from tearline.facts.cose import cose_name
from tearline.facts.fact import Fact
from tearline.facts.history import Actor, Draft, Role
from tearline.facts.identifiers import GrantId, InvitationId, PersonId
from tearline.folds.held import ITSELF
from tearline.ledger import strict
from tearline.ledger.batch import Appended
from tearline.ledger.ledger import Ledger
from tearline.ledger.webauthn import Assertion
from tearline.node import Node, Order, Prepared
from tearline.rooms import Command
from tearline.rooms.admission.invitations import ApproveInvitation, IssueInvitation
from tearline.rooms.admission.passkeys import EnrolPasskey, digest_of
from tearline.rooms.admission.roles import ApproveRole, ProposeRole
from tests.authenticator import EDDSA, ES256, RS256, Authenticator, Credential, new_private
from tests.worlds import NOON

SITE = "tearline.example"
ORIGIN = f"https://{SITE}"
ALGORITHMS = {ES256: PasskeyAlgorithm.ES256, EDDSA: PasskeyAlgorithm.EDDSA, RS256: PasskeyAlgorithm.RS256}


def passkey(name: str, algorithm: int = ES256, *, site: str = SITE, origin: str = ORIGIN) -> Authenticator:
    """An authenticator that holds one key of this person; for ES256 always the same one."""
    held = Authenticator(origin, algorithm)
    private = new_private(algorithm)
    if algorithm == ES256:
        private = ec.derive_private_key(
            int.from_bytes(hashlib.sha256(name.encode()).digest()), ec.SECP256R1()
        )
    handle = hashlib.sha256(name.encode()).digest()
    held.held.append(Credential(id=handle, rp_id=site, handle=handle, algorithm=algorithm, private=private))
    return held


def enrolled(person: str, held: Authenticator, invitation: str | None = "first") -> PasskeyEnrolled:
    """The fact by which its key stands on record."""
    key = held.held[-1]
    return PasskeyEnrolled(
        person=PersonId(person),
        key=cose_name(key.cose),
        algorithm=ALGORITHMS[key.algorithm],
        public_key=strict.to_base64url(key.cose),
        credential=strict.to_base64url(key.id),
        site=key.rp_id,
        name="a phone",
        invitation=None if invitation is None else InvitationId(invitation),
    )


def put_on_record(ledger: Ledger, actor: Actor, held: Authenticator) -> None:
    """Enrolled as the room would, on an invitation by two: what admits people is tested with its own room."""
    fact = enrolled(actor.person, held, f"for-{actor.person}")
    assert fact.invitation is not None
    issued = InvitationIssued(
        invitation=fact.invitation,
        person=actor.person,
        purpose=InvitationPurpose.ENROL,
        code="x",
        expires=NOON + timedelta(days=14),
    )
    approved = InvitationApproved(invitation=fact.invitation, person=actor.person, code="y")
    for given, by in ((issued, "ivan"), (approved, "ines"), (fact, "node")):
        role = Role.NODE if by == "node" else Role.ADMINISTRATOR
        draft = Draft(fact=given, happened_at=NOON, by=Actor(PersonId(by), role))
        size = ledger.size()
        ledger.append([draft], unless=None, after=size, key=f"{type(given).__name__} {fact.key}")


IVAN, INES = (Actor(PersonId(name), Role.ADMINISTRATOR) for name in ("ivan", "ines"))
"""The founders of a node to which people are admitted as they are on a real one."""


def founded(node: Node) -> None:
    """Founders are named, invited and have their keys: what the room makes of it is tested with the room."""
    named = FoundersNamed(founders=(IVAN.person, INES.person))
    node.ledger.append([_said(named)], unless=None, after=node.ledger.size(), key="founded")
    for one in (IVAN, INES):
        issued = _invitation(one, f"first-{one.person}")
        for fact in (issued, enrolled(one.person, passkey(one.person), issued.invitation)):
            node.ledger.append([_said(fact)], unless=None, after=node.ledger.size(), key=f"{fact}")


def given_role(node: Node, actor: Actor) -> None:
    """The founders give this person their role, each under a signature."""
    grant, until = GrantId(f"{actor.person}-{actor.role.value}"), node.clock() + timedelta(days=300)
    role = RoleProposed(grant=grant, person=actor.person, role=actor.role, until=until)
    signed(node, ProposeRole(role), IVAN, passkey("ivan"))
    signed(node, ApproveRole(RoleApproved(grant=grant, person=actor.person)), INES, passkey("ines"))


def admitted(node: Node, actor: Actor, held: Authenticator) -> None:
    """The founders give this person their role and invite them, each act under a signature; then they enrol."""
    given_role(node, actor)
    name = InvitationId(f"for-{actor.person}")
    issued, approved = _invitation(actor, name), digest_of("y")
    invited = InvitationApproved(invitation=name, person=actor.person, code=approved)
    signed(node, IssueInvitation(issued), IVAN, passkey("ivan"))
    signed(node, ApproveInvitation(invited), INES, passkey("ines"))
    key = EnrolPasskey(fact=enrolled(actor.person, held, name), code="x", second="y")
    node.record(Order(command=key, by=ITSELF))


def _invitation(actor: Actor, name: str) -> InvitationIssued:
    return InvitationIssued(
        invitation=InvitationId(name),
        person=actor.person,
        purpose=InvitationPurpose.ENROL,
        code=digest_of("x"),
        expires=NOON + timedelta(days=14),
    )


def _said(fact: Fact) -> Draft:
    return Draft(fact=fact, happened_at=NOON, by=ITSELF)


def posted(held: Authenticator, challenge: bytes) -> dict[str, Any]:
    """What the browser sends of a signature over this challenge."""
    return held.get({"challenge": strict.to_base64url(challenge)})


def assertion(held: Authenticator, challenge: bytes) -> Assertion:
    return Assertion.posted(posted(held, challenge))


def over(held: Authenticator, prepared: Prepared) -> Assertion:
    """The person read the text and signed it."""
    return assertion(held, prepared.shown_challenge)


def signed(node: Node, command: Command, by: Actor, held: Authenticator) -> Appended:
    """The act, prepared, signed with this person's passkey, and recorded."""
    prepared = node.prepare(Order(command=command, by=by))
    return node.record_prepared(prepared, signature=over(held, prepared))
