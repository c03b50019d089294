"""The glossary page and the JSON schema, derived from the declarations; nothing here is written twice.

``page`` is the whole of docs/facts.md: one section a room, one table a kind of fact, then the closed sets and
the records that the fields refer to. ``schema`` is a JSON Schema (2020-12) of every kind, as it is sent.
"""

import inspect
from collections.abc import Iterable, Iterator
from enum import StrEnum

from tearline.facts.fact import Binds, Fact
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
    Whole,
    record_of,
)
from tearline.facts.vocabulary import ROOMS, kinds
from tearline.facts.words import Words

TITLES = {
    "parties": Words("Parties", "Partes"),
    "keys": Words("Keys", "Claves"),
    "admission": Words("Admission of people", "Admisión de personas"),
    "screening": Words("Screening of items and consent", "Examen de elementos y consentimiento"),
    "release": Words("Release", "Divulgación"),
    "exposure": Words("Exposure", "Exposición"),
    "marks": Words("Marked copies", "Copias marcadas"),
    "leaks": Words("Leaks", "Filtraciones"),
    "investigation": Words("Investigations of leaks", "Investigaciones de filtraciones"),
    "tracing": Words("Traces of surfaced texts", "Rastreos de textos aparecidos"),
    "harm": Words("Harm", "Daños"),
    "outside": Words("Reports from outside", "Informes de fuera"),
    "register": Words("Register of those harmed", "Registro de personas dañadas"),
    "linkage": Words("Who is who among reports", "Quién es quién entre los informes"),
    "casualties": Words("How many there were", "Cuántas personas fueron"),
    "warnings": Words("Warnings", "Avisos"),
    "assistance": Words("Assistance", "Asistencia"),
    "operations": Words("Operations", "Operaciones"),
    "protocols": Words("Protocols", "Protocolos"),
    "oversight": Words("Oversight", "Supervisión"),
    "reading": Words("Reading of what is sealed", "Lectura de lo sellado"),
    "retention": Words("Retention and purge", "Conservación y supresión"),
    "logs": Words("Partners' logs", "Registros de los socios"),
}

OPENING = """\
# Facts

Everything that Tearline can record, room by room: the kinds of fact, their fields, and the words for them in
English and Spanish. This page is made by `make docs` from `src/tearline/facts/`; change it there. A kind's name
and its fields never change their meaning: a new version is a new kind.

Every fact also carries when it is said to have happened and how exactly that is known, when the ledger recorded
it, and who acted as what. A field that is *sealed* is encrypted, and opened only to those who need its
compartment. A field with a *tag* is an identifier by which facts are found again.
"""


def page() -> str:
    """docs/facts.md, ending in a newline."""
    declared = list(kinds())
    lines = [OPENING]
    for module in ROOMS:
        room = module.__name__.rpartition(".")[2]
        lines += [f"## {_both(TITLES[room])}", "", *_prose(inspect.getdoc(module) or ""), ""]
        for kind in declared:
            if kind.room == room:
                lines += _kind(kind)
    records, sets = _referred(declared)
    lines += ["## Records inside facts", ""]
    for record in records:
        lines += [f"### {record.cls.__name__}", "", *_described(record.cls), *_fields(record.fields), ""]
    lines += ["## Closed sets", ""]
    for choice in sets:
        lines += _choice(choice)
    return "\n".join(lines).rstrip("\n") + "\n"


def schema() -> dict[str, Json]:
    """One JSON Schema with a definition for each kind of fact; ``x-compartment`` marks what is sealed."""
    definitions: dict[str, Json] = {}
    for kind in kinds():
        record = record_of(kind)
        shape = record.schema()
        properties = shape["properties"]
        assert isinstance(properties, dict)  # noqa: S101  a record's schema has them
        for field in record.fields:
            described = properties[field.name]
            if field.compartment and isinstance(described, dict):
                properties[field.name] = described | {"x-compartment": field.compartment.value}
        definitions[kind.__name__] = {
            "title": kind.in_words.en,
            "x-room": kind.room,
            **shape,
        }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Facts of Tearline",
        "$defs": definitions,
    }


