"""Terms of the solver behind types: what is constant is computed here, everything else is Z3's.

A ``Bit`` is true, false or a term; a ``Number`` a whole number without limits or a term; a ``Text`` is counted in
code points; a ``Double`` is IEEE 754, 64 bits. Z3 ships no types and is loaded when a ``Logic`` is made: nothing of it
leaves this file but as a ``Term``, and terms of two ``Logic`` must not meet.
"""

import math
import re
import struct
from collections.abc import Callable, Iterable
from operator import eq, ge, gt, le, lt, ne
from typing import Any, assert_never, final
from typing import Literal as OneOf

from tearline.protocol.pattern import LAST, Alternation, Characters, Concatenation, Part, Pattern, Repetition


@final
class Term:
    """Something of Z3's. The class only stands for it in types."""


Bit = bool | Term
Number = int | Term
Text = str | Term
Double = float | Term
Scalar = int | str | float | Term
"""A Number, a Text or a Double, as the type beside it says."""

Operator = OneOf["==", "!=", "<", "<=", ">", ">="]
_TESTS = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
LAST_LETTER = 0x2FA1F
"""The last code point that a condition may speak of here.

Z3's texts end at U+2FFFF. What a dossier's text holds beyond that no condition can tell from the unassigned code points
in between, but for their order, so that these stand for them.
"""

_END = 0x2FFFF
_ESCAPED = re.compile(r"\\u\{([0-9a-fA-F]+)\}", re.ASCII)


class Untranslated(Exception):
    """Something that has no exact translation here; ``str()`` says what."""


