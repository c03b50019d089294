"""A condition after its check: every node has its type, every name is resolved, nothing of the text is left.

``Bound.slot`` is a number that the checker minted for a macro's variable, one for each macro in the condition.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal as OneOf

from tearline.protocol.pattern import Pattern
from tearline.protocol.types import BOOL, INT, Type

Operator = OneOf["+", "-", "*", "/", "%"]


@dataclass(frozen=True, slots=True)
class Constant:
    value: object
    type: Type


@dataclass(frozen=True, slots=True)
class Constants:
    """A list of literals."""

    values: tuple[object, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Root:
    """A field of the dossier itself."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Bound:
    """The variable of the macro with this slot."""

    slot: int
    type: Type


@dataclass(frozen=True, slots=True)
class Field:
    of: "Node"
    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Has:
    field: Field
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Not:
    of: "Node"
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Both:
    items: tuple["Node", ...]
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Either:
    items: tuple["Node", ...]
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Choose:
    test: "Node"
    then: "Node"
    otherwise: "Node"
    type: Type


@dataclass(frozen=True, slots=True)
class Compare:
    operator: OneOf["==", "!=", "<", "<=", ">", ">="]
    left: "Node"
    right: "Node"
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Among:
    """``element in list``."""

    element: "Node"
    list: "Node"
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``text`` is how the author wrote it, to name it where it cannot be computed.

    It also keeps ``x / 0.0`` from being equal to ``x / -0.0``, which Python's numbers would not.
    """

    operator: Operator
    left: "Node"
    right: "Node"
    type: Type
    text: str


@dataclass(frozen=True, slots=True)
class Negative:
    of: "Node"
    type: Type
    text: str


@dataclass(frozen=True, slots=True)
class Size:
    """Elements of a list, or characters of a string."""

    of: "Node"
    type: Type = INT


@dataclass(frozen=True, slots=True)
class Affix:
    operator: OneOf["startsWith", "endsWith", "contains"]
    of: "Node"
    part: "Node"
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Matches:
    of: "Node"
    pattern: Pattern
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Quantifier:
    """A macro over a list: ``over.all(x, body)`` and its kin."""

    kind: OneOf["all", "exists", "exists_one", "filter", "map"]
    over: "Node"
    slot: int
    body: "Node"
    type: Type


Node = (
    Constant
    | Constants
    | Root
    | Bound
    | Field
    | Has
    | Not
    | Both
    | Either
    | Choose
    | Compare
    | Among
    | Arithmetic
    | Negative
    | Size
    | Affix
    | Matches
    | Quantifier
)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes that this one is made of, in the order of evaluation."""
    match node:
        case Constant() | Constants() | Root() | Bound():
            return ()
        case Field(of=of) | Not(of=of) | Negative(of=of) | Size(of=of) | Matches(of=of):
            return (of,)
        case Has(field=field):
            return (field,)
        case Both(items=items) | Either(items=items):
            return items
        case Choose():
            return (node.test, node.then, node.otherwise)
        case Compare() | Arithmetic():
            return (node.left, node.right)
        case Among():
            return (node.element, node.list)
        case Affix():
            return (node.of, node.part)
        case Quantifier():
            return (node.over, node.body)


def parts(node: Node) -> Iterator[Node]:
    """The node and all that it is made of."""
    yield node
    for child in children(node):
        yield from parts(child)
