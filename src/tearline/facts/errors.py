"""The three kinds of error, and the one that only the node sees.

``Refused`` is the rules saying no, ``Malformed`` is the sender's bytes being wrong, ``Broken`` is a
proof that failed. ``Conflict`` means that a deciding fact arrived meanwhile: read and decide again.
"""

from collections.abc import Sequence

from tearline.facts.words import Words


class Refused(Exception):  # noqa: N818  a refusal is a sentence of the rules, not an error of the program
    """The rules say no. Shown to people with the rule and the facts, so it must itself be releasable."""

    def __init__(self, rule: str, because: Words, facts: Sequence[str] = ()) -> None:
        super().__init__(f"{rule}: {because.en}")
        self.rule = rule
        self.because = because
        self.facts = tuple(facts)


class Malformed(Exception):  # noqa: N818  named for whose fault it is: the sender's
    """The sender's bytes are wrong. Nothing was changed."""

    def __init__(self, file: str, place: str, expected: str) -> None:
        self.file = file
        self.place = place
        self.expected = expected
        super().__init__(" ".join(f"{file}: {place}: expected {expected}".split()))


class Broken(Exception):  # noqa: N818  a proof failed; the node must stop
    """A proof failed: a signature, a hash or a stored byte is not what it was. The node stops."""


class Conflict(Exception):  # noqa: N818  not an error: a reason to decide again
    """A fact that could change the answer was recorded after the history was read."""
