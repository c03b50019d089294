"""A projection carried on is the same as one made again from position 0."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tearline.facts.fact import Compartment, Seal, Sealed
from tearline.facts.history import Actor, Role, about
from tearline.facts.identifiers import DissentId, PersonId
from tearline.facts.release import DissentRecorded, ItemRegistered
from tearline.facts.shape import record_of
from tearline.folds.obligations import obligations, obligations_question
from tearline.folds.requests import REQUEST_STANDING, requests
from tearline.jobs.cases import load_case
from tearline.node import Node, Order, make_node
from tearline.projections import Projections
from tearline.rooms.release.requests import RecordDissent

CASES = Path(__file__).parents[1] / "cases"
AGENT = Actor(PersonId("practice.case-agent"), Role.CASE_AGENT)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node", origin="tearline.example/desk", demo=True)
    yield made
    made.ledger.close()


def load(node: Node, name: str) -> None:
    load_case(node, CASES / f"{name}.yaml", now=datetime.now(UTC))


def dissent(node: Node) -> None:
    item = next(r.fact.item for r in Projections(node).work().of(ItemRegistered) if r.told is None)
    said = DissentRecorded(dissent=DissentId("late"), item=item, reasons=Sealed("not like this"))
    node.record(Order(command=RecordDissent(said), by=AGENT))


def test_carried_on_through_all_that_is_recorded_it_is_as_if_made_again(node: Node) -> None:
    carried = Projections(node)
    assert carried.obligations() == []
    steps: list[Callable[[], None]] = [
        lambda: load(node, "allende"),
        lambda: load(node, "practice"),
        lambda: dissent(node),
    ]
    for step in steps:
        step()
        again = Projections(node)
        assert carried.obligations() == again.obligations()
        assert carried.work().facts == again.work().facts
        assert carried.requests() == again.requests()


def test_it_is_what_the_fold_makes_of_the_ledger(node: Node) -> None:
    load(node, "practice")
    question = obligations_question(node.protocols)
    whole = node.ledger.read(question, opening=frozenset({Compartment.VERDICTS}))
    assert Projections(node).obligations() == obligations(whole, node.protocols)


def test_where_requests_stand_is_what_the_ledger_says(node: Node) -> None:
    load(node, "practice")
    whole = node.ledger.read(about(kinds=REQUEST_STANDING))
    assert Projections(node).requests() == requests(whole)


def test_a_dissent_makes_its_request_contested_and_owes_an_answer(node: Node) -> None:
    load(node, "practice")
    carried = Projections(node)
    before = {o.about for o in carried.obligations()}
    dissent(node)
    assert {o.about for o in carried.obligations()} - before == {"late"}
    item = next(r.fact.item for r in carried.work().of(DissentRecorded) if r.fact.dissent == "late")
    standing = carried.requests()
    assert all(standing.contested(r.fact) for r in standing.open() if r.fact.item == item)


def test_nothing_but_the_reasons_of_verdicts_is_open_in_it(node: Node) -> None:
    load(node, "practice")
    for recorded in Projections(node).work():
        for field in record_of(type(recorded.fact)).fields:
            if field.compartment and field.compartment is not Compartment.VERDICTS:
                assert getattr(recorded.fact, field.name).seal is Seal.CLOSED
