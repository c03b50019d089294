"""The shapes a declared value can have, read once from its type.

From one declaration come the ledger's JSON form (``encode``, ``decode``), the strict reading of what
people and files send (``parse``), and the JSON schema (``schema``). Times are aware and kept in UTC.
"""

import dataclasses
import re
import sys
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, NewType, Protocol, Union

from tearline.facts import identifiers
from tearline.facts.errors import Malformed
from tearline.facts.fact import Compartment, Label, Public, Sealed, Tag
from tearline.facts.words import Worded, Words

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
LONGEST_TEXT = 20_000
MOST_IN_A_LIST = 5_000
MOST_PAIRS = 200

# Control characters other than tab and line ends; and halves of surrogate pairs, which no UTF-8 can hold.
_UNFIT = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ud800-\udfff"
_FIT_TEXT = rf"^[^{_UNFIT}]*[^\s{_UNFIT}][^{_UNFIT}]*$"
_UNFIT_CHARACTER = re.compile(f"[{_UNFIT}]")
_ONE_LINE = re.compile(r"[^\u0000-\u001f\u007f\u2028\u2029\ud800-\udfff]+")
_DECIMAL = re.compile(r"[0-9]{1,16}(?:\.[0-9]{1,17})?", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)

# Python reads more of ISO 8601 than people expect (20110318, 2011-W11-5): one form each, or two readers differ.
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where in a sender's file a value stands, for one clear line of refusal."""

    file: str
    path: str = ""

    def __truediv__(self, step: str | int) -> "Place":
        inner = f"{self.path}[{step}]" if isinstance(step, int) else f"{self.path}.{step}".lstrip(".")
        return Place(self.file, inner)

    def expected(self, what: str) -> Malformed:
        return Malformed(self.file, self.path or "top", what)


class Shape(Protocol):
    """How values of one type are written, read and described."""

    def encode(self, value: Any) -> Json: ...
    def decode(self, json: Any) -> Any: ...
    def parse(self, plain: object, at: Place) -> Any: ...
    def schema(self) -> dict[str, Json]: ...
    def tags(self, value: Any) -> list[str]: ...


class Untagged:
    def tags(self, value: Any) -> list[str]:
        return []


def _same(value: Any) -> Any:
    return value


class Text(Untagged):
    def __init__(self, limit: int = LONGEST_TEXT) -> None:
        self.limit = limit
        self.encode = self.decode = _same

    def parse(self, plain: object, at: Place) -> str:
        if not isinstance(plain, str) or not plain.strip():
            raise at.expected("a text that is not empty")
        if len(plain) > self.limit:
            raise at.expected(f"at most {self.limit} characters, found {len(plain)}")
        if _UNFIT_CHARACTER.search(plain):
            raise at.expected("a text without control characters or half characters")
        return plain.strip().replace("\r\n", "\n")

    def schema(self) -> dict[str, Json]:
        return {"type": "string", "maxLength": self.limit, "pattern": _FIT_TEXT}


class Identifier:
    pattern: typing.ClassVar[re.Pattern[str]] = identifiers.PATTERN
    expected: typing.ClassVar[str] = identifiers.EXPECTED

    def __init__(self, name: str, prefix: str) -> None:
        self.name, self.prefix = name, prefix
        self.encode = self.decode = _same

    def parse(self, plain: object, at: Place) -> str:
        if not isinstance(plain, str) or not self.pattern.fullmatch(plain):
            raise at.expected(self.expected)
        return plain

    def schema(self) -> dict[str, Json]:
        return {
            "type": "string",
            "pattern": f"^{self.pattern.pattern}$",
            "title": self.name,
        }

    def tags(self, value: str) -> list[str]:
        return [f"{self.prefix}:{value}"]


class Thumbprint(Identifier):
    """The name of a key, which is the hash of its public part; or another name that is a hash."""

    pattern = identifiers.THUMBPRINT
    expected = "a thumbprint: SHA-256 in base64url"


class Whole(Untagged):
    LARGEST = 10**15

    def __init__(self) -> None:
        self.encode = self.decode = _same

    def parse(self, plain: object, at: Place) -> int:
        if isinstance(plain, str) and plain.isascii() and plain.isdigit():
            plain = int(plain) if len(plain) < 17 else self.LARGEST + 1
        if not isinstance(plain, int) or isinstance(plain, bool) or plain < 0:
            raise at.expected("a whole number, zero or more")
        if plain > self.LARGEST:
            raise at.expected(f"a whole number, at most {self.LARGEST}")
        return plain

    def schema(self) -> dict[str, Json]:
        return {"type": "integer", "minimum": 0, "maximum": self.LARGEST}


