"""What the solver is told of a condition is what the evaluator says of it, whatever is missing."""

import copy
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import HealthCheck, example, given, settings

from tearline.protocol import load_pack, read_dossier, write_dossier
from tearline.protocol.check import check
from tearline.protocol.evaluate import Scope, Unknown, evaluate
from tearline.protocol.letters import Letters
from tearline.protocol.logic import Logic
from tearline.protocol.schema import VERSION, schema
from tearline.protocol.solver import Allowance, Solver
from tearline.protocol.translate import Translation
from tearline.protocol.types import ListOf, Record, Type
from tearline.protocol.world import Truth, World
from tests.protocol.conditions import NOW, PARAMETERS, Said, conditions, dossiers

SCHEMA = schema(PARAMETERS)
BOUND = 3


def said_by_the_solver(condition: str, dossier: Mapping[str, object]) -> object:
    """True, False or None for unknown; the solver must know exactly one of them for this dossier."""
    tree = check(condition, SCHEMA).tree
    logic = Logic()
    world = World(logic, PARAMETERS, Letters([tree]), BOUND)
    truth = Translation(world).condition(tree)
    solver = Solver(logic, Allowance(20))
    solver.give(*world.given)
    solver.give(*world.exactly(dossier))
    possible: dict[object, bool] = {
        True: solver.ask(truth.true) is not None,
        False: solver.ask(truth.false) is not None,
        None: solver.ask(logic.negated(logic.some((truth.true, truth.false)))) is not None,
    }
    (value,) = [value for value, is_possible in possible.items() if is_possible]
    return value


def said_by_the_evaluator(condition: str, dossier: Mapping[str, object]) -> object:
    value = evaluate(check(condition, SCHEMA).tree, Scope(dossier))
    return None if isinstance(value, Unknown) else value


def cut(value: object, type_: Type) -> object:
    """The same dossier with lists of at most ``BOUND`` entries whose ids differ."""
    match type_:
        case Record(fields=fields):
            assert isinstance(value, dict)
            return {key: cut(inner, fields[key]) for key, inner in value.items()}
        case ListOf(element=element):
            assert isinstance(value, list)
            made = [cut(one, element) for one in value[:BOUND]]
            if isinstance(element, Record) and element.identity == "id":
                for n, one in enumerate(made):
                    assert isinstance(one, dict)
                    if "id" in one:
                        one["id"] += str(n)
            return made
        case _:
            return value


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(said=conditions(), dossier=dossiers())
def test_the_solver_and_the_evaluator_agree(said: Said, dossier: dict[str, object]) -> None:
    fit = cut(dossier, SCHEMA)
    assert isinstance(fit, dict)
    fit["dossier"] = VERSION
    assert said_by_the_solver(said.ours, fit) == said_by_the_evaluator(said.ours, fit)