class Logic:
    """Makes terms. Everything it is given and gives is constant or of its own making."""

    def __init__(self) -> None:
        import z3

        self._z3: Any = z3
        self.context: Any = z3.Context()
        self._double: Any = z3.FPSort(11, 53, self.context)
        self._nearest: Any = z3.RNE(self.context)

    # Unknowns

    def bit(self, name: str) -> Term:
        return _term(self._z3.Bool(name, self.context))

    def number(self, name: str) -> Term:
        return _term(self._z3.Int(name, self.context))

    def text(self, name: str) -> Term:
        return _term(self._z3.String(name, self.context))

    def double(self, name: str) -> Term:
        return _term(self._z3.FP(name, self._double, self.context))

    # Bits

    def every(self, bits: Iterable[Bit]) -> Bit:
        open_: list[Any] = []
        for bit in bits:
            if bit is False:
                return False
            if bit is not True:
                open_.append(bit)
        if len(open_) < 2:
            return open_[0] if open_ else True
        return _term(self._z3.And(open_))

    def some(self, bits: Iterable[Bit]) -> Bit:
        open_: list[Any] = []
        for bit in bits:
            if bit is True:
                return True
            if bit is not False:
                open_.append(bit)
        if len(open_) < 2:
            return open_[0] if open_ else False
        return _term(self._z3.Or(open_))

    def negated(self, bit: Bit) -> Bit:
        if isinstance(bit, bool):
            return not bit
        return _term(self._z3.Not(bit))

    def same(self, one: Bit, other: Bit) -> Bit:
        if isinstance(one, bool):
            return other if one else self.negated(other)
        if isinstance(other, bool):
            return one if other else self.negated(one)
        return _term(_any(one) == _any(other))

    def exactly_one(self, bits: Iterable[Bit]) -> Bit:
        open_ = tuple(bits)
        return self.some(
            self.every(bit if m == n else self.negated(bit) for m, bit in enumerate(open_))
            for n in range(len(open_))
        )

    # Numbers

    def compared(self, operator: Operator, left: Number, right: Number) -> Bit:
        """Two Numbers, beside each other as ``operator`` says."""
        if isinstance(left, int) and isinstance(right, int):
            return _ordered(operator, left, right)
        return _term(_ordered(operator, _any(left), _any(right)))

    def plus(self, left: Number, right: Number) -> Number:
        return _term(_any(left) + _any(right))

    def minus(self, left: Number, right: Number) -> Number:
        return _term(_any(left) - _any(right))

    def times(self, left: Number, right: Number) -> Number:
        return _term(_any(left) * _any(right))

    def quotient(self, left: Number, right: Number) -> Number:
        """``left / right`` towards zero; without meaning where ``right`` is 0. Z3's own leaves a rest of 0 or more."""
        if isinstance(left, int) and isinstance(right, int):
            if right == 0:
                return 0
            size = abs(left) // abs(right)
            return size if (left < 0) is (right < 0) else -size
        return self._towards_zero(left, right, lambda one, other: one / other, flips=True)

    def remainder(self, left: Number, right: Number) -> Number:
        """``left % right``, of the sign of ``left``; without meaning where ``right`` is 0."""
        return self._towards_zero(left, right, lambda one, other: one % other, flips=False)

    def _towards_zero(
        self, left: Number, right: Number, divide: Callable[[Any, Any], Any], *, flips: bool
    ) -> Number:
        """``divide`` of the sizes; negative where ``left`` is, turned about where ``right`` is too if it ``flips``."""
        z3, one, other = self._z3, self._lifted(left), self._lifted(right)
        below = z3.If(other < 0, divide(-one, -other), divide(-one, other))
        above = z3.If(other < 0, divide(one, -other), divide(one, other))
        negative = z3.If(other < 0, below, -below) if flips else -below
        positive = z3.If(other < 0, -above, above) if flips else above
        return _term(z3.If(one < 0, negative, positive))

    def within(self, number: Number, least: int, most: int) -> Bit:
        return self.every((self.compared("<=", least, number), self.compared("<=", number, most)))

    def count(self, bits: Iterable[Bit]) -> Number:
        """How many of these are true."""
        open_, sure = [], 0
        for bit in bits:
            if isinstance(bit, bool):
                sure += bit
            else:
                open_.append(self._z3.If(bit, self._integer(1), self._integer(0)))
        if not open_:
            return sure
        return _term(self._z3.Sum([*open_, self._integer(sure)]))

    def _integer(self, value: int) -> Any:
        return self._z3.IntVal(value, self.context)

    # Texts

    def compared_texts(self, operator: Operator, left: Text, right: Text) -> Bit:
        """Two Texts, in the order of their code points."""
        if isinstance(left, str) and isinstance(right, str):
            return _ordered(operator, left, right)
        one, other = self._letters(left), self._letters(right)
        match operator:
            case "==":
                return _term(one == other)
            case "!=":
                return _term(one != other)
            case "<" | "<=":
                return _term(_ordered(operator, one, other))
            case ">":
                return _term(other < one)
            case ">=":
                return _term(other <= one)
            case _:
                assert_never(operator)

    def starts(self, text: Text, part: Text) -> Bit:
        if isinstance(text, str) and isinstance(part, str):
            return text.startswith(part)
        return _term(self._z3.PrefixOf(self._letters(part), self._letters(text)))

    def ends(self, text: Text, part: Text) -> Bit:
        if isinstance(text, str) and isinstance(part, str):
            return text.endswith(part)
        return _term(self._z3.SuffixOf(self._letters(part), self._letters(text)))

    def contains(self, text: Text, part: Text) -> Bit:
        if isinstance(text, str) and isinstance(part, str):
            return part in text
        return _term(self._z3.Contains(self._letters(text), self._letters(part)))

    def length(self, text: Text) -> Number:
        return len(text) if isinstance(text, str) else _term(self._z3.Length(text))

    def matches(self, text: Term, pattern: Pattern) -> Bit:
        """Whether the pattern is found in the text."""
        z3 = self._z3
        anything = z3.Full(z3.ReSort(z3.StringSort(self.context)))
        branches = []
        for branch in pattern.branches:
            around = [] if branch.from_start else [anything], [] if branch.to_end else [anything]
            branches.append(self._sequence([*around[0], self._expression(branch.body), *around[1]]))
        return _term(z3.InRe(text, branches[0] if len(branches) == 1 else z3.Union(*branches)))

    def _expression(self, part: Part) -> Any:
        z3 = self._z3
        match part:
            case Characters(ranges=ranges):
                made = [self._range(first, last) for first, last in ranges]
                if not made:
                    return z3.Empty(z3.ReSort(z3.StringSort(self.context)))
                return made[0] if len(made) == 1 else z3.Union(*made)
            case Concatenation(items=items):
                return self._sequence([self._expression(item) for item in items])
            case Alternation(items=items):
                made = [self._expression(item) for item in items]
                return made[0] if len(made) == 1 else z3.Union(*made)
            case Repetition(of=of, least=least, most=most):
                once = self._expression(of)
                if most is None:
                    often = [z3.Loop(once, least, least)] if least else []
                    return self._sequence([*often, z3.Star(once)])
                return z3.Loop(once, least, most) if most else self._sequence([])
            case _:
                assert_never(part)

    def _sequence(self, parts: list[Any]) -> Any:
        if not parts:
            return self._z3.Re(self._letters(""), self.context)
        return parts[0] if len(parts) == 1 else self._z3.Concat(*parts)

    def _range(self, first: int, last: int) -> Any:
        """Letters from the first to the last, where both are known here or the range has all to the end."""
        if first > LAST_LETTER or LAST_LETTER < last < LAST:
            raise Untranslated(f"a letter beyond U+{LAST_LETTER:X}")
        letters = (
            self._z3.StringVal(f"\\u{{{first:x}}}", self.context),
            self._z3.StringVal(f"\\u{{{min(last, _END):x}}}", self.context),
        )
        return self._z3.Range(*letters, self.context)

    def plain(self, text: Term) -> Bit:
        """Whether a text has letters between space and tilde only."""
        z3, letters = self._z3, self._letters
        return _term(z3.InRe(text, z3.Star(z3.Range(letters(" "), letters("~"), self.context))))

    def _letters(self, text: Text) -> Any:
        if not isinstance(text, str):
            return _any(text)
        if any(ord(letter) > LAST_LETTER for letter in text):
            raise Untranslated(f"a letter beyond U+{LAST_LETTER:X}")
        # Z3 reads escapes in what it is given: spelt so, no letter can be taken for one.
        spelt = "".join(letter if " " <= letter <= "[" else f"\\u{{{ord(letter):x}}}" for letter in text)
        return self._z3.StringVal(spelt, self.context)

    # Doubles

    def compared_doubles(self, operator: Operator, left: Double, right: Double) -> Bit:
        """Two Doubles as IEEE 754 compares them: nothing equals, precedes or follows what is not a number."""
        if isinstance(left, float) and isinstance(right, float):
            return _ordered(operator, left, right)
        z3, one, other = self._z3, self._float(left), self._float(right)
        match operator:
            case "==":
                return _term(z3.fpEQ(one, other, self.context))
            case "!=":
                return _term(z3.Not(z3.fpEQ(one, other, self.context)))
            case "<":
                return _term(z3.fpLT(one, other, self.context))
            case "<=":
                return _term(z3.fpLEQ(one, other, self.context))
            case ">":
                return _term(z3.fpGT(one, other, self.context))
            case ">=":
                return _term(z3.fpGEQ(one, other, self.context))
            case _:
                assert_never(operator)

    def computed(self, operator: OneOf["+", "-", "*", "/"], left: Double, right: Double) -> Double:
        """A sum, difference, product or quotient, rounded to the nearest."""
        z3 = self._z3
        made = {"+": z3.fpAdd, "-": z3.fpSub, "*": z3.fpMul, "/": z3.fpDiv}[operator]
        return _term(made(self._nearest, self._float(left), self._float(right), self.context))

    def identical(self, one: Term, other: float) -> Bit:
        """Whether these are one Double, bit by bit but for the many ways not to be a number."""
        return _term(_any(one) == self._float(other))

    def opposite(self, value: Double) -> Double:
        return -value if isinstance(value, float) else _term(self._z3.fpNeg(value, self.context))

    def _float(self, value: Double) -> Any:
        if not isinstance(value, float):
            return _any(value)
        (bits,) = struct.unpack("<Q", struct.pack("<d", value))
        z3 = self._z3
        return z3.fpBVToFP(z3.BitVecVal(bits, 64, self.context), self._double, self.context)

    # Either

    def choose(self, test: Bit, then: Scalar, otherwise: Scalar) -> Scalar:
        """One of two values of one type."""
        if isinstance(test, bool):
            return then if test else otherwise
        one, other = self._lifted(then), self._lifted(otherwise)
        return _term(self._z3.If(test, one, other))

    def _lifted(self, value: Scalar) -> Any:
        match value:
            case int():
                return self._integer(value)
            case str():
                return self._letters(value)
            case float():
                return self._float(value)
            case _:
                return value

    def of_value(self, model: Any, term: Term) -> bool | int | str | float:
        """The value that a model gives to a term."""
        z3 = self._z3
        value = model.eval(term, model_completion=True)
        if z3.is_bool(value):
            return bool(z3.is_true(value))
        if z3.is_string(value):
            return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value.as_string())
        if z3.is_fp(value):
            if z3.is_true(z3.simplify(z3.fpIsNaN(value, self.context))):
                return math.nan
            bits = z3.simplify(z3.fpToIEEEBV(value, self.context)).as_long()
            (number,) = struct.unpack("<d", struct.pack("<Q", bits))
            return float(number)
        return int(value.as_long())


def _term(made: Any) -> Term:
    term: Term = made
    return term


def _any(term: object) -> Any:
    return term


def _ordered(operator: Operator, left: Any, right: Any) -> Bit:
    test: Callable[[Any, Any], Bit] = _TESTS[operator]
    return test(left, right)
