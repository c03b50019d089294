"""The grammar of conditions: the part of CEL that is typed and total.

Literals (bool, int, double, string, lists of them, ``timestamp("…")``, ``duration("…")``), ``== != < <= > >=``,
``&& || !``, ``?:``, ``in``, ``+ - * / %``, field selection, ``has()``, the macros ``all exists exists_one filter map``,
``size``, ``startsWith endsWith contains matches``. What CEL has beyond that (null, bytes, maps, uint, conversions) is
refused, so nothing here can loop, raise or depend on anything but the dossier. ``docs/protocol-language.md`` is the
whole of it.

The parse is a tree of lark's own nodes, made without recursion; ``check.py`` gives it types.
"""

import re

from lark import Lark, Tree, UnexpectedInput
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedToken
from lark.lexer import Token

LONGEST_CONDITION = 4_000

Syntax = Tree[Token]

RESERVED = frozenset(
    "as break const continue else false for function if import in let loop package namespace null return true var"
    " void while".split()
)

_GRAMMAR = r"""
start: expression
?expression: either | either "?" either ":" expression   -> choose
?either: both | both ("||" both)+                        -> either
?both: relation | relation ("&&" relation)+              -> both
?relation: sum
    | relation RELATION sum                              -> compare
    | relation "in" sum                                  -> among
?sum: product | sum SIGN product                         -> arithmetic
?product: unary | product TIMES unary                    -> arithmetic
?unary: member | BANG+ member -> negation | SIGN+ member -> signed
?member: primary
    | member "." NAME                                    -> select
    | member "." NAME "(" [arguments] ")"                -> method
?primary: NAME                                           -> name
    | NAME "(" [arguments] ")"                           -> call
    | "(" expression ")"
    | "[" [arguments] "]"                                -> listing
    | TRUE -> true | FALSE -> false
    | INT -> int | DOUBLE -> double | STRING -> string | RAW -> string
arguments: expression ("," expression)*

RELATION: "==" | "!=" | "<=" | ">=" | "<" | ">"
BANG: "!"
SIGN: "+" | "-"
TIMES: "*" | "/" | "%"
TRUE: "true"
FALSE: "false"
NAME: /[A-Za-z_][A-Za-z0-9_]*/
DOUBLE.2: /[0-9]*\.[0-9]+([eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+/
INT: /0x[0-9a-fA-F]+|0|[1-9][0-9]*/
STRING: /"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*'/
RAW.2: /[rR]"[^"\r\n]*"|[rR]'[^'\r\n]*'/
%ignore /[ \t\r\n]+/
"""

_PARSER = Lark(_GRAMMAR, parser="lalr", lexer="contextual", propagate_positions=True, maybe_placeholders=True)

_BLANKS = str.maketrans("\t\r\n", "   ")
_HIDDEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
"""What Unicode lets a renderer leave out (Default_Ignorable_Code_Point) though it counts as a letter or a mark, and the
empty Braille pattern. Python's ``isprintable`` knows the others."""

_SPOKEN = {
    "NAME": "a name",
    "STRING": "a text",
    "RAW": "a text",
    "INT": "a number",
    "DOUBLE": "a number",
    "RELATION": "a comparison",
    "SIGN": "+ or -",
    "TIMES": "* / or %",
    "TRUE": "true",
    "FALSE": "false",
    "BANG": "!",
    "LPAR": "(",
    "RPAR": ")",
    "LSQB": "[",
    "RSQB": "]",
    "DOT": ".",
    "COMMA": ",",
    "COLON": ":",
    "QMARK": "?",
    "IN": "in",
    "$END": "the end",
    "__ANON_0": "||",
    "__ANON_1": "&&",
}


class WrongCondition(Exception):
    """A condition that is not of the language or its types. ``start`` counts characters from 0."""

    def __init__(self, start: int, expected: str) -> None:
        super().__init__(expected)
        self.start = start
        self.expected = expected


def parse(text: str) -> Syntax:
    """The tree of a condition; raises WrongCondition."""
    if len(text) > LONGEST_CONDITION:
        raise WrongCondition(LONGEST_CONDITION, f"a condition of at most {LONGEST_CONDITION} characters")
    shown = text.translate(_BLANKS)
    if not shown.isprintable() or _HIDDEN.search(shown):
        n = next(n for n, char in enumerate(shown) if _HIDDEN.match(char) or not char.isprintable())
        said = f"signs that can be seen, or an escape such as \\u200b, found U+{ord(text[n]):04X}"
        raise WrongCondition(n, said)
    try:
        return _PARSER.parse(text)
    except UnexpectedCharacters as error:
        start = error.pos_in_stream
        assert start is not None  # noqa: S101  the lexer always says where it stopped
        raise WrongCondition(start, f"{_wanted(error.allowed)}, found {_shown(text[start])}") from None
    except UnexpectedToken as error:
        token: Token = error.token
        if token.type == "$END":
            raise WrongCondition(
                len(text), f"{_wanted(error.accepts or error.expected)}, found the end"
            ) from None
        start = token.start_pos or 0
        raise WrongCondition(
            start, f"{_wanted(error.accepts or error.expected)}, found {token.value!r}"
        ) from None
    except (UnexpectedEOF, UnexpectedInput):
        raise WrongCondition(len(text), "more of the condition, found the end") from None


def _shown(char: str) -> str:
    """The character, with its number where it could be taken for another."""
    return repr(char) if char.isascii() else f"{char!r} (U+{ord(char):04X})"


def _wanted(terminals: set[str] | None) -> str:
    words = dict.fromkeys(_SPOKEN.get(t, t) for t in sorted(terminals or ()))
    if "a name" in words:
        return "a value"
    return "one of " + "  ".join(words) if words else "another sign"
