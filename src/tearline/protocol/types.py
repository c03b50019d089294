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


def is_of(kind: Kind, value: object) -> bool:
    """Whether a value in memory is of this kind. A bool is no int, and a time has its offset."""
    match kind:
        case Kind.BOOL:
            return isinstance(value, bool)
        case Kind.INT:
            return isinstance(value, int) and not isinstance(value, bool)
        case Kind.DOUBLE:
            return isinstance(value, float)
        case Kind.STRING:
            return isinstance(value, str)
        case Kind.TIMESTAMP:
            return isinstance(value, datetime) and value.tzinfo is not None
        case Kind.DURATION:
            return isinstance(value, timedelta)


def nearest(word: str, known: Iterable[str]) -> str:
    """``, did you mean …?`` for a word close to a known one, otherwise nothing."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f", did you mean {close[0]}?" if close else ""
