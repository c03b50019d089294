"""Every dossier at once: each fact that conditions ask for as a term, with what its type says of it.

A fact may be absent. A list has at most ``bound`` entries here; what is shown with it holds for such lists only.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import assert_never

from tearline.protocol.dossier import LONGEST_TEXT
from tearline.protocol.letters import Letters, is_text
from tearline.protocol.logic import Bit, Logic, Number, Scalar, Term, Text
from tearline.protocol.rule import Parameter
from tearline.protocol.schema import VERSIONS, schema
from tearline.protocol.solver import Model
from tearline.protocol.span import LONGEST
from tearline.protocol.types import Kind, ListOf, Record, Simple, Type

MICROSECOND = timedelta(microseconds=1)
FIRST_MOMENT = datetime.min.replace(tzinfo=UTC)
LAST_MOMENT = (datetime.max.replace(tzinfo=UTC) - FIRST_MOMENT) // MICROSECOND
"""Moments are microseconds from the first that a dossier can state to the last."""

LONGEST_SPAN = LONGEST // MICROSECOND
_ROOM = 2**20
"""Texts that fit between two: more than there are facts."""

LEAST, MOST = -(2**63), 2**63 - 1

Step = str | int
Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """A bool that may be unknown: neither certainly true nor certainly false."""

    true: Bit
    false: Bit


@dataclass(frozen=True, slots=True)
class Value:
    """A value of another simple type, meaningless where it is unknown."""

    value: Scalar
    unknown: Bit


@dataclass(frozen=True, slots=True, eq=False)
class Holder:
    """A record at a path of the dossier. ``listed``: it is an entry of a list, there where the bit is true."""

    path: Path
    type: Record
    unknown: Bit
    listed: Bit = True


Element = Truth | Value | Holder


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One entry that a list may have."""

    there: Bit
    element: Element


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """A list, in order; those that are not there are passed over."""

    items: tuple[Entry, ...]
    unknown: Bit


Symbol = Truth | Value | Holder | Entries


