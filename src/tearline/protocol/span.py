"""Lengths of time as text: CEL's ``36h``, ``1.5h``, ``1h30m``; in packs and dossiers also ``30d``.

A day is 24 hours. Nothing is finer than a microsecond, which is what a time in memory can hold.
"""

import re
from datetime import timedelta
from fractions import Fraction
from functools import lru_cache

_PART = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,9})?)(d|h|ms|m|us|s|ns)", re.ASCII)
_MICROSECONDS = {
    "d": Fraction(86_400_000_000),
    "h": Fraction(3_600_000_000),
    "m": Fraction(60_000_000),
    "s": Fraction(1_000_000),
    "ms": Fraction(1_000),
    "us": Fraction(1),
    "ns": Fraction(1, 1_000),
}
LONGEST = timedelta(microseconds=(2**63 - 1) // 1_000)
"""About 292 years: CEL's evaluators count nanoseconds in 64 bits, and beyond that an error is due."""


def parse_span(text: str, *, days: bool) -> timedelta | None:
    """The length that ``text`` says, or None if it says none. ``days`` allows the unit ``d``, which CEL lacks."""
    return _known(text, days) if len(text) <= 40 else _parsed(text, days)


def _parsed(text: str, days: bool) -> timedelta | None:  # noqa: FBT001  as in parse_span
    sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text)
    total, at = Fraction(0), 0
    for part in _PART.finditer(rest):
        if part.start() != at or (part[2] == "d" and not days):
            return None
        total += Fraction(part[1]) * _MICROSECONDS[part[2]]
        at = part.end()
    if at == 0 or at != len(rest) or total.denominator != 1:
        return None
    if total > LONGEST // timedelta(microseconds=1):
        return None
    return timedelta(microseconds=sign * int(total))


# Every dossier under an agreement states the same few lengths.
_known = lru_cache(maxsize=1_024)(_parsed)


def format_span(span: timedelta) -> str:
    """The same length in seconds, as ``parse_span`` reads it back exactly."""
    micro = (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds
    sign, micro = ("-", -micro) if micro < 0 else ("", micro)
    whole, rest = divmod(micro, 1_000_000)
    return f"{sign}{whole}.{rest:06d}s" if rest else f"{sign}{whole}s"
