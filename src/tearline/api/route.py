"""What a view is: its address, who may ask for it, what can be asked, and what it answers.

From the one declaration come the route, its row in the table of who may use what, and its part of the OpenAPI document.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from tearline.api import schemas
from tearline.api.bodies import Unfit, Wrong
from tearline.api.reading import MOST, USUAL, Reading
from tearline.api.schemas import Schema, one_of
from tearline.facts.errors import Malformed
from tearline.facts.history import Role
from tearline.facts.shape import Choice, Flag, Identifier, Instant, Json, Place, Shape, Text, Whole
from tearline.facts.words import Worded, Words
from tearline.web.policy import READERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """Something that can be asked for in the address, and how its text is read."""

    name: str
    words: Words
    shape: Shape
    schema: Schema
    least: int = 0
    example: Json = None
    told: bool = True
    """Whether the document names it: a cursor is followed in ``next``, and nobody makes one."""

    def read(self, text: str) -> object:
        """The value; Unfit when it is none."""
        plain: object = text
        if isinstance(self.shape, Flag):
            plain = {"true": True, "false": False}.get(text, text)
        if isinstance(self.shape, Whole) and not (text.isascii() and text.isdigit() and len(text) < 16):
            plain = None
        try:
            value = self.shape.parse(plain, Place("query", self.name))
        except Malformed as malformed:
            raise Unfit(Wrong(f"/{self.name}", malformed.expected)) from None
        if isinstance(value, int) and not isinstance(value, bool) and value < self.least:
            raise Unfit(Wrong(f"/{self.name}", f"a whole number, {self.least} or more"))
        return value


def choice(name: str, words: Words, options: type[Worded]) -> Parameter:
    return Parameter(name=name, words=words, shape=Choice(options), schema=one_of(options))


def identifier(name: str, words: Words, example: str | None = None) -> Parameter:
    shape = Identifier("Id", name)
    schema = shape.schema()
    schema.pop("title")
    return Parameter(name=name, words=words, shape=shape, schema=schema, example=example)


class Named(Text):
    """One of these very words."""

    def __init__(self, names: Collection[str]) -> None:
        super().__init__(80)
        self._names = names

    def parse(self, plain: object, at: Place) -> str:
        if not isinstance(plain, str) or plain not in self._names:
            raise at.expected("one of the words that the document names")
        return plain


class Patterned(Text):
    """A text of this form."""

    def __init__(self, pattern: str, limit: int) -> None:
        super().__init__(limit)
        self._pattern = re.compile(pattern, re.ASCII)

    def parse(self, plain: object, at: Place) -> str:
        if not isinstance(plain, str) or len(plain) > self.limit or not self._pattern.fullmatch(plain):
            raise at.expected(f"a text of the form {self._pattern.pattern}")
        return plain


def flag(name: str, words: Words) -> Parameter:
    return Parameter(name=name, words=words, shape=Flag(), schema={"type": "boolean"})


def instant(name: str, words: Words) -> Parameter:
    example = "2026-11-20T09:00:00Z"
    return Parameter(name=name, words=words, shape=Instant(), schema=schemas.instant(), example=example)


def text(name: str, words: Words, *, limit: int, pattern: str, example: str | None = None) -> Parameter:
    schema: Schema = {"type": "string", "maxLength": limit, "pattern": pattern}
    return Parameter(name=name, words=words, shape=Patterned(pattern, limit), schema=schema, example=example)


LIMIT = Parameter(
    name="limit",
    words=Words(
        f"Entries on a page: {USUAL} where nothing is said; more than {MOST} gives {MOST}",
        f"Entradas por página: {USUAL} si no se indica; más de {MOST} da {MOST}",
    ),
    shape=Whole(),
    schema={"type": "integer", "minimum": 1, "maximum": 10**15 - 1},
    least=1,
    example=2,
)
AFTER = Parameter(
    name="after",
    words=Words(
        "Where the list is carried on: a cursor from the `next` of an earlier page. Follow that address",
        "Dónde continúa la lista: un cursor del `next` de una página anterior. Siga esa dirección",
    ),
    shape=Text(400),
    schema={"type": "string", "minLength": 1, "maxLength": 400},
    told=False,
)
PAGING = (LIMIT, AFTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One ``GET``. ``answer`` is the schema of what ``read`` returns; ``name`` names the operation and the schema.

    ``timed``: the answer depends on the clock too, so its tag is made from its bytes each time. ``page``: the page of
    the site that shows the same, for the test that none is forgotten.
    """

    path: str
    name: str
    words: Words
    answer: Schema
    read: Callable[[Reading], dict[str, Json]]
    roles: frozenset[Role] = READERS
    query: Sequence[Parameter] = ()
    path_words: Mapping[str, Words] = field(default_factory=dict)
    timed: bool = False
    page: Sequence[str] = ()

    def parameters(self) -> list[str]:
        """The names in the address."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]
