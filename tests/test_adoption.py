"""A new version of a protocol takes force only by two signers, from its place on record on, and nowhere else."""

import hashlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment
from tearline.facts.history import Actor, History, Role, Told, about
from tearline.facts.identifiers import AgreementId, OrganisationId, ProposalId, RequestId
from tearline.facts.parties import OrganisationRegistered, ProtocolAppliedInHindsight
from tearline.facts.protocols import ProtocolAdopted, ProtocolSigned
from tearline.facts.release import VerdictReached
from tearline.facts.vocabulary import kinds
from tearline.folds.agreements import agreements
from tearline.folds.obligations import Obligation, obligations
from tearline.folds.retelling import replay
from tearline.ledger import personal
from tearline.node import Node, Order, make_node
from tearline.projections import Projections
from tearline.protocol import load_pack
from tearline.rooms.leaks.compromises import ReportCompromise
from tearline.rooms.parties.agreements import ApplyProtocolInHindsight, SignAgreement
from tearline.rooms.parties.units import RegisterOrganisation
from tearline.rooms.protocols import ProposeProtocol, SignProtocol
from tearline.rooms.release.items import RegisterItem
from tearline.rooms.release.releasing import ReleaseItem
from tearline.rooms.release.requests import DecideRequest, RequestRelease
from tests.nodes import Clock, new_node, same_ledger, told
from tests.protocols import LOOSER, STRICTER, draft
from tests.signing import private_key, signed, with_keys
from tests.test_node import racing
from tests.worlds import (
    ANA,
    CLIO,
    INA,
    LEO,
    NOON,
    REX,
    SYL,
    agreement,
    compromised,
    item,
    partners,
    requested,
)

PACT = AgreementId("pact")
EVERYTHING = frozenset(Compartment)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def node(tmp_path: Path, clock: Clock) -> Iterator[Node]:
    made = told(new_node(tmp_path, clock), partners())
    yield made
    made.ledger.check()
    made.ledger.close()


def propose(text: str, *named: str, name: str = "next", **parameters: int) -> Order:
    command = ProposeProtocol(
        proposal=ProposalId(name),
        text=text,
        agreements=tuple(AgreementId(a) for a in named or ("pact",)),
        parameters=parameters,
    )
    return Order(command=command, by=LEO)


def sign(text: str, by: Actor, name: str = "next") -> Order:
    return Order(command=signing(text, name), by=by)


def signing(text: str, name: str = "next") -> SignProtocol:
    return SignProtocol(proposal=ProposalId(name), sha256=hashlib.sha256(text.encode()).hexdigest())


def adopt(node: Node, text: str, name: str = "next") -> None:
    for order in (propose(text, name=name), sign(text, REX, name), sign(text, SYL, name)):
        node.record(order)


def ask(name: str = "ask") -> Order:
    return Order(command=RequestRelease(requested(name)), by=ANA)


def everything(node: Node) -> History:
    return node.ledger.read(about(kinds=kinds()), opening=EVERYTHING)


def anything(_: Obligation) -> bool:
    return True


def verdicts(node: Node) -> list[VerdictReached]:
    return [r.fact for r in everything(node).of(VerdictReached)]


def rules(reached: VerdictReached) -> tuple[str, ...]:
    return reached.rules.open()


def test_nothing_changes_before_the_second_signature_and_everything_after_it(node: Node) -> None:
    node.record(propose(STRICTER))
    node.record(ask("one"))
    node.record(sign(STRICTER, REX))
    node.record(ask("two"))
    node.record(sign(STRICTER, SYL))
    node.record(ask("three"))
    node.record(Order(command=DecideRequest(RequestId("one")), by=ANA))
    one, two, three, again = verdicts(node)
    assert [v.protocol for v in (one, two)] == ["cross-border/1"] * 2
    assert [v.protocol for v in (three, again)] == ["cross-border/9"] * 2
    assert "only-tearlines" not in rules(two)
    assert "only-tearlines" in rules(three)
    assert "only-tearlines" in rules(again)


def test_what_was_decided_before_replays_under_the_text_that_decided_it(node: Node) -> None:
    node.record(ask("before"))
    adopt(node, STRICTER)
    node.record(ask("after"))
    for reached in verdicts(node):
        again = replay(reached, node.protocols)
        assert again is not None
        assert tuple(again.called(m.rule) for m in again.matched) == rules(reached)
        assert again.effect.value == reached.effect.value


def test_one_corrupt_officer_does_not_put_a_looser_text_in_force(node: Node) -> None:
    node.record(propose(LOOSER))
    as_senior = Actor(LEO.person, Role.SENIOR_OFFICER)
    for by in (LEO, as_senior, Actor(LEO.person, Role.RELEASING_OFFICER)):
        with pytest.raises(Refused, match="author-does-not-sign"):
            node.record(sign(LOOSER, by))
    node.record(sign(LOOSER, SYL))
    with pytest.raises(Refused, match="signs-once"):
        node.record(sign(LOOSER, SYL))
    node.record(ask())
    with pytest.raises(Refused, match="protocol-says-release"):
        node.record(Order(command=ReleaseItem(RequestId("ask")), by=REX))
    node.record(sign(LOOSER, REX))
    node.record(Order(command=ReleaseItem(RequestId("ask")), by=REX))
    assert agreements(everything(node))[PACT].packs == ("cross-border/9",)


