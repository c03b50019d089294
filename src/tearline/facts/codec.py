"""Facts to JSON and back, clear and sealed parts apart. Derived from the declarations alone.

The clear part stands in the signed fact; each compartment's part is sealed by itself. A fact decoded
without a compartment has those fields closed; one whose keys were destroyed has them purged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tearline.facts.fact import KINDS, Compartment, Fact, Seal, Sealed
from tearline.facts.shape import Field, Json, Shape, record_of

CLOSED: Sealed[Any] = Sealed(None, Seal.CLOSED)
PURGED: Sealed[Any] = Sealed(None, Seal.PURGED)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A fact ready to be signed: its kind, clear fields, sealed fields by compartment, and tags."""

    kind: str
    clear: dict[str, Json]
    sealed: dict[Compartment, dict[str, Json]] = field(repr=False)
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Plan:
    clear: tuple[tuple[str, Shape], ...]
    sealed: tuple[Field, ...]


_PLANS: dict[type[Fact], _Plan] = {}


def _plan(cls: type[Fact]) -> _Plan:
    plan = _PLANS.get(cls)
    if plan is None:
        fields = record_of(cls).fields
        plan = _PLANS[cls] = _Plan(
            clear=tuple((f.name, f.shape) for f in fields if not f.compartment),
            sealed=tuple(f for f in fields if f.compartment),
        )
    return plan


def encode(fact: Fact) -> Encoded:
    """Split a fact into what may stand in clear and what is sealed. TypeError on a closed field."""
    plan = _plan(type(fact))
    clear: dict[str, Json] = {}
    tags: list[str] = []
    for name, shape in plan.clear:
        value = getattr(fact, name)
        clear[name] = shape.encode(value)
        tags += shape.tags(value)
    sealed: dict[Compartment, dict[str, Json]] = {}
    for hidden in plan.sealed:
        held: Sealed[Any] = getattr(fact, hidden.name)
        if held.seal is not Seal.OPEN:
            raise TypeError(
                f"{type(fact).__name__}.{hidden.name} is {held.seal} and cannot be recorded again"
            )
        assert hidden.compartment is not None  # noqa: S101  how the plan was made
        sealed.setdefault(hidden.compartment, {})[hidden.name] = hidden.shape.encode(held.value)
    return Encoded(type(fact).__name__, clear, sealed, frozenset(tags))


def tags_of(fact: Fact) -> frozenset[str]:
    """The tags of a fact, which come from its clear fields alone."""
    return frozenset(
        tag for name, shape in _plan(type(fact)).clear for tag in shape.tags(getattr(fact, name))
    )


def decode(
    kind: str,
    clear: Mapping[str, Any],
    opened: Mapping[str, Any],
    purged: frozenset[Compartment] = frozenset(),
) -> Fact:
    """A fact from its parts. Fields neither opened nor purged come back closed. KeyError: unknown kind."""
    cls = KINDS[kind]
    plan = _plan(cls)
    values = {name: shape.decode(clear[name]) for name, shape in plan.clear if name in clear}
    for hidden in plan.sealed:
        if hidden.name in opened:
            values[hidden.name] = Sealed(hidden.shape.decode(opened[hidden.name]))
        else:
            values[hidden.name] = PURGED if hidden.compartment in purged else CLOSED
    return cls(**values)


def compartments(kind: str) -> frozenset[Compartment]:
    """The compartments in which this kind has fields."""
    return frozenset(f.compartment for f in _plan(KINDS[kind]).sealed if f.compartment)
