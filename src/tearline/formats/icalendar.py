"""iCalendar (RFC 5545): instants with a summary, as calendar programs read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

LONGEST_LINE = 75
"""Octets, without the line break (section 3.1)."""
_ESCAPED = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """``uid`` stays the same as long as the event does."""

    uid: str
    at: datetime
    summary: str


def icalendar(events: Iterable[Event], *, made: datetime, name: str) -> bytes:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Tearline//Tearline//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_text(event.uid)}",
            f"DTSTAMP:{_instant(made)}",
            f"DTSTART:{_instant(event.at)}",
            f"SUMMARY:{_text(event.summary)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """Section 3.3.11; control characters have no escape, so they are left out."""
    return "".join(_ESCAPED.get(c, c) for c in text if c == "\n" or c.isprintable())


def _folded(line: str) -> bytes:
    """Section 3.1: a line of more than 75 octets goes on in the next one, behind a space; no character is cut."""
    parts: list[bytes] = []
    held = b""
    for character in line:
        octets = character.encode()
        if len(held) + len(octets) > LONGEST_LINE - bool(parts):
            parts.append(held)
            held = b""
        held += octets
    return b"\r\n ".join([*parts, held]) + b"\r\n"
