"""The dossier as text and in memory: the facts of one proposed release. Its fields stand in ``schema``.

It holds identifiers, dates, counts and closed words, never content. A fact that is not known is absent:
there are no nulls. In JSON and YAML a time is RFC 3339 with its offset and a length of time is a text such as
``720h`` or ``30d``; in memory they are an aware datetime in UTC and a timedelta.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from tearline.facts.errors import Malformed
from tearline.protocol.rule import Parameter
from tearline.protocol.schema import OF_PARAMETER, VERSIONS, schema
from tearline.protocol.span import format_span, parse_span
from tearline.protocol.types import Kind, ListOf, Record, Simple, Type, is_of, nearest

LONGEST_TEXT = 300
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)


def read_dossier(data: object, *, file: str, parameters: Iterable[Parameter] = ()) -> dict[str, object]:
    """A dossier from parsed JSON or YAML, every value checked and converted; raises Malformed with its path.

    ``parameters`` are those of the packs it will be put to. Only ``dossier`` (the version) and ``at`` (the
    time of decision) must be there: whatever else is absent is a fact not known.
    """
    if not isinstance(data, dict):
        raise Malformed(file, "top", "a dossier: a map with the keys dossier and at")
    for key in ("dossier", "at"):
        if key not in data:
            raise Malformed(file, "top", f"the key {key}")
    version = data["dossier"]
    if not isinstance(version, int) or isinstance(version, bool) or version not in VERSIONS:
        raise Malformed(file, "dossier", f"one of {', '.join(map(str, VERSIONS))}, the dossier's version")
    read = _read(data, schema(parameters, version=version), "", file)
    assert isinstance(read, dict)  # noqa: S101  a record reads as a dict
    return read


def read_parameter(parameter: Parameter, plain: object, *, file: str, place: str) -> object:
    """One parameter's value as an agreement states it, converted; raises Malformed."""
    return _read(plain, OF_PARAMETER[parameter.type], place, file)


def write_dossier(dossier: Mapping[str, object]) -> dict[str, object]:
    """The plain values that ``read_dossier`` reads back to the same dossier."""
    return {key: plain_value(value) for key, value in dossier.items()}


def plain_value(value: object) -> object:
    """One value of a dossier as JSON can hold it: a time as RFC 3339 in UTC, a length of time in seconds."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case timedelta():
            return format_span(value)
        case Mapping():
            return {key: plain_value(inner) for key, inner in value.items()}
        case list() | tuple():
            return [plain_value(inner) for inner in value]
        case _:
            return value


def _read(value: object, wanted: Type, path: str, file: str) -> object:
    match wanted:
        case Record():
            return _record(value, wanted, path, file)
        case ListOf():
            if not isinstance(value, list):
                raise Malformed(file, path, "a list")
            if len(value) > wanted.most:
                raise Malformed(file, path, f"at most {wanted.most} entries, found {len(value)}")
            read = [_read(one, wanted.element, f"{path}[{n}]", file) for n, one in enumerate(value)]
            _distinct(read, wanted.element, path, file)
            return read
        case Simple():
            return _simple(value, wanted, path, file)


def _record(value: object, wanted: Record, path: str, file: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise Malformed(file, path, f"the fields of {wanted.name}")
    read = {}
    for key, inner in value.items():
        here = f"{path}.{key}" if path else str(key)
        if key not in wanted.fields:
            hint = nearest(str(key), wanted.fields)
            raise Malformed(file, here, f"a field of {wanted.name} ({', '.join(wanted.fields)}){hint}")
        read[key] = _read(inner, wanted.fields[key], here, file)
    return read


def _distinct(read: list[object], element: Type, path: str, file: str) -> None:
    """Two elements of one identity would make a reading point at two things. People may stand in a chain twice."""
    if not isinstance(element, Record) or element.identity != "id":
        return
    seen: set[object] = set()
    for n, one in enumerate(read):
        identity = one.get("id") if isinstance(one, dict) else None
        if identity is not None and identity in seen:
            raise Malformed(file, f"{path}[{n}].id", f"each id once, found {identity} again")
        seen.add(identity)


def _simple(value: object, wanted: Simple, path: str, file: str) -> object:
    match wanted.kind:
        case Kind.TIMESTAMP:
            return _time(value, path, file)
        case Kind.DURATION:
            span = parse_span(value, days=True) if isinstance(value, str) else None
            if span is None:
                raise Malformed(file, path, "a length of time such as 720h or 30d")
            return span
        case Kind.STRING:
            return _string(value, wanted, path, file)
        case Kind.INT:
            if not isinstance(value, int) or isinstance(value, bool) or not -(2**63) <= value < 2**63:
                raise Malformed(file, path, "a whole number that fits 64 bits")
            return value
        case _:
            if not is_of(wanted.kind, value):
                word = "true or false" if wanted.kind is Kind.BOOL else f"a {wanted.kind.value}"
                raise Malformed(file, path, word)
            return value


def _string(value: object, wanted: Simple, path: str, file: str) -> str:
    if not isinstance(value, str):
        raise Malformed(file, path, "a text")
    if wanted.choices and value not in wanted.choices:
        hint = nearest(value, wanted.choices)
        raise Malformed(file, path, f"one of {', '.join(wanted.choices)}{hint}")
    if not value or len(value) > LONGEST_TEXT or not value.isprintable():
        raise Malformed(file, path, f"a printable text of 1 to {LONGEST_TEXT} characters")
    return value


def time_of(text: str) -> datetime | None:
    """The moment that an RFC 3339 text says, in UTC, or None if it says none."""
    if not _TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _time(value: object, path: str, file: str) -> datetime:
    moment = time_of(value) if isinstance(value, str) else None
    if moment is None:
        raise Malformed(file, path, "a date and time with offset, such as 2011-03-18T09:00:00-06:00")
    return moment
