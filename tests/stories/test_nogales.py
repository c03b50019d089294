"""Nogales, 2010, on a real node: the account of a joint operation, and what it cannot say."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tearline.facts.identifiers import OperationId
from tearline.facts.operations import Controls, Credit, Dimension, Measure, PostKind, Retaliation, TollKind
from tearline.folds.account import Account, account, account_question
from tearline.folds.retelling import retelling, retelling_question
from tearline.jobs.cases import load_case
from tearline.node import Node, make_node

CASES = Path(__file__).parents[2] / "cases"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
JOINT = OperationId("nogales.joint")


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node that also holds the other cases: none of them may colour this one's account."""
    made = make_node(
        tmp_path_factory.mktemp("nogales") / "node",
        origin="tearline.example/desk",
        demo=True,
        clock=lambda: NOW,
    )
    for case in ("allende", "nogales", "practice"):
        load_case(made, CASES / f"{case}.yaml", now=NOW)
    made.ledger.check()
    yield made
    made.ledger.close()


@pytest.fixture(scope="module")
def said(node: Node) -> Account:
    known, _ = node.gather(lambda so_far: account_question(so_far, JOINT))
    found = account(known, JOINT)
    assert found is not None
    return found


def test_results_stand_with_who_counted_them_and_none_is_credited(said: Account) -> None:
    counted = {(r.fact.figure, said.names[r.fact.counted_by]) for r in said.results}
    assert counted == {
        (300_000, "U.S. inspectors at the border"),
        (2_200_000, "U.S. inspectors at the border"),
        (3_000, "U.S. inspectors at the border"),
        (5, "U.S. inspectors at the border"),
        (41, "Mexican customs"),
        (None, "U.S. Border Patrol"),
    }
    assert not [r for r in said.results if r.fact.credit is Credit.CREDITED]


def test_five_checkpoints_are_in_being(said: Account) -> None:
    assert [(m.kind, len(m.posts)) for m in said.posts] == [(PostKind.CHECKPOINT, 5)]


def test_what_was_planned_stands_apart_from_what_is_in_being(said: Account) -> None:
    assert [(p.measure.fact.measure, p.measure.fact.number, p.in_being) for p in said.planned] == [
        (Measure.VET, None, None),
        (Measure.TRAIN, None, 9),
        (Measure.MIRROR_BASE, 2, 0),
        (Measure.LIAISON, 2, 0),
        (Measure.LIAISON, 2, 0),
    ]


def test_nine_officers_are_in_training(said: Account) -> None:
    assert [r.fact.officers for r in said.training] == [9]


def test_tolls_stand_in_the_same_account(said: Account) -> None:
    assert sum(r.fact.injured for r in said.tolls) == 3
    assert [r.fact.killed for r in said.tolls if r.fact.kind is TollKind.KILLINGS] == [40]
    assert sum(r.fact.retaliation is Retaliation.SUSPECTED for r in said.tolls) == 2
    assert sum(r.fact.retaliation is Retaliation.FEARED for r in said.tolls) == 1


def test_displacement_is_noted_in_space_mode_and_direction(said: Account) -> None:
    assert {r.fact.dimension for r in said.displacements} == {
        Dimension.SPACE,
        Dimension.MODE,
        Dimension.DIRECTION,
    }


def test_the_declaration_stands_with_its_caveat(said: Account) -> None:
    (caveat,) = said.caveats
    (declaration,) = [a for a in said.agreements if a.agreement == caveat.fact.agreement]
    assert declaration.name == "Declaration to repeat the joint operation elsewhere"
    assert said.names[caveat.fact.organisation] == "Federal police of Mexico"
    assert "absent evidence of another crime" in caveat.fact.limit


def test_the_earlier_unit_that_failed_is_remembered(said: Account) -> None:
    (earlier,) = said.earlier
    assert earlier.unit.fact.name == "Grupo Beta"
    assert len(earlier.allegations) == 1


def test_after_is_not_because(said: Account) -> None:
    claimed = [r.fact for r in said.claims if r.fact.controls is Controls.NONE]
    assert len(claimed) == 2
    sentences = [w.en for w in said.cannot_say if "after is not because" in w.en]
    assert len(sentences) == 2
    assert all(any(c.what in s and c.claimed_by in s for s in sentences) for c in claimed)


@pytest.mark.parametrize(
    "part",
    [
        "No result on record is credited to the operation",
        "3 of 6 figures count from a day before the operation began",
        "No figure from before the operation stands beside a later one",
        "What moved elsewhere was noted, not measured",
        "mirror bases",
        "9 officers in training are counted, not identified",
        "established in none",
        "Grupo Beta",
        "Nobody has rendered an account of it",
    ],
)
def test_the_account_says_what_it_cannot_say(said: Account, part: str) -> None:
    assert [w for w in said.cannot_say if part in w.en]


def test_what_it_cannot_say_it_cannot_say_in_spanish_either(said: Account) -> None:
    assert all(w.es and w.es != w.en for w in said.cannot_say)


def test_an_account_would_have_been_owed_and_was_not_rendered(node: Node, said: Account) -> None:
    told = retelling(node.ledger.read(retelling_question(node.protocols)), node.protocols, "nogales")
    (owed,) = told.obligations
    assert (owed.kind, owed.hindsight, owed.discharged_by) == ("account-for-operation", True, None)
    assert not said.rendered


def test_no_other_case_colours_the_account(said: Account) -> None:
    assert all(name.startswith("nogales.") for name in said.names)
