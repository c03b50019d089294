"""What a check found: fine, something to look at, or something that must not stay so."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from tearline.facts.words import Words


class Level(Enum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check's answer. ``do`` is what to do about it, and is there unless it is fine."""

    check: str
    level: Level
    said: Words
    do: Words | None = None


def fine(check: str, en: str, es: str) -> Finding:
    return Finding(check=check, level=Level.OK, said=Words(en, es))


def to_look_at(check: str, said: Words, do: Words) -> Finding:
    return Finding(check=check, level=Level.WARN, said=said, do=do)


def failed(check: str, said: Words, do: Words) -> Finding:
    return Finding(check=check, level=Level.FAIL, said=said, do=do)


def same(text: str) -> Words:
    """What is said alike in both languages: a line that names file, place and what was expected."""
    return Words(text, text)


def days(length: timedelta) -> int:
    """Whole days, towards zero."""
    return (
        int(length.total_seconds() // 86400)
        if length >= timedelta()
        else -int(-length.total_seconds() // 86400)
    )
