"""What binds a person bears that person's signature, over exactly what is recorded; and nobody can put one there."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tearline.facts.errors import Broken, Conflict, Refused
from tearline.facts.fact import Binds, Sealed
from tearline.facts.history import Actor, Draft, Role, Told, about
from tearline.facts.identifiers import AllegationId, PersonId, RequestId, UnitId
from tearline.facts.parties import (
    AllegationAssessed,
    AllegationKind,
    AllegationRecorded,
    AllegationStanding,
    UnitStoodDown,
)
from tearline.facts.release import DissentRecorded, ItemReleased, ReleaseSignedOff, SignOffLine
from tearline.facts.vocabulary import kinds
from tearline.ledger import personal, sdjwt, strict
from tearline.ledger.ledger import Ledger
from tearline.ledger.personal import claims, sign, statement_of
from tearline.node import TO_SIGN, Node, Order, Prepared, make_node, open_node
from tearline.rooms import Command
from tearline.rooms.parties.keys import IntroducePersonKey
from tearline.rooms.parties.units import AssessAllegation, RecordAllegation
from tearline.rooms.release.dissents import AnswerDissent, RecordDissent
from tearline.rooms.release.outside import RecordDisclosure
from tearline.rooms.release.releasing import ReleaseItem
from tearline.rooms.release.requests import RequestRelease, SignOff
from tests.ledger.checking import check_ledger
from tests.ledger.damage import flips
from tests.nodes import Clock, told
from tests.signing import introduced, key_of, private_key, revoked, signed, with_keys
from tests.worlds import (
    ANA,
    CLIO,
    HUGO,
    INA,
    LEO,
    NOON,
    PROTOCOLS,
    REX,
    SOL,
    SYL,
    disclosed,
    dissent,
    dissent_answered,
    partners,
    requested,
    signed_off,
)

SIGN_OFF = SignOff(signed_off("s-1", SignOffLine.RELEASING))
DISSENT = RecordDissent(dissent())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def node(tmp_path: Path, clock: Clock) -> Iterator[Node]:
    """No demonstration: partners who may work together, a request, and officers with a key each."""
    made = make_node(tmp_path / "node", origin="tearline.example/desk", clock=clock)
    told(made, partners())
    made.record(Order(command=RequestRelease(requested()), by=ANA))
    yield with_keys(made, "rex", "sol", "hugo", "syl")
    check_ledger(made.ledger)
    made.close()


@pytest.fixture
def demo(tmp_path: Path, clock: Clock) -> Iterator[Node]:
    made = make_node(tmp_path / "demo", origin="tearline.example/demo", demo=True, clock=clock)
    told(made, partners())
    made.record(Order(command=RequestRelease(requested()), by=ANA))
    yield made
    check_ledger(made.ledger)
    made.close()


def payload(node: Node, position: int) -> dict[str, Any]:
    return sdjwt.payload_of(node.ledger.entry(position).jws)


def refusal(node: Node, prepared: Prepared, signature: bytes) -> str:
    """The rule that refuses it; and nothing is recorded."""
    size = node.ledger.size()
    with pytest.raises(Refused) as refused:
        node.record_prepared(prepared, signature=signature)
    assert node.ledger.size() == size
    assert refused.value.because.en != refused.value.because.es
    return refused.value.rule


def by_rex(node: Node, prepared: Prepared) -> bytes:
    return sign(prepared.challenge, private_key("rex"))


def test_these_kinds_bind_and_no_others() -> None:
    assert {kind.__name__ for kind in kinds() if kind.binds is Binds.ALWAYS} == {
        "RoleProposed",
        "RoleApproved",
        "RoleEnded",
        "InvitationIssued",
        "InvitationApproved",
        "TokenIssued",
        "AgreementEndorsed",
        "ReleaseSignedOff",
        "ReleaseReviewed",
        "WarningWaived",
        "SourceWarningWaived",
        "WarningOrdered",
        "WarningReviewed",
        "DissentRecorded",
        "DissentAnswered",
        "ItemReleased",
        "DisclosureRecorded",
        "AllegationAssessed",
        "FindingProposed",
        "FindingMade",
        "LeakWarningWaived",
        "LiftingProposed",
        "SuspensionLifted",
        "CooperationEnded",
        "LegalHoldPlaced",
        "LegalHoldLifted",
        "PurgeOrdered",
        "Purged",
        "ProtocolSigned",
    }
    assert {kind.__name__ for kind in kinds() if kind.binds is Binds.ONCE_FOUNDED} == {
        "AgreementSigned",
        "DecisionTimeDeclared",
        "InvestigationOpened",
        "InvestigationWidened",
        "RemediesFound",
        "JusticeStepsFound",
        "PersonKeyIntroduced",
        "PersonVettingDecided",
        "SourceContactApproved",
        "SourceWarningAnswered",
        "UnitVettingDecided",
    }


def test_a_sign_off_bears_the_signature_of_who_signed_off(node: Node) -> None:
    appended = signed(node, SIGN_OFF, REX)
    found = payload(node, appended.first)
    claim = personal.verify(found, private_key("rex").public_key())
    assert (claim.key, claim.at) == (key_of("rex"), 0)
    assert list(found)[-2:] == ["signed", "fact"]
    assert found["after"] == appended.first


def test_from_sign_off_to_release_each_act_is_signed_whole(node: Node) -> None:
    signed(node, SIGN_OFF, REX)
    signed(node, SignOff(signed_off("s-2", SignOffLine.SOURCE_HANDLING)), SOL)
    appended = signed(node, ReleaseItem(RequestId("ask")), REX)
    facts = [payload(node, p) for p in range(appended.first, appended.position)]
    assert [f["kind"] for f in facts] == ["VerdictReached", "ItemReleased", "CopyReleased"]
    assert {f["role"] for f in facts} == {"node", "releasing-officer"}
    personal.check_act([personal.verify(f, private_key("rex").public_key()) for f in facts])
    released = node.ledger.read(about(kinds=(ItemReleased,))).of(ItemReleased)[0].fact
    assert facts[1]["fact"]["dossier_sha256"] == released.dossier_sha256


@pytest.mark.parametrize(
    ("command", "by"),
    [
        (SIGN_OFF, REX),
        (DISSENT, HUGO),
        (ReleaseItem(RequestId("ask")), REX),
        (RecordDisclosure(disclosed()), HUGO),
        (RecordDisclosure(disclosed()), INA),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, Actor) else str(value.person),
)
def test_what_binds_is_refused_without_a_signature(node: Node, command: Command, by: Actor) -> None:
    if isinstance(command, ReleaseItem):
        signed(node, SIGN_OFF, REX)
        signed(node, SignOff(signed_off("s-2", SignOffLine.SOURCE_HANDLING)), SOL)
    size = node.ledger.size()
    with pytest.raises(Refused, match="signed-personally"):
        node.record(Order(command=command, by=by))
    assert node.ledger.size() == size


def test_an_answer_to_a_dissent_and_a_finding_are_signed(node: Node) -> None:
    signed(node, DISSENT, HUGO)
    with pytest.raises(Refused, match="signed-personally"):
        node.record(Order(command=AnswerDissent(dissent_answered()), by=SYL))
    signed(node, AnswerDissent(dissent_answered()), SYL)
    alleged = AllegationRecorded(
        allegation=AllegationId("leaks"),
        unit=UnitId("siu"),
        kind=AllegationKind.LEAK,
        standing=AllegationStanding.OPEN,
        account=Sealed("an officer said so"),
    )
    node.record(Order(command=RecordAllegation(alleged), by=LEO))
    found = AllegationAssessed(
        allegation=AllegationId("leaks"),
        unit=UnitId("siu"),
        standing=AllegationStanding.UNFOUNDED,
        reasons=Sealed("nothing found"),
    )
    with pytest.raises(Refused, match="signed-personally"):
        node.record(Order(command=AssessAllegation(found), by=INA))
    with_keys(node, "ina")
    signed(node, AssessAllegation(found), INA)


def test_what_binds_nobody_needs_no_signature(node: Node) -> None:
    node.record(Order(command=RequestRelease(requested("again")), by=ANA))


def test_whoever_has_no_key_can_sign_nothing(node: Node) -> None:
    with pytest.raises(Refused, match="key-on-record"):
        node.prepare(Order(command=RecordDisclosure(disclosed()), by=INA))


def test_in_a_demonstration_only_those_without_a_key_go_unsigned(demo: Node) -> None:
    demo.record(Order(command=SIGN_OFF, by=REX))
    with_keys(demo, "hugo")
    with pytest.raises(Refused, match="signed-personally"):
        demo.record(Order(command=DISSENT, by=HUGO))
    signed(demo, DISSENT, HUGO)
    demo.record(Order(command=revoked("hugo"), by=HUGO))
    demo.record(Order(command=AnswerDissent(dissent_answered()), by=SYL))
    demo.record(Order(command=RecordDisclosure(disclosed()), by=HUGO))


def test_what_is_told_is_signed_by_nobody(node: Node) -> None:
    told_order = Order(command=DISSENT, by=CLIO, told=Told("tale", NOON, "¶1"))
    with pytest.raises(ValueError, match="nobody"):
        node.prepare(told_order)


# The signature


def test_one_bit_turned_in_the_signature_is_refused(node: Node) -> None:
    prepared = node.prepare(Order(command=SIGN_OFF, by=REX))
    for turned in flips(by_rex(node, prepared), step=7):
        assert refusal(node, prepared, turned) == "signed-personally"
    for other in (b"", b"x", bytes(64)):
        assert refusal(node, prepared, other) == "signed-personally"
    node.record_prepared(prepared, signature=by_rex(node, prepared))


def test_nobody_signs_for_another(node: Node) -> None:
    prepared = node.prepare(Order(command=SIGN_OFF, by=REX))
    assert refusal(node, prepared, sign(prepared.challenge, private_key("sol"))) == "signed-personally"


def test_a_signature_for_one_act_is_none_for_another(node: Node) -> None:
    one = node.prepare(Order(command=SIGN_OFF, by=REX))
    on_dissent = node.prepare(Order(command=DISSENT, by=REX))
    salted_anew = node.prepare(Order(command=DISSENT, by=REX))
    assert on_dissent.challenge != salted_anew.challenge
    assert refusal(node, salted_anew, by_rex(node, on_dissent)) == "signed-personally"
    assert refusal(node, on_dissent, by_rex(node, one)) == "signed-personally"


def test_a_signature_at_one_position_is_none_at_another(node: Node) -> None:
    before = node.prepare(Order(command=SIGN_OFF, by=REX))
    node.record(Order(command=RequestRelease(requested("again")), by=ANA))
    after = node.prepare(Order(command=SIGN_OFF, by=REX))
    assert before.after < after.after
    assert refusal(node, after, by_rex(node, before)) == "signed-personally"


def test_any_of_a_persons_keys_will_do_until_it_is_revoked(node: Node) -> None:
    node.record(Order(command=introduced("rex", 2, 1), by=LEO))
    signed(node, SIGN_OFF, REX, nth=2)
    node.record(Order(command=revoked("rex", 2), by=REX))
    prepared = node.prepare(Order(command=DISSENT, by=REX))
    assert refusal(node, prepared, sign(prepared.challenge, private_key("rex", 2))) == "signed-personally"
    node.record_prepared(prepared, signature=by_rex(node, prepared))


def test_a_key_that_was_never_introduced_signs_nothing(node: Node) -> None:
    prepared = node.prepare(Order(command=SIGN_OFF, by=REX))
    assert refusal(node, prepared, sign(prepared.challenge, private_key("rex", 9))) == "signed-personally"


@pytest.mark.parametrize(("nth", "vouching"), [(2, None), (2, 9), (2, 2)])
def test_nobody_gives_a_person_a_further_key_without_them(node: Node, nth: int, vouching: int | None) -> None:
    """Else who enrols people could sign in another's name by a key of their own."""
    with pytest.raises(Refused, match="vouched-for"):
        node.record(Order(command=introduced("rex", nth, vouching), by=LEO))


