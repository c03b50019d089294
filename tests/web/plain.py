"""Facts of any kind, made plainly from their declarations: every text the same, every identifier as it is named."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from tearline.facts.fact import Fact, Sealed
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
    Real,
    Record,
    Shape,
    Span,
    Text,
    Thumbprint,
    Whole,
    record_of,
)

FRESH = count()
THUMBPRINT = "A" * 43


def value(shape: Shape, named: Mapping[str, str], text: str = "said", *, all_of_it: bool = False) -> Any:
    """A plain value of this shape; identifiers as they are named, and else fresh. ``all_of_it``: nothing left out."""
    match shape:
        case Text(limit=limit):
            return text[:limit] if len(text) > limit else text
        case Thumbprint():
            return THUMBPRINT
        case Identifier():
            return named.get(shape.prefix, f"fresh-{next(FRESH)}")
        case Whole() | Span():
            return timedelta(days=1) if isinstance(shape, Span) else 1
        case Real():
            return 0.5
        case Flag():
            return True
        case Instant():
            return datetime(2026, 11, 20, tzinfo=UTC)
        case Day():
            return date(2026, 11, 20)
        case Choice():
            return next(iter(shape.options))
        case Many(one=one):
            return (value(one, named, text, all_of_it=True),) if all_of_it else ()
        case Maybe(one=Identifier() as one) if not all_of_it:
            return named.get(one.prefix)
        case Maybe(one=one):
            return value(one, named, text, all_of_it=True) if all_of_it else None
        case Pairs():
            return {"name": text} if all_of_it else {}
        case Record():
            return shape.cls(
                **{f.name: value(f.shape, named, text, all_of_it=all_of_it) for f in shape.fields}
            )
        case _:
            raise TypeError(f"no value is known for {shape}")


def fact_of(kind: type[Fact], named: Mapping[str, str], text: str | None = None) -> Fact:
    """A fact of this kind; with ``text`` every field is filled in, and every text is that."""

    def held(field: Field) -> Any:
        made = value(field.shape, named, text or "said", all_of_it=text is not None)
        return Sealed(made) if field.compartment else made

    return kind(**{field.name: held(field) for field in record_of(kind).fields})


def texts_in(kind: type[Fact]) -> bool:
    """Whether people's own words can stand in such a fact."""
    return any(_holds_text(field.shape) for field in record_of(kind).fields)


def _holds_text(shape: Shape) -> bool:
    match shape:
        case Text() | Pairs():
            return True
        case Many(one=one) | Maybe(one=one):
            return _holds_text(one)
        case Record():
            return any(_holds_text(field.shape) for field in shape.fields)
        case _:
            return False
