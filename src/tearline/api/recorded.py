"""A recorded fact as JSON, cut to its reader, and the schema that says so: both from the fact's declaration.

A sealed field is an object. ``sealed.state`` is ``open``, ``closed`` (not for this reader) or ``purged`` (destroyed,
for every reader); only an open one has a ``value``. What a fact was recorded under is told beside its fields.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tearline.api.schemas import (
    COMPARTMENT,
    Schema,
    identifier,
    instant,
    maybe,
    one_of,
    record,
    ref,
    text,
    told,
    whole,
    worded,
)
from tearline.facts.fact import Fact, Seal, Sealed
from tearline.facts.history import Actor, Precision, Recorded, Role
from tearline.facts.shape import Field, Instant, Json, Shape, record_of
from tearline.facts.words import Words

_INSTANT = Instant()
moment = _INSTANT.encode
"""A time as answers tell it: in UTC, ending in Z."""


@dataclass(frozen=True, slots=True)
class _Plan:
    clear: tuple[tuple[str, Shape], ...]
    sealed: tuple[tuple[str, str, Shape], ...]


_PLANS: dict[type[Fact], _Plan] = {}


def _plan(kind: type[Fact]) -> _Plan:
    plan = _PLANS.get(kind)
    if plan is not None:
        return plan
    fields = record_of(kind).fields
    plan = _PLANS[kind] = _Plan(
        clear=tuple((f.name, f.shape) for f in fields if not f.compartment),
        sealed=tuple((f.name, f.compartment.value, f.shape) for f in fields if f.compartment),
    )
    return plan


def tell(recorded: Recorded[Any]) -> dict[str, Json]:
    """The fact as this history holds it: what is closed in it stays closed."""
    fact: Fact = recorded.fact
    kind: type[Fact] = type(fact)
    plan = _plan(kind)
    fields: dict[str, Json] = {name: shape.encode(getattr(fact, name)) for name, shape in plan.clear}
    for name, compartment, shape in plan.sealed:
        held: Sealed[Any] = getattr(fact, name)
        state: dict[str, Json] = {"sealed": {"state": held.seal.value, "compartment": compartment}}
        if held.seal is Seal.OPEN:
            state["value"] = shape.encode(held.value)
        fields[name] = state
    under = recorded.told
    return {
        "position": recorded.position,
        "ref": recorded.ref,
        "kind": kind.__name__,
        "recorded_at": moment(recorded.recorded_at),
        "happened_at": moment(recorded.happened_at),
        "precision": recorded.precision.value,
        "by": by(recorded.by),
        "told": None
        if under is None
        else {"telling": under.telling, "known_at": moment(under.known_at), "rests_on": under.rests_on},
        "fields": fields,
    }


def tell_all(some: Sequence[Recorded[Any]]) -> list[Json]:
    return [tell(one) for one in some]


def tell_maybe(recorded: Recorded[Any] | None) -> Json:
    return None if recorded is None else tell(recorded)


def by(actor: Actor) -> dict[str, Json]:
    return {"person": actor.person, "role": actor.role.value}


BY = record(
    {"person": text(Words("Person", "Persona")), "role": one_of(Role, Words("Acting as", "Actúa como"))},
    Words("Who acted, and as what", "Quién actuó, y como qué"),
)


def fact_schema(kind: type[Fact]) -> Schema:
    """A recorded fact of this kind."""
    schema = record(
        {
            "position": whole(Words("Position in the ledger", "Posición en el registro")),
            "ref": text(Words("Reference", "Referencia")),
            "kind": {"type": "string", "const": kind.__name__},
            "recorded_at": _time(Words("Recorded", "Registrado")),
            "happened_at": _time(Words("Happened", "Ocurrió")),
            "precision": one_of(Precision, Words("How exactly that is known", "Con qué exactitud se sabe")),
            "by": ref("By"),
            "told": maybe(ref("Told")),
            "fields": record({f.name: _field(f) for f in record_of(kind).fields}),
        },
        kind.in_words,
    )
    return {"title": kind.in_words.en, **schema, "x-room": kind.room, "x-binds": kind.binds}


TOLD = record(
    {
        "telling": identifier(Words("Worked case", "Caso relatado")),
        "known_at": instant(Words("Known in the telling", "Conocido en el relato")),
        "rests_on": text(Words("Rests on", "Se apoya en")),
    },
    Words("Of a worked case: a past that is told, and not lived", "De un caso relatado: un pasado contado"),
)


def any_fact(kinds: Sequence[type[Fact]]) -> Schema:
    """A fact of any kind, told apart by ``kind``."""
    names = [kind.__name__ for kind in kinds]
    mapping: dict[str, Json] = {name: f"#/components/schemas/{name}" for name in names}
    return {
        "oneOf": [ref(name) for name in names],
        "discriminator": {"propertyName": "kind", "mapping": mapping},
    }


def _time(words: Words) -> Schema:
    return {"type": "string", "format": "date-time"} | worded(words)


def _field(field: Field) -> Schema:
    inner = told(field.shape)
    if field.compartment is None:
        return inner | worded(field.label)
    sealed = record({"state": one_of(Seal), "compartment": COMPARTMENT | {"const": field.compartment.value}})
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["sealed"],
        "properties": {"sealed": sealed, "value": inner},
        **worded(field.label),
    }
