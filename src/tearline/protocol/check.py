"""From a condition's text to its checked tree: names, types and limits, each error with its place in the text."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal as OneOf

from lark.lexer import Token

from tearline.protocol.dossier import time_of
from tearline.protocol.grammar import RESERVED, Syntax, WrongCondition, parse
from tearline.protocol.pattern import LARGEST_PATTERN, LAST, WrongPattern, parse_pattern
from tearline.protocol.span import parse_span
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
    Operator,
    Quantifier,
    Root,
    Size,
)
from tearline.protocol.types import (
    BOOL,
    DOUBLE,
    DURATION,
    INT,
    STRING,
    TIMESTAMP,
    Kind,
    ListOf,
    Record,
    Simple,
    Type,
    nearest,
)

DEEPEST = 32
DEEPEST_MACROS = 2
MOST_LITERALS = 200
LARGEST_PATTERNS = 2 * LARGEST_PATTERN
"""As LARGEST_PATTERN, for all patterns of a condition together."""
FUNCTIONS = ("size", "has", "timestamp", "duration")
MACROS = ("all", "exists", "exists_one", "filter", "map")
METHODS = ("size", "startsWith", "endsWith", "contains", "matches")

_ESCAPES = dict(zip("abfnrtv\\?\"'`", "\a\b\f\n\r\t\v\\?\"'`", strict=True))
_CODES = re.compile(
    r"\\(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))", re.ASCII
)
_SPOKEN_ESCAPES = r"""\\ \" \' \` \? \a \b \f \n \r \t \v \xHH \OOO \uHHHH \UHHHHHHHH, and no NUL"""
_OPERATORS: dict[str, Operator] = {"+": "+", "-": "-", "*": "*", "/": "/", "%": "%"}
_COMPARISONS: dict[str, OneOf["==", "!=", "<", "<=", ">", ">="]] = {
    "==": "==",
    "!=": "!=",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
}
_ORDERED = (Kind.INT, Kind.DOUBLE, Kind.STRING, Kind.TIMESTAMP, Kind.DURATION)
_SUMS: dict[tuple[str, Kind, Kind], Type] = {
    ("+", Kind.INT, Kind.INT): INT,
    ("-", Kind.INT, Kind.INT): INT,
    ("*", Kind.INT, Kind.INT): INT,
    ("/", Kind.INT, Kind.INT): INT,
    ("%", Kind.INT, Kind.INT): INT,
    ("+", Kind.DOUBLE, Kind.DOUBLE): DOUBLE,
    ("-", Kind.DOUBLE, Kind.DOUBLE): DOUBLE,
    ("*", Kind.DOUBLE, Kind.DOUBLE): DOUBLE,
    ("/", Kind.DOUBLE, Kind.DOUBLE): DOUBLE,
    ("+", Kind.TIMESTAMP, Kind.DURATION): TIMESTAMP,
    ("+", Kind.DURATION, Kind.TIMESTAMP): TIMESTAMP,
    ("+", Kind.DURATION, Kind.DURATION): DURATION,
    ("-", Kind.TIMESTAMP, Kind.TIMESTAMP): DURATION,
    ("-", Kind.TIMESTAMP, Kind.DURATION): TIMESTAMP,
    ("-", Kind.DURATION, Kind.DURATION): DURATION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A condition's tree, and how many of its nodes a decision may visit at the most, with all lists full.

    A node counts once more for each level above it: the telling of what was read asks at each which part decided.
    """

    tree: Node
    visits: int


def check(text: str, dossier: Record) -> Checked:
    """The checked tree of a condition over this dossier; raises WrongCondition."""
    checked = check_expression(text, dossier)
    if checked.tree.type != BOOL:
        raise WrongCondition(0, f"a condition that is true or false, found {checked.tree.type}")
    return checked


def check_expression(text: str, record: Record) -> Checked:
    """The checked tree of an expression of any type over the fields of this record; raises WrongCondition."""
    checker = _Checker(text=text, roots=record.fields)
    syntax = parse(text).children[0]
    assert not isinstance(syntax, Token)  # noqa: S101  the grammar's start has one rule below it
    tree = checker.node(syntax, {}, 0)
    return Checked(tree=tree, visits=checker.visits)


Scope = Mapping[str, Bound]


@dataclass(slots=True, kw_only=True)
class _Checker:
    text: str
    roots: Mapping[str, Type]
    slots: int = 0
    visits: int = 0
    patterns: int = 0
    walks: list[int] = field(default_factory=list)

    def node(self, syntax: Syntax, scope: Scope, depth: int) -> Node:
        if depth > DEEPEST:
            raise _wrong(syntax, f"at most {DEEPEST} levels of nesting")
        self.visits += math.prod(self.walks) * (depth + 1)
        parts = syntax.children
        match syntax.data:
            case "true" | "false":
                return Constant(syntax.data == "true", BOOL)
            case "int":
                return self._int(syntax, 1)
            case "double":
                return self._double(syntax, 1)
            case "string":
                return Constant(_written(_token(parts[0])).value, STRING)
            case "listing":
                return self._listing(syntax, scope, depth)
            case "name":
                return self._name(_token(parts[0]), scope)
            case "select":
                return self._select(syntax, scope, depth)
            case "negation":
                return self._negation(syntax, scope, depth)
            case "signed":
                return self._signed(syntax, scope, depth)
            case "both":
                return Both(tuple(self._bool(_tree(part), scope, depth) for part in parts))
            case "either":
                return Either(tuple(self._bool(_tree(part), scope, depth) for part in parts))
            case "choose":
                return self._choose(syntax, scope, depth)
            case "compare":
                return self._compare(syntax, scope, depth)
            case "among":
                return self._among(syntax, scope, depth)
            case "arithmetic":
                return self._arithmetic(syntax, scope, depth)
            case "call":
                return self._call(syntax, scope, depth)
            case "method":
                return self._method(syntax, scope, depth)
            case other:
                raise _wrong(syntax, f"an expression, found {other}")

    def _bool(self, syntax: Syntax, scope: Scope, depth: int) -> Node:
        node = self.node(syntax, scope, depth + 1)
        if node.type != BOOL:
            raise _wrong(syntax, f"a condition that is true or false, found {node.type}")
        return node

    def _int(self, syntax: Syntax, sign: int) -> Constant:
        digits = str(_token(syntax.children[0]))
        number = int(digits, 16 if digits.startswith("0x") else 10) if len(digits) <= 40 else 2**64
        if not -(2**63) <= sign * number < 2**63:
            raise _wrong(syntax, "a whole number that fits 64 bits")
        return Constant(sign * number, INT)

    def _double(self, syntax: Syntax, sign: int) -> Constant:
        value = float(_token(syntax.children[0]))
        if math.isinf(value):
            raise _wrong(syntax, "a number that fits 64 bits")
        return Constant(sign * value, DOUBLE)

    def _negation(self, syntax: Syntax, scope: Scope, depth: int) -> Node:
        operand = _tree(syntax.children[-1])
        twice = _signs(syntax) % 2 == 0
        node = self._bool(operand, scope, depth)
        return node if twice else Not(node)

    def _signed(self, syntax: Syntax, scope: Scope, depth: int) -> Node:
        operand, count = _tree(syntax.children[-1]), _signs(syntax)
        if any(sign != "-" for sign in syntax.children[:-1]):
            raise _wrong(syntax, "a value, found '+'")
        if operand.data == "int" and count == 1:
            return self._int(operand, -1)
        if operand.data == "double" and count == 1:
            return self._double(operand, -1)
        node = self.node(operand, scope, depth + 1)
        if node.type not in (INT, DOUBLE):
            raise _wrong(operand, f"an int or a double after -, found {node.type}")
        return node if count % 2 == 0 else Negative(node, node.type, self._said(syntax))

    def _listing(self, syntax: Syntax, scope: Scope, depth: int) -> Constants:
        items = _arguments(syntax.children[0])
        if not items:
            raise _wrong(syntax, "a list with at least one literal")
        if len(items) > MOST_LITERALS:
            raise _wrong(syntax, f"a list of at most {MOST_LITERALS} literals")
        found: list[Constant] = []
        for item in items:
            node = self.node(item, scope, depth + 1)
            if not isinstance(node, Constant):
                raise _wrong(item, "a literal")
            if found and node.type != found[0].type:
                raise _wrong(item, f"a {found[0].type} like the first of the list, found {node.type}")
            found.append(node)
        return Constants(tuple(node.value for node in found), ListOf(found[0].type, len(found)))

    def _name(self, token: Token, scope: Scope) -> Node:
        name = str(token)
        if name in scope:
            return scope[name]
        if name in RESERVED:
            raise WrongCondition(_start(token), f"a name, found the reserved word {name}")
        if name not in self.roots:
            known = (*self.roots, *scope)
            hint = nearest(name, known)
            raise WrongCondition(_start(token), f"one of {', '.join(known)}, found {name}{hint}")
        return Root(name, self.roots[name])

    def _select(self, syntax: Syntax, scope: Scope, depth: int) -> Field:
        of, token = self.node(_tree(syntax.children[0]), scope, depth + 1), _token(syntax.children[1])
        name = str(token)
        if not isinstance(of.type, Record):
            raise WrongCondition(_start(token), f"no field: {of.type} has none, found .{name}")
        if name not in of.type.fields:
            fields = of.type.fields
            hint = nearest(name, fields)
            said = f"a field of {of.type.name} ({', '.join(fields)}), found {name}{hint}"
            raise WrongCondition(_start(token), said)
        return Field(of, name, of.type.fields[name])

    def _choose(self, syntax: Syntax, scope: Scope, depth: int) -> Choose:
        test, then, otherwise = (_tree(part) for part in syntax.children)
        condition = self._bool(test, scope, depth)
        left, right = self.node(then, scope, depth + 1), self.node(otherwise, scope, depth + 1)
        if not isinstance(left.type, Simple) or not isinstance(right.type, Simple):
            raise _wrong(then, f"a value without parts, found {left.type}")
        if left.type.kind is not right.type.kind:
            raise _wrong(otherwise, f"a {left.type} on both sides of :, found {right.type}")
        choices = tuple(dict.fromkeys(left.type.choices + right.type.choices))
        closed = bool(left.type.choices and right.type.choices)
        return Choose(condition, left, right, Simple(left.type.kind, choices if closed else ()))

    def _compare(self, syntax: Syntax, scope: Scope, depth: int) -> Compare:
        first, token, second = (
            _tree(syntax.children[0]),
            _token(syntax.children[1]),
            _tree(syntax.children[2]),
        )
        left, right = self.node(first, scope, depth + 1), self.node(second, scope, depth + 1)
        operator = _COMPARISONS[str(token)]
        for part, node in ((first, left), (second, right)):
            if not isinstance(node.type, Simple):
                raise _wrong(part, f"a value without parts beside {operator}, found {node.type}")
            if operator not in ("==", "!=") and node.type.kind not in _ORDERED:
                raise _wrong(part, f"a value that has an order beside {operator}, found {node.type}")
        # Every other type was refused in the loop; this tells the type checker so.
        assert isinstance(left.type, Simple) and isinstance(right.type, Simple)  # noqa: S101, PT018  see above
        if left.type.kind is not right.type.kind:
            raise _wrong(second, f"a {left.type} to compare with a {left.type}, found {right.type}")
        self._meets(left.type, right, second)
        self._meets(right.type, left, first)
        return Compare(operator, left, right)

    def _meets(self, wanted: Type, node: Node, syntax: Syntax) -> None:
        """A literal that a closed set does not hold is a slip of the pen: the comparison could never be true."""
        if not isinstance(wanted, Simple) or not wanted.choices:
            return
        values = (
            (node.value,)
            if isinstance(node, Constant)
            else node.values
            if isinstance(node, Constants)
            else ()
        )
        for value in values:
            if value not in wanted.choices:
                hint = nearest(str(value), wanted.choices)
                raise _wrong(syntax, f"one of {', '.join(wanted.choices)}, found {value!r}{hint}")

    def _among(self, syntax: Syntax, scope: Scope, depth: int) -> Among:
        first, second = _tree(syntax.children[0]), _tree(syntax.children[1])
        left, right = self.node(first, scope, depth + 1), self.node(second, scope, depth + 1)
        if not isinstance(right.type, ListOf):
            raise _wrong(second, f"a list after in, found {right.type}")
        element = right.type.element
        if not isinstance(left.type, Simple) or not isinstance(element, Simple):
            raise _wrong(first, f"a value without parts before in, found {left.type}")
        if left.type.kind is not element.kind:
            raise _wrong(second, f"a list of {left.type}, found {right.type}")
        self._meets(left.type, right, second)
        self._meets(element, left, first)
        self.visits += math.prod(self.walks) * (depth + 1) * right.type.most
        return Among(left, right)

    def _arithmetic(self, syntax: Syntax, scope: Scope, depth: int) -> Arithmetic:
        first, token, second = (
            _tree(syntax.children[0]),
            _token(syntax.children[1]),
            _tree(syntax.children[2]),
        )
        left, right = self.node(first, scope, depth + 1), self.node(second, scope, depth + 1)
        operator = _OPERATORS[str(token)]
        if isinstance(left.type, Simple) and isinstance(right.type, Simple):
            result = _SUMS.get((operator, left.type.kind, right.type.kind))
            if result is not None:
                return Arithmetic(operator, left, right, result, self._said(syntax))
        raise _wrong(
            syntax, f"numbers or times that {operator} takes, found {left.type} {operator} {right.type}"
        )

    def _call(self, syntax: Syntax, scope: Scope, depth: int) -> Node:
        token, arguments = _token(syntax.children[0]), _arguments(syntax.children[1])
        name = str(token)
        if name not in FUNCTIONS:
            hint = nearest(name, FUNCTIONS)
            raise _wrong(syntax, f"one of the functions {', '.join(FUNCTIONS)}, found {name}{hint}")
        if len(arguments) != 1:
            raise _wrong(syntax, f"one argument to {name}, found {len(arguments)}")
        argument = arguments[0]
        match name:
            case "size":
                return self._size(argument, scope, depth)
            case "has":
                node = self.node(argument, scope, depth + 1)
                if not isinstance(node, Field):
                    raise _wrong(argument, "a field, such as has(item.tlp)")
                return Has(node)
            case "timestamp":
                return Constant(self._time(argument), TIMESTAMP)
            case _:
                span = parse_span(_literal(argument).value, days=False)
                if span is None:
                    raise _wrong(argument, 'a length of time such as duration("36h"), in h, m, s, ms or us')
                return Constant(span, DURATION)

    def _time(self, argument: Syntax) -> datetime:
        moment = time_of(_literal(argument).value)
        if moment is None:
            raise _wrong(argument, 'a time with its offset such as timestamp("2011-03-18T09:00:00Z")')
        return moment.astimezone(UTC)

    def _size(self, argument: Syntax, scope: Scope, depth: int) -> Size:
        node = self.node(argument, scope, depth + 1)
        if not isinstance(node.type, ListOf) and node.type != STRING and not _is_words(node.type):
            raise _wrong(argument, f"a list or a text to size, found {node.type}")
        return Size(node)

    def _method(self, syntax: Syntax, scope: Scope, depth: int) -> Node:
        subject, token, arguments = (
            syntax.children[0],
            _token(syntax.children[1]),
            _arguments(syntax.children[2]),
        )
        name = str(token)
        if name in MACROS:
            if len(arguments) != 2:
                raise _wrong(syntax, f"{name}(variable, expression), found {len(arguments)} arguments")
            return self._macro(syntax, (arguments[0], arguments[1]), scope, depth)
        if name == "size" and not arguments:
            return self._size(_tree(subject), scope, depth)
        if name == "matches" and len(arguments) == 1:
            return self._matches(_tree(subject), arguments[0], scope, depth)
        if name in METHODS and name != "size" and len(arguments) == 1:
            return self._affix(name, _tree(subject), arguments[0], scope, depth)
        known = (*MACROS, *METHODS)
        if name in known:
            raise WrongCondition(
                _start(token), f"the right number of arguments to {name}, found {len(arguments)}"
            )
        hint = nearest(name, known)
        raise WrongCondition(_start(token), f"one of {', '.join(known)}, found {name}{hint}")

    def _affix(self, name: str, subject: Syntax, argument: Syntax, scope: Scope, depth: int) -> Affix:
        of, part = self.node(subject, scope, depth + 1), self.node(argument, scope, depth + 1)
        for syntax, node in ((subject, of), (argument, part)):
            if not _is_words(node.type):
                raise _wrong(syntax, f"a string for {name}, found {node.type}")
        if name == "startsWith":
            return Affix("startsWith", of, part)
        return Affix("endsWith", of, part) if name == "endsWith" else Affix("contains", of, part)

    def _matches(self, subject: Syntax, argument: Syntax, scope: Scope, depth: int) -> Matches:
        of = self.node(subject, scope, depth + 1)
        if not _is_words(of.type):
            raise _wrong(subject, f"a string for matches, found {of.type}")
        written = _literal(argument)
        try:
            pattern = parse_pattern(written.value)
        except WrongPattern as wrong:
            raise WrongCondition(written.places[wrong.start], wrong.expected) from None
        self.patterns += pattern.size
        if self.patterns > LARGEST_PATTERNS:
            raise _wrong(argument, f"patterns of at most {LARGEST_PATTERNS} characters together")
        return Matches(of, pattern)

    def _macro(
        self, syntax: Syntax, arguments: tuple[Syntax, Syntax], scope: Scope, depth: int
    ) -> Quantifier:
        subject, name = _tree(syntax.children[0]), str(_token(syntax.children[1]))
        over = self.node(subject, scope, depth + 1)
        if not isinstance(over.type, ListOf):
            raise _wrong(subject, f"a list before .{name}, found {over.type}")
        if len(self.walks) >= DEEPEST_MACROS:
            raise _wrong(syntax, f"at most {DEEPEST_MACROS} macros inside each other")
        variable = self._variable(arguments[0], scope)
        bound = Bound(self.slots, over.type.element)
        self.slots += 1
        self.walks.append(over.type.most)
        body = self.node(arguments[1], {**scope, variable: bound}, depth + 1)
        self.walks.pop()
        return _quantifier(name, over, bound, body, arguments[1])

    def _variable(self, syntax: Syntax, scope: Scope) -> str:
        if syntax.data != "name":
            raise _wrong(syntax, "a new name for the variable")
        name = str(_token(syntax.children[0]))
        if name in RESERVED:
            raise _wrong(syntax, f"a new name for the variable, found the reserved word {name}")
        if name in self.roots or name in scope or name in FUNCTIONS:
            raise _wrong(syntax, f"a name not in use for the variable, found {name}")
        return name

    def _said(self, syntax: Syntax) -> str:
        said = self.text[syntax.meta.start_pos : syntax.meta.end_pos]
        return " ".join(said.split())


def _signs(syntax: Syntax) -> int:
    """How many ! or - stand before an operand. CEL takes pairs of them away: ``--x`` is x."""
    count = len(syntax.children) - 1
    if count > DEEPEST:
        raise _wrong(syntax, f"at most {DEEPEST} signs in a row")
    return count


def _quantifier(name: str, over: Node, bound: Bound, body: Node, syntax: Syntax) -> Quantifier:
    slot = bound.slot
    if name == "map":
        if isinstance(body.type, ListOf):
            raise _wrong(syntax, f"a value or a record in map, found {body.type}")
        most = over.type.most if isinstance(over.type, ListOf) else 0
        return Quantifier("map", over, slot, body, ListOf(body.type, most))
    if body.type != BOOL:
        raise _wrong(syntax, f"a condition that is true or false, found {body.type}")
    match name:
        case "all":
            return Quantifier("all", over, slot, body, BOOL)
        case "exists":
            return Quantifier("exists", over, slot, body, BOOL)
        case "exists_one":
            return Quantifier("exists_one", over, slot, body, BOOL)
        case _:
            return Quantifier("filter", over, slot, body, over.type)


def _is_words(type_: Type) -> bool:
    return isinstance(type_, Simple) and type_.kind is Kind.STRING


@dataclass(frozen=True, slots=True)
class _Written:
    """A text that the author wrote out: ``places[n]`` is where in the condition its character ``n`` stands.

    The last of the places is that of the closing quote.
    """

    value: str
    places: Sequence[int]


def _literal(syntax: Syntax) -> _Written:
    if syntax.data != "string":
        raise _wrong(syntax, "a text written out")
    return _written(_token(syntax.children[0]))


def _written(token: Token) -> _Written:
    start = _start(token) + 1
    if token.type == "RAW":
        return _Written(str(token)[2:-1], range(start + 1, start + len(token)))
    raw = str(token)[1:-1]
    if "\\" not in raw:
        return _Written(raw, range(start, start + len(raw) + 1))
    out, places, at = [], [], 0
    while at < len(raw):
        places.append(start + at)
        char, length = _character(raw, at, start)
        out.append(char)
        at += length
    return _Written("".join(out), [*places, start + at])


def _character(raw: str, at: int, start: int) -> tuple[str, int]:
    """The character that stands at ``at``, and how many it is written with."""
    if raw[at] != "\\":
        return raw[at], 1
    if raw[at + 1] in _ESCAPES:
        return _ESCAPES[raw[at + 1]], 2
    written = _CODES.match(raw, at)
    if written is not None:
        octal = written[4]
        code = int(octal, 8) if octal else int(written[1] or written[2] or written[3], 16)
        if 0 < code <= LAST and not 0xD800 <= code <= 0xDFFF:
            return chr(code), len(written[0])
    raise WrongCondition(start + at, "one of the escapes " + _SPOKEN_ESCAPES)


def _arguments(part: Token | Syntax | None) -> list[Syntax]:
    return (
        [_tree(argument) for argument in part.children]
        if part is not None and not isinstance(part, Token)
        else []
    )


def _tree(part: Token | Syntax) -> Syntax:
    assert not isinstance(part, Token)  # noqa: S101  the grammar puts a rule here
    return part


def _token(part: Token | Syntax) -> Token:
    assert isinstance(part, Token)  # noqa: S101  the grammar puts a terminal here
    return part


def _start(token: Token) -> int:
    return token.start_pos or 0


def _wrong(syntax: Syntax, expected: str) -> WrongCondition:
    start = 0 if syntax.meta.empty else syntax.meta.start_pos
    return WrongCondition(start, expected)