def test_another_process_decides_under_it_at_once(node: Node, tmp_path: Path, clock: Clock) -> None:
    other = same_ledger(tmp_path, clock)
    other.record(ask("one"))
    adopt(node, STRICTER)
    other.record(ask("two"))
    assert [v.protocol for v in verdicts(other)] == ["cross-border/1", "cross-border/9"]
    assert list(other.protocols) == list(node.protocols)
    other.record(propose(draft(version=3), name="third"))
    other.ledger.close()
    third = same_ledger(tmp_path, clock)
    assert third.protocols["cross-border/9"].sha256 == node.protocols["cross-border/9"].sha256
    assert "cross-border/3" not in third.protocols
    third.ledger.close()


def test_a_process_that_ships_another_text_of_that_name_does_not_decide_by_it(node: Node) -> None:
    ships = {**node.protocols, "cross-border/9": load_pack(LOOSER, file="shipped later")}
    beside = Node(node.ledger, ships, node.clock, demo=True)
    adopt(node, STRICTER)
    with pytest.raises(Refused, match="known"):
        beside.record(ask())
    assert beside.protocols["cross-border/9"].sha256 == hashlib.sha256(LOOSER.encode()).hexdigest()
    assert len(list(beside.protocols)) == len(list(node.protocols)), "and going through all reads the record"
    beside.record(ask())
    (reached,) = verdicts(node)
    assert reached.protocol_sha256 == hashlib.sha256(STRICTER.encode()).hexdigest()


def test_an_adoption_while_a_request_is_being_decided_comes_first(node: Node) -> None:
    for order in (propose(STRICTER), sign(STRICTER, REX)):
        node.record(order)
    beside = Node(node.ledger, dict(node.protocols), node.clock, demo=True)
    racing(node, lambda: beside.record(sign(STRICTER, SYL)))
    node.record(ask())
    (reached,) = verdicts(node)
    assert reached.protocol == "cross-border/9"
    assert "only-tearlines" in rules(reached)