def test_a_key_is_vouched_for_by_name_and_signature(node: Node) -> None:
    honest = introduced("rex", 2, 1).fact
    signature = strict.base64url(honest.vouched or "", 64)
    for turned in flips(signature, step=37):
        forged = replace(honest, vouched=strict.to_base64url(turned))
        with pytest.raises(Refused, match="vouched-for"):
            node.record(Order(command=IntroducePersonKey(forged), by=LEO))
    for wrong in (
        replace(honest, vouched_by=key_of("sol")),
        replace(honest, vouched_by=None),
        replace(honest, vouched=None),
        replace(honest, vouched="x"),
        replace(introduced("rex", 3, 1).fact, vouched=honest.vouched),
    ):
        with pytest.raises(Refused, match="vouched-for"):
            node.record(Order(command=IntroducePersonKey(wrong), by=LEO))
    node.record(Order(command=IntroducePersonKey(honest), by=LEO))


def test_after_all_keys_are_revoked_nobody_alone_introduces_another(node: Node) -> None:
    """Or whoever enrols people could sign in anybody's name. Two people invite to recover (see ``admission``)."""
    node.record(Order(command=revoked("rex"), by=LEO))
    for other in (introduced("rex", 2, 1), introduced("rex", 2)):
        with pytest.raises(Refused, match="recovered-by-two"):
            node.record(Order(command=other, by=LEO))


