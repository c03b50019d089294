"""A projection carried on is the same as one made again from position 0."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tearline import projections
from tearline.facts.fact import Compartment, Seal, Sealed
from tearline.facts.history import Actor, History, Role, about
from tearline.facts.identifiers import DissentId, PersonId
from tearline.facts.release import DissentRecorded, ItemRegistered
from tearline.facts.shape import record_of
from tearline.folds.obligations import Obligation, obligations, obligations_question
from tearline.folds.requests import REQUEST_STANDING, requests
from tearline.jobs.cases import load_case
from tearline.node import Node, Order, make_node
from tearline.projections import Projections
from tearline.rooms.release.dissents import RecordDissent

CASES = Path(__file__).parents[1] / "cases"
AGENT = Actor(PersonId("practice.case-agent"), Role.CASE_AGENT)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node", origin="tearline.example/desk", demo=True)
    yield made
    made.ledger.close()


def load(node: Node, name: str) -> None:
    load_case(node, CASES / f"{name}.yaml", now=datetime.now(UTC))


def everything(_: Obligation) -> bool:
    return True


def whole(node: Node) -> History:
    question = obligations_question(node.protocols) | about(kinds=REQUEST_STANDING)
    return node.ledger.read(question, opening=frozenset({Compartment.VERDICTS}))


def compare(carried: Projections, node: Node) -> None:
    """With the plain folds over the whole record."""
    owed = obligations(whole(node), node.protocols)
    live = [o for o in owed if o.ground.told is None]
    assert [entry[4] for entry in carried.owed(everything)] == [o for o in live if o.discharged_by is None]
    assert carried.discharged(50) == [o for o in live if o.discharged_by is not None][-50:]
    assert carried.would_have_been_owed() == [o for o in owed if o.ground.told is not None]
    assert carried.requests() == requests(whole(node))
    items = [r for r in whole(node).of(ItemRegistered) if r.told is None]
    assert carried.places(("item", "")) == {r.fact.item: r.position for r in items}
    assert carried.latest(("item", ""), 2) == [r.fact.item for r in reversed(items)][:2]


def dissent(node: Node) -> None:
    item = next(r.fact.item for r in whole(node).of(ItemRegistered) if r.told is None)
    said = DissentRecorded(dissent=DissentId("late"), item=item, reasons=Sealed("not like this"))
    node.record(Order(command=RecordDissent(said), by=AGENT))


def test_carried_on_through_all_that_is_recorded_it_is_what_the_folds_make_of_the_ledger(node: Node) -> None:
    carried = Projections(node)
    assert carried.owed(everything) == []
    steps: list[Callable[[], None]] = [
        lambda: load(node, "allende"),
        lambda: load(node, "practice"),
        lambda: dissent(node),
    ]
    for step in steps:
        step()
        compare(carried, node)
        compare(Projections(node), node)


def test_read_in_short_stretches_it_is_the_same(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    load(node, "allende")
    load(node, "practice")
    monkeypatch.setattr(projections, "STRETCH", 7)
    compare(Projections(node), node)


def test_warmed_beforehand_it_is_the_same(node: Node) -> None:
    load(node, "practice")
    carried = Projections(node)
    with carried.warmed():
        for _ in range(1000):
            if not carried.warming:
                break
            time.sleep(0.01)
        assert not carried.warming
    compare(carried, node)


def test_left_while_it_warms_it_goes_on_where_it_stood(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    load(node, "practice")
    monkeypatch.setattr(projections, "STRETCH", 1)
    carried = Projections(node)
    with carried.warmed():
        pass
    assert not carried.warming
    compare(carried, node)


def test_a_dissent_makes_its_request_contested_and_owes_an_answer(node: Node) -> None:
    load(node, "practice")
    carried = Projections(node)
    before = {o.about for *_, o in carried.owed(everything)}
    dissent(node)
    assert {o.about for *_, o in carried.owed(everything)} - before == {"late"}
    (said,) = [r for r in carried.unanswered_dissents() if r.fact.dissent == "late"]
    standing = carried.requests()
    still = [standing.asked[request] for *_, request in carried.open_requests()]
    assert all(standing.contested(r.fact) for r in still if r.fact.item == said.fact.item)


def test_nothing_but_the_reasons_of_verdicts_is_open_in_it(node: Node) -> None:
    load(node, "allende")
    load(node, "practice")
    carried = Projections(node)
    kept = [entry[4].ground for entry in carried.owed(everything)]
    kept += [o.ground for o in (*carried.would_have_been_owed(), *carried.discharged(50))]
    kept += [*carried.told(), *carried.parties(), *carried.requests().asked.values()]
    kept += [*carried.disclosed(), *carried.unanswered_dissents(), *carried.unanswered_warnings()]
    assert len({type(r.fact) for r in kept}) > 8
    for recorded in kept:
        for field in record_of(type(recorded.fact)).fields:
            if field.compartment and field.compartment is not Compartment.VERDICTS:
                assert getattr(recorded.fact, field.name).seal is Seal.CLOSED
