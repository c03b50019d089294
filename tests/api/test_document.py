"""The OpenAPI document: valid, whole, made from the declarations, and true of what is served."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from fastapi.routing import iter_route_contexts
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR
from starlette.testclient import TestClient

from tearline.api.commands import commands
from tearline.api.openapi import document
from tearline.api.views import VIEWS
from tearline.facts import vocabulary
from tearline.facts.shape import record_of
from tearline.jobs.commands import commands as forms
from tearline.web.app import create_app
from tests.web.world import World

DOCUMENT: Any = document()
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
ONLY_PAGES = {
    # what is for people at a browser, and nothing that a view of the record shows
    "/identity",
    "/preferences",
    "/language",
    "/protocols/lab",
    "/healthz",
    "/readyz",
    "/ledger/checkpoint",
    "/ledger/vkey",
    "/ledger/tile/{_path:path}",
    # what one person has looked at so far; what there is to look at, /facts and /queue tell
    "/notifications",
    # for people without an account, in a browser; a program would have to hold their code
    "/report",
    "/report/follow",
    # the door: a token is not obtained, nor its person let in, through what it opens
    "/account/fresh",
    "/sign-in",
    "/sign-in/directory",
    "/sign-in/directory/callback",
    "/sign-in/directory/arrived",
    "/sign-in/directory/nobody",
    "/sign-in/directory/down",
    "/enrol",
    # sessions and keys belong to a browser
    "/account",
    "/account/directory",
    # a secret is shown once, in the session that it was made in
    "/account/tokens/{token}/shown",
    # who is admitted is administered by people, at their own screens; what they do is in the record
    "/directory",
    "/machines",
    "/machines/{machine}",
    "/people-and-access",
    "/people-and-access/invitations/{invitation}",
    # an empty table to fill in: a program gives each decision as a command
    "/people/import/template.csv",
    "/harm/import/template.csv",
    # tables and files leave as what they are, with a reason: what stands in them, the views of the register tell
    "/harm/export.csv",
    "/harm/files/{file}/copies/{custody}",
}


def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    """Checks against one schema of the document."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def operations() -> Iterator[tuple[str, str, Any]]:
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def everything(value: Any) -> Iterator[Any]:
    yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from everything(inner)


def test_it_is_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    assert list(OPENAPI_31_VALIDATOR.iter_errors(DOCUMENT)) == []


def test_every_schema_is_json_schema_and_every_reference_leads_somewhere() -> None:
    for name, schema in SCHEMAS.items():
        jsonschema_rs.meta.validate({"$schema": DOCUMENT["jsonSchemaDialect"], **schema})
        assert name.isidentifier()
    for found in everything(DOCUMENT):
        if isinstance(found, dict) and isinstance(found.get("$ref"), str):
            held = DOCUMENT
            for step in found["$ref"].removeprefix("#/").split("/"):
                held = held[step]


def test_every_command_has_its_route_and_its_fields_come_from_the_declarations() -> None:
    assert set(forms()) <= set(commands())
    for name, form in commands().items():
        body = SCHEMAS[f"{name}Body"]["properties"]
        assert f"/commands/{name}" in DOCUMENT["paths"]
        assert set(body) == {f.name for f in form.fields} | {"happened_at", "precision"}
        for field in form.fields:
            assert body[field.name]["description"] == field.label.en
            assert body[field.name]["x-description-es"] == field.label.es
            assert body[field.name].get("x-compartment") == (field.compartment and field.compartment.value)
        assert SCHEMAS[f"{name}Body"]["additionalProperties"] is False


def test_every_kind_of_fact_is_described_with_an_example_that_fits() -> None:
    for kind in vocabulary.kinds():
        schema = SCHEMAS[kind.__name__]
        assert schema["title"] == kind.in_words.en
        assert set(schema["properties"]["fields"]["properties"]) == {f.name for f in record_of(kind).fields}
        assert list(validator(kind.__name__).iter_errors(schema["examples"][0])) == []


def test_every_page_of_the_site_that_shows_the_record_has_its_view(still: World) -> None:
    app = create_app(still.node, demo=True)
    pages = {
        found.path
        for found in iter_route_contexts(app.routes)
        if "GET" in (found.methods or ()) and "POST" not in _methods(app, found.path)
    }
    shown = {page for view in VIEWS for page in view.page}
    pictures = {path for path in pages if path and path.endswith(".svg")}  # of what a view tells in full
    assert pages - shown - pictures - ONLY_PAGES == set()


def _methods(app: Any, path: str | None) -> set[str]:
    """Every method that an address takes: what is looked at and sent is a form, whose act is a command."""
    return {
        method
        for found in iter_route_contexts(app.routes)
        if found.path == path
        for method in found.methods or ()
    }


def test_every_operation_says_in_both_languages_what_it_is_and_who_may() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))
    for path, _, operation in operations():
        assert operation["summary"], path
        assert operation["x-summary-es"], path
        assert isinstance(operation["x-roles"], list)
        assert {"401", "422", "503"} <= set(operation["responses"])
    views = {view.path for view in VIEWS}
    assert {path for path, method, _ in operations() if method == "get"} == views


def test_every_example_of_a_body_fits_its_schema() -> None:
    for _, _, operation in operations():
        if "requestBody" in operation:
            content = operation["requestBody"]["content"]["application/json"]
            checks = validator(content["schema"]["$ref"].rpartition("/")[2])
            assert list(checks.iter_errors(content["example"])) == [], operation["operationId"]


def test_every_example_of_an_answer_fits_its_schema() -> None:
    for name, response in DOCUMENT["components"]["responses"].items():
        for content in response["content"].values():
            checks = validator(content["schema"]["$ref"].rpartition("/")[2])
            some = [one["value"] for one in content.get("examples", {}).values()]
            some += [content["example"]] if "example" in content else []
            for one in some:
                assert list(checks.iter_errors(one)) == [], name


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", "/api/v1/"])
def test_document_and_page_are_for_anyone_and_kept(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    again = client.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_page_runs_no_script_and_names_every_operation_in_both_languages(client: TestClient) -> None:
    text = client.get("/api/v1/").text
    assert "<script" not in text
    assert "style=" not in text
    for _, _, operation in operations():
        assert f"id='{operation['operationId']}'" in text
    for word in ("Reasons", "Razones", "sealed: content"):
        assert word in text
