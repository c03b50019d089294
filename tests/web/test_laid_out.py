"""A condition set out for reading is the same condition; a case is told by what it changes."""

import pytest
from hypothesis import given, settings

from tearline.protocol.check import check
from tearline.web.parties.laid import WIDE, laid_out
from tearline.web.parties.rules import differences
from tests.protocol.conditions import WIDE as SCHEMA
from tests.protocol.conditions import Said, conditions
from tests.protocol.packs import cross_border


def bare(text: str) -> str:
    return "".join(text.split())


@settings(max_examples=100, deadline=None)
@given(conditions())
def test_no_sign_is_lost_and_it_means_the_same(said: Said) -> None:
    lines = laid_out(said.ours)
    assert bare("".join(lines)) == bare(said.ours)
    # A sum keeps the author's text, in which white space is all that may differ.
    assert bare(repr(check("\n".join(lines), SCHEMA).tree)) == bare(repr(check(said.ours, SCHEMA).tree))


def test_the_shipped_rules_fit_a_page() -> None:
    for rule in cross_border().rules:
        assert all(len(line) <= WIDE + 12 for line in laid_out(rule.condition)), rule.id


@pytest.mark.parametrize(
    "text",
    [
        'item.id == "a && b || c) (' + "x" * 80 + '" || at < at',
        "item.id == 'it\\'s (' && " + " && ".join(["chain_complete"] * 8),
        'item.id == "' + "x" * 100 + '"',
        "a" * 200,
        "((((" + "a" * 80 + "))))",
        ")" * 90,
        "",
    ],
)
def test_signs_within_texts_part_nothing_and_nothing_is_too_odd(text: str) -> None:
    assert bare("".join(laid_out(text))) == bare(text)


def test_a_case_is_told_by_what_it_changes() -> None:
    base: dict[str, object] = {
        "at": 1,
        "item": {"tlp": "RED", "id": "a"},
        "chain": [{"person": "p"}],
        "codes": ["x"],
    }
    other: dict[str, object] = {
        "at": 1,
        "item": {"tlp": "GREEN"},
        "chain": [{"person": "q"}, {"person": "r"}],
        "codes": ["x", "y"],
    }
    assert list(differences("", base, other)) == [
        ("item.tlp", "RED", "GREEN"),
        ("item.id", "a", None),
        ("chain[0].person", "p", "q"),
        ("chain[1]", None, {"person": "r"}),
        ("codes", ["x"], ["x", "y"]),
    ]
    assert list(differences("", base, base)) == []
    for case in cross_border().cases:
        told = list(differences("", cross_border().base, case.dossier))
        assert bool(told) == (case.dossier != cross_border().base)


@pytest.mark.parametrize("literal", ['"two  spaces"', r'r"a\"', r'"\" && \""', "'a || b'", '"___"', r"r'\' "])
def test_what_stands_in_quotation_marks_stays_as_it_is(literal: str) -> None:
    literal = literal.strip()
    condition = f"item.id == {literal} && item.originator == {literal} && request.by != {literal} || overseer_informed"
    lines = laid_out(condition)
    assert len(lines) > 1
    assert sum(line.count(literal) for line in lines) == 3
    assert check("\n".join(lines), SCHEMA).tree == check(condition, SCHEMA).tree
