"""The fictional node to practise on: one identity for each role, and something to do for it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tearline.facts.fact import Compartment, Fact
from tearline.facts.history import Actor, Clause, History, Question, Role
from tearline.facts.identifiers import PersonId, RequestId, SignOffId
from tearline.facts.parties import PersonEnrolled
from tearline.facts.release import (
    CopyReleased,
    Effect,
    ItemReleased,
    ReleaseExpedited,
    ReleaseSignedOff,
    SignOffLine,
    VerdictReached,
)
from tearline.folds.obligations import obligations, obligations_question
from tearline.jobs.cases import load_case
from tearline.jobs.receipts import ReceiveOwnCopy
from tearline.node import Node, Order, make_node
from tearline.rooms.release.releasing import ReleaseItem
from tearline.rooms.release.requests import SignOff

CASE = Path(__file__).parents[2] / "cases" / "practice.yaml"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVERYTHING = frozenset(Compartment)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node", origin="tearline.example/desk", demo=True, clock=lambda: NOW)
    load_case(made, CASE, now=NOW)
    yield made
    made.ledger.check()
    made.ledger.close()


def read(node: Node, *kinds: type[Fact]) -> History:
    asked = Question(frozenset({Clause(frozenset(k.__name__ for k in kinds), frozenset())}))
    return node.ledger.read(asked, opening=EVERYTHING)


def act_as(role: Role) -> Actor:
    return Actor(PersonId(f"practice.{role.value}"), role)


def test_each_role_has_its_identity(node: Node) -> None:
    enrolled = {r.fact.person for r in read(node, PersonEnrolled).of(PersonEnrolled)}
    assert enrolled >= {act_as(role).person for role in Role if role not in (Role.NODE, Role.CHRONICLER)}


def test_it_is_live(node: Node) -> None:
    everything = read(node, PersonEnrolled, VerdictReached, ItemReleased)
    assert all(r.told is None for r in everything)


def test_requests_are_refused_held_and_released(node: Node) -> None:
    latest = {r.fact.request: r.fact.effect for r in read(node, VerdictReached).of(VerdictReached)}
    assert latest == {
        "practice.ferry-strait": Effect.HOLD,
        "practice.ferry-lagoon": Effect.REFUSE,
        "practice.papers": Effect.HOLD,
        "practice.quay": Effect.RELEASE,
        "practice.tonight": Effect.RELEASE,
    }


def test_what_perishes_tomorrow_went_on_two_signatures_and_its_review_is_owed(node: Node) -> None:
    (expedited,) = read(node, ReleaseExpedited).of(ReleaseExpedited)
    assert expedited.fact.request == "practice.tonight"
    assert expedited.fact.waived.open() == ("sign-offs-too-few",)
    owed = obligations(
        node.ledger.read(obligations_question(node.protocols), opening=EVERYTHING), node.protocols
    )
    (review,) = [o for o in owed if o.kind == "review-release"]
    assert (review.due, review.discharged_by) == (NOW + timedelta(hours=24), None)


def test_a_request_that_waits_for_three_signatures_is_released_by_them(node: Node) -> None:
    papers = RequestId("practice.papers")
    for role, line in (
        (Role.SOURCE_HANDLER, SignOffLine.SOURCE_HANDLING),
        (Role.RELEASING_OFFICER, SignOffLine.RELEASING),
        (Role.SENIOR_OFFICER, SignOffLine.SECOND),
    ):
        signed = ReleaseSignedOff(sign_off=SignOffId(f"mine-{line.value}"), request=papers, line=line)
        node.record(Order(command=SignOff(signed), by=act_as(role)))
    node.record(Order(command=ReleaseItem(papers), by=act_as(Role.RELEASING_OFFICER)))
    assert papers in {r.fact.request for r in read(node, ItemReleased).of(ItemReleased)}


def test_a_receipt_is_outstanding_and_can_be_given(node: Node) -> None:
    def open_receipts() -> list[str]:
        owed = obligations(
            node.ledger.read(obligations_question(node.protocols), opening=EVERYTHING), node.protocols
        )
        return [o.about for o in owed if o.kind == "receipt-for-copy" and o.discharged_by is None]

    copied = [r.fact.copy for r in read(node, CopyReleased).of(CopyReleased)]
    assert sorted(open_receipts()) == sorted(copied)
    for request in ("practice.quay", "practice.tonight"):
        node.record(Order(command=ReceiveOwnCopy(RequestId(request)), by=act_as(Role.PARTNER_LIAISON)))
    assert not open_receipts()


def test_something_is_overdue_and_an_account_falls_due_in_ten_days(node: Node) -> None:
    owed = obligations(
        node.ledger.read(obligations_question(node.protocols), opening=EVERYTHING), node.protocols
    )
    assert "answer-source-warning" in {o.kind for o in owed if o.overdue(NOW)}
    (account,) = [o for o in owed if o.kind == "account-for-operation"]
    assert account.due == NOW + timedelta(days=10)


def test_nothing_of_it_is_hindsight(node: Node) -> None:
    owed = obligations(
        node.ledger.read(obligations_question(node.protocols), opening=EVERYTHING), node.protocols
    )
    assert not [o for o in owed if o.hindsight]
