"""Whoever runs the node, and writes facts past its rules, gives nobody a key by an invitation that is not good."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tearline.facts.admission import (
    FoundersNamed,
    InvitationApproved,
    InvitationIssued,
    InvitationPurpose,
    InvitationWithdrawn,
)
from tearline.facts.cose import cose_name
from tearline.facts.errors import Broken, Refused
from tearline.facts.fact import Fact
from tearline.facts.history import Actor, Draft, Role, Told
from tearline.facts.identifiers import InvitationId, PersonId
from tearline.facts.keys import PersonKeyRevoked, RevocationReason
from tearline.folds.held import ITSELF
from tearline.ledger import disclose, strict
from tearline.ledger.bundle import Bundle, verify
from tearline.ledger.ledger import Ledger
from tearline.node import make_node
from tearline.rooms.admission.passkeys import EnrolFurtherPasskey
from tests.authenticator import Authenticator
from tests.nodes import Clock
from tests.passkeys import enrolled, passkey, put_on_record, signed
from tests.worlds import NOON, REX

ADA, ABE = (Actor(PersonId(name), Role.ADMINISTRATOR) for name in ("ada", "abe"))
PHONE, EVES = passkey("rex"), passkey("eve")
FOR_REX = InvitationId("again")
ISSUED = InvitationIssued(
    invitation=FOR_REX,
    person=REX.person,
    purpose=InvitationPurpose.RECOVER,
    code="x",
    expires=NOON + timedelta(days=7),
)
APPROVED = InvitationApproved(invitation=FOR_REX, person=REX.person, code="y")
TALE = Told("rex", NOON, "a source, ¶1")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    """That of a node in which rex was invited by two people once, and has a passkey."""
    node = make_node(tmp_path / "node", origin="tearline.example/desk", clock=clock)
    put_on_record(node.ledger, REX, PHONE)
    node.ledger.check()
    yield node.ledger
    node.ledger.close()


def forge(ledger: Ledger, fact: Fact, by: Actor = ITSELF, told: Told | None = None) -> None:
    draft = Draft(fact=fact, happened_at=NOON, by=by, told=told)
    ledger.append([draft], unless=None, after=ledger.size(), key=f"forged {ledger.size()}")


def revocation(held: Authenticator) -> PersonKeyRevoked:
    key = enrolled("rex", held).key
    return PersonKeyRevoked(person=REX.person, key=key, reason=RevocationReason.LOST, since=NOON)


def taken_over(ledger: Ledger) -> None:
    """Rex's own key is revoked, as that of whoever recovers: nobody's signature is asked for. Then comes another."""
    forge(ledger, revocation(PHONE))
    forge(ledger, enrolled("rex", EVES, FOR_REX))


def test_two_people_s_invitation_to_recover_is_good(ledger: Ledger) -> None:
    forge(ledger, ISSUED, ADA)
    forge(ledger, APPROVED, ABE)
    taken_over(ledger)
    ledger.check()


def test_an_invitation_that_was_used_is_not_good_again(ledger: Ledger) -> None:
    forge(ledger, ISSUED, ADA)
    forge(ledger, APPROVED, ABE)
    taken_over(ledger)
    ledger.check()
    forge(ledger, revocation(EVES))
    forge(ledger, enrolled("rex", passkey("eva"), FOR_REX))
    with pytest.raises(Broken, match="used before"):
        ledger.check()


def test_an_invitation_that_is_said_anew_is_not_approved_by_what_was_said_before(ledger: Ledger) -> None:
    forge(ledger, ISSUED, ADA)
    forge(ledger, ISSUED, ABE)
    with pytest.raises(Broken, match="issued once more"):
        ledger.check()


def test_an_invitation_that_was_withdrawn_is_not_good(ledger: Ledger) -> None:
    forge(ledger, ISSUED, ADA)
    forge(ledger, APPROVED, ABE)
    forge(ledger, InvitationWithdrawn(invitation=FOR_REX, person=REX.person), ADA)
    taken_over(ledger)
    with pytest.raises(Broken, match="withdrawn"):
        ledger.check()


def test_an_invitation_that_ran_out_is_not_good(ledger: Ledger, clock: Clock) -> None:
    forge(ledger, ISSUED, ADA)
    forge(ledger, APPROVED, ABE)
    clock.forward(days=8)
    taken_over(ledger)
    with pytest.raises(Broken, match="ran out"):
        ledger.check()


def test_an_invitation_to_enrol_a_first_key_recovers_nothing(ledger: Ledger) -> None:
    forge(ledger, replace(ISSUED, purpose=InvitationPurpose.ENROL), ADA)
    forge(ledger, APPROVED, ABE)
    taken_over(ledger)
    with pytest.raises(Broken, match="to another purpose"):
        ledger.check()


def test_what_a_worked_case_tells_invites_nobody(ledger: Ledger) -> None:
    forge(ledger, FoundersNamed(founders=(ADA.person, ABE.person)))
    forge(ledger, ISSUED, ADA, TALE)
    forge(ledger, APPROVED, ABE, TALE)
    taken_over(ledger)
    with pytest.raises(Broken, match="a worked case"):
        ledger.check()


def test_a_worked_case_revokes_no_key_and_enrols_none(ledger: Ledger) -> None:
    forge(ledger, enrolled("sol", EVES, FOR_REX), told=TALE)
    with pytest.raises(Broken, match="a worked case"):
        ledger.check()


def test_a_bundle_that_does_not_show_who_invited_the_signer_proves_nothing_of_them(ledger: Ledger) -> None:
    """Else whoever runs the node enrols a key of theirs as rex's, and leaves out what would show it."""
    forge(ledger, enrolled("sol", EVES, "made-up"))
    whole = disclose.make(ledger, {ledger.size() - 1: ()})
    with pytest.raises(Broken, match="invitation"):
        verify(bytes(Bundle(whole.parts)), ledger.vkey)


def test_a_point_on_no_curve_is_no_key(tmp_path: Path, clock: Clock) -> None:
    """On record, it would be a fact that no check gets past: one person would have spoilt the ledger for all."""
    node = make_node(tmp_path / "node", origin="tearline.example/desk", clock=clock)
    put_on_record(node.ledger, REX, PHONE)
    honest = enrolled("rex", EVES, None)
    cose = bytearray(strict.base64url(honest.public_key))
    cose[-1] ^= 1
    bent = replace(honest, public_key=strict.to_base64url(bytes(cose)), key=cose_name(bytes(cose)))
    with pytest.raises(Refused, match="a-key-of-one-form"):
        signed(node, EnrolFurtherPasskey(bent), REX, PHONE)
    node.ledger.check()
    node.close()
