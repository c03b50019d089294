"""From a checked condition to a term that is true of exactly the dossiers of which the condition is.

The rules are those of ``evaluate.py``, case by case: a bool is the pair of "certainly true" and "certainly false",
every other value has a bit that says it is unknown. What overflows, or is no moment of the calendar, is unknown.
"""

from typing import Literal as OneOf
from typing import assert_never

from tearline.protocol.logic import Bit, Double, Logic, Number, Scalar, Text, Untranslated
from tearline.protocol.shape import Shapes
from tearline.protocol.tree import (
    Affix,
    Among,
    Arithmetic,
    Both,
    Bound,
    Choose,
    Compare,
    Constant,
    Constants,
    Either,
    Field,
    Has,
    Matches,
    Negative,
    Node,
    Not,
    Quantifier,
    Root,
    Size,
)
from tearline.protocol.types import Kind, ListOf, Simple, Type
from tearline.protocol.world import (
    LAST_MOMENT,
    LEAST,
    LONGEST_SPAN,
    MOST,
    Element,
    Entries,
    Entry,
    Holder,
    Symbol,
    Truth,
    Value,
    World,
    whole_of,
)

Around = tuple[Element, ...]
"""The elements that the macros around are at, the outermost first."""

MOST_PARTS = 100_000
"""Parts of conditions that are translated, each of the entries of a list counted: about 20 seconds' work."""

_RANGES = {
    Kind.INT: (LEAST, MOST),
    Kind.TIMESTAMP: (0, LAST_MOMENT),
    Kind.DURATION: (-LONGEST_SPAN, LONGEST_SPAN),
}


