"""The types that conditions and dossiers are checked against: a small part of CEL's, plus closed sets of words."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

LONG, SHORT = 2_000, 200
"""Entries that the chain of people may have, and every other list of a dossier."""


class Kind(Enum):
    BOOL = "bool"
    INT = "int"
    DOUBLE = "double"
    STRING = "string"
    TIMESTAMP = "timestamp"
    DURATION = "duration"


@dataclass(frozen=True, slots=True)
class Simple:
    """A value without parts; ``choices`` closes the set of words that a string may be."""

    kind: Kind
    choices: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.kind.value


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of at most ``most`` elements."""

    element: "Type"
    most: int = SHORT

    def __str__(self) -> str:
        return f"list of {self.element}"


@dataclass(frozen=True, slots=True)
class Record:
    """Named fields; ``identity`` is the one that says which element of a list this is."""

    name: str
    fields: Mapping[str, "Type"] = field(hash=False)
    identity: str | None = None

    def __str__(self) -> str:
        return self.name


Type = Simple | ListOf | Record

BOOL = Simple(Kind.BOOL)
INT = Simple(Kind.INT)
DOUBLE = Simple(Kind.DOUBLE)
STRING = Simple(Kind.STRING)
TIMESTAMP = Simple(Kind.TIMESTAMP)
DURATION = Simple(Kind.DURATION)


def one_of(*words: str) -> Simple:
    """A string that is one of these words."""
    return Simple(Kind.STRING, words)


# Python 3.11 takes a tenth of a microsecond to find a member in its class, and a long chain has thousands of values.
_BOOL, _INT, _DOUBLE, _STRING, _TIMESTAMP, _DURATION = Kind


def is_of(kind: Kind, value: object) -> bool:
    """Whether a value in memory is of this kind. A bool is no int, and a time has its offset."""
    if kind is _STRING:
        return isinstance(value, str)
    if kind is _TIMESTAMP:
        return isinstance(value, datetime) and value.tzinfo is not None
    if kind is _BOOL:
        return isinstance(value, bool)
    if kind is _INT:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind is _DURATION:
        return isinstance(value, timedelta)
    assert kind is _DOUBLE  # noqa: S101  there is no other
    return isinstance(value, float)


def nearest(word: str, known: Iterable[str]) -> str:
    """``, did you mean …?`` for a word close to a known one, otherwise nothing."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f", did you mean {close[0]}?" if close else ""
