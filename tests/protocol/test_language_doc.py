"""``docs/protocol-language.md`` says what the code does: every table and example of it is run."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from tearline.protocol import check as checking
from tearline.protocol import dossier, evaluate, grammar, load, pattern, types
from tearline.protocol.check import FUNCTIONS, MACROS, METHODS, check, check_expression
from tearline.protocol.grammar import RESERVED, WrongCondition
from tearline.protocol.tree import Operator
from tearline.protocol.types import BOOL, DOUBLE, DURATION, INT, STRING, TIMESTAMP, ListOf, Record, Type
from tests.protocol.conditions import NOW, SCHEMA
from tests.protocol.test_conformance import cases, sorted_out

TEXT = (Path(__file__).parents[2] / "docs/protocol-language.md").read_text(encoding="utf-8")
_CELL = re.compile(r"(?<!\\)\|")


def rows(head: str) -> list[list[str]]:
    """The rows of the table with this head, each cell as a reader sees it."""
    _, found, after = TEXT.partition(f"\n| {head} |\n")
    assert found, head
    lines = after.splitlines()[1:]
    table = lines[: next(n for n, line in enumerate(lines) if not line.startswith("|"))]
    return [[cell.strip().replace("\\|", "|") for cell in _CELL.split(line)[1:-1]] for line in table]


def code(cell: str) -> list[str]:
    """What stands between backquotes in a cell."""
    return [one or two for two, one in re.findall(r"``\s?(.+?)\s?``|`([^`]+)`", cell)]


def said(condition: str, known: dict[str, object] | None = None) -> str:
    try:
        tree = check(condition, SCHEMA).tree
    except WrongCondition:
        return "refused"
    found = evaluate.evaluate(tree, evaluate.Scope({"at": NOW} | (known or {})))
    return "unknown" if isinstance(found, evaluate.Unknown) else str(found).lower()


def test_the_examples_are_conditions() -> None:
    examples = re.findall(r"^    (\S.*)$", TEXT.partition("## Three values")[0], re.MULTILINE)
    assert len(examples) == 5
    for example in examples:
        check(example, SCHEMA)


def test_and_and_or_are_as_in_the_table() -> None:
    written = {"true": "true", "false": "false", "unknown": 'item.tlp == "RED"'}
    table = rows("a | b | a && b | a \\|\\| b")
    assert len(table) == 9
    for a, b, both, either in table:
        assert said(f"{written[a]} && {written[b]}") == both
        assert said(f"{written[a]} || {written[b]}") == either


@pytest.mark.parametrize(("condition", "value", "_because"), rows("condition | comes to | because"))
def test_what_is_missing_is_as_in_the_table(condition: str, value: str, _because: str) -> None:
    assert said(code(condition)[0], {"item": {"id": "a"}, "dissents": []}) == value


def test_every_type_is_written_as_the_table_says() -> None:
    named: dict[str, Type] = {str(type_): type_ for type_ in (BOOL, INT, DOUBLE, STRING, TIMESTAMP, DURATION)}
    table = rows("type | values | written as")
    assert [code(row[0])[0] for row in table[:6]] == list(named)
    for name, _, literals in table[:6]:
        for literal in code(literals):
            assert check_expression(literal, SCHEMA).tree.type == named[code(name)[0]]
    assert isinstance(check_expression(code(table[6][2])[0], SCHEMA).tree.type, ListOf)
    assert "at most 2^63 - 1 nanoseconds" in table[5][1]


def test_every_escape_is_in_the_table() -> None:
    (itself, controls, coded) = (code(row[0]) for row in rows("escape | sign"))
    assert "".join(sign[1] for sign in itself + controls) == "\\\"'`?abfnrtv"
    assert {*checking._ESCAPES} == {sign[1] for sign in itself + controls}
    for sign in coded:
        assert said(f"'{sign}' == 'A'") == "true"


_KINDS = {"b": BOOL, "i": INT, "d": DOUBLE, "s": STRING, "t": TIMESTAMP, "l": DURATION}
_FIELDS = Record("fields", {**_KINDS, "many": ListOf(INT), "record": Record("record", {"i": INT})})


def _type_of(expression: str) -> Type | None:
    try:
        return check_expression(expression, _FIELDS).tree.type
    except WrongCondition:
        return None


def test_the_sums_are_those_of_the_table() -> None:
    by_name = {str(type_): name for name, type_ in _KINDS.items()}
    listed = {
        (operator.split()[1], *(by_name[kind] for kind in of.split(", "))): gives
        for (operator,), of, gives in ((code(row[0]), row[1], row[2]) for row in rows("sum | of | gives"))
    }
    names = [*_KINDS, "many", "record"]
    found = {
        (operator, x, y): str(type_)
        for operator in get_args(Operator)
        for x in names
        for y in names
        if (type_ := _type_of(f"{x} {operator} {y}")) is not None
    }
    assert found == listed


def test_the_other_operators_take_what_the_table_says() -> None:
    names = [*_KINDS, "many", "record"]
    alike = {(name, name) for name in _KINDS}
    pairs = {operator: {(x, y) for x in names for y in names if _type_of(f"{x} {operator} {y}")} for operator in
             ("==", "!=", "<", "<=", ">", ">=", "&&", "||", "in")}  # fmt: skip
    assert pairs["=="] == pairs["!="] == alike
    assert pairs["<"] == pairs["<="] == pairs[">"] == pairs[">="] == alike - {("b", "b")}
    assert pairs["&&"] == pairs["||"] == {("b", "b")}
    assert pairs["in"] == {("i", "many")}
    assert {name for name in names if _type_of(f"!{name}")} == {"b"}
    assert {name for name in names if _type_of(f"-{name}")} == {"i", "d"}
    assert {(x, y) for x in names for y in names if _type_of(f"b ? {x} : {y}")} == alike
    table = [sign for row in rows("operator | of | gives") for sign in code(row[0])]
    signs = {sign.replace("x", "").replace("y", "").replace("c", "").strip() for sign in table}
    assert signs == {"?  :", *pairs, *get_args(Operator), "!", "-", ".name"}


def test_the_functions_are_those_of_the_table() -> None:
    listed = [sign for row in rows("function | of | gives") for sign in code(row[0])]
    functions = {sign.partition("(")[0] for sign in listed if not sign.startswith("x.")}
    methods = {sign.partition("(")[0].removeprefix("x.") for sign in listed if sign.startswith("x.")}
    assert functions == set(FUNCTIONS)
    assert methods == {*METHODS, *MACROS}


@pytest.mark.parametrize(("written", "within", "without"), rows("pattern | is found in | is not found in"))
def test_a_pattern_is_found_where_the_table_says(written: str, within: str, without: str) -> None:
    found_in = pattern.parse_pattern(code(written)[0]).found_in
    assert found_in(code(within)[0])
    assert not found_in(code(without)[0])


def test_what_patterns_leave_out_is_refused() -> None:
    left_out = TEXT.partition("- Left out: ")[2].partition("\n\n")[0]
    assert len(code(left_out)) == 12
    for one in code(left_out):
        with pytest.raises(pattern.WrongPattern):
            pattern.parse_pattern("[" + one + "]" if one == "[:alpha:]" else one)


LIMITS = {
    "characters of a condition": grammar.LONGEST_CONDITION,
    "levels of nesting, and `!` or `-` in a row": checking.DEEPEST,
    "macros within each other": checking.DEEPEST_MACROS,
    "literals in a list": checking.MOST_LITERALS,
    "characters of a pattern": pattern.LONGEST_PATTERN,
    "repeats in a pattern: `{m}`, `{m,n}`": pattern.MOST_REPEATS,
    "groups within each other in a pattern": pattern.DEEPEST_GROUPS,
    "ranges of characters of a pattern, every repeat written out": pattern.LARGEST_PATTERN,
    "the same, for all patterns of a condition together": checking.LARGEST_PATTERNS,
    "rules in a pack": load.MOST_RULES,
    "bytes of a pack": load.LARGEST_BYTES,
    "parts of its conditions that a decision visits with all lists full": load.MOST_VISITS,
    "values of `base` that the cases copy in order to change them, all together": load.MOST_COPIED,
    "elements of a list of the dossier, and fewer where its page says so": types.SHORT,
    "elements of the chain": types.LONG,
    "characters of a string of the dossier": dossier.LONGEST_TEXT,
    "steps of the exact evaluation of one decision": evaluate.MOST_STEPS,
}


def test_the_limits_are_those_of_the_code() -> None:
    assert {name: int(most.replace(",", "")) for name, most in rows("limit | at most")} == LIMITS


def _lists(type_: Type, name: str) -> Iterator[tuple[str, int]]:
    match type_:
        case Record(fields=fields):
            for field, inner in fields.items():
                yield from _lists(inner, field)
        case ListOf(element=element, most=most):
            yield name, most
            yield from _lists(element, name)
        case _:
            pass


def test_only_the_chain_is_long() -> None:
    for name, most in _lists(SCHEMA, ""):
        assert most == types.LONG if name == "chain" else most <= types.SHORT, name


@pytest.mark.parametrize(("condition", "column", "expected"), rows("condition | column | expected"))
def test_an_error_is_told_as_the_table_says(condition: str, column: str, expected: str) -> None:
    with pytest.raises(WrongCondition) as wrong:
        check(code(condition)[0], SCHEMA)
    assert wrong.value.start + 1 == int(column)
    assert expected in wrong.value.expected


@pytest.mark.parametrize("row", rows("left out | for example | why"), ids=lambda row: row[0])
def test_what_is_left_out_is_refused(row: list[str]) -> None:
    assert code(row[1])
    for example in code(row[1]):
        assert said(example) == "refused", example


def ebnf() -> str:
    """The grammar without what only lark needs: names of nodes, inlining, priorities."""
    lines = [
        line for line in grammar._GRAMMAR.strip().splitlines() if not line.startswith(("start:", "%ignore"))
    ]
    plain = [re.sub(r"\s*-> \w+", "", line).removeprefix("?") for line in lines]
    return "\n".join(re.sub(r"^([A-Z]+)\.2:", r"\1:", line) for line in plain)


def test_the_grammar_is_that_of_the_code() -> None:
    assert TEXT.partition("```ebnf\n")[2].partition("\n```")[0] == ebnf()


def test_the_reserved_words_are_those_of_the_code() -> None:
    listed = TEXT.partition("Reserved, and no names:")[2].partition(".\n")[0]
    assert set(code(listed)) == RESERVED
    for word in RESERVED:
        with pytest.raises(WrongCondition):
            check(f"chain.exists({word}, true)", SCHEMA)


def test_the_conformance_figures_are_those_of_the_test() -> None:
    assert f"of its {len(cases()):,} cases {len(sorted_out()[0])} lie within the language" in " ".join(
        TEXT.split()
    )
