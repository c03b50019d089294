"""JSON Schema (2020-12) as the OpenAPI document uses it: of declared fields, and short words for the rest.

A declared field's description is its label, in English (``description``) and Spanish (``x-description-es``); a sealed
one names its compartment (``x-compartment``). Closed sets list their values with both languages' words
(``x-words``). Objects name all their members as required and admit no other, so that a client can rely on both.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from tearline.facts import identifiers
from tearline.facts.fact import Compartment
from tearline.facts.shape import Choice, Field, Instant, Json, Many, Maybe, Pairs, Record, Shape, Span
from tearline.facts.words import Worded, Words

Schema = dict[str, Json]

INSTANT_PATTERN = (
    "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,6})?)?"
    "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)


def field_schema(field: Field) -> Schema:
    """How this field is sent."""
    schema = sent(field.shape) | worded(field.label)
    if field.compartment:
        schema["x-compartment"] = field.compartment.value
    return schema


def fields_schema(fields: Iterable[Field], more: Mapping[str, Schema] | None = None) -> Schema:
    """An object of these fields, as it is sent; ``more`` are members beside them that may be left out."""
    some = tuple(fields)
    properties: dict[str, Json] = {f.name: field_schema(f) for f in some}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [f.name for f in some if f.required],
        "properties": properties | dict(more or {}),
    }


def sent(shape: Shape) -> Schema:
    """The values that the strict reading of this shape takes, no more and no fewer as far as a schema can say it."""
    match shape:
        case Record():
            return fields_schema(shape.fields)
        case Many():
            return shape.schema() | {"items": sent(shape.one)}
        case Maybe():
            return {"anyOf": [sent(shape.one), {"type": "null"}]}
        case Instant():
            return instant()
        case Span():
            return {"type": "string", "pattern": "^[1-9][0-9]{0,5}[smhd]$"}
        case Choice():
            return one_of(shape.options)
    return _portable(shape.schema())


def told(shape: Shape) -> Schema:
    """The values as answers tell them: as they were recorded, whatever may be sent today."""
    match shape:
        case Record():
            return record({f.name: told(f.shape) | worded(f.label) for f in shape.fields})
        case Many():
            return many(told(shape.one))
        case Maybe():
            return maybe(told(shape.one))
        case Instant():
            return {"type": "string", "format": "date-time"}
        case Span():
            return {"type": "integer"}
        case Choice():
            return sent(shape)
        case Pairs():
            return {
                "type": "object",
                "additionalProperties": {
                    "anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}]
                },
            }
    schema = dict(shape.schema())
    schema.pop("pattern", None)
    schema.pop("maxLength", None)
    return schema


def _portable(schema: Schema) -> Schema:
    """The same without halves of surrogate pairs in its patterns: no JSON in UTF-8 holds any, and not every reader of
    patterns takes them."""
    made: Schema = json.loads(json.dumps(schema).replace("\\\\ud800-\\\\udfff", ""))
    return made


def worded(words: Words) -> Schema:
    """A description in both languages."""
    return {"description": words.en, "x-description-es": words.es}


def record(members: Mapping[str, Schema], words: Words | None = None) -> Schema:
    """An object with exactly these members."""
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "required": list(members),
        "properties": dict(members),
    }
    return schema | (worded(words) if words else {})


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def any_of(*names: str) -> Schema:
    """One of these."""
    return {"oneOf": [ref(name) for name in names]}


def maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def many(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def text(words: Words | None = None) -> Schema:
    return {"type": "string"} | (worded(words) if words else {})


def whole(words: Words | None = None) -> Schema:
    schema: Schema = {"type": "integer", "minimum": 0}
    return schema | (worded(words) if words else {})


def flag(words: Words | None = None) -> Schema:
    return {"type": "boolean"} | (worded(words) if words else {})


TIME: Schema = {"type": "string", "format": "date-time"}
"""A time that a view reckoned."""


def instant(words: Words | None = None) -> Schema:
    """A time with its offset, to the microsecond at most: one form, as every reader of a fact takes it."""
    schema: Schema = {"type": "string", "format": "date-time", "pattern": INSTANT_PATTERN}
    return schema | (worded(words) if words else {})


def identifier(words: Words | None = None) -> Schema:
    schema: Schema = {"type": "string", "pattern": f"^{identifiers.PATTERN.pattern}$"}
    return schema | (worded(words) if words else {})


def one_of(options: type[StrEnum], words: Words | None = None) -> Schema:
    """One value of a closed set, which stands once in the document with both languages' words."""
    known = _SETS.setdefault(options.__name__, options)
    if known is not options:
        raise TypeError(f"two closed sets are named {options.__name__}")
    return ref(options.__name__) | (worded(words) if words else {})


_SETS: dict[str, type[StrEnum]] = {}


def sets() -> Iterator[tuple[str, Schema]]:
    """The closed sets that schemas made so far refer to."""
    for name, options in sorted(_SETS.items()):
        said: dict[str, Json] = {str(o.value): in_both(o.words) for o in options if isinstance(o, Worded)}
        schema: Schema = {"type": "string", "enum": [str(o.value) for o in options]}
        yield name, schema | ({"x-words": said} if said else {})


def both() -> Schema:
    """The same words in English and Spanish."""
    return ref("Words")


def anything(words: Words) -> Schema:
    """A value of any JSON type."""
    return worded(words)


def in_both(words: Words) -> Json:
    """These words as answers tell them."""
    return {"en": words.en, "es": words.es}


COMPARTMENT = one_of(Compartment)
WORDS = record({"en": text(), "es": text()})
