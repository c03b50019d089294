"""Values that a fact could have instead: of a closed set its words, of a number or a time its neighbours."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from tearline.protocol.evaluate import Unfit, length, whole
from tearline.protocol.types import ListOf, Simple

PREFERRED = ("cleared", "yes", "none", "unfounded", "registered", "tearline", "second")
"""Of a closed set of words, those that stand in fewest ways; then the order of the schema."""


def lists_of(type_: ListOf, values: list[object]) -> Iterator[list[object]]:
    """Other lists of plain values: with one more, with fewer."""
    if isinstance(type_.element, Simple):
        yield from ([*values, word] for word in ranked(type_.element.choices) if word not in values)
    yield from (values[:n] for n in range(len(values) - 1, -1, -1))
    if not values:
        yield []


def ranked(choices: Sequence[str]) -> Sequence[str]:
    return [word for word in PREFERRED if word in choices] + [w for w in choices if w not in PREFERRED]


def plus(one: object, other: object) -> object:
    return _sum(one, other, 1)


def less(one: object, other: object) -> object:
    return _sum(one, other, -1)


def _sum(one: object, other: object, sign: int) -> object:
    """The sum or difference, or None where their type cannot hold it."""
    try:
        match one, other:
            case int(), int():
                return whole(one + sign * other)
            case float(), float():
                return one + sign * other
            case datetime(), timedelta():
                return one + sign * other
            case timedelta(), timedelta():
                return length(one + sign * other)
            case datetime(), datetime() if sign < 0:
                return length(one - other)
            case timedelta(), datetime() if sign > 0:
                return other + one
    except (Unfit, OverflowError):
        return None
    return None
