"""What binds is signed with a passkey over the text that was shown; and nobody can put such a signature there."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tearline.facts.admission import FoundersNamed, RoleApproved, RoleProposed
from tearline.facts.errors import Broken, Malformed, Refused
from tearline.facts.history import Actor, Draft, Role, about
from tearline.facts.identifiers import AgreementId, GrantId, PersonId, RequestId
from tearline.facts.keys import PersonKeyRevoked
from tearline.facts.parties import AgreementEndorsed
from tearline.facts.release import ReleaseSignedOff, SignOffLine, VerdictReached
from tearline.facts.words import Language
from tearline.folds.agreements import AGREEMENT_KINDS, agreements, awaits_endorsement, terms_sha256
from tearline.folds.held import ITSELF
from tearline.ledger import personal, sdjwt, strict
from tearline.ledger.ledger import Ledger
from tearline.ledger.personal import Asserted, check_act
from tearline.ledger.webauthn import Passkey
from tearline.node import TO_SIGN, Node, Order, Prepared, make_node
from tearline.rooms.admission.roles import ApproveRole, NameFounders, ProposeRole
from tearline.rooms.parties.agreements import EndorseAgreement, SignAgreement
from tearline.rooms.release.dissents import RecordDissent
from tearline.rooms.release.releasing import ReleaseItem
from tearline.rooms.release.requests import DecideRequest, RequestRelease, SignOff
from tests.authenticator import EDDSA, RS256, Authenticator
from tests.ledger.checking import check_ledger
from tests.ledger.damage import flip, flips
from tests.nodes import Clock, told
from tests.passkeys import assertion, enrolled, over, passkey, put_on_record, signed
from tests.signing import introduced, private_key, revoked, with_keys
from tests.signing import signed as signed_by_key
from tests.worlds import (
    ANA,
    HUGO,
    LEO,
    NOON,
    PROTOCOLS,
    REX,
    SOL,
    SYL,
    World,
    agreement,
    dissent,
    on,
    partners,
    person,
    requested,
    signed_off,
)

ADAM, ABEL = (Actor(PersonId(name), Role.ADMINISTRATOR) for name in ("adam", "abel"))
ORIGIN = "tearline.example/desk"
SIGN_OFF = SignOff(signed_off("s-1", SignOffLine.RELEASING))
PHONE = passkey("rex")
"""The releasing officer's. Reused where nothing is changed on it: making keys takes time."""


def node_with_request(folder: Path, clock: Clock) -> Node:
    made = make_node(folder, origin=ORIGIN, clock=clock)
    told(made, partners())
    made.record(Order(command=RequestRelease(requested()), by=ANA))
    put_on_record(made.ledger, REX, PHONE)
    return made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def node(tmp_path: Path, clock: Clock) -> Iterator[Node]:
    made = node_with_request(tmp_path / "node", clock)
    yield made
    check_ledger(made.ledger)
    made.close()


def payload(node: Node, position: int) -> dict[str, Any]:
    return sdjwt.payload_of(node.ledger.entry(position).jws)


def key_on_record(held: Authenticator = PHONE) -> Passkey:
    return Passkey.parse(strict.to_base64url(held.held[-1].cose), held.held[-1].rp_id)


def refusal(node: Node, prepared: Prepared, signature: Any) -> str:
    size = node.ledger.size()
    with pytest.raises(Refused) as refused:
        node.record_prepared(prepared, signature=signature)
    assert node.ledger.size() == size
    return refused.value.rule


def test_a_sign_off_bears_the_text_that_was_shown_and_the_passkeys_assertion(node: Node) -> None:
    prepared = node.prepare(Order(command=SIGN_OFF, by=REX), language=Language.ES)
    appended = node.record_prepared(prepared, signature=over(PHONE, prepared))
    claims = [
        personal.verify(payload(node, p), key_on_record()) for p in range(appended.first, appended.position)
    ]
    check_act(claims)
    shown = [claim for claim in claims if isinstance(claim, Asserted)]
    assert shown[0].opening + "".join(one.text for one in shown) == prepared.text
    assert shown[0].challenge == prepared.shown_challenge
    assert "Firmado como (line)" in prepared.text
    assert f"(after): {prepared.after}\n" in prepared.text
    assert f'(dossier_sha256): "{prepared.drafts[1].fact.dossier_sha256}"' in prepared.text  # type: ignore[attr-defined]


