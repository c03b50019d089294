"""What people and files may send, drawn from the declared shapes; and facts made of it.

A sealed field carries a mark that no clear field has, so that a test can look for it where it must not be.
"""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from tearline.facts import identifiers
from tearline.facts.fact import Fact
from tearline.facts.shape import (
    Choice,
    Day,
    Field,
    Flag,
    Identifier,
    Instant,
    Many,
    Maybe,
    Pairs,
    Place,
    Real,
    Record,
    Shape,
    Text,
    Whole,
    record_of,
)
from tearline.facts.vocabulary import kinds

MARK = "KEPTSHUT"
MARKED_NUMBERS = 777_000_000_000_000
"""Sealed whole numbers are drawn from here on, clear ones from below."""

FILE = Place("form")

PLAIN = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))
IDENTIFIERS = st.from_regex(identifiers.PATTERN, fullmatch=True)
TIMES = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  Hypothesis adds the zone


def plain(shape: Shape, *, sealed: bool = False) -> st.SearchStrategy[Any]:
    """What parses as this shape, as JSON has it."""
    match shape:
        case Text():
            mark = MARK if sealed else "x"
            return st.text(PLAIN, max_size=min(20, shape.limit - len(mark))).map(lambda t: mark + t)
        case Identifier():
            return st.from_regex(shape.pattern, fullmatch=True)
        case Whole():
            return (
                st.integers(MARKED_NUMBERS, Whole.LARGEST)
                if sealed
                else st.integers(0, MARKED_NUMBERS - 1) | st.integers(0, 999).map(str)
            )
        case Real():
            return (
                st.floats(MARKED_NUMBERS, Real.LARGEST)
                if sealed
                else st.floats(0, MARKED_NUMBERS - 1) | st.integers(0, 999).map(str)
            )
        case Flag():
            return st.booleans()
        case Instant():
            return TIMES.map(lambda t: t.isoformat())
        case Day():
            return st.dates().map(lambda d: d.isoformat())
        case Choice():
            return st.sampled_from([str(o.value) for o in shape.options])
        case Many():
            return st.lists(plain(shape.one, sealed=sealed), max_size=3)
        case Maybe():
            return st.none() | plain(shape.one, sealed=sealed)
        case Pairs():
            return st.dictionaries(
                st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True),
                st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.text("30dhms xyz", min_size=1),
                max_size=4,
            )
        case Record():
            return record(shape, sealed=sealed)
        case _:
            raise TypeError(f"no values are known for {shape}")


def record(shape: Record, *, sealed: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """The fields of a declared dataclass; those that may be left out sometimes are."""
    return st.fixed_dictionaries(
        {f.name: _field(f, sealed) for f in shape.fields if f.required},
        optional={f.name: _field(f, sealed) for f in shape.fields if not f.required},
    )


def _field(field: Field, sealed: bool) -> st.SearchStrategy[Any]:  # noqa: FBT001  one caller, above
    return plain(field.shape, sealed=sealed or field.compartment is not None)


def forms() -> st.SearchStrategy[tuple[type[Fact], dict[str, Any]]]:
    """A kind of fact, and fields that make one."""
    return st.one_of([st.tuples(st.just(kind), record(record_of(kind))) for kind in kinds()])


def facts() -> st.SearchStrategy[Fact]:
    """Any fact that could be sent."""
    return forms().map(lambda form: record_of(form[0]).parse(form[1], FILE))


def of_kind(kind: type[Fact]) -> st.SearchStrategy[Fact]:
    """Any fact of this kind that could be sent."""
    return record(record_of(kind)).map(lambda form: record_of(kind).parse(form, FILE))
