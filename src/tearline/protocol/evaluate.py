"""Exact evaluation of a checked condition, in three values, and what it read: the plain version.

Semantics are CEL's, with every error an ``Unknown`` that names the paths it comes from: ``false && error`` is
false, ``true || error`` is true, in either order, and so for ``all`` and ``exists``; every other operation on an
error is an error. ``generate.py`` makes the fast version; this one decides wherever a fact is missing, and is
the oracle for the other.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache, partial
from itertools import compress
from operator import eq, ge, gt, itemgetter, le, lt, ne
from typing import Any, NamedTuple

from tearline.protocol.span import LONGEST
from tearline.protocol.tree import (
    Affix,
    Among,
    Arithmetic,
    Both,
    Bound,
    Choose,
    Compare,
    Constant,
    Constants,
    Either,
    Field,
    Has,
    Matches,
    Negative,
    Node,
    Not,
    Quantifier,
    Root,
    Size,
    children,
)
from tearline.protocol.types import ListOf, Record, Simple, is_of

Readings = dict[str, object]

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}


@dataclass(frozen=True, slots=True)
class Unknown:
    """An error's value: the paths of the facts that are missing, or the sums that cannot be computed."""

    paths: tuple[str, ...]


class Located(NamedTuple):
    """A record, with the path at which it stands in the dossier."""

    path: str
    record: Mapping[str, object]


LONGEST_TOLD = 200
"""Characters of a sum that are told where it cannot be computed."""
MOST_STEPS = 3_000_000
"""Nodes that one decision may evaluate here, about a microsecond each: some ten times what the shipped pack needs for
a thousand people of whom nothing is known."""


Walk = Callable[[Mapping[str, object], Sequence[Mapping[str, object]]], list[bool | None]]
"""Generated code: what a macro's body comes to at each of these elements of a dossier; None where a fact is missing, so
that it has to be evaluated here."""


@dataclass(slots=True)
class Scope:
    """A dossier, the element that each macro is at, the lists found so far, and how many steps are left.

    ``bound`` changes as macros walk; their slots differ, so an inner one leaves an outer one's element alone.
    ``walks`` are those that there are, by the ``id`` of the macro.
    """

    dossier: Mapping[str, object]
    walks: Mapping[int, Walk] = field(default_factory=dict)
    bound: dict[int, object] = field(default_factory=dict)
    lists: dict[str, object] = field(default_factory=dict)
    steps: int = MOST_STEPS


class Exhausted(Exception):
    """A decision has taken as many steps as it may."""


class Unfit(Exception):
    """A sum whose result its type cannot hold."""


def whole(number: int) -> int:
    """The number, if 64 bits hold it; raises Unfit."""
    if not -(2**63) <= number < 2**63:
        raise Unfit
    return number


def quotient(left: int, right: int) -> int:
    """``left / right`` of whole numbers, towards zero; raises Unfit."""
    if right == 0:
        raise Unfit
    number = abs(left) // abs(right)
    return whole(number if (left < 0) is (right < 0) else -number)


def remainder(left: int, right: int) -> int:
    """``left % right``, of the sign of ``left``; raises Unfit, as CEL does, wherever ``left / right`` does."""
    return left - right * quotient(left, right)


def divided(left: float, right: float) -> float:
    """``left / right`` of IEEE 754, which gives a value for every pair."""
    if right != 0:  # a NaN is unequal to 0 too
        return left / right
    if left == 0 or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def among(element: object, elements: Iterable[object]) -> bool:
    """Whether one of the elements equals this one. A NaN is equal to none."""
    return any(element == one for one in elements)


def length(span: timedelta) -> timedelta:
    """The length of time, if CEL's durations hold it; raises Unfit."""
    if not -LONGEST <= span <= LONGEST:
        raise Unfit
    return span


def evaluate(node: Node, scope: Scope) -> object:
    """The node's value, or Unknown; raises Exhausted. A record is Located; a list of records, a list of them."""
    scope.steps -= 1
    if scope.steps < 0:
        raise Exhausted
    return _EVALUATE[type(node)](node, scope)


def _root(node: Root, scope: Scope) -> object:
    return _fact(scope.dossier, node, "", scope)


def _field(node: Field, scope: Scope) -> object:
    holder = evaluate(node.of, scope)
    if isinstance(holder, Unknown):  # the record itself is missing: name the field that is needed
        return Unknown(tuple(f"{path}.{node.name}" for path in holder.paths))
    assert isinstance(holder, Located)  # noqa: S101  the checker lets fields stand behind records only
    return _fact(holder.record, node, holder.path, scope)


