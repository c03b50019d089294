"""The OpenAPI 3.1 document, made from the table of routes and from the declarations of facts.

Nothing in it is written by hand that the code knows: fields, labels in both languages, closed sets, compartments, who
may ask, which problems are answered.
"""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from tearline.api import examples
from tearline.api.commands import Form, commands
from tearline.api.components import JSON, POSITION, body_name, components
from tearline.api.problems import STATUS, Kind
from tearline.api.route import Parameter, View
from tearline.api.schemas import (
    Schema,
    ref,
    worded,
)
from tearline.api.views import VIEWS
from tearline.facts.history import Role
from tearline.facts.shape import Json
from tearline.facts.words import Words
from tearline.rooms.reading import OpenCompartments

SUMMARY = Words(
    "One accountable system for partners who must share sensitive information and cannot fully trust each other",
    "Un solo sistema responsable para socios que deben compartir información sensible y no pueden confiar del todo",
)
DESCRIPTION = """\
Everything that the site shows and takes, for programs. Send a token with each request: `Authorization: Bearer …`.

- **Views** are `GET`. Lists are paged: follow `next`. Every answer has an `ETag`; send it back in `If-None-Match`.
- **Commands** are `POST`, each with an `Idempotency-Key` of your choosing: sent twice, it is recorded once.
- **Acts that bind** are answered with `202` and what is to be signed; the signature is sent to `/signatures/{id}`.
- **Sealed fields** are objects: `sealed.state` is `open` (then there is a `value`), `closed` to you, or `purged`.
- **Problems** have one shape (RFC 9457), in English and Spanish.
"""
TAGS = {
    "Views": Words("What the site shows", "Lo que muestra el sitio"),
    "Commands": Words("What people do", "Lo que hacen las personas"),
    "Signatures": Words("What binds a person", "Lo que obliga a una persona"),
}


@cache
def document() -> dict[str, Json]:
    """The whole of ``/api/v1/openapi.json``."""
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Tearline",
            "version": _version(),
            "summary": SUMMARY.en,
            "x-summary-es": SUMMARY.es,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"bearer": []}],
        "tags": [
            {"name": name, "description": words.en, "x-description-es": words.es}
            for name, words in TAGS.items()
        ],
        "paths": _paths(),
        "components": components(),
    }


def _version() -> str:
    try:
        return version("tearline")
    except PackageNotFoundError:  # run from its folder without being installed
        return "0"


def _paths() -> dict[str, Json]:
    paths: dict[str, Json] = {view.path: {"get": _view(view)} for view in VIEWS}
    for form in commands().values():
        paths[f"/commands/{form.name}"] = {"post": _command(form)}
    paths["/readings"] = {"post": _opening()}
    paths["/signatures/{id}"] = {"post": _signature()}
    return paths


def _view(view: View) -> dict[str, Json]:
    parameters: list[Json] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "minLength": 1},
            **_path_words(name, view.path_words),
        }
        for name in view.parameters()
    ]
    parameters += [_parameter(one) for one in view.query if one.told]
    parameters.append({"$ref": "#/components/parameters/if-none-match"})
    responses: dict[str, Json] = {
        "200": {
            "description": view.words.en,
            "headers": {"ETag": {"$ref": "#/components/headers/ETag"}},
            "content": {JSON: {"schema": ref(view.name)}},
        },
        "304": {
            "description": "You have it already.",
            "headers": {"ETag": {"$ref": "#/components/headers/ETag"}},
        },
    }
    return {
        "operationId": view.name,
        "summary": view.words.en,
        "x-summary-es": view.words.es,
        "tags": ["Views"],
        "x-roles": _roles(view.roles),
        "x-scope": "read",
        "parameters": parameters,
        "responses": responses
        | _problems(
            Kind.UNKNOWN_CALLER,
            Kind.NOT_IN_SCOPE,
            Kind.ABSENT,
            Kind.METHOD,
            Kind.MALFORMED,
            Kind.TOO_MANY,
            Kind.BROKEN,
        ),
    }


