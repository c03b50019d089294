"""The three kinds of error, and the one that only the node sees.

``Refused`` is the rules saying no, ``Malformed`` is the sender's bytes being wrong, ``Broken`` is a
proof that failed. ``Conflict`` means that a deciding fact arrived meanwhile: read and decide again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tearline.facts.words import Words

LONGEST_SAID = 1_000
"""Characters that are said of a place, and of what was expected there: both may hold what the sender wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One rule of a protocol that stands in the way: of which ``pack`` (name/version), its id, and its own sentence."""

    pack: str
    rule: str
    because: Words


class Refused(Exception):
    """The rules say no. Shown to people with the rule and the facts, so it must itself be releasable.

    ``said`` is the sentence alone; ``because`` goes on with those of the ``grounds``, each with its rule's id.
    """

    def __init__(
        self, rule: str, because: Words, facts: Sequence[str] = (), grounds: Sequence[Ground] = ()
    ) -> None:
        self.rule = rule
        self.said = because
        self.facts = tuple(facts)
        self.grounds = tuple(grounds)
        self.because = Words(
            " ".join([because.en, *(_with_id(one.because.en, one.rule) for one in self.grounds)]),
            " ".join([because.es, *(_with_id(one.because.es, one.rule) for one in self.grounds)]),
        )
        super().__init__(f"{rule}: {self.because.en}")


def _with_id(sentence: str, rule: str) -> str:
    return f"{sentence.rstrip('.')} ({rule})."


class Malformed(Exception):
    """The sender's bytes are wrong. Nothing was changed.

    ``said`` is the whole line; in English in both languages where what was expected is known in English alone.
    ``place`` and ``expected`` are in English.
    """

    def __init__(self, file: str, place: str | Words, expected: str | Words) -> None:
        where, what = _words(place), _words(expected)
        self.file = file
        self.place = where.en
        self.expected = what.en
        english = _line(f"{file}: {_brief(where.en)}: expected {_brief(what.en)}")
        spanish = _line(f"{file}: {_brief(where.es)}: se esperaba {_brief(what.es)}")
        self.said = Words(english, spanish if isinstance(expected, Words) else english)
        super().__init__(english)


def _words(said: str | Words) -> Words:
    return said if isinstance(said, Words) else Words(said, said)


def _line(said: str) -> str:
    """In one line. A sender's key or value may stand in it, and must not move the cursor of whoever reads it."""
    said = " ".join(said.split())
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in said)


def _brief(said: str) -> str:
    """Its beginning and its end, where it is too long to be read."""
    half = LONGEST_SAID // 2
    return said if len(said) <= LONGEST_SAID else f"{said[:half]} … {said[-half:]}"


class Broken(Exception):
    """A proof failed: a signature, a hash or a stored byte is not what it was. The node stops."""


class Conflict(Exception):
    """A fact that could change the answer was recorded after the history was read."""