class Real(Untagged):
    """A figure that need not be whole: a chance, a likelihood ratio. What is counted is ``Whole``."""

    LARGEST = 1e15

    def __init__(self) -> None:
        self.encode = _same

    def decode(self, json: Any) -> float:
        return float(json)

    def parse(self, plain: object, at: Place) -> float:
        if isinstance(plain, str) and _DECIMAL.fullmatch(plain):
            plain = float(plain)
        # Not a number compares with nothing, so it is outside too.
        if not isinstance(plain, int | float) or isinstance(plain, bool) or not 0 <= plain <= self.LARGEST:
            raise at.expected("a number, zero or more, such as 0.05")
        return float(plain)

    def schema(self) -> dict[str, Json]:
        return {"type": "number", "minimum": 0, "maximum": self.LARGEST}


class Flag(Untagged):
    def __init__(self) -> None:
        self.encode = self.decode = _same

    def parse(self, plain: object, at: Place) -> bool:
        if not isinstance(plain, bool):
            raise at.expected("true or false")
        return plain

    def schema(self) -> dict[str, Json]:
        return {"type": "boolean"}


class Instant(Untagged):
    def encode(self, value: datetime) -> str:
        if value.tzinfo is None:
            raise TypeError("a time without an offset cannot be recorded")
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def decode(self, json: str) -> datetime:
        return datetime.fromisoformat(json)

    def parse(self, plain: object, at: Place) -> datetime:
        try:
            if isinstance(plain, str) and _INSTANT.fullmatch(plain):
                plain = datetime.fromisoformat(plain)
            if isinstance(plain, datetime) and plain.tzinfo is not None:
                return plain.astimezone(UTC)
        except (ValueError, OverflowError):  # no such day or hour; or outside the years 1 to 9999 in UTC
            pass
        raise at.expected("a date and time with offset, such as 2011-03-18T09:00:00-06:00")

    def schema(self) -> dict[str, Json]:
        return {"type": "string", "format": "date-time"}


class Day(Untagged):
    def encode(self, value: date) -> str:
        return value.isoformat()

    def decode(self, json: str) -> date:
        return date.fromisoformat(json)

    def parse(self, plain: object, at: Place) -> date:
        if isinstance(plain, date) and not isinstance(plain, datetime):
            return plain
        try:
            if isinstance(plain, str) and _DAY.fullmatch(plain):
                return date.fromisoformat(plain)
        except ValueError:  # no such day
            pass
        raise at.expected("a date such as 2011-03-18")

    def schema(self) -> dict[str, Json]:
        return {"type": "string", "format": "date"}


class Span(Untagged):
    """A length of time in whole seconds; people write ``24h``, ``30d`` or ``90m``."""

    UNITS: typing.ClassVar[dict[str, int]] = {"s": 1, "m": 60, "h": 3600, "d": 86400}

    def encode(self, value: timedelta) -> int:
        return int(value.total_seconds())

    def decode(self, json: int) -> timedelta:
        return timedelta(seconds=json)

    def parse(self, plain: object, at: Place) -> timedelta:
        if isinstance(plain, str) and len(plain) < 12 and plain[:-1].isascii() and plain[:-1].isdigit():
            seconds = int(plain[:-1]) * self.UNITS.get(plain[-1], 0)
            if 0 < seconds <= 100 * 366 * 86400:
                return timedelta(seconds=seconds)
        raise at.expected("a length of time such as 24h or 30d")

    def schema(self) -> dict[str, Json]:
        return {"type": "string", "pattern": "^[0-9]+[smhd]$"}


class Choice(Untagged):
    def __init__(self, options: type[StrEnum]) -> None:
        self.options = options
        self.decode = {str(o.value): o for o in options}.__getitem__

    def encode(self, value: StrEnum) -> str:
        return str(value.value)

    def parse(self, plain: object, at: Place) -> StrEnum:
        try:
            return self.options(str(plain))
        except ValueError:
            raise at.expected("one of " + ", ".join(o.value for o in self.options)) from None

    def schema(self) -> dict[str, Json]:
        return {"type": "string", "enum": [o.value for o in self.options]}

    def words(self) -> list[tuple[str, Words]]:
        return [
            (o.value, o.words if isinstance(o, Worded) else Words(o.value, o.value)) for o in self.options
        ]


