"""docs/dossier.md, derived from the schema: every field that a condition may speak of, and what it means."""

from collections.abc import Iterator

from tearline.protocol.schema import DOSSIER, VERSION, VERSIONS, Field, schema
from tearline.protocol.types import ListOf, Record, Simple, Type

OPENING = f"""\
# The dossier

What a protocol decides on: the facts of one proposed release to one recipient, as known at the time of decision. It
holds identifiers, dates, counts and closed words, never content. This page is made by `make docs` from
`src/tearline/protocol/schema.py`; change it there.

- A fact that nobody recorded is **absent**. There are no nulls and no defaults, and a rule that needs an absent fact
  holds. Only `dossier` (the version) and `at` (the time of decision) must be there.
- A field never changes its name, type or meaning. A new version only adds. Today's is {VERSION}; dossiers and packs of
  any version from {VERSIONS[0]} stay readable.
- As JSON or YAML, a time is RFC 3339 with its offset (`2011-03-18T09:00:00-06:00`), a length of time is a text such as
  `720h` or `30d`, and a list of records holds each `id` once.
- A pack's parameters are further fields of `agreement`, typed as the pack declares them. An agreement states them.
- The release room assembles it from the ledger (`src/tearline/rooms/release/`), from what was recorded up to that
  moment. It is stored sealed with its verdict and hashed with a random salt; a purged one replays as *purged*.

| field | type | since | in words | en español |
|---|---|---|---|---|
"""


def page() -> str:
    """The whole page, ending in a newline."""
    return OPENING + "".join(f"{row}\n" for row in _rows("", DOSSIER, schema()))


def _rows(above: str, fields: tuple[Field, ...], record: Record) -> Iterator[str]:
    for field in fields:
        path = f"{above}.{field.name}" if above else field.name
        type_ = record.fields[field.name]
        yield f"| `{path}` | {_type(type_)} | {field.since} | {field.words.en} | {field.words.es} |"
        if isinstance(field.type, tuple):
            element = type_.element if isinstance(type_, ListOf) else type_
            assert isinstance(element, Record)  # noqa: S101  fields within a field make a record
            yield from _rows(f"{path}[]" if field.many else path, field.type, element)


def _type(type_: Type) -> str:
    match type_:
        case Simple(choices=()):
            return type_.kind.value
        case Simple():
            return "one of " + ", ".join(f"`{word}`" for word in type_.choices)
        case ListOf():
            return f"list of at most {type_.most:,}" + (
                "" if isinstance(type_.element, Record) else f", each {_type(type_.element)}"
            )
        case Record():
            return "record"
