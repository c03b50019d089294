"""Whether a draft is proved to be nowhere looser than the text it would replace.

The place for a prover: it answers within its time, or says that it could not, which counts as looser.
"""

from dataclasses import dataclass

from tearline.protocol import Pack
from tearline.web.tongue import Tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """``kind`` is that of a notice. ``rows`` are rules with the case that each lets through."""

    kind: str
    title: str
    sentence: str
    rows: list[tuple[str, str]]


def unproved(say: Tongue, _old: Pack, _new: Pack) -> Proof:
    """What is said where nothing was proved."""
    return Proof(
        kind="caution",
        title=say("Not proved: read it as if it were looser"),
        sentence=say(
            "That no recorded verdict becomes looser shows nothing about releases that nobody has asked for yet."
        ),
        rows=[],
    )
