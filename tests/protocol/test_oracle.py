"""Our evaluator and Google's agree on every condition and dossier, missing facts and errors included."""

from collections import Counter
from collections.abc import Iterator
from typing import get_args

from hypothesis import HealthCheck, Phase, given, seed, settings

from tearline.protocol.check import MACROS, check
from tearline.protocol.evaluate import Scope, Unknown, evaluate
from tearline.protocol.pattern import Alternation, Branch, Characters, Concatenation, Part, Repetition
from tearline.protocol.tree import (
    Affix,
    Arithmetic,
    Compare,
    Field,
    Has,
    Matches,
    Negative,
    Node,
    Operator,
    Quantifier,
    Size,
    children,
)
from tearline.protocol.types import Kind, ListOf, Record, Simple
from tests.protocol.conditions import NOW, WIDE, Said, conditions, dossiers
from tests.protocol.oracle import agree

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=500, deadline=None, suppress_health_check=SLOW)
@given(conditions(), dossiers(WIDE))
def test_google_s_evaluator_says_the_same(said: Said, dossier: dict[str, object]) -> None:
    agree(said, dossier)


def _parts(part: Part) -> Iterator[str]:
    yield type(part).__name__
    match part:
        case Concatenation(items=items) | Alternation(items=items):
            for item in items:
                yield from _parts(item)
        case Repetition(of=of, least=least, most=most):
            yield f"repetition {least} {most}"
            yield from _parts(of)
        case Characters():
            pass


def features(node: Node) -> Iterator[str]:
    """What of the language this node and those below it are."""
    yield type(node).__name__
    match node:
        case Compare(operator=operator, left=left) | Arithmetic(operator=operator, left=left):
            yield f"{left.type} {operator}"
        case Affix(operator=operator):
            yield operator
        case Quantifier(kind=kind, over=over):
            assert isinstance(over.type, ListOf)
            records = isinstance(over.type.element, Record)
            yield f"{kind} of {'records' if records else 'values'}"
            if any(isinstance(below, Quantifier) for below in _below(node.body)):
                yield f"a macro in {kind}"
        case Negative(type=type_):
            yield f"-{type_}"
        case Size(of=of):
            yield f"size of {'text' if isinstance(of.type, Simple) else 'list'}"
        case Has(field=Field(of=of)):
            yield f"has at level {_level(of)}"
        case Matches(pattern=pattern):
            for branch in pattern.branches:
                assert isinstance(branch, Branch)
                yield f"branch {branch.from_start} {branch.to_end}"
                yield from _parts(branch.body)
        case _:
            pass
    for child in children(node):
        yield from features(child)


def _below(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from _below(child)


def _level(node: Node) -> int:
    return 1 + _level(node.of) if isinstance(node, Field) else 1


_SUMS = {"int": "+-*/%", "double": "+-*/", "timestamp": "+-", "duration": "+-"}
EVERY = {
    *(kind.__name__ for kind in get_args(Node)),
    *(kind.__name__ for kind in get_args(Part)),
    *(f"{type_} {operator}" for type_, operators in _SUMS.items() for operator in operators),
    *(f"{kind.value} {operator}" for kind in Kind for operator in ("==", "!=")),
    *(f"{kind.value} {operator}" for kind in Kind if kind is not Kind.BOOL for operator in ("<", "<=", ">", ">=")),
    "startsWith", "endsWith", "contains", "-int", "-double", "size of text", "size of list",
    *(f"{kind} of {what}" for kind in MACROS for what in ("records", "values")),
    *(f"a macro in {kind}" for kind in MACROS),
    "has at level 1", "has at level 2",
    *(f"branch {start} {end}" for start in (True, False) for end in (True, False)),
    "repetition 0 None", "repetition 1 None", "repetition 0 1", "repetition 2 2", "repetition 1 3",
    "true", "false", "unknown",
}  # fmt: skip
"""All that a condition can be made of, and all that it can come to."""


def test_the_generator_leaves_out_nothing_of_the_language() -> None:
    seen: Counter[str] = Counter()

    @seed(2)
    @settings(
        max_examples=1_500, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=SLOW
    )
    @given(conditions())
    def count(said: Said) -> None:
        tree = check(said.ours, WIDE).tree
        seen.update(features(tree))
        value = evaluate(tree, Scope({"at": NOW}))
        seen["unknown" if isinstance(value, Unknown) else str(value).lower()] += 1

    count()
    assert set(EVERY) - set(seen) == set()
    assert {operator for type_ in _SUMS.values() for operator in type_} == set(get_args(Operator))