def _has(node: Has, scope: Scope) -> object:
    holder = evaluate(node.field.of, scope)
    return node.field.name in holder.record if isinstance(holder, Located) else holder


def _not(node: Not, scope: Scope) -> object:
    value = evaluate(node.of, scope)
    return value if isinstance(value, Unknown) else not value


def _choose(node: Choose, scope: Scope) -> object:
    test = evaluate(node.test, scope)
    if isinstance(test, Unknown):
        return test
    return evaluate(node.then if test else node.otherwise, scope)


def _compare(node: Compare, scope: Scope) -> object:
    left, right = evaluate(node.left, scope), evaluate(node.right, scope)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _union((left, right))
    return _COMPARE[node.operator](left, right)


def _arithmetic(node: Arithmetic, scope: Scope) -> object:
    left, right = evaluate(node.left, scope), evaluate(node.right, scope)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _union((left, right))
    try:
        return _sum(node.operator, left, right)
    except (Unfit, OverflowError):
        return Unknown((node.text[:LONGEST_TOLD],))


_Computed = Among | Negative | Size | Affix | Matches


def _computed(node: _Computed, scope: Scope) -> object:
    values = [evaluate(child, scope) for child in children(node)]
    unknown = _union(values)
    if unknown is not None:
        return unknown
    try:
        return _apply(node, values)
    except (Unfit, OverflowError):
        assert isinstance(node, Negative)  # noqa: S101  the others' results always fit
        return Unknown((node.text[:LONGEST_TOLD],))


def _apply(node: _Computed, values: list[object]) -> object:
    match node, values:
        case Among(), [element, list() as elements]:
            return among(element, elements)
        case Size(), [list() | str() as sized]:
            return len(sized)
        case Affix(operator="startsWith"), [str() as text, str() as part]:
            return text.startswith(part)
        case Affix(operator="endsWith"), [str() as text, str() as part]:
            return text.endswith(part)
        case Affix(), [str() as text, str() as part]:
            return part in text
        case Matches(pattern=pattern), [str() as text]:
            return pattern.found_in(text)
        case Negative(), [int() as number]:
            return whole(-number)
        case Negative(), [float() as number]:
            return -number
        case _:
            raise TypeError(f"{node} does not take {values}")


def _sum(operator: str, left: object, right: object) -> object:
    match left, operator, right:
        case int(), "+", int():
            return whole(left + right)
        case int(), "-", int():
            return whole(left - right)
        case int(), "*", int():
            return whole(left * right)
        case int(), "/", int():
            return quotient(left, right)
        case int(), "%", int():
            return remainder(left, right)
        case float(), "+", float():
            return left + right
        case float(), "-", float():
            return left - right
        case float(), "*", float():
            return left * right
        case float(), "/", float():
            return divided(left, right)
        case datetime(), "+", timedelta():
            return left + right
        case timedelta(), "+", datetime():
            return right + left
        case datetime(), "-", datetime():
            return length(left - right)
        case datetime(), "-", timedelta():
            return left - right
        case timedelta(), "+", timedelta():
            return length(left + right)
        case timedelta(), "-", timedelta():
            return length(left - right)
        case _:
            raise TypeError(f"{left} {operator} {right}")


def _fact(holder: Mapping[str, object], node: Root | Field, above: str, scope: Scope) -> object:
    """A fact of the dossier; Unknown where it is absent or not of its type."""
    value, type_ = holder.get(node.name), node.type
    if isinstance(type_, Simple) and is_of(type_.kind, value):
        return value
    path = f"{above}.{node.name}" if above else node.name
    if isinstance(type_, Record) and isinstance(value, Mapping):
        return Located(path, value)
    if isinstance(type_, ListOf):
        if path not in scope.lists:
            scope.lists[path] = _list(value, path, type_)
        return scope.lists[path]
    return Unknown((path,))


def _list(value: object, path: str, type_: ListOf) -> object:
    if not isinstance(value, list | tuple):
        return Unknown((path,))
    if len(value) > type_.most:
        return Unknown((f"{path}: more than {type_.most} entries",))
    if not isinstance(type_.element, Record):
        return list(value)
    if not all(type(one) is dict or isinstance(one, Mapping) for one in value):
        return Unknown((path,))
    return list(map(_located, zip(_numbered(path, type_.most), value, strict=False)))


@lru_cache(maxsize=64)
def _numbered(path: str, most: int) -> tuple[str, ...]:
    """The paths of a list's elements, made once: there are as many as the list may have elements."""
    return tuple(f"{path}[{n}]" for n in range(most))


_record: Callable[[Any], Mapping[str, object]] = itemgetter(1)  # of a Located, which is what walks go over
_located: Callable[[tuple[str, Mapping[str, object]]], Located] = partial(tuple.__new__, Located)