# What happens meanwhile


def test_a_deciding_fact_since_then_has_it_shown_anew(node: Node) -> None:
    signed(node, SIGN_OFF, REX)
    signed(node, SignOff(signed_off("s-2", SignOffLine.SOURCE_HANDLING)), SOL)
    prepared = node.prepare(Order(command=ReleaseItem(RequestId("ask")), by=REX))
    signed(node, DISSENT, HUGO)
    assert refusal(node, prepared, by_rex(node, prepared)) == "shown-anew"
    with pytest.raises(Refused):  # decided anew, the dissent holds it
        node.prepare(Order(command=ReleaseItem(RequestId("ask")), by=REX))


def test_a_key_that_is_revoked_meanwhile_signs_nothing(node: Node) -> None:
    node.record(Order(command=introduced("rex", 2, 1), by=LEO))
    prepared = node.prepare(Order(command=SIGN_OFF, by=REX))
    node.record(Order(command=revoked("rex"), by=REX))
    assert refusal(node, prepared, by_rex(node, prepared)) == "signed-personally"
    again = node.prepare(Order(command=SIGN_OFF, by=REX))
    node.record(Order(command=introduced("rex", 3, 2), by=LEO))
    signature = sign(again.challenge, private_key("rex", 2))
    assert refusal(node, again, signature) == "shown-anew"


