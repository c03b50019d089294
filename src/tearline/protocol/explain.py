"""Every rule of a decision with its reasons: whether it matched, on which facts, and through whom or what.

``Decision`` names the rules that matched. This says of all the others, too, what they read and why they did not. What
was read is derived from the condition itself, so an explanation cannot drift from the rule that it explains.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from tearline.facts.words import Worded
from tearline.protocol.evaluate import Exhausted, Readings, Scope, Unknown, evaluate, explain
from tearline.protocol.pack import Pack
from tearline.protocol.protocol import Protocol
from tearline.protocol.rule import Effect, Rule
from tearline.protocol.schema import schema
from tearline.protocol.tree import Bound, Field, Node, Quantifier, Root, children
from tearline.protocol.types import ListOf, Record, Type
from tearline.protocol.verdict import Decision, Matched, Reading

_ELEMENT = re.compile(r"(.+\[\d+\])(?:\.[^\[\]]+)?")
_PLACE = re.compile(r"\[\d+\]")
_TOO_LONG = Unknown(("lists: fewer entries to walk in one decision",))


class Bearing(Worded):
    """How a rule bears on the decision."""

    MATCHED = "matched", "matched", "se aplica"
    HELD = "held", "holds: a fact is missing", "retiene: falta un dato"
    LIFTED = "lifted", "matched, and lifted by a waive", "se aplica y fue dispensada"
    UNDECIDED = "undecided", "not counted: a fact is missing", "no cuenta: falta un dato"
    NOT_MATCHED = "not-matched", "did not match", "no se aplica"


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """One entry of a list that decided: a person of the chain, a dissent, a warning, with what was read of it.

    ``path`` is its place, such as ``chain[2]``; ``identity`` says who or which it is, where that is known.
    """

    path: str
    identity: str | None
    readings: tuple[Reading, ...]
    missing: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The list that it stands in, without places: ``recipient.allegations``."""
        return _PLACE.sub("", self.path)

    @property
    def dates(self) -> tuple[Reading, ...]:
        return tuple(r for r in self.readings if isinstance(r.value, datetime))


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One rule on one dossier. ``value`` is what its condition came to, None where that is not known.

    ``readings`` are the facts that gave it this value, whichever it is; ``missing`` the paths of facts that it lacked.
    ``lifted_by`` is the waive that lifted it.
    """

    rule: Rule
    value: bool | None
    bearing: Bearing
    readings: tuple[Reading, ...]
    missing: tuple[str, ...]
    witnesses: tuple[Witness, ...]
    lifted_by: Rule | None = None

    @property
    def counts(self) -> bool:
        """Whether the decision would be another without it, as far as its effect goes."""
        return self.bearing in (Bearing.MATCHED, Bearing.HELD)


def explain_all(protocol: Protocol | Pack, dossier: Mapping[str, object]) -> tuple[Explained, ...]:
    """Every rule in order, pack by pack; raises Malformed only where the dossier states no time of decision."""
    bound = Protocol(packs=(protocol,)) if isinstance(protocol, Pack) else protocol
    return explained(bound, dossier, bound.decide(dossier))


def explained(protocol: Protocol, dossier: Mapping[str, object], decision: Decision) -> tuple[Explained, ...]:
    """The same, of the decision that was already made on this dossier."""
    found = {(m.rule.pack, m.rule.id): m for m in (*decision.matched, *decision.undecided)}
    lifted = {(w.rule.pack, w.rule.id): w.by for w in decision.waived}
    told = []
    for pack in protocol.packs:
        for rule, condition in zip(pack.rules, pack.conditions, strict=True):
            key = (rule.pack, rule.id)
            one = found.get(key)
            told.append(
                _told(one, lifted.get(key)) if one is not None else _not_matched(rule, condition, dossier)
            )
    return tuple(told)


def _told(one: Matched, lifted_by: Rule | None) -> Explained:
    return Explained(
        rule=one.rule,
        value=True if one.certain else None,
        bearing=_bearing(one, lifted_by),
        readings=one.readings,
        missing=one.missing,
        witnesses=witnesses(one.readings, one.missing),
        lifted_by=lifted_by,
    )


def _bearing(one: Matched, lifted_by: Rule | None) -> Bearing:
    if lifted_by is not None:
        return Bearing.LIFTED
    if one.certain:
        return Bearing.MATCHED
    return Bearing.UNDECIDED if one.rule.effect in (Effect.PERMIT, Effect.WAIVE) else Bearing.HELD


def _not_matched(rule: Rule, condition: Node, dossier: Mapping[str, object]) -> Explained:
    into: Readings = {}
    with suppress(Exhausted):  # what was read so far is told
        explain(condition, False, Scope(dossier), into)
    readings = tuple(Reading(path, value) for path, value in into.items())
    return Explained(
        rule=rule,
        value=False,
        bearing=Bearing.NOT_MATCHED,
        readings=readings,
        missing=(),
        witnesses=witnesses(readings),
    )


def value_of(condition: Node, dossier: Mapping[str, object]) -> object:
    """What the condition comes to: True, False or Unknown, also where there is too much to walk."""
    try:
        return evaluate(condition, Scope(dossier))
    except Exhausted:
        return _TOO_LONG


def witnesses(readings: Iterable[Reading], missing: Iterable[str] = ()) -> tuple[Witness, ...]:
    """The entries of lists among what was read, in the order in which they were met."""
    read: dict[str, list[Reading]] = {}
    lacking: dict[str, list[str]] = {}
    for reading in readings:
        found = _ELEMENT.fullmatch(reading.path)
        if found:
            read.setdefault(found[1], []).append(reading)
    for path in missing:
        found = _ELEMENT.fullmatch(path)
        if found:
            read.setdefault(found[1], [])
            lacking.setdefault(found[1], []).append(path)
    return tuple(
        Witness(
            path=path,
            identity=_identity(path, of),
            readings=tuple(of),
            missing=tuple(lacking.get(path, ())),
        )
        for path, of in read.items()
    )


def _identity(path: str, readings: list[Reading]) -> str | None:
    field = identities().get(_PLACE.sub("", path))
    wanted = f"{path}.{field}"
    return next((r.value for r in readings if r.path == wanted and isinstance(r.value, str)), None)


def fields_of(condition: Node) -> tuple[str, ...]:
    """Every field that a condition reads, by its path without places, in the order of the text."""
    found: dict[str, None] = {}
    _fields(condition, {}, found)
    return tuple(found)


def _fields(node: Node, bound: Mapping[int, str], found: dict[str, None]) -> None:
    match node:
        case Root() | Field():
            path = _field_path(node, bound)
            if path is not None:
                found.setdefault(path)
        case Quantifier(over=over, slot=slot, body=body):
            _fields(over, bound, found)
            listed = _field_path(over, bound)
            _fields(body, {**bound, slot: listed} if listed is not None else bound, found)
        case _:
            for child in children(node):
                _fields(child, bound, found)


def _field_path(node: Node, bound: Mapping[int, str]) -> str | None:
    match node:
        case Root(name=name):
            return name
        case Bound(slot=slot):
            return bound.get(slot)
        case Field(of=of, name=name):
            above = _field_path(of, bound)
            return f"{above}.{name}" if above is not None else None
        case Quantifier(kind="filter", over=over):
            return _field_path(over, bound)
        case _:
            return None


@cache
def identities() -> Mapping[str, str]:
    """For each list of the dossier, by its path without places, the field that says which element it is."""
    return dict(_identities("", schema()))


def _identities(path: str, type_: Type) -> Iterator[tuple[str, str]]:
    match type_:
        case Record():
            for name, inner in type_.fields.items():
                yield from _identities(f"{path}.{name}" if path else name, inner)
        case ListOf(element=Record(identity=str() as identity) as element):
            yield path, identity
            yield from _identities(path, element)
