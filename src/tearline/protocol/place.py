"""Where in a file a character of a YAML text stands: the text as read is followed through the text as written.

Whatever a style folds, indents or escapes, each sign of a text but white space is written once, in its order: so the
place of a sign is found by counting.
"""

import re
from collections.abc import Iterator
from itertools import islice

from tearline.facts.strict import Mark

_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_BLANK = " \t\n\r\x85\u2028\u2029"
_SIGN = {
    "": re.compile(rf"[^{_BLANK}]"),
    "'": re.compile(rf"''|[^{_BLANK}]"),
    '"': re.compile(rf"\\(?:x[0-9a-fA-F]{{2}}|u[0-9a-fA-F]{{4}}|U[0-9a-fA-F]{{8}}|\r\n|[^xuU])|[^{_BLANK}]"),
}
_CODED = re.compile(r"\\[xuU]([0-9a-fA-F]+)")


def place_within(text: str, mark: Mark, value: str, start: int) -> Mark:
    """The place of ``value[start]`` in ``text``, where the YAML text that reads as ``value`` begins at ``mark``.

    For white space, and for ``start`` at the end, it may be the place after the sign before it.
    """
    lines = [0, *(found.end() for found in _BREAK.finditer(text))]
    if mark.style in ("|", ">"):  # its first line says only how it is written
        begin = lines[min(mark.line, len(lines) - 1)]
    else:
        begin = lines[mark.line - 1] + mark.column - 1 + len(mark.style)
    before = sum(1 for char in value[:start] if char not in _BLANK)
    signs = islice(_signs(text, begin, mark.style), max(before - 1, 0), None)
    _, end = next(signs, (begin, begin)) if before else (begin, begin)
    at = end
    if value[start : start + 1].strip(_BLANK):
        at, _ = next(signs, (end, end))
    elif start < len(value):
        gap = text[end : next(signs, (end, end))[0]]
        at += max(gap.find(value[start]), 0)
    line = sum(1 for one in lines if one <= at)
    return Mark(line, at - lines[line - 1] + 1)


def _signs(text: str, begin: int, style: str) -> Iterator[tuple[int, int]]:
    """Where each sign begins and ends that is read as anything but white space."""
    for found in _SIGN.get(style, _SIGN[""]).finditer(text, begin):
        written = found[0]
        if style == '"' and written.startswith("\\"):
            coded = _CODED.match(written)
            if (chr(int(coded[1], 16)) if coded else written[1]) in (_BLANK if coded else _BLANK + "ntrNLP"):
                continue
        yield found.span()
