"""CEL's own conformance cases: each comes out as it says, or is outside the language for a reason that is verified.

Most reasons are told from the text of a case, with no help from the parser under test; no case that has one is read.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tearline.protocol.check import FUNCTIONS, MACROS, METHODS, check_expression
from tearline.protocol.evaluate import Scope, Unknown, evaluate
from tearline.protocol.fast import generate
from tearline.protocol.grammar import WrongCondition
from tearline.protocol.tree import Compare, Constant, Constants, Node
from tearline.protocol.types import BOOL, DOUBLE, DURATION, INT, STRING, TIMESTAMP, ListOf, Record, Type
from tests.protocol.oracle import in_one_pass

Case = Mapping[str, Any]

_PRIMITIVES = {"INT64": INT, "DOUBLE": DOUBLE, "STRING": STRING, "BOOL": BOOL}
_KNOWN = {"TIMESTAMP": TIMESTAMP, "DURATION": DURATION}


@cache
def cases() -> tuple[Case, ...]:
    text = (Path(__file__).parent / "conformance/simple.jsonl").read_text(encoding="ascii")
    return tuple(json.loads(line) for line in text.splitlines())


def name_of(case: Case) -> str:
    return f"{case['group']}/{case['name']}"


def _type(said: Mapping[str, Any]) -> Type | None:
    """The type of our language, or None where it has none such."""
    if "listType" in said:
        element = _type(said["listType"].get("elemType", {}))
        return None if element is None else ListOf(element)
    return _PRIMITIVES.get(said.get("primitive", "")) or _KNOWN.get(said.get("wellKnown", ""))


def _value(said: Mapping[str, Any]) -> object:
    """A value of the cases as the evaluator has it."""
    ((kind, value),) = said.items()
    match kind:
        case "int64Value":
            return int(value)
        case "doubleValue":
            return float(value)
        case "boolValue" | "stringValue":
            return value
        case "listValue":
            return [_value(one) for one in value.get("values", [])]
        case _:
            raise AssertionError(kind)


def _record(case: Case) -> Record | None:
    """The fields that the case declares, or None where one is of a type that we do not have."""
    fields: dict[str, Type] = {}
    for declared in case.get("typeEnv", []):
        type_ = _type(declared.get("ident", {}).get("type", {}))
        if type_ is None:
            return None
        fields[declared["name"]] = type_
    return Record("case", fields)


# What is outside, told from the text alone: strings are blanked first.

_STRING = re.compile(
    r"""(?P<prefix>\b[rRbB]{1,2})?(?:(?P<triple>'''|\"\"\")(?:\\.|(?!(?P=triple)).)*(?P=triple)
    |(?P<one>['"])(?P<text>(?:\\.|(?!(?P=one))[^\\])*)(?P=one))""",
    re.VERBOSE | re.DOTALL,
)


def _blanked(expression: str) -> str:
    """The expression with each string as one sign: B for bytes, T for one in triple quotes, 0 for one with a NUL."""

    def sign(found: re.Match[str]) -> str:
        prefix = (found["prefix"] or "").lower()
        if "b" in prefix:
            return " «B» "
        if found["triple"]:
            return " «T» "
        nul = re.search(r"(?<!\\)(?:\\\\)*\\(?:[xX]00|000|u0000|U00000000)", found["text"])
        half = re.search(
            r"(?<!\\)(?:\\\\)*\\(?:u[dD][89a-fA-F]|U0000[dD][89a-fA-F]|U00[2-9]|U1)", found["text"]
        )
        return " «0» " if (nul or half) and "r" not in prefix else " «S» "

    return _STRING.sub(sign, expression)


SYNTAX = {
    "bytes": r"«B»",
    "a string in triple quotes": r"«T»",
    "a character that no text holds": r"«0»",
    "null": r"\bnull\b",
    "an unsigned number": r"\b(?:0x[0-9a-fA-F]+|[0-9]+)[uU]\b",
    "a map or a message": r"\{",
    "an index": r"(?<!\bin)(?<!\bin\s)(?:[\w)\]}»](?<!\bin))\s*\[",
    "an optional": r"\.\?|\[\s*\?|\boptional\.",
    "a quoted name": r"`",
    "a name from the root": r"(?:^|[^\w\s)\]}».])\s*\.[A-Za-z_]",
    "a comment": r"//",
    "an empty list": r"(?:^|\bin|[^\w)\]}\s»])\s*\[\s*\]",
}
_CALLED = re.compile(r"(\.\s*)?\b([A-Za-z_]\w*)\s*\(")


UNDECLARED = ("a type that a dossier has not", "a name of several parts")
"""What the fields of a record cannot be: such a case cannot be put at all."""


def _unknown_function(blanked: str) -> bool:
    for dot, name in _CALLED.findall(blanked):
        known = (*METHODS, *MACROS) if dot else FUNCTIONS
        if name not in known and name != "in":
            return True
    return False


TYPES = {
    "a name that nobody declares": r"^one of (?:\w+(?:, \w+)*)?, found \w+$",
    "an order of bools": r"a value that has an order beside",
    "lists compared": r"a value without parts beside",
    "a sum of texts or lists": r"numbers or times that \+ takes, found (?:string|list)",
    "numbers of two types, or values of two": r"to compare with a|like the first of the list|on both sides of",
    "a list of more than literals": r"^a literal$",
    "a macro with an index or a condition": r"\(variable, expression\), found 3",
    "finer than a microsecond": r"a time with its offset|a length of time such as",
    "a time that is no literal": r"a text written out",
    "a condition that is no bool": r"a condition that is true or false, found",
}
"""For what the text alone does not tell, by what the checker says."""


def outside(case: Case) -> str | None:
    """Why the case is outside, by what it declares and by its text alone."""
    if _record(case) is None:
        return "a type that a dossier has not"
    if any("." in declared["name"] for declared in case.get("typeEnv", [])):
        return "a name of several parts"
    if any(not sign.isprintable() and sign not in " \t\r\n" for sign in case["expr"]):
        return "a sign that cannot be seen"
    blanked = _blanked(case["expr"])
    for reason, pattern in SYNTAX.items():
        if re.search(pattern, blanked):
            return reason
    return "a function that is not in it" if _unknown_function(blanked) else None


def refused(case: Case, said: str) -> str | None:
    """Why the checker refused it."""
    if "evalError" in case:
        return "an error, found at load"
    return next((reason for reason, pattern in TYPES.items() if re.search(pattern, said)), None)


def checked(case: Case) -> tuple[Node | None, str]:
    """The case's tree, or in which words it was refused."""
    record = _record(case)
    assert record is not None
    try:
        return check_expression(case["expr"], record).tree, ""
    except WrongCondition as wrong:
        return None, wrong.expected


@cache
def sorted_out() -> tuple[Mapping[str, Node], Counter[str | None]]:
    """The trees of those within, by name, and how many are outside for which reason."""
    within: dict[str, Node] = {}
    reasons: Counter[str | None] = Counter()
    for case in cases():
        reason = outside(case)
        tree, said = (None, "") if reason in UNDECLARED else checked(case)
        assert tree is None or reason is None, f"{name_of(case)} is read, yet has {reason}"
        if tree is None:
            reasons[reason or refused(case, said)] += 1
        else:
            within[name_of(case)] = tree
    return within, reasons


OUTSIDE = {
    "a function that is not in it": 553,
    "a map or a message": 551,
    "an unsigned number": 291,
    "bytes": 125,
    "a type that a dossier has not": 109,
    "null": 106,
    "a string in triple quotes": 38,
    "an error, found at load": 31,
    "a name that nobody declares": 31,
    "an empty list": 29,
    "a sign that cannot be seen": 29,
    "an index": 26,
    "an optional": 20,
    "an order of bools": 13,
    "a sum of texts or lists": 13,
    "a macro with an index or a condition": 11,
    "a character that no text holds": 10,
    "lists compared": 8,
    "numbers of two types, or values of two": 8,
    "a name of several parts": 5,
    "a condition that is no bool": 4,
    "a time that is no literal": 2,
    "finer than a microsecond": 2,
    "a list of more than literals": 1,
}


def test_every_case_is_within_or_outside_for_a_known_reason() -> None:
    within, reasons = sorted_out()
    assert (len(cases()), len(within)) == (2344, 328)
    assert reasons == OUTSIDE


def expected(case: Case) -> object:
    return _value(case.get("value") or case.get("typedResult", {}).get("result") or {"boolValue": True})


def _bound(case: Case) -> dict[str, object]:
    return {name: _value(said["value"]) for name, said in case.get("bindings", {}).items() if "value" in said}


MISSED = (
    "logic/AND/short_circuit_error_right",
    "logic/OR/short_circuit_error_right",
    "macros/all/list_elem_error_shortcircuit",
)
"""Where the generated code meets an error that does not decide, and leaves the case to the evaluator."""
WITHIN = [pytest.param(case, id=name_of(case)) for case in cases() if name_of(case) in sorted_out()[0]]


@pytest.mark.parametrize("case", WITHIN)
def test_a_case_within_comes_out_as_it_says_either_way(case: Case) -> None:
    tree = sorted_out()[0][name_of(case)]
    if "typedResult" in case and "deducedType" in case["typedResult"]:
        assert str(tree.type) == str(_type(case["typedResult"]["deducedType"]))
    if case.get("checkOnly"):
        return
    bound = _bound(case)
    found = evaluate(tree, Scope(bound))
    hits: list[int] = []
    misses: list[int] = []
    if "evalError" in case:
        assert isinstance(found, Unknown)
        fast = generate([tree])
        fast.careful.decide(bound, hits.append, misses.append)
        assert (hits, misses) == ([], [0])
        assert in_one_pass(fast, bound) is None
        return
    value = expected(case)
    assert found == value
    assert type(found) is type(value)
    # The generated code answers in true or false only, so it is asked whether the value is the one expected.
    written = tuple(value) if isinstance(tree, Constants) and isinstance(value, list) else value
    asked = Compare("==", tree, Constant(written, tree.type))
    fast = generate([asked])
    fast.careful.decide(bound, hits.append, misses.append)
    missed = name_of(case) in MISSED
    assert (hits, misses) == (([], [0]) if missed else ([0], []))
    assert in_one_pass(fast, bound) == (None if missed else 1)