def _both(words: Words) -> str:
    return f"{words.en} · {words.es}"


def _prose(text: str) -> list[str]:
    """A docstring as Markdown: code marks as Markdown has them."""
    return text.replace("``", "`").strip().split("\n")


def _described(cls: type) -> list[str]:
    """The class's own docstring, if its author wrote one."""
    doc = cls.__doc__ or ""
    generated = doc.startswith(f"{cls.__name__}(") or doc in ("", "An enumeration.")
    return [] if generated else [*_prose(inspect.cleandoc(doc)), ""]


_BINDS = {
    Binds.NEVER: [],
    Binds.ALWAYS: ["It binds: a live one is signed by the person, with a key of their own.", ""],
    Binds.ONCE_FOUNDED: [
        "It binds once founders are named: a live one is then signed by the person, with a key of their own.",
        "",
    ],
}


def _kind(kind: type[Fact]) -> list[str]:
    lines = [f"### {kind.__name__}", "", f"*{_both(kind.in_words)}*", "", *_described(kind)]
    lines += _BINDS[kind.binds]
    return [*lines, *_fields(record_of(kind).fields), ""]


def _fields(fields: Iterable[Field]) -> list[str]:
    lines = ["| field | English | español | type | sealed | tag |", "|---|---|---|---|---|---|"]
    for field in fields:
        sealed = field.compartment.value if field.compartment else ""
        tag = "" if field.compartment else _tag(field.shape)
        optional = "" if field.required else "; may be left out"
        cells = (
            f"`{field.name}`",
            field.label.en,
            field.label.es,
            _type(field.shape) + optional,
            sealed,
            f"`{tag}`" if tag else "",
        )
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _tag(shape: Shape) -> str:
    match shape:
        case Identifier():
            return shape.prefix
        case Many() | Maybe():
            return _tag(shape.one)
        case _:
            return ""


def _type(shape: Shape) -> str:
    match shape:
        case Identifier():
            return f"{shape.name}"
        case Text():
            return f"text, at most {shape.limit:,} characters"
        case Whole():
            return "whole number"
        case Real():
            return "number"
        case Flag():
            return "true or false"
        case Instant():
            return "date and time"
        case Day():
            return "date"
        case Span():
            return "length of time"
        case Choice():
            return _link(shape.options)
        case Many():
            return f"list of {_type(shape.one)}"
        case Maybe():
            return f"{_type(shape.one)}, or nothing"
        case Pairs():
            return "map of names to numbers, short texts, true or false"
        case Record():
            return _link(shape.cls)
        case _:
            raise TypeError(f"the glossary has no word for {shape}")


def _link(cls: type) -> str:
    return f"[{cls.__name__}](#{cls.__name__.lower()})"


def _choice(choice: Choice) -> list[str]:
    lines = [f"### {choice.options.__name__}", "", *_described(choice.options)]
    lines += ["| value | English | español |", "|---|---|---|"]
    lines += [f"| `{value}` | {words.en} | {words.es} |" for value, words in choice.words()]
    return [*lines, ""]


def _referred(declared: Iterable[type[Fact]]) -> tuple[list[Record], list[Choice]]:
    """The records and the closed sets that fields refer to, each once, in the order of first use."""
    records: dict[type, Record] = {}
    sets: dict[type[StrEnum], Choice] = {}
    for kind in declared:
        for shape in _inner(record_of(kind)):
            match shape:
                case Record():
                    records.setdefault(shape.cls, shape)
                case Choice():
                    sets.setdefault(shape.options, shape)
    return list(records.values()), list(sets.values())


def _inner(shape: Shape) -> Iterator[Shape]:
    """Every shape within this one."""
    match shape:
        case Record():
            for field in shape.fields:
                yield field.shape
                yield from _inner(field.shape)
        case Many() | Maybe():
            yield shape.one
            yield from _inner(shape.one)
