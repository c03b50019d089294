"""Nobody comes in by one person alone: the founding, invitations, passkeys, recovery."""

import hashlib
from dataclasses import replace
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tearline.facts.admission import (
    FoundersNamed,
    InvitationApproved,
    InvitationIssued,
    InvitationPurpose,
    InvitationWithdrawn,
    PasskeyAlgorithm,
    PasskeyEnrolled,
    RoleProposed,
)
from tearline.facts.cose import cose_name
from tearline.facts.history import Actor, Role
from tearline.facts.identifiers import GrantId, InvitationId, PersonId
from tearline.facts.keys import PersonKeyRevoked, RevocationReason
from tearline.folds.invitations import Standing, invitations
from tearline.folds.keys import passkeys_of
from tearline.rooms.admission.founding import FoundNode
from tearline.rooms.admission.invitations import ApproveInvitation, IssueInvitation, WithdrawInvitation
from tearline.rooms.admission.passkeys import MOST, EnrolFurtherPasskey, EnrolPasskey, digest_of
from tearline.rooms.parties.keys import IntroducePersonKey, RevokePersonKey
from tests.authenticator import base64url
from tests.rooms.rows import Row, check
from tests.rooms.test_keys import keyed, person_key, person_key_revoked
from tests.worlds import ANA, LEO, NOON, SYL, World, acting, on, partners, person

ITSELF = Actor(PersonId("node"), Role.NODE)
ADA, ABE = acting("ada", Role.ADMINISTRATOR), acting("abe", Role.ADMINISTRATOR)
NEW = PersonId("newt")


def founders(*names: str) -> FoundersNamed:
    return FoundersNamed(founders=tuple(PersonId(n) for n in names or ("ada", "abe")))


def issued(
    name: str = "inv",
    person: str = "newt",
    purpose: InvitationPurpose = InvitationPurpose.ENROL,
    code: str = "one",
    expires: datetime | None = None,
) -> InvitationIssued:
    return InvitationIssued(
        invitation=InvitationId(name),
        person=PersonId(person),
        purpose=purpose,
        code=digest_of(code),
        expires=expires or on(7),
    )


def approved(name: str = "inv", person: str = "newt", code: str = "two") -> InvitationApproved:
    return InvitationApproved(invitation=InvitationId(name), person=PersonId(person), code=digest_of(code))


def withdrawn(name: str = "inv", person: str = "newt") -> InvitationWithdrawn:
    return InvitationWithdrawn(invitation=InvitationId(name), person=PersonId(person))


def passkey(person: str = "newt", nth: int = 0, on_invitation: str | None = "inv") -> PasskeyEnrolled:
    """A key of this person, always the same one for each ``nth``."""
    number = int.from_bytes(hashlib.sha256(f"{person} {nth}".encode()).digest(), "big")
    point = ec.derive_private_key(number, ec.SECP256R1()).public_key().public_numbers()
    x, y = (axis.to_bytes(32, "big") for axis in (point.x, point.y))
    raw = bytes.fromhex("a5010203262001215820") + x + bytes.fromhex("225820") + y
    public = base64url(raw)
    name = cose_name(raw)
    return PasskeyEnrolled(
        person=PersonId(person),
        key=name,
        algorithm=PasskeyAlgorithm.ES256,
        public_key=public,
        credential=f"credential-{person}-{nth}",
        site="localhost",
        name="a phone",
        invitation=InvitationId(on_invitation) if on_invitation else None,
    )


def revoked(person: str = "newt", nth: int = 0) -> PersonKeyRevoked:
    return PersonKeyRevoked(
        person=PersonId(person), key=passkey(person, nth).key, reason=RevocationReason.LOST, since=NOON
    )


def proposed(
    role: Role = Role.CASE_AGENT, person: str = "newt", name: str = "grant", until: datetime | None = None
) -> RoleProposed:
    return RoleProposed(grant=GrantId(name), person=PersonId(person), role=role, until=until or on(100))


def enrol(fact: PasskeyEnrolled | None = None, code: str = "one", second: str | None = "two") -> EnrolPasskey:
    return EnrolPasskey(fact=fact or passkey(), code=code, second=second)


