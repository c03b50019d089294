"""A bundle of a founded node: what a stranger checks of a passkey's signature, and misses when it is left out."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tearline.facts.admission import InvitationIssued, InvitationPurpose
from tearline.facts.errors import Broken, Malformed
from tearline.facts.history import Actor, Role
from tearline.facts.identifiers import InvitationId, PersonId
from tearline.ledger import disclose, sdjwt
from tearline.ledger.bundle import Bundle
from tearline.ledger.bundle import verify as verify_bundle
from tearline.node import make_node
from tearline.rooms.admission.invitations import IssueInvitation
from tearline.rooms.admission.passkeys import EnrolFurtherPasskey, digest_of
from tests.doors import Entrance, entrance
from tests.ledger.damage import flip
from tests.nodes import Clock
from tests.passkeys import enrolled, passkey, put_on_record, signed
from tests.worlds import NOON, REX


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entrance]:
    """A founded node: ada and abe have keys, and invited ben, who has one."""
    made = entrance(tmp_path_factory.mktemp("door")).enrolled("ada", "abe")
    made.admit("ben", Role.CASE_AGENT)
    made.has_a_key("ben")
    yield made
    made.close()


def test_a_stranger_checks_the_text_and_the_key_it_was_signed_with(door: Entrance) -> None:
    node, given = door.node, door.node.ledger.size()
    issued = InvitationIssued(
        invitation=InvitationId("ben-again"),
        person=PersonId("ben"),
        purpose=InvitationPurpose.RECOVER,
        code=digest_of("x"),
        expires=NOON + timedelta(days=1),
    )
    door.does(IssueInvitation(issued), "ada")
    bundle = bytes(disclose.make(node.ledger, {given: ()}))
    found = verify_bundle(bundle, node.ledger.vkey)
    shown = found.facts[-1]
    assert shown.signed is not None
    assert shown.signed.person == "ada"
    assert {"FoundersNamed", "InvitationIssued", "PasskeyEnrolled"} <= {
        f.payload["kind"] for f in found.facts
    }
    assert '"recover"' in shown.payload["signed"]["text"]
    assert any("held the role" in one for one in found.unchecked)
    for at in range(0, len(bundle), max(1, len(bundle) // 60)):
        with pytest.raises((Broken, Malformed)):
            verify_bundle(flip(bundle, 8 * at), node.ledger.vkey)


def test_nothing_that_a_signature_rests_on_can_be_left_out_of_a_bundle(door: Entrance) -> None:
    """Its holder's key, the two who invited them, those two's own, and the founders: each is missed."""
    ledger = door.node.ledger
    ben = Actor(PersonId("ben"), Role.CASE_AGENT)
    further = EnrolFurtherPasskey(enrolled("ben", passkey("second"), None))
    first = signed(door.node, further, ben, door.phone("ben")).first
    whole = disclose.make(ledger, {first: ()})
    kinds = [sdjwt.payload_of(part.jws)["kind"] for part in whole.parts]
    assert kinds.count("PasskeyEnrolled") == 4
    assert {"FoundersNamed", "InvitationIssued", "InvitationApproved"} <= set(kinds)
    verify_bundle(bytes(whole), ledger.vkey)
    for n in range(len(kinds) - 1):
        thinned = bytes(Bundle((*whole.parts[:n], *whole.parts[n + 1 :])))
        with pytest.raises(Broken):
            verify_bundle(thinned, ledger.vkey)


def test_a_passkey_of_nobody_whom_founders_admitted_proves_nothing(tmp_path: Path) -> None:
    """Here the two who invited rex signed nothing, and there are no founders: whoever runs a node can write that."""
    node, phone = make_node(tmp_path / "node", origin="tearline.example/desk", clock=Clock()), passkey("rex")
    put_on_record(node.ledger, REX, phone)
    further = EnrolFurtherPasskey(enrolled("rex", passkey("second"), None))
    appended = signed(node, further, REX, phone)
    with pytest.raises(Broken, match="came on an invitation"):
        verify_bundle(bytes(disclose.make(node.ledger, {appended.first: ()})), node.ledger.vkey)
    node.close()
