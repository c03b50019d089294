"""The columns of the table, declared once: which field of which fact each holds, and how a cell is read.

A cell is read by the shape of its field. Names of columns are those of fields, but where two facts have the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tearline.facts.errors import Malformed
from tearline.facts.fact import Fact
from tearline.facts.harm import HarmReported
from tearline.facts.register import ConsentGiven, VictimReported
from tearline.facts.shape import (
    Choice,
    Day,
    Flag,
    Identifier,
    Many,
    Maybe,
    Place,
    Shape,
    Text,
    Whole,
    record_of,
)
from tearline.facts.words import Words

REPORT, PERSON, CONSENT = HarmReported, VictimReported, ConsentGiven
RENAMED: Mapping[type[Fact], Mapping[str, str]] = {
    REPORT: {"report": "report_id"},
    PERSON: {"place": "person_place"},
    CONSENT: {
        "consent": "consent_id",
        "purposes": "consent",
        "shared": "consent_shared",
        "public_name": "consent_public_name",
        "how": "consent_how",
        "until": "consent_until",
    },
}
"""Fields whose column has another name."""
WITHDRAWN, WITHDRAWN_WHY = "withdrawn", "withdrawn_why"
AGE, DATE = "age", "date"
"""An age and a date of which nobody says how exact they are."""
BETWEEN = ";"
"""Stands between several words of one cell."""
NAMES = ("given_names", "paternal_surname", "maternal_surname", "alias")
NO_DIGITS = frozenset(NAMES) - {"alias"}
"""A digit in one of these is an age or a date that slipped by a column. What others call somebody may hold one."""
LONGEST_NAME = 200
CLOSED, PURGED = "[sealed]", "[purged]"
"""What stands in a table for a field that its reader did not open, and for one that was destroyed: not taken in."""
YES, NO = "yes", "no"
_DIGIT = re.compile(r"[0-9]")


@dataclass(frozen=True, slots=True)
class Column:
    """``fact`` and ``field`` that it fills; None for a day of withdrawal and what stands for two fields."""

    name: str
    fact: type[Fact] | None
    field: str
    label: Words
    shape: Shape
    required: bool = False


def _of(kind: type[Fact]) -> list[Column]:
    named = RENAMED[kind]
    return [
        Column(named.get(f.name, f.name), kind, f.name, f.label, f.shape, f.required)
        for f in record_of(kind).fields
        if kind is REPORT or f.name != "report"
    ]


@cache
def columns() -> Mapping[str, Column]:
    """All of them by name, in the order in which a table is written."""
    text, day = Text(), Day()
    beside = [
        Column(WITHDRAWN, None, "", Words("Withdrawn on", "Retirado el"), day),
        Column(WITHDRAWN_WHY, None, "", Words("Why withdrawn", "Por qué se retiró"), text),
        Column(AGE, None, "", Words("Age (years)", "Edad (años)"), Whole()),
        Column(DATE, None, "", Words("Day", "Día"), day),
    ]
    return {c.name: c for c in (*_of(REPORT), *_of(PERSON), *_of(CONSENT), *beside)}


def of(kind: type[Fact]) -> list[Column]:
    """The columns of one kind of fact."""
    return [column for column in columns().values() if column.fact is kind]


class Unfit(Exception):
    """A cell that is not what its column holds; ``expected`` says what that is."""

    def __init__(self, expected: Words) -> None:
        super().__init__(expected.en)
        self.expected = expected


def value_of(column: Column, cell: str) -> object:
    """What a cell says, as its field takes it; None where it is empty. Raises Unfit."""
    if not cell:
        return None
    shape = column.shape.one if isinstance(column.shape, Maybe) else column.shape
    if cell in (CLOSED, PURGED):
        raise Unfit(Words("what is not sealed or purged", "algo que no esté sellado o suprimido"))
    plain: object = cell
    if isinstance(shape, Flag):
        plain = {YES: True, NO: False}.get(cell.casefold(), cell)
    elif isinstance(shape, Many):
        plain = [part.strip() for part in cell.split(BETWEEN) if part.strip()]
    elif isinstance(shape, Choice):
        plain = _choice(shape, cell)
    if column.name in NO_DIGITS and _DIGIT.search(cell):
        raise Unfit(_NAME)
    if column.name in NAMES and len(cell) > LONGEST_NAME:
        raise Unfit(_NAME if column.name in NO_DIGITS else _ALIAS)
    try:
        return shape.parse(plain, Place(column.name))
    except Malformed:
        beyond = isinstance(shape, Whole) and cell.isascii() and cell.isdigit()
        raise Unfit(_AT_MOST if beyond else expected(shape)) from None


def cell_of(column: Column, value: object) -> str:
    """A value as a cell; the other way round from ``value_of``."""
    if value is None:
        return ""
    shape = column.shape.one if isinstance(column.shape, Maybe) else column.shape
    json = shape.encode(value)
    if isinstance(json, bool):
        return YES if json else NO
    return BETWEEN.join(map(str, json)) if isinstance(json, list) else str(json)


def _choice(shape: Choice, cell: str) -> str:
    """By its value, or by its words in either language."""
    wanted = " ".join(cell.casefold().split())
    for value, words in shape.words():
        if wanted in (value.casefold(), words.en.casefold(), words.es.casefold()):
            return value
    return cell


_NAME = Words(
    f"a name: no digits, at most {LONGEST_NAME} characters",
    f"un nombre: sin cifras, a lo sumo {LONGEST_NAME} caracteres",
)

_ALIAS = Words(f"at most {LONGEST_NAME} characters", f"a lo sumo {LONGEST_NAME} caracteres")
_AT_MOST = Words(f"a whole number, at most {Whole.LARGEST}", f"un número entero, a lo sumo {Whole.LARGEST}")


def expected(shape: Shape) -> Words:
    """What a cell of this shape holds."""
    match shape:
        case Maybe(one=one):
            return expected(one)
        case Whole():
            return Words("a whole number, zero or more", "un número entero, cero o más")
        case Day():
            return Words("a date such as 2011-03-18", "una fecha como 2011-03-18")
        case Flag():
            return Words(f"{YES} or {NO}", f"{YES} o {NO}")
        case Choice(options=options):
            known = ", ".join(one.value for one in options)
            return Words(f"one of {known}", f"uno de estos: {known}")
        case Many(one=one):
            inner = expected(one)
            return Words(f"{inner.en}; several with {BETWEEN} between", f"{inner.es}; varios con {BETWEEN}")
        case Identifier():
            return Words(
                "an identifier of a-z, 0-9 and inner hyphens, at most 40 long",
                "un identificador de a-z, 0-9 y guiones interiores, a lo sumo de 40",
            )
        case Text(limit=limit):
            return Words(
                f"text of at most {limit} characters, without control characters",
                f"texto de a lo sumo {limit} caracteres, sin caracteres de control",
            )
    return Words("another value", "otro valor")
