"""Dossiers as lines of JSON, read as ``parse_json`` and ``read_dossier`` read them, several times as fast.

``DossierReader.read`` accepts, converts and refuses exactly what those two do. A line takes the quick way where a
function made from the schema finds every value to be of its type; whatever looks in any way irregular is put to the
plain way, which accepts it after all or says what is wrong. The quick way never refuses.

The quick way parses with Python's own JSON scanner, which lets more pass than ``parse_json``. What it lets pass is
caught so: NaN, infinities, numbers beyond 64 bits and deep nesting are values that no field has; halves of
surrogate pairs are no printable texts; a byte order mark and a NUL are no JSON. A key that stands twice is found by
counting: without a backslash, half of the line's quotation marks is the number of its texts, keys included, and
whatever a second key replaced is missing from the value.

The source of the functions is made from the schema only: names minted here, and the names of fields.
"""

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from tearline.facts.strict import LARGEST_BYTES, parse_json
from tearline.protocol.dossier import LONGEST_TEXT, read_dossier, time_of
from tearline.protocol.rule import Parameter
from tearline.protocol.schema import VERSIONS, schema
from tearline.protocol.span import parse_span
from tearline.protocol.types import Kind, ListOf, Record, Simple, Type

Quick = Callable[[object], int]
"""Converts a parsed dossier in place; the number of texts in it, keys included. Raises one of ``IRREGULAR``."""


class Irregular(Exception):
    """Something that the quick way leaves to the plain one."""


IRREGULAR = (Irregular, ValueError, TypeError, LookupError, AttributeError, StopIteration, RecursionError)
"""How the quick way fails: the last two are the scanner's, the rest a value of another type than was expected."""

_scan: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # typeshed lacks it


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierReader:
    """Reads dossiers that may state these parameters in their agreement."""

    parameters: tuple[Parameter, ...]
    _quick: dict[int, Quick] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        quick = {version: _generated(schema(self.parameters, version=version)) for version in VERSIONS}
        object.__setattr__(self, "_quick", quick)

    def read(self, line: bytes, *, file: str) -> dict[str, object]:
        """The dossier in these bytes; raises Malformed as ``parse_json`` and ``read_dossier`` do."""
        try:
            return self.read_quickly(line)
        except IRREGULAR:
            return read_dossier(parse_json(line, file=file), file=file, parameters=self.parameters)

    def read_quickly(self, line: bytes) -> dict[str, object]:
        """The same, or one of ``IRREGULAR`` where this is no dossier or does not look like most."""
        if b"\\" in line or len(line) > LARGEST_BYTES:
            raise Irregular
        text = line.decode().strip(" \t\r\n")
        dossier, end = _scan(text, 0)
        version = dossier["dossier"]
        if end != len(text) or type(version) is not int:
            raise Irregular
        if self._quick[version](dossier) * 2 != text.count('"'):
            raise Irregular
        read: dict[str, object] = dossier
        return read


def _slow_time(value: object) -> datetime:
    moment = time_of(value) if isinstance(value, str) else None
    if moment is None:
        raise Irregular
    return moment


@lru_cache(maxsize=4_096)
def _span(text: str) -> timedelta:
    span = parse_span(text, days=True)
    if span is None:
        raise Irregular
    return span


def _distinct(elements: Iterable[dict[str, object]]) -> None:
    seen = [one["id"] for one in elements if "id" in one]
    if len(set(seen)) != len(seen):
        raise Irregular


@lru_cache(maxsize=64)
def _generated(dossier: Record) -> Quick:
    writer = _Writer()
    top = writer.record(dossier, required=("dossier", "at"))
    source = "\n".join(writer.functions)
    exec(compile(source, "<the dossier's schema>", "exec"), writer.values)  # noqa: S102  our text, made from the schema
    made: Quick = writer.values[top]  # type: ignore[assignment]  # defined by the source above
    return made


@dataclass(slots=True)
class _Writer:
    """Functions in the making, one for each record: each checks a parsed record and converts it in place.

    ``t`` counts the fields that are texts, ``o`` the others, ``q`` the texts that stand inside of those.
    """

    functions: list[str] = field(default_factory=list)
    values: dict[str, object] = field(
        default_factory=lambda: {
            "Irregular": Irregular,
            "iso": datetime.fromisoformat,
            "slow_time": _slow_time,
            "span": _span,
            "distinct": _distinct,
            "finite": math.isfinite,
        }
    )

    def constant(self, value: object) -> str:
        name = f"K{len(self.values)}"
        self.values[name] = value
        return name

    def record(self, wanted: Record, *, required: tuple[str, ...] = ()) -> str:
        """The name of the function that reads this record."""
        lines = []
        for name, type_ in wanted.fields.items():
            if name in required:
                lines.append(f"    d[{name!r}]")
            is_text = isinstance(type_, Simple) and type_.kind in _TEXTS
            # None is never a value that a field has: where it stands, the count of fields below does not come out.
            lines += [
                f"    v = d.get({name!r})",
                "    if v is not None:",
                f"        {'t' if is_text else 'o'} += 1",
            ]
            lines += [f"        {line}" for line in self.value(name, type_)]
        name = f"read{len(self.functions)}"
        lines = [f"def {name}(d):", "    t = o = q = 0", *lines]
        lines += ["    if t + o != len(d): raise Irregular", "    return t + t + o + q"]
        self.functions.append("\n".join(lines))
        return name

    def value(self, name: str, wanted: Type) -> list[str]:
        match wanted:
            case Record():
                return [f"q += {self.record(wanted)}(v)"]
            case ListOf():
                return self.list_of(wanted)
            case Simple():
                return self.simple(name, wanted)

    def list_of(self, wanted: ListOf) -> list[str]:
        lines = [f"if type(v) is not list or len(v) > {wanted.most}: raise Irregular"]
        match wanted.element:
            case Record() as element:
                lines.append(f"for x in v: q += {self.record(element)}(x)")
                if element.identity == "id":
                    lines.append("if v: distinct(v)")
            case Simple(kind=Kind.STRING, choices=choices) if choices:
                known = self.constant(frozenset(choices))
                lines += [f"if not {known}.issuperset(v): raise Irregular", "q += len(v)"]
            case _:
                lines.append("raise Irregular")
        return lines

    def simple(self, name: str, wanted: Simple) -> list[str]:
        match wanted.kind:
            case Kind.TIMESTAMP:
                # Hyphens, T, colons and Z where they stand in 2011-03-18T09:00:00Z; the rest fromisoformat sees to.
                return [
                    'if len(v) == 20 and v[4::3] == "--T::Z": ' + f"d[{name!r}] = iso(v)",
                    f"else: d[{name!r}] = slow_time(v)",
                ]
            case Kind.DURATION:
                return ["if type(v) is not str: raise Irregular", f"d[{name!r}] = span(v)"]
            case Kind.STRING if wanted.choices:
                return [f"if v not in {self.constant(frozenset(wanted.choices))}: raise Irregular"]
            case Kind.STRING:
                # Only a text has isprintable.
                return [f"if not v.isprintable() or not 0 < len(v) <= {LONGEST_TEXT}: raise Irregular"]
            case Kind.BOOL:
                return ["if v is not True and v is not False: raise Irregular"]
            case Kind.INT:
                return [f"if type(v) is not int or not {-(2**63)} <= v < {2**63}: raise Irregular"]
            case Kind.DOUBLE:
                return ["if type(v) is not float or not finite(v): raise Irregular"]


_TEXTS = (Kind.TIMESTAMP, Kind.DURATION, Kind.STRING)