def peopled() -> World:
    """The people are there, and nobody was admitted."""
    world = partners()
    return world.tell(*(person(n, of="own") for n in ("ada", "abe", "ava", "newt")), at=on(-90))


def found() -> World:
    """Two founders, each with the invitation of the founding, and a key enrolled on it."""
    world = peopled()
    for name in ("ada", "abe"):
        world.tell(issued(f"first-{name}", name, expires=on(-70)), by=ITSELF, at=on(-80))
    world.tell(founders(), by=ITSELF, at=on(-80))
    for name in ("ada", "abe"):
        world.tell(passkey(name, on_invitation=f"first-{name}"), by=ITSELF, at=on(-79))
    return world


def invited(**changed: object) -> World:
    return found().tell(replace(issued(), **changed), by=ADA, at=on(-1))  # type: ignore[arg-type]  # by name


def welcome() -> World:
    """An invitation that two people stand behind."""
    return invited().tell(approved(), by=ABE, at=on(-0.5))


def come() -> World:
    """Newt has a key."""
    return welcome().tell(passkey(), by=ITSELF)


def lost() -> World:
    """Newt has two keys, and an approved invitation to recover."""
    world = come().tell(passkey(nth=1, on_invitation=None), by=acting("newt", Role.CASE_AGENT))
    world.tell(issued("again", purpose=InvitationPurpose.RECOVER), by=SYL)
    return world.tell(approved("again"), by=ADA)


FOUNDING = FoundNode(founders=founders(), invitations=(issued("i-1", "ada"), issued("i-2", "abe")))

ACCEPTED = [
    Row(
        claim="a node is founded",
        order=FOUNDING,
        world=peopled(),
        by=ITSELF,
        gives=(FoundersNamed, InvitationIssued, InvitationIssued),
    ),
    Row(
        claim="a node is founded once a key of the time before is revoked",
        order=FOUNDING,
        world=peopled().tell(person_key("newt"), person_key_revoked("newt"), by=LEO),
        by=ITSELF,
        gives=(FoundersNamed, InvitationIssued, InvitationIssued),
    ),
    Row(
        claim="somebody is invited",
        order=IssueInvitation(issued()),
        world=found(),
        by=ADA,
        gives=(InvitationIssued,),
    ),
    Row(
        claim="a senior officer invites, for two weeks at the most",
        order=IssueInvitation(issued(expires=on(14))),
        world=found(),
        by=SYL,
        gives=(InvitationIssued,),
    ),
    Row(
        claim="an invitation in place of one that ran out",
        order=IssueInvitation(issued("next")),
        world=invited(expires=NOON),
        by=ADA,
        gives=(InvitationIssued,),
    ),
    Row(
        claim="an invitation in place of a withdrawn one",
        order=IssueInvitation(issued("next")),
        world=welcome().tell(withdrawn(), by=ADA),
        by=ADA,
        gives=(InvitationIssued,),
    ),
    Row(
        claim="somebody who has a key is invited to recover",
        order=IssueInvitation(issued("next", purpose=InvitationPurpose.RECOVER)),
        world=come(),
        by=ADA,
        gives=(InvitationIssued,),
    ),
    Row(
        claim="somebody who has a key is invited to link an account",
        order=IssueInvitation(issued("next", purpose=InvitationPurpose.LINK)),
        world=come(),
        by=ADA,
        gives=(InvitationIssued,),
    ),
    Row(
        claim="another approves",
        order=ApproveInvitation(approved()),
        world=invited(),
        by=ABE,
        gives=(InvitationApproved,),
    ),
    Row(
        claim="an invitation is withdrawn",
        order=WithdrawInvitation(withdrawn()),
        world=welcome(),
        by=SYL,
        gives=(InvitationWithdrawn,),
    ),
    Row(
        claim="whoever brings both codes is let in",
        order=enrol(),
        world=welcome(),
        by=ITSELF,
        gives=(PasskeyEnrolled,),
    ),
    Row(
        claim="a founder comes in by the invitation of the founding",
        order=enrol(passkey("ada", on_invitation="i-1"), second=None),
        world=peopled().tell(founders(), issued("i-1", "ada"), issued("i-2", "abe"), by=ITSELF),
        by=ITSELF,
        gives=(PasskeyEnrolled,),
    ),
    Row(
        claim="to recover revokes every earlier key",
        order=enrol(passkey(nth=2, on_invitation="again")),
        world=lost(),
        by=ITSELF,
        gives=(PersonKeyRevoked, PersonKeyRevoked, PasskeyEnrolled),
    ),
    Row(
        claim="to recover revokes keys that were introduced",
        order=enrol(passkey("ana", on_invitation="inv")),
        world=keyed()
        .tell(issued(person="ana", purpose=InvitationPurpose.RECOVER), by=ADA)
        .tell(approved(person="ana"), by=ABE),
        by=ITSELF,
        gives=(PersonKeyRevoked, PasskeyEnrolled),
    ),
    Row(
        claim="a further key of one's own",
        order=EnrolFurtherPasskey(passkey(nth=1, on_invitation=None)),
        world=come(),
        by=acting("newt", Role.CASE_AGENT),
        gives=(PasskeyEnrolled,),
    ),
    Row(
        claim="a passkey is revoked by its holder",
        order=RevokePersonKey(revoked()),
        world=come(),
        by=acting("newt", Role.CASE_AGENT),
        gives=(PersonKeyRevoked,),
    ),
    Row(
        claim="a passkey is revoked by an administrator",
        order=RevokePersonKey(revoked()),
        world=come(),
        by=ADA,
        gives=(PersonKeyRevoked,),
    ),
]