def _union(values: Sequence[object]) -> Unknown | None:
    unknown = [value for value in values if isinstance(value, Unknown)]
    if len(unknown) < 2:
        return unknown[0] if unknown else None
    return Unknown(tuple(dict.fromkeys(path for value in unknown for path in value.paths)))


def _decided(values: Iterable[object], *, by: bool) -> object:
    """``by`` if any value is, else unknown if any is, else not ``by``: or for True, and for False."""
    unknown = []
    for value in values:
        if value is by:
            return by
        if isinstance(value, Unknown):
            unknown.append(value)
    return _union(unknown) or (not by)


def _elements(node: Quantifier, scope: Scope) -> list[object] | Unknown:
    over = evaluate(node.over, scope)
    assert isinstance(over, list | Unknown)  # noqa: S101  the checker lets macros stand behind lists only
    return over


def _at(one: object, node: Quantifier, scope: Scope) -> object:
    """The body's value at this element."""
    scope.bound[node.slot] = one
    return evaluate(node.body, scope)


def _parts(elements: list[object], node: Quantifier, scope: Scope) -> Iterator[object]:
    """The body's value at each element, one after the other."""
    walk = scope.walks.get(id(node))
    if walk is None:
        for one in elements:
            yield _at(one, node, scope)
        return
    scope.steps -= len(elements)
    found = walk(scope.dossier, list(map(_record, elements)))
    if None not in found:
        yield from found
        return
    for one, value in zip(elements, found, strict=True):
        yield _at(one, node, scope) if value is None else value


def _quantified(node: Quantifier, scope: Scope) -> object:
    elements = _elements(node, scope)
    if isinstance(elements, Unknown):
        return elements
    if node.kind in ("exists", "all"):
        return _decided(_parts(elements, node, scope), by=node.kind == "exists")
    values = list(_parts(elements, node, scope))
    unknown = _union(values)
    if unknown is not None:
        return unknown
    if node.kind == "exists_one":
        return sum(value is True for value in values) == 1
    if node.kind == "map":
        return values
    return [one for one, value in zip(elements, values, strict=True) if value is True]


_EVALUATE: Mapping[type, Callable[[Any, Scope], object]] = {
    Constant: lambda node, _: node.value,
    Constants: lambda node, _: list(node.values),
    Root: _root,
    Bound: lambda node, scope: scope.bound[node.slot],
    Field: _field,
    Has: _has,
    Not: _not,
    Both: lambda node, scope: _decided((evaluate(item, scope) for item in node.items), by=False),
    Either: lambda node, scope: _decided((evaluate(item, scope) for item in node.items), by=True),
    Choose: _choose,
    Compare: _compare,
    Among: _computed,
    Arithmetic: _arithmetic,
    Negative: _computed,
    Size: _computed,
    Affix: _computed,
    Matches: _computed,
    Quantifier: _quantified,
}


# What was read


def explain(node: Node, value: object, scope: Scope, into: Readings) -> None:
    """Put into ``into`` (path to value) the facts that gave this condition its value.

    Of ``&&`` that is true every part counts, of one that is false its false parts, and so on through ``||``, ``!``
    and ``?:``. Of a macro the elements that decided it count, each led by the field that identifies it; where all
    of a list decided, its size does. Where the value is Unknown, the unknown parts count, and of ``&&`` the true.
    """
    match node:
        case Not(of=of):
            explain(of, value if isinstance(value, Unknown) else not value, scope, into)
        case Both(items=items) | Either(items=items):
            for item in items:
                part = evaluate(item, scope)
                open_ = isinstance(value, Unknown) and (isinstance(part, Unknown) or isinstance(node, Both))
                if part is value or open_:
                    explain(item, part, scope, into)
        case Quantifier(kind="exists" | "all" | "exists_one"):
            _explain_elements(node, value, scope, into)
        case Constant():
            pass
        case _:
            _read(node, scope, into)


def _explain_elements(node: Quantifier, value: object, scope: Scope, into: Readings) -> None:
    elements = _elements(node, scope)
    if isinstance(elements, Unknown):
        _read_over(node.over, scope, into)
        return
    sought: object = node.kind != "all"
    whole = value is (node.kind == "all") or (node.kind == "exists_one" and value is False)
    if whole or _mapped(node.over):
        _read_over(node.over, scope, into)
    if value is True and node.kind == "all":
        return
    paths = _paths(node.over, elements, scope)
    for one, path, part in zip(elements, paths, _parts(elements, node, scope), strict=True):
        if part is sought or (isinstance(value, Unknown) and isinstance(part, Unknown)):
            scope.bound[node.slot] = one
            _element(node, one, path, into)
            _explain_passed(node.over, one, scope, into)
            explain(node.body, part, scope, into)