class Translation:
    """Conditions over one world. A part that stands in several of them is translated once."""

    def __init__(self, world: World, *, most: int = MOST_PARTS) -> None:
        self.world = world
        self.shapes = Shapes()
        self._logic: Logic = world.logic
        self._known: dict[tuple[int, bool, Around], Symbol] = {}
        self._most = most

    def condition(self, tree: Node) -> Truth:
        """Where a condition is certainly true and where certainly false; raises Untranslated."""
        self.shapes.of(tree)
        return self._truth(tree, ())

    def _symbol(self, node: Node, around: Around, *, lettered: bool = False) -> Symbol:
        """``lettered``: a text is wanted as letters. An open one is as its places need; a closed one can be both."""
        shape = self.shapes.within(node)
        if not (isinstance(node.type, Simple) and node.type.choices):
            lettered = self._lettered(node)
        key = shape.number, lettered, tuple(around[level] for level in shape.free)
        if key not in self._known:
            if len(self._known) >= self._most:
                raise Untranslated(f"more than {self._most} parts of conditions for lists of this length")
            self._known[key] = self._translated(node, around, lettered=lettered)
        return self._known[key]

    def _translated(self, node: Node, around: Around, *, lettered: bool) -> Symbol:
        logic = self._logic
        match node:
            case Constant():
                return self._constant(node.value, lettered=lettered)
            case Constants(values=values):
                literals = (self._constant(value, lettered=lettered) for value in values)
                return Entries(tuple(Entry(True, one) for one in literals), unknown=False)
            case Root(name=name):
                return self._fact(self.world.top, name, node.type, lettered=lettered)
            case Field(of=of, name=name):
                return self._fact(self._holder(of, around), name, node.type, lettered=lettered)
            case Bound():
                (level,) = self.shapes.within(node).free
                return self._spelt(around[level], node.type, lettered=lettered)
            case Has(field=field):
                assert isinstance(field, Field)  # noqa: S101  the checker lets nothing else into has()
                return self._has(field, around)
            case Not(of=of):
                inner = self._truth(of, around)
                return Truth(inner.false, inner.true)
            case Both(items=items):
                parts = [self._truth(item, around) for item in items]
                return Truth(logic.every(p.true for p in parts), logic.some(p.false for p in parts))
            case Either(items=items):
                parts = [self._truth(item, around) for item in items]
                return Truth(logic.some(p.true for p in parts), logic.every(p.false for p in parts))
            case Choose():
                return self._choose(node, around, lettered=lettered)
            case Compare():
                return self._compare(node, around)
            case Among():
                return self._among(node, around)
            case Arithmetic():
                return self._arithmetic(node, around)
            case Negative(of=of):
                return self._negative(self._value(of, around), of.type)
            case Size(of=of):
                return self._size(of, around)
            case Affix():
                return self._affix(node, around)
            case Matches():
                return self._matches(node, around)
            case Quantifier():
                return self._quantifier(node, around)
            case _:
                assert_never(node)

    # Values

    def _constant(self, value: object, *, lettered: bool) -> Truth | Value:
        match value:
            case bool():
                return Truth(value, not value)
            case str():
                return Value(value if lettered else self.world.codes.of(value), unknown=False)
            case float():
                return Value(value, unknown=False)
            case _:
                return Value(whole_of(value), unknown=False)

    def _fact(self, holder: Holder, name: str, type_: Type, *, lettered: bool) -> Symbol:
        return self._spelt(self.world.fact(holder, name), type_, lettered=lettered)

    def _spelt(self, symbol: Symbol, type_: Type, *, lettered: bool) -> Symbol:
        """The word of a closed set by its letters, where they are wanted."""
        if not lettered or not isinstance(type_, Simple) or not type_.choices:
            return symbol
        assert isinstance(symbol, Value)  # noqa: S101  a text is a value
        codes = self.world.codes
        spelt: Scalar = type_.choices[0]
        for word in type_.choices[1:]:
            here = self._logic.compared("==", _number(symbol.value), codes.of(word))
            spelt = self._logic.choose(here, word, spelt)
        return Value(spelt, symbol.unknown)

    def _has(self, field: Field, around: Around) -> Truth:
        logic, holder = self._logic, self._holder(field.of, around)
        known, there = logic.negated(holder.unknown), self.world.present(holder, field.name)
        return Truth(logic.every((known, there)), logic.every((known, logic.negated(there))))

    def _choose(self, node: Choose, around: Around, *, lettered: bool) -> Truth | Value:
        logic, test = self._logic, self._truth(node.test, around)
        then = self._symbol(node.then, around, lettered=lettered)
        otherwise = self._symbol(node.otherwise, around, lettered=lettered)
        if isinstance(then, Truth) and isinstance(otherwise, Truth):
            return Truth(
                self._either(test, then.true, otherwise.true), self._either(test, then.false, otherwise.false)
            )
        assert isinstance(then, Value) and isinstance(otherwise, Value)  # noqa: S101, PT018  one type on both sides
        return Value(
            logic.choose(test.true, then.value, otherwise.value),
            logic.some((self._undecided(test), self._either(test, then.unknown, otherwise.unknown))),
        )

    def _either(self, test: Truth, then: Bit, otherwise: Bit) -> Bit:
        logic = self._logic
        return logic.some((logic.every((test.true, then)), logic.every((test.false, otherwise))))

    def _undecided(self, truth: Truth) -> Bit:
        return self._logic.negated(self._logic.some((truth.true, truth.false)))

    def _negative(self, value: Value, type_: Type) -> Value:
        if _kind(type_) is Kind.DOUBLE:
            return Value(self._logic.opposite(_double(value.value)), value.unknown)
        return self._ranged(self._logic.minus(0, _number(value.value)), Kind.INT, value.unknown)

    def _arithmetic(self, node: Arithmetic, around: Around) -> Value:
        logic, kind = self._logic, _kind(node.type)
        left, right = self._value(node.left, around), self._value(node.right, around)
        unknown = logic.some((left.unknown, right.unknown))
        if kind is Kind.DOUBLE and node.operator != "%":
            return Value(logic.computed(node.operator, _double(left.value), _double(right.value)), unknown)
        one, other = _number(left.value), _number(right.value)
        match node.operator:
            case "+":
                return self._ranged(logic.plus(one, other), kind, unknown)
            case "-":
                return self._ranged(logic.minus(one, other), kind, unknown)
            case "*":
                return self._ranged(logic.times(one, other), kind, unknown)
            case _:
                return self._divided(node.operator, one, other, unknown)

    def _divided(self, operator: OneOf["/", "%"], left: Number, right: Number, unknown: Bit) -> Value:
        """A quotient or remainder: unknown where nothing is divided by, or where the quotient does not fit."""
        logic = self._logic
        quotient = self._ranged(logic.quotient(left, right), Kind.INT, unknown)
        unknown = logic.some((quotient.unknown, logic.compared("==", right, 0)))
        return Value(quotient.value if operator == "/" else logic.remainder(left, right), unknown)

    def _ranged(self, number: Number, kind: Kind, unknown: Bit) -> Value:
        """A whole number that is unknown outside what its type holds."""
        fits = self._logic.within(number, *_RANGES[kind])
        return Value(number, self._logic.some((unknown, self._logic.negated(fits))))

    def _size(self, of: Node, around: Around) -> Value:
        if isinstance(of.type, ListOf):
            entries = self._entries(of, around)
            return Value(self._logic.count(entry.there for entry in entries.items), entries.unknown)
        text = self._value(of, around, lettered=True)
        return Value(self._logic.length(_text(text.value)), text.unknown)

    # Bits

    def _compare(self, node: Compare, around: Around) -> Truth:
        logic = self._logic
        lettered = self._lettered(node.left) or self._lettered(node.right)
        left = self._symbol(node.left, around, lettered=lettered)
        right = self._symbol(node.right, around, lettered=lettered)
        if isinstance(left, Truth) and isinstance(right, Truth):
            unknown = logic.some((self._undecided(left), self._undecided(right)))
            same = logic.same(left.true, right.true)
            return self._known_truth(same if node.operator == "==" else logic.negated(same), unknown)
        assert isinstance(left, Value) and isinstance(right, Value)  # noqa: S101, PT018  one type on both sides
        unknown = logic.some((left.unknown, right.unknown))
        one, other = left.value, right.value
        match _kind(node.left.type):
            case Kind.DOUBLE:
                found = logic.compared_doubles(node.operator, _double(one), _double(other))
            case Kind.STRING if lettered:
                found = logic.compared_texts(node.operator, _text(one), _text(other))
            case _:
                found = logic.compared(node.operator, _number(one), _number(other))
        return self._known_truth(found, unknown)

    def _known_truth(self, found: Bit, unknown: Bit) -> Truth:
        logic, known = self._logic, self._logic.negated(unknown)
        return Truth(logic.every((known, found)), logic.every((known, logic.negated(found))))

    def _among(self, node: Among, around: Around) -> Truth:
        logic, type_ = self._logic, node.element.type
        lettered = self._lettered(node.element) or self._lettered(node.list)
        element = self._symbol(node.element, around, lettered=lettered)
        entries = self._entries(node.list, around)
        assert isinstance(node.list.type, ListOf)  # noqa: S101  the checker lets only lists stand after `in`
        found = [
            logic.every((entry.there, self._equal(element, one, _kind(type_), lettered=lettered)))
            for entry in entries.items
            for one in (self._spelt(entry.element, node.list.type.element, lettered=lettered),)
        ]
        unknown = self._undecided(element) if isinstance(element, Truth) else _value(element).unknown
        return self._known_truth(logic.some(found), logic.some((unknown, entries.unknown)))

    def _equal(self, one: Symbol, other: Symbol, kind: Kind, *, lettered: bool) -> Bit:
        """Whether two known values are the same."""
        logic = self._logic
        if isinstance(one, Truth) and isinstance(other, Truth):
            return logic.same(one.true, other.true)
        left, right = _value(one).value, _value(other).value
        if kind is Kind.DOUBLE:
            return logic.compared_doubles("==", _double(left), _double(right))
        if lettered:
            return logic.compared_texts("==", _text(left), _text(right))
        return logic.compared("==", _number(left), _number(right))

    def _affix(self, node: Affix, around: Around) -> Truth:
        logic = self._logic
        of, part = (self._value(one, around, lettered=True) for one in (node.of, node.part))
        test = {"startsWith": logic.starts, "endsWith": logic.ends, "contains": logic.contains}[node.operator]
        found = test(_text(of.value), _text(part.value))
        return self._known_truth(found, logic.some((of.unknown, part.unknown)))

    def _matches(self, node: Matches, around: Around) -> Truth:
        logic, of, type_ = self._logic, self._value(node.of, around), node.of.type
        assert isinstance(type_, Simple)  # noqa: S101  the checker lets texts only stand before matches
        if type_.choices:
            codes, number = self.world.codes, _number(of.value)
            words = [codes.of(word) for word in type_.choices if node.pattern.found_in(word)]
            found = logic.some(logic.compared("==", number, word) for word in words)
        else:
            text = _text(of.value)
            found = (
                node.pattern.found_in(text) if isinstance(text, str) else logic.matches(text, node.pattern)
            )
        return self._known_truth(found, of.unknown)

    # Lists

    def _quantifier(self, node: Quantifier, around: Around) -> Truth | Entries:
        logic = self._logic
        entries = self._entries(node.over, around)
        if node.kind == "map":
            return self._mapped(node, entries, around)
        there = [entry.there for entry in entries.items]
        bodies = [self._truth(node.body, (*around, entry.element)) for entry in entries.items]
        known = logic.negated(entries.unknown)
        hits = [logic.every((here, body.true)) for here, body in zip(there, bodies, strict=True)]
        fails = [logic.every((here, body.false)) for here, body in zip(there, bodies, strict=True)]
        gone = [logic.negated(here) for here in there]
        match node.kind:
            case "exists":
                none = logic.every(logic.some(pair) for pair in zip(gone, fails, strict=True))
                return Truth(logic.every((known, logic.some(hits))), logic.every((known, none)))
            case "all":
                every = logic.every(logic.some(pair) for pair in zip(gone, hits, strict=True))
                return Truth(logic.every((known, every)), logic.every((known, logic.some(fails))))
        unknown = logic.some(
            (
                entries.unknown,
                *(logic.every((h, self._undecided(b))) for h, b in zip(there, bodies, strict=True)),
            )
        )
        if node.kind == "exists_one":
            return self._known_truth(logic.exactly_one(hits), unknown)
        kept = (Entry(hit, entry.element) for hit, entry in zip(hits, entries.items, strict=True))
        return Entries(tuple(kept), unknown)

    def _mapped(self, node: Quantifier, entries: Entries, around: Around) -> Entries:
        logic = self._logic
        items: list[Entry] = []
        unknown = [entries.unknown]
        for entry in entries.items:
            made = self._symbol(node.body, (*around, entry.element))
            assert not isinstance(made, Entries)  # noqa: S101  the checker lets no list be an element
            lacking = self._undecided(made) if isinstance(made, Truth) else made.unknown
            unknown.append(logic.every((entry.there, lacking)))
            items.append(Entry(entry.there, made))
        return Entries(tuple(items), logic.some(unknown))

    # What the checker has promised

    def _truth(self, node: Node, around: Around) -> Truth:
        symbol = self._symbol(node, around)
        assert isinstance(symbol, Truth)  # noqa: S101  the checker asks for a bool here
        return symbol

    def _value(self, node: Node, around: Around, *, lettered: bool = False) -> Value:
        return _value(self._symbol(node, around, lettered=lettered))

    def _holder(self, node: Node, around: Around) -> Holder:
        symbol = self._symbol(node, around)
        assert isinstance(symbol, Holder)  # noqa: S101  the checker lets fields stand behind records only
        return symbol

    def _entries(self, node: Node, around: Around) -> Entries:
        symbol = self._symbol(node, around)
        assert isinstance(symbol, Entries)  # noqa: S101  the checker lets macros stand behind lists only
        return symbol

    def _lettered(self, node: Node) -> bool:
        return self.world.letters.of(node)


def _kind(type_: Type) -> Kind:
    assert isinstance(type_, Simple)  # noqa: S101  the checker lets simple values only stand here
    return type_.kind


def _value(symbol: Symbol) -> Value:
    assert isinstance(symbol, Value)  # noqa: S101  the checker asks for a value without parts here
    return symbol


def _number(value: Scalar) -> Number:
    assert not isinstance(value, str | float)  # noqa: S101  a text that is wanted as a number is one
    return value


def _text(value: Scalar) -> Text:
    assert not isinstance(value, int | float)  # noqa: S101  a text that is wanted as letters is one
    return value


def _double(value: Scalar) -> Double:
    assert not isinstance(value, str)  # noqa: S101  the type beside it says so
    return float(value) if isinstance(value, int) else value
