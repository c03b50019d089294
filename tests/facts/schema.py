"""The part of JSON Schema 2020-12 that the declarations use, checked plainly: an oracle for ``parse``."""

import re
from datetime import date, datetime
from typing import Any

RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})", re.ASCII)
RFC3339_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
KNOWN = {
    "additionalProperties",
    "anyOf",
    "description",
    "enum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minimum",
    "pattern",
    "properties",
    "propertyNames",
    "required",
    "title",
    "type",
}


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Whether this JSON value is valid under this schema. Every keyword must be one that is known here."""
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "anyOf" in schema and not any(fits(value, one) for one in schema["anyOf"]):
        return False
    if "type" in schema and not _is(value, schema["type"]):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    match value:
        case str():
            return _text_fits(value, schema)
        case int() if not isinstance(value, bool):
            return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
        case list():
            return len(value) <= schema.get("maxItems", len(value)) and all(
                fits(one, schema["items"]) for one in value
            )
        case dict():
            return _object_fits(value, schema)
        case _:
            return True


def _is(value: Any, kind: str) -> bool:
    match kind:
        case "string":
            return isinstance(value, str)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "null":
            return value is None
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
        case _:
            raise AssertionError(kind)


def _text_fits(value: str, schema: dict[str, Any]) -> bool:
    if len(value) > schema.get("maxLength", len(value)):
        return False
    # JSON Schema's `$` is the end of the text; Python's also stands before a last line end.
    pattern = schema.get("pattern")
    if pattern is not None and re.search(pattern.removesuffix("$") + r"\Z", value) is None:
        return False
    try:
        match schema.get("format"):
            case "date-time":
                return RFC3339.fullmatch(value) is not None and bool(datetime.fromisoformat(value))
            case "date":
                return RFC3339_DAY.fullmatch(value) is not None and bool(date.fromisoformat(value))
    except ValueError:
        return False
    return True


def _object_fits(value: dict[str, Any], schema: dict[str, Any]) -> bool:
    properties = schema.get("properties", {})
    others = schema.get("additionalProperties", True)
    names = schema.get("propertyNames", {})
    return (
        len(value) <= schema.get("maxProperties", len(value))
        and set(schema.get("required", ())) <= set(value)
        and all(fits(name, names) for name in value)
        and all(
            fits(inner, properties[name])
            if name in properties
            else (bool(others) if isinstance(others, bool) else fits(inner, others))
            for name, inner in value.items()
        )
    )
