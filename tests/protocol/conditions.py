"""Conditions and dossiers by chance, typed as the schema says, for the tests that compare evaluators."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from tearline.protocol.rule import Parameter, ParameterType
from tearline.protocol.schema import schema
from tearline.protocol.types import Kind, ListOf, Record, Simple, Type
from tests.protocol.packs import WORDS

PARAMETERS = (
    Parameter(name="revetting", type=ParameterType.DURATION, label=WORDS),
    Parameter(name="min_knowers", type=ParameterType.INT, label=WORDS),
    Parameter(name="strict", type=ParameterType.BOOL, label=WORDS),
)
SCHEMA = schema(PARAMETERS)

# Few values, so that comparisons often meet; edges of the types among them.
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TIMES = [NOW + timedelta(days=d) for d in (-365, -1, 0, 1)] + [datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)]
SPANS = [timedelta(0), timedelta(days=1), timedelta(days=365), timedelta(hours=-1)]
NUMBERS = [-1, 0, 1, 2, 3, 2**63 - 1, -(2**63)]
TEXTS = ["a", "b", "ab", "é"]


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


def values(type_: Simple) -> st.SearchStrategy[object]:
    match type_.kind:
        case Kind.BOOL:
            return st.booleans()
        case Kind.INT:
            return st.sampled_from(NUMBERS)
        case Kind.STRING:
            return st.sampled_from(type_.choices or TEXTS)
        case Kind.TIMESTAMP:
            return st.sampled_from(TIMES)
        case Kind.DURATION:
            return st.sampled_from(SPANS)
        case Kind.DOUBLE:
            return st.floats()


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


def dossiers() -> st.SearchStrategy[dict[str, object]]:
    """Dossiers with any fact missing but the time of decision."""
    optional = {key: facts(type_) for key, type_ in SCHEMA.fields.items() if key not in ("dossier", "at")}
    return st.tuples(_mostly_whole(optional), st.sampled_from(TIMES)).map(
        lambda both: {"dossier": 1, "at": both[1], **both[0]}
    )


Scope = tuple[tuple[str, Record], ...]
Draw = Callable[[st.SearchStrategy[object]], object]


def _paths(scope: Scope) -> list[tuple[str, Type, bool]]:
    """Every path that can be read here: its text, its type, and whether a record holds it."""
    found: list[tuple[str, Type, bool]] = []
    for name, type_ in SCHEMA.fields.items():
        if isinstance(type_, Record):
            found += [(f"{name}.{field}", inner, True) for field, inner in type_.fields.items()]
        else:
            found.append((name, type_, False))
    for name, record in scope:
        found += [(f"{name}.{field}", inner, True) for field, inner in record.fields.items()]
    return found


class Author:
    """Writes expressions, drawing every choice."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.names = 0

    def path(self, kind: Kind, scope: Scope) -> tuple[Said, Simple] | None:
        known = [p for p in _paths(scope) if isinstance(p[1], Simple) and p[1].kind is kind]
        if scope:  # within a macro, mostly its own element
            own = [p for p in known if p[0].startswith(scope[-1][0] + ".")]
            known = own * 3 + known
        if not known:
            return None
        text, type_, held = self.draw(st.sampled_from(known))
        assert isinstance(type_, Simple)
        return Said(text, _unwrapped(text, kind) if held else text), type_

    def literal(self, type_: Simple) -> Said:
        value = self.draw(values(type_))
        match value:
            case bool():
                return Said.same("true" if value else "false")
            case int():
                return Said.same(str(max(value, -(2**63) + 1)))
            case str():
                return Said.same(f'"{value}"')
            case datetime():
                return Said.same(f'timestamp("{value.isoformat()}")')
            case timedelta():
                return Said.same(f'duration("{int(value.total_seconds())}s")')
            case _:
                raise AssertionError(value)

    def value(self, kind: Kind, scope: Scope, depth: int) -> tuple[Said, Simple]:
        """An expression of this kind, and its type."""
        choice = self.draw(st.integers(0, 9))
        plain = Simple(kind)
        if depth > 0 and choice >= 8 and kind in (Kind.INT, Kind.TIMESTAMP, Kind.DURATION):
            return self.sum(kind, scope, depth - 1), plain
        if depth > 0 and choice == 7:
            test = self.bool(scope, depth - 1)
            (then, one), (otherwise, other) = (self.value(kind, scope, depth - 1) for _ in range(2))
            closed = one.choices + other.choices if one.choices and other.choices else ()
            return Said.of("({} ? {} : {})", test, then, otherwise), Simple(
                kind, tuple(dict.fromkeys(closed))
            )
        if depth > 0 and choice == 6 and kind is Kind.INT:
            return Said.of("size({})", self.list(scope, depth - 1)[0]), plain
        path = self.path(kind, scope) if choice > 1 else None
        return path or (self.literal(plain), plain)

    def sum(self, kind: Kind, scope: Scope, depth: int) -> Said:
        forms = {
            Kind.INT: [
                ("{} + {}", Kind.INT, Kind.INT),
                ("{} - {}", Kind.INT, Kind.INT),
                ("{} * {}", Kind.INT, Kind.INT),
            ],
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
        }[kind]
        form, left, right = self.draw(st.sampled_from(forms))
        parts = self.value(left, scope, depth)[0], self.value(right, scope, depth)[0]
        return Said.of(f"({form})", *parts)

    def list(self, scope: Scope, depth: int) -> tuple[Said, Record]:
        """A list of records: one of the dossier's, perhaps filtered."""
        known = [(text, type_) for text, type_, _ in _paths(scope) if _of_records(type_)]
        text, type_ = self.draw(st.sampled_from(known))
        assert isinstance(type_, ListOf)
        assert isinstance(type_.element, Record)
        said = Said.same(text)
        if depth > 0 and len(scope) < 1 and self.draw(st.integers(0, 3)) == 0:
            name = self.name()
            body = self.bool((*scope, (name, type_.element)), depth - 1)
            said = Said.of(f"{{}}.filter({name}, {{}})", said, body)
        return said, type_.element

    def name(self) -> str:
        self.names += 1
        return f"x{self.names}"

    def bool(self, scope: Scope, depth: int) -> Said:
        choice = self.draw(st.integers(0, 13)) if depth > 0 else self.draw(st.integers(0, 3))
        match choice:
            case 0:
                path = self.path(Kind.BOOL, scope)
                return path[0] if path else self.literal(Simple(Kind.BOOL))
            case 1 | 2:
                return self.compare(scope, depth)
            case 3:
                held = [text for text, type_, held in _paths(scope) if held and isinstance(type_, Simple)]
                return Said.same(f"has({self.draw(st.sampled_from(held))})")
            case 4:
                return Said.of("!({})", self.bool(scope, depth - 1))
            case 5 | 6:
                return self.joined("&&", scope, depth)
            case 7 | 8:
                return self.joined("||", scope, depth)
            case 9:
                return self.among(scope, depth)
            case 10:
                parts = (self.bool(scope, depth - 1) for _ in range(3))
                return Said.of("(({}) ? ({}) : ({}))", *parts)
            case _:
                return self.quantifier(scope, depth) if len(scope) < 2 else self.compare(scope, depth)

    def joined(self, operator: str, scope: Scope, depth: int) -> Said:
        count = self.draw(st.integers(2, 3))
        parts = [self.bool(scope, depth - 1) for _ in range(count)]
        return Said.of("(" + f" {operator} ".join(["{}"] * count) + ")", *parts)

    def compare(self, scope: Scope, depth: int) -> Said:
        kind = self.draw(
            st.sampled_from([Kind.STRING, Kind.STRING, Kind.TIMESTAMP, Kind.INT, Kind.DURATION, Kind.BOOL])
        )
        left, type_ = self.value(kind, scope, depth - 1)
        equal = kind is Kind.BOOL or type_.choices
        operator = self.draw(st.sampled_from(["==", "!="] if equal else ["==", "!=", "<", "<=", ">", ">="]))
        if type_.choices:
            right = self.literal(type_)
        else:
            right, other = self.value(kind, scope, depth - 1)
            if other.choices and not _is_path(left.ours):  # a literal must be one of the words
                left = self.literal(other)
        return Said.of(f"({{}} {operator} {{}})", left, right)

    def among(self, scope: Scope, depth: int) -> Said:
        kind = self.draw(st.sampled_from([Kind.STRING, Kind.INT, Kind.TIMESTAMP]))
        element, type_ = self.value(kind, scope, depth - 1)
        if len(scope) < 1 and not type_.choices and self.draw(st.booleans()):
            over, record = self.list(scope, 0)
            name = self.name()
            body, inner = self.value(kind, (*scope, (name, record)), 1)
            if not (inner.choices and not _is_path(element.ours)):
                return Said.of(f"({{}} in {{}}.map({name}, {{}}))", element, over, body)
        literals = [self.literal(type_) for _ in range(self.draw(st.integers(1, 3)))]
        listing = Said.of("[" + ", ".join(["{}"] * len(literals)) + "]", *literals)
        return Said.of("({} in {})", element, listing)

    def quantifier(self, scope: Scope, depth: int) -> Said:
        over, record = self.list(scope, depth - 1)
        kind = self.draw(st.sampled_from(["all", "exists", "exists", "exists_one", "size"]))
        name = self.name()
        body = self.bool((*scope, (name, record)), depth - 1)
        if kind == "size":
            operator = self.draw(st.sampled_from([">", "==", "<"]))
            return Said.of(f"(size({{}}.filter({name}, {{}})) {operator} 1)", over, body)
        return Said.of(f"{{}}.{kind}({name}, {{}})", over, body)


def _of_records(type_: Type) -> bool:
    return isinstance(type_, ListOf) and isinstance(type_.element, Record)


def _is_path(text: str) -> bool:
    return not text.startswith('"')


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