def test_a_key_that_is_introduced_meanwhile_is_asked_for(demo: Node) -> None:
    """Decided without a key, recorded after one was introduced: decided again, and then refused."""
    ledger = demo.ledger

    class Meanwhile:
        def __getattr__(self, name: str) -> object:
            return getattr(ledger, name)

        def append(self, *given: Any, **circumstances: Any) -> object:
            demo.ledger = ledger
            with_keys(demo, "rex")
            return ledger.append(*given, **circumstances)

    demo.ledger = Meanwhile()  # type: ignore[assignment]  # stands in for it once
    with pytest.raises(Refused, match="signed-personally"):
        demo.record(Order(command=SIGN_OFF, by=REX))


def test_what_matters_not_does_not_hinder(node: Node) -> None:
    prepared = node.prepare(Order(command=SIGN_OFF, by=REX))
    node.record(Order(command=RequestRelease(requested("again", to=("sue",))), by=ANA))
    node.record_prepared(prepared, signature=by_rex(node, prepared))


def test_what_waited_too_long_is_shown_anew(node: Node, clock: Clock) -> None:
    """A clearance may have run out since; time alone leaves no fact."""
    prepared = node.prepare(Order(command=SIGN_OFF, by=REX))
    clock.now += TO_SIGN
    clock.forward(seconds=1)
    assert refusal(node, prepared, by_rex(node, prepared)) == "shown-anew"