def _path_words(name: str, words: Mapping[str, Words]) -> Schema:
    said = words.get(name, POSITION if name in ("position", "entry") else Words(f"Its {name}", f"Su {name}"))
    example: Schema = {}
    known = examples.KNOWN.get(f"{name.capitalize()}Id")
    if name == "position":
        example = {"example": "3"}
    elif known:
        example = {"example": known}
    return worded(said) | example


def _parameter(one: Parameter) -> dict[str, Json]:
    said: dict[str, Json] = {
        "name": one.name,
        "in": "query",
        "required": False,
        "schema": one.schema,
        **worded(one.words),
    }
    return said if one.example is None else said | {"example": one.example}


def _command(form: Form) -> dict[str, Json]:
    description = form.about
    return {
        "operationId": form.name,
        "summary": form.words.en,
        "x-summary-es": form.words.es,
        **({"description": description} if description else {}),
        "tags": ["Commands"],
        "x-roles": _roles(form.roles),
        "x-scope": "record",
        "parameters": [{"$ref": "#/components/parameters/idempotency-key"}],
        "requestBody": {
            "required": True,
            "content": {
                JSON: {
                    "schema": ref(body_name(form)),
                    "example": examples.body_of(form.name, form.fields),
                }
            },
        },
        "responses": _acted(signing=True),
    }


def _opening() -> dict[str, Json]:
    words = Words(
        "Open source handling, people at risk or witnesses of one thing, for 15 minutes and with a reason",
        "Abrir manejo de fuentes, personas en riesgo o testigos de una cosa, 15 minutos y con un motivo",
    )
    return {
        "operationId": "OpenCompartments",
        "summary": words.en,
        "x-summary-es": words.es,
        "tags": ["Commands"],
        "x-roles": _roles(OpenCompartments.allowed),
        "x-scope": "record",
        "parameters": [{"$ref": "#/components/parameters/idempotency-key"}],
        "requestBody": {
            "required": True,
            "content": {
                JSON: {
                    "schema": ref("OpeningBody"),
                    "example": {"of": "/items/practice.item-1", "why": "To warn the family"},
                }
            },
        },
        "responses": _acted(signing=True),
    }


def _signature() -> dict[str, Json]:
    return {
        "operationId": "Sign",
        "summary": "The signature of an act that binds",
        "x-summary-es": "La firma de un acto que obliga",
        "tags": ["Signatures"],
        "x-roles": _roles(frozenset(Role) - {Role.NODE, Role.CHRONICLER}),
        "x-scope": "record",
        "parameters": [
            {
                "name": "id",
                "in": "path",
                "required": True,
                "schema": {"type": "string", "minLength": 1},
                "description": "The id of what is to be signed, as the command was answered.",
            }
        ],
        "requestBody": {
            "required": True,
            "content": {
                JSON: {
                    "schema": ref("Signature"),
                    "example": {"form": "ed25519", "signature": "A" * 86},
                }
            },
        },
        "responses": _acted(signing=False),
    }


def _acted(*, signing: bool) -> dict[str, Json]:
    """What an act is answered with."""
    found: dict[str, Json] = {"201": {"$ref": "#/components/responses/Recorded"}}
    if signing:
        found["202"] = {"$ref": "#/components/responses/Offered"}
    kinds = [
        Kind.UNKNOWN_CALLER,
        Kind.NOT_FOR_ROLE,
        Kind.NOT_IN_SCOPE,
        Kind.ABSENT,
        Kind.METHOD,
        Kind.REFUSED,
        Kind.SHOWN_ANEW,
        Kind.TOO_LARGE,
        Kind.MEDIA,
        Kind.MALFORMED,
        Kind.OTHER_BODY,
        Kind.TOO_MANY,
        Kind.BUSY,
        Kind.BROKEN,
    ]
    return found | _problems(*([Kind.NO_KEY] if signing else []), *kinds)


def _problems(*kinds: Kind) -> dict[str, Json]:
    """A response for each status of these kinds."""
    return {
        str(status): {"$ref": f"#/components/responses/{status}"}
        for status in sorted({STATUS[kind] for kind in kinds})
    }


def _roles(roles: frozenset[Role]) -> list[Json]:
    return [role.value for role in Role if role in roles]
