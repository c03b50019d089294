"""A condition set out for reading: what is joined by ``&&`` and ``||`` stands line under line, one step in."""

import re

_LITERAL = re.compile(
    r"""(?<![A-Za-z0-9_])[rR](?:"[^"]*"|'[^']*')|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""", re.ASCII
)
_MASK = re.compile(r'"_*"')
_VARIABLE = re.compile(r"[A-Za-z_]\w*, ", re.ASCII)
WIDE = 64
"""Characters that may stand on one line."""
STEP = "  "


def laid_out(condition: str) -> list[str]:
    """The lines of a condition, word for word: joined by single spaces they are the text with single spaces.

    What stands in quotation marks stays as it is, spaces and backslashes included: it decides as it is written.
    """
    literals = iter(_LITERAL.findall(condition))
    masked = _LITERAL.sub(lambda found: f'"{"_" * (len(found[0]) - 2)}"', condition)
    return [_MASK.sub(lambda _: next(literals), line) for line in _laid(" ".join(masked.split()), "")]


def _laid(text: str, indent: str) -> list[str]:
    if len(text) <= WIDE:
        return [indent + text]
    for operator in ("?", "||", "&&"):
        parts = _split(text, operator)
        if len(parts) > 1:
            lines = _laid(parts[0], indent)
            for part in parts[1:]:
                first, *rest = _laid(part, indent + STEP)
                lines += [f"{indent}{STEP}{operator} {first.lstrip()}", *rest]
            return lines
    head, inner, tail = _outermost(text)
    if not inner:
        return [indent + text]
    variable = _VARIABLE.match(inner)
    if variable:
        head, inner = head + variable[0].strip(), inner[variable.end() :]
    return [indent + head, *_laid(inner, indent + STEP), indent + tail]


def _split(text: str, operator: str) -> list[str]:
    """The text at this operator, outside of brackets and literals."""
    parts, depth, quote, at, n = [], 0, "", 0, 0
    while n < len(text):
        c = text[n]
        if quote:
            n += c == "\\"
            quote = "" if c == quote else quote
        elif c in "\"'":
            quote = c
        elif c in "([":
            depth += 1
        elif c in ")]":
            depth -= 1
        elif depth == 0 and text.startswith(operator, n):
            parts.append(text[at:n].strip())
            n += len(operator) - 1
            at = n + 1
        n += 1
    return [*parts, text[at:].strip()]


def _outermost(text: str) -> tuple[str, str, str]:
    """What stands before the bracket that reaches to the end, what in it, and the end; or all, where there is none."""
    opened: list[int] = []
    quote = ""
    skip = False
    outer = -1
    for n, c in enumerate(text):
        if skip:
            skip = False
        elif quote:
            skip = c == "\\"
            quote = "" if c == quote else quote
        elif c in "\"'":
            quote = c
        elif c in "([":
            opened.append(n)
        elif c in ")]":
            outer = opened.pop() if opened else -1
            if not opened and n == len(text) - 1 and outer >= 0:
                return text[: outer + 1], text[outer + 1 : n].strip(), text[n:]
    return text, "", ""