class Codes:
    """Texts as numbers in the same order, with room for others between those that are known, before and after them."""

    def __init__(self, known: Iterable[str]) -> None:
        self._texts = sorted(set(known))
        self._numbers = [_ROOM * (n + 1) for n in range(len(self._texts))]
        self.end = _ROOM * (len(self._texts) + 1)
        """Every text's number is between 0 and this one."""

    def copy(self) -> "Codes":
        """The same, to be added to by itself."""
        made = Codes(())
        made._texts, made._numbers, made.end = list(self._texts), list(self._numbers), self.end
        return made

    def of(self, text: str) -> int:
        """The number of a text; one that was not known is given the middle of the room it has."""
        place = bisect_left(self._texts, text)
        if self._texts[place : place + 1] != [text]:
            before, after = self._between(place)
            self._texts.insert(place, text)
            self._numbers.insert(place, (before + after) // 2)
            assert before < self._numbers[place] < after, "room between two texts"  # noqa: S101
        return self._numbers[place]

    def text(self, number: int) -> str:
        """The text behind a number; one that stands for none yet is given a new text, in order where there is one."""
        place = bisect_left(self._numbers, number)
        if self._numbers[place : place + 1] != [number]:
            below = self._texts[place - 1] if place else ""
            above = self._texts[place] if place < len(self._texts) else None
            self._numbers.insert(place, number)
            self._texts.insert(place, _text_between(below, above))
        return self._texts[place]

    def impossible(self) -> Iterator[int]:
        """The numbers of known texts that no dossier may hold."""
        for number, text in zip(self._numbers, self._texts, strict=True):
            if not 0 < len(text) <= LONGEST_TEXT or not text.isprintable():
                yield number

    def _between(self, place: int) -> tuple[int, int]:
        before = self._numbers[place - 1] if place else 0
        return before, self._numbers[place] if place < len(self._numbers) else self.end


def _text_between(below: str, above: str | None) -> str:
    """A text after the one and before the other; after the one only, where nothing simple lies between."""
    tried = [*(f"text-{n}" for n in range(1, 10)), f"{below}-1", f"{below}1", f"{below}!", f"{below} "]
    if above:
        tried.append(chr(max(ord(above[0]) - 1, 0x20)))
    for text in tried:
        if below < text and (above is None or text < above):
            return text
    return f"{below} "


@dataclass(frozen=True, slots=True)
class _Fact:
    path: Path
    type: Type
    present: Bit
    symbol: Symbol
    lettered: bool = False


def first_versions(parameters: Iterable[Parameter]) -> Mapping[str, int]:
    """For each place of today's dossier, the first version that has it."""
    since: dict[str, int] = {}
    stated = tuple(parameters)
    for version in VERSIONS:
        for place in _places("", schema(stated, version=version)):
            since.setdefault(place, version)
    return since


class World:
    """The facts asked for so far. ``given`` grows with them: what any dossier's type says of them.

    ``since`` says for places of the dossier which of its versions was the first to have them.
    """

    def __init__(
        self,
        logic: Logic,
        dossier: Record,
        letters: Letters,
        bound: int,
        *,
        since: Mapping[str, int] | None = None,
    ) -> None:
        self.logic = logic
        self.codes = Codes(letters.literals.union(_words(dossier)))
        self.bound = bound
        self.given: list[Bit] = []
        self.texts: list[Term] = []
        self.top = Holder((), dossier, unknown=False)
        self.letters = letters
        self._since = since or {}
        self._facts: dict[Path, _Fact] = {}
        self._identities: dict[Path, list[tuple[Bit, Scalar]]] = {}

    def fact(self, holder: Holder, name: str) -> Symbol:
        """A field of a record; unknown where the record is, or where the field is absent."""
        path = (*holder.path, name)
        if path not in self._facts:
            self._facts[path] = self._made(holder, name, path)
        return self._facts[path].symbol

    def present(self, holder: Holder, name: str) -> Bit:
        """Whether a record has this field; it has no meaning where the record is unknown."""
        self.fact(holder, name)
        return self._facts[(*holder.path, name)].present

    def asked(self, path: Path) -> bool:
        """Whether any condition asks for the fact at this path, or for one inside it."""
        return any(known[: len(path)] == path for known in self._facts)

    def _made(self, holder: Holder, name: str, path: Path) -> _Fact:
        logic, type_ = self.logic, holder.type.fields[name]
        required = path in (("dossier",), ("at",))
        present: Bit = True if required else logic.bit(f"{_said(path)} is there")
        unknown = logic.some((holder.unknown, logic.negated(present)))
        since = self._since.get(place_of(path), VERSIONS[0])
        if since > VERSIONS[0]:
            version = self.fact(self.top, "dossier")
            assert isinstance(version, Value)  # noqa: S101  a number
            recent = logic.compared("<=", since, _number(version.value))
            self.given.append(logic.some((logic.negated(present), recent)))
        match type_:
            case Record():
                return _Fact(path, type_, present, Holder(path, type_, unknown))
            case ListOf():
                return _Fact(path, type_, present, self._list(path, type_, unknown))
            case Simple():
                symbol = self._simple(path, type_, unknown)
                if name == "id" and holder.type.identity == "id" and isinstance(symbol, Value):
                    there = logic.every((holder.listed, present))
                    self._distinct(holder.path[:-1], there, symbol.value, path)
                return _Fact(path, type_, present, symbol, self._lettered(path, type_))

    def _simple(self, path: Path, type_: Simple, unknown: Bit) -> Truth | Value:
        logic, name = self.logic, _said(path)
        if type_.kind is Kind.BOOL:
            bit, known = logic.bit(name), logic.negated(unknown)
            return Truth(logic.every((known, bit)), logic.every((known, logic.negated(bit))))
        match type_.kind:
            case Kind.STRING:
                return Value(self._text(path, type_), unknown)
            case Kind.DOUBLE:
                return Value(logic.double(name), unknown)
            case Kind.INT:
                number = logic.number(name)
                least, most = (VERSIONS[0], VERSIONS[-1]) if path == ("dossier",) else (LEAST, MOST)
                self.given.append(logic.within(number, least, most))
            case Kind.TIMESTAMP:
                number = logic.number(name)
                self.given.append(logic.within(number, 0, LAST_MOMENT))
            case Kind.DURATION:
                number = logic.number(name)
                self.given.append(logic.within(number, -LONGEST_SPAN, LONGEST_SPAN))
            case _:
                assert_never(type_.kind)
        return Value(number, unknown)

    def _lettered(self, path: Path, type_: Simple) -> bool:
        return type_.kind is Kind.STRING and not type_.choices and self.letters.needed(place_of(path))

    def _text(self, path: Path, type_: Simple) -> Term:
        logic, name = self.logic, _said(path)
        if self._lettered(path, type_):
            text = logic.text(name)
            self.texts.append(text)
            self.given.append(logic.within(logic.length(text), 1, LONGEST_TEXT))
            return text
        number, codes = logic.number(name), self.codes
        if type_.choices:
            self.given.append(logic.some(logic.compared("==", number, codes.of(w)) for w in type_.choices))
        else:
            self.given.append(logic.within(number, 1, codes.end - 1))
            self.given += [logic.compared("!=", number, never) for never in codes.impossible()]
        return number

    def _list(self, path: Path, type_: ListOf, unknown: Bit) -> Entries:
        logic = self.logic
        items: list[Entry] = []
        for n in range(min(self.bound, type_.most)):
            there = logic.bit(f"{_said(path)} has {n + 1}")
            if items:
                self.given.append(logic.some((logic.negated(there), items[-1].there)))
            items.append(Entry(there, self._entry((*path, n), type_.element, there)))
        return Entries(tuple(items), unknown)

    def _entry(self, path: Path, type_: Type, there: Bit) -> Element:
        match type_:
            case Record():
                return Holder(path, type_, unknown=False, listed=there)
            case Simple():
                symbol = self._simple(path, type_, unknown=False)
                self._facts[path] = _Fact(path, type_, there, symbol, self._lettered(path, type_))
                return symbol
            case ListOf():
                raise TypeError(f"{_said(path)} is a list in a list")

    def _distinct(self, of: Path, there: Bit, value: Scalar, path: Path) -> None:
        """No two entries of a list have one id."""
        logic, others = self.logic, self._identities.setdefault(of, [])
        for also, other in others:
            if self.letters.needed(place_of(path)):
                equal = logic.compared_texts("==", _text(value), _text(other))
            else:
                equal = logic.compared("==", _number(value), _number(other))
            self.given.append(logic.negated(logic.every((there, also, equal))))
        others.append((there, value))

    # Back from the solver

    def dossier(self, model: Model) -> dict[str, object]:
        """The dossier that a model describes, in memory's values: only facts that were asked for are in it."""
        made: dict[str, object] = {}
        codes = self._named(model)
        for path in sorted(self._facts, key=_in_order):
            fact = self._facts[path]
            holder = _holder(made, path[:-1])
            if holder is None or not _holds(fact.present, model):
                continue
            _put(holder, path[-1], self._plain(fact, model, codes))
        return made

    def _named(self, model: Model) -> Codes:
        """With texts for the numbers of this model, made from the least up: each finds room behind the one before."""
        codes = self.codes.copy()
        found = [
            model(_term(fact.symbol.value))
            for fact in self._facts.values()
            if isinstance(fact.symbol, Value) and is_text(fact.type) and not fact.lettered
        ]
        for number in sorted(number for number in found if isinstance(number, int)):
            codes.text(number)
        return codes

    def _plain(self, fact: _Fact, model: Model, codes: Codes) -> object:
        match fact.symbol:
            case Holder():
                return {}
            case Entries(items=items):
                there = [entry for entry in items if _holds(entry.there, model)]
                return [{} if isinstance(entry.element, Holder) else None for entry in there]
            case Truth(true=true):
                return _holds(true, model)
            case Value(value=value):
                assert isinstance(fact.type, Simple)  # noqa: S101  only simple facts have values
                found = model(_term(value))
                if isinstance(found, int) and is_text(fact.type):
                    return codes.text(found)
                return _plain_value(fact.type, found)

    # Down to one dossier

    def exactly(self, dossier: Mapping[str, object]) -> Iterable[Bit]:
        """What makes the facts asked for those of this dossier; its lists must not be longer than ``bound``."""
        logic = self.logic
        for path, fact in self._facts.items():
            value = _at(dossier, path)
            if isinstance(path[-1], str) and not isinstance(fact.present, bool):
                yield fact.present if value is not None else logic.negated(fact.present)
            match fact.symbol:
                case Entries(items=items):
                    count = len(value) if isinstance(value, Sequence) else 0
                    for n, entry in enumerate(items):
                        yield entry.there if n < count else logic.negated(entry.there)
                case Truth(true=true, false=false) if value is not None:
                    # Where the record above is absent, neither holds; then `value` is None.
                    yield true if value else false
                case Value(value=term) if value is not None:
                    assert isinstance(fact.type, Simple)  # noqa: S101  as above
                    yield self._equal(fact, term, value)
                case _:
                    pass

    def _equal(self, fact: _Fact, term: Scalar, value: object) -> Bit:
        logic = self.logic
        match value:
            case str() if fact.lettered:
                return logic.compared_texts("==", _text(term), value)
            case float():
                return logic.identical(_term(term), value)
            case str():
                return logic.compared("==", _number(term), self.codes.of(value))
            case _:
                return logic.compared("==", _number(term), whole_of(value))


def _plain_value(type_: Simple, found: object) -> object:
    match type_.kind, found:
        case Kind.TIMESTAMP, int():
            return FIRST_MOMENT + found * MICROSECOND
        case Kind.DURATION, int():
            return found * MICROSECOND
        case _:
            return found


def whole_of(value: object) -> int:
    """An int, a moment or a length of time as the whole number that stands for it."""
    match value:
        case datetime():
            return (value - FIRST_MOMENT) // MICROSECOND
        case timedelta():
            return value // MICROSECOND
        case int():
            return value
        case _:
            raise TypeError(f"{value!r} is no whole number")


def place_of(path: Path) -> str:
    """The place of the schema where a path leads: ``chain[].person``."""
    said = ""
    for step in path:
        said += "[]" if isinstance(step, int) else f".{step}" if said else step
    return said


def _places(above: str, type_: Type) -> Iterator[str]:
    match type_:
        case Record(fields=fields):
            for name, inner in fields.items():
                place = f"{above}.{name}" if above else name
                yield place
                yield from _places(place, inner)
        case ListOf(element=element):
            yield from _places(f"{above}[]", element)
        case _:
            pass


def _words(type_: Type) -> Iterator[str]:
    """The words of every closed set."""
    match type_:
        case Record(fields=fields):
            for inner in fields.values():
                yield from _words(inner)
        case ListOf(element=element):
            yield from _words(element)
        case Simple(choices=choices):
            yield from choices


def _said(path: Path) -> str:
    said = ""
    for step in path:
        said += f"[{step}]" if isinstance(step, int) else f".{step}" if said else step
    return said


def _in_order(path: Path) -> tuple[int, tuple[tuple[bool, int, str], ...]]:
    """Holders before what they hold."""
    steps = tuple((isinstance(s, int), s if isinstance(s, int) else 0, str(s)) for s in path)
    return len(path), steps


def _holds(bit: Bit, model: Model) -> bool:
    return bit if isinstance(bit, bool) else model(bit) is True


def _at(value: object, path: Path) -> object:
    for step in path:
        if isinstance(step, str) and isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _holder(made: object, path: Path) -> object:
    return _at(made, path) if path else made


def _put(holder: object, step: Step, value: object) -> None:
    match holder, step:
        case dict(), _:
            holder[step] = value
        case list(), int():
            holder[step] = value


def _text(value: Scalar) -> Text:
    assert not isinstance(value, int | float)  # noqa: S101  the type beside it says so
    return value


def _number(value: Scalar) -> Number:
    assert not isinstance(value, str | float)  # noqa: S101  the type beside it says so
    return value


def _term(value: Scalar) -> Term:
    assert not isinstance(value, str | int | float)  # noqa: S101  a fact's value is a term
    return value
