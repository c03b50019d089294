"""Which texts of a dossier are looked at letter by letter, and which are only told apart.

A text that conditions only compare with others may stand as a number, which is quick to reason about. One that is
searched or measured must stand as its letters, and so must all that it is compared with.
"""

from collections.abc import Iterable

from tearline.protocol.tree import (
    Affix,
    Among,
    Bound,
    Choose,
    Compare,
    Constant,
    Constants,
    Field,
    Matches,
    Node,
    Quantifier,
    Root,
    Size,
    children,
)
from tearline.protocol.types import Kind, ListOf, Simple, Type

Places = frozenset[str]
"""Places of the schema that a text may come from: ``request.by``, ``chain[].person``."""

Around = dict[int, "str | Places"]
"""For each macro's slot, the place of its element: one for a record, those that it may come from for a text."""


class Letters:
    """Joins the places that are compared with each other, over all the conditions it was shown.

    ``literals`` are the texts that the conditions write out.
    """

    def __init__(self, conditions: Iterable[Node]) -> None:
        self._conditions = tuple(conditions)  # kept, so that the id of a node stays its own
        self._joined: dict[str, str] = {}
        self._spelt: set[str] = set()
        self._places: dict[int, Places] = {}
        self.literals: set[str] = set()
        for condition in self._conditions:
            self._walk(condition, {})
        self._spelt = {self._root(place) for place in self._spelt}

    def needed(self, place: str) -> bool:
        """Whether the texts at this place must stand as letters."""
        return self._root(place) in self._spelt

    def of(self, node: Node) -> bool:
        """Whether this open text, or the open texts in this list, must stand as letters."""
        return any(self.needed(place) for place in self._places.get(id(node), ()))

    def _root(self, place: str) -> str:
        while (above := self._joined.get(place, place)) != place:
            place = above
        return place

    def _join(self, places: Places, *, spelt: bool) -> None:
        if not places:
            return
        first, *others = sorted(places)
        for other in others:
            self._joined[self._root(other)] = self._root(first)
        if spelt:
            self._spelt.add(first)

    def _walk(self, node: Node, around: Around) -> None:
        if isinstance(node, Quantifier):
            self._walk(node.over, around)
            around[node.slot] = element_of(node.over, around)
            self._walk(node.body, around)
        else:
            for child in children(node):
                self._walk(child, around)
        if isinstance(node, Constant | Constants):
            values = (node.value,) if isinstance(node, Constant) else node.values
            self.literals.update(value for value in values if isinstance(value, str))
        if is_open(node.type):
            self._places[id(node)] = places_of(node, around)
        elif isinstance(node.type, ListOf) and is_open(node.type.element):
            inside = element_of(node, around)
            assert not isinstance(inside, str)  # noqa: S101  a text is no record
            self._places[id(node)] = inside
        match node:
            case Compare() if is_text(node.left.type):
                both = places_of(node.left, around) | places_of(node.right, around)
                self._join(both, spelt=False)
            case Among() if is_text(node.element.type):
                inside = element_of(node.list, around)
                assert not isinstance(inside, str)  # noqa: S101  as above
                self._join(places_of(node.element, around) | inside, spelt=False)
            case Affix():
                self._join(places_of(node.of, around), spelt=True)
                self._join(places_of(node.part, around), spelt=True)
            case Size(of=of) | Matches(of=of) if is_text(of.type):
                self._join(places_of(of, around), spelt=True)
            case _:
                pass


def is_text(type_: Type) -> bool:
    return isinstance(type_, Simple) and type_.kind is Kind.STRING


def is_open(type_: Type) -> bool:
    """Whether a text of this type may be any: the words of a closed set are known letter by letter anyway."""
    return isinstance(type_, Simple) and type_.kind is Kind.STRING and not type_.choices


def places_of(node: Node, around: Around) -> Places:
    """Where an open text may come from. Each literal is a place of its own."""
    match node:
        case Constant():
            return frozenset({f"literal {id(node)}"})
        case Choose():
            return places_of(node.then, around) | places_of(node.otherwise, around)
        case Bound() if is_text(node.type):
            inside = around[node.slot]
            assert not isinstance(inside, str)  # noqa: S101  as above
            return inside
        case Root() | Field() if is_open(node.type):
            return frozenset({_place(node, around)})
        case _:
            return frozenset()


def element_of(node: Node, around: Around) -> str | Places:
    """Where the elements of a list stand: one place for records, those that they may come from for texts."""
    match node:
        case Quantifier(kind="map"):
            around[node.slot] = element_of(node.over, around)
            if isinstance(node.body.type, Simple):
                return places_of(node.body, around)
            return _place(node.body, around)
        case Quantifier():
            return element_of(node.over, around)
        case Constants():
            return frozenset({f"literals {id(node)}"})
        case _:
            place = f"{_place(node, around)}[]"
            inner = node.type.element if isinstance(node.type, ListOf) else node.type
            if isinstance(inner, Simple):
                return frozenset({place}) if is_open(inner) else frozenset()
            return place


def _place(node: Node, around: Around) -> str:
    match node:
        case Root(name=name):
            return name
        case Field(of=of, name=name):
            return f"{_place(of, around)}.{name}"
        case Bound(slot=slot):
            place = around[slot]
            assert isinstance(place, str)  # noqa: S101  a field stands behind a record
            return place
        case _:
            raise TypeError(f"{node} is no record")
