"""What of a fact can be found, and as what: the things it puts on record, and its public texts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tearline.facts.fact import Fact
from tearline.facts.history import Recorded
from tearline.facts.shape import Identifier, Many, Maybe, Shape, Text, record_of
from tearline.facts.words import Words
from tearline.search.words import words_of

ROOMS = frozenset(
    {
        "parties",
        "protocols",
        "release",
        "screening",
        "leaks",
        "harm",
        "warnings",
        "assistance",
        "operations",
        "oversight",
        "retention",
    }
)
"""Keys, logs and admission are left out: their public texts are hashes and keys."""
ENTRY = "entry"
"""What is found is the fact itself, and no thing that it put on record."""
THINGS: Mapping[str, Words] = {
    "item": Words("items", "elementos"),
    "request": Words("requests", "solicitudes"),
    "agreement": Words("agreements", "acuerdos"),
    "organisation": Words("organisations", "instituciones"),
    "unit": Words("units", "unidades"),
    "person": Words("people", "personas"),
    "proposal": Words("proposed protocols", "protocolos propuestos"),
    "compromise": Words("leaks", "filtraciones"),
    "operation": Words("operations", "operaciones"),
    ENTRY: Words("other entries", "otros asientos"),
}
"""By the prefix of their tags."""
RELEASE = "release"
"""What was given out is found to be chosen in a form, by what it names; a search for words finds its request."""
INDEXED = frozenset({*THINGS, RELEASE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One thing, or one fact, by which somebody may find it. ``name`` is empty for a fact.

    ``about`` are the words of what else the fact names: a search for words leaves them out, choosing does not.
    """

    kind: str
    name: str
    words: tuple[str, ...]
    about: tuple[str, ...] = ()


def tags(recorded: Recorded[Fact]) -> list[str]:
    """The things that this fact names, by their tags."""
    fact = recorded.fact
    if fact.room not in ROOMS:
        return []
    return [tag for tag in sorted(record_of(type(fact)).tags(fact)) if tag.partition(":")[0] in INDEXED]


def documents(recorded: Recorded[Fact], new: set[str]) -> Iterator[Document]:
    """What can be found because of this fact. Of ``new``, the tags that nothing was found by, it takes its own out."""
    fact = recorded.fact
    if fact.room not in ROOMS:
        return
    texts = tuple(word for name in _public(type(fact)) for word in words_of(getattr(fact, name) or ""))
    mine = [tag for tag in tags(recorded) if tag in new]
    new.difference_update(mine)
    named = _named(fact) if mine else ()
    for tag in dict.fromkeys(mine):
        kind, _, name = tag.partition(":")
        words = tuple(words_of(name)) if kind == RELEASE else (*words_of(name), *texts)
        yield Document(kind=kind, name=name, words=words, about=named)
    if texts and all(tag.startswith(f"{RELEASE}:") for tag in mine):
        yield Document(kind=ENTRY, name="", words=texts)


def _public(kind: type[Fact]) -> tuple[str, ...]:
    """The fields that hold a text which stands in clear."""
    return tuple(
        one.name
        for one in record_of(kind).fields
        if one.compartment is None
        and isinstance(one.shape.one if isinstance(one.shape, Maybe) else one.shape, Text)
    )


def _named(fact: Fact) -> tuple[str, ...]:
    """The words of the identifiers that a fact names in clear."""
    found: list[str] = []
    for one in record_of(type(fact)).fields:
        if one.compartment is None and _names(one.shape):
            said = getattr(fact, one.name)
            for name in said if isinstance(said, tuple) else (said,):
                found += words_of(name or "")
    return tuple(dict.fromkeys(found))


def _names(shape: Shape) -> bool:
    inner = shape.one if isinstance(shape, Maybe | Many) else shape
    return isinstance(inner, Identifier)