def test_a_sign_off_says_which_dossier_was_seen(node: Node) -> None:
    (seen,) = [
        r.fact.dossier_sha256 for r in node.ledger.read(about(kinds=(VerdictReached,))).of(VerdictReached)
    ]
    forged = SignOff(replace(SIGN_OFF.fact, dossier_seen="0" * 64))
    prepared = node.prepare(Order(command=forged, by=REX))
    assert f'(dossier_seen): "{seen}"\n' in prepared.text
    node.record(Order(command=DecideRequest(RequestId("ask")), by=ANA))
    assert refusal(node, prepared, over(PHONE, prepared)) == "shown-anew"


@pytest.mark.parametrize("algorithm", [EDDSA, RS256])
def test_other_sorts_of_passkeys_sign_too(node: Node, algorithm: int) -> None:
    held = passkey("hugo", algorithm)
    put_on_record(node.ledger, HUGO, held)
    signed(node, RecordDissent(dissent()), HUGO, held)


def test_from_sign_off_to_release_each_act_is_signed_whole(node: Node) -> None:
    phone = passkey("sol")
    put_on_record(node.ledger, SOL, phone)
    signed(node, SIGN_OFF, REX, PHONE)
    signed(node, SignOff(signed_off("s-2", SignOffLine.SOURCE_HANDLING)), SOL, phone)
    appended = signed(node, ReleaseItem(RequestId("ask")), REX, PHONE)
    facts = [payload(node, p) for p in range(appended.first, appended.position)]
    assert [f["kind"] for f in facts] == ["VerdictReached", "ItemReleased", "CopyReleased"]
    check_act([personal.verify(f, key_on_record()) for f in facts])
    assert max(len(node.ledger.entry(p).jws) for p in range(appended.first, appended.position)) < 16_384


# What is refused


def test_an_assertion_over_another_act_or_by_another_is_refused(node: Node) -> None:
    prepared, other = (node.prepare(Order(command=SIGN_OFF, by=REX)) for _ in range(2))
    assert refusal(node, prepared, over(PHONE, other)) == "signed-personally"
    assert refusal(node, prepared, over(passkey("hugo"), prepared)) == "signed-personally"
    # The challenge of the other form is none of this one's, nor a key's signature an assertion.
    assert refusal(node, prepared, assertion(PHONE, prepared.challenge)) == "signed-personally"
    assert refusal(node, prepared, over(PHONE, prepared).signature) == "signed-personally"


def test_one_bit_turned_in_the_assertion_is_refused(node: Node) -> None:
    prepared = node.prepare(Order(command=SIGN_OFF, by=REX))
    honest = over(PHONE, prepared)
    for name in ("authenticator", "client", "signature"):
        for turned in flips(getattr(honest, name), step=37):
            assert refusal(node, prepared, replace(honest, **{name: turned})) == "signed-personally"


def test_a_holder_that_was_not_verified_signs_nothing(node: Node) -> None:
    held = passkey("rex")
    held.verified = False
    prepared = node.prepare(Order(command=SIGN_OFF, by=REX))
    assert refusal(node, prepared, over(held, prepared)) == "signed-personally"


def test_a_deciding_fact_since_then_or_too_much_time_has_it_shown_anew(node: Node, clock: Clock) -> None:
    with_keys(node, "hugo")
    prepared = node.prepare(Order(command=SIGN_OFF, by=REX))
    objection = node.prepare(Order(command=RecordDissent(dissent()), by=HUGO))
    node.record_prepared(objection, signature=personal.sign(objection.challenge, private_key("hugo")))
    assert refusal(node, prepared, over(PHONE, prepared)) == "shown-anew"
    late = node.prepare(Order(command=SIGN_OFF, by=REX))
    clock.now += TO_SIGN
    clock.forward(seconds=1)
    assert refusal(node, late, over(PHONE, late)) == "shown-anew"


def test_a_passkey_that_is_revoked_signs_nothing(node: Node) -> None:
    prepared = node.prepare(Order(command=SIGN_OFF, by=REX))
    fact = replace(revoked("rex").fact, key=enrolled("rex", PHONE).key)
    assert isinstance(fact, PersonKeyRevoked)
    node.record(Order(command=type(revoked("rex"))(fact), by=REX))
    assert refusal(node, prepared, over(PHONE, prepared)) == "signed-personally"
    with pytest.raises(Refused, match="key-on-record"):
        node.prepare(Order(command=SIGN_OFF, by=REX))


def test_many_facts_of_one_person_are_one_act(node: Node) -> None:
    orders = [
        Order(command=RecordDissent(replace(dissent(f"d-{n}"), request=None)), by=REX)
        for n in range(personal.MOST_FACTS)
    ]
    prepared = node.prepare_all(orders)
    appended = node.record_prepared(prepared, signature=over(PHONE, prepared))
    assert len(appended.refs) == personal.MOST_FACTS
    with pytest.raises(ValueError, match="one person"):
        node.prepare_all([orders[0], replace(orders[1], by=SYL)])
    with pytest.raises(Refused, match="signed-in-parts"):
        node.prepare_all(
            [
                Order(command=RecordDissent(replace(dissent(f"e-{n}"), request=None)), by=REX)
                for n in range(129)
            ]
        )