class Many:
    def __init__(self, one: Shape) -> None:
        self.one = one

    def encode(self, value: tuple[Any, ...]) -> Json:
        return [self.one.encode(v) for v in value]

    def decode(self, json: list[Any]) -> tuple[Any, ...]:
        return tuple(self.one.decode(v) for v in json)

    def parse(self, plain: object, at: Place) -> tuple[Any, ...]:
        if not isinstance(plain, list | tuple):
            raise at.expected("a list")
        if len(plain) > MOST_IN_A_LIST:
            raise at.expected(f"at most {MOST_IN_A_LIST} entries")
        return tuple(self.one.parse(v, at / n) for n, v in enumerate(plain))

    def schema(self) -> dict[str, Json]:
        return {"type": "array", "items": self.one.schema(), "maxItems": MOST_IN_A_LIST}

    def tags(self, value: tuple[Any, ...]) -> list[str]:
        return [t for v in value for t in self.one.tags(v)]


class Pairs(Untagged):
    """A small map from names to whole numbers, texts, flags or spans: an agreement's parameters."""

    LONGEST = 200

    def encode(self, value: Mapping[str, int | str | bool]) -> Json:
        return dict(value)

    def decode(self, json: dict[str, Any]) -> Mapping[str, Any]:
        return types.MappingProxyType(json)

    def parse(self, plain: object, at: Place) -> Mapping[str, int | str | bool]:
        if not isinstance(plain, dict) or len(plain) > MOST_PAIRS:
            raise at.expected(f"a map of at most {MOST_PAIRS} names to values")
        for name, value in plain.items():
            if not isinstance(name, str) or not _NAME.fullmatch(name):
                raise (at / str(name)).expected("a name of a-z, 0-9 and _, at most 40 long")
            if not self._fits(value):
                raise (at / name).expected("a whole number, a short text, true or false")
        return types.MappingProxyType(dict(plain))

    def _fits(self, value: object) -> bool:
        """Parameters stand in clear, so they are short; and whole numbers fit what a protocol reckons with."""
        match value:
            case str():
                return len(value) <= self.LONGEST and _ONE_LINE.fullmatch(value) is not None
            case int():
                return -(2**63) <= value < 2**63
            case _:
                return False

    def schema(self) -> dict[str, Json]:
        return {
            "type": "object",
            "maxProperties": MOST_PAIRS,
            "propertyNames": {"pattern": f"^{_NAME.pattern}$"},
            "additionalProperties": {
                "anyOf": [
                    {"type": "string", "maxLength": self.LONGEST, "pattern": f"^{_ONE_LINE.pattern}$"},
                    {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
                    {"type": "boolean"},
                ]
            },
        }


class Maybe:
    def __init__(self, one: Shape) -> None:
        self.one = one

    def encode(self, value: Any) -> Json:
        return None if value is None else self.one.encode(value)

    def decode(self, json: Any) -> Any:
        return None if json is None else self.one.decode(json)

    def parse(self, plain: object, at: Place) -> Any:
        return None if plain is None else self.one.parse(plain, at)

    def schema(self) -> dict[str, Json]:
        return {"anyOf": [self.one.schema(), {"type": "null"}]}

    def tags(self, value: Any) -> list[str]:
        return [] if value is None else self.one.tags(value)


def decoding(shape: Shape) -> Callable[[Any], Any] | None:
    """How values of a shape are made of JSON; None where JSON holds them as they are.

    The same as ``decode``, without a step for each shape that only passes on what an inner one makes.
    """
    match shape:
        case Identifier():
            return sys.intern  # it stands in many facts, and is looked up in many tables
        case Text() | Whole() | Flag():
            return None
        case Maybe(one=one):
            made = decoding(one)
            return None if made is None else lambda json: None if json is None else made(json)
        case Many(one=one):
            each = decoding(one)
            return tuple if each is None else lambda json: tuple(map(each, json))
    return shape.decode


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """One declared field: its name, labels, shape, and the compartment that seals it, if any."""

    name: str
    label: Words
    shape: Shape
    compartment: Compartment | None
    required: bool
    default: Any = None


class Record:
    """A declared dataclass, read strictly: every field known, none twice, none missing."""

    def __init__(self, cls: type[Any], fields: tuple[Field, ...]) -> None:
        self.cls, self.fields = cls, fields
        self._by_name = {f.name: f for f in fields}

    def encode(self, value: Any) -> Json:
        return {f.name: f.shape.encode(getattr(value, f.name)) for f in self.fields}

    def decode(self, json: dict[str, Any]) -> Any:
        return self.cls(**{f.name: f.shape.decode(json[f.name]) for f in self.fields})

    def parse(self, plain: object, at: Place) -> Any:
        if not isinstance(plain, dict):
            raise at.expected(f"the fields of {self.cls.__name__}")
        for name in plain:
            if name not in self._by_name:
                raise (at / str(name)).expected(f"one of the fields {', '.join(self._by_name)}")
        for field in self.fields:
            if field.required and field.name not in plain:
                raise (at / field.name).expected("a value: this field is required")
        values = {}
        for name, given in plain.items():
            field = self._by_name[name]
            value = field.shape.parse(given, at / name)
            values[name] = Sealed(value) if field.compartment else value
        return self.cls(**values)

    def schema(self) -> dict[str, Json]:
        return {
            "type": "object",
            "additionalProperties": False,
            "required": [f.name for f in self.fields if f.required],
            "properties": {f.name: f.shape.schema() | {"description": f.label.en} for f in self.fields},
        }

    def tags(self, value: Any) -> list[str]:
        return [t for f in self.fields if not f.compartment for t in f.shape.tags(getattr(value, f.name))]


_PLAIN: dict[Any, Callable[[], Shape]] = {
    int: Whole,
    float: Real,
    bool: Flag,
    datetime: Instant,
    date: Day,
    timedelta: Span,
    Mapping: Pairs,
}


_RECORDS: dict[type[Any], Record] = {}


def record_of(cls: type[Any]) -> Record:
    """The shape of a declared dataclass, from its annotations; TypeError on a type it cannot hold."""
    known = _RECORDS.get(cls)
    if known is None:
        known = _RECORDS[cls] = _read(cls)
    return known


def _read(cls: type[Any]) -> Record:
    hints = typing.get_type_hints(cls, include_extras=True)
    fields = []
    for f in dataclasses.fields(cls):
        inner, notes = _unwrap(hints[f.name])
        compartment = next((n for n in notes if isinstance(n, Compartment)), None)
        label = next((n for n in notes if isinstance(n, Label)), None)
        if label is None:
            raise TypeError(f"{cls.__name__}.{f.name} has no label")
        is_sealed = typing.get_origin(inner) is Sealed
        if is_sealed != (compartment is not None):
            raise TypeError(
                f"{cls.__name__}.{f.name}: a sealed field names its compartment, a clear one has none"
            )
        shape = _shape(typing.get_args(inner)[0] if is_sealed else inner, notes, sealed=is_sealed)
        has_default = f.default is not dataclasses.MISSING
        fields.append(Field(f.name, label.words, shape, compartment, not has_default, f.default))
    return Record(cls, tuple(fields))


def _unwrap(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    if typing.get_origin(hint) is Annotated:
        return hint.__origin__, hint.__metadata__
    return hint, ()


def _shape(hint: Any, notes: tuple[Any, ...], *, sealed: bool) -> Shape:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        (inner,) = [a for a in args if a is not type(None)]
        return Maybe(_shape(inner, notes, sealed=sealed))
    if origin is tuple:
        return Many(_shape(args[0], notes, sealed=sealed))
    if origin is not None and issubclass(origin, Mapping):
        return Pairs()
    if isinstance(hint, NewType):
        return _identifier(hint, notes)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return Choice(hint)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return record_of(hint)
    if hint is str:
        public = next((n for n in notes if isinstance(n, Public)), None)
        if not sealed and public is None:
            raise TypeError("free text is sealed, or marked Public")
        return Text(public.limit if public else LONGEST_TEXT)
    if hint in _PLAIN:
        return _PLAIN[hint]()
    raise TypeError(f"{hint} cannot be recorded")


def _identifier(kind: NewType, notes: tuple[Any, ...]) -> Shape:
    name = kind.__name__
    if not name.endswith("Id"):
        raise TypeError(f"{name} is not an identifier")
    tag = next((n for n in notes if isinstance(n, Tag)), None)
    shape = Thumbprint if kind in identifiers.COMPUTED else Identifier
    return shape(name, tag.prefix if tag else name.removesuffix("Id").lower())
