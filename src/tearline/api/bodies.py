"""JSON in and out: written without spaces, and read strictly, by the shapes that the facts declare.

What people send to a form is text, so a shape reads ``"7"`` as a number. JSON has types, so what is sent here has to
have the right one; everything that is wrong is named, each by its JSON pointer.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request

from tearline.facts.errors import Malformed
from tearline.facts.fact import Sealed
from tearline.facts.shape import Choice, Field, Json, Many, Maybe, Place, Real, Record, Shape, Whole
from tearline.facts.strict import parse_json

LARGEST = 2**20
"""Bytes of a body: a protocol's text of 512 KiB as JSON writes it, and more than any fact can hold."""
_WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_STEP = re.compile(r"[^.\[\]]+")


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing in a request that cannot be read: where it stands, by JSON pointer, and what was expected there."""

    pointer: str
    expected: str


class Unfit(Exception):
    """A request that is not of the form that its route asks for. Nothing was changed."""

    def __init__(self, *errors: Wrong) -> None:
        super().__init__("; ".join(f"{one.pointer}: expected {one.expected}" for one in errors))
        self.errors = errors


class TooLarge(Exception):
    """More was sent than any request needs."""


def to_bytes(value: Json) -> bytes:
    """JSON in UTF-8 without spaces; the same value gives the same bytes."""
    return _WRITER.encode(value).encode()


async def whole_body(request: Request) -> bytes:
    """The body; ``TooLarge`` as soon as it is seen to be so, whatever its length was said to be."""
    said = request.headers.get("content-length", "0")
    if not (said.isascii() and said.isdigit()) or len(said) > 12 or int(said) > LARGEST:
        raise TooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise TooLarge
    return bytes(body)


def json_object(data: bytes) -> dict[str, object]:
    """The one JSON object in a body. Unfit when it is none, names a member twice, or is no JSON."""
    try:
        value = parse_json(data, file="body", largest=LARGEST)
    except Malformed as malformed:
        raise Unfit(Wrong("", f"{malformed.expected} ({malformed.place})")) from None
    except RecursionError:
        raise Unfit(Wrong("", "JSON that is not nested so deeply")) from None
    if not isinstance(value, dict):
        raise Unfit(Wrong("", "a JSON object"))
    return value


def read_fields(fields: Sequence[Field], given: Mapping[str, object]) -> dict[str, object]:
    """The values of these fields, as a record takes them. Unfit names everything that is wrong, members that are not
    declared included: what a client may not set cannot be set by sending it."""
    by_name = {f.name: f for f in fields}
    wrong = [
        Wrong(pointer(name), f"one of the members {', '.join(by_name)}")
        for name in given
        if name not in by_name
    ]
    wrong += [
        Wrong(pointer(f.name), "a value: this member is required")
        for f in fields
        if f.required and f.name not in given
    ]
    values: dict[str, object] = {}
    for name, field in by_name.items():
        if name in given:
            found = list(_mistyped(field.shape, given[name], pointer(name)))
            if found:
                wrong += found
                continue
            try:
                value = field.shape.parse(given[name], Place("body", name))
            except Malformed as malformed:
                wrong.append(Wrong(_pointer_of(malformed.place), malformed.expected))
            else:
                values[name] = Sealed(value) if field.compartment else value
    if wrong:
        raise Unfit(*wrong)
    return values


def pointer(*steps: str | int) -> str:
    """A JSON pointer (RFC 6901) to this member."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def _pointer_of(place: str) -> str:
    """The pointer to a place as shapes name it: ``terms.parameters.min`` or ``recipients[2]``."""
    return pointer(*_STEP.findall(place))


def _mistyped(shape: Shape, given: object, at: str) -> Iterator[Wrong]:
    """Where this is of another JSON type than the schema says, though its shape would read it."""
    match shape:
        case Maybe():
            if given is not None:
                yield from _mistyped(shape.one, given, at)
        case Many() if isinstance(given, list):
            for n, one in enumerate(given):
                yield from _mistyped(shape.one, one, f"{at}/{n}")
        case Record() if isinstance(given, dict):
            for field in shape.fields:
                if field.name in given:
                    yield from _mistyped(field.shape, given[field.name], at + pointer(field.name))
        case Whole() if not isinstance(given, int) or isinstance(given, bool):
            yield Wrong(at, "a whole number, zero or more")
        case Real() if not isinstance(given, int | float) or isinstance(given, bool):
            yield Wrong(at, "a number, zero or more")
        case Choice() if not isinstance(given, str):
            yield Wrong(at, "one of " + ", ".join(str(o.value) for o in shape.options))