def test_two_who_sign_at_the_same_moment_adopt_it_once(node: Node, tmp_path: Path, clock: Clock) -> None:
    node.record(propose(STRICTER))
    nodes = [node, same_ledger(tmp_path, clock)]
    together = threading.Barrier(2)

    def give(at: Node, by: Actor) -> None:
        together.wait()
        at.record(sign(STRICTER, by))

    threads = [threading.Thread(target=give, args=pair) for pair in zip(nodes, (REX, SYL), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(everything(node).of(ProtocolSigned)) == 2
    assert len(everything(node).of(ProtocolAdopted)) == 1
    nodes[1].ledger.close()


def test_of_two_texts_for_one_agreement_the_first_second_signature_wins(node: Node) -> None:
    other = draft(version=3)
    for order in (
        propose(STRICTER),
        sign(STRICTER, REX),
        propose(other, name="rival"),
        sign(other, REX, "rival"),
    ):
        node.record(order)
    beside = Node(node.ledger, dict(node.protocols), node.clock, demo=True)
    racing(node, lambda: beside.record(sign(other, SYL, "rival")))
    with pytest.raises(Refused, match="replaces-what-binds"):
        node.record(sign(STRICTER, SYL))
    assert agreements(everything(node))[PACT].packs == ("cross-border/3",)


def test_in_one_submission_what_comes_later_is_decided_under_it(node: Node) -> None:
    node.record_all([propose(STRICTER), sign(STRICTER, REX), sign(STRICTER, SYL), ask()])
    assert verdicts(node)[-1].protocol == "cross-border/9"


def test_an_agreement_to_come_may_choose_a_text_that_was_only_made_known(node: Node) -> None:
    command = ProposeProtocol(proposal=ProposalId("next"), text=STRICTER, parameters={})
    chosen = Order(command=SignAgreement(agreement("later", protocol="cross-border/9")), by=SYL)
    node.record(Order(command=command, by=LEO))
    node.record(sign(STRICTER, REX))
    with pytest.raises(Refused, match="protocol-known"):
        node.record(chosen)
    node.record(sign(STRICTER, SYL))
    node.record(chosen)
    assert agreements(everything(node))[PACT].packs == ("cross-border/1",)


# Told apart


def test_an_adoption_told_of_a_worked_case_is_refused_and_touches_nothing_live(node: Node) -> None:
    told_of = Told("tale", NOON, "¶1")
    command = ProposeProtocol(proposal=ProposalId("tale.next"), text=LOOSER, parameters={})
    with pytest.raises(Refused, match="adopted-live"):
        node.record(Order(command=command, by=LEO, told=told_of))
    with pytest.raises(Refused, match="role-allowed"):
        node.record(Order(command=command, by=CLIO, told=told_of))
    assert "cross-border/9" not in node.protocols


def test_a_live_adoption_does_not_change_by_what_a_worked_case_is_measured(node: Node) -> None:
    told_of = Told("tale", NOON, "¶1")
    yard = ProtocolAppliedInHindsight(
        agreement=AgreementId("tale.yard"),
        name="A yardstick",
        terms=agreement(
            own=OrganisationId("tale.own"),
            partner=OrganisationId("tale.own"),
            overseer=OrganisationId("tale.own"),
            own_signatory=None,
            partner_signatory=None,
        ).terms,
    )
    body = OrganisationRegistered(organisation=OrganisationId("tale.own"), name="Own", country="X")
    for command in (RegisterOrganisation(body), ApplyProtocolInHindsight(yard)):
        node.record(Order(command=command, by=CLIO, told=told_of))
    with pytest.raises(Refused, match="told-apart"):
        node.record(propose(STRICTER, "tale.yard"))
    adopt(node, STRICTER)
    assert agreements(everything(node))[AgreementId("tale.yard")].packs == ("cross-border/1",)


# What is owed


def test_what_was_owed_before_stays_owed_by_the_text_of_then(node: Node) -> None:
    lists = Projections(node)
    node.record(Order(command=ReportCompromise(compromised()), by=INA))
    before = [(o.kind, o.due, o.agreement.packs) for *_, o in lists.owed(anything)]
    assert before
    adopt(node, draft(("within: investigation_within\n", "within: 1h\n")))
    node.record(Order(command=RegisterItem(item("later")), by=ANA))
    node.record(Order(command=ReportCompromise(compromised("second", "later")), by=INA))
    after = [(o.kind, o.due, o.agreement.packs) for *_, o in lists.owed(anything)]
    assert [row for row in after if row[2] == ("cross-border/1",)] == before
    assert {row[2] for row in after} == {("cross-border/1",), ("cross-border/9",)}
    owed = obligations(everything(node), node.protocols)
    assert [(o.kind, o.due, o.agreement) for *_, o in lists.owed(anything)] == [
        (o.kind, o.due, o.agreement) for o in owed if o.discharged_by is None
    ]


# Signatures


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Node]:
    """No demonstration: what binds is signed by each person's own key."""
    made = told(make_node(tmp_path / "office", origin="tearline.example/office", clock=clock), partners())
    yield with_keys(made, "rex", "syl")
    made.ledger.check()
    made.close()


def test_the_operator_signs_for_nobody(office: Node) -> None:
    office.record(propose(LOOSER))
    with pytest.raises(Refused, match="signed-personally"):
        office.record(sign(LOOSER, REX))
    with pytest.raises(Refused, match="key-on-record"):
        office.prepare(sign(LOOSER, Actor(INA.person, Role.SENIOR_OFFICER)))
    signed(office, signing(LOOSER), REX)
    prepared = office.prepare(sign(LOOSER, SYL))
    with pytest.raises(Refused, match="signed-personally"):
        office.record_prepared(prepared, signature=bytes(64))
    assert not everything(office).of(ProtocolAdopted)
    signed(office, signing(LOOSER), SYL)
    assert office.protocols["cross-border/9"].sha256 == signing(LOOSER).sha256


def test_a_signature_over_what_another_adoption_changed_meanwhile_is_worth_nothing(office: Node) -> None:
    other = draft(version=3)
    for order in (propose(STRICTER), propose(other, name="rival")):
        office.record(order)
    signed(office, signing(STRICTER), REX)
    signed(office, signing(other, "rival"), REX)
    prepared = office.prepare(sign(STRICTER, SYL))
    signed(office, signing(other, "rival"), SYL)
    with pytest.raises(Refused, match="shown-anew"):
        office.record_prepared(prepared, signature=personal.sign(prepared.challenge, private_key("syl")))


# Killed


def _sign_and_die(folder: str, pipe: Any, *, before: bool) -> None:
    node = same_ledger(Path(folder), Clock())
    pipe.send("ready")
    pipe.recv()
    if before:
        racing(node, lambda: os.kill(os.getpid(), signal.SIGKILL))
    node.record(sign(STRICTER, SYL))
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("before", [True, False], ids=["before it commits", "after"])
def test_whoever_is_killed_over_the_second_signature_leaves_both_facts_or_neither(
    node: Node, tmp_path: Path, clock: Clock, *, before: bool
) -> None:
    for order in (propose(STRICTER), sign(STRICTER, REX)):
        node.record(order)
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_sign_and_die, args=(str(tmp_path), theirs), kwargs={"before": before})
    child.start()
    ours.recv()
    ours.send("go")
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    after = same_ledger(tmp_path, clock)
    assert len(everything(after).of(ProtocolSigned)) == (1 if before else 2)
    assert len(everything(after).of(ProtocolAdopted)) == (0 if before else 1)
    after.record(ask())
    assert verdicts(after)[-1].protocol == ("cross-border/1" if before else "cross-border/9")
    after.ledger.close()
