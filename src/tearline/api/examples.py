"""Examples, made from the declarations: a body for each command, and each kind of fact as it is told.

Identifiers are those of the small world that the tests practise with, where a thing of their kind is in it; so each
example is sent, and each is read, by a test. What an example says is as plain as its label.
"""

from collections.abc import Mapping
from typing import Any

from tearline.facts.fact import Fact
from tearline.facts.shape import (
    Choice,
    Day,
    Field,
    Flag,
    Identifier,
    Instant,
    Json,
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

KNOWN: Mapping[str, str] = {
    "ItemId": "practice.item-1",
    "UnitId": "practice.unit",
    "OrganisationId": "practice.agency",
    "PersonId": "practice.commander",
    "AgreementId": "practice.agreement",
    "OperationId": "practice.operation",
    "RequestId": "practice.request",
    "ThreatId": "practice.threat",
    "AdversaryId": "practice.cartel",
    "ProposalId": "practice.stricter",
    "AllegationId": "practice.allegation",
}
NEW: Mapping[str, str] = {
    # the field by which a command names what it puts on record
    "RegisterItem": "item",
    "RegisterOrganisation": "organisation",
    "EnrolPerson": "person",
    "FormUnit": "unit",
    "SignAgreement": "agreement",
    "DeclareOperation": "operation",
    "RequestRelease": "request",
    "AssessThreat": "threat",
    "RecordAllegation": "allegation",
    "ProposeProtocol": "proposal",
}
TEXTS: Mapping[str, str] = {
    "country": "Northland",
    "place": "The bridge",
    "name": "Example",
    "url": "https://partner.example/ledger",
    "origin": "partner.example/log",
}
WHEN = "2026-11-20T09:00:00Z"
LATER = "2027-05-20T09:00:00Z"
DAY = "2026-11-19"
HASH = "0123456789abcdef" * 4
THUMBPRINT = "A" * 42 + "A"


def body_of(command: str, fields: tuple[Field, ...]) -> dict[str, Json]:
    """A body for this command: what it has to say, and no more."""
    new = NEW.get(command)
    return {
        f.name: f"example.{f.name}" if f.name == new else value_of(f)
        for f in fields
        if f.required or f.name == "happened_at"
    }


def value_of(field: Field) -> Json:
    """A value for this field, as it is sent."""
    return _value(field.shape, field.name, field.label.en)


def _value(shape: Shape, name: str, said: str) -> Json:
    match shape:
        case Thumbprint():
            return THUMBPRINT
        case Identifier():
            return KNOWN.get(shape.name, f"example.{name.replace('_', '-')[:38]}")
        case Text():
            text = HASH if "sha256" in name else TEXTS.get(name, said)
            return text[: shape.limit]
        case Whole():
            return 3
        case Real():
            return 0.25
        case Flag():
            return True
        case Instant():
            return LATER if name in ("valid_until", "until", "expires", "perishes_at", "review_due") else WHEN
        case Day():
            return DAY
        case Span():
            return "24h"
        case Choice():
            return str(next(iter(shape.options)).value)
        case Many():
            return [_value(shape.one, name, said)]
        case Maybe():
            return None
        case Pairs():
            return {"answer_within": "2d"}
        case Record():
            return {f.name: value_of(f) for f in shape.fields}
    raise TypeError(f"there is no example for {shape}")


def told_of(kind: type[Fact], position: int = 12) -> dict[str, Json]:
    """A fact of this kind as it is told to a reader to whom its sealed fields are closed."""
    fields: dict[str, Json] = {}
    for f in record_of(kind).fields:
        if f.compartment:
            fields[f.name] = {"sealed": {"state": "closed", "compartment": f.compartment.value}}
        else:
            fields[f.name] = _told(f.shape, f.name, f.label.en)
    return {
        "position": position,
        "ref": "06ew0fqz9m4k2b8n5x1c7v3d0g",
        "kind": kind.__name__,
        "recorded_at": WHEN,
        "happened_at": WHEN,
        "precision": "minute",
        "by": {"person": "practice.case-agent", "role": "case-agent"},
        "told": None,
        "fields": fields,
    }


def _told(shape: Shape, name: str, said: str) -> Json:
    """As it is told: times and lengths of time as the ledger writes them."""
    value: Any = _value(shape, name, said)
    return 86400 if isinstance(shape, Span) else value
