"""Facts to JSON and back, clear and sealed parts apart. Derived from the declarations alone.

The clear part stands in the signed fact; each compartment's part is sealed by itself. A fact decoded
without a compartment has those fields closed; one whose keys were destroyed has them purged.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tearline.facts.fact import KINDS, Compartment, Fact, Seal, Sealed
from tearline.facts.shape import Field, Json, Shape, decoding, record_of

CLOSED: Sealed[Any] = Sealed(None, Seal.CLOSED)
PURGED: Sealed[Any] = Sealed(None, Seal.PURGED)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A fact ready to be signed: its kind, clear fields, sealed fields by compartment, and tags."""

    kind: str
    clear: dict[str, Json]
    sealed: dict[Compartment, dict[str, Json]] = field(repr=False)
    tags: frozenset[str]


Decoding = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Plan:
    """``same``, ``made``: clear fields that JSON holds as they are, and those that are made of what it holds.

    ``compartments``: all in which the kind has fields; ``names``: its fields; ``later``: the sealed ones that may be
    missing, since they have a default; ``beside``: the sealed ones by compartment.
    """

    clear: tuple[tuple[str, Shape], ...]
    sealed: tuple[Field, ...]
    same: tuple[str, ...]
    made: tuple[tuple[str, Decoding], ...]
    hidden: tuple[tuple[str, Compartment, Decoding], ...]
    compartments: frozenset[Compartment]
    names: tuple[str, ...]
    later: frozenset[str]
    beside: Mapping[Compartment, frozenset[str]]


_PLANS: dict[type[Fact], _Plan] = {}


def _plan(cls: type[Fact]) -> _Plan:
    plan = _PLANS.get(cls)
    if plan is None:
        fields = record_of(cls).fields
        clear = [(f.name, f.shape) for f in fields if not f.compartment]
        read = [(name, decoding(shape)) for name, shape in clear]
        hidden = [(f.name, f.compartment, decoding(f.shape) or _same) for f in fields if f.compartment]
        plan = _PLANS[cls] = _Plan(
            clear=tuple(clear),
            sealed=tuple(f for f in fields if f.compartment),
            same=tuple(name for name, how in read if how is None),
            made=tuple((name, how) for name, how in read if how is not None),
            hidden=tuple(hidden),
            compartments=frozenset(compartment for _, compartment, _ in hidden),
            names=tuple(f.name for f in fields),
            later=frozenset(f.name for f in fields if f.compartment and not f.required),
            beside={c: frozenset(name for name, own, _ in hidden if own is c) for _, c, _ in hidden},
        )
    return plan


def _same(value: Any) -> Any:
    return value


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
    """A fact from its parts. Fields neither opened nor purged come back closed. KeyError: unknown kind.

    An older fact lacks a field that its kind gained since: where its compartment was opened, the field has its default.
    """
    cls = KINDS[kind]
    plan = _plan(cls)
    values = {name: clear[name] for name in plan.same if name in clear}
    for name, make in plan.made:
        if name in clear:
            values[name] = make(clear[name])
    for name, compartment, make in plan.hidden:
        if name in opened:
            values[name] = Sealed(make(opened[name]))
        elif name in plan.later and not opened.keys().isdisjoint(plan.beside[compartment]):
            continue
        else:
            values[name] = PURGED if compartment in purged else CLOSED
    return cls(**values)


def closed(fact: Fact, opening: frozenset[Compartment]) -> Fact:
    """A fact that has everything open or purged, as ``decode`` makes it with these compartments open alone.

    The same object where that closes nothing. What was purged says so to every reader.
    """
    plan = _plan(type(fact))
    if plan.compartments <= opening:
        return fact
    values = {name: getattr(fact, name) for name in plan.names}
    for name, compartment, _ in plan.hidden:
        if compartment not in opening and values[name].seal is not Seal.PURGED:
            values[name] = CLOSED
    return type(fact)(**values)


def compartments(kind: str) -> frozenset[Compartment]:
    """The compartments in which this kind has fields."""
    return _plan(KINDS[kind]).compartments