REFUSED = [
    Row(
        claim="one founder named twice",
        order=FoundNode(
            founders=founders("ada", "ada"), invitations=(issued("i-1", "ada"), issued("i-2", "ada"))
        ),
        world=peopled(),
        by=ITSELF,
        refused="two-founders",
    ),
    Row(
        claim="a founding that invites somebody else",
        order=FoundNode(
            founders=founders(),
            invitations=(issued("i-1", "ada"), issued("i-2", "abe"), issued("i-3", "ava")),
        ),
        world=peopled(),
        by=ITSELF,
        refused="one-invitation-a-founder",
    ),
    Row(
        claim="a founding that invites one founder twice and the other never",
        order=FoundNode(founders=founders(), invitations=(issued("i-1", "ada"), issued("i-2", "ada"))),
        world=peopled(),
        by=ITSELF,
        refused="one-invitation-a-founder",
    ),
    Row(
        claim="one name for two invitations",
        order=FoundNode(founders=founders(), invitations=(issued("i-1", "ada"), issued("i-1", "abe"))),
        world=peopled(),
        by=ITSELF,
        refused="one-invitation-a-founder",
    ),
    Row(
        claim="a founder who is to recover",
        order=replace(
            FOUNDING,
            invitations=(issued("i-1", "ada"), issued("i-2", "abe", purpose=InvitationPurpose.RECOVER)),
        ),
        world=peopled(),
        by=ITSELF,
        refused="one-invitation-a-founder",
    ),
    Row(
        claim="a founder who had a key before",
        order=FOUNDING,
        world=peopled().tell(person_key("abe"), person_key_revoked("abe"), by=LEO),
        by=ITSELF,
        refused="invited-to-what-fits",
    ),
    Row(
        claim="a role prepared before the founding",
        order=FOUNDING,
        world=peopled().tell(proposed(), by=LEO),
        by=ITSELF,
        refused="founded-first",
    ),
    Row(
        claim="an invitation prepared before the founding",
        order=FOUNDING,
        world=peopled().tell(issued("early", "ava"), by=SYL),
        by=ITSELF,
        refused="founded-first",
    ),
    Row(
        claim="a key of the time before the founding",
        order=FOUNDING,
        world=peopled().tell(person_key("newt"), by=LEO),
        by=ITSELF,
        refused="founded-without-keys",
    ),
    Row(
        claim="founders' invitations that last a year",
        order=replace(FOUNDING, invitations=(issued("i-1", "ada"), issued("i-2", "abe", expires=on(365)))),
        world=peopled(),
        by=ITSELF,
        refused="an-invitation-expires",
    ),
    Row(
        claim="an invitation for oneself",
        order=IssueInvitation(issued(person="ava")),
        world=found(),
        by=acting("ava", Role.SENIOR_OFFICER),
        refused="nobody-admits-themselves",
    ),
    Row(
        claim="a ghost is invited",
        order=IssueInvitation(issued(person="ghost")),
        world=found(),
        by=ADA,
        refused="known",
    ),
    Row(
        claim="an invitation for fifteen days",
        order=IssueInvitation(issued(expires=on(14.001))),
        world=found(),
        by=ADA,
        refused="an-invitation-expires",
    ),
    Row(
        claim="an invitation that has expired",
        order=IssueInvitation(issued(expires=NOON)),
        world=found(),
        by=ADA,
        refused="an-invitation-expires",
    ),
    Row(
        claim="a code in clear",
        order=IssueInvitation(replace(issued(), code="OPEN-SESAME")),
        world=found(),
        by=ADA,
        refused="only-the-hash-of-a-code",
    ),
    Row(
        claim="a second open invitation",
        order=IssueInvitation(issued("next")),
        world=invited(),
        by=ABE,
        refused="one-open-invitation",
    ),
    Row(
        claim="an invitation of the same name",
        order=IssueInvitation(issued(person="ava")),
        world=invited(),
        by=ABE,
        refused="once",
    ),
    Row(
        claim="a first key for somebody who has one",
        order=IssueInvitation(issued("next")),
        world=come(),
        by=ADA,
        refused="invited-to-what-fits",
    ),
    Row(
        claim="a first key for somebody who had one that was revoked",
        order=IssueInvitation(issued("next")),
        world=come().tell(revoked(), by=LEO),
        by=ADA,
        refused="invited-to-what-fits",
    ),
    Row(
        claim="a first key for somebody whose key was introduced",
        order=IssueInvitation(issued("next", "ana")),
        world=keyed(),
        by=ADA,
        refused="invited-to-what-fits",
    ),
    Row(
        claim="recovery for somebody who never had a key",
        order=IssueInvitation(issued(purpose=InvitationPurpose.RECOVER)),
        world=found(),
        by=ADA,
        refused="invited-to-what-fits",
    ),
    Row(
        claim="to link an account for somebody who never had a key",
        order=IssueInvitation(issued(purpose=InvitationPurpose.LINK)),
        world=found(),
        by=ADA,
        refused="invited-to-what-fits",
    ),
    Row(
        claim="to link an account for somebody whose key was revoked",
        order=IssueInvitation(issued("next", purpose=InvitationPurpose.LINK)),
        world=come().tell(revoked(), by=acting("newt", Role.CASE_AGENT)),
        by=ADA,
        refused="invited-to-what-fits",
    ),
    Row(
        claim="an invitation to link an account enrols no key",
        order=enrol(passkey(nth=1, on_invitation="next")),
        world=come()
        .tell(issued("next", purpose=InvitationPurpose.LINK), by=ADA)
        .tell(approved("next"), by=ABE),
        by=ITSELF,
        refused="invited-to-what-fits",
    ),
    Row(
        claim="whoever issued approves",
        order=ApproveInvitation(approved()),
        world=invited(),
        by=ADA,
        refused="two-people",
    ),
    Row(
        claim="whoever issued approves as something else",
        order=ApproveInvitation(approved()),
        world=invited(),
        by=acting("ada", Role.SENIOR_OFFICER),
        refused="two-people",
    ),
    Row(
        claim="whoever is invited approves",
        order=ApproveInvitation(approved(person="abe")),
        world=found().tell(issued(person="abe", purpose=InvitationPurpose.RECOVER), by=ADA),
        by=ABE,
        refused="nobody-admits-themselves",
    ),
    Row(
        claim="an invitation of another person is approved",
        order=ApproveInvitation(approved(person="ava")),
        world=invited(),
        by=ABE,
        refused="known",
    ),
    Row(
        claim="an invitation is approved twice",
        order=ApproveInvitation(approved(code="three")),
        world=welcome(),
        by=SYL,
        refused="once",
    ),
    Row(
        claim="a founder's invitation is approved",
        order=ApproveInvitation(approved("i-1", "ada")),
        world=peopled().tell(founders(), issued("i-1", "ada"), issued("i-2", "abe"), by=ITSELF),
        by=SYL,
        refused="once",
    ),
    Row(
        claim="one code for both",
        order=ApproveInvitation(approved(code="one")),
        world=invited(),
        by=ABE,
        refused="two-codes",
    ),
    Row(
        claim="an expired invitation is approved",
        order=ApproveInvitation(approved()),
        world=invited(expires=NOON),
        by=ABE,
        refused="invitation-open",
    ),
    Row(
        claim="a withdrawn invitation is approved",
        order=ApproveInvitation(approved()),
        world=invited().tell(withdrawn(), by=ADA),
        by=ABE,
        refused="invitation-open",
    ),
    Row(
        claim="a used invitation is withdrawn",
        order=WithdrawInvitation(withdrawn()),
        world=come(),
        by=ADA,
        refused="invitation-open",
    ),
    Row(
        claim="a first key is approved for somebody who got one meanwhile",
        order=ApproveInvitation(approved(person="ana")),
        world=partners().tell(issued(person="ana"), by=ADA).tell(person_key(), by=LEO),
        by=ABE,
        refused="invited-to-what-fits",
    ),
    Row(
        claim="a key on no invitation",
        order=enrol(passkey(on_invitation=None)),
        world=welcome(),
        by=ITSELF,
        refused="on-an-invitation",
    ),
    Row(
        claim="a key on another's invitation",
        order=enrol(passkey("ava")),
        world=welcome(),
        by=ITSELF,
        refused="known",
    ),
    Row(claim="before the approval", order=enrol(), world=invited(), by=ITSELF, refused="invitation-open"),
    Row(
        claim="before the approval, with one code",
        order=enrol(second=None),
        world=invited(),
        by=ITSELF,
        refused="invitation-open",
    ),
    Row(
        claim="with the code of the issuer alone",
        order=enrol(second=None),
        world=welcome(),
        by=ITSELF,
        refused="codes-of-the-invitation",
    ),
    Row(
        claim="with the issuer's code twice",
        order=enrol(second="one"),
        world=welcome(),
        by=ITSELF,
        refused="codes-of-the-invitation",
    ),
    Row(
        claim="with the second code twice",
        order=enrol(code="two"),
        world=welcome(),
        by=ITSELF,
        refused="codes-of-the-invitation",
    ),
    Row(
        claim="a founder's invitation with a code too many",
        order=enrol(passkey("ada", on_invitation="i-1")),
        world=peopled().tell(founders(), issued("i-1", "ada"), issued("i-2", "abe"), by=ITSELF),
        by=ITSELF,
        refused="codes-of-the-invitation",
    ),
    Row(claim="used twice", order=enrol(passkey(nth=1)), world=come(), by=ITSELF, refused="invitation-open"),
    Row(
        claim="at the end of its time",
        order=enrol(),
        world=invited(expires=NOON).tell(approved(), by=ABE, at=on(-0.5)),
        by=ITSELF,
        refused="invitation-open",
    ),
    Row(
        claim="after it was withdrawn",
        order=enrol(),
        world=welcome().tell(withdrawn(), by=ABE),
        by=ITSELF,
        refused="invitation-open",
    ),
    Row(
        claim="a first key after one was introduced",
        order=enrol(passkey("ana")),
        world=partners()
        .tell(issued(person="ana"), by=ADA)
        .tell(approved(person="ana"), by=ABE)
        .tell(person_key(), by=LEO),
        by=ITSELF,
        refused="invited-to-what-fits",
    ),
    Row(
        claim="a key under another's name",
        order=enrol(replace(passkey(), key=passkey(nth=1).key)),
        world=welcome(),
        by=ITSELF,
        refused="named-by-thumbprint",
    ),
    Row(
        claim="a key in another spelling",
        order=enrol(replace(passkey(), public_key=passkey().public_key + "=")),
        world=welcome(),
        by=ITSELF,
        refused="a-key-of-one-form",
    ),
    Row(
        claim="a key said to sign otherwise",
        order=enrol(replace(passkey(), algorithm=PasskeyAlgorithm.EDDSA)),
        world=welcome(),
        by=ITSELF,
        refused="a-key-of-one-form",
    ),
    Row(
        claim="the lost key returns on recovery",
        order=enrol(passkey(nth=1, on_invitation="again")),
        world=lost(),
        by=ITSELF,
        refused="one-key-one-use",
    ),
    Row(
        claim="a further key for another",
        order=EnrolFurtherPasskey(passkey(nth=1, on_invitation=None)),
        world=come(),
        by=ADA,
        refused="ones-own-further-key",
    ),
    Row(
        claim="a further key on an invitation",
        order=EnrolFurtherPasskey(passkey(nth=1)),
        world=come(),
        by=acting("newt", Role.CASE_AGENT),
        refused="ones-own-further-key",
    ),
    Row(
        claim="a further key without a first",
        order=EnrolFurtherPasskey(passkey(on_invitation=None)),
        world=found(),
        by=acting("newt", Role.CASE_AGENT),
        refused="a-key-before",
    ),
    Row(
        claim="a further key after all were revoked",
        order=EnrolFurtherPasskey(passkey(nth=1, on_invitation=None)),
        world=come().tell(revoked(), by=LEO),
        by=acting("newt", Role.CASE_AGENT),
        refused="a-key-before",
    ),
    Row(
        claim="a further key that is on record",
        order=EnrolFurtherPasskey(passkey(on_invitation=None)),
        world=come(),
        by=acting("newt", Role.CASE_AGENT),
        refused="one-key-one-use",
    ),
    Row(
        claim="ten keys and one more",
        order=EnrolFurtherPasskey(passkey(nth=MOST, on_invitation=None)),
        world=come().tell(
            *(passkey(nth=n, on_invitation=None) for n in range(1, MOST)), by=acting("newt", Role.CASE_AGENT)
        ),
        by=acting("newt", Role.CASE_AGENT),
        refused="so-many-keys",
    ),
    Row(
        claim="another's passkey is revoked by somebody",
        order=RevokePersonKey(revoked()),
        world=come(),
        by=ANA,
        refused="ones-own-key-or-an-enrolled-one",
    ),
    Row(
        claim="whoever enrols revokes a passkey and introduces a key in its place",
        order=IntroducePersonKey(person_key("newt")),
        world=come().tell(revoked(), by=LEO),
        by=LEO,
        refused="recovered-by-two",
    ),
    Row(
        claim="a key is introduced beside a passkey, unvouched",
        order=IntroducePersonKey(person_key("newt")),
        world=come(),
        by=LEO,
        refused="vouched-for",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED + REFUSED, ids=str)
def test_nobody_comes_in_by_one_person_alone(row: Row) -> None:
    check(row)


def test_whoever_recovers_has_the_new_key_and_no_other() -> None:
    world = lost()
    world.does(enrol(passkey(nth=2, on_invitation="again")), by=ITSELF)
    assert set(passkeys_of(world.history, NEW)) == {passkey(nth=2).key}


def test_an_invitation_stands_as_what_was_said_of_it_last() -> None:
    name = InvitationId("inv")
    for world, standing in (
        (invited(), Standing.PENDING),
        (welcome(), Standing.GOOD),
        (welcome().tell(withdrawn(), by=ADA), Standing.WITHDRAWN),
        (come(), Standing.USED),
    ):
        assert invitations(world.history)[name].standing(NOON) is standing
    assert invitations(welcome().history)[name].standing(on(7)) is Standing.RUN_OUT
    assert invitations(come().history)[name].standing(on(70)) is Standing.USED