def _mapped(over: Node) -> bool:
    """Whether the elements are no longer those of the dossier, so that its list is all that can be told."""
    return isinstance(over, Quantifier) and (over.kind == "map" or _mapped(over.over))


def _explain_passed(over: Node, one: object, scope: Scope, into: Readings) -> None:
    """Why this element is in the list at all, where the list was filtered before."""
    if isinstance(over, Quantifier) and over.kind == "filter":
        _explain_passed(over.over, one, scope, into)
        scope.bound[over.slot] = one
        explain(over.body, True, scope, into)


def _paths(over: Node, elements: Sequence[object], scope: Scope) -> Sequence[str | None]:
    """Where each value of a list stands in the dossier, if it does. A record says so itself."""
    if elements and isinstance(elements[0], Located):
        return [None] * len(elements)
    match over:
        case Root() | Field():
            path = _path_of(over, scope)
            return [None if path is None else f"{path}[{n}]" for n in range(len(elements))]
        case Quantifier(kind="filter"):
            inner = _elements(over, scope)
            assert isinstance(inner, list)  # noqa: S101  otherwise it had no elements
            passed = [_at(one, over, scope) is True for one in inner]
            return list(compress(_paths(over.over, inner, scope), passed))
        case _:
            return [None] * len(elements)


def _element(node: Quantifier, one: object, path: str | None, into: Readings) -> None:
    """What an element is known by: the field that identifies it, or itself if it has no fields."""
    assert isinstance(node.over.type, ListOf)  # noqa: S101  as in _elements
    element = node.over.type.element
    if isinstance(one, Located) and isinstance(element, Record):
        identity = element.identity
        if identity is not None and identity in one.record:
            into[f"{one.path}.{identity}"] = one.record[identity]
    elif path is not None:
        into[path] = one


def _read(node: Node, scope: Scope, into: Readings) -> None:
    """The facts that a value is made of."""
    match node:
        case Constant() | Constants():
            pass
        case Root() | Field():
            path = _path_of(node, scope)
            value = evaluate(node, scope)
            if isinstance(node.type, Simple) and path is not None and not isinstance(value, Unknown):
                into[path] = value
            elif isinstance(value, list):
                _size(node, len(value), scope, into)
        case Bound():
            pass
        case Has(field=field):
            path = _path_of(field, scope)
            if path is not None:
                if evaluate(node, scope) is True:
                    _read(field, scope, into)
                else:
                    into[path] = None
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            _read(left, scope, into)
            _read(right, scope, into)
        case Among():
            _read(node.element, scope, into)
            _read(node.list, scope, into)
        case Affix():
            _read(node.of, scope, into)
            _read(node.part, scope, into)
        case Negative(of=of) | Size(of=of) | Matches(of=of):
            _read(of, scope, into)
        case Choose():
            test = evaluate(node.test, scope)
            explain(node.test, test, scope, into)
            if not isinstance(test, Unknown):
                _read(node.then if test else node.otherwise, scope, into)
        case Quantifier(kind="filter"):
            _read_over(node.over, scope, into)
            _explain_filter(node, scope, into)
        case Quantifier(kind="map"):
            _read_over(node.over, scope, into)
        case Not() | Both() | Either() | Quantifier():
            explain(node, evaluate(node, scope), scope, into)


def _read_over(node: Node, scope: Scope, into: Readings) -> None:
    """The size of the list below all filters: what passed them is told element by element."""
    while isinstance(node, Quantifier):
        node = node.over
    _read(node, scope, into)


def _explain_filter(node: Quantifier, scope: Scope, into: Readings) -> None:
    elements = _elements(node, scope)
    if isinstance(elements, Unknown):
        return
    paths = _paths(node.over, elements, scope)
    for one, path, part in zip(elements, paths, _parts(elements, node, scope), strict=True):
        if part is True or isinstance(part, Unknown):
            scope.bound[node.slot] = one
            _element(node, one, path, into)
            _explain_passed(node.over, one, scope, into)
            explain(node.body, part, scope, into)


def _size(node: Node, count: int, scope: Scope, into: Readings) -> None:
    path = _path_of(node, scope)
    if path is not None:
        into[f"size({path})"] = count


def _path_of(node: Node, scope: Scope) -> str | None:
    match node:
        case Root(name=name):
            return name
        case Field(of=of, name=name):
            holder = evaluate(of, scope)
            return f"{holder.path}.{name}" if isinstance(holder, Located) else None
        case _:
            return None
