"""Which conditions are the same but for spaces, names of variables and the types around them."""

from collections.abc import Hashable
from dataclasses import dataclass, field, fields

from tearline.protocol.tree import Bound, Node, Quantifier

_LEFT_OUT = frozenset({"type", "text", "slot"})


@dataclass(frozen=True, slots=True)
class Shape:
    """``number`` is one for equal shapes; ``free`` are the levels of the macros around that the node reads.

    The outermost macro of a condition has level 0.
    """

    number: int
    free: tuple[int, ...]


@dataclass(slots=True)
class Shapes:
    """Numbers for shapes, the same for every tree that is asked about."""

    _numbers: dict[Hashable, int] = field(default_factory=dict)
    _known: dict[int, tuple[Node, Shape]] = field(default_factory=dict)
    _levels: dict[int, int] = field(default_factory=dict)

    def of(self, condition: Node) -> Shape:
        """The shape of a whole condition, after which ``within`` knows those of its parts."""
        self._levels = {}
        return self._shape(condition, 0)

    def within(self, node: Node) -> Shape:
        return self._known[id(node)][1]

    def _shape(self, node: Node, depth: int) -> Shape:
        known = self._known.get(id(node))
        if known is not None:
            return known[1]
        said: list[Hashable] = [type(node).__name__]
        free: set[int] = set()
        if isinstance(node, Bound):
            free.add(self._levels[node.slot])
            said.append(self._levels[node.slot])
        elif isinstance(node, Quantifier):
            over = self._shape(node.over, depth)
            self._levels[node.slot] = depth
            body = self._shape(node.body, depth + 1)
            said += [node.kind, over.number, body.number]
            free |= {*over.free, *body.free} - {depth}
        else:
            for one in fields(node):
                if one.name not in _LEFT_OUT:
                    said.append(self._part(getattr(node, one.name), depth, free))
        number = self._numbers.setdefault(tuple(said), len(self._numbers))
        shape = Shape(number, tuple(sorted(free)))
        self._known[id(node)] = node, shape  # with the node, so that its id is no other's
        return shape

    def _part(self, part: object, depth: int, free: set[int]) -> Hashable:
        if isinstance(part, Node):
            shape = self._shape(part, depth)
            free.update(shape.free)
            return shape.number
        if isinstance(part, tuple):
            return tuple(self._part(one, depth, free) for one in part)
        return type(part).__name__, repr(part)
