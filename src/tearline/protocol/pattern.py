"""Regular expressions of ``matches``: a subset of RE2's syntax that is parsed here and run by RE2, in linear time.

A pattern is one or more branches between ``|``. A branch may begin with ``^`` and end with ``$``; without them it is
sought anywhere in the text, as CEL has it. In between stand characters, ``.`` (any but a line feed), the classes
``[a-z]``, ``[^a-z]``, ``\\d \\w \\s \\D \\W \\S`` (of ASCII), groups ``( )`` and ``(?: )``, ``|`` within them, and
``* + ? {m} {m,} {m,n}``. A sign of punctuation is meant as itself after a backslash. Nothing else is let through,
so what a pattern means can be read from its tree alone.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import re2

LONGEST_PATTERN = 200
MOST_REPEATS = 100
LARGEST_PATTERN = 1_000
"""Ranges of characters in a pattern when every ``{m,n}`` is written out."""
DEEPEST_GROUPS = 8
_MEMORY = 2**20
"""Bytes that RE2 may use for one pattern; where its automaton would need more it takes a slower way, as exact."""

LAST = 0x10FFFF
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
_CLASSES: dict[str, tuple[tuple[int, int], ...]] = {
    "d": ((0x30, 0x39),),
    "w": ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)),
    "s": ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20)),
}
_COUNTS = re.compile(r"\{([0-9]{1,4})(,)?([0-9]{1,4})?\}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Characters:
    """One character of these ranges of code points: sorted, apart from each other, both ends included."""

    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Concatenation:
    """One after the other; without items, the empty text."""

    items: tuple["Part", ...]


@dataclass(frozen=True, slots=True)
class Alternation:
    items: tuple["Part", ...]


@dataclass(frozen=True, slots=True)
class Repetition:
    """``most`` is None where there is no upper bound."""

    of: "Part"
    least: int
    most: int | None


Part = Characters | Concatenation | Alternation | Repetition


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A text matches where ``body`` matches some part of it: from its start, up to its end, where these say so."""

    body: Part
    from_start: bool
    to_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A text matches where it matches one of the branches. ``size`` is counted as LARGEST_PATTERN says."""

    text: str
    branches: tuple[Branch, ...]
    size: int
    found_in: Callable[[str], bool] = field(compare=False, repr=False)
    """Whether the pattern is found in a text, by RE2."""

    def __reduce__(self) -> tuple[Callable[[str], "Pattern"], tuple[str]]:
        return parse_pattern, (self.text,)  # RE2's automaton is made anew


class WrongPattern(Exception):
    """A pattern that is not of this syntax. ``start`` counts characters of the pattern from 0."""

    def __init__(self, start: int, expected: str) -> None:
        super().__init__(expected)
        self.start = start
        self.expected = expected


def parse_pattern(text: str) -> Pattern:
    """The pattern that the text says; raises WrongPattern."""
    if len(text) > LONGEST_PATTERN:
        raise WrongPattern(LONGEST_PATTERN, f"a pattern of at most {LONGEST_PATTERN} characters")
    branches = _Reader(text).branches()
    size = sum(_size(branch.body) for branch in branches)
    if size > LARGEST_PATTERN:
        raise WrongPattern(
            0, f"a pattern of at most {LARGEST_PATTERN} characters when its repeats are written out"
        )
    return Pattern(text=text, branches=branches, size=size, found_in=_compiled(text))


def _compiled(text: str) -> Callable[[str], bool]:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = _MEMORY
    try:
        expression = re2.compile(text.encode(), options)
    except re2.error as error:
        # The syntax was checked: what is left is an automaton too large for its memory.
        raise WrongPattern(0, f"a smaller pattern ({error})") from None

    def found_in(sought: str) -> bool:
        return expression.search(sought.encode()) is not None

    return found_in


def _size(part: Part) -> int:
    match part:
        case Characters(ranges=ranges):
            return len(ranges)
        case Concatenation(items=items) | Alternation(items=items):
            return 1 + sum(_size(item) for item in items)
        case Repetition(of=of, least=least, most=most):
            return _size(of) * max(least + 1 if most is None else most, 1)


@dataclass(slots=True)
class _Reader:
    text: str
    at: int = 0
    depth: int = 0

    def next(self) -> str:
        """The character that comes, or nothing at the end."""
        return self.text[self.at : self.at + 1]

    def wrong(self, expected: str, *, at: int | None = None) -> WrongPattern:
        start = self.at if at is None else at
        found = repr(self.text[start]) if start < len(self.text) else "the end of the pattern"
        return WrongPattern(start, f"{expected}, found {found}")

    def branches(self) -> tuple[Branch, ...]:
        found = [self.branch()]
        while self.next() == "|":
            self.at += 1
            found.append(self.branch())
        if self.at < len(self.text):
            raise self.wrong("no ) without its (")
        return tuple(found)

    def branch(self) -> Branch:
        from_start = self.next() == "^"
        self.at += from_start
        body = self.concatenation()
        to_end = self.next() == "$"
        self.at += to_end
        if to_end and self.next() not in ("", "|"):
            raise self.wrong("the end of the pattern or | after $")
        return Branch(body=body, from_start=from_start, to_end=to_end)

    def concatenation(self) -> Part:
        items: list[Part] = []
        while (char := self.next()) and char not in "|)":
            if char == "$" and self.depth == 0:
                break
            items.append(self.repeated())
        return items[0] if len(items) == 1 else Concatenation(tuple(items))

    def repeated(self) -> Part:
        of = self.one()
        bounds = self.bounds()
        if bounds is None:
            return of
        if self.next() and self.next() in "*+?{":
            raise self.wrong("one repeat, with a group around it to repeat it again")
        return Repetition(of, *bounds)

    def bounds(self) -> tuple[int, int | None] | None:
        char = self.next()
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if char in simple:
            self.at += 1
            return simple[char]
        if char != "{":
            return None
        counts = _COUNTS.match(self.text, self.at)
        if counts is None:
            raise self.wrong("{m}, {m,} or {m,n}, or \\{ for the sign itself")
        least = int(counts[1])
        most = least if counts[2] is None else int(counts[3]) if counts[3] else None
        if counts[2] is None and counts[3]:
            raise self.wrong("{m}, {m,} or {m,n}")
        if most is not None and most < least:
            raise self.wrong("the smaller count first")
        if max(least, most or 0) > MOST_REPEATS:
            raise self.wrong(f"at most {MOST_REPEATS} repeats")
        self.at = counts.end()
        return least, most

    def one(self) -> Part:
        start, char = self.at, self.next()
        self.at += 1
        match char:
            case "(":
                return self.group(start)
            case "[":
                return self.set(start)
            case ".":
                return Characters(_without(((0x0A, 0x0A),)))
            case "\\":
                return Characters(self.escaped())
            case "^":
                raise self.wrong("^ first in the pattern or after a | that is in no group", at=start)
            case "$":
                raise self.wrong("$ last in the pattern or before a | that is in no group", at=start)
            case "*" | "+" | "?" | "{":
                raise self.wrong(f"something to repeat, or \\{char} for the sign itself", at=start)
            case "]" | "}":
                raise self.wrong(f"\\{char} for the sign itself", at=start)
            case _:
                return Characters(self.itself(char, start))

    def group(self, start: int) -> Part:
        if self.next() == "?":
            if self.text[self.at : self.at + 2] != "?:":
                raise self.wrong("(?: or ( to begin a group")
            self.at += 2
        if self.depth >= DEEPEST_GROUPS:
            raise self.wrong(f"at most {DEEPEST_GROUPS} groups inside each other", at=start)
        self.depth += 1
        items = [self.concatenation()]
        while self.next() == "|":
            self.at += 1
            items.append(self.concatenation())
        if self.next() != ")":
            raise self.wrong(f"a ) for the ( at character {start + 1} of the pattern")
        self.at += 1
        self.depth -= 1
        return items[0] if len(items) == 1 else Alternation(tuple(items))

    def set(self, start: int) -> Characters:
        negated = self.next() == "^"
        self.at += negated
        ranges: list[tuple[int, int]] = []
        first = self.at
        while (char := self.next()) != "]":
            if not char:
                raise self.wrong(f"a ] for the [ at character {start + 1} of the pattern")
            if char == "-" and self.at > first and self.text[self.at + 1 : self.at + 2] != "]":
                raise self.wrong("- first or last in a class, or between two characters")
            ranges += self.range()
        if self.at == first:
            raise self.wrong("a class with at least one character, or \\] for the sign itself")
        self.at += 1
        found = _merged(ranges)
        return Characters(_without(found) if negated else found)

    def range(self) -> tuple[tuple[int, int], ...]:
        start, low = self.at, self.member()
        if self.next() != "-" or self.text[self.at + 1 : self.at + 2] in ("", "]"):
            return low
        self.at += 1
        end, high = self.at, self.member()
        if len(low) != 1 or low[0][0] != low[0][1]:
            raise self.wrong("a range between two characters", at=start)
        if len(high) != 1 or high[0][0] != high[0][1]:
            raise self.wrong("a range between two characters", at=end)
        if high[0][0] < low[0][0]:
            raise self.wrong("the smaller character of the range first", at=start)
        return ((low[0][0], high[0][0]),)

    def member(self) -> tuple[tuple[int, int], ...]:
        start, char = self.at, self.next()
        self.at += 1
        if char == "\\":
            return self.escaped()
        if char == "[":
            raise self.wrong("\\[ for the sign itself", at=start)
        return self.itself(char, start)

    def escaped(self) -> tuple[tuple[int, int], ...]:
        start, char = self.at, self.next()
        self.at += 1
        if char.lower() in _CLASSES:
            ranges = _CLASSES[char.lower()]
            return ranges if char.islower() else _without(ranges)
        if char in _CONTROLS:
            return self.itself(_CONTROLS[char], start)
        if char and char.isascii() and char.isprintable() and not char.isalnum() and char != " ":
            return self.itself(char, start)
        raise self.wrong("a sign of punctuation or one of d w s D W S n r t after \\", at=start)

    def itself(self, char: str, start: int) -> tuple[tuple[int, int], ...]:
        code = ord(char)
        if 0xD800 <= code <= 0xDFFF:
            raise self.wrong("a whole character", at=start)
        return ((code, code),)


def _merged(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(high, found[-1][1])
        else:
            found.append((low, high))
    return tuple(found)


def _without(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Every other character."""
    found, low = [], 0
    for start, end in _merged(ranges):
        if low < start:
            found.append((low, start - 1))
        low = end + 1
    if low <= LAST:
        found.append((low, LAST))
    return tuple(found)
