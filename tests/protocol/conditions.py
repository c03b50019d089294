"""Conditions and dossiers by chance, typed as the schema says, for the tests that compare evaluators."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from math import isfinite

from hypothesis import strategies as st

from tearline.protocol.rule import Parameter, ParameterType
from tearline.protocol.schema import schema
from tearline.protocol.types import (
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
)
from tests.protocol.packs import WORDS

PARAMETERS = (
    Parameter(name="revetting", type=ParameterType.DURATION, label=WORDS),
    Parameter(name="min_knowers", type=ParameterType.INT, label=WORDS),
    Parameter(name="strict", type=ParameterType.BOOL, label=WORDS),
)


def _widened(dossier: Record) -> Record:
    """The dossier with what the language knows and this version of the dossier may lack.

    That is: doubles, lists of plain values, and records within records.
    """
    office = Record(
        "office", {"name": STRING, "rank": INT, "since": TIMESTAMP, "share": DOUBLE, "term": DURATION}
    )
    more: dict[str, dict[str, Type]] = {
        "agreement": {"tolerance": DOUBLE, "share": DOUBLE},
        "item": {"marks": ListOf(STRING), "figures": ListOf(DOUBLE), "counts": ListOf(INT), "office": office},
        "protection": {"risk": DOUBLE},
    }
    fields = dict(dossier.fields)
    for name, added in more.items():
        record = fields[name]
        assert isinstance(record, Record)
        fields[name] = Record(record.name, {**record.fields, **added}, record.identity)
    dissents = fields["dissents"]
    assert isinstance(dissents, ListOf)
    assert isinstance(dissents.element, Record)
    dissent = dissents.element
    weighted = {**dissent.fields, "weight": DOUBLE, "office": office, "grounds": ListOf(STRING)}
    fields["dissents"] = ListOf(Record(dissent.name, weighted, dissent.identity), dissents.most)
    return Record(dossier.name, fields, dossier.identity)


SCHEMA = schema(PARAMETERS)
WIDE = _widened(SCHEMA)

# Few values, so that comparisons often meet; edges of the types among them.
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TIMES = [NOW + timedelta(days=d) for d in (-365, -1, 0, 1)] + [datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)]
SPANS = [timedelta(0), timedelta(days=1), timedelta(days=365), timedelta(hours=-1), timedelta(days=106_751)]
NUMBERS = [-1, 0, 1, 2, 3, -7, 2**63 - 1, -(2**63)]
DOUBLES = [0.0, -0.0, 1.0, 0.5, -1.5, 3.0, 1e308, 5e-324, float("inf"), float("-inf"), float("nan")]
TEXTS = ["a", "b", "ab", "é", "aa", "a-1", "A_9", "a.b", "b a", "𝄞"]


@dataclass(frozen=True)
class Said:
    """The same expression for our language and for the oracle, which takes times out of records as texts."""

    ours: str
    oracle: str

    @staticmethod
    def same(text: str) -> "Said":
        return Said(text, text)

    @staticmethod
    def of(form: str, *parts: "Said") -> "Said":
        return Said(form.format(*(p.ours for p in parts)), form.format(*(p.oracle for p in parts)))


VALUES: Mapping[Kind, Sequence[object]] = {
    Kind.BOOL: [False, True],
    Kind.INT: NUMBERS,
    Kind.DOUBLE: DOUBLES,
    Kind.STRING: TEXTS,
    Kind.TIMESTAMP: TIMES,
    Kind.DURATION: SPANS,
}


def values(type_: Simple) -> st.SearchStrategy[object]:
    return st.sampled_from(type_.choices or VALUES[type_.kind])


def facts(type_: Type) -> st.SearchStrategy[object]:
    match type_:
        case Simple():
            return values(type_)
        case ListOf():
            return st.lists(facts(type_.element), max_size=3)
        case Record():
            return _mostly_whole({k: facts(t) for k, t in type_.fields.items()})


def _mostly_whole(fields: dict[str, st.SearchStrategy[object]]) -> st.SearchStrategy[dict[str, object]]:
    """Maps with one field in eight missing, or in every fourth one in two: enough to meet errors, not only them."""
    whole = st.fixed_dictionaries(fields)
    lacking = st.tuples(whole, st.sets(st.sampled_from(sorted(fields)), max_size=1 + len(fields) // 8)).map(
        lambda both: {key: value for key, value in both[0].items() if key not in both[1]}
    )
    return st.one_of(whole, lacking, lacking, st.fixed_dictionaries({}, optional=fields))


def dossiers(record: Record = SCHEMA) -> st.SearchStrategy[dict[str, object]]:
    """Dossiers with any fact missing but the time of decision."""
    optional = {key: facts(type_) for key, type_ in record.fields.items() if key not in ("dossier", "at")}
    return st.tuples(_mostly_whole(optional), st.sampled_from(TIMES)).map(
        lambda both: {"dossier": 1, "at": both[1], **both[0]}
    )


_ATOMS = [
    "a",
    "b",
    "é",
    "-",
    "1",
    ".",
    "\\.",
    "\\-",
    "[ab]",
    "[^a]",
    "[a-z]",
    "[\\w-]",
    "[é𝄞]",
    "[^\\d\\s]",
    "\\n",
]
_ATOMS += ["\\d", "\\w", "\\s", "\\D", "\\W", "\\S"]
_REPEATS = ["*", "+", "?", "{2}", "{0}", "{1,}", "{0,2}", "{1,3}"]


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    alternatives = st.lists(inner, min_size=1, max_size=3).map("|".join)
    group = st.tuples(st.sampled_from(["({})", "(?:{})"]), alternatives).map(
        lambda both: both[0].format(both[1])
    )
    repeated = st.tuples(st.sampled_from(_ATOMS) | group, st.sampled_from(_REPEATS)).map("".join)
    return st.lists(st.sampled_from(_ATOMS) | repeated | group, max_size=3).map("".join)


_BRANCHES = st.tuples(
    st.sampled_from(["", "", "^"]),
    st.sampled_from(_ATOMS)
    | st.tuples(st.sampled_from(_ATOMS), st.sampled_from(_REPEATS)).map("".join)
    | st.recursive(st.sampled_from(_ATOMS), _grown, max_leaves=4),
    st.sampled_from(["", "", "$"]),
).map("".join)


def patterns() -> st.SearchStrategy[str]:
    """Regular expressions of the language, most of them small enough for it."""
    return st.lists(_BRANCHES, min_size=1, max_size=2).map("|".join)


Scope = tuple[tuple[str, Type], ...]


@dataclass(frozen=True)
class _Path:
    """``held``: a record holds the value, which the oracle then has as text where it is a time."""

    text: str
    type: Type
    held: bool

    def said(self) -> Said:
        if self.held and isinstance(self.type, Simple):
            return Said(self.text, _unwrapped(self.text, self.type.kind))
        return Said.same(self.text)


def _below(name: str, type_: Type, *, held: bool) -> list[_Path]:
    if not isinstance(type_, Record):
        return [_Path(name, type_, held)]
    return [
        path for field, inner in type_.fields.items() for path in _below(f"{name}.{field}", inner, held=True)
    ]


_ROOTS = [path for name, type_ in WIDE.fields.items() for path in _below(name, type_, held=False)]
_HELD = [
    f"{name}.{field}"
    for name, type_ in WIDE.fields.items()
    if isinstance(type_, Record)
    for field in type_.fields
]
Wanted = Callable[[Type], bool]
_SUMS = {
    Kind.INT: [f"{{}} {operator} {{}}" for operator in "+-*/%"],
    Kind.DOUBLE: [f"{{}} {operator} {{}}" for operator in "+-*/"],
}
_TIMES = {
    Kind.TIMESTAMP: [
        ("{} + {}", Kind.TIMESTAMP, Kind.DURATION),
        ("{} - {}", Kind.TIMESTAMP, Kind.DURATION),
        ("{} + {}", Kind.DURATION, Kind.TIMESTAMP),
    ],
    Kind.DURATION: [
        ("{} - {}", Kind.TIMESTAMP, Kind.TIMESTAMP),
        ("{} + {}", Kind.DURATION, Kind.DURATION),
        ("{} - {}", Kind.DURATION, Kind.DURATION),
    ],
}
_KINDS = [*Kind, Kind.STRING, Kind.STRING, Kind.TIMESTAMP, Kind.INT, Kind.INT, Kind.DOUBLE]


@dataclass(frozen=True)
class Value:
    """An expression of a type without parts. ``literal``: it must be one of the words that it is put beside."""

    said: Said
    type: Simple
    literal: bool = False


class Author:
    """Writes expressions, drawing every choice."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.names = 0

    def one_of(self, *options: str) -> str:
        return self.draw(st.sampled_from(options))

    def chance(self, of: int) -> bool:
        return self.draw(st.integers(1, of)) == of

    def name(self) -> str:
        self.names += 1
        return f"x{self.names}"

    # facts

    def path(self, wanted: Wanted, scope: Scope) -> _Path | None:
        """A path of such a type; within a macro mostly of its own element."""
        known = [path for path in _ROOTS if wanted(path.type)]
        for name, type_ in scope:
            own = [path for path in _below(name, type_, held=False) if wanted(path.type)]
            known += own * (1 + len(known) // max(len(own), 1))
        return self.draw(st.sampled_from(known)) if known else None

    def has(self, scope: Scope) -> Said:
        held = list(_HELD)
        for name, type_ in scope:
            if isinstance(type_, Record):
                held += [f"{name}.{field}" for field in type_.fields] * 3
        path = "item.office" if self.chance(8) else self.draw(st.sampled_from(held))
        if path.endswith(".office") and not self.chance(3):
            path += self.one_of(".name", ".rank", ".since")
        return Said.same(f"has({path})")

    # values without parts

    def literal(self, type_: Simple) -> Value:
        if type_ == STRING and self.chance(12):
            return Value(Said.same('"ñ\\n"'), type_, literal=True)
        known = values(type_).filter(lambda one: not isinstance(one, float) or isfinite(one))
        return Value(Said.same(self.written(self.draw(known))), type_, literal=True)

    def written(self, value: object) -> str:
        match value:
            case bool():
                return "true" if value else "false"
            case int():
                return f"{'-' * (value < 0)}0x{abs(value):x}" if self.chance(4) else str(value)
            case float():
                return repr(value)
            case str():
                return self.quoted(value)
            case datetime():
                zone = timezone(timedelta(hours=self.draw(st.sampled_from([0, 0, -6]))))
                return f"timestamp({self.quoted(value.astimezone(zone).isoformat())})"
            case timedelta():
                seconds = int(value.total_seconds())
                said = [
                    f"{seconds}s",
                    f"{seconds}000ms",
                    f"{seconds // 3600}h" if seconds % 3600 == 0 else f"{seconds}s",
                ]
                return f"duration({self.quoted(self.one_of(*said))})"
            case _:
                raise AssertionError(value)

    def quoted(self, text: str) -> str:
        if text.isprintable() and not set(text) & {'"', "'", "\\"}:
            return self.one_of(f'"{text}"', f"'{text}'", f'r"{text}"', f"R'{text}'")
        plain = set(text) & {'"'} or not text.isprintable()
        return json.dumps(text, ensure_ascii=False) if plain or self.chance(2) else f'r"{text}"'

    def value(self, kind: Kind, scope: Scope, depth: int) -> Value:
        choice = self.draw(st.integers(0, 11)) if depth > 0 else self.draw(st.integers(0, 4))
        if kind is Kind.BOOL and choice > 6:
            return Value(Said.of("({})", self.bool(scope, depth - 1)), Simple(kind))
        if choice == 5:
            return self.choice(kind, scope, depth - 1)
        if choice > 5 and kind in (Kind.INT, Kind.DOUBLE, Kind.TIMESTAMP, Kind.DURATION):
            return Value(self.computed(kind, scope, depth - 1), Simple(kind))
        path = (
            self.path(lambda type_: isinstance(type_, Simple) and type_.kind is kind, scope)
            if choice > 0
            else None
        )
        if path is None or not isinstance(path.type, Simple):
            return self.literal(Simple(kind))
        return Value(path.said(), path.type)

    def choice(self, kind: Kind, scope: Scope, depth: int) -> Value:
        test = self.bool(scope, depth)
        then, otherwise = self.value(kind, scope, depth), self.value(kind, scope, depth)
        both = then.type.choices + otherwise.type.choices
        closed = tuple(dict.fromkeys(both)) if then.type.choices and otherwise.type.choices else ()
        return Value(Said.of("({} ? {} : {})", test, then.said, otherwise.said), Simple(kind, closed))

    def computed(self, kind: Kind, scope: Scope, depth: int) -> Said:
        if kind in _SUMS:
            choice = self.draw(st.integers(0, 11))
            if choice <= 1:
                return Said.of("-({})", self.value(kind, scope, depth).said)
            if choice == 2:
                return Said.of("--{}", self.held(kind, scope))
            if choice <= 4 and kind is Kind.INT:
                sized = (
                    self.list(scope, depth)[0]
                    if self.chance(2)
                    else self.value(Kind.STRING, scope, depth).said
                )
                return Said.of(self.one_of("size({})", "({}).size()"), sized)
            form = self.draw(st.sampled_from(_SUMS[kind]))
            return Said.of(f"({form})", *(self.value(kind, scope, depth).said for _ in range(2)))
        form, left, right = self.draw(st.sampled_from(_TIMES[kind]))
        return Said.of(f"({form})", self.value(left, scope, depth).said, self.value(right, scope, depth).said)

    def held(self, kind: Kind, scope: Scope) -> Said:
        path = self.path(lambda type_: isinstance(type_, Simple) and type_.kind is kind, scope)
        assert path is not None
        return path.said()

    # lists

    def list(self, scope: Scope, depth: int, kind: Kind | None = None) -> tuple[Said, Type]:
        """A list and the type of its elements, which are of this kind where one is given."""
        choice = self.draw(st.integers(0, 5))
        if depth > 0 and len(scope) < 2 and choice == 0:
            over, element = self.list(scope, depth - 1, kind)
            name = self.name()
            body = self.bool((*scope, (name, element)), depth - 1)
            return Said.of(f"{{}}.filter({name}, {{}})", over, body), element
        if depth > 0 and len(scope) < 2 and choice <= 2:
            return self.mapped(scope, depth - 1, kind)
        wanted = lambda type_: isinstance(type_, ListOf) and _is_of(type_.element, kind)  # noqa: E731  short here
        path = self.path(wanted, scope) if choice <= 4 else None
        if path is None or not isinstance(path.type, ListOf):
            return self.literals(Simple(kind or self.draw(st.sampled_from(_KINDS))))
        return path.said(), path.type.element

    def mapped(self, scope: Scope, depth: int, kind: Kind | None) -> tuple[Said, Type]:
        over, element = self.list(scope, depth)
        name = self.name()
        if kind is None and isinstance(element, Record) and self.chance(3):
            return Said.of(f"{{}}.map({name}, {name})", over), element
        inner = (*scope, (name, element))
        if not scope and kind in (None, Kind.BOOL) and self.chance(4):
            return Said.of(f"{{}}.map({name}, {{}})", over, self.quantifier(inner, 1)), Simple(Kind.BOOL)
        body = self.value(kind or self.draw(st.sampled_from(_KINDS)), inner, depth)
        return Said.of(f"{{}}.map({name}, {{}})", over, body.said), body.type

    def literals(self, type_: Simple) -> tuple[Said, Type]:
        items = [self.literal(type_).said for _ in range(self.draw(st.integers(1, 3)))]
        return Said.of("[" + ", ".join(["{}"] * len(items)) + "]", *items), Simple(type_.kind)

    # conditions

    def bool(self, scope: Scope, depth: int) -> Said:
        choice = self.draw(st.integers(0, 17)) if depth > 0 else self.draw(st.integers(0, 4))
        match choice:
            case 0:
                path = self.path(lambda type_: isinstance(type_, Simple) and type_.kind is Kind.BOOL, scope)
                return path.said() if path and self.chance(2) else self.literal(Simple(Kind.BOOL)).said
            case 1 | 2 | 3:
                return self.compare(scope, depth)
            case 4:
                return self.has(scope)
            case 5:
                return Said.of(self.one_of("!({})", "!!({})"), self.bool(scope, depth - 1))
            case 6 | 7:
                return self.joined("&&", scope, depth)
            case 8 | 9:
                return self.joined("||", scope, depth)
            case 10 | 11:
                return self.among(scope, depth)
            case 12:
                return Said.of("(({}) ? ({}) : ({}))", *(self.bool(scope, depth - 1) for _ in range(3)))
            case 13 | 14:
                return self.of_text(scope, depth)
            case _:
                return self.quantifier(scope, depth) if len(scope) < 2 else self.compare(scope, depth)

    def joined(self, operator: str, scope: Scope, depth: int) -> Said:
        count = self.draw(st.integers(2, 3))
        parts = [self.bool(scope, depth - 1) for _ in range(count)]
        return Said.of("(" + f" {operator} ".join(["{}"] * count) + ")", *parts)

    def compare(self, scope: Scope, depth: int) -> Said:
        kind = self.draw(st.sampled_from(_KINDS))
        left, right = self.value(kind, scope, depth - 1), self.value(kind, scope, depth - 1)
        if left.type.choices and (right.literal or self.chance(2)):
            right = self.literal(left.type)
        elif right.type.choices and left.literal:
            left = self.literal(right.type)
        operators = ["==", "!="] if kind is Kind.BOOL else ["==", "!=", "<", "<=", ">", ">="]
        return Said.of(f"({{}} {self.one_of(*operators)} {{}})", left.said, right.said)

    def among(self, scope: Scope, depth: int) -> Said:
        kind = self.draw(st.sampled_from(_KINDS))
        element = self.value(kind, scope, depth - 1)
        if self.chance(2):
            return Said.of("({} in {})", element.said, self.literals(element.type)[0])
        over, inner = self.list(scope, depth - 1, kind)
        assert isinstance(inner, Simple)
        if element.literal and inner.choices:
            element = self.literal(inner)
        elif (
            element.type.choices and not inner.choices and over.ours.startswith("[")
        ):  # literals must be among the words
            element = self.literal(Simple(kind))
        return Said.of("({} in {})", element.said, over)

    def of_text(self, scope: Scope, depth: int) -> Said:
        text = self.value(Kind.STRING, scope, depth - 1).said
        if self.chance(2):
            return Said.of("{}.matches({})", text, Said.same(self.quoted(self.draw(patterns()))))
        part = self.value(Kind.STRING, scope, depth - 1).said
        return Said.of(f"{{}}.{self.one_of('startsWith', 'endsWith', 'contains')}({{}})", text, part)

    def quantifier(self, scope: Scope, depth: int) -> Said:
        over, element = self.list(scope, depth - 1)
        name = self.name()
        body = self.bool((*scope, (name, element)), depth - 1)
        kind = self.one_of("all", "exists", "exists", "exists_one", "filter")
        if kind == "filter":
            operator = self.one_of(">", "==", "<")
            return Said.of(f"(size({{}}.filter({name}, {{}})) {operator} 1)", over, body)
        return Said.of(f"{{}}.{kind}({name}, {{}})", over, body)


def _is_of(type_: Type, kind: Kind | None) -> bool:
    return kind is None or (isinstance(type_, Simple) and type_.kind is kind)


def _unwrapped(text: str, kind: Kind) -> str:
    match kind:
        case Kind.TIMESTAMP:
            return f"timestamp({text})"
        case Kind.DURATION:
            return f"duration({text})"
        case _:
            return text


@st.composite
def conditions(draw: st.DrawFn, depth: int = 3) -> Said:
    """A condition in both forms."""
    return Author(draw).bool((), depth)
