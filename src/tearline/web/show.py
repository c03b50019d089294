"""How a recorded value is shown: by the shape of its declaration, and sealed where it is closed to the reader."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from markupsafe import Markup

from tearline.facts.fact import Fact, Seal, Sealed
from tearline.facts.shape import Field, Record, record_of
from tearline.facts.words import Worded, Words
from tearline.web.look import sealed
from tearline.web.tongue import Tongue

Shown = str | Markup


def field_of(kind: type[Any], name: str) -> Field:
    return next(f for f in record_of(kind).fields if f.name == name)


def label(say: Tongue, kind: type[Any], name: str) -> str:
    """The words of a fact's declaration for one of its fields."""
    return say(field_of(kind, name).label)


def text(say: Tongue, fact: Fact, name: str, *, none: str = "—") -> Shown:
    """One field of a fact: its value in words, or the sign that it is sealed or purged."""
    kind: type[Any] = type(fact)
    field = field_of(kind, name)
    held = getattr(fact, name)
    if isinstance(held, Sealed):
        if held.seal is Seal.PURGED:
            return say("purged")
        if held.seal is Seal.CLOSED:
            assert field.compartment is not None  # noqa: S101  only a field with a compartment is sealed
            return sealed(say, field.compartment)
        held = held.value
    return plain(say, held, none=none)


def is_open(held: Sealed[Any]) -> bool:
    return held.seal is Seal.OPEN


def plain(say: Tongue, value: object, *, none: str = "—") -> str:
    """A value in words."""
    match value:
        case None | () | []:
            return none
        case Worded():
            return say(value)
        case Words():
            return say(value)
        case bool():
            return say.yes_no(value)
        case int():
            return say.number(value)
        case float():
            return say.figure(value)
        case datetime():
            return say.moment(value)
        case date():
            return say.day(value)
        case timedelta():
            return say.span(value)
        case Enum():
            return str(value.value)
        case Mapping():
            return "; ".join(f"{name}: {plain(say, inner)}" for name, inner in value.items())
        case tuple() | list():
            return "; ".join(plain(say, one) for one in value)
        case str():
            return value
    shape = record_of(type(value))
    return "; ".join(f"{say(f.label)}: {plain(say, getattr(value, f.name))}" for f in shape.fields)


def begun(words: str) -> str:
    """As words begin a line."""
    return words[:1].upper() + words[1:]


def ranged(say: Tongue, least: int, most: int | None) -> str:
    """A number of people, at least and at most."""
    if most is None:
        return f"{say.number(least)}+"
    return say.number(least) if least == most else f"{say.number(least)}–{say.number(most)}"


def rows(say: Tongue, fact: Fact) -> list[tuple[str, Shown]]:
    """Every field of a fact with its label, in the order of the declaration."""
    shape: Record = record_of(type(fact))
    return [(say(f.label), text(say, fact, f.name)) for f in shape.fields]


SPAN = re.compile(r"(\d+)([smhd])", re.ASCII)


def parameter(say: Tongue, value: int | str | bool) -> str:  # noqa: FBT001  an agreement states yes or no
    """An agreement's parameter: a number, yes or no, or a length of time such as 30d."""
    found = SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return plain(say, value)
    unit = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}[found[2]]
    return say.span(timedelta(**{unit: int(found[1])}))