def test_a_clock_that_went_back_has_it_shown_anew(node: Node, clock: Clock) -> None:
    prepared = node.prepare(Order(command=SIGN_OFF, by=REX))
    clock.forward(seconds=-1)
    assert refusal(node, prepared, by_rex(node, prepared)) == "shown-anew"


def test_what_was_prepared_is_recorded_once(node: Node) -> None:
    prepared = node.prepare(Order(command=SIGN_OFF, by=REX), key="k")
    first = node.record_prepared(prepared, signature=by_rex(node, prepared))
    again = node.record_prepared(prepared, signature=by_rex(node, prepared))
    assert (again.first, again.refs, again.repeated) == (first.first, first.refs, True)


def test_what_is_shown_is_what_is_recorded(node: Node) -> None:
    prepared = node.prepare(Order(command=DISSENT, by=HUGO))
    draft = prepared.drafts[0]
    assert draft.fact == dissent()
    node.record_prepared(prepared, signature=sign(prepared.challenge, private_key("hugo")))
    recorded = node.ledger.read(about(kinds=(DissentRecorded,))).of(DissentRecorded)[-1]
    assert recorded.happened_at == draft.happened_at
    assert recorded.by == draft.by


# The operator, who has all keys of the node


def forge(ledger: Ledger, fact: Draft, signed_claims: Any = None, after: int | None = None) -> None:
    """Record what no rule admits: the ledger is blind to meaning and records what the node's keys sign."""
    position = ledger.size() if after is None else after
    prepared = ledger.prepare([fact], after=position)
    given = signed_claims(prepared) if signed_claims else None
    ledger.append(prepared, unless=None, after=position, key=f"forged {ledger.size()}", signed=given)


def sign_off_by(person: str) -> Draft:
    return Draft(
        fact=signed_off(f"forged-{person}", SignOffLine.SECOND),
        happened_at=NOON,
        by=Actor(PersonId(person), Role.RELEASING_OFFICER),
    )


def claimed(statements: list[bytes], key: str, signature: bytes) -> list[dict[str, Any]]:
    return [one.claim() for one in claims(statements, key, signature)]


FORGED = "tearline.example/forged"


def stated(prepared: Any) -> list[bytes]:
    return [statement_of(one) for one in prepared.stated(FORGED)]


