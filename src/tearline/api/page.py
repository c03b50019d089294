"""The API for people to read: one page, made from the document when the process starts, without any script."""

from collections.abc import Iterator, Mapping
from functools import cache
from html import escape
from typing import Any

from tearline.api.openapi import document
from tearline.api.problems import STATUS, Kind
from tearline.web.look import asset

HEAD = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tearline: API</title>
<link rel="stylesheet" href="{css}">
<link rel="icon" href="{icon}">
</head>
<body>
<main class="grid-container usa-prose" id="main">
<h1>API</h1>
"""


@cache
def page() -> str:
    """The whole page, as HTML."""
    head = HEAD.format(css=asset("css/tearline.css"), icon=asset("img/favicon.svg"))
    return "\n".join([head, *_body(), "</main></body></html>", ""])


def _body() -> Iterator[str]:
    said: Mapping[str, Any] = document()
    yield f"<p>{escape(said['info']['summary'])}. {_es(said['info']['x-summary-es'])}</p>"
    yield '<p>The same for programs: <a href="/api/v1/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>'
    yield "<ul>"
    for line in said["info"]["description"].splitlines():
        if line.startswith("- "):
            yield f"<li>{_marked(line[2:])}</li>"
    yield "</ul>"
    yield "<nav aria-label='Contents'><ul><li><a href='#views'>Views</a></li><li><a href='#commands'>Commands</a></li>"
    yield "<li><a href='#problems'>Problems</a></li></ul></nav>"
    yield f"<h2 id='views'>Views {_es('Vistas')}</h2>"
    for path, item in said["paths"].items():
        if "get" in item:
            yield from _view(path, item["get"])
    yield f"<h2 id='commands'>Commands {_es('Órdenes')}</h2>"
    for path, item in said["paths"].items():
        if "post" in item:
            yield from _command(path, item["post"], said["components"]["schemas"])
    yield f"<h2 id='problems'>Problems {_es('Problemas')}</h2>"
    yield "<dl>"
    for kind in Kind:
        yield f"<dt id='problem-{kind.value}'><code>{kind.value}</code> ({STATUS[kind]})</dt>"
        yield f"<dd>{escape(kind.words.en)}. {_es(kind.words.es)}</dd>"
    yield "</dl>"


def _view(path: str, said: Mapping[str, Any]) -> Iterator[str]:
    yield f"<section><h3 id='{said['operationId']}'><code>GET {escape(path)}</code></h3>"
    yield f"<p>{escape(said['summary'])} {_es(said['x-summary-es'])}</p>"
    yield _for_whom(said)
    rows = [
        (one["name"], one["description"], one["x-description-es"], _type(one["schema"]))
        for one in said["parameters"]
        if "$ref" not in one
    ]
    yield from _table(rows)
    yield "</section>"


def _command(path: str, said: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    yield f"<section><h3 id='{said['operationId']}'><code>POST {escape(path)}</code></h3>"
    yield f"<p>{escape(said['summary'])} {_es(said['x-summary-es'])}</p>"
    if "description" in said:
        yield f"<p>{_marked(said['description'])}</p>"
    yield _for_whom(said)
    ref = said["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    schema = schemas[ref.rpartition("/")[2]]
    rows = [
        (
            name + ("" if name in schema["required"] else " ?"),
            one.get("description", ""),
            one.get("x-description-es", ""),
            _type(one) + (f"; sealed: {one['x-compartment']}" if "x-compartment" in one else ""),
        )
        for name, one in schema.get("properties", {}).items()
    ]
    yield from _table(rows)
    yield "</section>"


def _for_whom(said: Mapping[str, Any]) -> str:
    return f"<p>For: {escape(', '.join(said['x-roles']) or 'nobody here')}</p>"


def _table(rows: list[tuple[str, str, str, str]]) -> Iterator[str]:
    if not rows:
        return
    yield "<div class='usa-table-container--scrollable' tabindex='0'><table class='usa-table'>"
    yield "<thead><tr><th scope='col'>name</th><th scope='col'>English</th><th scope='col' lang='es'>español</th>"
    yield "<th scope='col'>type</th></tr></thead><tbody>"
    for name, en, es, kind in rows:
        yield f"<tr><th scope='row'><code>{escape(name)}</code></th><td>{escape(en)}</td>"
        yield f"<td lang='es'>{escape(es)}</td><td>{escape(kind)}</td></tr>"
    yield "</tbody></table></div>"


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return _type(document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])  # type: ignore[index,call-overload,arg-type]  # as JSON has it
    if "enum" in schema:
        some = [str(one) for one in schema["enum"]]
        return (
            "one of " + ", ".join(some) if len(some) <= 12 else f"one of {len(some)} words, such as {some[0]}"
        )
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    return " ".join(str(one) for one in (schema.get("type", "any value"), schema.get("format", "")) if one)


def _es(text: str) -> str:
    return f"<span lang='es'>· {escape(text)}</span>"


def _marked(text: str) -> str:
    """Code marks and bold as Markdown has them."""
    parts = escape(text).split("`")
    marked = "".join(f"<code>{part}</code>" if n % 2 else part for n, part in enumerate(parts))
    bold = marked.split("**")
    return "".join(f"<strong>{part}</strong>" if n % 2 else part for n, part in enumerate(bold))
