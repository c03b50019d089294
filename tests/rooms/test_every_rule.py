"""The tables are complete: every command is shown at work, and every rule is shown refusing."""

import ast
from pathlib import Path

import pytest

import tearline.rooms
from tearline.facts.fact import Fact
from tearline.facts.vocabulary import kinds
from tests.nodes import COMMANDS
from tests.rooms import (
    test_admission,
    test_assistance,
    test_attribution,
    test_casualties,
    test_duties,
    test_figures,
    test_harm,
    test_investigations,
    test_invitations,
    test_keys,
    test_leaks,
    test_linkage,
    test_logs,
    test_marks,
    test_operations,
    test_outside,
    test_oversight,
    test_parties,
    test_propensities,
    test_protocols,
    test_reading,
    test_register,
    test_release,
    test_retention,
    test_reviews,
    test_screening,
    test_suspensions,
    test_tokens,
    test_tracing,
    test_warnings,
)
from tests.rooms.rows import Row

TABLES = (
    test_parties,
    test_protocols,
    test_keys,
    test_screening,
    test_tokens,
    test_release,
    test_figures,
    test_propensities,
    test_attribution,
    test_marks,
    test_reviews,
    test_leaks,
    test_investigations,
    test_tracing,
    test_suspensions,
    test_admission,
    test_invitations,
    test_harm,
    test_linkage,
    test_casualties,
    test_register,
    test_warnings,
    test_assistance,
    test_operations,
    test_outside,
    test_oversight,
    test_retention,
    test_logs,
    test_reading,
    test_duties,
)
ACCEPTED: list[Row] = [row for table in TABLES for row in table.ACCEPTED]
REFUSED: list[Row] = [row for table in TABLES for row in table.REFUSED]
ROOMS = Path(tearline.rooms.__file__).parent


def rules() -> set[str]:
    """The rules that the rooms refuse by, as their source names them."""
    return {
        node.args[0].value
        for file in ROOMS.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Refused"
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.__name__)
def test_every_command_is_shown_at_work(command: type) -> None:
    assert any(type(row.order) is command for row in ACCEPTED), "add a Row to ACCEPTED of its room"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.__name__)
def test_every_command_is_shown_refused(command: type) -> None:
    assert any(type(row.order) is command for row in REFUSED), "add a Row to REFUSED of its room"


@pytest.mark.parametrize("rule", sorted(rules()))
def test_every_rule_is_shown_refusing(rule: str) -> None:
    assert any(row.refused == rule for row in REFUSED), "add a Row that is refused by it"


@pytest.mark.parametrize("kind", kinds(), ids=lambda k: k.__name__)
def test_every_kind_of_fact_is_given_by_some_command(kind: type[Fact]) -> None:
    assert any(kind in row.gives for row in ACCEPTED), "add a Row that gives it"