@pytest.fixture
def forged(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    """The ledger of a node on which rex signed off once, to forge on."""
    made = make_node(tmp_path / "forged", origin=FORGED, clock=clock)
    told(made, partners())
    made.record(Order(command=RequestRelease(requested()), by=ANA))
    with_keys(made, "rex", "sol")
    signed(made, SIGN_OFF, REX)
    made.ledger.check()
    yield made.ledger
    made.ledger.close()


def broken(ledger: Ledger, how: str) -> None:
    with pytest.raises(Broken, match=how):
        ledger.check()


def test_an_act_without_signature_in_the_name_of_who_has_a_key_is_found(forged: Ledger) -> None:
    forge(forged, sign_off_by("rex"))
    broken(forged, "binds rex, who has a key on record, without their signature")


def test_an_act_signed_by_the_nodes_own_keys_is_found(forged: Ledger) -> None:
    node_key = forged.keys.fact
    name = sdjwt.thumbprint(node_key.public_key())

    def by_the_node(prepared: Any) -> list[dict[str, Any]]:
        statements = stated(prepared)
        return claimed(statements, name, sign(personal.challenge_of(statements), node_key))

    forge(forged, sign_off_by("rex"), by_the_node)
    broken(forged, "introduces as rex's")


def test_an_act_signed_by_another_person_is_found(forged: Ledger) -> None:
    def by_sol(prepared: Any) -> list[dict[str, Any]]:
        statements = stated(prepared)
        challenge = personal.challenge_of(statements)
        return claimed(statements, key_of("sol"), sign(challenge, private_key("sol")))

    forge(forged, sign_off_by("rex"), by_sol)
    broken(forged, "introduces as rex's")


def test_a_signature_that_does_not_verify_is_found(forged: Ledger) -> None:
    forge(forged, sign_off_by("rex"), lambda p: claimed(stated(p), key_of("rex"), bytes(64)))
    broken(forged, "does not verify")


def test_a_signature_of_another_act_is_found(forged: Ledger) -> None:
    position = forged.size() - 1
    old = sdjwt.payload_of(forged.entry(position).jws)["signed"]
    forge(forged, sign_off_by("rex"), lambda _: [old])
    broken(forged, "not the fact that the person signed")


def test_an_act_that_is_recorded_twice_is_found(forged: Ledger) -> None:
    """The very bytes that were signed, with the signature over them, under another key of submission."""
    node = Node(forged, PROTOCOLS, lambda: NOON)
    prepared = node.prepare(Order(command=DISSENT, by=REX))
    signature = by_rex(node, prepared)
    node.record_prepared(prepared, signature=signature)
    forged.check()
    forged.append(
        prepared.facts,
        unless=None,
        after=prepared.after,
        key="again",
        signed=claimed(list(prepared.statements), key_of("rex"), signature),
    )
    broken(forged, "recorded twice")


def test_a_part_of_an_act_is_found(forged: Ledger) -> None:
    """Two facts were signed, one is recorded."""

    def half(prepared: Any) -> list[dict[str, Any]]:
        statements = [*stated(prepared), bytes(32)]
        signature = sign(personal.challenge_of(statements), private_key("rex"))
        return claimed(statements, key_of("rex"), signature)[:1]

    forge(forged, sign_off_by("rex"), half)
    broken(forged, "signed 2 facts, and here are 1")


def test_a_key_that_is_revoked_signs_nothing_more(forged: Ledger, clock: Clock) -> None:
    node = Node(forged, {}, clock)
    node.record(Order(command=revoked("rex"), by=REX))

    def by_rex_still(prepared: Any) -> list[dict[str, Any]]:
        statements = stated(prepared)
        challenge = personal.challenge_of(statements)
        return claimed(statements, key_of("rex"), sign(challenge, private_key("rex")))

    forge(forged, sign_off_by("rex"), by_rex_still)
    broken(forged, "revoked before")


@pytest.mark.parametrize("vouching", [None, 9])
def test_a_further_key_that_the_person_did_not_vouch_for_is_found(
    forged: Ledger, vouching: int | None
) -> None:
    fact = introduced("rex", 2, vouching).fact
    if vouching is not None:
        fact = replace(fact, vouched_by=key_of("rex"))
    forge(forged, Draft(fact=fact, happened_at=NOON, by=LEO))
    broken(forged, r"vouches|does not verify")


def test_a_signature_on_what_binds_nobody_is_checked_too(forged: Ledger) -> None:
    draft = Draft(fact=UnitStoodDown(unit=UnitId("siu"), reasons=Sealed("x")), happened_at=NOON, by=REX)
    forge(forged, draft, lambda p: claimed(stated(p), key_of("rex"), bytes(64)))
    broken(forged, "does not verify")


def test_a_node_opens_again_with_its_signed_acts(tmp_path: Path, clock: Clock) -> None:
    made = make_node(tmp_path / "data", origin="tearline.example/again", clock=clock)
    told(made, partners())
    made.record(Order(command=RequestRelease(requested()), by=ANA))
    signed(with_keys(made, "rex"), SIGN_OFF, REX)
    made.close()
    opened = open_node(tmp_path / "data", clock=clock)
    opened.ledger.check()
    assert opened.ledger.read(about(kinds=(ReleaseSignedOff,))).of(ReleaseSignedOff)
    with pytest.raises(Refused, match="signed-personally"):
        opened.record(Order(command=DISSENT, by=REX))
    opened.close()


def test_the_ledger_itself_says_conflict(node: Node) -> None:
    """Whatever the door, what was prepared is recorded only where it was decided."""
    prepared = node.prepare(Order(command=SIGN_OFF, by=REX))
    node.record(Order(command=introduced("rex", 2, 1), by=LEO))
    with pytest.raises(Conflict):
        node.ledger.append(prepared.facts, unless=prepared.unless, after=prepared.after, key="x")
