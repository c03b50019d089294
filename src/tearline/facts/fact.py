"""What a fact is made of: typed fields that carry their labels, their compartment and their tag.

A field's type says everything about it::

    content: Annotated[Sealed[str], Label("Content", "Contenido"), Compartment.CONTENT]

``Sealed`` fields are personal or sensitive: they are encrypted, and a reader without the compartment
gets them closed. A clear field is an identifier, a closed set, a number, a date, or a ``Public`` text.
Identifiers become tags, by which facts are found again; sealed ones do not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar, dataclass_transform

from tearline.facts.words import Worded, Words

T = TypeVar("T")


class Compartment(Worded):
    """A part of the sealed record that is opened by itself, to those who need it."""

    CONTENT = "content", "content of intelligence", "contenido de inteligencia"
    SOURCE_HANDLING = "source-handling", "source handling", "manejo de fuentes"
    PEOPLE_AT_RISK = "people-at-risk", "people at risk", "personas en riesgo"
    WITNESSES = "witnesses", "witnesses", "testigos"
    VICTIMS = "victims", "who was harmed", "quiénes sufrieron daño"
    FILE_KEYS = "file-keys", "keys of files of evidence", "claves de archivos de evidencia"
    """Opened by the node alone, when it hands out a copy: no role reads them."""
    PERSONS = "persons", "who people are", "quiénes son las personas"
    REASONS = "reasons", "written reasons", "razones por escrito"
    DOSSIERS = "dossiers", "dossiers", "expedientes"
    EXPOSURE = "exposure", "who could leak, and how likely", "quién podría filtrar, y con qué probabilidad"
    VERDICTS = "verdicts", "why a verdict was reached", "por qué se alcanzó un veredicto"
    INVESTIGATIONS = (
        "investigations",
        "investigations into leaks",
        "investigaciones de filtraciones",
    )
    MARKS = "marks", "marks of copies", "marcas de las copias"


class Closed(Exception):
    """A sealed field was asked for that this reader has not opened, or that has been purged."""


class Seal(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    PURGED = "purged"


@dataclass(frozen=True, slots=True)
class Sealed(Generic[T]):
    """A value that may be unreadable here: open, closed (no right to this compartment) or purged."""

    value: T | None
    seal: Seal = Seal.OPEN

    def open(self) -> T:
        """The value; raises ``Closed`` when this reader does not hold it."""
        if self.seal is not Seal.OPEN:
            raise Closed(f"the field is {self.seal}")
        return self.value  # type: ignore[return-value]  # an open seal holds a T, which may itself be None

    @property
    def purged(self) -> bool:
        """Destroyed, for every reader: what it said is not known any more, and must not be guessed."""
        return self.seal is Seal.PURGED

    def __repr__(
        self,
    ) -> str:  # sealed values must not reach a log by way of a traceback
        return f"Sealed({self.seal})"


@dataclass(frozen=True, slots=True)
class Label:
    """The words a form, a page and the glossary use for a field."""

    en: str
    es: str

    @property
    def words(self) -> Words:
        return Words(self.en, self.es)


@dataclass(frozen=True, slots=True)
class Public:
    """Marks a clear text as fit for every reader of the ledger; ``limit`` in characters."""

    limit: int = 200


@dataclass(frozen=True, slots=True)
class Tag:
    """Another prefix for this identifier's tag, where its role matters for finding it again."""

    prefix: str


class Binds(StrEnum):
    """Whether a live fact of this kind bears the signature of who did it, by a key of their own."""

    NEVER = "never"
    ALWAYS = "always"
    ONCE_FOUNDED = "once-founded"
    """From the naming of the founders on. What was recorded before needs none, and stays valid."""


class Fact:
    """Something that happened. Subclasses are declared with ``@fact`` and live in one file a room."""

    __slots__ = ()
    in_words: ClassVar[Words]
    room: ClassVar[str]
    binds: ClassVar[Binds]


KINDS: dict[str, type[Fact]] = {}

F = TypeVar("F", bound=Fact)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def fact(en: str, es: str, *, binds: Binds | bool = Binds.NEVER) -> Callable[[type[F]], type[F]]:
    """Declare a kind of fact with its title in both languages. The class name is the kind, for ever.

    ``binds``: True means always.
    """
    when = Binds.ALWAYS if binds is True else binds or Binds.NEVER

    def declare(cls: type[F]) -> type[F]:
        made = dataclass(frozen=True, kw_only=True, slots=True)(cls)
        made.in_words = Words(en, es)
        made.room = cls.__module__.rpartition(".")[2]
        made.binds = when
        if made.__name__ in KINDS:
            raise TypeError(f"two facts are named {made.__name__}")
        KINDS[made.__name__] = made
        return made

    return declare