# The operator, who has all keys of the node


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The first fact of an act that was signed with a passkey."""
    made = node_with_request(tmp_path_factory.mktemp("honest") / "node", Clock())
    appended = signed(made, SIGN_OFF, REX, PHONE)
    yield payload(made, appended.first)
    made.close()


def test_one_character_turned_anywhere_in_the_claim_is_found(honest: dict[str, Any]) -> None:
    personal.verify(honest, key_on_record())
    for name, value in honest["signed"].items():
        texts = value if isinstance(value, list) else [str(value)]
        for n, text in enumerate(texts):
            for at in range(0, len(text), 1 if len(text) < 100 else 7):
                forged = copy.deepcopy(honest)
                turned = text[:at] + ("x" if text[at] != "x" else "y") + text[at + 1 :]
                forged["signed"][name] = [*texts[:n], turned, *texts[n + 1 :]] if texts is value else turned
                with pytest.raises((Broken, Malformed)):
                    personal.verify(forged, key_on_record())


def test_one_bit_turned_in_what_the_passkey_said_is_found(honest: dict[str, Any]) -> None:
    for name in ("authenticator", "client", "signature"):
        raw = strict.base64url(honest["signed"][name])
        for bit in range(8 * len(raw)):
            forged = honest | {"signed": honest["signed"] | {name: strict.to_base64url(flip(raw, bit))}}
            with pytest.raises((Broken, Malformed)):
                personal.verify(forged, key_on_record())


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "tearline.example/other"},
        {"after": 8},
        {"by": "eve"},
        {"role": "senior-officer"},
        {"kind": "DissentRecorded"},
        {"precision": "day"},
        {"happened_at": "2011-03-18T12:00:00.000001Z"},
        {"told": {"telling": "t", "known_at": "2011-03-18T12:00:00.000000Z", "rests_on": ""}},
    ],
    ids=str,
)
def test_the_signature_does_not_carry_over_to_another_fact(
    honest: dict[str, Any], changed: dict[str, Any]
) -> None:
    with pytest.raises(Broken):
        personal.verify(honest | changed, key_on_record())


def test_a_text_that_says_something_else_than_the_fact_is_found(forged: Ledger) -> None:
    """The person was shown one line, the fact says another: both are signed, and it is no signature."""
    node = Node(forged, PROTOCOLS, lambda: NOON)
    prepared = node.prepare(Order(command=SIGN_OFF, by=REX))
    stated = list(prepared.facts.stated(ORIGIN))
    sections = [prepared.sections[0].replace('"releasing"', '"second"', 1), *prepared.sections[1:]]
    assert sections[0] != prepared.sections[0]
    statements = [personal.stated(one, text) for one, text in zip(stated, sections, strict=True)]
    challenge = personal.shown_challenge(prepared.opening, statements)
    key = enrolled("rex", PHONE).key
    claims = personal.asserted(prepared.opening, sections, statements, key, assertion(PHONE, challenge))
    made = node.ledger.append(
        prepared.facts, unless=None, after=prepared.after, key="lie", signed=[c.claim() for c in claims]
    )
    with pytest.raises(Broken, match="does not say what the fact says"):
        personal.verify(payload(node, made.first), key_on_record())
    with pytest.raises(Broken, match="does not say what the fact says"):
        node.ledger.check()


def forge(ledger: Ledger, draft: Draft) -> None:
    ledger.append([draft], unless=None, after=ledger.size(), key=f"forged {ledger.size()}")


@pytest.fixture
def forged(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    made = node_with_request(tmp_path / "forged", clock)
    yield made.ledger
    made.ledger.close()


@pytest.mark.parametrize(
    ("invitation", "why"),
    [
        (None, "without an invitation and their signature"),
        ("for-rex", "beside one that they have"),
    ],
)
def test_the_operator_enrols_no_key_beside_a_persons_own(
    forged: Ledger, invitation: str | None, why: str
) -> None:
    fact = enrolled("rex", passkey("eve"), invitation)
    forge(forged, Draft(fact=fact, happened_at=NOON, by=ITSELF))
    with pytest.raises(Broken, match=why):
        forged.check()


def test_the_operator_enrols_nobody_whom_no_two_people_invited(forged: Ledger) -> None:
    forge(forged, Draft(fact=enrolled("sol", passkey("eve"), "for-rex"), happened_at=NOON, by=ITSELF))
    with pytest.raises(Broken, match="whom no two people invited"):
        forged.check()


def test_once_founders_are_named_what_binds_is_signed_key_or_no_key(forged: Ledger) -> None:
    forge(forged, Draft(fact=SIGN_OFF.fact, happened_at=NOON, by=SYL))
    forged.check()
    forge(
        forged,
        Draft(fact=FoundersNamed(founders=(PersonId("adam"), PersonId("abel"))), happened_at=NOON, by=ITSELF),
    )
    forged.check()
    forge(forged, Draft(fact=replace(SIGN_OFF.fact, sign_off="s-9"), happened_at=NOON, by=SYL))  # type: ignore[arg-type]
    with pytest.raises(Broken, match="in a node that has founders"):
        forged.check()


def founded_by(*names: str) -> Draft:
    return Draft(fact=FoundersNamed(founders=tuple(map(PersonId, names))), happened_at=NOON, by=ITSELF)


def test_the_operator_gives_nobody_a_first_key_once_founders_are_named(forged: Ledger) -> None:
    forge(forged, founded_by("adam", "abel"))
    forge(forged, Draft(fact=introduced("syl").fact, happened_at=NOON, by=LEO))
    with pytest.raises(Broken, match="in a node that has founders"):
        forged.check()


def test_the_operator_does_not_pass_a_persons_act_off_as_the_nodes(forged: Ledger) -> None:
    forge(forged, founded_by("adam", "abel"))
    by = Actor(ITSELF.person, Role.RELEASING_OFFICER)
    forge(forged, Draft(fact=SIGN_OFF.fact, happened_at=NOON, by=by))
    with pytest.raises(Broken, match="in a node that has founders"):
        forged.check()


def test_the_operator_names_no_founders_of_their_own_later(forged: Ledger) -> None:
    forge(forged, founded_by("adam", "abel"))
    forge(forged, founded_by("eve", "eva"))
    with pytest.raises(Broken, match="founders once more"):
        forged.check()


def test_the_fact_that_signs_off_stays_readable(node: Node) -> None:
    signed(node, SIGN_OFF, REX, PHONE)
    (recorded,) = node.ledger.read(about(kinds=(ReleaseSignedOff,))).of(ReleaseSignedOff)
    assert recorded.by == REX


# Once founders are named


def given(node: Node, role: Role, to: Actor) -> None:
    """A role that two founders give, each under a signature of their own."""
    grant = GrantId(f"for-{to.person}")
    proposed = RoleProposed(grant=grant, person=to.person, role=role, until=NOON + timedelta(days=30))
    signed_by_key(node, ProposeRole(proposed), ADAM)
    signed_by_key(node, ApproveRole(RoleApproved(grant=grant, person=to.person)), ABEL)


def test_what_one_officer_could_do_alone_takes_a_signature_once_founders_are_named(node: Node) -> None:
    """An agreement with any figures, recorded by one officer: the widest hole there was."""
    told(node, World().tell(person("adam", of="own"), person("abel", of="own"), at=on(-100)))
    with_keys(node, "adam", "abel")
    phones = {actor: passkey(actor.person) for actor in (SYL, LEO)}
    for actor, phone in phones.items():
        put_on_record(node.ledger, actor, phone)
    node.record(Order(command=SignAgreement(agreement("before")), by=SYL))
    before = node.ledger.size()
    founders = FoundersNamed(founders=(ADAM.person, ABEL.person))
    node.record(Order(command=NameFounders(founders), by=ITSELF))
    for role, actor in ((Role.SENIOR_OFFICER, SYL), (Role.LIAISON, LEO), (Role.RELEASING_OFFICER, REX)):
        given(node, role, actor)
    with pytest.raises(Refused, match="signed-personally"):
        node.record(Order(command=SignAgreement(agreement("after")), by=SYL))
    signed(node, SignAgreement(agreement("after")), SYL, phones[SYL])
    endorsed = AgreementEndorsed(
        agreement=AgreementId("after"), terms_sha256=terms_sha256(agreement("after").terms)
    )
    with pytest.raises(Refused, match="another-endorses"):
        node.prepare(Order(command=EndorseAgreement(endorsed), by=SYL))
    signed(node, EndorseAgreement(endorsed), LEO, phones[LEO])
    node.ledger.check()
    known = node.ledger.read(about(kinds=(*AGREEMENT_KINDS, FoundersNamed)))
    held_now = agreements(known)
    assert not any(awaits_endorsement(one, known) for one in held_now.values())
    assert {one.recorded.position < before for one in held_now.values() if one.recorded} == {True, False}
