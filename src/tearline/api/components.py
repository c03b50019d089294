"""What the paths of the OpenAPI document refer to: schemas, responses, headers and parameters."""

from collections.abc import Iterator, Sequence

from tearline.api import examples, problems, signatures
from tearline.api.commands import KEY_PATTERN, Form, commands
from tearline.api.problems import STATUS, Kind
from tearline.api.recorded import BY, TOLD, any_fact, fact_schema
from tearline.api.schemas import (
    WORDS,
    Schema,
    both,
    fields_schema,
    in_both,
    instant,
    many,
    record,
    ref,
    sets,
    text,
    whole,
)
from tearline.api.views import VIEWS
from tearline.facts import vocabulary
from tearline.facts.fact import Fact
from tearline.facts.reading import SealedFieldsRead
from tearline.facts.shape import Field, Json, Text, record_of
from tearline.facts.words import Words

JSON = "application/json"
POSITION = Words("A position in the ledger", "Una posición en el registro")


OPENING = (
    Field(
        "of",
        Words(
            "The address of what is opened, such as /items/practice.item-1", "La dirección de lo que se abre"
        ),
        Text(200),
        None,
        True,
    ),
    next(f for f in record_of(SealedFieldsRead).fields if f.name == "why"),
)
"""What is said to open source handling, people at risk or witnesses of one thing."""


def components() -> dict[str, Json]:
    return {
        "securitySchemes": {
            "bearer": {
                "type": "http",
                "scheme": "bearer",
                "description": "A token, issued to a person or a machine; it ends by itself.",
            }
        },
        "schemas": _schemas(),
        "responses": _problem_responses() | _act_responses(),
        "headers": _headers(),
        "parameters": {
            "if-none-match": {
                "name": "If-None-Match",
                "in": "header",
                "required": False,
                "description": "The ETag of an answer that you have: 304 says that it is still this.",
                "schema": {"type": "string"},
            },
            "idempotency-key": {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "description": "What you call this submission. Choose a fresh one, such as a UUID, for each act.",
                "schema": {"type": "string", "pattern": f"^{KEY_PATTERN}$"},
            },
        },
    }


def body_name(form: Form) -> str:
    """What the schema of this command's body is called."""
    return f"{form.name}Body"


def _act_responses() -> dict[str, Json]:
    """What was recorded, and what is to be signed first."""
    headers: dict[str, Json] = {
        name: {"$ref": f"#/components/headers/{name}"}
        for name in ("ETag", "Location", "Idempotency-Replayed")
    }
    return {
        "Recorded": {
            "description": "It was recorded; or had been, under this key.",
            "headers": headers,
            "content": {JSON: {"schema": ref("Receipt"), "example": RECEIPT_EXAMPLE}},
        },
        "Offered": {
            "description": "It binds: it is recorded with the person's signature.",
            "headers": {"Location": {"$ref": "#/components/headers/Location"}},
            "content": {JSON: {"schema": ref("Offered")}},
        },
    }


def _problem_responses() -> dict[str, Json]:
    """By status; several kinds of problem can share one."""
    by_status: dict[str, list[Kind]] = {}
    for kind in Kind:
        by_status.setdefault(str(STATUS[kind]), []).append(kind)
    return {
        status: {
            "description": "; ".join(kind.words.en for kind in some),
            "x-description-es": "; ".join(kind.words.es for kind in some),
            "content": {
                problems.MEDIA_TYPE: {
                    "schema": ref("Problem"),
                    "examples": {kind.value: {"value": _example(kind)} for kind in some},
                }
            },
        }
        for status, some in by_status.items()
    }


def _example(kind: Kind) -> dict[str, Json]:
    said: dict[str, Json] = {
        "type": f"{problems.PAGE}#problem-{kind.value}",
        "title": kind.words.en,
        "status": STATUS[kind],
        "detail": kind.words.en,
        "because": in_both(kind.words),
    }
    match kind:
        case Kind.MALFORMED:
            said["errors"] = [{"pointer": "/item", "expected": "a value: this member is required"}]
        case Kind.REFUSED:
            said |= {"rule": "known", "facts": ["practice.item-9"]}
        case Kind.NOT_FOR_ROLE:
            said |= {"rule": "role-allowed"}
        case Kind.NOT_IN_SCOPE:
            said |= {"rule": "scope-record"}
    return said


RECEIPT_EXAMPLE: dict[str, Json] = {
    "position": 41,
    "ref": "06ew0fqz9m4k2b8n5x1c7v3d0g",
    "recorded_at": examples.WHEN,
    "receipt": "/api/v1/facts/41/proof",
    "facts": [
        {
            "position": 41,
            "ref": "06ew0fqz9m4k2b8n5x1c7v3d0g",
            "kind": "DissentRecorded",
            "href": "/api/v1/facts/41",
        }
    ],
}


def _schemas() -> dict[str, Json]:
    kinds: Sequence[type[Fact]] = vocabulary.kinds()
    schemas: dict[str, Json] = {
        "By": BY,
        "Told": TOLD,
        "Words": WORDS,
        "Fact": any_fact(kinds),
        "Problem": PROBLEM,
        "Receipt": RECEIPT,
        "Signing": signatures.SIGNING,
        "Offered": signatures.OFFERED,
        "Signature": signatures.BODY,
        "OpeningBody": fields_schema(OPENING),
    }
    for kind in kinds:
        schemas[kind.__name__] = fact_schema(kind) | {"examples": [examples.told_of(kind)]}
    for name, schema in (*_shared(), *((view.name, view.answer) for view in VIEWS)):
        if name in schemas:
            raise TypeError(f"two schemas are named {name}")
        schemas[name] = schema
    for form in commands().values():
        schemas[body_name(form)] = form.schema() | {"title": form.words.en}
    for name, schema in sets():
        if name in schemas:
            raise TypeError(f"two schemas are named {name}")
        schemas[name] = schema
    return schemas


def _shared() -> Iterator[tuple[str, Schema]]:
    """What several views tell alike."""
    from tearline.api.views import SHARED

    yield from SHARED.items()


PROBLEM: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["type", "title", "status", "detail", "because"],
    "properties": {
        "type": text(Words("Which kind of problem", "Qué clase de problema")),
        "title": text(),
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": text(),
        "because": both(),
        "rule": text(Words("The rule that says no", "La regla que dice que no")),
        "facts": many(text()),
        "errors": many(
            record(
                {
                    "pointer": text(Words("Where: a JSON pointer", "Dónde: un puntero JSON")),
                    "expected": text(Words("What was expected there", "Qué se esperaba ahí")),
                }
            )
        ),
        "signing": ref("Signing"),
    },
}
RECEIPT: Schema = record(
    {
        "position": whole(POSITION),
        "ref": text(),
        "recorded_at": instant(),
        "receipt": text(Words("Where its proof is", "Dónde está su prueba")),
        "facts": many(record({"position": whole(), "ref": text(), "kind": text(), "href": text()})),
    },
    Words("What was recorded", "Lo que se registró"),
)


def _headers() -> dict[str, Json]:
    return {
        "ETag": {
            "description": "A strong tag of this answer, for this reader.",
            "schema": {"type": "string"},
        },
        "Location": {"description": "Where it stands.", "schema": {"type": "string"}},
        "Idempotency-Replayed": {
            "description": "There when this key had been used: nothing new was recorded.",
            "schema": {"type": "string", "const": "true"},
        },
    }
