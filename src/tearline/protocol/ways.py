"""Ways in which a condition could come to another value: for each, the facts that would have to be other ones.

A way is read off the checked condition: ``!d.answered`` becomes false where ``dissents[0].answered`` is true, a list's
``exists`` where every entry that matches it is changed, ``size(sign_offs) < 2`` where an entry is added. Whether a way
leads anywhere is never decided here: ``cure`` puts each to the evaluator. Of many ways only the cheapest few are told.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tearline.protocol.candidates import less, lists_of, plus, ranked
from tearline.protocol.curable import EMPTY, GROWS, Curable, reason
from tearline.protocol.evaluate import Exhausted, Located, Scope, Unknown, evaluate
from tearline.protocol.needed import (
    MOST_ADDED,
    MOST_SET,
    Needed,
    Put,
    Way,
    bare,
    cost,
    holds,
    joined,
    someone,
)
from tearline.protocol.tree import (
    Among,
    Arithmetic,
    Both,
    Bound,
    Choose,
    Compare,
    Constant,
    Either,
    Field,
    Has,
    Negative,
    Node,
    Not,
    Quantifier,
    Root,
    Size,
    children,
)
from tearline.protocol.types import BOOL, Kind, ListOf, Record, Simple, is_of

MOST_WAYS = 16
"""Of one condition, at each of its parts."""
SECOND = timedelta(seconds=1)
_INVERSE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_FLIPPED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Search:
    """Finds ways on one dossier. Raises Exhausted where there is more to walk than may be walked."""

    scope: Scope

    def to(self, node: Node, value: bool) -> list[Way]:  # noqa: FBT001  what it is to come to
        """Ways in which the condition comes to this value, the cheapest first; the empty one where it has it."""
        if evaluate(node, self.scope) is value:
            return [{}]
        return self.cheapest(self._to(node, value))

    def _to(self, node: Node, value: bool) -> list[Way]:  # noqa: FBT001  as in to
        match node:
            case Not(of=of):
                return self.to(of, not value)
            case Both(items=items) | Either(items=items):
                parts = [self.to(item, value) for item in items]
                return (
                    self.every(parts)
                    if isinstance(node, Both) is value
                    else [w for part in parts for w in part]
                )
            case Choose(test=test, then=then, otherwise=otherwise):
                return [
                    *self.every([self.to(test, True), self.to(then, value)]),
                    *self.every([self.to(test, False), self.to(otherwise, value)]),
                ]
            case Has(field=field):
                return self.stated(field) if value else []
            case Compare(operator=operator, left=left, right=right):
                wanted = operator if value else _INVERSE[operator]
                return [*self.compared(left, wanted, right), *self.compared(right, _FLIPPED[wanted], left)]
            case Among():
                return self.among(node, value)
            case Quantifier(kind="exists" | "all" | "exists_one"):
                return self.quantified(node, value)
            case Root() | Field():
                return self.solve(node, "==", value)
            case _:
                return []

    # one fact

    def stated(self, node: Node) -> list[Way]:
        """Any value for a fact that is not on record."""
        path, type_ = self._path(node), node.type
        if path is None or isinstance(type_, Record):
            return []
        if isinstance(type_, ListOf) and isinstance(type_.element, Record):
            return [{path: Put([], (Needed(path, "has"),))}] if bare(path) in EMPTY else []
        if not self._settable(path, node):
            return []
        if isinstance(type_, ListOf):
            return [way for values in lists_of(type_, []) for way in self._relisted(path, node, values)]
        return [{path: Put(value, (Needed(path, "has"),))} for value in self._any(path, type_)]

    def compared(self, node: Node, operator: str, other: Node) -> list[Way]:
        """Where the other side is not known, it is stated first, and what follows is asked again."""
        bound = evaluate(other, self.scope)
        if not isinstance(bound, Unknown):
            return self.solve(node, operator, bound)
        return [
            way
            for fact in facts(other)
            if isinstance(evaluate(fact, self.scope), Unknown)
            for way in self.stated(fact)
        ]

    def solve(self, node: Node, operator: str, bound: object) -> list[Way]:
        """Ways in which this value stands in this relation to ``bound``."""
        match node:
            case Root() | Field():
                return self._set(node, operator, bound)
            case Arithmetic(operator="+" | "-"):
                return self._summed(node, operator, bound)
            case Negative(of=of) if isinstance(bound, int | float):
                return self.solve(of, _FLIPPED[operator], -bound)
            case Size(of=of) if isinstance(of.type, ListOf) and isinstance(bound, int):
                return self.resized(of, operator, bound)
            case Choose(test=test, then=then, otherwise=otherwise):
                return [
                    *self.every([self.to(test, True), self.solve(then, operator, bound)]),
                    *self.every([self.to(test, False), self.solve(otherwise, operator, bound)]),
                ]
            case Constant(value=value) if holds(value, [Needed("", operator, bound)]):
                return [{}]
            case _:
                return []

    def _set(self, node: Root | Field, operator: str, bound: object) -> list[Way]:
        path, type_ = self._path(node), node.type
        if path is None or not isinstance(type_, Simple) or not self._settable(path, node):
            return []
        needed = (Needed(path, operator, bound),)
        return [
            {path: Put(value, needed)}
            for value in self._candidates(path, type_, operator, bound)
            if is_of(type_.kind, value) and holds(value, needed)
        ]

    def _summed(self, node: Arithmetic, operator: str, bound: object) -> list[Way]:
        """``left + right`` against ``bound``: one side against what the other leaves of it."""
        found: list[Way] = []
        left, right = evaluate(node.left, self.scope), evaluate(node.right, self.scope)
        if not isinstance(right, Unknown):
            rest = less(bound, right) if node.operator == "+" else plus(bound, right)
            found += self.solve(node.left, operator, rest) if rest is not None else []
        if not isinstance(left, Unknown):
            rest = less(bound, left) if node.operator == "+" else less(left, bound)
            wanted = operator if node.operator == "+" else _FLIPPED[operator]
            found += self.solve(node.right, wanted, rest) if rest is not None else []
        return found

    def _candidates(self, path: str, type_: Simple, operator: str, bound: object) -> Sequence[object]:
        """Values of this type of which some stand in this relation to ``bound``, the best first."""
        match type_.kind, bound:
            case Kind.BOOL, bool():
                return (bound, not bound)
            case Kind.STRING, str():
                return ranked(type_.choices) if type_.choices else (bound, someone(path))
            case Kind.INT, int():
                return (bound, bound + 1, bound - 1) if abs(bound) < 2**62 else (bound,)
            case Kind.DOUBLE, float():
                return (bound, bound + 1.0, bound - 1.0)
            case Kind.TIMESTAMP, datetime():
                now = self.scope.dossier.get("at")
                near = [moved for by in (SECOND, -SECOND) if (moved := plus(bound, by)) is not None]
                first = [now] if operator in (">", ">=") else []
                return (*first, bound, *near)
            case Kind.DURATION, timedelta():
                near = [moved for by in (SECOND, -SECOND) if (moved := plus(bound, by)) is not None]
                return (bound, *near)
            case _:
                return ()

    def _any(self, path: str, type_: Simple) -> Sequence[object]:
        match type_.kind:
            case Kind.BOOL:
                return (True, False)
            case Kind.STRING:
                return ranked(type_.choices)[:4] if type_.choices else (someone(path),)
            case Kind.INT:
                return (0, 1)
            case Kind.DOUBLE:
                return (0.0, 1.0)
            case Kind.TIMESTAMP:
                return (self.scope.dossier.get("at"),)
            case Kind.DURATION:
                return (timedelta(days=1),)

    def _settable(self, path: str, node: Node) -> bool:
        """Whether anybody can bring it about: what is as it is, only where nobody has said how it is."""
        curable = reason(bare(path), node.type == BOOL).curable
        if curable is Curable.STATED:
            return isinstance(evaluate(node, self.scope), Unknown)
        return curable is not Curable.FIXED

    def _path(self, node: Node) -> str | None:
        match node:
            case Root(name=name):
                return name
            case Field(of=Bound(slot=slot), name=name):
                one = self.scope.bound.get(slot)
                return f"{one.path}.{name}" if isinstance(one, Located) else None
            case Field(of=of, name=name):
                above = self._path(of)
                return None if above is None else f"{above}.{name}"
            case _:
                return None

    # lists

    def among(self, node: Among, value: bool) -> list[Way]:  # noqa: FBT001  as in to
        listed = evaluate(node.list, self.scope)
        if not isinstance(listed, list):
            return []
        found: list[Way] = []
        if value:
            for one in listed[:MOST_WAYS]:
                found += self.solve(node.element, "==", one)
        elif listed:
            found += self.every([self.solve(node.element, "!=", one) for one in listed[:MOST_SET]])
        element, path = evaluate(node.element, self.scope), self._path(node.list)
        if path is not None and not isinstance(element, Unknown):
            rest = [*listed, element] if value else [one for one in listed if one != element]
            found += self._relisted(path, node.list, rest)
        return found

    def _relisted(self, path: str, node: Node, values: list[object]) -> list[Way]:
        """Another list of plain values, such as an item's codes, in place of this one."""
        plain = isinstance(node.type, ListOf) and isinstance(node.type.element, Simple)
        if not plain or not self._settable(path, node):
            return []
        return [{path: Put(values, (Needed(path, "==", tuple(values)),))}]

    def quantified(self, node: Quantifier, value: bool) -> list[Way]:  # noqa: FBT001  as in to
        base, filters = below(node.over)
        elements = evaluate(base, self.scope)
        if not isinstance(elements, list):
            return self.stated(base)
        if is_mapped(node.over):  # what the macro is at is made of an entry, and is none
            return []
        conditions = [(f.slot, f.body) for f in filters]
        if isinstance(base.type, ListOf) and isinstance(base.type.element, Simple):
            return self._plain(node, base, elements, value)
        each = node.kind == "all"
        if node.kind == "exists_one":
            return self._one_only(node, elements, conditions, value)
        if value is each:  # every entry has to be, or has to fall out of the list
            return self.every([self._passes_over(one, conditions, node, body=each) for one in elements])
        found = [
            way
            for one in elements[:MOST_SET]
            for way in self._at(one, [*conditions, (node.slot, node.body)], last=not each)
        ]
        return found + self.added(base, len(elements), [*conditions, (node.slot, node.body)], last=not each)

    def _one_only(
        self,
        node: Quantifier,
        elements: list[object],
        conditions: list[tuple[int, Node]],
        value: bool,  # noqa: FBT001  as in to
    ) -> list[Way]:
        whole_test = [*conditions, (node.slot, node.body)]
        found: list[Way] = []
        for kept in range(min(len(elements), 4)):
            others = [one for n, one in enumerate(elements) if n != kept]
            ways = [self._passes_over(one, conditions, node, body=False) for one in others]
            found += self.every([self._at(elements[kept], whole_test, last=True), *ways]) if value else []
        if not value:
            found += self.every([self._passes_over(one, conditions, node, body=False) for one in elements])
            found += [way for one in elements[:MOST_SET] for way in self._at(one, whole_test, last=True)]
        base, _ = below(node.over)
        return found + self.added(base, len(elements), whole_test, last=True)

    def _plain(self, node: Quantifier, base: Node, elements: list[object], value: bool) -> list[Way]:  # noqa: FBT001  as in to
        """A question about the plain values of a list, such as codes: another list of them."""
        path = self._path(base)
        if path is None:
            return []
        fits = []
        for one in elements:
            self.scope.bound[node.slot] = one
            if evaluate(node.body, self.scope) is (node.kind == "all"):
                fits.append(one)
        if value is (node.kind == "all"):
            return self._relisted(path, base, fits)
        found: list[Way] = []
        assert isinstance(base.type, ListOf)  # noqa: S101  the checker lets macros stand behind lists only
        if isinstance(base.type.element, Simple):
            for word in base.type.element.choices:
                self.scope.bound[node.slot] = word
                if evaluate(node.body, self.scope) is (node.kind != "all"):
                    found += self._relisted(path, base, [*elements, word])
        return found

    def _at(self, one: object, conditions: Sequence[tuple[int, Node]], *, last: bool) -> list[Way]:
        """Ways in which this entry passes the filters and comes to ``last`` at the end."""
        parts = []
        for n, (slot, body) in enumerate(conditions):
            self.scope.bound[slot] = one
            parts.append(self.to(body, last if n == len(conditions) - 1 else True))
        return self.every(parts)

    def _passes_over(
        self, one: object, conditions: Sequence[tuple[int, Node]], node: Quantifier, *, body: bool
    ) -> list[Way]:
        """Ways in which this entry is not in the filtered list, or comes to ``body`` in it."""
        found = [
            way for n in range(len(conditions)) for way in self._at(one, conditions[: n + 1], last=False)
        ]
        return self.cheapest(found + self._at(one, [*conditions, (node.slot, node.body)], last=body))

    def added(
        self, base: Node, places: int, conditions: Sequence[tuple[int, Node]], *, last: bool, many: int = 1
    ) -> list[Way]:
        """New entries of a list, of which each passes the conditions."""
        path = self._path(base)
        if path is None or path not in GROWS or many > MOST_ADDED:
            return []
        parts: list[list[Way]] = []
        for n in range(places, places + many):
            entry = Located(f"{path}[{n}]", {})
            ways = self._at(entry, conditions, last=last) if conditions else [{}]
            parts.append([{entry.path: Put({}, ()), **way} for way in ways])
        return self.every(parts)

    def resized(self, node: Node, operator: str, bound: int) -> list[Way]:
        """Ways in which a list, perhaps filtered, has so many entries."""
        base, filters = below(node)
        elements = evaluate(base, self.scope)
        if not isinstance(elements, list):
            return self.stated(base)
        if filters and is_mapped(node):
            return []
        if isinstance(base.type, ListOf) and isinstance(base.type.element, Simple):
            path = self._path(base)
            return [
                way
                for values in lists_of(base.type, elements)
                if path is not None and not filters and holds(len(values), [Needed("", operator, bound)])
                for way in self._relisted(path, base, values)
            ]
        conditions = [(f.slot, f.body) for f in filters]
        within = [self._inside(one, conditions) for one in elements]
        inside, open_, outside = (
            [one for one, known in zip(elements, within, strict=True) if known is value]
            for value in (True, None, False)
        )
        shut = [self._out(one, conditions) for one in open_]
        found: list[Way] = []
        for wanted in sorted({bound - 1, bound, bound + 1, len(inside)}, key=lambda n: abs(n - len(inside))):
            if wanted < 0 or not holds(wanted, [Needed("", operator, bound)]):
                continue
            more = wanted - len(inside)
            if more > 0:
                grown = self.added(base, len(elements), conditions, last=True, many=more)
                found += self.every([grown, *shut])
                if conditions:
                    able = [self._at(one, conditions, last=True) for one in (*open_, *outside)]
                    found += self._some(able, more)
            elif conditions:
                fewer = self._some([self._out(one, conditions) for one in inside], -more) if more else [{}]
                found += self.every([fewer, *shut])
        return found

    def _inside(self, one: object, conditions: Sequence[tuple[int, Node]]) -> bool | None:
        """Whether the entry passes the filters; None where that is not known."""
        known: bool | None = True
        for slot, body in conditions:
            self.scope.bound[slot] = one
            value = evaluate(body, self.scope)
            if value is False:
                return False
            known = known if value is True else None
        return known

    def _out(self, one: object, conditions: Sequence[tuple[int, Node]]) -> list[Way]:
        found = [
            way for n in range(len(conditions)) for way in self._at(one, conditions[: n + 1], last=False)
        ]
        return self.cheapest(found)

    # of many, the cheapest

    def cheapest(self, ways: Iterable[Way]) -> list[Way]:
        """The cheapest few, each once; of equally cheap ones the earlier first."""
        kept: dict[tuple[tuple[str, str], ...], Way] = {}
        for way in ways:
            self._spend(2 * len(way))
            kept.setdefault(tuple(sorted((path, repr(put.value)) for path, put in way.items())), way)
        return sorted(kept.values(), key=cost)[:MOST_WAYS]

    def every(self, parts: Sequence[list[Way]]) -> list[Way]:
        """One way of each part together, the cheapest combinations; none where a part has none."""
        if any(not part for part in parts):
            return []
        made: list[Way] = [{}]
        for part in parts:
            if part != [{}]:
                pairs = (self._joined(one, other) for one in made for other in part)
                made = self.cheapest(way for way in pairs if way is not None)
        # Of many alike entries, also the n-th way of each: otherwise only the last ones would ever differ.
        for n in range(1, min(MOST_WAYS, max((len(part) for part in parts), default=0))):
            alike: Way | None = {}
            for part in parts:
                alike = self._joined(alike, part[min(n, len(part) - 1)]) if alike is not None else None
            if alike is not None:
                made.append(alike)
        return made

    def _some(self, parts: Sequence[list[Way]], many: int) -> list[Way]:
        """So many of the parts, beginning at different ones."""
        able = sorted((part for part in parts if part), key=lambda part: cost(part[0]))
        firsts = range(min(len(able) - many + 1, 4))
        return [way for first in firsts for way in self.every(able[first : first + many])]

    def _joined(self, one: Way, other: Way) -> Way | None:
        self._spend(2 + len(one) + len(other))
        return joined(one, other)

    def _spend(self, steps: int) -> None:
        self.scope.steps -= steps
        if self.scope.steps < 0:
            raise Exhausted


def facts(node: Node) -> Iterator[Root | Field]:
    """Every fact that this node reads, the outer before the inner, without those inside its macros."""
    if isinstance(node, Root | Field):
        yield node
    for child in (node.over,) if isinstance(node, Quantifier) else children(node):
        yield from facts(child)


def is_mapped(over: Node) -> bool:
    """Whether the list is made of something else than a list of the dossier and what passed its filters."""
    while isinstance(over, Quantifier):
        if over.kind == "map":
            return True
        over = over.over
    return False


def below(over: Node) -> tuple[Node, list[Quantifier]]:
    """The list below all filters and maps, and the filters from the innermost out."""
    filters: list[Quantifier] = []
    while isinstance(over, Quantifier):
        if over.kind == "filter":
            filters.insert(0, over)
        over = over.over
    return over, filters
